"""Python projects that kgen writes a Dockerfile for: which manager, which Python, and what stands in the way."""

from collections.abc import Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path
from kgen.model.container import Build
from kgen.model.facts import Project
from kgen.model.image_plan import Manager
from kgen.model.platform import Platform
from kgen.resolve import variants
from kgen.resolve.rules import FILE_NOT_READABLE, NO_PROJECT, NOT_FOR_BUILD, PYTHON_MISMATCH, SEVERAL_LOCKS
from kgen.words import listed

_PATCHES = 40
"""More patch releases than any Python had."""

_FILES: Mapping[Manager, tuple[str, ...]] = {
    "uv": ("pyproject.toml", "uv.lock"),
    "poetry": ("pyproject.toml", "poetry.lock"),
    "pdm": ("pyproject.toml", "pdm.lock"),
    "pipenv": ("Pipfile", "Pipfile.lock"),
}
"""What a manager reads before it installs what is locked."""


def faults(build: Build, project: Project, platform: Platform, at: Path) -> Iterator[Diagnostic]:
    """Yield why kgen cannot write a Dockerfile for ``build``, which stands at ``at``: the first reason."""
    if not project.exists:
        message = f"the folder `{build.context}` is not there"
        place = Label((*at, "context"))
        yield Diagnostic(rule=NO_PROJECT, message=message, at=place, help="it is relative to the app file")
        return
    found = [*_lock_faults(build, project, at), *_python_faults(build, project, platform, at)]
    manager = manager_of(build, project)
    if manager == "pip":
        found += _pip_faults(project, at)
    if manager:
        found += _selection_faults(build, manager, at)
    yield from found[:1]


def _lock_faults(build: Build, project: Project, at: Path) -> Iterator[Diagnostic]:
    if build.python.manager is None and len(project.locks) > 1:
        yield Diagnostic(
            rule=SEVERAL_LOCKS,
            message=f"{listed(sorted(project.locks.values()), 'and')} are both there",
            at=Label((*at, "context")),
            help="remove the one that is not used, or say `build: {python: {manager: uv}}`",
        )
    elif not manager_of(build, project):
        yield Diagnostic(
            rule=NO_PROJECT,
            message=f"`{build.context}` is no Python project that kgen can build: no lock file is there",
            at=Label((*at, "context")),
            help="lock its dependencies (uv, Poetry, PDM, Pipenv), add `requirements.txt`, or name a Dockerfile: "
            "`build: {dockerfile: …}`",
        )
    elif manager_of(build, project) not in project.locks:
        yield Diagnostic(
            rule=NO_PROJECT,
            message=f"the manager is `{build.python.manager}`, but its lock file is not there",
            at=Label((*at, "python", "manager")),
            help="lock the dependencies and commit the lock file",
        )


def _python_faults(build: Build, project: Project, platform: Platform, at: Path) -> Iterator[Diagnostic]:
    version = python_version(build, project, platform)
    if not (variants.is_rolling(build, platform) or python_fits(version, project.requires_python)):
        yield Diagnostic(
            rule=PYTHON_MISMATCH,
            message=f"the project needs Python {project.requires_python}, but the image would have {version}",
            at=Label((*at, "python", "version")),
            help="say which one: `build: {python: {version: …}}`, `.python-version`, or `images.python` in kgen.yaml",
        )


def _pip_faults(project: Project, at: Path) -> Iterator[Diagnostic]:
    if project.missing:
        yield Diagnostic(
            rule=FILE_NOT_READABLE,
            message=f"`requirements.txt` includes {listed(project.missing, 'and')}, which cannot be read",
            at=Label((*at, "context")),
            help="the file has to be text, inside of the folder that is built",
        )


def _selection_faults(build: Build, manager: Manager, at: Path) -> Iterator[Diagnostic]:
    """Yield extras and groups of managers that have none."""
    where = {"pip": "`requirements.txt`", "pipenv": "`groups`"}
    for field in ("extras", "groups"):
        if getattr(build.python, field) and (manager == "pip" or (manager == "pipenv" and field == "extras")):
            yield Diagnostic(
                rule=NOT_FOR_BUILD,
                message=f"{manager} has no `{field}`, only what {where[manager]} says is installed",
                at=Label((*at, "python", field), on="key"),
                help=f"remove it, and put what it names into {where[manager]}",
            )


def manager_of(build: Build, project: Project) -> Manager | None:
    """Return the package manager, or nothing if it is not known."""
    return build.python.manager or next(iter(project.locks), None)


def lock_files(manager: Manager, project: Project) -> tuple[str, ...]:
    """Return what has to be copied before locked packages can be installed."""
    return project.requirements if manager == "pip" else _FILES[manager]


def python_version(build: Build, project: Project, platform: Platform) -> str:
    """Return the minor version of Python: what the app file says, the project, or the platform."""
    return ".".join((build.python.version or project.python or platform.images.python).split(".")[:2])


def python_fits(version: str, required: str) -> bool:
    """
    Tell whether some patch release of minor ``version`` meets ``requires-python``.

    >>> python_fits("3.13", ">=3.11"), python_fits("3.13", ">=3.13.2,<4"), python_fits("3.13", ">=3.14")
    (True, True, False)
    """
    if not required:
        return True
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415  # only for projects that say so

    try:
        allowed = SpecifierSet(required)
    except InvalidSpecifier:
        return True  # the package manager will say so
    return any(allowed.contains(f"{version}.{patch}") for patch in range(_PATCHES))
