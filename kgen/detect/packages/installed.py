"""Commands that a project's package installs: ``[project.scripts]`` and its older likes."""

from collections.abc import Mapping

from kgen.detect.packages.setup_files import setups
from kgen.detect.project import Project
from kgen.detect.source.texts import origin, table, toml


def scripts(project: Project) -> Mapping[str, tuple[str, str]]:
    """Return command → what it runs (``shop.cli:main``), and where it says so."""
    text = project.text("pyproject.toml") or ""
    found: dict[str, tuple[str, str]] = {}
    for keys in (("project", "scripts"), ("tool", "poetry", "scripts")):
        for name, target in table(project.pyproject, *keys).items():
            where = target.get("reference", "") if isinstance(target, Mapping) else str(target)
            found.setdefault(name, (str(where), origin("pyproject.toml", text, f"\n{name}", skip=1)))
    for setup in setups(project.tree, project.folder):
        for name, where in setup.scripts.items():
            found.setdefault(name, (where, setup.origin(name)))
    return found


def file(project: Project, target: str) -> str:
    """Return the file that ``shop.cli:main`` is in, by its path in the tree; nothing if it is not the project's."""
    stem = target.partition(":")[0].strip().replace(".", "/")
    for source in dict.fromkeys((project.source, "src", "")):
        for end in (".py", "/__main__.py", "/__init__.py"):
            path = project.path(f"{source}/{stem}{end}" if source else f"{stem}{end}")
            if path in project.tree:
                return path
    return ""


def elsewhere(project: Project, command: str) -> str:
    """Return the ``pyproject.toml`` of another package below the project's folder that installs ``command``, if any."""
    files = (path for path in project.tree.below(project.folder) if path.endswith("/pyproject.toml"))
    return next((path for path in files if command in table(toml(project.tree.text(path)), "project", "scripts")), "")


def name(project: Project) -> str:
    """Return what the project calls itself; nothing if it does not say."""
    for keys in (("project",), ("tool", "poetry")):
        if given := table(project.pyproject, *keys).get("name"):
            return str(given)
    return next((setup.name for setup in setups(project.tree, project.folder) if setup.name), "")
