"""Web programs: each application object with the server that fits, the most likely first."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from kgen.detect.commands.servers import PORT, Served, is_older, served
from kgen.detect.evidence import own_groups
from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.frameworks import flask_app
from kgen.detect.frameworks.classes import AIOHTTP, FLASK
from kgen.detect.frameworks.health import Health, health
from kgen.detect.frameworks.objects import FILES, Application, applications, target
from kgen.detect.frameworks.ports import listening
from kgen.detect.frameworks.sources import Sources, sources_of
from kgen.detect.frameworks.starts import search_path
from kgen.detect.packages import installed
from kgen.detect.programs.migrations import named, release
from kgen.detect.project import Project

_FOUND = 60
_LEAST = 40
_SIDE = 10

_OBJECTS = ("app", "application", "server", "api", "create_app", "make_app", "get_app", "create_application")


def programs(project: Project) -> Iterator[Program]:
    """Yield a web program for each application object."""
    sources = sources_of(project)
    public = (each for each in applications(sources) if not _is_private(project.below(each.path)))
    told = flask_app.said(project)
    found = list(_one_each(sorted(public, key=lambda each: _place(each, told))))
    well = health(project) if found else Health()
    for place, each in enumerate(found):
        rank = _LEAST if each.framework is AIOHTTP else max(_FOUND - place, _LEAST)
        is_aside = each.is_side or not _is_installed(project, each) or _is_extra(project, each)
        yield _program(sources, each, well, _SIDE if is_aside else rank)


def _is_installed(project: Project, each: Application) -> bool:
    """Tell whether an application's framework is installed, or nobody says what is; others may bring it along."""
    name = each.framework.name.lower()
    return not project.dependencies or name not in _ALONE or project.has(name) or len(project.dependencies) > _MANY


def _is_extra(project: Project, each: Application) -> bool:
    """Tell whether an application is for those who ask for it, or a part, of a package that installs commands."""
    if each.is_factory and each.made.needs and installed.scripts(project):
        return True  # whoever calls it is the program
    found = project.dependencies.get(each.framework.name.lower())
    group = found.group if found else ""
    if not found or not group or not installed.scripts(project):
        return False
    own = own_groups.named(project)
    return not any(group == fact.value for facts in own.values() for fact in facts)


_ALONE = frozenset({"flask", "fastapi", "litestar", "quart", "sanic", "falcon", "bottle"})
"""Frameworks that people ask for by name."""

_MANY = 8
"""Distributions of which one may well bring a framework along."""


def _is_private(path: str) -> bool:
    """
    Tell whether a module is a package's own business, by its name or that of a folder.

    >>> _is_private("shop/ui/_web/app.py"), _is_private("shop/__init__.py")
    (True, False)
    """
    return any(each.startswith("_") and not each.startswith("__") for each in path.split("/"))


def _place(each: Application, told: tuple[str, str]) -> tuple[object, ...]:
    """Return what applications are sorted by: the one that `flask` is told to take, then likely ones."""
    file = each.path.rpartition("/")[2].removesuffix(".py")
    return (
        each.is_side,
        each.path != told[0] or told[1] not in {"", each.name},
        bool(each.made.needs) and each.is_factory,
        _index(FILES, file) if "/" not in each.path or file in FILES else len(FILES),
        each.path.count("/"),
        each.is_factory,
        _index(_OBJECTS, each.name),
        each.path,
        each.line,
    )


