"""Servers of gRPC: which call listens, and on which port."""

import ast
import re
from typing import Any

from kgen.detect.source.syntax import name_of, nodes
from kgen.detect.source.values import value

LISTEN = frozenset({"add_insecure_port", "add_secure_port"})
"""Methods of a server."""

_PORT = re.compile(r":(\d{4,5})$")


def listening(tree: ast.Module) -> int:
    """
    Return the port that a module lets a server of gRPC listen on, if the source says it plainly; else 0.

    >>> listening(ast.parse("port = os.environ.get('PORT', '9000'); server.add_insecure_port('[::]:' + port)"))
    9000
    """
    known = _assigned(tree)
    called = [call for call in nodes(tree, ast.Call) if name_of(call.func).rpartition(".")[2] in LISTEN and call.args]
    said = (_PORT.search(_text(call.args[0], known)) for call in called)
    return next((int(match[1]) for match in said if match), 0)


def _assigned(tree: ast.Module) -> dict[str, Any]:
    """Return the names that are given something plain, in functions too."""
    return {
        node.targets[0].id: value(node.value)
        for node in nodes(tree, ast.Assign)
        if isinstance(node.targets[0], ast.Name)
    }


def _text(node: ast.AST, known: dict[str, Any]) -> str:
    """Return an address with the parts that are known."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left, known) + _text(right, known)
        case ast.JoinedStr(values=parts):
            return "".join(_text(part, known) for part in parts)
        case ast.FormattedValue(value=inner):
            return _text(inner, known)
        case ast.Call(func=ast.Attribute(value=start, attr="format"), args=[inner]):
            return _text(start, known).replace("{}", _text(inner, known))
        case ast.Call(func=ast.Name(id="str"), args=[inner]):
            return _text(inner, known)
        case _:
            found = value(node, known)
            return "" if found is None else str(found)
