"""
Which of the project's files a script brings along, by their import lines: as text, for parsing them all takes long.

Where an import line stands in a text, as an example, a file more is looked at.
"""

import re
from collections.abc import Iterator

from kgen.detect.project import Project

_DEEPEST = 4
_MOST = 80

_LINE = re.compile(
    rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]*(?:\(([^)]*)\)|([^\n#;]+))|import[ \t]+([^\n#;]+))", re.MULTILINE
)
_INSIDE = re.compile(rb"^[ \t]+(?:from|import)\b", re.MULTILINE)
_DEEP = re.compile(rb"^(?:[ ]{5,}|\t[ \t]+)(?:from|import)\b", re.MULTILINE)
"""Where an import starts that is not at the top of its file, or of what the file does as a program."""

_COMMENT = re.compile(rb"#[^\n]*|\\\n")


def reached(project: Project, path: str, *, is_certain: bool = False) -> Iterator[tuple[str, int]]:
    """
    Yield the file at ``path`` and those of the project that it imports, with their distance, nearest first.

    Args:
        project: The project.
        path: A script.
        is_certain: Leave out what imported files import somewhere inside: in functions, and on certain systems only.
    """
    waiting, seen = [(path, 0)], {path}
    for place in range(_MOST):
        if place >= len(waiting):
            return
        here, depth = waiting[place]
        yield here, depth
        for other in _imported(project, here, is_certain=is_certain) if depth < _DEEPEST else ():
            if other not in seen:
                seen.add(other)
                waiting.append((other, depth + 1))


def packages(project: Project, path: str) -> frozenset[str]:
    """Return the packages that the file at ``path`` imports, the project's own too."""
    return frozenset(name.partition(".")[0] for name in names(project, path))


def names(project: Project, path: str, *, is_certain: bool = False) -> tuple[str, ...]:
    """Return what the file at ``path`` imports, with the dots of relative imports: looked up once."""
    known = project.modules.notes
    key = f"imports of {path}{' at the top' if is_certain else ''}"
    if key not in known:
        text = project.tree.content(path)
        known[key] = tuple(dict.fromkeys(_names(_at_the_top(text) if is_certain else text)))
    made: tuple[str, ...] = known[key]
    return made


def _at_the_top(text: bytes) -> bytes:
    """Return a module without the imports that are in functions, and under conditions."""
    head, mark, tail = text.partition(b"\nif __name__")
    return _INSIDE.sub(b"", head) + mark + _DEEP.sub(b"", tail)


def _names(text: bytes) -> Iterator[str]:
    r"""
    Yield what is imported.

    >>> list(_names(b"import a.b as c, d\nfrom .e import (f,  # g\n  h as i,\n)"))
    ['a.b', 'd', '.e.f', '.e.h']
    """
    for module, listed, plain, direct in _LINE.findall(text):
        words = _COMMENT.sub(b"", listed or plain or direct).decode("utf-8", "replace").split(",")
        each = [word.split()[0] for word in words if word.strip()]
        if module:
            start = module.decode("utf-8", "replace")
            joint = "" if start.endswith(".") else "."
            yield from (f"{start}{joint}{name}" for name in each)
        else:
            yield from each


def _imported(project: Project, here: str, *, is_certain: bool) -> tuple[str, ...]:
    known = project.modules.notes
    key = f"imported by {here}{' at the top' if is_certain else ''}"
    if key not in known:
        asked = names(project, here, is_certain=is_certain)
        known[key] = tuple(dict.fromkeys(file for name in asked for file in _files(project, here, name)))
    made: tuple[str, ...] = known[key]
    return made


def _files(project: Project, here: str, name: str) -> Iterator[str]:
    """Yield the files that importing ``name`` in the file ``here`` may read."""
    rest = name.lstrip(".")
    dots = len(name) - len(rest)
    folder = here.rpartition("/")[0]
    for _ in range(dots - 1):
        folder = folder.rpartition("/")[0]
    starts = [folder] if dots else [folder, project.folder, project.path("src")]
    inner = rest.replace(".", "/")
    for start in dict.fromkeys(starts):
        for below in (inner, inner.rpartition("/")[0]):
            stem = f"{start}/{below}" if start and below else start or below
            for file in (f"{stem}.py", f"{stem}/__init__.py"):
                if file in project.tree:
                    yield file
