"""Files that a variable names and the program opens: by its default one that the repository has not."""

import ast
import re
from collections.abc import Container, Iterable, Iterator

from kgen.detect.found import Doubt
from kgen.detect.project import Project
from kgen.detect.source.syntax import name_of, nodes
from kgen.detect.variables.insisted import reraises
from kgen.detect.variables.variable import Variable

_FILE = re.compile(r"/?(?:[\w.-]+/)*[\w.-]+\.(?:ya?ml|toml|ini|cfg|conf|json)")
_ASKING = frozenset({"exists", "is_file", "isfile"})
"""What is asked about files that a program does without."""

_OF_PATHS = frozenset({"read_text", "read_bytes", "open"})


def missing(project: Project, read: Iterable[Variable], env: Container[str]) -> Iterator[Doubt]:
    """Yield the doubts about files that are opened whatever happens, and that nobody has."""
    for each in read:
        name = str(each.default or "")
        path = each.origin.rpartition(":")[0]
        if each.name in env or not _FILE.fullmatch(name) or name.startswith("/tmp") or _is_there(project, name):  # noqa: S108  # the one place that can be written
            continue
        module = project.modules.module(path)
        if module and _is_opened(module.tree, each.name):
            yield Doubt(
                path=("env",) if env else ("components",),
                question=f"{each.origin} opens {name} unless `{each.name}` names another file, and the image has none",
                help=f"mount it with `files`, and set `{each.name}` to its path",
            )


def _is_there(project: Project, name: str) -> bool:
    plain = name.removeprefix("./")
    below = (project.below(each) for each in project.tree.below(project.folder))
    return any(each == plain or (each.endswith(f"/{plain}") and not _ASIDE.search(each)) for each in below)


_ASIDE = re.compile(r"(?:^|[/_-])(?:dev|tests?|ci|examples?|samples?|docs?)[/_-]")
"""Folders of files that no program is started with."""


def _is_opened(tree: ast.Module, variable: str) -> bool:
    """Tell whether a module opens the file to read it, and goes no further without it."""
    names: set[str] = set()
    for each in nodes(tree, ast.Assign):
        if _is_named(each.value, names, variable):
            names |= {one.id for one in each.targets if isinstance(one, ast.Name)}
    caught = {
        id(inner)
        for each in nodes(tree, ast.Try)
        if not all(isinstance(one.body[-1], ast.Raise) or reraises([one]) for one in each.handlers)
        for one in each.body
        for inner in ast.walk(one)
    }
    calls = nodes(tree, ast.Call)
    asked = (each for each in calls if name_of(each.func).rpartition(".")[2] in _ASKING)
    if any(_is_named(each, names, variable) for each in asked):
        return False
    opened = (given for each in calls if id(each) not in caught and (given := _opened(each)))
    return any(_is_named(given, names, variable) for given in opened)


def _opened(call: ast.Call) -> ast.expr | None:
    """Return the path that a call reads."""
    is_path = isinstance(call.func, ast.Attribute) and call.func.attr in _OF_PATHS
    mode = call.args[0 if is_path else 1 :][:1]
    if mode and not (isinstance(mode[0], ast.Constant) and str(mode[0].value).startswith("r")):
        return None
    if isinstance(call.func, ast.Attribute) and is_path:
        return call.func.value
    return call.args[0] if name_of(call.func) == "open" and call.args else None


def _is_named(node: ast.expr, names: Container[str], variable: str) -> bool:
    found = any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(node))
    return found or _reads(node, variable)


def _reads(node: ast.expr, variable: str) -> bool:
    return any(isinstance(each, ast.Constant) and each.value == variable for each in ast.walk(node))
