"""Kubernetes objects that a user brings: the files that app files name, with gaps as in a shell."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from kgen.load.text import text_of


def manifests(folder: Path, patterns: Iterable[str]) -> Mapping[str, Mapping[str, str | None]]:
    """
    Return for each pattern the files that it names, in alphabetical order, with their text.

    Args:
        folder: Folder of the app file; a file must not be outside of it.
        patterns: Paths relative to it, as ``extra/*.yaml``.
    """
    return {pattern: {name: text_of(folder / name, folder) for name in _names(folder, pattern)} for pattern in patterns}


def _names(folder: Path, pattern: str) -> list[str]:
    found = (path for path in folder.glob(pattern) if path.is_file() or path.is_symlink())
    return sorted(path.relative_to(folder).as_posix() for path in found)
