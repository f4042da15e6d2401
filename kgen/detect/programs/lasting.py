"""Whether a script of the project's own runs for ever (a bot, a consumer, a scheduler), or comes to an end (a job)."""

import ast

from kgen.detect.programs import options
from kgen.detect.programs.endless import CHAT, CHAT_DISTRIBUTIONS, CONSUMERS, FRAMEWORKS, TERMINAL, seen_in
from kgen.detect.project import Project
from kgen.detect.source.imports import absolute, definition
from kgen.detect.source.reached import reached
from kgen.detect.source.syntax import imported, meaning
from kgen.detect.source.values import constants, is_port, keyword, value
from kgen.record import dataclass

_NEAR = 2
"""Imports away from the script: what is farther says nothing of how it goes on."""


_SCREENS = frozenset({"curses", "textual", "urwid", "blessed", "npyscreen", "asciimatics", "pytermgui"})
"""Packages of programs that fill a terminal."""

_READY = 8080
"""Where aiohttp and CherryPy listen unless they are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What a script turns out to be."""

    is_lasting: bool
    framework: str = ""
    origin: str = ""
    """Where it says so."""

    is_web: bool = False
    """Whether it serves requests, and that is what it is for."""

    port: int = 0
    """What it listens on, if it says that; else 0."""

    is_development: bool = False
    """Whether it does so by the server that a framework has for developers."""

    is_rpc: bool = False
    """Whether it does so by gRPC."""

    has_server: bool = False
    """Whether it brings up a server around its own application."""

    is_ready: bool = False
    """Whether it does so by the server of its framework, which is made for production."""

    is_bot: bool = False
    """Whether it talks in a chat, or takes messages from a broker."""

    screen: str = ""
    """The file that draws on a terminal."""

    exports: "Export | None" = None
    """Its page for Prometheus."""

    heart: str = ""
    """The file in which it goes on."""

    covers: frozenset[str] = frozenset()
    """The project's files that it imports, by their paths in the tree."""

    @property
    def usual(self) -> int:
        """What it listens on unless somebody says something else; 0 if that is not known."""
        return _READY if self.is_ready else 0


@dataclass(frozen=True, slots=True)
class Export:
    """A page that Prometheus reads."""

    origin: str
    port: int | None
    """``None`` if that is not plain."""


def nature(project: Project, path: str) -> Nature:
    """Return what the script at ``path`` of the tree is, by its text and that of the project's modules it imports."""
    framework = endless = embedded = serving = keeps_alive = messages = screen = ""
    covers: list[str] = []
    has_threads = is_elsewhere = is_development = is_rpc = is_asking = is_ready = consumes = False
    exports: Export | None = None
    port = 0
    for file, depth in reached(project, path):
        covers.append(file)
        seen = seen_in(project, file, is_started=not depth)
        has_threads = has_threads or (depth <= _NEAR and bool(seen.threads))
        exports = exports or _export(project, file, seen.exporting)
        screen = screen or (file if not seen.roots.isdisjoint(_SCREENS) else "")
        messages = messages or (f"{file}:{seen.messages}" if seen.messages and depth <= _NEAR else "")
        framework = framework or next((FRAMEWORKS[root] for root in FRAMEWORKS if root in seen.roots), "")
        consumes = consumes or any(FRAMEWORKS[root] in CONSUMERS for root in seen.roots if root in FRAMEWORKS)
        is_asking = is_asking or (depth <= _NEAR and not seen.roots.isdisjoint(TERMINAL))
        line = seen.endless or (seen.loop if depth < _NEAR and not is_asking else 0)
        endless = endless or (f"{file}:{line}" if line else "")
        embedded = embedded or (f"{file}:{seen.embedded}" if seen.embedded else "")
        serving = serving or (f"{file}:{seen.serving}" if seen.serving else "")
        port = port or seen.port
        is_development = is_development or bool(seen.development)
        is_rpc = is_rpc or bool(seen.rpc)
        is_ready = is_ready or bool(seen.own)
        if seen.keeps_alive:
            keeps_alive = keeps_alive or f"{file}:{seen.keeps_alive}"
            is_elsewhere = is_elsewhere or bool(depth) or bool(seen.threads)
    endless = endless or (messages if consumes else "")
    endless = endless or _started_client(project, path)
    serving = serving or embedded
    is_bot = bool(endless) and (framework in CHAT or consumes)
    beside = bool(keeps_alive) and (is_bot or (is_elsewhere and has_threads))
    return Nature(
        is_lasting=bool(endless or serving or keeps_alive),
        framework=framework,
        origin=serving or endless or keeps_alive,
        is_web=bool(serving) or (bool(keeps_alive) and not beside),
        port=port,
        is_development=is_development and not serving and not beside,
        is_rpc=is_rpc,
        has_server=bool(embedded),
        is_ready=is_ready,
        is_bot=is_bot or beside,
        screen=screen,
        exports=exports,
        heart=(serving or endless or keeps_alive).rpartition(":")[0],
        covers=frozenset(covers),
    )


def _export(project: Project, path: str, call: ast.Call | None) -> Export | None:
    """Return where a file brings up the page for Prometheus, and on which port, which another one may say."""
    module = project.modules.module(path) if call else None
    if call is None or module is None:
        return None
    given = call.args[0] if call.args else keyword(call, "port")
    port = value(given, constants(module.tree))
    if given is not None and port is None:
        full = absolute(module.path, project.folder, meaning(given, imported(module.tree)))
        place = definition(project, project.source, full) or definition(project, "", full)
        other = project.modules.module(place[0]) if place else None
        port = constants(other.tree).get(place[1]) if place and other else None
        port = port or options.defaults(module.tree).get(getattr(given, "attr", ""))
    number = int(port) if isinstance(port, str) and port.isdecimal() else port
    return Export(f"{module.path}:{call.lineno}", number if is_port(number) else None)


def _started_client(project: Project, path: str) -> str:
    """Return where a script starts something, if the project is a bot by its dependencies; nothing if it does not."""
    if not project.has(*CHAT_DISTRIBUTIONS):
        return ""
    module = project.modules.module(path)
    for node in ast.walk(module.tree) if module else ():
        match node:
            case ast.Call(func=ast.Attribute(attr="run" | "start" | "connect")):
                return f"{path}:{node.lineno}"
            case _:
                pass
    return ""
