"""Objects that a server is told to serve, and whether the module that they are to be in has one of that name."""

import ast
from collections.abc import Iterator

_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_ANYTHING = frozenset({"globals", "exec", "setattr", "vars"})
"""Functions that give a module names that do not stand in it."""


def has(tree: ast.Module, name: str) -> bool:
    r"""
    Tell whether a module has ``name``, as far as anybody can see; whether it may have any counts as well.

    >>> [has(ast.parse("from a import b\nif b:\n    c = 1\ndef d():\n    e = 2"), each) for each in "bcde"]
    [True, True, True, False]
    """
    known = set(_bound(tree))
    return name in known or "*" in known


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that running a module binds; ``*`` if there may be any."""
    for each in ast.iter_child_nodes(node):
        match each:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield "*" if name == "__getattr__" else name
                yield from _outer(each)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in aliases)
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Name(id=name) if name in _ANYTHING:
                yield "*"
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case _:
                pass
        if not isinstance(each, _LATER):
            yield from _bound(each)


def _outer(node: ast.AST) -> Iterator[str]:
    """Yield the names that a function says are the module's."""
    yield from (name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names)
