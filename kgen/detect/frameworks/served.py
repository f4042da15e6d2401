"""Programs of frameworks with a server of their own: NiceGUI, LitServe, BentoML, Reflex, MCP, Functions Framework."""

import ast
from collections.abc import Iterator, Mapping, Sequence

from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.frameworks.starts import entry, python, search_path
from kgen.detect.programs.reach import PIPES
from kgen.detect.project import Project
from kgen.detect.source.imports import dotted, root
from kgen.detect.source.syntax import Module, imported, meaning, nodes
from kgen.detect.source.texts import origin, yaml
from kgen.detect.source.values import constants, is_port, keyword, value
from kgen.detect.source.words import sought

_FOUND = 60
_SIDE = 10
_LOCAL = frozenset({"127.0.0.1", "localhost"})
_BENTOFILE = "bentofile.yaml"
_OVER_HTTP = frozenset({"sse", "http", "streamable-http"})
"""Transports of MCP that something else in a cluster can reach."""

_MCP = ("mcp.server.fastmcp.FastMCP", "mcp.server.FastMCP", "fastmcp.FastMCP", "fastmcp.server.FastMCP")


def programs(project: Project) -> Iterator[Program]:
    """Yield what is found of each framework that the project depends on; without a list of those, of any."""
    for distributions, find in _FINDERS.items():
        if project.has(*distributions) or not project.dependencies:
            yield from find(project)


def _nicegui(project: Project) -> Iterator[Program]:
    """Yield a program for each script that runs pages of NiceGUI."""
    for module in project.modules.mentioning("ui.run("):
        names = imported(module.tree)
        call = next(
            (each for each in nodes(module.tree, ast.Call) if meaning(each.func, names) == "nicegui.ui.run"), None
        )
        if call:
            reloads = value(keyword(call, "reload")) is not False
            yield from _script(project, module, call, "NiceGUI", usual=8080, doubts=[_RELOADS] if reloads else [])


_RELOADS = Doubt(
    path=("command",),
    question="NiceGUI watches the source and starts anew when it changes",
    help="say `ui.run(…, reload=False)`",
)


def _litserve(project: Project) -> Iterator[Program]:
    """Yield a program for each script that serves a model by LitServe."""
    for module in project.modules.mentioning("LitServer("):
        names = imported(module.tree)
        called = nodes(module.tree, ast.Call)
        if any(meaning(each.func, names) == "litserve.LitServer" for each in called):
            runs = [each for each in called if isinstance(each.func, ast.Attribute) and each.func.attr == "run"]
            if runs:
                yield from _script(project, module, runs[0], "LitServe", usual=8000, health="/health")


def _mcp(project: Project) -> Iterator[Program]:
    """Yield a program for each script that runs a server of MCP; most talk to whoever has started them."""
    modules = project.modules
    for module in modules.those(modules.having("FastMCP("), _SAYING):
        names = imported(module.tree)
        called = nodes(module.tree, ast.Call)
        made = next((each for each in called if meaning(each.func, names) in _MCP), None)
        runs = [each for each in called if isinstance(each.func, ast.Attribute) and each.func.attr in _RUNS]
        if not made or not runs:
            continue
        transport = value(keyword(runs[0], "transport") or (runs[0].args[0] if runs[0].args else None))
        if transport in _OVER_HTTP or (getattr(runs[0].func, "attr", "") in {"run_sse_async", "run_http_async"}):
            yield from _script(project, module, runs[0], "MCP", usual=8000, made=made)
        elif path := entry(project, module):
            yield _job(project, module, path, runs[0].lineno)


_RUNS = frozenset({"run", "run_async", "run_sse_async", "run_http_async", "run_stdio_async"})
_SAYING = sought("FastMCP(", ".run")


def _job(project: Project, module: Module, path: str, line: int) -> Program:
    return Program(
        name="main",
        type="job",
        framework="MCP",
        command=Fact(python(project, path), f"{module.path}:{line}"),
        env=search_path(project, root(project, path), path),
        rank=_SIDE if module.is_side else _FOUND - 15,
        doubts=(PIPES,),
    )


def _script(
    project: Project,
    module: Module,
    call: ast.Call,
    framework: str,
    *,
    usual: int,
    doubts: Sequence[Doubt] = (),
    health: str = "",
    made: ast.Call | None = None,
) -> Iterator[Program]:
    """Yield the script that makes ``call``, which serves; what it does not say, ``made`` may."""
    path = entry(project, module)
    if not path:
        return
    known = constants(module.tree)
    where = f"{module.path}:{call.lineno}"
    given = [each for one in (call, made) if one for each in (keyword(one, "port"),) if each]
    port = next((number for each in given if is_port(number := value(each, known))), None)
    hosts = [value(each, known) for one in (call, made) if one for each in (keyword(one, "host"),) if each]
    is_local = hosts[0] in _LOCAL if hosts else framework == "MCP"
    alone = [_alone(where)] if is_local else []
    unsaid = [_unsaid(where, usual)] if given and not port else []
    yield Program(
        name="web",
        type="web",
        framework=framework,
        command=Fact(python(project, path), where),
        port=Fact(port, where) if port else Fact(usual, f"the usual one of {framework}"),
        health=Fact(health, f"{framework} answers there by itself") if health else None,
        env=search_path(project, root(project, path), path),
        rank=_SIDE if module.is_side else _FOUND - project.below(path).count("/"),
        doubts=(*doubts, *alone, *unsaid),
    )


