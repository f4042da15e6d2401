"""
Find out whether the API server can compile an expression: its form, its functions, and the fields it speaks of.

Types are followed only as far as names go: ``self.a.b``, and the entries that a macro hands out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from kgen.check.cel.rules import program
from kgen.check.cel.syntax import Ident, Index, Method, Node, Select, children, parse
from kgen.check.cel.typed import escaped
from kgen.check.cel.values import CelError, UnsupportedError
from kgen.check.structural import EMBEDDED, PRESERVE

Schema: TypeAlias = Mapping[str, Any]
Scope: TypeAlias = Mapping[str, Schema | None]

_MACROS = frozenset({"all", "exists", "exists_one", "existsOne", "filter", "map", "sortBy"})
_OWN = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {}}


def source_fault(source: str, schema: Schema) -> str:
    """
    Return why the API server would not take ``source``, or nothing.

    >>> source_fault("self.a >", {})
    'is no CEL expression: expected a value at position 9, but there is the end'
    >>> source_fault("self.a > 1", {"type": "object", "properties": {"b": {}}})
    'speaks of `self.a`, a field that the schema does not have'

    Args:
        source: The expression.
        schema: Of the value that it is about.
    """
    try:
        program(source)
    except CelError as error:
        return f"is no CEL expression: {error}"
    except UnsupportedError:
        return ""
    unknown = next(_unknown(parse(source), {"self": schema, "oldSelf": schema}), "")
    return f"speaks of `{unknown}`, a field that the schema does not have" if unknown else ""


def _fields(schema: Schema | None) -> Mapping[str, Schema] | None:
    """Return the fields of a mapping by their names in expressions, or ``None`` if it may have any."""
    if not schema or schema.get("type") != "object" or not schema.get("properties") or schema.get(PRESERVE):
        return None
    own = _OWN if schema.get(EMBEDDED) else {}
    return {**{escaped(name): inner for name, inner in schema["properties"].items()}, **own}


def _schema(node: Node, scope: Scope) -> Schema | None:
    """Return the schema of what ``node`` stands for, or ``None`` if that is not known."""
    match node:
        case Ident(name):
            return scope.get(name)
        case Select(of, name, False):
            outer = _schema(of, scope)
            if fields := _fields(outer):
                return fields.get(name)
            return _entries(outer)
        case Index(of, _, False):
            return _entries(_schema(of, scope))
        case Method(of, "filter" | "sortBy" | "reverse" | "sort" | "distinct" | "slice", _):
            return _schema(of, scope)
    return None


def _entries(schema: Schema | None) -> Schema | None:
    if not schema:
        return None
    inner = schema.get("items") if schema.get("type") == "array" else schema.get("additionalProperties")
    return inner if isinstance(inner, dict) else None


def _unknown(node: Node, scope: Scope) -> Iterator[str]:
    """Yield the fields that ``node`` speaks of although there are none."""
    if isinstance(node, Select):
        fields = _fields(_schema(node.of, scope))
        if fields is not None and node.name not in fields and not _is_root(node.of):
            yield _written(node)
        yield from _unknown(node.of, scope)
    elif isinstance(node, Method):
        yield from _unknown(node.of, scope)
        yield from _unknown_in_macro(node, scope)
    else:
        for child in children(node):
            yield from _unknown(child, scope)


def _is_root(node: Node) -> bool:
    """``oldSelf`` may be optional, and has other fields then."""
    return node == Ident("oldSelf")


def _unknown_in_macro(node: Method, scope: Scope) -> Iterator[str]:
    names = [arg.name for arg in node.args[:-1] if isinstance(arg, Ident)]
    of = _schema(node.of, scope)
    inner: dict[str, Schema | None] = dict(scope)
    if node.name in _MACROS and names and of is not None and of.get("type") == "array":
        inner |= dict.fromkeys(names)
        inner[names[0]] = _entries(of) if len(node.args) == 2 or node.name == "map" else None  # noqa: PLR2004
    else:
        inner |= dict.fromkeys(names)
    for arg in node.args:
        yield from _unknown(arg, inner)


def _written(node: Node) -> str:
    match node:
        case Ident(name):
            return name
        case Select(of, name):
            return f"{_written(of)}.{name}"
    return "…"
