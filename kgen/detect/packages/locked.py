"""What a lock file installs for the program though the project does not ask for it by name: others bring it."""

import json
import re
from collections.abc import Mapping

from kgen.detect.packages.managers import LOCKS
from kgen.detect.project import Dependency, Project
from kgen.detect.source.tree import join

_NAME = re.compile(r'\nname = "([^"]+)"')
_ASKED = re.compile(r'\{ name = "([^"]+)"')
_MAIN = re.compile(r'\ngroups = \[[^\]]*"(?:main|default)"|\ncategory = "main"')
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
        asked = re.split(r"\[package\.(?:dev-dependencies|metadata)", section, maxsplit=1)[0]
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
    try:
        data = json.loads(text)
    except ValueError:
        return False
    return isinstance(data, Mapping) and name in data.get("default", {})
