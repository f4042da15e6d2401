"""Variables that have no default, and that an error of the source is about: one of several, or with a certain other."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgen.detect.found import Doubt
from kgen.detect.project import Project
from kgen.detect.source.syntax import nodes
from kgen.detect.variables.variable import Variable

_ASKS = re.compile(
    r"required|requires|must|missing|mandatory|\bneeds?\b|\bprovide|\bspecify|\bset\b|not (?:defined|found|configured)"
)
_NAME = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+")


def demanded(project: Project, read: Iterable[Variable], env: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Return place → the variables that the error raised there asks for, of those that nobody sets."""
    left: dict[str, set[str]] = {}
    for each in read:
        if not (each.is_required or each.default or each.name in env):
            left.setdefault(each.origin.rpartition(":")[0], set()).add(each.name)
    found: dict[str, tuple[str, ...]] = {}
    seen: set[str] = set()
    for file, names in left.items():
        said = re.compile(rf"raise\b[^#]{{0,300}}?\b(?:{'|'.join(sorted(names))})\b".encode())
        module = project.modules.module(file) if project.tree.matches(file, said) else None
        for node in nodes(module.tree, ast.Raise) if module else ():
            new = tuple(name for name in _asked(node) if name in names and name not in seen)
            seen |= set(new)
            found |= {f"{file}:{node.lineno}": new} if new else {}
    return found


def doubts(found: Mapping[str, tuple[str, ...]], env: Mapping[str, Any]) -> Iterator[Doubt]:
    """Yield what such errors are about."""
    for where, names in found.items():
        listed = ", ".join(f"`{name}`" for name in names)
        path = ("env",) if env else ("components",)
        yield Doubt(
            path=path, question=f"{where} may end the program over {listed}", help="see whether it has to be set"
        )


def _asked(node: ast.Raise) -> Iterator[str]:
    """Yield the names in the text of an error that asks for something."""
    parts = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    text = " ".join(part for part in parts if isinstance(part, str))
    if _ASKS.search(text.lower()):
        yield from dict.fromkeys(_NAME.findall(text))
