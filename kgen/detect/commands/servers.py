"""The command that serves an application object: which server, on which port, reachable from outside."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from kgen.detect.commands.roles import unwrapped
from kgen.detect.found import Doubt
from kgen.detect.packages.locked import locked
from kgen.detect.packages.requirements import requirements, requirements_files
from kgen.detect.project import Dependency, Project
from kgen.record import dataclass, replace

PORT = 8000
"""Where servers listen, unless the project says otherwise. Below 1024 a port needs rights that a container has not."""

# ``asginl``: ASGI without its protocol for start and stop, which Django does not speak
Interface: TypeAlias = Literal["asgi", "asginl", "wsgi", "aiohttp", "sanic"]

_SERVERS: Mapping[str, tuple[str, ...]] = {
    "asgi": ("uvicorn", "granian", "hypercorn", "daphne"),
    "asginl": ("uvicorn", "granian", "hypercorn", "daphne"),
    "wsgi": ("gunicorn", "granian", "waitress", "uwsgi", "pyuwsgi"),
    "aiohttp": ("gunicorn",),
    "sanic": ("sanic",),
}
"""Interface → servers that can serve it, the usual one first: it is taken where the project has none."""

_BRINGS: Mapping[str, tuple[str, str]] = {
    "quart": ("", "hypercorn"),
    "uvicorn-worker": ("", "uvicorn"),
    "fastapi-cli": ("", "uvicorn"),
    "litestar-granian": ("", "granian"),
    "fastapi": ("standard all", "uvicorn"),
    "litestar": ("standard full cli", "uvicorn"),
    "channels": ("daphne", "daphne"),
    "starlite": ("standard", "uvicorn"),
    "gradio": ("", "uvicorn"),
}
"""Distribution → extras (any of them; empty: always) with which it brings a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How an application is served."""

    command: str
    server: str
    dependency: Dependency | None = None
    """The server among the project's dependencies."""

    doubts: tuple[Doubt, ...] = ()


def served(project: Project, interface: Interface, target: str, port: int = PORT) -> Served:
    """Return how the application ``target`` (``shop.main:app``, ``shop:create_app()``) is served."""
    names = _SERVERS[interface]
    usual = "daphne" if interface == "asginl" and project.has("channels") else names[0]
    asked = [each for name in names if (each := installed(project, name))]
    asked.sort(key=lambda each: bool(each.group))
    asked += [each for name in names if not asked and (each := locked(project, name))]
    if asked:
        name = asked[0].name
        return Served(command=_command(name, target, port, interface), server=name, dependency=asked[0])
    for file, name in _elsewhere(project, names):
        doubt = _not_installed(file, name)
        return Served(command=_command(name, target, port, interface), server=name, doubts=(doubt,))
    return Served(command=_command(usual, target, port, interface), server=usual, doubts=(_missing(project, usual),))


