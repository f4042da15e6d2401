"""
Where imports of a project start, and which file an imported name comes from.

``from shop.models import User`` in ``backend/src/shop/web.py`` works only if ``backend/src`` is on Python's path: the
files themselves say so, whatever the folders are called.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator

from kgen.detect.project import Project
from kgen.detect.source.reached import packages
from kgen.detect.source.syntax import IMPORTING, Module, nodes
from kgen.detect.source.texts import table
from kgen.detect.source.tree import join

_ENOUGH = 200
"""Files whose text is looked through for imports, if a module's own do not say where they start."""


def root(project: Project, path: str) -> str:
    """Return the folder, relative to the project's, that has to be on Python's path for the module at ``path``."""
    candidates = list(_candidates(project, path)) or [project.below(path).rpartition("/")[0]]
    module = project.modules.part(path, IMPORTING)
    if module is None or len(candidates) == 1:
        return candidates[0]
    names = [name for name in _foreign(module) if not project.has(name.lower().replace("_", "-"))]
    scores = [sum(_holds(project, folder, name) for name in names) for folder in candidates]
    if not max(scores):
        scores = [_used(project, path, folder) for folder in candidates]
    if max(scores):
        return candidates[scores.index(max(scores))]
    return _usual(project, candidates)


def dotted(path: str, start: str) -> str:
    """
    Return how the file ``path`` is imported if imports start at ``start``.

    >>> dotted("src/shop/web.py", "src"), dotted("shop/__init__.py", "")
    ('shop.web', 'shop')
    """
    below = path.removeprefix(f"{start}/") if start else path
    return below.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def absolute(path: str, start: str, name: str) -> str:
    """
    Return the full name of what a module at ``path`` imports as ``name``, which may be relative.

    >>> absolute("shop/web/main.py", "", "..models.User"), absolute("shop/__init__.py", "", ".core.app")
    ('shop.models.User', 'shop.core.app')
    """
    rest = name.lstrip(".")
    levels = len(name) - len(rest)
    if not levels:
        return name
    package = dotted(path, start).split(".")
    above = package if path.endswith("__init__.py") else package[:-1]
    return ".".join([*above[: len(above) - levels + 1], rest]) if levels <= len(above) else ""


def definition(project: Project, start: str, name: str) -> tuple[str, str] | None:
    """
    Return the file that ``name`` (``shop.models.User``) is imported from, and its name there (``User``).

    Files are relative to the tree. ``None`` for what is not the project's own.
    """
    folder = project.path(start) if start else project.folder
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        place = join(folder, "/".join(parts[:cut]))
        for file in (f"{place}/__init__.py", f"{place}.py"):
            if file in project.tree:
                return file, ".".join(parts[cut:])
    return None


def is_installed(project: Project, start: str, path: str) -> bool:
    """
    Tell whether the package of ``path`` in the folder ``start`` is installed with the project.

    Then Python finds it wherever it looks, and nothing has to be said.
    """
    below = path.removeprefix(f"{project.path(start)}/")
    package, _, inner = below.partition("/")
    is_left_out = bool(project.requirements) and not project.source
    if not inner or is_left_out or "build-system" not in project.pyproject or _is_virtual(project):
        return False
    said = set(_places(project))
    backend = str(table(project.pyproject, "build-system").get("build-backend", ""))
    usual = _module(project) if backend.startswith(_BY_NAME) else package
    return start in said or join(start, package) in said or (start == "src" and not said and package == usual)


def _is_virtual(project: Project) -> bool:
    uv = table(project.pyproject, "tool", "uv").get("package")
    poetry = table(project.pyproject, "tool", "poetry").get("package-mode")
    return uv is False or poetry is False


def _module(project: Project) -> str:
    """Return the package that a project of this name is expected to have."""
    tables = (table(project.pyproject, "project"), table(project.pyproject, "tool", "poetry"))
    name = next((str(each["name"]) for each in tables if "name" in each), "")
    return re.sub(r"[-.]+", "_", name).lower()


_BY_NAME = ("hatchling", "poetry", "uv_build", "flit")
"""Build backends that take the package that is called as the project is; others take all."""

_PACKAGES = (
    *(("setuptools", "packages"), ("setuptools", "package-dir"), ("hatch", "build"), ("poetry", "packages")),
    *(("pdm", "build"), ("uv", "build-backend"), ("flit", "module")),
)
"""Tables that say where packages are."""


def _places(project: Project) -> Iterator[str]:
    for tool, key in _PACKAGES:
        yield from (each.strip("./").rstrip("*/") for each in _texts(table(project.pyproject, "tool", tool).get(key)))


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        if "from" in data and "include" in data:
            yield f"{data['from']}/{data['include']}"
        yield from (text for each in data.values() for text in _texts(each))
    elif isinstance(data, list):
        yield from (text for each in data for text in _texts(each))


def _candidates(project: Project, path: str) -> Iterator[str]:
    """Yield the folders that imports may start at, the project's own first; no part of a name may be no name."""
    folders = project.below(path).split("/")[:-1]
    module = project.modules.part(path, IMPORTING)
    levels = max((node.level for node in nodes(module.tree, ast.ImportFrom)), default=0) if module else 0
    for cut in range(len(folders) + 1):
        package = folders[cut:]
        if all(each.isidentifier() for each in package) and (len(package) >= levels or not cut):
            yield "/".join(folders[:cut])


def _foreign(module: Module) -> Iterator[str]:
    """Yield the first parts of what a module imports, but for the standard library."""
    for node in nodes(module.tree, ast.Import, ast.ImportFrom):
        names: list[str] = []
        match node:
            case ast.Import():
                names = [alias.name for alias in node.names]
            case ast.ImportFrom(level=0, module=str(name)):
                names = [name]
            case _:
                pass
        yield from (first for name in names if (first := name.partition(".")[0]) not in sys.stdlib_module_names)


def _holds(project: Project, folder: str, name: str) -> bool:
    """Tell whether the module or package ``name`` is in ``folder``."""
    place = project.path(join(folder, name))
    return f"{place}.py" in project.tree or project.tree.has_folder(place)


def _used(project: Project, path: str, folder: str) -> int:
    """Return in how many files something is imported from the package of ``path`` that is in ``folder``."""
    below = project.below(path)
    package = (below.removeprefix(f"{folder}/") if folder else below).split("/")[0].removesuffix(".py")
    notes = project.modules.notes
    if "uses" not in notes:
        notes["uses"] = Counter(name for each in project.modules.paths[:_ENOUGH] for name in packages(project, each))
    return int(notes["uses"][package])


def _usual(project: Project, candidates: list[str]) -> str:
    """Return what is usual where no import says it: ``src`` if it is no package itself, else the project's folder."""
    if "src" in candidates and project.path("src/__init__.py") not in project.tree:
        return "src"
    return candidates[0]
