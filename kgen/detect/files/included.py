"""What the program uses of folders that kgen's images usually go without."""

import re
from collections.abc import Iterator

from kgen.detect.found import Part
from kgen.detect.project import Project

_TESTS = "tests"
_IMPORTED = re.compile(r"^[ \t]*(?:from tests[. ]|import tests\b)", re.MULTILINE)
_NAMED = re.compile(r"[\"'](?:\./)?(tests/[^\"'\n]*)[\"']")
_WORDS = ("from tests", "import tests", "'tests/", '"tests/', "'./tests/", '"./tests/')


def part(project: Project) -> Part:
    """Return the folder of tests if the program imports it, or reads files of it."""
    if place := next(_places(project), ""):
        return Part(data={"build": {"include": [_TESTS]}}, comments={("build", "include"): f"{place} uses it"})
    return Part()


def _places(project: Project) -> Iterator[str]:
    if not project.tree.has_folder(project.path(_TESTS)):
        return
    for path in project.modules.having(*_WORDS):
        if not project.modules.is_side(path):
            text = project.tree.text(path) or ""
            if (start := _start(project, text)) >= 0:
                yield f"{project.below(path)}:{text.count(chr(10), 0, start) + 1}"


def _start(project: Project, text: str) -> int:
    """Return where a module imports tests, or names a file among them; -1: nowhere."""
    if match := _IMPORTED.search(text):
        return match.start()
    known = (match for match in _NAMED.finditer(text) if project.path(match[1].rstrip("/")) in project.tree)
    return next((match.start() for match in known), -1)
