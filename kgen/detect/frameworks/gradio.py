"""Gradio: the script that launches an interface."""

import ast
from collections.abc import Iterator
from typing import Any

from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.frameworks.starts import ONE, entry, python, search_path
from kgen.detect.project import Project
from kgen.detect.source.imports import root
from kgen.detect.source.syntax import Module, imported
from kgen.detect.source.values import calls, constants, is_port, keyword, value

_PORT = 7860
_FOUND = 60
_SIDE = 10
_OPTIONS = ("server_name", "server_port", "share")
_LOCAL = frozenset({"127.0.0.1", "localhost"})


def programs(project: Project) -> Iterator[Program]:
    """Yield a program for each script that launches an interface."""
    if not project.has("gradio"):
        return
    seen: set[str] = set()
    for module in project.modules.mentioning(".launch("):
        call = _launch(module)
        path = entry(project, module) if call else ""
        if call and path and path not in seen:
            yield _program(project, module, call, path, _SIDE if module.is_side else _FOUND - len(seen))
            seen.add(path)


def _launch(module: Module) -> ast.Call | None:
    """Return the call that launches an interface, if the module has something to do with Gradio."""
    uses = any(each.split(".")[0] == "gradio" for each in imported(module.tree).values())
    for call in calls(module.tree):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "launch" and (uses or keyword(call, *_OPTIONS)):
            return call
    return None


def _program(project: Project, module: Module, call: ast.Call, path: str, rank: int) -> Program:
    known = constants(module.tree)
    where = f"{module.path}:{call.lineno}"
    port = value(keyword(call, "server_port"), known)
    env = {} if keyword(call, "server_name") else {"GRADIO_SERVER_NAME": Fact("0.0.0.0", where)}  # noqa: S104
    return Program(
        name="web",
        type="web",
        framework="Gradio",
        command=Fact(python(project, path), where),
        port=Fact(port, where) if is_port(port) else Fact(_PORT, "Gradio's own"),
        env={**search_path(project, root(project, path), path), **env},
        needs=(project.dependencies["gradio"],),
        fields=ONE,
        rank=rank,
        doubts=tuple(_doubts(call, where, known)),
    )


def _doubts(call: ast.Call, where: str, known: Any) -> Iterator[Doubt]:
    host = value(keyword(call, "server_name"), known)
    if host in _LOCAL:
        yield Doubt(
            path=("command",),
            question=f"{where} listens on {host}, where nothing outside of the container reaches it",
            help='say `server_name="0.0.0.0"`',
        )
    if value(keyword(call, "share"), known) is True:
        yield Doubt(
            path=("command",),
            question=f"{where} says `share=True`, which opens the app to the internet past the cluster",
            help="remove it",
        )
