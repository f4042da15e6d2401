"""Which files the paths of a command line mean."""

import glob
import os
import stat
from collections.abc import Iterable

from kgen.commands import wrong_use
from kgen.diag import Diagnostic
from kgen.validate import files


def inputs(paths: Iterable[str]) -> tuple[list[str], list[Diagnostic]]:
    """Return the files that ``paths`` mean, each once, and what is wrong with the paths."""
    found: dict[str, str] = {}
    wrong: list[Diagnostic] = []
    for path in paths:
        try:
            below = _below(path)
        except OSError as error:
            wrong += wrong_use.unreadable_path(path, error)
            continue
        if not below:
            wrong += wrong_use.nothing_to_validate(path)
        for each in below:
            found.setdefault(os.path.normpath(each), each)
    return list(found.values()), wrong


def _below(path: str) -> list[str]:
    if path == files.STDIN:
        return [path]
    if os.path.isdir(path):
        return [each.removeprefix("./") for each in files.search(path)]
    if files.has_wildcard(path) and not os.path.exists(path):
        return sorted(each for each in glob.glob(path, recursive=True) if os.path.isfile(each))
    mode = os.stat(path).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise OSError(0, "it is no regular file")
    return [path]
