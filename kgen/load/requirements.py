"""
Requirements files as far as a Dockerfile has to know them: what they include, name by path, and fetch from Git.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from kgen.distributions import canonical
from kgen.load.text import text_of
from kgen.model.facts import Requirements

ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2")

_INCLUDE = re.compile(r"(?:-[rc]\s*|--(?:requirement|constraint)[\s=]+)(\S+)")
_OPTION = re.compile(r"(?!-e|--editable)-")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_LOCAL = re.compile(
    r"(?:(?:-e\s*|--editable[\s=]+)|[A-Za-z0-9][\w.-]*\s*(?:\[[^]]*\])?\s*@\s*)?"  # an option, or a name
    r"(?:file:(?://)?)?"
    r"(\.{0,2}/[^\s;\[]*|\.{1,2}(?=[\s;\[]|$)|[\w.-]+/[^\s;:\[]*|[\w.-]+(?:\.whl|\.tar\.gz|\.zip)(?=\s|$))"
)
"""A requirement that is a path. ``https://`` and ``git+https://`` have a colon before their first slash."""

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_PINNED = re.compile(r"===?|@|/")
_SOURCE = re.compile(r"\b(?:git|hg|svn)\+[a-z]+:\S+|\bgit\+git@\S+")


def read(folder: Path, names: Iterable[str]) -> Requirements:
    """
    Return what the requirements files ``names`` of ``folder`` and those that they include say together.

    Included files are relative to the file that includes them, folders and archives to where pip runs.
    """
    texts = _included(folder, names)
    lines = [line for text in texts.values() for line in _lines(text or "")]
    entries = [line for line in lines if not _OPTION.match(line)]
    paths = {line: posixpath.normpath(found[1]) for line in entries if (found := _LOCAL.match(line))}
    inside = {line: path for line, path in paths.items() if not path.startswith(("/", ".."))}
    postponed = _once(line for line, path in inside.items() if not path.endswith(ARCHIVES))
    fetched = [line for line in entries if line not in postponed]
    return Requirements(
        files=tuple(path for path, text in texts.items() if text is not None),
        missing=tuple(path for path, text in texts.items() if text is None),
        hashes=bool(fetched) and all("--hash=" in line for line in fetched),
        has_setuptools=any(_name(line) == "setuptools" for line in entries),
        loose=_loose(entries),
        archives=_once(path for path in inside.values() if path.endswith(ARCHIVES)),
        postponed=postponed,
        itself=next((line for line, path in paths.items() if path == "."), ""),
        only_itself=bool(entries) and all(paths.get(line) == "." for line in entries),
        outside=_once(path for line, path in paths.items() if line not in inside),
        sources=_once(source for line in entries for source in _SOURCE.findall(line)),
    )


def _loose(entries: Iterable[str]) -> tuple[str, ...]:
    """Return the entries without a version, but for those that another one pins, as a constraint."""
    open_ended: dict[str, str] = {}
    pinned: set[str] = set()
    for line in entries:
        name = _name(line)
        if _PINNED.search(line):
            pinned.add(name)
        else:
            open_ended.setdefault(name, line)
    return tuple(line for name, line in open_ended.items() if name not in pinned)


def _name(line: str) -> str:
    """Return the canonical name of what a line asks for."""
    found = _NAME.match(line)
    return canonical(found[0]) if found else ""


def _lines(text: str) -> Iterator[str]:
    """Yield the logical lines of a requirements file, without comments."""
    for line in text.replace("\\\n", " ").replace("\\\r\n", " ").splitlines():
        if entry := _COMMENT.sub("", line).strip():
            yield entry


def _included(folder: Path, names: Iterable[str]) -> dict[str, str | None]:
    """Return the files ``names`` and those that they include: path → text, ``None`` if it is not there."""
    found: dict[str, str | None] = {}
    waiting = [posixpath.normpath(name) for name in names]
    while waiting:
        path = waiting.pop(0)
        if path in found or "://" in path:
            continue
        found[path] = text = None if path.startswith(("../", "/")) else _text(folder, path)
        beside = posixpath.dirname(path)
        others = [match[1] for line in _lines(text or "") if (match := _INCLUDE.match(line))]
        waiting += [
            posixpath.normpath(posixpath.join(beside, other)) if "://" not in other else other for other in others
        ]
    return found


def _text(folder: Path, path: str) -> str | None:
    """Return the text of a requirements file; pip reads what ``pip freeze > …`` writes on Windows, too."""
    return text_of(folder / path, folder, any_encoding=True)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
