"""What an expression is worth, where the source says it plainly: numbers, texts, defaults of settings."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

_READERS = frozenset({"get", "getenv", "int", "str", "integer", "env", "config", "environ"})
"""Functions that read a setting: ``os.environ.get``, ``env.int``, ``config``; the default comes second."""


def value(node: ast.AST | None, known: Mapping[str, Any] | None = None) -> Any:
    """
    Return the constant that an expression is, or is by default; ``None`` if that cannot be told.

    >>> value(ast.parse('int(os.environ.get("PORT", "8080"))', mode="eval").body)
    8080
    >>> value(ast.parse("PORT or 5000", mode="eval").body, {"PORT": 80})
    80
    """
    names = known or {}
    match node:
        case ast.Constant(value=given):
            return given
        case ast.Name(id=name):
            return names.get(name)
        case ast.BoolOp(op=ast.Or(), values=values):
            return next((each for part in values if (each := value(part, names)) is not None), None)
        case ast.Call():
            return _called(node, names)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [value(part, names) for part in parts]
        case _:
            return None


def _called(call: ast.Call, names: Mapping[str, Any]) -> Any:
    """Return what a call gives: a number that is written as a text, or the default of a setting that it reads."""
    name = _last(call.func)
    if name in {"int", "str"} and isinstance(call.func, ast.Name) and len(call.args) == 1:
        inner = value(call.args[0], names)
        return _number(inner) if name == "int" else inner and str(inner)
    default = keyword(call, "default", "fallback") or (call.args[1] if len(call.args) > 1 else None)
    return value(default, names) if name in _READERS else None


def constants(tree: ast.Module) -> Mapping[str, Any]:
    """Return the names at the top of a module that are worth something plain."""
    found: dict[str, Any] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=given):
                found[name] = value(given, found)
            case ast.AnnAssign(target=ast.Name(id=name), value=given) if given:
                found[name] = value(given, found)
            case _:
                pass
    return {name: each for name, each in found.items() if each is not None}


_LEAST = 1024
"""Below, a port needs rights that the container has not."""

_MOST = 65535


def is_port(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and _LEAST <= given <= _MOST


def keyword(call: ast.Call, *names: str) -> ast.expr | None:
    """Return what is passed to a call by one of ``names``."""
    return next((each.value for each in call.keywords if each.arg in names), None)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that importing a module runs, those under ``if`` and ``try`` too."""
    for node in body:
        yield node
        match node:
            case ast.If(test=test, body=inner, orelse=other) if not is_main(test):
                yield from statements([*inner, *other])
            case ast.Try(body=inner, orelse=other, finalbody=last, handlers=handlers):
                yield from statements([*inner, *(each for one in handlers for each in one.body), *other, *last])
            case ast.With(body=inner):
                yield from statements(inner)
            case _:
                pass


def is_main(test: ast.expr) -> bool:
    """Tell whether a condition asks if the module is the program: ``__name__ == "__main__"``."""
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    texts = {node.value for node in ast.walk(test) if isinstance(node, ast.Constant)}
    return "__name__" in names and "__main__" in texts


def _last(func: ast.expr) -> str:
    match func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _number(given: Any) -> int | None:
    try:
        return int(given)
    except (TypeError, ValueError):
        return None
