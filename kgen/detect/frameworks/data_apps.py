"""Apps that a tool serves from a file: Chainlit, Shiny, Panel and marimo. Streamlit has a module of its own."""

import ast
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kgen.detect.folders import WORKDIR
from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.frameworks.starts import ONE, search_path
from kgen.detect.project import Project
from kgen.detect.source.imports import root
from kgen.detect.source.syntax import Module, imported, meaning, nodes
from kgen.detect.source.tree import join
from kgen.record import dataclass

_FOUND = 60
_LEAST = 42
_SIDE = 10
_NAMES = ("app", "main", "index", "home", "server", "dashboard", "chat", "demo", "notebook")
"""What people call the file, most usual first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """Something that serves a file."""

    name: str
    distribution: str
    words: tuple[str, ...]
    """What stands in the text of such a file."""

    is_app: Callable[[ast.Module], int]
    """Return the line that makes a module an app; 0 if it is none."""

    command: str
    port: int
    health: str = ""


def _decorated(tree: ast.Module) -> int:
    """Return the line of a function that Chainlit calls: ``@cl.on_message``."""
    names = imported(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            marks = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
            if any(meaning(each, names).startswith("chainlit.on_") for each in marks):
                return node.lineno
    return 0


def _shiny(tree: ast.Module) -> int:
    """Return the line with an application object of Shiny, or where it imports what makes a file one."""
    names = imported(tree)
    for node in tree.body:
        match node:
            case ast.Assign(value=ast.Call(func=func)) if meaning(func, names) == "shiny.App":
                return node.lineno
            case ast.Import(names=aliases) if any(each.name == "shiny.express" for each in aliases):
                return node.lineno
            case ast.ImportFrom(module="shiny.express"):
                return node.lineno
            case ast.ImportFrom(module="shiny", names=aliases) if any(each.name == "express" for each in aliases):
                return node.lineno
            case _:
                pass
    return 0


def _servable(tree: ast.Module) -> int:
    """Return the line of what Panel puts on the page."""
    if not any(name.partition(".")[0] == "panel" for name in imported(tree).values()):
        return 0
    called = (node for node in nodes(tree, ast.Call) if isinstance(node.func, ast.Attribute))
    return next((node.lineno for node in called if getattr(node.func, "attr", "") == "servable"), 0)


def _marimo(tree: ast.Module) -> int:
    names = imported(tree)
    return next((node.lineno for node in nodes(tree, ast.Call) if meaning(node.func, names) == "marimo.App"), 0)


TOOLS = (
    Tool(
        name="Chainlit",
        distribution="chainlit",
        words=("chainlit",),
        is_app=_decorated,
        command="chainlit run {file} --host 0.0.0.0 --port 8000 --headless",
        port=8000,
    ),
    Tool(
        name="Shiny",
        distribution="shiny",
        words=("from shiny", "import shiny"),
        is_app=_shiny,
        command="shiny run --host 0.0.0.0 --port 8000 {file}",
        port=8000,
    ),
    Tool(
        name="Panel",
        distribution="panel",
        words=(".servable(",),
        is_app=_servable,
        command="panel serve {file} --address 0.0.0.0 --port 5006 --allow-websocket-origin '*'",
        port=5006,
    ),
    Tool(
        name="marimo",
        distribution="marimo",
        words=("marimo.App(",),
        is_app=_marimo,
        command="marimo run {file} --host 0.0.0.0 --port 2718 --headless",
        port=2718,
        health="/health",
    ),
)
"""
Who serves which files, and how.

Source: https://docs.chainlit.io, https://shiny.posit.co/py/docs, https://panel.holoviz.org, https://docs.marimo.io
"""


def programs(project: Project) -> Iterator[Program]:
    """Yield a program for each file that one of the tools serves, the most likely first."""
    for tool in TOOLS:
        if project.has(tool.distribution) or not project.dependencies:
            yield from _programs(project, tool)


def _programs(project: Project, tool: Tool) -> Iterator[Program]:
    found = [(module, tool.is_app(module.tree)) for module in project.modules.mentioning(*tool.words)]
    apps = sorted(((one, line) for one, line in found if line), key=lambda each: _place(project, each[0]))
    used = {part for one, _ in apps for name in imported(one.tree).values() for part in name.split(".")}
    first = [each for each in apps if each[0].path.rpartition("/")[2].removesuffix(".py") not in used]
    for place, (module, line) in enumerate(first or apps):
        yield _program(project, tool, module, line, _SIDE if module.is_side else max(_FOUND - 2 * place, _LEAST))


def _place(project: Project, module: Module) -> tuple[object, ...]:
    stem = module.path.rpartition("/")[2].removesuffix(".py").lower()
    word = next((place for place, name in enumerate(_NAMES) if stem.startswith(name)), len(_NAMES))
    return module.is_side, project.below(module.path).count("/"), word, module.path


def _program(project: Project, tool: Tool, module: Module, line: int, rank: int) -> Program:
    file = project.below(module.path)
    where = f"{module.path}:{line}"
    start = root(project, module.path)
    own = file.rpartition("/")[0]
    env = search_path(project, "" if start == own else start or ".", module.path)
    fields, more, doubts = _written(project) if tool.distribution == "chainlit" else ({}, {}, ())
    if tool.distribution == "panel":
        doubts = (_ORIGINS,)
    return Program(
        name="web",
        type="web",
        framework=tool.name,
        command=Fact(tool.command.format(file=shlex.quote(file)), where),
        port=Fact(tool.port, f"{tool.name}'s own"),
        health=Fact(tool.health, f"{tool.name} answers there by itself") if tool.health else None,
        env={**env, **more},
        needs=(project.dependencies[tool.distribution],) if project.has(tool.distribution) else (),
        fields={**fields, **ONE},
        rank=rank,
        doubts=doubts,
    )


_ORIGINS = Doubt(
    path=("command",),
    question="pages from any host may talk to the app",
    help="name yours instead of `*` after `--allow-websocket-origin`",
)


def _written(project: Project) -> tuple[Mapping[str, Any], Mapping[str, Fact], tuple[Doubt, ...]]:
    """
    Return what lets Chainlit write its files, which it does beside the app, or where it is told, when it starts.

    Volumes are for what is no part of the project; other files it only makes if they are not there.
    """
    here = project.path("")
    own = [name for name in (".chainlit/config.toml", "chainlit.md", "public") if _has(project, here, name)]
    if not own:
        return {}, {"CHAINLIT_APP_ROOT": Fact("/tmp", "Chainlit writes files when it starts")}, ()  # noqa: S108
    folders = {"files": ".files"}
    if ".chainlit/config.toml" not in own:
        folders["settings"] = ".chainlit"
    elif not _has(project, here, ".chainlit/translations"):
        folders["translations"] = ".chainlit/translations"
    volumes = {name: {"path": join(WORKDIR, folder), "type": "ephemeral"} for name, folder in folders.items()}
    missing = () if "chainlit.md" in own else (_README,)
    return {"volumes": volumes}, {}, missing


_README = Doubt(
    path=("build",),
    question="Chainlit writes chainlit.md when it starts, which it cannot in the image",
    help="commit one, which may be empty",
)


def _has(project: Project, folder: str, name: str) -> bool:
    place = join(folder.rstrip("/"), name)
    return place in project.tree or project.tree.has_folder(place)
