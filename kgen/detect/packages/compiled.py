"""Packages that are compiled while the image is built: their lock file has wheels of them for other systems only."""

import re
from collections.abc import Collection, Iterator

from kgen.detect.found import Doubt
from kgen.detect.packages.locked import left_out
from kgen.detect.packages.managers import LOCKS
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import Container, containers

_NAME = re.compile(r'\nname = "([^"]+)"\nversion = "([^"]+)"')
_WHEEL = re.compile(r"-([\w.]+)\.whl")
_BUILDING = re.compile(r"[\w.+-]+-dev|gcc|g\+\+|make|cmake|pkg-config|pkgconf|cargo|rustc|swig|cython3?")
"""Packages of Debian that something is compiled with."""

_OF_PYTHON = frozenset({"python3-dev", "python-dev", "musl-dev"})


def names(project: Project, groups: Collection[str]) -> list[str]:
    """Return name and version of what has wheels, and none for Linux, of what the image installs with ``groups``."""
    file = LOCKS.get(project.manager, "")
    text = (project.text(file) or "") if project.manager in {"uv", "poetry", "pdm"} else ""
    if ".whl" not in text:
        return []
    found = list(_without(text))
    left = left_out(project, groups) if found else frozenset()
    return [f"{name} {version}" for name, version in found if name not in left]


def _without(text: str) -> Iterator[tuple[str, str]]:
    for section in text.split("[[package]]")[1:]:
        platforms = _WHEEL.findall(section)
        if platforms and not any(each.endswith("any") or "linux" in each for each in platforms):
            is_foreign = "sys_platform == 'win32'" in section or "sys_platform == 'darwin'" in section
            if (own := _NAME.search(section)) and not is_foreign and "tar.gz" in section:
                yield own[1], own[2]


def packages(project: Project, found: Collection[str]) -> dict[str, str]:
    """Return the packages of Debian that the project's own Dockerfile compiles with, with the reason; often none."""
    for container in containers(project.tree, project.folder)[:1] if found else ():
        own = [name for name in dict.fromkeys(_all(container)) if _is_for_building(name)]
        reason = f"{next(iter(found))} has no wheel for Linux; as in {container.file}"
        return dict.fromkeys((*own, *(("gcc", "libc6-dev") if own else ())), reason)
    return {}


def _all(container: Container) -> tuple[str, ...]:
    return (*container.build_packages, *container.packages)


def _is_for_building(name: str) -> bool:
    return _BUILDING.fullmatch(name) is not None and name not in _OF_PYTHON


def doubt(found: Collection[str]) -> Doubt:
    """Return the doubt about packages that nothing says how to compile."""
    return Doubt(
        path=("build",),
        question=f"{', '.join(found)} {'have' if len(found) > 1 else 'has'} no wheel for Linux, and would be compiled",
        help="name what that takes in `build.python.buildPackages`",
    )
