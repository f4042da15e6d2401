"""Operators on two values: arithmetic and comparisons. Integers have 64 bits; what does not fit has no value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from kgen.check.cel.times import Duration, Timestamp
from kgen.check.cel.values import INT, UINT, CelError, Maybe, NoOverloadError, UInt, equal, joined, less


def fitting(value: int) -> int:
    """Return ``value``, which must fit into a signed integer."""
    if value not in INT:
        raise CelError("integer overflow")
    return value


def unsigned(value: int) -> UInt:
    """Return ``value``, which must fit into an unsigned integer."""
    if value not in UINT:
        raise CelError("unsigned integer overflow")
    return UInt(value)


def plus(one: Any, two: Any) -> Any:
    if (made := _calculated(one, two, lambda left, right: left + right)) is not None:
        return made
    kinds = type(one), type(two)
    if kinds in {(str, str), (bytes, bytes)}:
        return one + two
    if isinstance(one, list) and isinstance(two, list):
        return joined(one, two)
    if kinds == (Duration, Duration):
        return Duration(one.nanoseconds + two.nanoseconds)
    if kinds in {(Timestamp, Duration), (Duration, Timestamp)}:
        return Timestamp(one.nanoseconds + two.nanoseconds)
    raise NoOverloadError("+", one, two)


def minus(one: Any, two: Any) -> Any:
    if (made := _calculated(one, two, lambda left, right: left - right)) is not None:
        return made
    kinds = type(one), type(two)
    if kinds in {(Duration, Duration), (Timestamp, Timestamp)}:
        return Duration(one.nanoseconds - two.nanoseconds)
    if kinds == (Timestamp, Duration):
        return Timestamp(one.nanoseconds - two.nanoseconds)
    raise NoOverloadError("-", one, two)


def times(one: Any, two: Any) -> Any:
    if (made := _calculated(one, two, lambda left, right: left * right)) is not None:
        return made
    raise NoOverloadError("*", one, two)


def divided(one: Any, two: Any) -> Any:
    if type(one) is type(two) is float:
        if two:
            return one / two
        if one == 0 or math.isnan(one):
            return math.nan
        return math.copysign(math.inf, math.copysign(1.0, one) * math.copysign(1.0, two))
    if (made := _calculated(one, two, _quotient)) is not None:
        return made
    raise NoOverloadError("/", one, two)


def modulo(one: Any, two: Any) -> Any:
    if type(one) is not float and (made := _calculated(one, two, _remainder)) is not None:
        return made
    raise NoOverloadError("%", one, two)


def _calculated(one: Any, two: Any, calculate: Callable[[Any, Any], Any]) -> Any:
    """Return the result for two numbers of the same type, or ``None`` if they are none."""
    kind = type(one)
    if kind is not type(two):
        return None
    if kind is int:
        return fitting(calculate(one, two))
    if kind is UInt:
        return unsigned(calculate(int(one), int(two)))
    return calculate(one, two) if kind is float else None


def _quotient(one: int, two: int) -> int:
    """Divide towards zero, as Go does."""
    if two == 0:
        raise CelError("division by zero")
    made = abs(one) // abs(two)
    return made if (one < 0) == (two < 0) else -made


def _remainder(one: int, two: int) -> int:
    if two == 0:
        raise CelError("modulus by zero")
    made = abs(one) % abs(two)
    return -made if one < 0 else made


def negative(value: Any) -> Any:
    if type(value) is int:
        return fitting(-value)
    if type(value) is float:
        return -value
    raise NoOverloadError("-", value)


def opposite(value: Any) -> bool:
    if value is True or value is False:
        return not value
    raise NoOverloadError("!", value)


def contains(item: Any, container: Any) -> bool:
    """Return ``item in container``."""
    if isinstance(container, list):
        return any(equal(item, other) for other in container)
    if isinstance(container, dict):
        return is_key(container, item)
    raise NoOverloadError("in", item, container)


def is_key(container: dict[Any, Any], key: Any) -> bool:
    """Tell whether a mapping has ``key``; Python takes ``True`` for ``1``, CEL does not."""
    try:
        return key in container and (type(key) is str or any(equal(key, other) for other in container))
    except TypeError:
        return False


def item(container: Any, key: Any) -> Any:
    """Return ``container[key]``."""
    if isinstance(container, list):
        if type(key) is float and key.is_integer():
            key = int(key)
        if type(key) not in {int, UInt}:
            raise NoOverloadError("[]", container, key)
        if 0 <= key < len(container):
            return container[key]
        raise CelError(f"index out of bounds: {int(key)}")
    if type(container) is dict:
        if is_key(container, key):
            return container[key]
        raise CelError(f"no such key: {key}")
    raise NoOverloadError("[]", container, key)


def found(container: Any, key: Any) -> Maybe:
    """Return ``container[?key]``."""
    if isinstance(container, list):
        return Maybe(container[key]) if type(key) in {int, UInt} and 0 <= key < len(container) else Maybe()
    if type(container) is dict:
        return Maybe(container[key]) if is_key(container, key) else Maybe()
    raise NoOverloadError("[?]", container, key)


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": plus,
    "-": minus,
    "*": times,
    "/": divided,
    "%": modulo,
    "in": contains,
    "==": equal,
    "!=": lambda one, two: not equal(one, two),
    "<": less,
    ">": lambda one, two: less(two, one),
    "<=": lambda one, two: less(one, two) or equal(one, two),
    ">=": lambda one, two: less(two, one) or equal(one, two),
}
UNARY: dict[str, Callable[[Any], Any]] = {"!_": opposite, "-_": negative}


def decided(parts: Iterable[tuple[Callable[[Any], Any], Any]], *, decides: bool, name: str) -> bool:
    """
    Return the outcome of ``&&``, ``||``, ``all`` or ``exists``: what decides makes up for what has no value.

    Args:
        parts: Functions, and the variables that each is called with.
        decides: The value that ends it.
        name: Of the operator or macro.
    """
    error: CelError | None = None
    for evaluate, variables in parts:
        try:
            value: object = evaluate(variables)
        except CelError as raised:
            error = error or raised
            continue
        if value is decides:
            return decides
        if value is not (not decides):
            error = error or NoOverloadError(name, value)
    if error:
        raise error
    return not decides
