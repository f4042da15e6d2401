"""
Quantities and other numbers of Kubernetes as exact values.

Source: https://github.com/kubernetes/apimachinery/blob/master/pkg/api/resource/quantity.go
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

_SUFFIXES = {
    "": Fraction(1),
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    **{sign: Fraction(1000**power) for power, sign in enumerate("kMGTPE", 1)},
    **{f"{sign}i": Fraction(1024**power) for power, sign in enumerate("KMGTPE", 1)},
}


@lru_cache(maxsize=10_000)
def quantity(value: str | float) -> Fraction:
    """
    Return the amount that a quantity stands for, rounded up to whole nanos as the server does; it passed the schema.

    >>> quantity("128Mi"), quantity("500m"), quantity(2), quantity("1e3")
    (Fraction(134217728, 1), Fraction(1, 2), Fraction(2, 1), Fraction(1000, 1))
    """
    found = re.fullmatch(r"([+-]?[0-9.]+)(?:([eE][+-]?[0-9]+)|([numk]|[KMGTPE]i|[MGTPE])?)", str(value))
    if found is None:
        raise ValueError(value)
    number, exponent, suffix = found.groups()
    amount = Fraction(number.rstrip(".") if number.strip("+-.") else "0")
    amount *= Fraction(10) ** int(exponent[1:]) if exponent else _SUFFIXES[suffix or ""]
    nanos = amount * 10**9
    whole = -(-nanos.numerator // nanos.denominator) if nanos > 0 else nanos.numerator // nanos.denominator
    return Fraction(whole, 10**9)


def percent(value: object) -> int | None:
    """
    Return the number before the ``%``, or ``None`` if ``value`` is no percentage.

    >>> percent("25%"), percent("x"), percent(3)
    (25, None, None)
    """
    return int(value[:-1]) if isinstance(value, str) and re.fullmatch(r"[0-9]+%", value) else None


_LARGEST_EXPONENT = 30
"""The server caps amounts far below this."""


def amount(value: str | float | None) -> Fraction:
    """
    Return the amount of a quantity that may be null, which is 0, or beyond all measure.

    >>> amount(None), amount("1Gi"), amount("1e999999999") > 10**18
    (Fraction(0, 1), Fraction(1073741824, 1), True)
    """
    text = "0" if value is None else str(value)
    number, sign, exponent = text.replace("E", "e").partition("e")
    if exponent.lstrip("+-").isdigit() and abs(int(exponent)) > _LARGEST_EXPONENT:
        text = f"{number}{sign}{'-' if exponent[0] == '-' else ''}{_LARGEST_EXPONENT}"
    return quantity(text)
