"""
Make a Python function of a CEL expression.

What a CEL program may cost is counted in steps, never in time: the same input gives the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from kgen.check.cel import macros
from kgen.check.cel.library import COSTS, FUNCTIONS, METHODS
from kgen.check.cel.operators import BINARY, UNARY, decided, found, item
from kgen.check.cel.syntax import Call, Ident, Index, ListOf, Literal, MapOf, Method, Node, Select, parse
from kgen.check.cel.values import (
    METER,
    TYPES,
    CelError,
    Function,
    Maybe,
    NoOverloadError,
    Overloads,
    TypeValue,
    UnsupportedError,
    weight,
)

Variables: TypeAlias = dict[str, Any]
Evaluate: TypeAlias = Callable[[Variables], Any]
_LONG_TYPES = ("google.protobuf.Timestamp", "google.protobuf.Duration", "net.IP", "net.CIDR", "kubernetes.URL")


class Meter:
    """Counts steps down."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """
        Take ``steps`` away.

        Raises:
            UnsupportedError: There are none left.
        """
        self.left -= steps
        if self.left < 0:
            raise UnsupportedError("takes more steps than kgen allows for")


class Program:
    """An expression, ready to be evaluated as often as needed."""

    __slots__ = ("_evaluate", "names")

    def __init__(self, source: str, names: frozenset[str]) -> None:
        """
        Args:
            source: The expression.
            names: The variables there will be.

        Raises:
            CelError: The API server would not take the expression.
            UnsupportedError: It may, but kgen cannot.
        """
        maker = Maker(names)
        try:
            self._evaluate = maker.made(parse(source))
        except RecursionError:
            raise UnsupportedError("is too long for kgen") from None
        self.names = frozenset(maker.used)

    def value(self, variables: Mapping[str, Any], meter: Meter) -> Any:
        """
        Return the value.

        Raises:
            CelError: There is none.
            UnsupportedError: kgen cannot find out.
        """
        try:
            return self._evaluate({**variables, METER: meter})
        except RecursionError:
            raise UnsupportedError("goes too deep for kgen") from None


class Maker:
    """Makes functions from nodes. ``used`` grows with the names of the variables that are read."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.used: set[str] = set()

    def made(self, node: Node) -> Evaluate:  # noqa: PLR0911  # one for each sort of node
        """Return the function that evaluates ``node``."""
        match node:
            case Literal(value):
                return lambda _: value
            case Ident(name):
                return self._ident(name)
            case Select():
                return self._select(node)
            case Index(of, key, is_optional):
                return self._index(self.made(of), self.made(key), is_optional=is_optional)
            case Call():
                return self._call(node)
            case Method():
                return self._method(node)
            case ListOf():
                return self._list(node)
            case MapOf():
                return self._map(node)

    def inside(self, node: Node, *names: str) -> Evaluate:
        """Return the function for ``node`` where the variables ``names`` are there too."""
        inner = Maker(self.names | set(names))
        made = inner.made(node)
        self.used |= inner.used - set(names)
        return made

    def _ident(self, name: str) -> Evaluate:
        if name in self.names:
            self.used.add(name)
            return lambda variables: variables[name]
        if name in TYPES:
            kind = TYPES[name]
            return lambda _: kind
        raise CelError(f"`{name}` is not defined")

    def _select(self, node: Select) -> Evaluate:
        name = node.name
        if (dotted := _dotted(node)) in _LONG_TYPES and dotted.partition(".")[0] not in self.names:
            kind = TypeValue(dotted)
            return lambda _: kind
        of = self.made(node.of)
        if node.is_optional:
            return lambda variables: _maybe_field(of(variables), name)

        def select(variables: Variables) -> Any:
            value = of(variables)
            if type(value) is dict:
                if name in value:
                    return value[name]
                raise CelError(f"no such key: {name}")
            if type(value) is Maybe:
                return _maybe_field(value, name)
            raise NoOverloadError(f".{name}", value)

        return select

    def _index(self, of: Evaluate, key: Evaluate, *, is_optional: bool) -> Evaluate:
        def index(variables: Variables) -> Any:
            container, place = of(variables), key(variables)
            if type(container) is Maybe:
                return found(container.value, place) if container.is_there else container
            return found(container, place) if is_optional else item(container, place)

        return index

    def _call(self, node: Call) -> Evaluate:
        name = node.name
        if name == "has":
            return macros.has(self, node)
        if name in {"&&", "||"}:
            return _logic([self.made(arg) for arg in node.args], decides=name == "||", name=name)
        args = [self.made(arg) for arg in node.args]
        if name == "?:":
            return _conditional(*args)
        if name in BINARY:
            return _binary(BINARY[name], *args)
        if name in UNARY:
            operand, unary = args[0], UNARY[name]
            return lambda variables: unary(operand(variables))
        return _function(name, FUNCTIONS, args)

    def _method(self, node: Method) -> Evaluate:
        dotted = f"{_dotted(node.of)}.{node.name}"
        if dotted in FUNCTIONS and dotted.partition(".")[0] not in self.names:
            return _function(dotted, FUNCTIONS, [self.made(arg) for arg in node.args])
        if macro := macros.find(node):
            return macro(self, node)
        args = [self.made(node.of), *(self.made(arg) for arg in node.args)]
        if node.name in {"or", "orValue"} and len(args) == 2:  # noqa: PLR2004  # a value and its stand-in
            return _stand_in(*args, name=node.name)
        return _function(node.name, METHODS, args)

    def _list(self, node: ListOf) -> Evaluate:
        items = [self.made(each) for each in node.items]
        optional = node.optional
        if not optional:
            return lambda variables: [each(variables) for each in items]

        def listed(variables: Variables) -> list[Any]:
            made = []
            for place, each in enumerate(items):
                value = each(variables)
                if place not in optional:
                    made.append(value)
                elif _is_there(value):
                    made.append(value.value)
            return made

        return listed

    def _map(self, node: MapOf) -> Evaluate:
        keys, values = [self.made(key) for key in node.keys], [self.made(value) for value in node.values]
        optional = node.optional

        def mapped(variables: Variables) -> dict[Any, Any]:
            made: dict[Any, Any] = {}
            for place, (key, value) in enumerate(zip(keys, values, strict=True)):
                name, content = key(variables), value(variables)
                if type(name) in {float, list, dict} or name is None:
                    raise NoOverloadError("{}", name)
                if name in made:
                    raise CelError(f"the key `{name}` is there twice")
                if place not in optional:
                    made[name] = content
                elif _is_there(content):
                    made[name] = content.value
            return made

        return mapped


