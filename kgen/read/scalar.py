"""
Plain scalars as Kubernetes reads them: with the rules of go-yaml 2, which are those of no other reader.

They are YAML 1.1 (``yes`` is true) without its base 60 (``1:30`` is text), with Go's integers (``012`` and ``0o12``
are 10) and JSON's idea of a whole number (``1e3`` is 1000, ``1.0`` is 1). Dates are text.

Source: https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go
"""

from __future__ import annotations

import math
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MERGE = "<<"

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_NUMBER = frozenset("+-.0123456789")
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]{0,19}))|0b([-+][01]+)")
_BASES = (16, 2, 8, 10, 2)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_POINT_FIRST = re.compile(r"\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?")
_LOWEST, _HIGHEST = -(2**63), 2**64 - 1
_JSON_EXPONENT = 1e21
"""From here on, Go writes a float with an exponent, which is no whole number to a decoder."""

_ALL_DIGITS = 1e16
"""Up to here, the fewest digits that tell a whole float from its neighbours are all of its digits."""


def plain(text: str) -> Any:
    """
    Return the value of the plain scalar ``text``. ``nan`` and infinities are values here that JSON does not have.

    >>> plain("on"), plain("012"), plain("0o12"), plain("1_000"), plain("1e3"), plain("08"), plain("1.50")
    (True, 10, 10, 1000, 1000, 8, 1.5)
    >>> plain("1:30"), plain("2001-02-03"), plain("0x"), plain("-"), plain("1e999")
    ('1:30', '2001-02-03', '0x', '-', '1e999')
    """
    value = resolved(text)
    return whole(value) if type(value) is float else value


def resolved(text: str) -> Any:
    """
    Return what go-yaml makes of ``text``, before it becomes JSON.

    >>> resolved("1.0"), resolved("1")
    (1.0, 1)
    """
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _NUMBER else text


def whole(number: float) -> float | int:
    """
    Return ``number`` as an integer if its JSON text is one: that has the fewest digits that tell it, and then zeros.

    >>> whole(1000.0), whole(1.5), whole(1e21), whole(-(2.0**63))
    (1000, 1.5, 1e+21, -9223372036854776000)
    """
    if not number.is_integer() or abs(number) >= _JSON_EXPONENT:
        return number
    if abs(number) < _ALL_DIGITS:
        return int(number)
    digits, _, exponent = repr(number).partition("e+")
    first, _, others = digits.partition(".")
    return int(first + others.ljust(int(exponent), "0"))


def key_name(value: float) -> str | None:
    """
    Return how go-yaml writes a number that is a key: floats with 32 bits. There is no way for the largest integers.

    >>> key_name(8080), key_name(1.5), key_name(1e6), key_name(1.0), key_name(1 / 3), key_name(2**63)
    ('8080', '1.5', '1e+06', '1', '0.33333334', None)
    """
    if isinstance(value, int):
        return str(value) if value < -_LOWEST else None
    if math.isnan(value):
        return ".nan"
    short = _rounded(value)
    if math.isinf(short):
        return ".inf" if short > 0 else "-.inf"
    digits = next(text for text in (f"{short:.{count}e}" for count in range(18)) if _rounded(float(text)) == short)
    if -4 <= int(digits.partition("e")[2]) < 6:  # noqa: PLR2004  # as in Go's strconv
        return repr(float(digits)).removesuffix(".0")
    return digits


def _rounded(number: float) -> float:
    """Return ``number`` as a float of 32 bits."""
    import struct  # noqa: PLC0415  # for keys that are fractions, which no object has

    try:
        made: float = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)
    return made


def _number(text: str) -> Any:
    if text[0] == ".":
        return float(text) if _POINT_FIRST.fullmatch(text) and math.isfinite(float(text)) else text
    digits = text.replace("_", "")
    if found := _INTEGER.fullmatch(digits):
        sign, *groups = found.groups()
        base, group = next((base, group) for base, group in zip(_BASES, groups, strict=True) if group is not None)
        number = -int(group, base) if sign == "-" else int(group, base)
        if _LOWEST <= number <= (_HIGHEST if not sign else -_LOWEST - 1):
            return number
    if _FLOAT.fullmatch(digits):
        fraction = float(digits)
        if math.isfinite(fraction):
            return fraction
    return text
