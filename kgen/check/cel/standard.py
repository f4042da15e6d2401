"""
The functions that every CEL has: sizes, conversions, texts, optional values.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from kgen.check import re2
from kgen.check.cel import times
from kgen.check.cel.operators import fitting, unsigned
from kgen.check.cel.times import Duration, Timestamp
from kgen.check.cel.values import (
    NOTHING,
    CelError,
    Maybe,
    Overloads,
    TypeValue,
    UInt,
    UnsupportedError,
    parsed,
    type_name,
)

_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(?i:inf|infinity|nan)")
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


def matches(text: str, pattern: str) -> bool:
    """Return whether ``pattern`` is found anywhere in ``text``."""
    return machine(pattern).search(text)


def machine(pattern: str) -> re2.Machine:
    """
    Return what finds ``pattern``.

    Raises:
        CelError: It is no regular expression.
        UnsupportedError: It may be one, but kgen does not know it.
    """
    try:
        return re2.compiled(pattern)
    except re2.UnknownPatternError as error:
        raise UnsupportedError(str(error)) from None
    except re2.PatternError as error:
        raise CelError(f"`{pattern}` is no regular expression: {error}") from None


def _parsed_int(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise CelError(f"`{text}` is no integer")
    return fitting(parsed(text))


def _parsed_uint(text: str) -> UInt:
    if not text.isascii() or not text.isdigit():
        raise CelError(f"`{text}` is no unsigned integer")
    return unsigned(parsed(text))


def _whole(value: float, least: float) -> int:
    """Return ``value`` cut to an integer; what is below ``least``, or not above if that is negative, does not fit."""
    if not math.isfinite(value) or value < least or (value == least and least < 0):
        raise CelError("integer overflow")
    return int(value)


def _parsed_float(text: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise CelError(f"`{text}` is no number")
    return float(text)


def _parsed_bool(text: str) -> bool:
    if text not in _TRUE | _FALSE:
        raise CelError(f"`{text}` is no boolean")
    return text in _TRUE


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise CelError("the bytes are no UTF-8") from None


def float_text(value: float) -> str:
    """
    Return a float as Go's ``%g`` writes it.

    >>> float_text(1.5), float_text(1e6), float_text(100.0), float_text(1e-7)
    ('1.5', '1e+06', '100', '1e-07')
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    point = len(digits) + int(exponent)
    if value and not -4 < point <= max(21 if len(digits) > 21 else 6, 0):  # noqa: PLR2004  # Go's limits
        text = str(digits[0]) + ("." + "".join(map(str, digits[1:])) if digits[1:] else "")
        return f"{'-' * sign}{text}e{'-' if point < 1 else '+'}{abs(point - 1):02}"
    return f"{Decimal(repr(value)).normalize():f}"


def _size(value: Any) -> int:
    return len(value)


def _is_zero(value: Any) -> bool:
    return (
        value in (None, "", b"", 0) if type(value) in _PLAIN else not value if isinstance(value, list | dict) else False
    )


_PLAIN = frozenset({type(None), str, bytes, int, UInt, float, bool})


def _unwrapped(value: Maybe) -> Any:
    if not value.is_there:
        raise CelError("optional.none() dereference")
    return value.value


def _same(value: Any) -> Any:
    return value


FUNCTIONS: Overloads = {
    "size": (((str,), _size), ((bytes,), _size), ((list,), _size), ((dict,), _size)),
    "int": (
        ((int,), _same),
        ((UInt,), lambda value: fitting(int(value))),
        ((float,), lambda value: fitting(_whole(value, -(2.0**63)))),
        ((str,), _parsed_int),
        ((Timestamp,), lambda value: value.nanoseconds // times.SECOND),
    ),
    "uint": (
        ((UInt,), _same),
        ((int,), unsigned),
        ((float,), lambda value: unsigned(_whole(value, 0.0))),
        ((str,), _parsed_uint),
    ),
    "double": (((float,), _same), ((int,), float), ((UInt,), float), ((str,), _parsed_float)),
    "string": (
        ((str,), _same),
        ((int,), str),
        ((UInt,), lambda value: str(int(value))),
        ((float,), float_text),
        ((bool,), lambda value: "true" if value else "false"),
        ((bytes,), _decoded),
        ((Duration,), times.written),
        ((Timestamp,), times.written),
    ),
    "bytes": (((bytes,), _same), ((str,), str.encode)),
    "bool": (((bool,), _same), ((str,), _parsed_bool)),
    "duration": (((Duration,), _same), ((str,), times.duration)),
    "timestamp": (
        ((Timestamp,), _same),
        ((str,), times.timestamp),
        ((int,), lambda value: Timestamp(value * times.SECOND)),
    ),
    "type": (((object,), lambda value: TypeValue(type_name(value))),),
    "dyn": (((object,), _same),),
    "matches": (((str, str), matches),),
    "optional.of": (((object,), Maybe),),
    "optional.none": (((), lambda: NOTHING),),
    "optional.ofNonZeroValue": (((object,), lambda value: NOTHING if _is_zero(value) else Maybe(value)),),
}


METHODS: Overloads = {
    "size": FUNCTIONS["size"],
    "contains": (((str, str), lambda text, part: part in text),),
    "startsWith": (((str, str), str.startswith),),
    "endsWith": (((str, str), str.endswith),),
    "matches": (((str, str), matches),),
    "hasValue": (((Maybe,), lambda value: value.is_there),),
    "value": (((Maybe,), _unwrapped),),
    **times.METHODS,
}
