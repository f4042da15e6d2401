"""
Quantities and semantic versions.

Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-quantity-library
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from kgen.check.cel.operators import fitting, unsigned
from kgen.check.cel.values import INT, CelError, Opaque, Overloads, UnsupportedError, parsed

_QUANTITY = re.compile(r"([+-]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?", re.ASCII)
_SUFFIXES = {
    **{name: Fraction(10) ** power for name, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)},
    **{f"{name}i": Fraction(2) ** (10 * power) for power, name in enumerate("KMGTPE", start=1)},
}
_MOST_EXPONENT = 1000
_NUMERIC = r"(?:0|[1-9][0-9]*)"
_SEMVER = re.compile(
    rf"({_NUMERIC})\.({_NUMERIC})\.({_NUMERIC})"
    rf"(?:-((?:{_NUMERIC}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:{_NUMERIC}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*))?"
    r"(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?"
)


class Quantity(Opaque):
    """An amount such as ``500m``: exact, and equal however it was written."""

    __slots__ = ("amount",)
    cel_type = "kubernetes.Quantity"

    def __init__(self, amount: Fraction) -> None:
        self.amount = amount

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self.amount == other.amount

    def __hash__(self) -> int:
        return hash(self.amount)


def quantity(text: str) -> Quantity:
    """
    Return the amount that ``text`` stands for.

    >>> quantity("1Ki").amount, quantity("1500m").amount
    (Fraction(1024, 1), Fraction(3, 2))

    Raises:
        CelError: ``text`` is no quantity.
    """
    found = _QUANTITY.fullmatch(text)
    if found is None or (exponent := _exponent(found[3])) is None:
        raise CelError(f"`{text}` is no quantity")
    sign, number, suffix = found.groups()
    if abs(exponent) > _MOST_EXPONENT or len(number) > _MOST_EXPONENT:
        raise UnsupportedError(f"kgen does not count as far as `{text}`")
    factor = Fraction(10) ** exponent * _SUFFIXES.get(suffix or "", 1)
    amount = Fraction(number) * factor
    nanos = -(-amount * 10**9 // 1)  # finer amounts are rounded up
    return Quantity(Fraction(-nanos if sign == "-" else nanos, 10**9))


def _exponent(suffix: str | None) -> int | None:
    """Return the exponent that ``suffix`` gives in digits, 0 if it gives none, or ``None`` if no integer holds it."""
    if not suffix or suffix[0] not in "eE" or not suffix[-1].isdigit():
        return 0
    try:
        return fitting(parsed(suffix[1:]))
    except CelError:
        return None


def is_quantity(text: str) -> bool:
    found = _QUANTITY.fullmatch(text)
    return found is not None and _exponent(found[3]) is not None


def _is_integer(value: Quantity) -> bool:
    return value.amount.denominator == 1 and value.amount.numerator in INT


def _integer(value: Quantity) -> int:
    if not _is_integer(value):
        raise CelError("cannot convert value to integer")
    return int(value.amount)


def _float(value: Quantity) -> float:
    try:
        return float(value.amount)
    except OverflowError:
        return float("inf") if value.amount > 0 else float("-inf")


def _compared(one: Any, two: Any) -> int:
    return int(one > two) - int(one < two)


def _sign(value: Quantity) -> int:
    return _compared(value.amount, 0)


class Semver(Opaque):
    """A version. ``key`` grows with it; what is built from it does not count."""

    __slots__ = ("key", "parts")
    cel_type = "kubernetes.Semver"

    def __init__(self, parts: tuple[int, int, int], before: str | None) -> None:
        self.parts = parts
        words = before.split(".") if before else []
        self.key = (
            parts,
            not words,
            tuple((not word.isdigit(), _counted(word) if word.isdigit() else 0, word) for word in words),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Semver) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def semver(text: str, normalize: bool = False) -> Semver:  # noqa: FBT001, FBT002  # called with CEL's arguments
    """
    Return the version that ``text`` stands for.

    >>> semver("1.2.3").parts, semver("v1.02", True).parts
    ((1, 2, 3), (1, 2, 0))

    Raises:
        CelError: ``text`` is no semantic version.
    """
    found = _SEMVER.fullmatch(_normalized(text) if normalize else text)
    if found is None:
        raise CelError(f"`{text}` is no semantic version")
    return Semver((_counted(found[1]), _counted(found[2]), _counted(found[3])), found[4])


def _counted(digits: str) -> int:
    return int(unsigned(parsed(digits)))


def _normalized(text: str) -> str:
    parts = text.removeprefix("v").split(".", 2)
    for place, part in enumerate(parts):
        if len(part) > 1:
            rest = part.lstrip("0")
            parts[place] = rest if rest[:1].isdigit() else f"0{rest}"
    if len(parts) < 3:  # noqa: PLR2004  # major, minor, patch
        if any(sign in parts[-1] for sign in "+-"):
            raise CelError("a short version cannot have a suffix")
        parts += ["0"] * (3 - len(parts))
    return ".".join(parts)


def _is_semver(text: str, normalize: bool = False) -> bool:  # noqa: FBT001, FBT002
    try:
        semver(text, normalize)
    except CelError:
        return False
    return True


_TWO = (Quantity, Quantity)
_VERSIONS = (Semver, Semver)
FUNCTIONS: Overloads = {
    "quantity": (((str,), quantity),),
    "isQuantity": (((str,), is_quantity),),
    "sign": (((Quantity,), _sign),),
    "semver": (((str,), semver), ((str, bool), semver)),
    "isSemver": (((str,), _is_semver), ((str, bool), _is_semver)),
}
METHODS: Overloads = {
    "sign": (((Quantity,), _sign),),
    "isInteger": (((Quantity,), _is_integer),),
    "asInteger": (((Quantity,), _integer),),
    "asApproximateFloat": (((Quantity,), _float),),
    "add": (
        (_TWO, lambda one, two: Quantity(one.amount + two.amount)),
        ((Quantity, int), lambda one, two: Quantity(one.amount + two)),
    ),
    "sub": (
        (_TWO, lambda one, two: Quantity(one.amount - two.amount)),
        ((Quantity, int), lambda one, two: Quantity(one.amount - two)),
    ),
    "isGreaterThan": (
        (_TWO, lambda one, two: one.amount > two.amount),
        (_VERSIONS, lambda one, two: one.key > two.key),
    ),
    "isLessThan": ((_TWO, lambda one, two: one.amount < two.amount), (_VERSIONS, lambda one, two: one.key < two.key)),
    "compareTo": (
        (_TWO, lambda one, two: _compared(one.amount, two.amount)),
        (_VERSIONS, lambda one, two: _compared(one.key, two.key)),
    ),
    "major": (((Semver,), lambda value: value.parts[0]),),
    "minor": (((Semver,), lambda value: value.parts[1]),),
    "patch": (((Semver,), lambda value: value.parts[2]),),
}
