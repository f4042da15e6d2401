"""Projects in which no file says what to install: whether that is because they need nothing."""

import sys
from collections.abc import Iterator

from kgen.detect.found import Doubt, Part, listed
from kgen.detect.project import Project
from kgen.detect.source.syntax import imported
from kgen.diag import Path

_MOST = 6


def part(project: Project) -> Part:
    """Return that nothing is to be installed, or the doubt about what the code imports."""
    foreign = sorted(set(_foreign(project)))
    path: Path = ("build", "python", "manager")
    data = {"build": {"python": {"manager": "pip"}}}
    if not foreign:
        return Part(data=data, comments={path: "nothing but Python is needed"})
    doubt = Doubt(
        path=path,
        question=f"no file says what to install, but the code imports {listed(foreign, _MOST)}",
        help="write `requirements.txt`",
    )
    return Part(data=data, doubts=(doubt,))


def _foreign(project: Project) -> Iterator[str]:
    """Yield the packages that the code imports and that are neither Python's nor its own."""
    own = {word.removesuffix(".py") for path in project.modules.paths for word in project.below(path).split("/")}
    for path in project.modules.paths:
        module = project.modules.module(path)
        for name in imported(module.tree).values() if module else ():
            first = name.partition(".")[0]
            if first and first not in own and first not in sys.stdlib_module_names:
                yield first
