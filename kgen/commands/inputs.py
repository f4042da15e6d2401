"""Which files the paths of a command line mean."""

from __future__ import annotations

import os
import stat

from kgen.validate import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgen.diag import Diagnostic


def inputs(paths: Iterable[str]) -> tuple[list[str], set[str], list[Diagnostic]]:
    """Return the files that ``paths`` mean, each once; which can be read once only; and what is wrong with paths."""
    found: dict[str, str] = {}
    streams = {files.STDIN}
    wrong: list[Diagnostic] = []
    for path in paths:
        try:
            below_ = below(path)
        except OSError as error:
            from kgen.commands import wrong_use  # noqa: PLC0415  # only after a fault

            wrong += wrong_use.unreadable_path(path, error)
            continue
        if not below_:
            from kgen.commands import wrong_use  # noqa: PLC0415  # only after a fault

            wrong += wrong_use.nothing_to_validate(path)
        elif below_ == [path] and path != files.STDIN and stat.S_ISFIFO(os.stat(path).st_mode):
            streams.add(path)
        for each in below_:
            found.setdefault(os.path.normpath(each), each)
    return list(found.values()), streams, wrong


def below(path: str) -> list[str]:
    """
    Return the files that one path means: itself, those in a folder, those that fit a pattern.

    Raises:
        OSError: It cannot be read, or is neither file nor folder.
    """
    if path == files.STDIN:
        return [path]
    if os.path.isdir(path):
        return [each.removeprefix("./") for each in files.search(path)]
    if files.has_wildcard(path) and not os.path.exists(path):
        import glob  # noqa: PLC0415  # nearly never

        return sorted(each for each in glob.glob(path, recursive=True) if os.path.isfile(each))
    mode = os.stat(path).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise OSError(0, "it is no regular file")
    return [path]
