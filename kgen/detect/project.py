"""One Python project: a folder, its files, what it depends on, how it is installed."""

from collections.abc import Mapping
from typing import Any, Literal

from kgen.detect.source.syntax import Modules
from kgen.detect.source.tree import Tree, join
from kgen.record import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """A distribution that the project asks for."""

    name: str
    """Canonical: ``flask-sqlalchemy``."""

    origin: str
    """Where it says so: ``pyproject.toml:12``."""

    extras: frozenset[str] = frozenset()
    group: str = ""
    """Group or extra that has it; empty for those that are always installed."""

    specifier: str = ""
    """As written: ``>=4.2,<5``."""

    is_extra: bool = False
    """Whether ``group`` is an extra (`[project.optional-dependencies]`)."""

    source: Literal["", "git", "path"] = ""
    """Where it is taken from if not from an index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All that finders look at."""

    tree: Tree
    folder: str
    """Relative to the tree, ``""`` for its root."""

    modules: Modules
    pyproject: Mapping[str, Any] = field(default_factory=dict)
    dependencies: Mapping[str, Dependency] = field(default_factory=dict)
    """By canonical name. Those for development only (tests, linters) are not among them."""

    manager: str = ""
    requirements: str = ""
    """File that it is installed from, if that is one of pip's: then the project itself may not be."""

    source: str = ""
    """Where imports start, relative to ``folder``: ``src``, or nothing."""

    def path(self, name: str) -> str:
        return join(self.folder, name)

    def below(self, path: str) -> str:
        """Return a path of the tree relative to the project's folder."""
        return path.removeprefix(f"{self.folder}/") if self.folder else path

    def text(self, name: str) -> str | None:
        """Return the text of a file of the project, by its path in the project's folder."""
        return self.tree.text(self.path(name))

    def has(self, *names: str) -> bool:
        """Tell whether the project depends on one of ``names``."""
        return any(name in self.dependencies for name in names)

    def dotted(self, path: str) -> str:
        """Return how a file, by its path in the tree, is imported."""
        return self.modules.dotted(path, self.source if path.startswith(self.path(f"{self.source}/")) else "")
