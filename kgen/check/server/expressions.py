"""
Rules of the API server about the CEL expressions of admission policies and webhooks.

Only what is certain is a fault: the form of an expression, variables that are not there, and a type that can be
nothing else than the wrong one. A function that kgen does not know is none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kgen.check.cel.syntax import Call, Ident, Index, ListOf, Literal, MapOf, Method, Select, children, parse
from kgen.check.cel.values import TYPES, CelError, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgen.check.cel.syntax import Node

ALWAYS = frozenset({"object", "oldObject", "request", "namespaceObject"})
"""Variables that every expression has."""

_DYNAMIC = frozenset({"object", "oldObject", "params"})
_MESSAGE = re.compile(r"[\w>]\s*\{")
"""How a value of a named type is built, such as ``Object{...}``, which kgen's reader does not know."""

_BOOLEAN = frozenset({"||", "&&", "!_", "<", "<=", ">", ">=", "==", "!=", "in", "has"})
_TESTS = frozenset({"all", "exists", "exists_one", "existsOne", "contains", "startsWith", "endsWith", "matches"})
_LOGIC = frozenset({"||", "&&", "!_"})
_MACROS = frozenset({"all", "exists", "exists_one", "existsOne", "filter", "map", "transformList", "transformMap"})
_NESTED = "is nested"


def fault(source: str, names: frozenset[str], allowed: tuple[str, ...], variables: Mapping[str, str] | None) -> str:
    """
    Say what is wrong with an expression, or "".

    >>> fault("object.spec.replicas > 1", ALWAYS, ("bool",), None)
    ''
    >>> fault("params.x == 1", ALWAYS, ("bool",), None)
    'speaks of `params`, which is not there'
    >>> fault("1", ALWAYS, ("bool",), None)
    'must give a bool, but gives an int'

    Args:
        source: The expression.
        names: The variables there are.
        allowed: The types that it may give; all if there are none.
        variables: The types of the policy's own variables by their names, ``""`` where that is not certain. ``None``
            if there are none.
    """
    if _MESSAGE.search(source):
        return ""
    try:
        tree = _tree(source)
    except CelError as error:
        # the server allows for more levels
        return "" if str(error).startswith(_NESTED) else f"is no CEL expression: {error}"
    except RecursionError:
        return ""
    own = {} if variables is None else variables
    known = names if variables is None else names | {"variables"}
    if wrong := next(_wrong(tree, known, own), ""):
        return wrong
    given = kind(tree, own)
    if not given or not allowed or given in allowed:
        return ""
    return f"must give {_article(allowed[0])} {' or '.join(allowed)}, but gives {_article(given)} {given}"


@lru_cache(maxsize=1000)
def _tree(source: str) -> Node:
    return parse(source)


def type_of(source: str, variables: Mapping[str, str]) -> str:
    """Return the type of an expression's value, or "" if that is not certain."""
    try:
        return kind(_tree(source), variables)
    except (CelError, RecursionError):
        return ""


def _article(name: str) -> str:
    return "an" if name[0] in "aeiouO" else "a"


def kind(node: Node, variables: Mapping[str, str]) -> str:  # noqa: PLR0911  # one for each sort of node
    """Return the type of a node's value, or "" if that is not certain; ``dyn`` is what only an object can tell."""
    match node:
        case Literal(value):
            return type_name(value)
        case ListOf():
            return "list"
        case MapOf():
            return "map"
        case Call(name) if name in _BOOLEAN:
            return "bool"
        case Call("string", _):
            return "string"
        case Method(_, name) if name in _TESTS and not isinstance(node.of, Ident):
            return "bool"
        case Ident(name):
            return "dyn" if name in _DYNAMIC else ""
        case Select(Ident("variables"), name, False):
            return variables.get(name, "")
        case Select(of, _, False) | Index(of, _, False):
            return "dyn" if kind(of, variables) == "dyn" else ""
    return ""


def _wrong(node: Node, names: frozenset[str], variables: Mapping[str, str]) -> Iterator[str]:
    match node:
        case Ident(name):
            if name not in names and name not in TYPES:
                yield f"speaks of `{name}`, which is not there"
        case Select():
            yield from _wrong_in_selection(node, names, variables)
        case Method():
            yield from _wrong_in_method(node, names, variables)
        case _:
            if isinstance(node, Call) and node.name in _LOGIC:
                yield from _wrong_in_logic(node, variables)
            for child in children(node):
                yield from _wrong(child, names, variables)


def _wrong_in_selection(node: Select, names: frozenset[str], variables: Mapping[str, str]) -> Iterator[str]:
    if node.of != Ident("variables"):
        if not _is_type(node):
            yield from _wrong(node.of, names, variables)
    elif "variables" not in names:
        yield "speaks of `variables`, but there are none"
    elif node.name not in variables:
        yield f"speaks of `variables.{node.name}`, which is not there"


def _wrong_in_logic(node: Call, variables: Mapping[str, str]) -> Iterator[str]:
    for arg in node.args:
        given = kind(arg, variables)
        if given not in ("", "bool", "dyn"):
            yield f"must have a bool beside `{node.name.strip('_')}`, but has {_article(given)} {given}"


def _is_type(node: Select) -> bool:
    """Tell whether this is the long name of a type, such as ``google.protobuf.Timestamp``."""
    of = node.of
    while isinstance(of, Select):
        of = of.of
    return isinstance(of, Ident) and of.name in ("google", "net", "kubernetes")


def _wrong_in_method(node: Method, names: frozenset[str], variables: Mapping[str, str]) -> Iterator[str]:
    # a name before a call may be the first part of a function, such as `sets.contains`
    if not isinstance(node.of, Ident):
        yield from _wrong(node.of, names, variables)
    inner = names
    args = node.args
    if node.name in _MACROS or node.name in ("sortBy", "bind", "optMap", "optFlatMap"):
        bound = [arg.name for arg in args[:-1] if isinstance(arg, Ident)]
        inner = names | set(bound)
    for arg in args:
        yield from _wrong(arg, inner, variables)
