"""What a module reads environment variables with: ``config`` of decouple, ``env = Env()``, its own or imported."""

import ast

from kgen.detect.project import Project
from kgen.detect.source.imports import absolute, definition, root
from kgen.detect.source.syntax import Module, imported, meaning, nodes
from kgen.record import dataclass

_CONFIGS = frozenset(
    {"decouple.config", "decouple.AutoConfig", "starlette.config.Config", "environ.Env", "environs.Env"}
    | {"environ.FileAwareEnv", "environs.FileAwareEnv"}
)
_DEEPEST = 3
"""Modules that import from one another are followed so far."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Names of a module, and what they have to do with variables."""

    names: dict[str, str]
    """Local name → what it stands for."""

    objects: frozenset[str]
    """Local names of what is called to read a variable."""

    defaults: frozenset[str]
    """Variables that such an object knows defaults of: ``Env(DEBUG=(bool, False))``."""


def readers(project: Project, module: Module, depth: int = 0) -> Readers:
    """Return what ``module`` reads variables with; what it imports from modules of the project is its own, too."""
    names = imported(module.tree)
    made = {name for name, full in names.items() if full == "decouple.config"}
    defaults: set[str] = set()
    for node in nodes(module.tree, ast.Assign, ast.ImportFrom):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func, keywords=given)) if (
                meaning(func, names) in _CONFIGS
            ):
                made.add(name)
                defaults |= {each.arg for each in given if each.arg and isinstance(each.value, ast.Tuple)}
            case ast.ImportFrom() if depth < _DEEPEST and (inner := _imported(project, module, node)):
                there = readers(project, inner, depth + 1)
                if node.names[0].name == "*":
                    names = {**there.names, **names}
                    made |= there.objects
                else:
                    made |= {each.asname or each.name for each in node.names if each.name in there.objects}
                defaults |= there.defaults
            case _:
                pass
    return Readers(names=names, objects=frozenset(made), defaults=frozenset(defaults))


_NAMES = frozenset({"*", "env", "config", "environment"})
"""What is imported of such objects; others are not looked for, which would take long."""


def _imported(project: Project, module: Module, node: ast.ImportFrom) -> Module | None:
    """Return the project's module that objects may be imported from."""
    if _NAMES.isdisjoint(each.name for each in node.names):
        return None
    below = project.below(module.path)
    start = root(project, module.path) if not node.level else ""
    name = absolute(below, start, "." * node.level + (node.module or ""))
    place = definition(project, start, name) if name else None
    return project.modules.module(place[0]) if place and not place[1] and place[0] != module.path else None
