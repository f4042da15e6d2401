"""Which files a command line means, and their documents."""

from __future__ import annotations

import os

from kgen.read.split import stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from kgen.read.split import Chunk

STDIN = "-"
STDIN_NAME = "<stdin>"

_ENDINGS = (".yaml", ".yml", ".json")
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
_SMALL = 1 << 14
"""Bytes of nearly all manifests: making room for more than that takes longer than reading them."""

_WHOLE = 1 << 20
"""Bytes up to which a file is held."""

READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0)


def search(folder: str) -> Iterator[str]:
    """
    Yield the YAML and JSON files, and the Dockerfiles, in ``folder`` and below, sorted.

    Hidden folders and installed packages are left out.

    Links to folders are not followed: they may lead back up.

    Raises:
        OSError: A folder cannot be read.
    """
    waiting = _entries(folder)
    while waiting:  # folders may lie deeper than functions may call each other
        entry = waiting.pop()
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            if not name.startswith(".") and name not in _SKIPPED:
                waiting += _entries(entry.path)
        elif (name.endswith(_ENDINGS) or is_dockerfile(name)) and not name.startswith(".") and _is_file(entry):
            yield entry.path


_DOCKERFILES = frozenset({"Dockerfile", "Containerfile"})
_ABOUT_DOCKERFILES = (
    *(".dockerignore", ".md", ".txt", ".rst", ".html", ".json", ".yaml", ".yml", ".toml", ".lock", ".sh", ".py", ".rb"),
    *(".go", ".js", ".ts", ".cs", ".java", ".kt", ".rs", ".c", ".h", ".cpp", ".swp", ".orig", ".rej", ".bak", ".patch"),
    ".diff",
)
"""Endings of files about Dockerfiles."""


def is_dockerfile(path: str) -> bool:
    """
    Tell whether a file is a Dockerfile by its name.

    >>> is_dockerfile("web/Dockerfile"), is_dockerfile("web.Dockerfile"), is_dockerfile("Dockerfile.debug")
    (True, True, True)
    >>> is_dockerfile("Dockerfile.dockerignore"), is_dockerfile("dockerfile.py")
    (False, False)
    """
    if "ockerfile" not in path and "ontainerfile" not in path:  # as nearly always
        return False
    name = path[max(path.rfind("/"), path.rfind(os.sep)) + 1 :]
    first, _, _ = name.partition(".")
    if not (first in _DOCKERFILES or name.endswith((".Dockerfile", ".dockerfile", ".Containerfile"))):
        return False
    return not name.lower().endswith(_ABOUT_DOCKERFILES)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """Return what is in ``folder``, the first name last."""
    with os.scandir(folder) as entries:
        return sorted(entries, key=_name, reverse=True)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link to itself
        return False


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def has_wildcard(path: str) -> bool:
    """Tell whether ``path`` is a pattern that the shell has left to us."""
    return any(sign in path for sign in "*?[")


def shown(path: str) -> str:
    """
    Return ``path`` as it is printed.

    >>> shown("./deploy/web.yaml"), shown("-")
    ('deploy/web.yaml', '<stdin>')
    """
    return STDIN_NAME if path == STDIN else path.replace(os.sep, "/").removeprefix("./")


def read(path: str) -> bytes | None:
    """
    Return what is in the regular file ``path``, or ``None`` if it is too long to be held.

    Raises:
        OSError: It cannot be read.
    """
    handle = os.open(path, READ_ONLY)
    try:
        data = os.read(handle, _SMALL)
        if len(data) == _SMALL:
            while len(data) <= _WHOLE and (more := os.read(handle, _WHOLE)):
                data += more
    finally:
        os.close(handle)
    return None if len(data) > _WHOLE else data


def long(path: str, stdin: BinaryIO) -> Iterator[Chunk]:
    """
    Yield the documents of a file that is too long to be held, or of standard input.

    Raises:
        OSError: It cannot be read any further.
    """
    if path == STDIN:
        yield from stream(stdin.read)
        return
    with open(path, "rb") as file:
        yield from stream(file.read)