def _is_there(value: Any) -> bool:
    if not isinstance(value, Maybe):
        raise NoOverloadError("?", value)
    return value.is_there


def _dotted(node: Node) -> str:
    """Return ``a.b.c``, or nothing if the node is more than names."""
    if isinstance(node, Ident):
        return node.name
    if isinstance(node, Select) and not node.is_optional and (of := _dotted(node.of)):
        return f"{of}.{node.name}"
    return ""


def _maybe_field(value: Any, name: str) -> Maybe:
    if type(value) is Maybe:
        if not value.is_there:
            return value
        value = value.value
    if type(value) is not dict:
        raise NoOverloadError(f".?{name}", value)
    return Maybe(value[name]) if name in value else Maybe()


def _stand_in(of: Evaluate, other: Evaluate, *, name: str) -> Evaluate:
    """Return ``or`` or ``orValue``: what stands in for a missing value is evaluated only if it is needed."""

    def choose(variables: Variables) -> Any:
        value = of(variables)
        if type(value) is not Maybe:
            raise NoOverloadError(name, value)
        if value.is_there:
            return value if name == "or" else value.value
        made = other(variables)
        if name == "or" and type(made) is not Maybe:
            raise NoOverloadError(name, value, made)
        return made

    return choose


def _logic(args: list[Evaluate], *, decides: bool, name: str) -> Evaluate:
    """Return ``&&`` or ``||``: an operand that decides the outcome makes up for one that has no value."""

    def logic(variables: Variables) -> bool:
        return decided(((arg, variables) for arg in args), decides=decides, name=name)

    return logic


def _conditional(condition: Evaluate, yes: Evaluate, no: Evaluate) -> Evaluate:
    def choose(variables: Variables) -> Any:
        value = condition(variables)
        if value is True:
            return yes(variables)
        if value is False:
            return no(variables)
        raise NoOverloadError("?:", value)

    return choose


def _binary(operator: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    def calculate(variables: Variables) -> Any:
        one, two = left(variables), right(variables)
        if isinstance(one, _BIG) or isinstance(two, _BIG):
            variables[METER].spend(weight(one) + weight(two))
        return operator(one, two)

    return calculate


_BIG = (str, bytes, list, dict)
_LONG = (str, bytes, list)


def _function(name: str, table: Overloads, args: list[Evaluate]) -> Evaluate:
    """Return a call: the overload is chosen by the types of the arguments."""
    overloads = table.get(name)
    if overloads is None:
        raise UnsupportedError(f"calls `{name}`, a function that kgen does not know")
    if not any(len(kinds) == len(args) for kinds, _ in overloads):
        raise CelError(f"`{name}` takes another number of arguments")
    chosen: dict[tuple[type, ...], Function] = {}
    cost = COSTS.get(name)

    def call(variables: Variables) -> Any:
        values = [arg(variables) for arg in args]
        kinds = tuple(map(type, values))
        if (function := chosen.get(kinds)) is None:
            function = chosen[kinds] = _overload(name, overloads, values)
        steps = 1 + sum(len(value) // 10 for value in values if isinstance(value, _LONG))
        variables[METER].spend(steps + cost(values) if cost else steps)
        return function(*values)

    return call


def _overload(name: str, overloads: tuple[tuple[tuple[type, ...], Function], ...], values: list[Any]) -> Function:
    for kinds, function in overloads:
        if len(kinds) == len(values) and all(map(_fits, kinds, values)):
            return function
    raise NoOverloadError(name, *values)


def _fits(kind: type, value: Any) -> bool:
    return kind is object or type(value) is kind or (kind is list and isinstance(value, list))
