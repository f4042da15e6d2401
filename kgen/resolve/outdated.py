"""Lock files that do not belong to their project any more: what the build of the image would stop at."""

import re
from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path, Rule, Severity
from kgen.model.container import Build
from kgen.model.facts import Lock, Project
from kgen.model.packages import Manager
from kgen.resolve.packages import installer_of, tool_of

OUT_OF_DATE = Rule(
    code="KG3287",
    name="lock-file-out-of-date",
    explain="A lock file holds what the project's own file asked for when it was locked; where that has changed since, "
    "the build of the image stops.",
)
REFUSED = Rule(
    code="KG3288",
    name="pipfile-refused",
    explain="Pipenv checks the form of a `Pipfile` before it does anything: the build of the image stops there.",
)
UNNOTICED = Rule(
    code="KG3303",
    name="outdated-lock-file-installed",
    explain="Poetry before 1.8 only warns of a lock file that is out of date, and installs it: the image holds other "
    "packages than the project asks for.",
    severity=Severity.WARNING,
)
RULES = (OUT_OF_DATE, REFUSED, UNNOTICED)

_FIXED = re.compile(r"==(\d+)\.(\d+)")
_POETRY_THAT_STOPS = (1, 8)
_PDM_THAT_IS_KNOWN = (2, 20)
_PIPENV_THAT_REFUSES = (2024, 0)


def faults(build: Build, project: Project, python: str, at: Path) -> Iterator[Diagnostic]:
    """
    Yield why the manager would not install the lock file.

    Args:
        build: What the app file says.
        project: What the context says.
        python: The minor version of Python that the image has; nothing if that changes from day to day.
        at: Where ``build`` stands.
    """
    found = next(((name, lock) for name, lock in project.locks.items() if name == installer_of(build, project)), None)
    if found is None:
        return
    manager, lock = found
    version = _version(tool_of(manager, build, lock))
    if lock.refused and not (version and version < _PIPENV_THAT_REFUSES):
        yield Diagnostic(
            rule=REFUSED,
            message=f"`Pipfile` is not as Pipenv wants it: {lock.refused}",
            at=Label((*at, "context")),
            help="mend it, run `pipenv lock`, and commit both files",
        )
    elif lock.ways is not None and lock.ways.isdisjoint(_ways(manager, version, lock.ways)):
        stops = manager != "poetry" or version is None or version >= _POETRY_THAT_STOPS
        its_file = "Pipfile" if manager == "pipenv" else "pyproject.toml"
        yield Diagnostic(
            rule=OUT_OF_DATE if stops else UNNOTICED,
            message=f"`{lock.name}` is out of date: {lock.why or f'it was made for another `{its_file}`'}",
            at=Label((*at, "context")),
            help=f"run `{manager} lock` and commit the lock file",
        )
    elif lock.only_python and python and lock.only_python != python:
        yield _of_other_python(lock, python, at)


def _of_other_python(lock: Lock, python: str, at: Path) -> Diagnostic:
    said = f'requires-python = ">={lock.only_python}"'
    return Diagnostic(
        rule=OUT_OF_DATE,
        message=f"`{lock.name}` is for Python {lock.only_python}, but the image would have {python}",
        at=Label((*at, "python", "version")),
        help=f"say `{said}` in pyproject.toml, run `uv lock`, and commit both files",
    )


def _ways(manager: Manager, version: tuple[int, int] | None, held: frozenset[str]) -> frozenset[str]:
    """Return the ways by which a manager may compare, in that version or, without one, in those that kgen installs."""
    match manager:
        case "poetry" if version:
            return frozenset({"1" if version < (2, 0) else "2" if version < (2, 3) else "2.3"})
        case "poetry":
            return frozenset({"2", "2.3"})
        case "pipenv" if version:
            return frozenset({"plain" if version < (2026, 4) else "canonical"})
        case "pipenv":
            return frozenset({"plain", "canonical"})
        case "pdm" if version and version < _PDM_THAT_IS_KNOWN:
            return held
        case _:
            return frozenset({manager})


def _version(tool: str) -> tuple[int, int] | None:
    """Return the version that is installed; ``None`` if the index decides."""
    found = _FIXED.search(tool)
    return (int(found[1]), int(found[2])) if found else None
