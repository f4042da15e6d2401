"""``kgen upgrade``: what goes with a newer Kubernetes version, and ``--write`` for what is only another apiVersion."""

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from kgen.check.lifecycle.removals import version
from kgen.check.store import Store, default_directory
from kgen.commands import kinds
from kgen.commands.generated import is_generated
from kgen.commands.inputs import inputs
from kgen.commands.upgrade_json import Json
from kgen.commands.upgrade_report import Change, Sink
from kgen.commands.upgrade_text import Text
from kgen.diag import Diagnostic, Label, has_error
from kgen.filenames import PLATFORM_FILE
from kgen.read.split import chunks
from kgen.record import dataclass, field, replace
from kgen.source import Source
from kgen.upgrade.comparison import Comparison
from kgen.upgrade.items import Edit, Plan
from kgen.upgrade.rewriting import rewritten
from kgen.validate import sorts, workspace
from kgen.validate.files import STDIN, is_dockerfile, shown
from kgen.validate.run import separate
from kgen.validate.unreadable import unreadable, without_objects
from kgen.versions import DEFAULT_VERSION
from kgen.write.rewritten import save

_NOTHING = frozenset({sorts.EMPTY, sorts.NOT_KUBERNETES})
"""What a stream holds that a failed command was to fill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for."""

    paths: Sequence[str] = ()
    target: str = ""
    """The newest version there is, if empty."""

    current: str = ""
    """That of kgen.yaml, if empty."""

    writes: bool = False
    output_format: str = "text"
    colour: bool = False


@dataclass(slots=True)
class _Question:
    """The versions to compare and the files to look at, or what is wrong with them."""

    store: Store
    target: str = ""
    current: str = ""
    files: list[str] = field(default_factory=list)
    wrong: list[Diagnostic] = field(default_factory=list)
    sources: Mapping[str, Source] = field(default_factory=dict)
    """Files that what is wrong is in."""


def run(request: Request, stdin: BinaryIO, out: TextIO, err: TextIO) -> int:
    """Do what ``request`` asks for and return the exit code."""
    asked = _question(request)
    made: Sink = Json(out) if request.output_format == "json" else Text(out, err, colour=request.colour)
    if asked.wrong:
        return made.refused(asked.wrong, asked.sources)
    made.begin(asked.current, asked.target, writes=request.writes)
    comparison = Comparison(asked.store, asked.current, asked.target)
    for path in asked.files:
        made.take(_file(path, comparison, stdin, writes=request.writes))
    return made.end()


def wrong_order(target: str, current: str) -> bool:
    """Tell whether ``current`` is not older than ``target``; what is no version is said elsewhere."""
    known = Store(default_directory()).versions()
    return {target, current} <= set(known) and known.index(current) >= known.index(target)


def _question(request: Request) -> _Question:
    store = Store(default_directory())
    asked = _Question(store, target=request.target or store.versions()[-1])
    found_files, _, asked.wrong = inputs(request.paths or (os.curdir,))
    asked.files = [path for path in found_files if not is_dockerfile(path)]
    for option, name in (("--to", asked.target), ("--from", request.current)):
        found = kinds.unknown_versions(store, [name] if name else [])
        asked.wrong += [replace(each, at=Label(file=option)) for each in found]
    asked.current = request.current
    if not asked.wrong and not asked.current:
        _take_current(asked)
    return asked


def _take_current(asked: _Question) -> None:
    """Take the version that the files are for: the oldest of kgen.yaml's, if that is older than the target."""
    root = workspace.root(os.curdir)
    declared: Sequence[str] = ()
    if root and os.path.isfile(os.path.join(root, PLATFORM_FILE)):
        from kgen.workspace import open_workspace  # noqa: PLC0415  # all stages, and not every repository is a workspace

        platform = open_workspace(Path(root))
        asked.wrong += [each for each in platform.found if has_error([each])]
        asked.sources = {platform.source.name: platform.source} if platform.source else {}
        declared = platform.platform.kubernetes
    oldest = min(declared or (DEFAULT_VERSION,), key=version)
    known = asked.store.versions()
    before_target = known[max(known.index(asked.target) - 1, 0)]
    asked.current = oldest if version(oldest) < version(asked.target) else before_target


def _file(path: str, comparison: Comparison, stdin: BinaryIO, *, writes: bool) -> Change:
    name = shown(path)
    if skipped := sorts.of_file(path):
        return Change(path=name, plans=[Plan(index=0, line=1, skipped=skipped)])
    try:
        data = stdin.read() if path == STDIN else _read(path)
    except OSError as error:
        return Change(path=name, found=(unreadable(name, error),))
    plans = [comparison.plan(chunk, index, name) for index, chunk in enumerate(separate(chunks(data)))]
    made = Change(path=name, plans=plans)
    if path == STDIN and all(plan.skipped in _NOTHING for plan in plans):
        made.found = (without_objects(name),)
    if not any(plan.items for plan in plans):
        return made
    if path != STDIN and is_generated(path):
        made.is_generated = True
        for plan in plans:
            plan.items = [replace(item, edit=None) for item in plan.items]
    elif writes:
        _write(path, data, made)
    return made


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _write(path: str, data: bytes, made: Change) -> None:
    """Do all changes of a file that need nobody, or none of them."""
    edits = dict(_edits(made.plans))
    text = rewritten(data, edits) if edits else None
    if text is None:
        return
    try:
        save(path, data, text)
    except OSError as error:
        made.found = (_unwritable(made.path, error),)
        return
    for plan in made.plans:
        plan.items = [replace(item, is_written=item.edit is not None) for item in plan.items]


def _edits(plans: Sequence[Plan]) -> Iterator[tuple[int, list[Edit]]]:
    for plan in plans:
        if edits := [item.edit for item in plan.items if item.edit]:
            yield plan.index, edits


def _unwritable(name: str, error: OSError) -> Diagnostic:
    found = unreadable(name, error)
    if error.errno in {errno.ELOOP, errno.EBUSY}:
        return replace(found, message=f"the file was not rewritten: {error.strerror}", help="")
    reason = (error.strerror or str(error)).lower()
    return replace(found, message=f"the file cannot be rewritten: {reason}", help="")
