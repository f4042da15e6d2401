"""Where files come from and go to: WORKDIR, COPY, ADD and .dockerignore."""

from __future__ import annotations

import posixpath
import re

from kgen.check.dockerfile import ignore
from kgen.dockerfile import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.dockerfile.stages import Build, Stage
    from kgen.check.dockerfile.variables import Scope
    from kgen.dockerfile import Instruction, Word

_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")
_SOURCE_AND_DESTINATION = 2
_REMOTE = re.compile(r"(?i)(?:https?|git|ssh)://|git@|[^/]+@[^/]+:")
_ARCHIVES = (
    *(".tar", ".tgz", ".tbz", ".tbz2", ".tb2", ".txz", ".tlz", ".tpz", ".gz", ".bz2", ".xz", ".lz", ".lzma", ".z"),
    *(".tz", ".zst", ".tzst"),
)


def faults(build: Build, ignored: str | None) -> Iterator[Fault]:
    """
    Args:
        ignored: Text of the .dockerignore, if there is one.
    """
    patterns = ignore.patterns(ignored) if ignored else ()
    for stage in build.stages:
        yield from _of_workdir(stage)
        is_at_root = stage.starts_at_root
        for instruction, scope in stage.steps:
            is_at_root &= instruction.name != "WORKDIR"
            if instruction.name in {"ADD", "COPY"}:
                for fault in _of_destination(stage, instruction, scope, is_at_root=is_at_root):
                    is_at_root &= fault.row != "DKF33"  # said once a stage
                    yield fault
            if instruction.name not in {"ADD", "COPY"} or instruction.flag("from") is not None:
                continue
            sources = [*local_sources(stage, instruction, scope)]
            if instruction.name == "ADD" and not instruction.flag("checksum") and not instruction.flag("unpack"):
                yield from _of_add(sources)
            for word, path in sources:
                if patterns and ignore.excludes(patterns, path):
                    message = f"`{path}` is left out by .dockerignore, so it is not there to be copied"
                    yield Fault(
                        "DKF13",
                        word,
                        message,
                        f"add `!{posixpath.normpath(path)}` to .dockerignore, or copy something else",
                    )


def _of_destination(stage: Stage, instruction: Instruction, scope: Scope, *, is_at_root: bool) -> Iterator[Fault]:
    """
    Yield a destination that is a folder only because several sources go there, and one below no chosen folder.

    Args:
        is_at_root: Whether the working directory is known to be `/`.
    """
    if len(instruction.words) < _SOURCE_AND_DESTINATION:
        return
    word = instruction.words[-1]
    target = stage.value(word, scope)
    if not target or target.startswith("<<"):
        return
    is_folder = target.endswith(("/", "\\")) or target.rpartition("/")[2] in {".", ".."}
    if len(instruction.words) > _SOURCE_AND_DESTINATION and not is_folder:
        message = f"several files go to `{target}`, which is a folder then"
        yield Fault("DKF28", word, message, f"write `{target}/`: other builders than Docker refuse it")
    if is_at_root and not _ABSOLUTE.match(target):
        message = f"`{target}` is relative, and no `WORKDIR` stands above: the files go to `/`"
        yield Fault("DKF33", word, message, "put `WORKDIR` above, as `WORKDIR /srv/app`, or write the whole path")


def _of_workdir(stage: Stage) -> Iterator[Fault]:
    """Yield the first folder of a line of stages if it is relative: those after it follow from it."""
    parent = stage.parent
    if parent is not None and parent.last("WORKDIR") is not None:
        return
    for instruction, scope in stage.steps:
        if instruction.name == "WORKDIR" and instruction.words:
            path = stage.value(instruction.words[0], scope)
            if path and not _ABSOLUTE.match(path):
                message = f"`{path}` is relative to a folder that the base image chooses"
                yield Fault("DKF11", instruction.words[0], message, f"write the whole path, as `/{path.lstrip('./')}`")
            return


def local_sources(stage: Stage, instruction: Instruction, scope: Scope) -> Iterator[tuple[Word, str]]:
    """Yield the sources in the context."""
    for word in instruction.words[:-1]:
        path = word.text if instruction.is_json and "$" not in word.text else stage.value(word, scope)
        if path and not path.startswith("<<") and not _REMOTE.match(path):
            yield word, path


def _of_add(sources: list[tuple[Word, str]]) -> Iterator[Fault]:
    for word, path in sources:
        if not path.lower().rstrip("*").endswith(_ARCHIVES):
            message = f"`ADD` does more than copying `{path}` takes: it also unpacks and downloads"
            yield Fault("DKF14", word, message, "write `COPY`")
