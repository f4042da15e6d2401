"""
Functions on lists and sets that Kubernetes adds.

Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-list-library
"""

from __future__ import annotations

from functools import cmp_to_key
from itertools import pairwise
from typing import Any

from kgen.check.cel.macros import order
from kgen.check.cel.operators import plus
from kgen.check.cel.values import NOTHING, CelError, Maybe, Overloads, UnsupportedError, equal, less

LONGEST = 10**6
"""Entries that an expression may put together."""


def _is_sorted(items: list[Any]) -> bool:
    return not any(less(two, one) for one, two in pairwise(items))


def _sum(items: list[Any]) -> Any:
    if not items:
        return 0
    total = items[0]
    for item in items[1:]:
        total = plus(total, item)
    return total


def _least(items: list[Any]) -> Any:
    return _extreme("min", items)


def _greatest(items: list[Any]) -> Any:
    return _extreme("max", items)


def _extreme(name: str, items: list[Any]) -> Any:
    if not items:
        raise CelError(f"`{name}` called on an empty list")
    made = items[0]
    for item in items[1:]:
        if less(item, made) if name == "min" else less(made, item):
            made = item
    return made


def _index_of(items: list[Any], wanted: Any) -> int:
    return next((place for place, item in enumerate(items) if equal(item, wanted)), -1)


def _last_index_of(items: list[Any], wanted: Any) -> int:
    return next((place for place in reversed(range(len(items))) if equal(items[place], wanted)), -1)


def _slice(items: list[Any], start: int, end: int) -> list[Any]:
    if not 0 <= start <= end <= len(items):
        raise CelError(f"cannot slice({start}, {end}), the list has {len(items)} entries")
    return items[start:end]


def _flatten(items: list[Any], depth: int = 1) -> list[Any]:
    if depth < 0:
        raise CelError("level must be non-negative")
    made: list[Any] = []
    for item in items:
        made += _flatten(item, depth - 1) if isinstance(item, list) and depth > 0 else [item]
        if len(made) > LONGEST:
            raise UnsupportedError(f"makes a list of more than {LONGEST} entries")
    return made


def _distinct(items: list[Any]) -> list[Any]:
    made: list[Any] = []
    for item in items:
        if not any(equal(item, other) for other in made):
            made.append(item)
    return made


def _range(count: int) -> list[int]:
    if count > LONGEST:
        raise UnsupportedError(f"makes a list of more than {LONGEST} entries")
    return list(range(count))


def _contains(items: list[Any], parts: list[Any]) -> bool:
    return all(any(equal(item, part) for item in items) for part in parts)


def _maybe(items: list[Any], place: int) -> Maybe:
    return Maybe(items[place]) if items else NOTHING


METHODS: Overloads = {
    "isSorted": (((list,), _is_sorted),),
    "sum": (((list,), _sum),),
    "min": (((list,), _least),),
    "max": (((list,), _greatest),),
    "indexOf": (((list, object), _index_of),),
    "lastIndexOf": (((list, object), _last_index_of),),
    "slice": (((list, int, int), _slice),),
    "flatten": (((list,), _flatten), ((list, int), _flatten)),
    "sort": (((list,), lambda items: sorted(items, key=cmp_to_key(order))),),
    "distinct": (((list,), _distinct),),
    "reverse": (((list,), lambda items: items[::-1]),),
    "first": (((list,), lambda items: _maybe(items, 0)),),
    "last": (((list,), lambda items: _maybe(items, -1)),),
}
FUNCTIONS: Overloads = {
    "lists.range": (((int,), _range),),
    "sets.contains": (((list, list), _contains),),
    "sets.equivalent": (((list, list), lambda one, two: _contains(one, two) and _contains(two, one)),),
    "sets.intersects": (((list, list), lambda one, two: any(equal(item, other) for item in one for other in two)),),
}
