"""How the packages of a project get into its image: by which manager, from which files."""

import re
from collections.abc import Mapping
from posixpath import basename

from kgen.distributions import SETUPTOOLS, brings_setuptools
from kgen.model.container import Build
from kgen.model.facts import Lock, Project, Requirements
from kgen.model.packages import BuildSecret, Installer, Manager, Packages
from kgen.record import replace

_POETRY_2 = "poetry>=2.0,<2.6"
_POETRY_1 = "poetry==1.8.5"
"""The last of Poetry 1: it reads the locks of older ones, which lack options that the Dockerfile uses."""

_POETRY_WITH_OPTIONS = (1, 5)
"""The first with ``--no-directory``."""

_TOOLS: Mapping[Manager, str] = {
    "pdm": "pdm[locked]>=2.20,<2.30",
    "pipenv": "pipenv>=2023.12,<2027",
}
"""
Managers whose lock files do not say who wrote them: the newest that runs on the image's Python, none newer than tried.

``locked`` is PDM as its authors tested it: with newer releases of its own dependencies it breaks now and then.
"""

_PIPENV_BEFORE = "pipenv>=2023.12,<2026.4"
"""Those that take names of packages as the `Pipfile` writes them, for lock files that belong to it only so."""

_SHARED_LOCK = re.compile(r"pylock(\.[^.]+)?\.toml")
_EXTRAS = re.compile(r"\[([^]]*)\]")
_FIXED = re.compile(r"(==)?\s*(?P<exactly>\d+\.\d+\.\d+)|(==|~=)\s*(?P<minor>\d+\.\d+)(\.\*|\.\d+)")
"""A specifier that only one minor version of uv meets."""

_FETCHED_BY = {"hg": "mercurial", "svn": "subversion"}
"""Start of a repository's address → the Debian package with the program that fetches it; ``git`` for all others."""


def installer_of(build: Build, project: Project) -> Installer | None:
    """Return what installs the project's packages, or ``None`` if nothing says so."""
    python = build.python
    if python.manager == "conda":
        return None
    if python.manager is not None and python.manager != "pip":
        return python.manager
    if python.manager is None and project.locks and not python.requirements:
        return next(iter(project.locks))
    if requirements_of(build, project).only_itself:
        return "project"
    if names := python.requirements or ((project.pip,) if project.pip else ()):
        return "pylock" if _SHARED_LOCK.fullmatch(basename(names[0])) else "pip"
    return "project" if project.packaging.exists or python.manager == "pip" else None


def requirements_of(build: Build, project: Project) -> Requirements:
    """Return what the requirements files of ``build`` say; nothing, if it has none."""
    return project.requirements.get(build.python.requirements or (project.pip,), Requirements())


def packages(build: Build, project: Project, uv: str, python: str) -> Packages:
    """
    Return how the packages get into the image; ``projects.faults`` has found nothing.

    Args:
        build: What the app file says.
        project: What the context says.
        uv: The version of uv, if it is needed.
        python: The minor version of Python.
    """
    installer = installer_of(build, project) or "project"
    match installer:
        case "pip" | "pylock":
            made = _from_files(installer, build, project, python)
        case "project":
            made = replace(_from_metadata(build, project), seeds=_seeds(python))
        case _:
            made = _from_lock(installer, build, project)
    return replace(
        made,
        installs_project=made.installs_project and build.python.install_project,
        groups=build.python.groups,
        member=build.python.package or "",
        tool=f"uv=={uv}" if made.uses_uv else made.tool,
        version_variable=project.packaging.version_variable,
        secrets=tuple(
            BuildSecret(name=name, variable=spec.env or "", file=spec.file or "")
            for name, spec in build.secrets.items()
        ),
    )


def uv_version(build: Build, project: Project, usual: str) -> str:
    """
    Return the version of uv: what the app file says, or the one that the project is fixed to, or the ``usual`` one.

    >>> from kgen.model.facts import Packaging
    >>> fixed = Project(packaging=Packaging(required_uv="==0.8.*"))
    >>> uv_version(Build(), fixed, "0.13"), uv_version(Build(), Project(), "0.13")
    ('0.8', '0.13')
    """
    fixed = _FIXED.fullmatch(project.packaging.required_uv)
    version = (fixed["exactly"] or fixed["minor"]) if fixed else usual
    return build.python.manager_version or version


