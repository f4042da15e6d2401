"""Python projects that kgen writes a Dockerfile for: what stands in the way, and which Python it is."""

from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path, Rule, Severity
from kgen.distributions import canonical
from kgen.model.container import Build
from kgen.model.facts import Project
from kgen.model.packages import Installer
from kgen.model.platform import Platform
from kgen.resolve import outdated, variants
from kgen.resolve.packages import installer_of, outside, requirements_of, sources
from kgen.resolve.rules import (
    FILE_NOT_READABLE,
    NO_PROJECT,
    NOT_FOR_BUILD,
    PYTHON_MISMATCH,
    SEVERAL_LOCKS,
)
from kgen.words import listed

NOT_LOCKED = Rule(
    code="KG3280",
    name="dependencies-not-locked",
    explain="Without a lock file, two builds of the same source may hold different releases of its dependencies.",
    severity=Severity.INFO,
)
OUTSIDE_OF_CONTEXT = Rule(
    code="KG3281",
    name="dependency-outside-of-context",
    explain="Whoever builds an image sends the folder that is the context, and nothing above or beside it.",
)
OVER_SSH = Rule(
    code="KG3282",
    name="dependency-over-ssh",
    explain="The builder has no SSH key and knows no hosts: Git gets a dependency over HTTPS.",
)
NOT_IN_WORKSPACE = Rule(
    code="KG3283",
    name="package-not-in-workspace",
    explain="An image can be for one package of a workspace, by the name in that package's `pyproject.toml`.",
)
NOT_OFFERED = Rule(
    code="KG3285",
    name="unknown-dependency-group",
    explain="Extras and groups are those of the project's own files; PDM and Pipenv go on without one that is missing.",
)
CONDA = Rule(
    code="KG3284",
    name="conda-environment",
    explain="Packages of conda are no packages of PyPI: they bring a Python of their own, and need another base image.",
)
FIXED_RELEASE = Rule(
    code="KG3289",
    name="python-release-fixed",
    explain="Base images get every release of a minor version; package managers refuse one that the project excludes.",
    severity=Severity.WARNING,
)
RULES = (CONDA, NOT_LOCKED, OUTSIDE_OF_CONTEXT, OVER_SSH, NOT_IN_WORKSPACE, NOT_OFFERED, FIXED_RELEASE)

_PATCHES = 40
"""More patch releases than any Python had."""


def faults(build: Build, project: Project, platform: Platform, at: Path) -> Iterator[Diagnostic]:
    """Yield the first reason why kgen cannot write a Dockerfile for ``build``, at ``at``; without one, all remarks."""
    if not project.exists:
        message = f"the folder `{build.context}` is not there"
        place = Label((*at, "context"))
        yield Diagnostic(rule=NO_PROJECT, message=message, at=place, help="it is relative to the app file")
        return
    installer = installer_of(build, project)
    found = [
        *_lock_faults(build, project, installer, at),
        *_python_faults(build, project, platform, installer, at),
        *(_field_faults(build, installer, at) if installer else ()),
        *_file_faults(build, project, at),
        *_source_faults(build, project, at),
        *_member_faults(build, project, at),
        *(_install_faults(build, project, installer, at) if installer else ()),
        *_offer_faults(build, project, at),
        *outdated.faults(build, project, _steady_python(build, project, platform), at),
        *(_not_locked(build, project, installer, at)),
    ]
    errors = [each for each in found if each.rule.severity is Severity.ERROR]
    yield from errors[:1] or found


def _lock_faults(build: Build, project: Project, installer: Installer | None, at: Path) -> Iterator[Diagnostic]:
    if build.python.manager is None and not build.python.requirements and len(project.locks) > 1:
        yield Diagnostic(
            rule=SEVERAL_LOCKS,
            message=f"{listed(sorted(lock.name for lock in project.locks.values()), 'and')} are both there",
            at=Label((*at, "context")),
            help="remove the one that is not used, or say `build: {python: {manager: uv}}`",
        )
    elif build.python.manager == "conda" or (installer is None and project.conda):
        yield Diagnostic(
            rule=CONDA,
            message=f"`{project.conda or 'conda'}` is for conda, whose environments kgen does not build",
            at=Label((*at, "python", "manager") if build.python.manager else (*at, "context")),
            help="list what pip can install in `requirements.txt` and say `python: {manager: pip}`, or write "
            "a Dockerfile yourself (`FROM mambaorg/micromamba`): `build: {dockerfile: Dockerfile}`",
        )
    elif installer is None:
        yield Diagnostic(
            rule=NO_PROJECT,
            message=f"`{build.context}` is no Python project that kgen can build: nothing says what to install",
            at=Label((*at, "context")),
            help="lock its dependencies (uv, Poetry, PDM, Pipenv), add `requirements.txt` or `pyproject.toml`, or say "
            "`build: {python: {manager: pip}}` if it needs nothing",
        )
    elif installer not in {"pip", "pylock", "project"} and installer not in project.locks:
        yield Diagnostic(
            rule=NO_PROJECT,
            message=f"the manager is `{build.python.manager}`, but its lock file is not there",
            at=Label((*at, "python", "manager")),
            help="lock the dependencies and commit the lock file",
        )