def _index(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else len(names)


def _one_each(found: list[Application]) -> Iterator[Application]:
    """Yield the first of those that one factory makes: the others are the same application."""
    seen: set[tuple[str, str]] = set()
    for each in found:
        if each.made.factory not in seen and (each.path, each.name) not in seen:
            yield each
        if each.made.factory:
            seen.add(each.made.factory)


_CLIENTS = Doubt(
    path=("command",),
    question="Flask-SocketIO keeps what it knows of a client in one process",
    help="start one with threads (gunicorn: `--threads 100`), or give all of them a message queue and sticky sessions",
)


def _keeps_clients(project: Project, each: Application) -> bool:
    return each.framework is FLASK and project.has("flask-socketio")


_OPEN = 54
"""Rank of a factory that no server can call: a script that serves what it makes is better."""


_WORKERS = (
    ("eventlet", " --worker-class eventlet"),
    ("gevent-websocket", " --worker-class geventwebsocket.gunicorn.workers.GeventWebSocketWorker"),
    ("gevent", " --worker-class gevent"),
)
"""Distribution that Flask-SocketIO takes if it is there → what lets Gunicorn do so as well."""


def _together(project: Project, how: Served) -> str:
    """Return how all clients of Flask-SocketIO are served by one process."""
    if how.server != "gunicorn":
        return ""
    return next((option for name, option in _WORKERS if project.has(name)), " --threads 100")


def _program(sources: Sources, each: Application, well: Health, rank: int) -> Program:
    project = sources.project
    port = listening(sources, each)
    how = _served(project, each, port.value if port else PORT)
    keeps = _keeps_clients(project, each)
    migrates = release(project)
    is_open = each.is_factory and bool(each.made.needs)
    return Program(
        name="web",
        type="web",
        framework=each.framework.name,
        command=Fact(f"{how.command}{_together(project, how)}" if keeps else how.command, f"{each.path}:{each.line}"),
        port=port or Fact(PORT, "the server's command"),
        health=well.path,
        release=migrates,
        env={**search_path(project, each.start, each.path), **_named(project, each, migrates)},
        needs=(how.dependency,) if how.dependency else (),
        rank=min(rank, _OPEN) if is_open else rank,
        fields={"replicas": 1} if keeps else {},
        doubts=(
            *how.doubts,
            *well.doubts,
            *_doubts(each),
            *((_CLIENTS,) if keeps and how.server != "gunicorn" else ()),
        ),
    )


def _served(project: Project, each: Application, port: int) -> Served:
    """Return how an application is served: most by a server, some by what comes with the framework."""
    name = target(project, each)
    match each.framework.interface:
        case "dash":
            return _dash(project, each, name, port)
        case "sanic" if "sanic" in project.dependencies and is_older(project.dependencies["sanic"], "22.9"):
            return _old_sanic(project, name, port)
        case "asgi" | "wsgi" | "aiohttp" | "sanic" as interface:
            return served(project, interface, name, port)
        case other:
            assert_never(other)


def _dash(project: Project, each: Application, name: str, port: int) -> Served:
    """Serve the Flask application inside of Dash, which needs a name at the top of the module."""
    module, _, found = name.partition(":")
    how = served(project, "wsgi", f"{module}:{each.server or 'server'}", port)
    if each.server:
        return how
    doubt = Doubt(
        path=("command",),
        question=f"{each.path} has no name for the WSGI application inside of Dash",
        help=f"add the line `server = {found}.server`",
    )
    return Served(command=how.command, server=how.server, dependency=how.dependency, doubts=(*how.doubts, doubt))


def _old_sanic(project: Project, name: str, port: int) -> Served:
    """Serve with a Sanic whose own command did not stop as containers are stopped."""
    if not project.has("gunicorn"):
        return Served(command=f"python -m sanic {name.replace(':', '.')} --host 0.0.0.0 --port {port}", server="sanic")
    how = served(project, "wsgi", name, port)
    worker = f"{how.command} --worker-class sanic.worker.GunicornWorker"
    return Served(command=worker, server=how.server, doubts=how.doubts)


def _named(project: Project, each: Application, migrates: Fact | None) -> Mapping[str, Fact]:
    """Return the variable by which a framework's own command, that of a release, finds the application."""
    variable = named(migrates)
    name = target(project, each).removesuffix("()")
    is_own = variable.partition("_")[0] == each.framework.name.upper()
    return {variable: Fact(name, f"{each.path}:{each.line}")} if is_own else {}


def _doubts(each: Application) -> Iterator[Doubt]:
    if each.is_factory and each.made.needs:
        wanted = ", ".join(f"`{name}`" for name in each.made.needs)
        yield Doubt(
            path=("command",),
            question=f"`{each.name}` needs {wanted}, which a server does not pass",
            help=f"add a module that calls it, as wsgi.py with `app = {each.name}(…)`",
        )
