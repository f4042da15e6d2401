"""
Rules of custom kinds that may run for too long: the API server
multiplies how often with how long, before there is any object.

This is an estimate from below: what it refuses, the server refuses; the server may refuse more.

Source: https://kubernetes.io/docs/reference/using-api/cel/#resource-constraints
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kgen.check.cel.syntax import Call, Ident, Index, ListOf, Literal, Method, Node, Select, parse
from kgen.check.cel.values import CelError
from kgen.check.server.definition_types import Schema, Scope, schema_of

MOST = 10_000_000
"""Steps that a rule may take, by the server's estimate."""

_MARGIN = 2
"""How far above that an estimate has to be, as kgen counts differently."""

_LARGEST_REQUEST = 3 * 1024 * 1024
_MACROS = frozenset({"all", "exists", "exists_one", "existsOne", "filter", "map"})
_SIZES = {"array": 2, "boolean": 4, "integer": 1, "number": 1, "object": 2, "string": 2}
_LONG = 40


def _entries_at_most(schema: Schema) -> int:
    """Return how many entries a list or mapping may have, at least by what fits into a request."""
    is_list = schema.get("type") == "array"
    most = schema.get("maxItems" if is_list else "maxProperties")
    inner = schema.get("items" if is_list else "additionalProperties")
    if isinstance(most, int):
        return max(most, 0)
    return _LARGEST_REQUEST // (_shortest(inner if isinstance(inner, dict) else {}) + (1 if is_list else 4))


def _shortest(schema: Schema) -> int:
    """Return how many characters a value has at least; a little more where that is not easy to say."""
    if schema.get("format") or schema.get("enum") or schema.get("pattern") or schema.get("default") is not None:
        return _LONG
    size = _SIZES.get(str(schema.get("type")), _LONG)
    length = schema.get("minLength")
    size += length if isinstance(length, int) else 0
    properties = schema.get("properties")
    required = schema.get("required")
    for name in required if isinstance(required, list) else ():
        inner = properties.get(name) if isinstance(properties, dict) else None
        size += len(str(name)) + 4 + _shortest(inner if isinstance(inner, dict) else {})
    for key in ("minItems", "minProperties"):
        least = schema.get(key)
        size += least * _LONG if isinstance(least, int) else 0
    return size


def cost_fault(rule: Mapping[str, Any], schema: Schema, times: int | None) -> str:
    """
    Return why a rule is too expensive, or nothing.

    >>> texts = {"type": "array", "items": {"type": "string"}}
    >>> cost_fault({"rule": "self.all(x, self.all(y, x != y))"}, texts, 1)
    'may run for too long: bound lists with `maxItems`, mappings with `maxProperties`, texts with `maxLength`'

    Args:
        rule: Of ``x-kubernetes-validations``.
        schema: Of the value that it is about.
        times: How many such values there may be; ``None`` for as many as fit into a request.
    """
    source = rule.get("rule")
    try:
        node = parse(source) if isinstance(source, str) else Literal(value=True)
    except CelError:
        return ""  # said elsewhere
    if times is None:
        times = _LARGEST_REQUEST // (_shortest(schema) + 1)
    if times * _cost(node, {"self": schema}) <= _MARGIN * MOST:
        return ""
    return "may run for too long: bound lists with `maxItems`, mappings with `maxProperties`, texts with `maxLength`"


def _cost(node: Node, scope: Scope) -> int:
    """Return how many steps ``node`` takes at least, by the server's estimate."""
    if isinstance(node, Call):
        return _cost_of_call(node.name, [_cost(arg, scope) for arg in node.args])
    if isinstance(node, Method):
        return _cost(node.of, scope) + _cost_of_method(node.of, node.name, node.args, scope)
    match node:
        case Ident():
            return 1
        case Select(of, _) | Index(of, _):
            return 1 + _cost(of, scope)
        case ListOf(items):
            return sum(_cost(item, scope) for item in items)
    return 0


def _cost_of_call(name: str, costs: list[int]) -> int:
    if name == "has":
        return 0
    return costs[0] + max(costs[1:]) if name == "?:" else sum(costs)


def _longest(schema: Schema) -> int:
    """Return how many characters a text may have, 0 where that is not easy to say."""
    if schema.get("type") != "string" or schema.get("format") or schema.get("enum"):
        return 0
    most = schema.get("maxLength")
    return most if isinstance(most, int) else _LARGEST_REQUEST


def _cost_of_method(of: Node, name: str, args: tuple[Node, ...], scope: Scope) -> int:
    if name == "matches":
        return _longest(schema_of(of, scope) or {}) // 10 + sum(_cost(arg, scope) for arg in args)
    if name not in _MACROS or not args or not isinstance(args[0], Ident):
        return 0 if any(isinstance(arg, Ident) for arg in args) else sum(_cost(arg, scope) for arg in args)
    over = schema_of(of, scope)
    items = over.get("items") if over and over.get("type") == "array" else None
    inner = {**scope, args[0].name: items if isinstance(items, dict) and len(args) == 2 else None}  # noqa: PLR2004  # one name
    times = _entries_at_most(over) if over and over.get("type") in ("array", "object") else 1
    return times * _cost(args[-1], inner)
