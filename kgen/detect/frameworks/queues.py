"""How the source names the objects of task queues, and the workers that belong to them."""

import ast
import re
from collections.abc import Iterator

from kgen.detect.commands.roles import NAMES
from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.project import Project
from kgen.detect.source.imports import dotted as _of_imports
from kgen.detect.source.imports import root
from kgen.detect.source.syntax import Module, imported, meaning

RANK = 60


def dotted(project: Project, path: str) -> str:
    """Return how a module is imported; nothing if its name does not allow it."""
    made = _of_imports(project.below(path), start(project, path))
    return made if all(word.isidentifier() for word in made.split(".")) else ""


def start(project: Project, path: str) -> str:
    """Return the folder, relative to the project's, where imports of the module at ``path`` start."""
    folder = project.below(path).rpartition("/")[0]
    while folder:
        if "django" in (project.text(f"{folder}/manage.py") or ""):
            return folder
        folder = folder.rpartition("/")[0]
    found = "" if "django" in (project.text("manage.py") or "") else root(project, path)
    while found and project.path(f"{found}/__init__.py") in project.tree:  # a package is imported from above
        found = found.rpartition("/")[0]
    return found


def objects(module: Module, wanted: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    """Yield the names at the top of a module that are set to an object of a class whose full name is ``wanted``."""
    names = imported(module.tree)
    for node in module.tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=func))
            ) if wanted.fullmatch(meaning(_first(func), names)):
                yield name, node.lineno
            case _:
                pass


def _first(func: ast.expr) -> ast.expr:
    """Return what a chain of calls begins with: ``Broker(url)`` of ``Broker(url).with_result_backend(other)``."""
    while isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call):
        func = func.value.func
    return func


def manage(project: Project) -> str:
    """Return the path of Django's ``manage.py`` in the project; nothing if there is none."""
    found = [path for path in project.modules.paths if path.rpartition("/")[2] == "manage.py"]
    own = [path for path in found if "django" in (project.tree.text(path) or "")]
    return project.below(min(own, key=lambda path: path.count("/"))) if own else ""


def worked(role: str, framework: str, command: str, origin: str, *doubts: Doubt) -> tuple[str, Program]:
    """Return the file that says so, and the program; of a scheduler there is only one."""
    is_one = role.endswith("scheduler")
    made = Program(
        name=NAMES.get(role, "worker"),
        type="worker",
        role=role,
        framework=framework,
        command=Fact(command, origin),
        fields={"replicas": 1} if is_one else {},
        rank=RANK,
        doubts=doubts,
    )
    return origin.rpartition(":")[0], made
