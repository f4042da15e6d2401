"""On which port a program listens, where its source says so."""

import ast
from collections.abc import Iterator

from kgen.detect.found import Fact
from kgen.detect.frameworks.objects import Application, target
from kgen.detect.frameworks.sources import Sources
from kgen.detect.source.syntax import Module, meaning, name_of
from kgen.detect.source.values import calls, constants, is_port, keyword, value


def listening(sources: Sources, each: Application) -> Fact | None:
    """Return the port of the project's own call of a server with this application: ``uvicorn.run(app, port=8080)``."""
    if each.framework.interface not in {"asgi", "sanic"} or each.is_side:
        return None
    named = target(sources.project, each).removesuffix("()")
    own = (".run(",) if each.framework.interface == "sanic" else ()
    for module in sources.project.modules.mentioning("uvicorn.run(", "uvicorn import run", *own):
        if not module.is_side and (port := next(_ports(sources, module, each, named), None)):
            return port
    return None


def _ports(sources: Sources, module: Module, each: Application, named: str) -> Iterator[Fact]:
    names = dict(sources.imports(module))
    known = constants(module.tree)
    for call in calls(module.tree):
        serves = False
        if meaning(call.func, names) == "uvicorn.run":
            given = call.args[0] if call.args else keyword(call, "app")
            serves = value(given) == named or _is(sources, module, given, each)
        elif each.framework.interface == "sanic" and isinstance(call.func, ast.Attribute) and call.func.attr == "run":
            serves = _is(sources, module, call.func.value, each)
        port = value(keyword(call, "port"), known) if serves else None
        if is_port(port):
            yield Fact(port, f"{module.path}:{call.lineno}")


def _is(sources: Sources, module: Module, node: ast.expr | None, each: Application) -> bool:
    """Tell whether an expression is the application, or calls the factory that makes it."""
    named = node.func if isinstance(node, ast.Call) else node
    return named is not None and name_of(named) != "" and sources.origin(module, named) == (each.path, each.name)
