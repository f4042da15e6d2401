"""Dependencies that are taken from folders beside the project's: whoever builds its image sends its own folder only."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from kgen.detect.found import Doubt, Part, listed
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers_above
from kgen.detect.source.texts import origin, table

_EDITABLE = re.compile(r"^\s*(?:-e\s*|--editable[\s=]+)?(\.\./[\w./-]+)", re.MULTILINE)
_MOST = 3


def part(project: Project) -> Part:
    """Return the doubt about such dependencies."""
    found = dict(_outside(project))
    if not found:
        return Part()
    folders = listed((f"{name} ({where})" for name, where in found.items()), _MOST)
    above = next(containers_above(project.tree, project.folder), None)
    levels = max(_height(name) for name in found)
    levels = max(levels, project.folder.count("/") + 1 - above.file.count("/")) if above else levels
    up = "/".join([".."] * levels)
    start = posixpath.normpath(posixpath.join(project.folder, up))
    own = posixpath.relpath(above.file, start) if above else "Dockerfile"
    doubt = Doubt(
        path=("build", "python", "manager"),
        question=f"{folders}: outside of the folder that is built, so that `kgen compile` refuses it",
        help=f"build with a Dockerfile of your own from above both: `build: {{context: {up}, dockerfile: {own}}}`",
    )
    return Part(doubts=(doubt,))


def _height(path: str) -> int:
    return posixpath.normpath(path).split("/").count("..")


def _outside(project: Project) -> Iterator[tuple[str, str]]:
    """Yield the folders, as the project names them, and where it does."""
    text = project.text("pyproject.toml") or ""
    poetry = table(project.pyproject, "tool", "poetry")
    groups = [table(about, "dependencies") for about in table(poetry, "group").values()]
    sources = table(project.pyproject, "tool", "uv", "sources") if project.manager == "uv" else {}
    for wanted in (table(poetry, "dependencies"), *groups, sources):
        for about in wanted.values():
            place = about.get("path") if isinstance(about, Mapping) else None
            if isinstance(place, str) and _is_outside(project, place):
                yield place, origin("pyproject.toml", text, place)
    listed = project.text(project.requirements) or "" if project.requirements else ""
    for match in _EDITABLE.finditer(listed):
        if _is_outside(project, match[1]):
            yield match[1], origin(project.requirements, listed, match[1])


def _is_outside(project: Project, place: str) -> bool:
    """Tell whether a path leads out of the project, to a folder that is there."""
    there = posixpath.normpath(posixpath.join(project.folder, place))
    is_out = posixpath.normpath(place).startswith("../")
    return is_out and not there.startswith("..") and project.tree.has_folder(there)
