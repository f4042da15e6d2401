"""Programs without a framework: ``[project.scripts]``, and files that run when started."""

import ast
from collections.abc import Iterator

from kgen.detect.found import Fact, Program
from kgen.detect.project import Project
from kgen.detect.syntax import Module
from kgen.detect.texts import origin, table

_NAMES = ("main.py", "app.py", "run.py", "bot.py", "start.py", "server.py", "worker.py")
"""What people call the file to start, most usual first."""


def programs(project: Project) -> Iterator[Program]:
    text = project.text("pyproject.toml") or ""
    for name in table(project.pyproject, "project", "scripts"):
        yield Program(name="main", type="job", command=Fact(name, origin("pyproject.toml", text, name)), rank=40)
    for place, name in enumerate(_NAMES):
        module = project.modules.module(project.path(name))
        if module and _runs(module):
            yield Program(name="main", type="job", command=Fact(f"python {name}", module.path), rank=30 - place)


def _runs(module: Module) -> bool:
    """Tell whether starting the file does something: it asks whether it is ``__main__``, or calls at its top."""
    return any(
        (isinstance(node, ast.If) and "__main__" in ast.unparse(node.test))
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        for node in module.tree.body
    )