def _elsewhere(project: Project, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield servers in requirements files that are not installed, with the file."""
    if project.manager != "pip":
        return
    for file in requirements_files(project.tree, project.folder):
        found = {each.name for each in requirements(project.tree, project.path(file))}
        yield from ((file, name) for name in names if name in found)


def _not_installed(file: str, name: str) -> Doubt:
    return Doubt(
        path=("command",),
        question=f"{name} is in {file}, which is not installed",
        help=f"add the line `-r {file}` to requirements.txt",
    )


def has_any(project: Project) -> bool:
    """Tell whether a server is among the dependencies."""
    return any(installed(project, name) for names in _SERVERS.values() for name in names)


def installed(project: Project, name: str) -> Dependency | None:
    """Return the dependency that ``name`` is, or comes with."""
    if name in project.dependencies:
        return project.dependencies[name]
    for other, (extras, brought) in _BRINGS.items():
        given = project.dependencies.get(other)
        if brought == name and given and (not extras or given.extras & set(extras.split())):
            return replace(given, name=name)
    channels = project.dependencies.get("channels")
    if name == "daphne" and channels and is_older(channels, "4"):
        return replace(channels, name=name)
    return None


def is_older(given: Dependency, version: str) -> bool:
    """Tell whether a dependency can only be a version before ``version``."""
    try:
        asked = SpecifierSet(_pep440(given.specifier))
        limit = Version(version)
        return any(_ends(each) < limit for each in asked if each.operator in {"==", "===", "<", "<=", "~="})
    except (InvalidSpecifier, InvalidVersion):
        return False


def _ends(each: Specifier) -> Version:
    """Return a version that nothing of what a specifier allows is after, as far as minor versions go."""
    found = Version(each.version.removesuffix(".*"))
    if each.operator == "<":
        return Version(f"{found.major}.{found.minor - 1}" if found.minor else f"{found.major - 1}.999")
    return Version(f"{found.major}.999") if each.operator == "~=" else found


def _pep440(specifier: str) -> str:
    """
    Return Poetry's short forms as pip writes them.

    >>> _pep440("^2.1"), _pep440("~=4.0"), _pep440("1.0")
    ('>=2.1,<3', '~=4.0', '==1.0')
    """
    if specifier.startswith("^"):
        first = int(re.sub(r"\D.*", "", specifier[1:]) or 0)
        return f">={specifier[1:]},<{first + 1}"
    if specifier.startswith("~") and not specifier.startswith("~="):
        return f"=={specifier[1:]}.*"
    return f"=={specifier}" if specifier[:1].isdigit() else specifier.replace("*", "")


def prefers_asgi(project: Project) -> bool:
    """Tell whether the project asks for a server of ASGI applications by name, and is able to use it."""
    return any(installed(project, name) for name in ("daphne", "uvicorn", "hypercorn")) or (
        project.has("granian") and project.has("channels")
    )


def _command(server: str, target: str, port: int, interface: Interface) -> str:
    is_factory = target.endswith("()")
    name = shlex.quote(target.removesuffix("()"))
    option = "--factory " if is_factory else ""
    at = f"0.0.0.0:{port}"
    lines = {
        "uvicorn": f"uvicorn {name} {option}--host 0.0.0.0 --port {port}",
        "hypercorn": f"hypercorn {shlex.quote(target)} --bind {at}",
        "granian": f"granian --interface {interface} --host 0.0.0.0 --port {port} {option}{name}",
        "daphne": f"daphne --bind 0.0.0.0 --port {port} {name}",
        "waitress": f"waitress-serve --listen {at} {'--call ' if is_factory else ''}{name}",
        "uwsgi": f"uwsgi --http-socket {at} --module {shlex.quote(target)} --master --die-on-term",
        "sanic": f"sanic {name} {option}--host 0.0.0.0 --port {port} --single-process",
        "aiohttp": f"gunicorn {name} --bind {at} --worker-class aiohttp.GunicornWebWorker --worker-tmp-dir /dev/shm",
        "gunicorn": f"gunicorn {shlex.quote(target)} --bind {at} --worker-tmp-dir /dev/shm",
    }
    return lines["aiohttp" if interface == "aiohttp" else server.removeprefix("py")]


def _missing(project: Project, usual: str) -> Doubt:
    return Doubt(
        path=("command",),
        question=f"no server is among the dependencies; {usual} is the usual one",
        help=to_add(project, usual),
    )


def missing(project: Project, words: Sequence[str]) -> Iterator[Doubt]:
    """Yield what to do if a command that somebody wrote down calls a server that is not among the dependencies."""
    program, _ = unwrapped(words)
    known = {name for names in _SERVERS.values() for name in names} - {"pyuwsgi"}
    is_there = installed(project, program) or project.has(f"py{program}")
    if program in known and not (is_there or locked(project, program)):
        yield Doubt(
            path=("command",),
            question=f"{program} is not among the dependencies",
            help=to_add(project, program),
        )


def to_add(project: Project, name: str) -> str:
    """Return what to do about a dependency that is missing."""
    add = {"uv": "uv add", "poetry": "poetry add", "pdm": "pdm add", "pipenv": "pipenv install"}.get(project.manager)
    return f"run `{add} {name}`" if add else f"add `{name}` to the requirements"
