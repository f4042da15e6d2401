"""
A folder, seen once: which files there are, and their text.

Nothing outside of it is read. Links to files are followed only if they end inside, links to folders never, so that a
walk ends. Folders that hold other people's code, or what tools leave behind, are not entered.
"""

import errno
import os
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from kgen.detect.source.words import Sought, signs, words

SKIPPED = frozenset(
    {
        *("node_modules", "bower_components", "__pycache__", "site-packages", "dist-packages", "__pypackages__"),
        *("venv", "virtualenv", "htmlcov", "vendor"),
    }
)
"""Folders that are not the project's own, besides those that start with a dot, or with ``{{``: templates of others."""

SHOWN = frozenset(
    {
        ".github",
        ".circleci",
        ".streamlit",
        ".chainlit",
        ".config",
        ".ebextensions",
        ".mise",
        ".docker",
        ".heroku",
        ".do",
    }
)
"""Folders that start with a dot and say something about the project."""

_ENVIRONMENT = frozenset({"pyvenv.cfg", "conda-meta"})
"""What only a virtual environment has."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""First bytes of what ``pip freeze > requirements.txt`` writes on Windows; pip reads it too."""

_OUTPUTS = ("Dockerfile", "compose.", ".dockerignore", ".env.")
"""How names of files start that kgen may have made."""

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
        found = {name: is_plain for name, is_plain in _walk(self.root) if not _is_output(self.root, name)}
        self.files = tuple(sorted(found))
        self._plain = frozenset(name for name, is_plain in found.items() if is_plain)
        self._known = frozenset(found)
        self._by_folder: dict[str, list[str]] = {}
        for name in self.files:
            there, _, last = name.rpartition("/")
            self._by_folder.setdefault(there, []).append(last)
        self._bytes: dict[str, bytes] = {}
        self._words: dict[str, bytes] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def below(self, folder: str) -> Iterator[str]:
        """Yield the files in ``folder`` and below; ``""`` is the root."""
        if not folder:
            return iter(self.files)
        start = bisect_left(self.files, f"{folder}/")
        return takewhile(lambda name: name.startswith(f"{folder}/"), islice(self.files, start, None))

    def has_folder(self, folder: str) -> bool:
        """Tell whether there are files in ``folder`` or below."""
        return next(self.below(folder), None) is not None

    def here(self, folder: str) -> Iterator[str]:
        """Yield the names of the files in ``folder`` itself."""
        return iter(self._by_folder.get(folder, ()))

    def folders(self, folder: str) -> Iterator[str]:
        """Yield ``folder``, and those below it that have files."""
        start = f"{folder}/" if folder else ""
        yield folder
        yield from (each for each in self._by_folder if each and each.startswith(start))

    def text(self, name: str) -> str | None:
        """Return the text of the file ``name``; ``None`` if it is not there, not text, too large, or outside."""
        try:
            content = self._read(name)
            return content.decode("utf-16" if content[:2] in _UTF_16 else "utf-8-sig")
        except (OSError, ValueError):  # ValueError: not UTF-8
            return None

    def size(self, name: str) -> int:
        """Return the number of bytes of the file ``name``."""
        return len(self.content(name))

    def content(self, name: str) -> bytes:
        """Return the bytes of the file ``name``; none if it is not there."""
        try:
            return self._read(name)
        except OSError:
            return b""

    def mentions(self, name: str, texts: Sequence[bytes]) -> bool:
        """Tell whether the file ``name`` has one of ``texts``."""
        known = self.words(name)
        return any(mark in known and text in self.content(name) for text, mark in signs(tuple(texts)))

    def matches(self, name: str, pattern: re.Pattern[bytes], marks: Sequence[bytes] = ()) -> bool:
        """
        Tell whether the file ``name`` has what ``pattern`` says.

        Args:
            name: The file.
            pattern: What it is to have.
            marks: Parts of words of which each file that has what ``pattern`` says has one: quick to see.
        """
        known = self.words(name) if marks else b""
        return (not marks or any(each in known for each in marks)) and pattern.search(self.content(name)) is not None

    def tells(self, name: str, wanted: Sought) -> bool:
        """Tell whether the file ``name`` has one of ``wanted``."""
        known = self.words(name)
        return any(mark in known and pattern.search(self.content(name)) for mark, pattern in wanted)

    def words(self, name: str) -> bytes:
        """Return the words of the file ``name``, as `kgen.detect.source.words` has them."""
        if name not in self._words:
            self._words[name] = words(self.content(name))
        return self._words[name]

    def _read(self, name: str) -> bytes:
        if name not in self._bytes:
            path = f"{self.root}/{name}"
            if name not in self._plain and not (self._may_be_there(name) and _is_inside(self.root, path)):
                raise FileNotFoundError(errno.ENOENT, "not in the folder", name)
            with open(path, "rb", buffering=0) as file:
                content = file.read(_MAX_SIZE + 1)
            self._bytes[name] = content if len(content) <= _MAX_SIZE else b""
        return self._bytes[name]

    def _may_be_there(self, name: str) -> bool:
        """Tell whether a file was seen, or is in a folder that was not looked through."""
        return name in self._known or "/." in f"/{name.rpartition('/')[0]}"


def join(folder: str, name: str) -> str:
    """
    Return the path of ``name`` in ``folder``.

    >>> join("", "app.py"), join("backend", "app.py")
    ('app.py', 'backend/app.py')
    """
    return f"{folder}/{name}" if folder else name


def _walk(root: str) -> Iterator[tuple[str, bool]]:
    """Yield each file in ``root``, and whether it is no link."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(f"{root}/{folder}") as listing:
                entries = list(listing)
        except OSError:
            continue  # not ours to read
        if folder and any(entry.name in _ENVIRONMENT for entry in entries):
            continue
        start = f"{folder}/" if folder else ""
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name in SHOWN or not (entry.name in SKIPPED or entry.name.startswith((".", "{{"))):
                    waiting.append(start + entry.name)
            elif entry.is_file(follow_symlinks=False):
                yield start + entry.name, True
            elif entry.is_symlink() and _is_inside(root, entry.path):
                yield start + entry.name, False


def _is_output(root: str, name: str) -> bool:
    """Tell whether kgen made the file: it says nothing about the project that app.yaml did not say before."""
    last = name.rpartition("/")[2]
    if not last.startswith(_OUTPUTS):
        return False
    try:
        with open(f"{root}/{name}", "rb", buffering=0) as file:
            return b"# Generated by kgen" in file.read(200)
    except OSError:
        return False


def _is_inside(root: str, path: str) -> bool:
    """Tell whether ``path`` is a file in ``root`` once its links are followed."""
    real = os.path.realpath(path)
    return real.startswith(f"{root}/") and os.path.isfile(real)
