"""Programs that are servers themselves: ``web.run_app(app)`` of aiohttp, an HTTP server of Tornado."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.frameworks.health import health
from kgen.detect.frameworks.sources import Sources, sources_of
from kgen.detect.frameworks.starts import entry, python, search_path
from kgen.detect.programs.migrations import release
from kgen.detect.project import Project
from kgen.detect.source.imports import root
from kgen.detect.source.syntax import Module, meaning
from kgen.detect.source.values import calls, constants, is_port, keyword, value
from kgen.detect.source.words import sought
from kgen.record import dataclass

_FOUND = 68
"""More than that of an application object: the program itself says how it is served."""

_SIDE = 10

_AIOHTTP = frozenset({"aiohttp.web.run_app", "aiohttp.web.TCPSite"})
_PORTS = {"aiohttp": 8080, "Tornado": 8888}
"""Where each listens, or its documentation does."""

_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


_LISTENING = sought("import", "run_app", "TCPSite", "tornado", "listen", "bind", "define")
"""What stands in functions that listen, or say on which port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A call that listens."""

    framework: str
    line: int
    port: Any
    host: Any


def programs(project: Project) -> Iterator[Program]:
    """Yield a program for each file that serves when it is started."""
    sources = sources_of(project)
    seen: set[str] = set()
    likely = project.modules.having("run_app", "TCPSite", "tornado")
    for module in project.modules.those(likely, _LISTENING):
        call = next(_listening(sources, module), None)
        path = entry(project, module) if call else ""
        if call and path and path not in seen:
            seen.add(path)
            yield _program(project, module, call, path)


def _program(project: Project, module: Module, call: _Call, path: str) -> Program:
    where = f"{module.path}:{call.line}"
    start = root(project, path)
    well = health(project)
    says = is_port(call.port)
    port = call.port if says else _PORTS[call.framework]
    return Program(
        name="web",
        type="web",
        framework=call.framework,
        command=Fact(python(project, path), where),
        port=Fact(port, where if says else f"the usual one of {call.framework}"),
        health=well.path,
        release=release(project),
        env=search_path(project, start, path),
        rank=_SIDE if module.is_side else _FOUND - project.below(path).count("/"),
        doubts=(*_doubts(call, where, port), *well.doubts),
    )


def _doubts(call: _Call, where: str, port: int) -> Iterator[Doubt]:
    if call.host in _LOCAL:
        yield Doubt(
            path=("command",),
            question=f"{where} listens on {call.host}, where nothing outside of the container reaches it",
            help="let it listen on 0.0.0.0",
        )
    if not is_port(call.port) and (call.port is not None or call.framework == "Tornado"):
        yield Doubt(path=("port",), question=f"{where} does not say which port it listens on", help=f"is it {port}?")


def _listening(sources: Sources, module: Module) -> Iterator[_Call]:
    names = dict(sources.imports(module))
    known = {**constants(module.tree), **_options(module, names)}
    uses_tornado = any(each.split(".")[0] == "tornado" for each in names.values())
    for call in calls(module.tree):
        full = meaning(call.func, names)
        if full in _AIOHTTP:
            own = dict(zip(("runner", "host", "port"), call.args, strict=False)) if full.endswith("TCPSite") else {}
            port = keyword(call, "port") or own.get("port")
            yield _Call(
                framework="aiohttp",
                line=call.lineno,
                port=(value(port, known) or "") if port else None,
                host=value(keyword(call, "host") or own.get("host"), known),
            )
        elif uses_tornado and isinstance(call.func, ast.Attribute) and call.func.attr in {"listen", "bind"}:
            given = call.args[0] if call.args else keyword(call, "port")
            host = call.args[1] if len(call.args) > 1 else keyword(call, "address")
            yield _Call(framework="Tornado", line=call.lineno, port=_option(given, known), host=value(host, known))


def _options(module: Module, names: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the defaults of what Tornado's ``define`` says: ``define("port", default=8888)``."""
    found = {}
    for call in calls(module.tree):
        if meaning(call.func, dict(names)) == "tornado.options.define" and call.args:
            default = keyword(call, "default") or (call.args[1] if len(call.args) > 1 else None)
            found[f"options.{value(call.args[0])}"] = value(default)
    return found


def _option(node: ast.expr | None, known: Mapping[str, Any]) -> Any:
    match node:
        case ast.Attribute(attr=name):
            return known.get(f"options.{name}")
        case _:
            return value(node, known)
