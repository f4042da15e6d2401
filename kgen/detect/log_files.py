"""Logs that a program writes into its own folder as soon as it starts: nobody may, in the image that kgen builds."""

import ast
from collections.abc import Iterator

from kgen.detect.found import Doubt, Part
from kgen.detect.project import Project

_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.If)
"""What is not run by an import, or not always."""


def part(project: Project) -> Part:
    """Return the doubt about the first such file."""
    return Part(doubts=tuple(_doubts(project))[:1])


def _doubts(project: Project) -> Iterator[Doubt]:
    for module in project.modules.mentioning("FileHandler", "basicConfig"):
        for call in () if module.is_side else _calls(module.tree):
            if name := _file(call):
                yield Doubt(
                    path=("components",),
                    question=f"{module.path}:{call.lineno} writes {name}, which it cannot in the image",
                    help="log to the output, where Kubernetes has it, or to a file in `/tmp`",
                )


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that every import of a module makes."""
    for each in ast.iter_child_nodes(node):
        if not isinstance(each, _LATER):
            if isinstance(each, ast.Call):
                yield each
            yield from _calls(each)


def _file(call: ast.Call) -> str:
    """
    Return the file that a call opens for a log, if it is in the folder that the program runs in.

    >>> _file(ast.parse("FileHandler('a.log')", mode="eval").body)
    'a.log'
    """
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [key.value for key in call.keywords if key.arg == "filename"]
    if name.endswith("FileHandler"):
        given += call.args[:1]
    elif name != "basicConfig":
        return ""
    match given:
        case [ast.Constant(value=str(path)), *_] if path and not path.startswith("/"):
            return path
        case _:
            return ""
