"""
Values in CEL: which Python types stand for them, when they are equal, and which one is less.

Booleans, integers, floats, texts, bytes, null, lists and mappings are Python's own.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#values
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

INT = range(-(2**63), 2**63)
UINT = range(2**64)
_MOST_DIGITS = 20
"""Of ``UINT``."""

METER = ""
"""Name of the variable that holds the ``Meter``: no expression can speak of it."""


class CelError(Exception):
    """An expression has no value. The message goes to the user as it is."""


class NoOverloadError(CelError):
    """An operator or function does not take values of these types."""

    def __init__(self, name: str, *values: Any) -> None:
        given = ", ".join(type_name(value) for value in values)
        super().__init__(f"no such overload: `{name}` of {given}" if values else f"no such overload: `{name}`")


class UnsupportedError(Exception):
    """kgen cannot evaluate the expression, although the API server may be able to."""


def parsed(digits: str) -> int:
    """
    Return the integer that is written as ``digits``, perhaps with a sign.

    >>> parsed("-007")
    -7

    Raises:
        CelError: It has many more than 64 bits; Python does not even read some of those.
    """
    size = digits.lstrip("+-0")
    if len(size) > _MOST_DIGITS:
        raise CelError("integer overflow")
    return int(size or "0") * (-1 if digits.startswith("-") else 1)


class UInt(int):
    """An unsigned integer."""

    def __repr__(self) -> str:
        return f"UInt({int(self)})"


class SetList(list[Any]):
    """A list of ``x-kubernetes-list-type: set``: order does not count."""


class MapList(list[Any]):
    """A list of ``x-kubernetes-list-type: map``: entries are found by their keys, order does not count."""

    def __init__(self, items: list[Any], keys: tuple[str, ...]) -> None:
        super().__init__(items)
        self.keys = keys

    def identity(self, item: Any) -> tuple[Any, ...]:
        """Return the values of the key fields."""
        get = item.get if isinstance(item, dict) else {}.get
        return tuple((type(get(key)), get(key)) for key in self.keys)


class Maybe:
    """A value that may be missing: CEL's optional."""

    __slots__ = ("is_there", "value")

    def __init__(self, *value: Any) -> None:
        self.is_there = bool(value)
        self.value = value[0] if value else None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Maybe) or self.is_there != other.is_there:
            return False
        return equal(self.value, other.value)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Maybe({self.value!r})" if self.is_there else "Maybe()"


NOTHING = Maybe()


class TypeValue:
    """A type as a value: what ``type(1)`` gives."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypeValue) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return self.name


class Opaque:
    """Base of values that only functions can look into. Subclasses say which type they are of."""

    __slots__ = ()
    cel_type = "opaque"
    is_ordered = False


_NAMES: Mapping[type, str] = {
    bool: "bool",
    int: "int",
    UInt: "uint",
    float: "double",
    str: "string",
    bytes: "bytes",
    type(None): "null_type",
    list: "list",
    SetList: "list",
    MapList: "list",
    dict: "map",
    Maybe: "optional_type",
    TypeValue: "type",
}
TYPES: Mapping[str, TypeValue] = {name: TypeValue(name) for name in _NAMES.values()}
"""Types that have a name in expressions."""

NUMBERS = frozenset({int, UInt, float})
Function: TypeAlias = Callable[..., Any]
Overloads: TypeAlias = Mapping[str, tuple[tuple[tuple[type, ...], Function], ...]]
"""For each name, the functions for arguments of certain types. ``object`` stands for any type."""


def type_name(value: Any) -> str:
    """Return the name of the type of ``value``."""
    return _NAMES.get(type(value)) or getattr(value, "cel_type", "") or type(value).__name__


def is_list(value: Any) -> bool:
    return isinstance(value, list)


def equal(one: Any, two: Any) -> bool:
    """
    Tell whether two values are equal. Values of different types are not, but for numbers.

    >>> equal(1, 1.0), equal(1, True), equal([1], [1.0]), equal("1", 1)
    (True, False, True, False)
    """
    left, right = type(one), type(two)
    if left in NUMBERS and right in NUMBERS:
        return bool(one == two)
    if isinstance(one, list) and isinstance(two, list):
        return _equal_lists(one, two)
    if left is dict and right is dict:
        return one.keys() == two.keys() and all(equal(item, two[key]) for key, item in one.items())
    return left is right and bool(one == two)


def _equal_lists(one: list[Any], two: list[Any]) -> bool:
    if len(one) != len(two):
        return False
    if isinstance(one, MapList):
        others = {one.identity(item): item for item in two}
        return all(one.identity(item) in others and equal(item, others[one.identity(item)]) for item in one)
    if isinstance(one, SetList):
        return all(any(equal(item, other) for other in two) for item in one)
    return all(equal(item, other) for item, other in zip(one, two, strict=True))


def less(one: Any, two: Any) -> bool:
    """
    Tell whether ``one`` comes before ``two``.

    Raises:
        NoOverloadError: The two have no order.
    """
    left, right = type(one), type(two)
    if (left in NUMBERS and right in NUMBERS) or (left is right and left in _ORDERED):
        return bool(one < two)
    if left is right and getattr(one, "is_ordered", False):
        return bool(one < two)
    raise NoOverloadError("<", one, two)


_ORDERED = frozenset({str, bytes, bool})


def joined(one: list[Any], two: list[Any]) -> list[Any]:
    """Return the sum of two lists. Entries that the first one has are not added to a set or a map."""
    if isinstance(one, SetList):
        return SetList([*one, *(item for item in two if not any(equal(item, other) for other in one))])
    if isinstance(one, MapList):
        others = {one.identity(item): item for item in two}
        kept = [others.pop(one.identity(item), item) for item in one]
        return MapList([*kept, *others.values()], one.keys)
    return [*one, *two]


def weight(value: Any) -> int:
    """Return how many values are in ``value``: what it costs to compare it."""
    if isinstance(value, dict):
        return 1 + sum(weight(item) for item in value.values())
    if isinstance(value, list):
        return 1 + sum(weight(item) for item in value)
    return 1 + len(value) // 10 if isinstance(value, str | bytes) else 1
