"""Folders that functions make which an import of a module calls: ``prepare(app)`` at the top, ``os.makedirs`` in it."""

import ast
import re
from collections.abc import Iterable, Iterator

from kgen.detect.project import Project
from kgen.detect.source.imports import absolute, definition, root
from kgen.detect.source.syntax import Module, nodes
from kgen.detect.source.words import sought

_MAKING = sought("makedirs(", "mkdir(")
_MADE = frozenset({"makedirs", "mkdir"})
_ANYWHERE = re.compile(r"/tmp|temp|tmp", re.IGNORECASE)  # noqa: S108  # the one place that can be written
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]+")


def made(project: Project, own: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield where such a function makes a folder that a constant names, and the constant."""
    paths = list(own)
    for module in project.modules.those(project.modules.having("makedirs(", "mkdir(", among=paths), _MAKING):
        for function in nodes(module.tree, ast.FunctionDef):
            calls = [(each, name) for each in _calls(function) if (name := _constant(each))]
            known = [(each, name) for each, name in calls if not _ANYWHERE.search(_said(project, module, name))]
            if known and _is_called(project, function.name, paths):
                yield from ((f"{module.path}:{each.lineno}", name) for each, name in known)


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    """Yield what a function calls whatever happens."""
    for each in function.body:
        if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call):
            yield each.value


def _constant(call: ast.Call) -> str:
    """Return the constant that a call makes a folder of."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in _MADE:
        return ""
    is_os = isinstance(func.value, ast.Name) and func.value.id == "os"
    given = (call.args[0] if call.args else None) if is_os else func.value
    return given.id if isinstance(given, ast.Name) and _CONSTANT.fullmatch(given.id) else ""


def _said(project: Project, module: Module, name: str) -> str:
    """Return what a constant is, as it stands in its module, or in the one that it is imported from."""
    own = _assigned(module, name)
    if own:
        return own
    for node in nodes(module.tree, ast.ImportFrom):
        if any((each.asname or each.name) == name for each in node.names):
            start = root(project, module.path) if not node.level else ""
            full = absolute(project.below(module.path), start, "." * node.level + (node.module or ""))
            place = definition(project, start, full) if full else None
            inner = project.modules.module(place[0]) if place and not place[1] else None
            return _assigned(inner, name) if inner else name
    return "tmp"  # nobody knows


def _assigned(module: Module, name: str) -> str:
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=known)], value=given) if known == name:
                return ast.unparse(given)
            case ast.AnnAssign(target=ast.Name(id=known), value=given) if known == name and given:
                return ast.unparse(given)
            case _:
                pass
    return ""


def _is_called(project: Project, name: str, own: Iterable[str]) -> bool:
    """Tell whether a module calls a function when it is imported."""
    pattern = re.compile(rf"^(?:\w+\s*=\s*)?(?:\w+\.)*{name}\(".encode(), re.MULTILINE)
    found = project.modules.having(f"{name}(", among=own)
    return any(project.tree.matches(path, pattern) for path in found)
