"""
What a module does only when it is started as a script: a server, which imports it for its application, leaves it out.

``if __name__ == "__main__": init_db(); app.run()`` makes no database under Gunicorn.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from kgen.detect.commands.roles import role
from kgen.detect.found import Doubt, Part, Program
from kgen.detect.packages.unlisted import files
from kgen.detect.project import Project
from kgen.detect.source.syntax import Module, name_of
from kgen.detect.source.values import is_main

_DOING = re.compile(
    r"_*(?:init|initiali[sz]e|create|set_?up|configure|register|start|load|connect|migrate|seed|populate|add_job|prepare"
    r"|bootstrap|schedule|train|warm_?up|mount|subscribe)(?:_\w+)?"
)
"""Names of functions without which a program is not what it is to be."""

_NOT = re.compile(
    r"create_(?:all|tables)|\w*(?:app|application|logg\w*|parser|args|server|dotenv|env|browser|debug\w*|config)"
)
"""Names of functions that make what a server brings, or what only developers see; tables have a doubt of their own."""

_SHOWN = 60
"""Characters of a statement that are shown."""


def part(project: Project, programs: Iterable[Program]) -> Part:
    """Return the doubt about the first such statement of an application that a server serves."""
    for each in programs:
        words = str(each.command.value).split()
        if each.type == "web" and role(words) == "web" and "streamlit" not in words[:3]:  # which starts the file
            for path in files(project, each):
                module = project.modules.module(path)
                if module and (found := next(_left_out(project, module), None)):
                    return Part(doubts=(_doubt(module, found),))
    return Part()


def _doubt(module: Module, node: ast.stmt) -> Doubt:
    said = ast.unparse(node).splitlines()[0]
    shown = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"
    return Doubt(
        path=("components",),
        question=f"{module.path}:{node.lineno} runs `{shown}` only if it is started as a script, as a server does not",
        help="let the module do it when it is imported, or a function that makes the application",
    )


def _left_out(project: Project, module: Module) -> Iterator[ast.stmt]:
    """Yield what matters of the statements that only a start of the file runs."""
    text = project.tree.text(module.path) or ""
    functions = {node.name: node for node in module.tree.body if isinstance(node, ast.FunctionDef)}
    for node in module.tree.body:
        if isinstance(node, ast.If) and is_main(node.test):
            for each in _statements(node.body):
                main = functions.get(_function(each))
                yield from (one for one in (_statements(main.body) if main else [each]) if _matters(one, text))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        match node:
            case ast.With(body=inner) | ast.Try(body=inner):
                yield from _statements(inner)
            case _:
                yield node


def _function(node: ast.stmt) -> str:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=[])) if name in {"main", "run"}:
            return name
        case _:
            return ""


def _matters(node: ast.stmt, text: str) -> bool:
    """Tell whether a statement does something for the application, that nothing else in the module does."""
    match node:
        case ast.Assign(targets=[ast.Subscript(value=ast.Attribute(attr="config")) as target]):
            return name_of(target.value).startswith(("app.", "application.")) and "DEBUG" not in ast.unparse(target)
        case ast.Expr(value=ast.Call(func=func)) | ast.Assign(value=ast.Call(func=func)):
            name = name_of(func).rpartition(".")[2] or (func.attr if isinstance(func, ast.Attribute) else "")
            is_else = len(re.findall(rf"(?<!def )\b{re.escape(name)}\(", text)) > 1
            return _DOING.fullmatch(name) is not None and _NOT.fullmatch(name) is None and not is_else
        case _:
            return False
