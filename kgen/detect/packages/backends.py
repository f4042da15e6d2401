"""What the project's own build backend calls when the project is installed, and no image has: npm and the like."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kgen.detect.found import Doubt, Part
from kgen.detect.project import Project
from kgen.detect.source.reached import reached
from kgen.detect.source.texts import table

_CALLS = re.compile(rb"[\"'](npm|npx|pnpm|yarn)(?:[\"']| )")
_NEAR = 2
"""Imports away from the backend."""


def part(project: Project, python: Mapping[str, Any]) -> Part:
    """Return the doubt about what is missing to install the project, by what ``build.python`` says."""
    if not python.get("installProject", True):
        return Part()
    for where, tool in _called(project):
        doubt = Doubt(
            path=("build", "python"),
            question=f"{where} calls {tool} when the project is installed, which the image has not",
            help="add `npm` to `build.python.buildPackages`, or commit what it makes and leave it out there",
        )
        return Part(doubts=(doubt,))
    return Part()


def _called(project: Project) -> Iterator[tuple[str, str]]:
    """Yield the lines that call such a program, and its name."""
    for backend in _backends(project):
        for file, depth in reached(project, backend):
            text = project.tree.content(file)
            if depth <= _NEAR and (match := _CALLS.search(text)):
                line = text.count(b"\n", 0, match.start()) + 1
                yield f"{project.below(file)}:{line}", match[1].decode()


def _backends(project: Project) -> Iterator[str]:
    """Yield the project's own files that building it runs."""
    said = table(project.pyproject, "build-system")
    module = str(said.get("build-backend", "")).partition(":")[0].replace(".", "/")
    folders = said.get("backend-path")
    for folder in folders if isinstance(folders, list) else ():
        for end in (".py", "/__init__.py"):
            path = project.path(f"{str(folder).strip('./')}/{module}{end}".lstrip("/"))
            if path in project.tree:
                yield path
    setup = project.path("setup.py")
    if project.tree.mentions(setup, (b"cmdclass",)) if setup in project.tree else False:
        yield setup
