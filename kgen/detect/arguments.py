"""Arguments that a program cannot do without: started as it is, it says how it is used, and ends."""

import ast
from collections.abc import Iterator, Sequence

from kgen.detect.found import Doubt
from kgen.detect.project import Project
from kgen.detect.reached import reached
from kgen.detect.syntax import imported, meaning
from kgen.detect.values import is_main, keyword, value

_WORDS = (b"add_argument", b"sys.argv", b"click", b"typer", b"fire.Fire")
_NEAR = 2
"""Imports away from the script: what is farther reads no command line of its."""

_OPTIONAL = ("?", "*", "REMAINDER", -1)
"""Numbers of arguments of which none is enough."""

_GROUPS = frozenset({"click.group", "click.Group", "fire.Fire"})


def doubts(project: Project, path: str, command: str, given: Sequence[str]) -> Iterator[Doubt]:
    """
    Yield the doubt about a program that asks for arguments, and is given none.

    Args:
        project: The project.
        path: The file that is run, by its path in the tree.
        command: What is started, as people call it.
        given: The arguments that it is started with.
    """
    if not given and path and (where := _asked(project, path)):
        yield Doubt(path=("command",), question=f"`{command}` asks for arguments ({where})", help="add them")


def _asked(project: Project, path: str) -> str:
    """Return where a program asks for what it cannot do without; nothing if it does not."""
    for file, depth in reached(project, path):
        if depth > _NEAR:
            break
        if project.tree.mentions(file, _WORDS) and (module := project.modules.module(file)):
            names = imported(module.tree)
            nodes = _run(module.tree, is_started=not depth)
            if line := next((node.lineno for node in nodes if _asks(node, names)), 0):
                return f"{module.path}:{line}"
    return ""


def _run(node: ast.AST, *, is_started: bool) -> Iterator[ast.expr]:
    """Yield the expressions of a module but for those that depend on what the command line has."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.If | ast.IfExp | ast.Match):
            test = each.subject if isinstance(each, ast.Match) else each.test
            if "argv" in ast.unparse(test) or (not is_started and is_main(test)):
                continue
        elif isinstance(each, ast.Try):
            continue
        if isinstance(each, ast.expr):
            yield each
        yield from _run(each, is_started=is_started)


def _asks(node: ast.expr, names: dict[str, str]) -> bool:
    match node:
        case ast.Subscript(value=what, slice=ast.Constant(value=int(place)), ctx=ast.Load()):
            return place > 0 and meaning(what, names) == "sys.argv"
        case ast.Call(func=func):
            full = meaning(func, names)
            if full in _GROUPS:
                return True
            if full in {"typer.Argument", "typer.Option"}:
                return value(node.args[0] if node.args else None) is ...
            is_known = full.endswith((".add_argument", ".add_subparsers")) or full in {"click.argument", "click.option"}
            return is_known and _is_required(node)
        case _:
            return False


def _is_required(call: ast.Call) -> bool:
    said = keyword(call, "required")
    if said is not None:
        return value(said) is True
    first = value(call.args[0]) if call.args else None
    has_default = keyword(call, "default") is not None
    number = keyword(call, "nargs")
    nargs = number.attr if isinstance(number, ast.Attribute) else value(number)
    if isinstance(number, ast.UnaryOp):
        nargs = -1
    return isinstance(first, str) and not first.startswith("-") and not has_default and nargs not in _OPTIONAL
