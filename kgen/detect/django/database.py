"""Where a Django site keeps its data: on a server, or in a file that a pod loses."""

import ast
import re
from collections.abc import Iterator

from kgen.detect.django.settings import Settings
from kgen.detect.found import Doubt
from kgen.detect.project import Project
from kgen.detect.source.evaluated import UNKNOWN, Surroundings, evaluated, run
from kgen.detect.source.syntax import Module, name_of
from kgen.detect.variables.backing import DRIVERS

_SERVER = re.compile(r"postgres|mysql|mariadb|oracle|DATABASE_URL|DB_(?!PATH|FILE|DIR|LOCATION)|SQL_")
"""What settings have in them that can use a server's database."""

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_FILE = "backends.sqlite3"


def database(project: Project, settings: Settings) -> Iterator[Doubt]:
    """Yield that the data is in a file, if it is whatever kgen sets."""
    found = settings.said("DATABASES")
    if not found:
        return
    if _only_a_file(project, settings):
        yield _lost(found[1], "read the database from the environment, and name one under `needs`")
    elif chosen := _chosen(settings):
        place, condition = chosen
        yield _lost(place, f"see that `{condition}` chooses a server")


def _lost(place: str, help_: str) -> Doubt:
    question = f"{place} is a SQLite file: each pod would have its own, and lose it"
    return Doubt(path=("release",), question=question, help=help_)


def _only_a_file(project: Project, settings: Settings) -> bool:
    """Tell whether nothing in the settings is of a server, or no driver for one is there."""
    if settings.mentions("sqlite:///") and not project.has(*DRIVERS["postgres"], *DRIVERS["mysql"]):
        return True
    return settings.mentions(_FILE) and not any(_SERVER.search(each) for each in settings.texts())


def _chosen(settings: Settings) -> tuple[str, str] | None:
    """Return where a file is chosen though every variable of a server is set, and the condition that it hangs on."""
    names = {text for text in settings.texts() if _NAME.fullmatch(text) and _SERVER.search(text)}
    for module in settings.modules:
        around = Surroundings(env=dict.fromkeys(names, "postgres://shop:shop@db:5432/shop"))
        line, condition = 0, ""
        for node in module.tree.body:
            if not _assigned(node):
                pass
            elif isinstance(node, ast.If):
                asked = evaluated(node.test, around)
                if asked is UNKNOWN:
                    return None
                branch = node.body if asked else node.orelse
                condition = _shown(module, node.test)
                line = _file(branch) if any(map(_assigned, branch)) else line
            else:
                line = _file([node])
            around = run([node], around)
        if line and condition:
            return f"{module.path}:{line}", condition
    return None


def _assigned(node: ast.AST) -> list[ast.Assign | ast.AnnAssign]:
    """Return where the databases are set in a statement."""
    every = [each for each in ast.walk(node) if isinstance(each, ast.Assign | ast.AnnAssign)]
    return [each for each in every if "DATABASES" in map(name_of, _targets(each))]


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _file(branch: list[ast.stmt]) -> int:
    """Return the line of the databases in a branch that are a file; 0 if they are none."""
    for statement in branch:
        for each in _assigned(statement):
            texts = [node.value for node in ast.walk(each) if isinstance(node, ast.Constant)]
            if any(isinstance(text, str) and _FILE in text for text in texts):
                return each.lineno
    return 0


def _shown(module: Module, test: ast.expr) -> str:
    """Return a condition as the source says it; of a name, what that is set to."""
    if isinstance(test, ast.Name):
        for node in module.tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=test.id)], value=given):
                    return ast.unparse(given)
                case _:
                    pass
    return ast.unparse(test)
