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
_COMMENT = re.compile(rb"#[^\n]*|\\\n")


def reached(project: Project, path: str) -> Iterator[tuple[str, int]]:
    """Yield the file at ``path`` and those of the project that it imports, with their distance, nearest first."""
    waiting, seen = [(path, 0)], {path}
    for place in range(_MOST):
        if place >= len(waiting):
            return
        here, depth = waiting[place]
        yield here, depth
        for other in _imported(project, here) if depth < _DEEPEST else ():
            if other not in seen:
                seen.add(other)
                waiting.append((other, depth + 1))


def packages(project: Project, path: str) -> frozenset[str]:
    """Return the packages that the file at ``path`` imports, the project's own too."""
    return frozenset(name.partition(".")[0] for name in names(project, path))


def names(project: Project, path: str) -> tuple[str, ...]:
    """Return what the file at ``path`` imports, with the dots of relative imports: looked up once."""
    known = project.modules.notes
    key = f"imports of {path}"
    if key not in known:
        known[key] = tuple(dict.fromkeys(_names(project.tree.content(path))))
    made: tuple[str, ...] = known[key]
    return made


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


def _imported(project: Project, here: str) -> tuple[str, ...]:
    known = project.modules.notes
    key = f"imported by {here}"
    if key not in known:
        known[key] = tuple(dict.fromkeys(file for name in names(project, here) for file in _files(project, here, name)))
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