def _alone(where: str) -> Doubt:
    return Doubt(
        path=("command",),
        question=f"{where} listens on localhost, where nothing outside of the container reaches it",
        help='say `host="0.0.0.0"`',
    )


def _unsaid(where: str, usual: int) -> Doubt:
    return Doubt(
        path=("port",), question=f"{where} does not say plainly which port it listens on", help=f"is it {usual}?"
    )


def _bentoml(project: Project) -> Iterator[Program]:
    """Yield the service that BentoML is to serve: of its own file, or the one that no other depends on."""
    text = project.text(_BENTOFILE)
    said = yaml(text) if text else None
    if isinstance(said, Mapping) and isinstance(said.get("service"), str):
        yield _bento(said["service"], origin(project.path(_BENTOFILE), text or "", "service:"), {}, _FOUND + 8)
        return
    for module in project.modules.mentioning("bentoml"):
        names = imported(module.tree)
        found = dict(_services(module.tree, names))
        used = {ast.unparse(each.args[0]) for each in _depends(module.tree, names) if each.args}
        for name, line in [(name, line) for name, line in found.items() if name not in used][-1:]:
            start = root(project, module.path)
            env = search_path(project, start, module.path)
            target = f"{dotted(project.below(module.path), start)}:{name}"
            yield _bento(target, f"{module.path}:{line}", env, _SIDE if module.is_side else _FOUND)


def _bento(target: str, where: str, env: Mapping[str, Fact], rank: int) -> Program:
    return Program(
        name="web",
        type="web",
        framework="BentoML",
        command=Fact(f"bentoml serve {target} --host 0.0.0.0 --port 3000", where),
        port=Fact(3000, "BentoML's own"),
        health=Fact("/readyz", "BentoML answers there by itself"),
        env=env,
        rank=rank,
    )


def _services(tree: ast.Module, names: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Yield name and line of each service: a decorated class, or an object."""
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name, decorator_list=[*marks]):
                called = [each.func if isinstance(each, ast.Call) else each for each in marks]
                if any(meaning(each, names) == "bentoml.service" for each in called):
                    yield name, node.lineno
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                if meaning(func, names) == "bentoml.Service":
                    yield name, node.lineno
            case _:
                pass


def _depends(tree: ast.Module, names: dict[str, str]) -> list[ast.Call]:
    return [each for each in nodes(tree, ast.Call) if meaning(each.func, names) == "bentoml.depends"]


def _reflex(project: Project) -> Iterator[Program]:
    """Yield the app of Reflex, whose pages Node makes when it starts."""
    if project.path("rxconfig.py") in project.tree:
        yield Program(
            name="web",
            type="web",
            framework="Reflex",
            command=Fact("reflex run --env prod", project.path("rxconfig.py")),
            port=Fact(3000, "Reflex's own"),
            rank=_FOUND + 8,
            doubts=(
                Doubt(
                    path=("build",),
                    question="Reflex makes its pages with Node when it starts, beside the app, and listens on ports "
                    "3000 and 8000",
                    help="see how it is hosted, and build with a Dockerfile of your own: "
                    "`build: {dockerfile: Dockerfile}`",
                ),
            ),
        )


_SIGNATURES = {"http": "http", "cloud_event": "cloudevent", "typed": "typed"}
"""Decorator of a function → what it is called with."""


def _functions(project: Project) -> Iterator[Program]:
    """Yield the function that is called by requests or events, as Google's clouds do."""
    for module in project.modules.mentioning("functions_framework"):
        names = imported(module.tree)
        for node in module.tree.body:
            marks = node.decorator_list if isinstance(node, ast.FunctionDef) else []
            full = [meaning(each.func if isinstance(each, ast.Call) else each, names) for each in marks]
            kinds = [_SIGNATURES.get(each.removeprefix("functions_framework."), "") for each in full]
            if isinstance(node, ast.FunctionDef) and (kind := next(filter(None, kinds), "")):
                below = project.below(module.path)
                source = "" if below == "main.py" else f" --source {below}"
                command = f"functions-framework --target {node.name} --signature-type {kind}{source} --port 8080"
                yield Program(
                    name="web",
                    type="web",
                    framework="Functions Framework",
                    command=Fact(command, f"{module.path}:{node.lineno}"),
                    port=Fact(8080, "its own"),
                    rank=_SIDE if module.is_side else _FOUND,
                )


_FINDERS = {
    ("nicegui",): _nicegui,
    ("litserve",): _litserve,
    ("mcp", "fastmcp"): _mcp,
    ("bentoml",): _bentoml,
    ("reflex",): _reflex,
    ("functions-framework",): _functions,
}
"""Distributions → what finds their programs."""
