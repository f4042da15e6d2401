"""Variables that the source insists on: it raises, or ends, if one is not there or empty."""

import ast
from collections.abc import Iterator

from kgen.detect.source.syntax import name_of, nodes

_ENDING = frozenset({"sys.exit", "exit", "quit", "os._exit"})


def insisted(tree: ast.Module) -> frozenset[ast.AST]:
    r"""
    Return the expressions without whose value a module goes no further.

    >>> [ast.unparse(each) for each in insisted(ast.parse("a = get('A', '')\nif not a:\n    raise KeyError"))]
    ["get('A', '')"]
    """
    checks = [node for node in _run(tree) if isinstance(node, ast.If) and _ends(node.body)]
    made: dict[str, list[ast.expr]] = {}
    for given in nodes(tree, ast.Assign) if checks else ():
        if isinstance(given.targets[0], ast.Name):
            made.setdefault(given.targets[0].id, []).append(given.value)
    found: set[ast.AST] = set()
    for check in checks:
        for subject in _lacking(check.test):
            found |= set(made.get(subject.id, ())) if isinstance(subject, ast.Name) else {subject}
    return frozenset(found)


_STARTED = frozenset({"main", "run", "start", "serve", "create_app", "lifespan"})
"""Functions that every start of a program calls, as they are usually called."""


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements that every start of a module runs."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            is_run = each.name in _STARTED
        else:
            is_run = isinstance(each, ast.stmt) and not isinstance(each, ast.ClassDef)
        if is_run:
            yield each
            yield from _run(each)


def _ends(body: list[ast.stmt]) -> bool:
    """Tell whether a program, not a mere request, comes to its end."""
    match body[-1]:
        case ast.Raise(exc=error):
            return error is not None and "HTTP" not in ast.unparse(error)
        case ast.Expr(value=ast.Call(func=func)):
            return name_of(func) in _ENDING
        case _:
            return False


def _lacking(test: ast.expr) -> Iterator[ast.expr]:
    """Yield what has to be empty or missing for a condition to hold."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name() | ast.Call() as subject):
            yield subject
        case ast.Compare(left=subject, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None | "")]):
            yield subject
        case ast.BoolOp(op=ast.Or(), values=values):
            for each in values:
                yield from _lacking(each)
        case _:
            pass
