"""Application objects: ``app = Flask(__name__)`` at the top of a module, or a factory that returns one."""

import ast
from collections.abc import Iterator, Mapping

from kgen.detect.found import Fact, Program
from kgen.detect.project import Project
from kgen.detect.servers import PORT, asgi, wsgi
from kgen.detect.syntax import Module, imported, meaning
from kgen.record import dataclass

CLASSES: Mapping[str, tuple[str, str]] = {
    "flask.Flask": ("Flask", "wsgi"),
    "fastapi.FastAPI": ("FastAPI", "asgi"),
    "starlette.applications.Starlette": ("Starlette", "asgi"),
    "litestar.Litestar": ("Litestar", "asgi"),
    "quart.Quart": ("Quart", "asgi"),
}
"""Class → framework and interface."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Where an application object is made."""

    framework: str
    interface: str
    target: str
    """As servers take it: ``shop.main:app``, ``shop:create_app()``."""

    path: str
    line: int
    is_side: bool


def programs(project: Project) -> Iterator[Program]:
    """Yield a web program for each application object, the most likely first."""
    for each in applications(project):
        command, doubts = (wsgi if each.interface == "wsgi" else asgi)(project, each.target)
        yield Program(
            name="web",
            type="web",
            framework=each.framework,
            command=Fact(command, f"{each.path}:{each.line}"),
            port=Fact(PORT, "the server's command"),
            rank=10 if each.is_side else 60,
            doubts=doubts,
        )


def applications(project: Project) -> Iterator[Application]:
    classes = {name.rpartition(".")[2] for name in CLASSES}
    for module in project.modules.mentioning(*(f"{name}(" for name in sorted(classes))):
        yield from _applications(project, module)


def _applications(project: Project, module: Module) -> Iterator[Application]:
    names = imported(module.tree)
    dotted = project.dotted(module.path)
    for node in module.tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=func))
            ) if meaning(func, names) in CLASSES:
                framework, interface = CLASSES[meaning(func, names)]
                target = f"{dotted}:{name}"
            case ast.FunctionDef(name=name) if made := _made_in(node, names):
                framework, interface = CLASSES[made]
                target = f"{dotted}:{name}()"
            case _:
                continue
        yield Application(
            framework=framework,
            interface=interface,
            target=target,
            path=module.path,
            line=node.lineno,
            is_side=module.is_side,
        )


def _made_in(function: ast.FunctionDef, names: dict[str, str]) -> str:
    """Return the class of the application that a factory without required arguments makes and returns."""
    arguments = function.args
    if len(arguments.posonlyargs + arguments.args) > len(arguments.defaults) or None in arguments.kw_defaults:
        return ""
    if not any(isinstance(node, ast.Return) and node.value for node in ast.walk(function)):
        return ""
    calls = (meaning(node.func, names) for node in ast.walk(function) if isinstance(node, ast.Call))
    return next((name for name in calls if name in CLASSES), "")
