"""Repositories within the repository that are not there: whoever builds the image has to fetch them before."""

import re

from kgen.detect.found import Doubt, Part
from kgen.detect.project import Project
from kgen.detect.source.syntax import SIDE

_PATH = re.compile(r"^\s*path\s*=\s*(\S+)\s*$", re.MULTILINE)


def part(project: Project) -> Part:
    """Return the doubt about submodules of Git in the project's folder whose files nobody has fetched."""
    named = _PATH.findall(project.tree.text(".gitmodules") or "")
    start = f"{project.folder}/" if project.folder else ""
    own = [path for path in named if path.startswith(start) and SIDE.isdisjoint(path.split("/"))]
    missing = [path for path in own if next(iter(project.tree.below(path)), "") == ""]
    if not missing:
        return Part()
    doubt = Doubt(
        path=("build",),
        question=f".gitmodules has {', '.join(missing)}, of which no file is here",
        help="run `git submodule update --init` before the image is built, if the app needs it",
    )
    return Part(doubts=(doubt,))
