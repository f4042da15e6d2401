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
    found = re.fullmatch(r"([+-]?[0-9.]+)(?:([eE][+-]?[0-9]+)|([numkMGTPE]?i?))", str(value))
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
