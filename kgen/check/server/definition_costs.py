"""
Rules of custom kinds that may run for too long: the API server multiplies how often with how long, before there is
any object.

Where a size is not easy to say, it counts as 0: what this refuses, the server refuses; the server may refuse more.

Source: https://kubernetes.io/docs/reference/using-api/cel/#resource-constraints
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from kgen.check.cel.syntax import Call, Ident, Index, ListOf, Literal, MapOf, Method, Node, Select, parse
from kgen.check.cel.values import CelError
from kgen.check.server.definition_sizes import LARGEST_REQUEST, least, most
from kgen.check.server.definition_types import Schema, Scope, schema_of, type_of_node

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 10_000_000
"""Steps that a rule may take, by the server's estimate."""

MOST_OF_ALL = 100_000_000
"""Steps that all rules of a schema may take."""

_LIST, _MAP = 10, 30
"""Steps that it takes to make one."""

_LOOPS = {"all": (0, 3, 1), "exists": (0, 4, 1), "exists_one": (0, 2, 2), "existsOne": (0, 2, 2)}
_FILTERS = {"filter": 13, "map": 12}
"""Steps of a macro: before the loop, each time beside those of the expression, and after it."""

_ORDER = frozenset({"<", "<=", ">", ">="})
_EQUALITY = frozenset({"==", "!="})
_NUMBERS = frozenset({"-", "*", "/", "%", "-_", "!_"})
_READING = frozenset({"quantity", "isQuantity", "url", "ip", "isIP", "cidr", "isCIDR"})
_CHANGING = frozenset({"lowerAscii", "upperAscii", "substring", "trim"})
_SCALARS = frozenset({"bool", "number"})
_PER_CHARACTER = 0.1
_PER_PATTERN_CHARACTER = 0.25


def rule_cost(rule: Mapping[str, Any], schema: Schema, times: int | None) -> int:
    """
    Return how many steps a rule takes at least, by the server's estimate.

    >>> rule_cost({"rule": "self.all(x, self.all(y, x != y))"}, {"type": "array", "maxItems": 9, "items": {}}, 2)
    904

    Args:
        rule: Of ``x-kubernetes-validations``.
        schema: Of the value that it is about.
        times: How many such values there may be; ``None`` for as many as fit into a request.
    """
    if times is None:
        times = LARGEST_REQUEST // (least(schema) + 1)
    return times * _source_cost(rule.get("rule"), schema)


def message_cost(rule: Mapping[str, Any], schema: Schema) -> int:
    """Return how many steps the message of a rule takes at least: it is asked for once."""
    return _source_cost(rule.get("messageExpression"), schema)


def _source_cost(source: Any, schema: Schema) -> int:
    try:
        return _cost(parse(source), {"self": schema}) if isinstance(source, str) else 0
    except CelError:
        return 0  # said elsewhere


def _cost(node: Node, scope: Scope) -> int:
    made = 0
    match node:
        case Ident():
            made = 1
        case Select(of, _):
            made = _cost(of, scope) + ((schema_of(of, scope) or {}).get("type") == "object")
        case Index(of, key):
            made = 1 + _cost(of, scope) + _cost(key, scope)
        case ListOf(items):
            made = _LIST + sum(_cost(item, scope) for item in items)
        case MapOf(keys, values):
            made = _MAP + sum(_cost(item, scope) for item in (*keys, *values))
        case Call(name, args):
            made = _cost_of_call(name, args, scope)
        case Method(of, name, args):
            made = _cost(of, scope) + _cost_of_method(of, name, args, scope)
    return made


def _size(node: Node, scope: Scope) -> int:
    """Return how many characters or entries there are at most, 0 where that is not easy to say."""
    match node:
        case Literal(value):
            return len(value) if isinstance(value, str | bytes) else 1
        case ListOf(items):
            return len(items)
        case Call() | Method():
            return int(type_of_node(node, scope) in _SCALARS)
    return most(schema_of(node, scope) or {})


def _read(size: int, factor: float = _PER_CHARACTER) -> int:
    return ceil(size * factor)


def _cost_of_call(name: str, args: tuple[Node, ...], scope: Scope) -> int:
    if name == "has":
        return _cost(args[0].of, scope) if isinstance(args[0], Select) else 0
    costs = [_cost(arg, scope) for arg in args]
    if name == "?:":
        return costs[0] + max(costs[1:])
    return sum(costs) + _own_cost(name, args, scope)


def _own_cost(name: str, args: tuple[Node, ...], scope: Scope) -> int:
    """Return the steps of a function or operator beside those of its arguments; 0 where they are not certain."""
    made = 0
    kinds = {type_of_node(arg, scope) for arg in args}
    if name in _NUMBERS or name == "size":
        made = 1
    elif name in _READING:
        made = _read(_size(args[0], scope))
    elif name in _EQUALITY or (name in _ORDER and "string" in kinds):
        made = _read(min(_size(arg, scope) for arg in args))
    elif name == "+" and "string" in kinds:
        made = _read(sum(_size(arg, scope) for arg in args))
    elif name in _ORDER or name == "+":
        made = int(bool(kinds & {"number", "list"}))
    elif name == "in" and "list" in kinds:
        made = _size(args[1], scope)
    return made


def _cost_of_method(of: Node, name: str, args: tuple[Node, ...], scope: Scope) -> int:
    if args and isinstance(args[0], Ident) and (name in _LOOPS or name in _FILTERS):
        return _cost_of_macro(of, name, args, scope)
    if any(isinstance(arg, Ident) and arg.name not in {*scope, "oldSelf"} for arg in args):
        return 0  # a macro of which nothing is known here
    made = sum(_cost(arg, scope) for arg in args)
    size, given = _size(of, scope), _size(args[0], scope) if args else 0
    if name == "size":
        made += 1
    elif name in _CHANGING:
        made += _read(size)
    elif name in {"startsWith", "endsWith"}:
        made += _read(given)
    elif name == "contains":
        made += _read(size) * _read(given)
    elif name in {"matches", "find", "findAll"} and size:
        made += _read(size + 1) * _read(given, _PER_PATTERN_CHARACTER)
    return made


def _cost_of_macro(of: Node, name: str, args: tuple[Node, ...], scope: Scope) -> int:
    over = schema_of(of, scope) or {}
    items = over.get("items") if over.get("type") == "array" and len(args) == 2 else None  # noqa: PLR2004  # one name
    names = [arg.name for arg in args[:-1] if isinstance(arg, Ident)]
    inner = {**scope, **dict.fromkeys(names), names[0]: items if isinstance(items, dict) else None}
    each = _cost(args[-1], inner)
    if name in _FILTERS:
        return _LIST + 1 + _size(of, scope) * (each + _FILTERS[name])
    before, more, after = _LOOPS[name]
    return before + after + _size(of, scope) * (each + more)
