"""How a Python file of the project is started as a program."""

import ast
import shlex
from collections.abc import Mapping
from typing import Any

from kgen.detect.folders import IMPORTS, PATH, WORKDIR
from kgen.detect.found import Fact
from kgen.detect.project import Project
from kgen.detect.source.imports import dotted, is_installed, root
from kgen.detect.source.syntax import IMPORTING, Module, imported
from kgen.detect.source.tree import join
from kgen.detect.source.values import is_main

ONE: Mapping[str, Any] = {"replicas": 1}
"""What goes with apps that keep in their process what they know of a visitor, who comes back by another way."""


def python(project: Project, path: str) -> str:
    """Return the command that runs the file ``path`` of the tree: as a module, if its imports need that."""
    start = root(project, path)
    file = project.below(path)
    own = file.rpartition("/")[0]
    if start == own and not file.endswith("__main__.py"):
        return f"python {shlex.quote(file)}"
    name = dotted(file, start).removesuffix(".__main__")
    return f"python -m {shlex.quote(name)}" if name != "__main__" else f"python {shlex.quote(own or '.')}"


def search_path(project: Project, start: str, path: str) -> Mapping[str, Fact]:
    """Return the variable that makes Python find what is in the folder ``start``; none if it does so anyway."""
    if start in {"", "."} or is_installed(project, start, path):
        return {}
    return {PATH: Fact(join(WORKDIR, start), f"{IMPORTS}{path}")}


def entry(project: Project, module: Module) -> str:
    """Return the file to start so that what ``module`` says is done; nothing if no file says so."""
    folder, _, name = module.path.rpartition("/")
    beside = join(folder, "__main__.py")
    stem = (folder.rpartition("/")[2] if name == "__init__.py" else name).removesuffix(".py")
    if beside in project.tree and stem in (project.tree.text(beside) or ""):
        return beside
    if runs(module):
        return module.path
    for other in project.modules.those(project.modules.having("__main__"), IMPORTING):
        if other.path != module.path and not other.is_side and runs(other) and _imports(other, stem):
            return other.path
    return ""


def runs(module: Module) -> bool:
    """Tell whether starting the file does something: it asks whether it is ``__main__``, or calls at its top."""
    return module.path.endswith("__main__.py") or any(
        (isinstance(node, ast.If) and is_main(node.test))
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        for node in module.tree.body
    )


def _imports(module: Module, stem: str) -> bool:
    return any(stem in each.split(".") for each in imported(module.tree).values())
