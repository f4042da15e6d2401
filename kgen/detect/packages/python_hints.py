"""The newest Python that a project was tested with: its CI, tox, nox, and its classifiers."""

import re
from collections.abc import Iterator

from kgen.detect.found import Fact
from kgen.detect.packages.setup_files import setups
from kgen.detect.project import Project
from kgen.detect.source.texts import origin, table

_CI = re.compile(
    r"python[-_]?version\S*\s*[:=]\s*(\[[^\]]*\]|.+|(?:\s*-\s*\S+)+)|image:\s*\S*python:(\S+)", re.IGNORECASE
)
_ASIDE = re.compile(
    r"lint|docs?\b|bench|format|style|codeql|pre-?commit|stale|label|release-?notes|typo|spell|pages|sphinx"
)
"""Names of workflows that do not run the program."""

ASIDE = "only named in "
"""Start of the origin of what only such a workflow says."""

_VERSION = re.compile(r"(?<![\d.])3\.(\d+)(?!\d)")
_TOX = re.compile(r"\bpy3\.?(\d+)\b")
_CLASSIFIER = re.compile(r"Programming Language :: Python :: 3\.(\d+)$")


def tested(project: Project) -> Fact | None:
    """Return the newest minor version that the project says it was tried with."""
    return next(_hints(project), None)


def _hints(project: Project) -> Iterator[Fact]:
    workflows = list(_workflows(project))
    telling = [each for each in workflows if not _ASIDE.search(each)]
    for file in (*telling, ".travis.yml", ".gitlab-ci.yml", ".circleci/config.yml", "azure-pipelines.yml"):
        if found := _named(project, file):
            yield Fact(f"3.{max(found)}", f"tested in {file}")
    tox = project.text("tox.ini") or ""
    if found := [int(minor) for minor in _TOX.findall(tox)]:
        yield Fact(f"3.{max(found)}", "tested in tox.ini")
    yield from _classifiers(project)
    for file in (each for each in workflows if each not in telling):
        if found := _named(project, file):
            yield Fact(f"3.{max(found)}", f"{ASIDE}{file}")


def _named(project: Project, file: str) -> list[int]:
    """Return the minor versions that a file of a CI names."""
    return [int(minor) for match in _CI.finditer(project.text(file) or "") for minor in _VERSION.findall(match[0])]


def _workflows(project: Project) -> Iterator[str]:
    """Yield the workflows of GitHub, those that test first."""
    names = [each for each in project.tree.here(project.path(".github/workflows")) if each.endswith((".yml", ".yaml"))]
    yield from (f".github/workflows/{name}" for name in sorted(names, key=lambda name: "test" not in name))


def _classifiers(project: Project) -> Iterator[Fact]:
    text = project.text("pyproject.toml") or ""
    for where in (table(project.pyproject, "project"), table(project.pyproject, "tool", "poetry")):
        given = where.get("classifiers")
        if newest := _newest(given if isinstance(given, list) else ()):
            yield Fact(f"3.{newest}", origin("pyproject.toml", text, f"Python :: 3.{newest}"))
    for setup in setups(project.tree, project.folder):
        if newest := _newest(setup.classifiers):
            yield Fact(f"3.{newest}", setup.origin(f"Python :: 3.{newest}"))


def _newest(classifiers: object) -> int:
    found = [
        int(match[1])
        for each in (classifiers if isinstance(classifiers, list | tuple) else ())
        if isinstance(each, str) and (match := _CLASSIFIER.search(each))
    ]
    return max(found, default=0)
