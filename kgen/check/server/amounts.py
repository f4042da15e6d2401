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


_LARGEST_EXPONENT = 30
"""What is larger or smaller is compared with nothing as large or small."""

_MOST_BINARY = Fraction(2**63 - 1)
"""The server caps amounts with a binary suffix."""


@lru_cache(maxsize=10_000)
def quantity(value: str | float) -> Fraction:
    """
    Return the amount that a quantity stands for, rounded up to whole nanos as the server does; it passed the schema.

    >>> quantity("128Mi"), quantity("500m"), quantity(2), quantity("1e3"), quantity(" +Gi ")
    (Fraction(134217728, 1), Fraction(1, 2), Fraction(2, 1), Fraction(1000, 1), Fraction(0, 1))
    """
    found = re.fullmatch(r"([+-]?[0-9.]*)(?:[eE]([+-]?[0-9]+)|([numk]|[KMGTPE]i|[MGTPE])?)", str(value).strip())
    if found is None or not found.group():
        raise ValueError(value)
    number, exponent, suffix = found.groups()
    size = Fraction(number.strip("+-").rstrip(".") or 0)  # no digits are 0
    size *= _power(exponent) if exponent else _SUFFIXES[suffix or ""]
    if suffix and suffix.endswith("i"):
        size = min(size, _MOST_BINARY)
    nanos = -(-size.numerator * 10**9 // size.denominator)
    return Fraction(-nanos if number.startswith("-") else nanos, 10**9)


def _power(exponent: str) -> Fraction:
    """Return the power of ten; nobody waits for one with a million digits."""
    digits = exponent.lstrip("+-0")
    size = int(digits or 0) if len(digits) < 3 else _LARGEST_EXPONENT  # noqa: PLR2004  # two digits
    return Fraction(10) ** (min(size, _LARGEST_EXPONENT) * (-1 if exponent.startswith("-") else 1))


def percent(value: object) -> int | None:
    """
    Return the number before the ``%``, or ``None`` if ``value`` is no percentage.

    >>> percent("25%"), percent("x"), percent(3)
    (25, None, None)
    """
    return int(value[:-1]) if isinstance(value, str) and re.fullmatch(r"[0-9]+%", value) else None


def amount(value: str | float | None) -> Fraction:
    """
    Return the amount of a quantity that may be null, which is 0.

    >>> amount(None), amount("1Gi"), amount("1e999999999") > 10**18
    (Fraction(0, 1), Fraction(1073741824, 1), True)
    """
    return quantity("0" if value is None else value)
