"""A project's modules, and where the names in them come from: looked up once, since everybody asks."""

import ast
from collections.abc import Mapping

from kgen.detect.frameworks.classes import Framework
from kgen.detect.project import Project
from kgen.detect.source import reached
from kgen.detect.source.imports import absolute, definition, root
from kgen.detect.source.syntax import Module, imported, meaning, name_of
from kgen.record import dataclass, field

DEEPEST = 6
"""Calls, and names that are passed on, that are followed to find out what something is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a call makes."""

    framework: Framework
    factory: tuple[str, str] | None = None
    """File and name of the project's function that makes it; ``None`` if that is the class itself."""

    needs: tuple[str, ...] = ()
    """Arguments that the factory cannot do without."""

    is_async: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """A project, and what is known of the names in its modules."""

    project: Project
    starts: dict[str, str] = field(default_factory=dict)
    names: dict[str, Mapping[str, str]] = field(default_factory=dict)
    made: dict[tuple[str, str], Made | None] = field(default_factory=dict)
    inside: set[tuple[str, str]] = field(default_factory=set)
    """Factories that other factories call: what they make is a part."""

    def start(self, path: str) -> str:
        if path not in self.starts:
            self.starts[path] = root(self.project, path)
        return self.starts[path]

    def imports(self, module: Module) -> Mapping[str, str]:
        """Return local name → full name, for what a module imports."""
        if module.path not in self.names:
            found = imported(module.tree)
            if any(each.startswith(".") for each in found.values()):
                start = self.project.path(self.start(module.path)).rstrip("/")
                found = {name: absolute(module.path, start, each) for name, each in found.items()}
            self.names[module.path] = found
        return self.names[module.path]

    def origin(self, module: Module, node: ast.AST) -> tuple[str, str] | None:
        """Return file and name of what an expression in ``module`` names, if it is the project's own."""
        full = meaning(node, dict(self.imports(module)))
        if full == name_of(node) and "." not in full:
            return module.path, full
        return self.followed(definition(self.project, self.start(module.path), full), 0)

    def followed(self, place: tuple[str, str] | None, depth: int) -> tuple[str, str] | None:
        """Return where a name comes from that a package passes on: ``from shop.web import app`` in its ``__init__``."""
        name = place[1].partition(".")[0] if place else ""
        if not place or not name or depth > DEEPEST or not self._may_import(place[0], name):
            return place
        module = self.project.modules.module(place[0])
        if module is None:
            return place
        passed_on = self.imports(module).get(name, "")
        inner = definition(self.project, self.start(module.path), passed_on) if passed_on else None
        return self.followed(inner, depth + 1) if inner and inner != place and inner[1] else place

    def _may_import(self, path: str, name: str) -> bool:
        """Tell whether a file may have a name from elsewhere, by its text: most define what they are asked for."""
        found = reached.names(self.project, path)
        is_there = any(name in {each.partition(".")[0], each.rpartition(".")[2]} for each in found)
        return is_there or self.project.tree.mentions(path, (f" as {name}".encode(),))


def sources_of(project: Project) -> Sources:
    """Return what is known of a project's modules: the same for all who ask."""
    made = project.modules.notes.setdefault("sources", Sources(project=project))
    if not isinstance(made, Sources):
        message = "the note is somebody else's"
        raise TypeError(message)
    return made
