"""What a lock file installs for the program: what others bring and nobody asks for by name, and in which version."""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from packaging.version import Version

from kgen.detect.packages.ceilings import pinned
from kgen.detect.packages.managers import LOCKS
from kgen.detect.packages.requirements import is_development
from kgen.detect.project import Dependency, Project
from kgen.detect.source.tree import join

_NAME = re.compile(r'\nname = "([^"]+)"')
_ASKED = re.compile(r'\{ name = "([^"]+)"')
_MAIN = re.compile(r'\ngroups = \[[^\]]*"(?:main|default)"|\ncategory = "main"')
_BACKPORT = re.compile(r"python_version < '3")
_ASIDE = re.compile(r"\[package\.(?:dev-dependencies|metadata)")
_FOR = re.compile(r"\n(?:groups = \[([^\]]*)\]|category = \"(?=dev)(\w+)\")")
_GROUPS = re.compile(r"\n(?:groups|category) = ")


def locked(project: Project, name: str) -> Dependency | None:
    """Return the dependency ``name`` if the lock file installs it for the program itself, not for developers alone."""
    file = LOCKS.get(project.manager, "")
    text = _text(project, file) if file else ""
    if f'"{name}"' not in text:
        return None
    found = {"uv": _by_uv, "pipenv": _by_pipenv}.get(project.manager, _by_group)(project, text, name)
    line = text.count("\n", 0, text.find(f'"{name}"')) + 1
    return Dependency(name=name, origin=f"{file}:{line}") if found else None


def version(project: Project, name: str) -> Version | None:
    """Return the version of ``name`` that is installed, if the project or its lock file says one alone."""
    asked = project.dependencies.get(name)
    if asked and (found := pinned(asked.specifier)):
        return found
    file = LOCKS.get(project.manager, "")
    text = _text(project, file) if file else ""
    if f'"{name}"' not in text:
        return None
    if project.manager == "pipenv":
        return next((pinned(each.specifier) for each in pins(file, text) if each.name == name), None)
    match = re.search(rf'\nname = "{re.escape(name)}"\nversion = "([^"]+)"', text)
    return pinned(match[1]) if match else None


def left_out(project: Project, groups: Collection[str]) -> frozenset[str]:
    """
    Return what the lock file of uv, Poetry or PDM has for developers only: no image gets that.

    Args:
        project: The project.
        groups: Groups of dependencies that its image has.
    """
    text = _text(project, LOCKS.get(project.manager, "")) if project.manager in {"uv", "poetry", "pdm"} else ""
    sections = {own[1]: section for section in text.split("[[package]]")[1:] if (own := _NAME.search(section))}
    if project.manager != "uv":
        said = {
            name: match[1] or match[2] or "" for name, section in sections.items() if (match := _FOR.search(section))
        }
        return frozenset(
            name for name, listed in said.items() if all(map(is_development, re.findall(r"[\w-]+", listed)))
        )
    roots = [
        name for name, each in project.dependencies.items() if not each.group or each.is_extra or each.group in groups
    ]
    waiting, seen = list(roots), set(roots)
    while waiting:
        section = sections.get(waiting.pop(), "")
        new = set(_ASKED.findall(_ASIDE.split(section, maxsplit=1)[0])) - seen
        waiting += new
        seen |= new
    return frozenset(sections) - seen if roots else frozenset()


def pins(file: str, text: str) -> list[Dependency]:
    """Return what a lock file that has no names of wheels installs for the program, each in its one version."""
    if file != "Pipfile.lock":
        return []
    found = [(name, about) for name, about in _default(text).items() if isinstance(about, Mapping)]
    return [
        Dependency(name=name, origin=file, specifier=str(about.get("version", "")))
        for name, about in found
        if not _BACKPORT.search(str(about.get("markers", "")))  # what a newer Python brings itself
    ]


def _text(project: Project, file: str) -> str:
    """Return the lock file of a project, or of the workspace that it is in."""
    folder = project.folder
    while True:
        text = project.tree.text(join(folder, file))
        if text is not None or not folder:
            return text or ""
        folder = folder.rpartition("/")[0]


def _by_uv(project: Project, text: str, name: str) -> bool:
    """Tell whether what the project asks for leads to ``name``; the lock file has what developers use, too."""
    wanted: dict[str, set[str]] = {}
    for section in text.split("[[package]]")[1:]:
        own = _NAME.search(section)
        asked = _ASIDE.split(section, maxsplit=1)[0]
        for each in _ASKED.findall(asked) if own else ():
            wanted.setdefault(each, set()).add(own[1] if own else "")
    waiting, seen = [name], {name}
    while waiting:
        each = waiting.pop()
        if each in project.dependencies and not project.dependencies[each].group:
            return True
        waiting += wanted.get(each, set()) - seen
        seen |= wanted.get(each, set())
    return False


def _by_group(_: Project, text: str, name: str) -> bool:
    """Tell whether Poetry or PDM installs it with the project; old lock files do not say for whom a package is."""
    for section in text.split("[[package]]")[1:]:
        if (own := _NAME.search(section)) and own[1] == name:
            is_main = bool(_MAIN.search(section)) or not _GROUPS.search(section)
            return is_main and "\noptional = true" not in section
    return False


def _by_pipenv(_: Project, text: str, name: str) -> bool:
    return name in _default(text)


def _default(text: str) -> Mapping[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        return {}
    found = data.get("default") if isinstance(data, Mapping) else None
    return found if isinstance(found, Mapping) else {}