def _python_faults(
    build: Build, project: Project, platform: Platform, installer: Installer | None, at: Path
) -> Iterator[Diagnostic]:
    version = python_version(build, project, platform)
    if variants.is_rolling(build, platform):
        return
    has_package = build.python.install_project and project.packaging.installs.get("pip", False)
    is_asked = installer in {"uv", "poetry", "pdm"} or (installer != "pipenv" and has_package)
    if not python_fits(version, project.requires_python):
        yield Diagnostic(
            rule=PYTHON_MISMATCH,
            message=f"the project needs Python {project.requires_python}, but the image would have {version}",
            at=Label((*at, "python", "version")),
            help="say which one: `build: {python: {version: …}}`, `.python-version`, or `images.python` in kgen.yaml",
        )
    elif is_asked and not python_fits(version, project.requires_python, newest=True):
        yield Diagnostic(
            rule=FIXED_RELEASE,
            message=f"the project needs Python {project.requires_python}, but images have the newest of {version}",
            at=Label((*at, "python", "version")),
            help=f"allow all of them: `=={version}.*`, or `~{version}.0` for Poetry, and lock again",
        )


def _field_faults(build: Build, installer: Installer, at: Path) -> Iterator[Diagnostic]:
    """Yield fields that mean nothing to the manager."""
    python, by_pip = build.python, installer in {"pip", "pylock", "project"}
    manager = "pip" if by_pip else installer
    for field, is_wrong, instead in (
        ("extras", installer == "pip", "put what it names into the requirements file"),
        ("extras", installer == "pipenv", "put what it names into a category of the `Pipfile`, and that into `groups`"),
        ("groups", installer == "pip", "put what it names into the requirements file"),
        ("requirements", not by_pip, "remove it, or say `manager: pip`"),
        ("package", installer != "uv", "workspaces are uv's; name the package's folder in `context`"),
        ("manager_version", by_pip, "remove it: the base image brings its pip"),
    ):
        if is_wrong and getattr(python, field):
            name = "managerVersion" if field == "manager_version" else field
            yield Diagnostic(
                rule=NOT_FOR_BUILD,
                message=f"`{name}` is not for {manager}" + (" with requirements files" if installer == "pip" else ""),
                at=Label((*at, "python", name), on="key"),
                help=instead,
            )


def _install_faults(build: Build, project: Project, installer: Installer, at: Path) -> Iterator[Diagnostic]:
    """Yield why a project cannot be left out of what is installed; where it is no package, nothing has to be."""
    if build.python.install_project:
        return
    place = Label((*at, "python", "installProject"))
    about = project.packaging
    if build.python.package:
        message, instead = "`installProject: false` is not for a package of a workspace", "remove it, or `package`"
        yield Diagnostic(rule=NOT_FOR_BUILD, message=message, at=place, help=instead)
    elif installer == "project" and about.dependencies is None and not (about.is_static or about.files):
        message = "nothing but its installation tells what the project depends on"
        instead = "remove `installProject: false`, or list what it needs in `requirements.txt`"
        yield Diagnostic(rule=NOT_FOR_BUILD, message=message, at=place, help=instead)


def _file_faults(build: Build, project: Project, at: Path) -> Iterator[Diagnostic]:
    said = requirements_of(build, project)
    if said.missing and installer_of(build, project) in {"pip", "pylock"}:
        named = [name for name in said.missing if name in build.python.requirements]
        files = build.python.requirements or (project.pip,)
        yield Diagnostic(
            rule=FILE_NOT_READABLE,
            message=f"{listed(named, 'and')} cannot be read"
            if named
            else f"`{files[0]}` includes {listed(said.missing, 'and')}, which cannot be read",
            at=Label((*at, "python", "requirements") if build.python.requirements else (*at, "context")),
            help="the file has to be text, inside of the folder that is built",
        )


