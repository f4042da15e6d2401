"""
A folder, seen once: which files there are, and their text.

Nothing outside of it is read. Links to files are followed only if they end inside, links to folders never, so that a
walk ends. Folders that hold other people's code, or what tools leave behind, are not entered.
"""

import os
import stat
from collections.abc import Iterator

SKIPPED = frozenset(
    {
        *("node_modules", "bower_components", "__pycache__", "site-packages", "dist-packages", "__pypackages__"),
        *("venv", "virtualenv", "htmlcov", "vendor"),
    }
)
"""Folders that are not the project's own, besides those that start with a dot."""

SHOWN = frozenset({".github", ".streamlit", ".config", ".ebextensions", ".mise"})
"""Folders that start with a dot and say something about the project."""

_ENVIRONMENT = frozenset({"pyvenv.cfg", "conda-meta"})
"""What only a virtual environment has."""

_MAX_SIZE = 16 * 1024 * 1024
"""Bytes of a file that is read; the lock file of a large project has some."""


class Tree:
    """The files of a folder and below, as POSIX paths relative to it, sorted."""

    def __init__(self, root: str) -> None:
        """
        Look through ``root``.

        Raises:
            OSError: ``root`` is no folder, or cannot be read.
        """
        self.root = os.path.realpath(root)
        os.scandir(self.root).close()
        self.files = tuple(sorted(_walk(self.root)))
        self._known = frozenset(self.files)
        self._texts: dict[str, str | None] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def below(self, folder: str) -> Iterator[str]:
        """Yield the files in ``folder`` and below; ``""`` is the root."""
        start = f"{folder}/" if folder else ""
        return (name for name in self.files if name.startswith(start))

    def here(self, folder: str) -> Iterator[str]:
        """Yield the names of the files in ``folder`` itself."""
        start = len(folder) + 1 if folder else 0
        return (name[start:] for name in self.below(folder) if "/" not in name[start:])

    def text(self, name: str) -> str | None:
        """Return the text of the file ``name``; ``None`` if it is not there, not text, too large, or outside."""
        if name not in self._texts:
            self._texts[name] = _text(self.root, name)
        return self._texts[name]


def join(folder: str, name: str) -> str:
    """
    Return the path of ``name`` in ``folder``.

    >>> join("", "app.py"), join("backend", "app.py")
    ('app.py', 'backend/app.py')
    """
    return f"{folder}/{name}" if folder else name


def _walk(root: str) -> Iterator[str]:
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as listing:
                entries = list(listing)
        except OSError:
            continue  # not ours to read
        if folder and any(entry.name in _ENVIRONMENT for entry in entries):
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name in SHOWN or not (entry.name in SKIPPED or entry.name.startswith(".")):
                    waiting.append(join(folder, entry.name))
            elif entry.is_file(follow_symlinks=False) or (entry.is_symlink() and _is_inside(root, entry.path)):
                yield join(folder, entry.name)


def _is_inside(root: str, path: str) -> bool:
    """Tell whether ``path`` is a file in ``root`` once its links are followed."""
    real = os.path.realpath(path)
    return os.path.commonpath([root, real]) == root and os.path.isfile(real)


def _text(root: str, name: str) -> str | None:
    path = os.path.join(root, name)
    if not _is_inside(root, path):
        return None
    try:
        about = os.stat(path)
        if not stat.S_ISREG(about.st_mode) or about.st_size > _MAX_SIZE:
            return None
        with open(path, "rb") as file:
            return file.read().decode("utf-8-sig")
    except (OSError, ValueError):  # ValueError: not UTF-8
        return None
