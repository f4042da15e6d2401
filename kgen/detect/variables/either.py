"""
Settings that come from variables or from a module that is not there: only one of the two ways is open.

``if os.environ.get("ENV"): TOKEN = os.environ["TOKEN"]``, and ``else: from shop.config import Development``, which
everybody writes for themselves. In an image there is no such module, so the variable has to be set.
"""

import ast
import re
from collections.abc import Iterator

from kgen.detect.found import Fact
from kgen.detect.project import Project
from kgen.detect.source.imports import absolute, definition, root
from kgen.detect.source.syntax import Module, imported, meaning, nodes

_OTHERWISE = re.compile(rb"\nelse:[^\n]*(?:\n+[ \t][^\n]*)*?[ \t]from[ \t]")
"""What stands in a module, at its edge, that imports something under a condition only."""


_OTHERWISE = re.compile(rb"\nelse:[^\n]*\n(?:[ \t]+[^\n]*\n){0,3}?[ \t]+from[ \t]")
"""What stands in a module that imports something under such a condition."""


def only_ways(project: Project, module: Module) -> list[ast.If]:
    """Return the conditions of a module that have to hold: else it imports what is not among the project's files."""
    found = [node for node in module.tree.body if isinstance(node, ast.If) and node.orelse]
    return [node for node in found if any(_is_missing(project, module, each) for each in node.orelse)]


def switches(project: Project) -> Iterator[tuple[str, Fact]]:
    """Yield the variables that have to be set, to whatever it is, for the way to be taken that is open."""
    likely = project.modules.having("environ", "getenv")
    for module in project.modules.those(path for path in likely if project.tree.matches(path, _OTHERWISE)):
        for node in () if module.is_side else only_ways(project, module):
            for name, where in _asked(module, node.test):
                yield name, Fact("true", f"{where}, or a module is needed that is not there")


def _is_missing(project: Project, module: Module, node: ast.stmt) -> bool:
    """Tell whether a statement imports from a package of the project a module that is not among its files."""
    if not isinstance(node, ast.ImportFrom) or not node.module:
        return False
    below = project.below(module.path)
    start = root(project, module.path) if not node.level else ""
    name = absolute(below, start, "." * node.level + node.module)
    package = name.rpartition(".")[0]
    place = definition(project, start, name) if package else None
    return place is not None and bool(place[1]) and place[0].endswith("/__init__.py")


def _asked(module: Module, test: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield the variables that a condition asks for, with their places."""
    names = imported(module.tree)
    made = {
        node.targets[0].id: node.value
        for node in nodes(module.tree, ast.Assign)
        if isinstance(node.targets[0], ast.Name)
    }
    asked = made.get(test.id, test) if isinstance(test, ast.Name) else test
    match asked:
        case ast.Call(func=ast.Name(id="bool"), args=[ast.Call() as call]) | (ast.Call() as call):
            first = call.args[0] if call.args else None
            is_read = meaning(call.func, names) in {"os.environ.get", "os.getenv"}
            if is_read and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, f"{module.path}:{call.lineno}"
        case _:
            pass