def _source_faults(build: Build, project: Project, at: Path) -> Iterator[Diagnostic]:
    """Yield dependencies that the builder could not get."""
    if beyond := outside(build, project):
        yield Diagnostic(
            rule=OUTSIDE_OF_CONTEXT,
            message=f"{listed(beyond, 'and')} is a dependency outside of `{build.context}`",
            at=Label((*at, "context")),
            help="build from a folder above both, or publish the dependency",
        )
    keyed = [
        source for source in sources(build, project) if "ssh://" in source or source.startswith(("git@", "git+git@"))
    ]
    if keyed:
        yield Diagnostic(
            rule=OVER_SSH,
            message=f"a dependency comes over SSH: `{keyed[0]}`",
            at=Label((*at, "context")),
            help="lock it as `https://…`, and give Git a password by `build: {secrets: {netrc: /root/.netrc}}`",
        )


def _member_faults(build: Build, project: Project, at: Path) -> Iterator[Diagnostic]:
    lock = project.locks.get("uv")
    if build.python.package and lock and build.python.package not in lock.members:
        yield Diagnostic(
            rule=NOT_IN_WORKSPACE,
            message=f"`{build.python.package}` is no package of the workspace",
            at=Label((*at, "python", "package")),
            help=f"known are {listed(sorted(lock.members), 'and')}" if lock.members else "`uv.lock` has none",
        )


def _offer_faults(build: Build, project: Project, at: Path) -> Iterator[Diagnostic]:
    """Yield extras and groups that are not there, at which some managers fail and others shrug."""
    if build.python.package or installer_of(build, project) == "pylock":
        return  # they are that package's, or that file's
    for field, asked in (("extras", build.python.extras), ("groups", build.python.groups)):
        known = project.packaging.offered.get(field)
        for place, name in enumerate(asked):
            if known is not None and canonical(name) not in known:
                yield Diagnostic(
                    rule=NOT_OFFERED,
                    message=f"the project has no {'extra' if field == 'extras' else 'group'} `{name}`",
                    at=Label((*at, "python", field, place)),
                    help=f"it has {listed(sorted(known), 'and')}" if known else "remove it",
                )


def _not_locked(build: Build, project: Project, installer: Installer | None, at: Path) -> Iterator[Diagnostic]:
    """Yield a remark on projects whose image depends on the day of the build."""
    about, loose = project.packaging, requirements_of(build, project).loose
    asks = about.is_static or about.files or about.dependencies or about.dependencies is None
    if installer == "project" and about.exists and asks:
        yield Diagnostic(
            rule=NOT_LOCKED,
            message="no lock file is there: every build installs what is newest on its day",
            at=Label((*at, "context")),
            help="lock the dependencies, as with `uv lock`, and commit the lock file",
        )
    elif installer == "pip" and loose:
        more = f" and {len(loose) - 1} more name" if len(loose) > 1 else " names"
        yield Diagnostic(
            rule=NOT_LOCKED,
            message=f"`{loose[0]}`{more} no version",
            at=Label((*at, "python", "requirements") if build.python.requirements else (*at, "context")),
            help="pin what is installed, as with `uv pip compile` or `pip-compile`",
        )


def _steady_python(build: Build, project: Project, platform: Platform) -> str:
    """Return the minor version of Python, if it is the same tomorrow."""
    return "" if variants.is_rolling(build, platform) else python_version(build, project, platform)


def python_version(build: Build, project: Project, platform: Platform) -> str:
    """Return the minor version of Python: what the app file says, the project, or the platform."""
    return ".".join((build.python.version or project.python or platform.images.python).split(".")[:2])


def python_fits(version: str, required: str, *, newest: bool = False) -> bool:
    """
    Tell whether some patch release of minor ``version`` meets ``requires-python``, or whether the ``newest`` will.

    >>> python_fits("3.13", ">=3.11"), python_fits("3.13", ">=3.13.2,<4"), python_fits("3.13", ">=3.14")
    (True, True, False)
    >>> python_fits("3.13", "==3.13.2"), python_fits("3.13", "==3.13.2", newest=True)
    (True, False)
    """
    if not required:
        return True
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415  # only for projects that say so

    try:
        allowed = SpecifierSet(required)
    except InvalidSpecifier:
        return True  # the package manager will say so
    return any(allowed.contains(f"{version}.{patch}") for patch in range(_PATCHES - 1 if newest else 0, _PATCHES))
