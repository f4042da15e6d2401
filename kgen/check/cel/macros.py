"""
Macros: calls whose arguments are evaluated once for each entry of a list or mapping, or not at all.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#macros
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from kgen.check.cel.operators import decided
from kgen.check.cel.syntax import Call, Ident, Index, ListOf, MapOf, Method, Node, Select
from kgen.check.cel.values import METER, CelError, Maybe, NoOverloadError, less

if TYPE_CHECKING:
    from kgen.check.cel.program import Evaluate, Maker, Variables

    Macro: TypeAlias = Callable[[Maker, Method], Evaluate]


def has(maker: Maker, node: Call) -> Evaluate:
    """Return ``has(of.name)``: whether there is such a field."""
    if len(node.args) != 1 or not isinstance(node.args[0], Select) or node.args[0].is_optional:
        raise CelError("`has()` takes a field: `has(self.name)`")
    of, name = maker.made(node.args[0].of), node.args[0].name

    def is_there(variables: Variables) -> bool:
        value = of(variables)
        if type(value) is Maybe:
            value = value.value if value.is_there else {}
        if type(value) is not dict:
            raise NoOverloadError("has", value)
        return name in value

    return is_there


def find(node: Method) -> Macro | None:
    """Return the macro that ``node`` calls, if it is one."""
    counts, macro = _MACROS.get(node.name, ((), _all))
    return macro if len(node.args) in counts and isinstance(node.args[0], Ident) else None


class _Loop(NamedTuple):
    """What a macro does for each entry of the value it is called on."""

    rounds: Callable[[Variables], Iterator[Variables]]
    bodies: list[Evaluate]


def _loop(maker: Maker, node: Method, count: int) -> _Loop:
    """Return the loop over ``node.of`` with ``count`` variables."""
    names = [_name(arg) for arg in node.args[:count]]
    of = maker.made(node.of)
    bodies = [maker.inside(body, *names) for body in node.args[count:]]
    steps = 1 + sum(_size(body) for body in node.args[count:])

    def rounds(variables: Variables) -> Iterator[Variables]:
        inner = dict(variables)
        spend = variables[METER].spend
        for values in _entries(node.name, of(variables), count):
            spend(steps)
            inner.update(zip(names, values, strict=True))
            yield inner

    return _Loop(rounds, bodies)


def _name(node: Node) -> str:
    if not isinstance(node, Ident):
        raise CelError("a macro needs a name for each entry")
    return node.name


def _entries(macro: str, value: Any, count: int) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, list):
        return iter(enumerate(value)) if count > 1 else ((item,) for item in value)
    if type(value) is dict:
        return iter(value.items()) if count > 1 else ((key,) for key in value)
    raise NoOverloadError(macro, value)


def _size(node: Node) -> int:  # noqa: PLR0911  # one for each sort of node
    """Return how many nodes a tree has: the steps that evaluating it takes at most."""
    match node:
        case Select(of):
            return 1 + _size(of)
        case Index(of, key):
            return 1 + _size(of) + _size(key)
        case Call(_, args):
            return 1 + sum(map(_size, args))
        case Method(of, _, args):
            return 1 + _size(of) + sum(map(_size, args))
        case ListOf(items):
            return 1 + sum(map(_size, items))
        case MapOf(keys, values):
            return 1 + sum(map(_size, keys)) + sum(map(_size, values))
        case _:
            return 1


def _decided(maker: Maker, node: Method, *, decides: bool) -> Evaluate:
    """Return ``all`` or ``exists``: one entry that decides makes up for entries without a value."""
    rounds, (body,) = _loop(maker, node, len(node.args) - 1)
    name = node.name

    def decide(variables: Variables) -> bool:
        return decided(((body, inner) for inner in rounds(variables)), decides=decides, name=name)

    return decide


def _all(maker: Maker, node: Method) -> Evaluate:
    return _decided(maker, node, decides=False)


def _exists(maker: Maker, node: Method) -> Evaluate:
    return _decided(maker, node, decides=True)


def _is_true(value: Any, name: str) -> bool:
    if value is not True and value is not False:
        raise NoOverloadError(name, value)
    return bool(value)


def _exists_one(maker: Maker, node: Method) -> Evaluate:
    rounds, (body,) = _loop(maker, node, len(node.args) - 1)
    return lambda variables: sum(_is_true(body(inner), node.name) for inner in rounds(variables)) == 1


def _filter(maker: Maker, node: Method) -> Evaluate:
    name = _name(node.args[0])
    rounds, (body,) = _loop(maker, node, 1)
    return lambda variables: [inner[name] for inner in rounds(variables) if _is_true(body(inner), "filter")]


def _kept(maker: Maker, node: Method, count: int) -> tuple[Callable[[Variables], Iterator[Variables]], Evaluate]:
    """Return the rounds that pass the filter, if there is one, and what to do in each."""
    rounds, bodies = _loop(maker, node, count)
    if len(bodies) == 1:
        return rounds, bodies[0]
    condition, body = bodies
    return lambda variables: (inner for inner in rounds(variables) if _is_true(condition(inner), node.name)), body


def _map(maker: Maker, node: Method) -> Evaluate:
    rounds, body = _kept(maker, node, 1)
    return lambda variables: [body(inner) for inner in rounds(variables)]


def _transform_list(maker: Maker, node: Method) -> Evaluate:
    rounds, body = _kept(maker, node, 2)
    return lambda variables: [body(inner) for inner in rounds(variables)]


def _transform_map(maker: Maker, node: Method) -> Evaluate:
    key = _name(node.args[0])
    rounds, body = _kept(maker, node, 2)
    return lambda variables: {inner[key]: body(inner) for inner in rounds(variables)}


def _transform_entries(maker: Maker, node: Method) -> Evaluate:
    rounds, body = _kept(maker, node, 2)

    def transform(variables: Variables) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for inner in rounds(variables):
            entry = body(inner)
            if type(entry) is not dict:
                raise NoOverloadError(node.name, entry)
            if twice := made.keys() & entry.keys():
                raise CelError(f"the key `{min(twice, key=str)}` is there twice")
            made.update(entry)
        return made

    return transform


def _sort_by(maker: Maker, node: Method) -> Evaluate:
    name = _name(node.args[0])
    rounds, (body,) = _loop(maker, node, 1)

    def compared(one: tuple[Any, Any], two: tuple[Any, Any]) -> int:
        return order(one[0], two[0])

    by_key = cmp_to_key(compared)

    def sort(variables: Variables) -> list[Any]:
        pairs = [(body(inner), inner[name]) for inner in rounds(variables)]
        variables[METER].spend(len(pairs) * len(pairs).bit_length())
        return [item for _, item in sorted(pairs, key=by_key)]

    return sort


def order(one: Any, two: Any) -> int:
    """Return -1, 0 or 1, as ``cmp_to_key`` wants it."""
    return -1 if less(one, two) else int(less(two, one))


def _optional(maker: Maker, node: Method) -> Evaluate:
    """Return ``optMap`` or ``optFlatMap``."""
    name = _name(node.args[0])
    of, body = maker.made(node.of), maker.inside(node.args[1], name)
    wraps = node.name == "optMap"

    def transform(variables: Variables) -> Maybe:
        value = of(variables)
        if type(value) is not Maybe:
            raise NoOverloadError(node.name, value)
        if not value.is_there:
            return value
        made = body({**variables, name: value.value})
        if wraps:
            return Maybe(made)
        if type(made) is not Maybe:
            raise NoOverloadError(node.name, made)
        return made

    return transform


_MACROS: dict[str, tuple[tuple[int, ...], Any]] = {
    "all": ((2, 3), _all),
    "exists": ((2, 3), _exists),
    "exists_one": ((2, 3), _exists_one),
    "existsOne": ((2, 3), _exists_one),
    "filter": ((2,), _filter),
    "map": ((2, 3), _map),
    "sortBy": ((2,), _sort_by),
    "transformList": ((3, 4), _transform_list),
    "transformMap": ((3, 4), _transform_map),
    "transformMapEntry": ((3, 4), _transform_entries),
    "optMap": ((2,), _optional),
    "optFlatMap": ((2,), _optional),
}
"""For each name, with how many arguments it is a macro."""