def fetched_by(build: Build, project: Project) -> tuple[str, ...]:
    """Return the Debian packages with the programs that fetch dependencies from repositories."""
    return tuple(dict.fromkeys(_FETCHED_BY.get(source.split("+")[0], "git") for source in sources(build, project)))


def sources(build: Build, project: Project) -> tuple[str, ...]:
    """Return the repositories that dependencies come from."""
    return _read(build, project).sources


def outside(build: Build, project: Project) -> tuple[str, ...]:
    """Return the folders and archives outside of the context that dependencies come from."""
    return _read(build, project).outside


def _read(build: Build, project: Project) -> Requirements | Lock:
    """Return the file that locks."""
    installer = installer_of(build, project)
    lock = next((lock for manager, lock in project.locks.items() if manager == installer), None)
    return lock or requirements_of(build, project)


def _from_lock(manager: Manager, build: Build, project: Project) -> Packages:
    lock = project.locks[manager]
    return Packages(
        installer=manager,
        tool=tool_of(manager, build, lock),
        lock_files=lock.files,
        vendored=() if manager == "uv" else lock.archives,
        folders=lock.folders if manager == "pdm" else (),
        postponed=lock.folders if manager == "pipenv" else (),
        hashes=manager == "pipenv" and not lock.sources,  # what comes from Git has none
        installs_project=project.packaging.installs.get(manager, False),
        extras=build.python.extras,
    )


def tool_of(manager: Manager, build: Build, lock: Lock) -> str:
    """Return the manager as pip installs it: the version that is asked for, or wrote the lock, or is known to work."""
    if manager == "uv":
        return ""
    name = "pdm[locked]" if manager == "pdm" else manager
    if build.python.manager_version:
        return f"{name}=={build.python.manager_version}"
    if manager != "poetry":
        return _PIPENV_BEFORE if lock.ways == frozenset({"plain"}) else _TOOLS[manager]
    if lock.written_by and tuple(map(int, lock.written_by.split(".")[:2])) >= _POETRY_WITH_OPTIONS:
        return f"poetry=={lock.written_by}"
    return _POETRY_2 if lock.layout >= "2.1" else _POETRY_1


def _seeds(python: str) -> tuple[str, ...]:
    """Return what packages of the Python's time find in every environment, and so do not ask for."""
    return (SETUPTOOLS,) if brings_setuptools(python) else ()


def _from_files(installer: Installer, build: Build, project: Project, python: str) -> Packages:
    said = requirements_of(build, project)
    has_seeds = installer == "pip" and not said.has_setuptools
    return Packages(
        seeds=_seeds(python) if has_seeds else (),
        installer=installer,
        lock_files=said.files,
        vendored=said.archives,
        requirements=build.python.requirements or (project.pip,),
        hashes=said.hashes,
        postponed=said.postponed,
        installs_project=project.packaging.installs.get("pip", False) and not said.itself,
        extras=build.python.extras,
    )


def _from_metadata(build: Build, project: Project) -> Packages:
    """Return how a project is installed that locks nothing: what it asks for first, as far as that can be read."""
    about = project.packaging
    itself = _EXTRAS.search(requirements_of(build, project).itself)
    extras = tuple(dict.fromkeys((*build.python.extras, *(itself[1].replace(" ", "").split(",") if itself else ()))))
    files = ("pyproject.toml",) if about.is_static else about.files
    listed = () if files else about.dependencies or ()
    if listed or (about.dependencies is not None and not files):
        listed += tuple(each for extra in extras for each in about.extras.get(extra, ()))
    return Packages(
        installer="project",
        lock_files=tuple(dict.fromkeys((*files, *(["pyproject.toml"] if build.python.groups else [])))),
        requirements=files,
        listed=listed,
        installs_project=about.installs.get("pip", False),
        extras=extras,
    )
