"""
Whether a project is left at its requirements: what is started from the source does not have to be installed as well.

Many a ``setup.py`` or ``pyproject.toml`` beside requirements files is there for tools, or builds only with npm or Git.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from packaging.utils import canonicalize_name

from kgen.detect.found import Part, Program
from kgen.detect.packages import installed
from kgen.detect.packages.requirements import requirements
from kgen.detect.packages.setup_files import setups
from kgen.detect.packages.unlisted import has, is_foreign, plain
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers, containers_above
from kgen.detect.source.reached import packages
from kgen.detect.source.texts import table
from kgen.diag import Path
from kgen.record import replace

_PATH: Path = ("build", "python", "installProject")

_INSTALLED = re.compile(
    r"\binstall\b[^&|;]*\s(?:-e\s*|--editable[\s=])?['\"]?(?:\.|/\w+|\$\w+)/?(?:\[[^]]*\])?['\"]?(?=\s|$|[&|;])"
)
_BY_SETUP = re.compile(r"\bsetup\.py\s+(?:install|develop)\b")

_ASKING = re.compile(
    rb"\b(?:version|metadata|distribution|get_distribution|require|files)\(\s*(?:__name__|__package__|[\"']([\w.-]+)[\"'])"
)
"""What asks for a distribution, which may be the project."""

_MISSED = (b"NotFound",)
"""What stands in a module that goes on without it: ``except PackageNotFoundError``."""


def part(project: Project, programs: Iterable[Program]) -> Part:
    """Return that only the requirements are installed, if that is enough, or if there is no package to install."""
    if missing := next(_missing(project), ""):
        reason = f"pyproject.toml: the package {missing} is not there"
        return Part(data={"build": {"python": {"installProject": False}}}, comments={_PATH: reason})
    if not project.requirements or not _is_package(project) or project.source:
        return Part()
    own = installed.scripts(project)
    is_needed = (
        any(word.rpartition("/")[2] in own for program in programs for word in _words(program))
        or _has_plugins(project)
        or _asks_for_itself(project)
        or _asks_for_more(project)
        or any(_INSTALLED.search(step) or _BY_SETUP.search(step) for step in _steps(project))
    )
    if is_needed:
        return Part()
    reason = f"{project.requirements} is all that the programs need, which start from the source"
    return Part(data={"build": {"python": {"installProject": False}}}, comments={_PATH: reason})


def left(project: Project, python: Mapping[str, Any]) -> Project:
    """Return a project with what is installed of its dependencies, by what ``build.python`` says."""
    if python.get("installProject", True) or not project.requirements:
        return project
    listed = {each.name for each in requirements(project.tree, project.path(project.requirements))}
    return replace(project, dependencies={name: each for name, each in project.dependencies.items() if name in listed})


def _missing(project: Project) -> Iterator[str]:
    """Yield the packages that Poetry is told to install and that are not there, as in many a generated project."""
    said = table(project.pyproject, "tool", "poetry").get("packages") if project.manager == "poetry" else None
    for each in said if isinstance(said, list) else ():
        name = each.get("include") if isinstance(each, dict) else None
        folder = str(each.get("from", "")) if isinstance(each, dict) else ""
        if isinstance(name, str) and re.fullmatch(r"[\w/-]+", name):
            place = project.path(f"{folder}/{name}" if folder else name)
            if not project.tree.has_folder(place) and f"{place}.py" not in project.tree:
                yield name


def _is_package(project: Project) -> bool:
    old = setups(project.tree, project.folder)
    return "build-system" in project.pyproject or any(each.name or each.file.endswith(".py") for each in old)


def _has_plugins(project: Project) -> bool:
    """Tell whether the project, once it is installed, is a part of other programs, as a command of Celery's."""
    said = (("project", "entry-points"), ("tool", "poetry", "plugins"))
    old = (each.text.partition("entry_points")[2] for each in setups(project.tree, project.folder))
    return any(table(project.pyproject, *keys) for keys in said) or any(_GROUP.search(text) for text in old)


_GROUP = re.compile(r"^\s*['\"]?[a-z_]\w*\.[\w.]+['\"]?\s*[:=]", re.MULTILINE)
"""A group of entry points that are no scripts, as ``celery.commands``."""


def _asks_for_itself(project: Project) -> bool:
    """Tell whether a module wants to know something of the project as it is installed, and cannot do without."""
    name = canonicalize_name(installed.name(project)).encode()
    for path in project.modules.having(*_OF_DISTRIBUTIONS):
        if project.modules.is_side(path):
            continue
        asked = {canonicalize_name(each.decode()).encode() for each in _ASKING.findall(project.tree.content(path))}
        if not asked.isdisjoint({name, b""}) and not project.tree.mentions(path, _MISSED):
            return True
    return False


_OF_DISTRIBUTIONS = ("importlib.metadata", "importlib_metadata", "pkg_resources", "importlib import metadata")


def _asks_for_more(project: Project) -> bool:
    """Tell whether the source imports what the project asks for, and its requirements file does not."""
    listed = frozenset(plain(each.name) for each in requirements(project.tree, project.path(project.requirements)))
    asked = frozenset(plain(name) for name, each in project.dependencies.items() if not each.group)
    if asked <= listed:
        return False
    own = (path for path in project.modules.paths if not project.modules.is_side(path))
    names = {name for path in own for name in packages(project, path) if is_foreign(project, name)}
    return any(has(asked - listed, name) and not has(listed, name) for name in names)


def _words(program: Program) -> Iterator[str]:
    """Yield the words of all that a program runs."""
    facts = (program.command, *([program.release] if program.release else []), *program.commands)
    for value in (fact.value for fact in facts):
        if isinstance(value, str):
            try:
                yield from shlex.split(value)
            except ValueError:  # a quote without its end
                yield from value.split()
        else:
            yield from (word for each in value for word in str(each).split())


def _steps(project: Project) -> Iterator[str]:
    """Yield what the project's own Dockerfiles run."""
    for container in (*containers(project.tree, project.folder), *containers_above(project.tree, project.folder)):
        yield from (text for text, _ in container.steps)
