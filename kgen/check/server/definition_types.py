"""
Rules of custom kinds whose types do not fit: the API server compiles each rule against the schema.

Types are followed as far as they are certain. Where one is not known, "", nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from kgen.check.cel.library import FUNCTIONS
from kgen.check.cel.syntax import Call, Ident, Index, ListOf, Literal, MapOf, Method, Node, Select, parse
from kgen.check.cel.values import CelError
from kgen.check.structural import PRESERVE

Schema: TypeAlias = Mapping[str, Any]
Scope: TypeAlias = Mapping[str, Schema | None]

_TYPES = {"string": "string", "boolean": "bool", "integer": "number", "number": "number", "array": "list"}
_OTHER_FORMATS = frozenset({"byte", "date", "date-time", "datetime", "duration"})
_BEYOND = frozenset({"has", "isSemver", "semver", "dyn", "type"})
"""Functions that kgen may not evaluate although the server knows them."""

_ORDER = frozenset({"<", "<=", ">", ">="})
_EQUALITY = frozenset({"==", "!="})
_LOGIC = frozenset({"&&", "||", "!_"})
_RESULTS = {
    **dict.fromkeys(("all", "exists", "exists_one", "existsOne", "contains", "startsWith", "endsWith"), "bool"),
    **dict.fromkeys(("matches", "hasValue", "isSorted", "has", "isURL", "isIP", "isCIDR", "isQuantity"), "bool"),
    **dict.fromkeys(("size", "int", "uint", "double", "indexOf", "lastIndexOf"), "number"),
    **dict.fromkeys(("string", "join", "lowerAscii", "upperAscii", "replace", "substring", "trim"), "string"),
    **dict.fromkeys(("filter", "map", "split"), "list"),
}
"""Functions and methods that always give the same type."""


def type_fault(source: str, schema: Schema, wanted: str, *, may_lack_old: bool = False) -> str:
    """
    Return why an expression does not fit the schema, or nothing.

    >>> type_fault("self.a == 1", {"type": "object", "properties": {"a": {"type": "string"}}}, "bool")
    'compares a string with a number'
    >>> type_fault("1", {}, "string")
    'gives a number, but must give a string'

    Args:
        source: The expression.
        schema: Of the value that it is about.
        wanted: The type that it has to be of.
        may_lack_old: ``oldSelf`` is an optional value.
    """
    try:
        node = parse(source)
    except CelError:
        return ""  # said elsewhere
    scope = {"self": schema, "oldSelf": None if may_lack_old else schema}
    for wrong in _faults(node, scope):
        return wrong
    given = type_of_node(node, scope)
    return f"gives {_a(given)}, but must give {_a(wanted)}" if given and given != wanted else ""


def _a(name: str) -> str:
    return {"bool": "a boolean"}.get(name, f"a {name}")


def schema_of(node: Node, scope: Scope) -> Schema | None:
    """Return the schema of what ``node`` stands for, or ``None`` if that is not known."""
    match node:
        case Ident(name):
            return scope.get(name)
        case Select(of, name, False):
            outer = schema_of(of, scope)
            properties = (outer or {}).get("properties")
            if not outer or outer.get(PRESERVE) or not isinstance(properties, dict):
                return None
            inner = properties.get(name)
            return inner if isinstance(inner, dict) else None
        case Index(of, _, False):
            outer = schema_of(of, scope)
            inner = outer.get("items") if outer and outer.get("type") == "array" else None
            return inner if isinstance(inner, dict) else None
    return None


def type_of_node(node: Node, scope: Scope) -> str:
    """Return the type of what ``node`` gives, or "" if it is not known."""
    match node:
        case Literal(value):
            kind = "bool" if isinstance(value, bool) else "string" if isinstance(value, str) else ""
            return kind or ("number" if isinstance(value, int | float) else "")
        case ListOf() | MapOf():
            return "list" if isinstance(node, ListOf) else "map"
        case Call(name, args):
            return _type_of_call(name, args, scope)
        case Method(_, name, _):
            return _RESULTS.get(name, "")
    return _type_of_schema(schema_of(node, scope) or {})


def _type_of_schema(schema: Schema) -> str:
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") in _OTHER_FORMATS:
        return ""
    return _TYPES.get(str(schema.get("type")), "")


def _type_of_call(name: str, args: tuple[Node, ...], scope: Scope) -> str:
    if name in _ORDER or name in _EQUALITY or name in _LOGIC or name == "in":
        return "bool"
    if name == "?:":
        one, two = type_of_node(args[1], scope), type_of_node(args[2], scope)
        return one if one == two else ""
    return _RESULTS.get(name, "")


def _faults(node: Node, scope: Scope) -> Iterator[str]:
    """Yield what does not fit in ``node``, and inside of it."""
    match node:
        case Call(name, args):
            for arg in args:
                yield from _faults(arg, scope)
            yield from _call(name, args, scope)
        case Method(of, _, args):
            yield from _faults(of, scope)
            inner = {**scope, **{arg.name: None for arg in args[:-1] if isinstance(arg, Ident)}}
            for arg in args:
                yield from _faults(arg, inner)
        case Select(of, _) | Index(of, _):
            yield from _faults(of, scope)
        case ListOf(items):
            for item in items:
                yield from _faults(item, scope)


def _call(name: str, args: tuple[Node, ...], scope: Scope) -> Iterator[str]:
    if name[0].isalpha() and name != "in":
        if name not in FUNCTIONS and name not in _BEYOND:
            yield f"calls `{name}`, a function that there is not"
        return
    kinds = [type_of_node(arg, scope) for arg in args]
    if name in _LOGIC and (wrong := next((kind for kind in kinds if kind not in ("", "bool")), "")):
        yield f"uses {_a(wrong)} with `{name.rstrip('_')}`, which takes booleans"
    elif (name in _EQUALITY or name in _ORDER) and all(kinds) and kinds[0] != kinds[1]:
        yield f"compares {_a(kinds[0])} with {_a(kinds[1])}"
    elif name == "?:" and kinds[0] not in ("", "bool"):
        yield f"chooses by {_a(kinds[0])}, which takes a boolean"
