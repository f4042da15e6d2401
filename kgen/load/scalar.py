"""Plain scalars of YAML 1.2 as Python values."""

import math
import re
from typing import TypeAlias

from kgen.source import Scalar

Kind: TypeAlias = str
"""The last part of a YAML tag: ``int`` of ``tag:yaml.org,2002:int``."""

_INT64 = range(-(2**63), 2**63)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_BASES = {"0b": 2, "0o": 8, "0x": 16}


def typed(kind: Kind, text: str) -> Scalar:
    """
    Return the value of the plain scalar ``text``, of which ruamel's resolver says that it is a ``kind``.

    Dates, and the ``=`` and ``<<`` of YAML 1.1, stay text: neither JSON nor Kubernetes has a type for them.

    >>> typed("int", "0o17"), typed("float", "1.10"), typed("bool", "True"), typed("null", "~")
    (15, 1.1, True, None)

    Source: https://yaml.org/spec/1.2.2/#103-core-schema
    """
    match kind:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return _integer(text)
        case "float":
            return _fraction(text)
        case _:
            return text


def is_storable(value: Scalar) -> bool:
    """Say whether Kubernetes can hold ``value``: whole numbers have 64 bits, and JSON has no infinity."""
    match value:
        case bool():
            return True
        case int():
            return value in _INT64
        case float():
            return math.isfinite(value)
        case _:
            return True


def has_leading_zero(kind: Kind, text: str) -> bool:
    """Say whether YAML 1.1, which many Kubernetes tools read, would take the number ``text`` for an octal one."""
    return kind == "int" and _LEADING_ZERO.fullmatch(text) is not None and text.strip("+-0_") != ""


def _integer(text: str) -> Scalar:
    digits = text.replace("_", "").lstrip("+-")
    if digits in ("", *_BASES):
        return text  # the resolver's pattern lets `-_` and `0x_` pass, which are no numbers
    try:
        value = int(digits, _BASES.get(digits[:2], 10))
    except ValueError:
        return math.inf  # Python refuses thousands of digits, see `sys.set_int_max_str_digits`
    return -value if text.startswith("-") else value


def _fraction(text: str) -> Scalar:
    digits = text.replace("_", "").lower()
    if digits.strip("+-.") in ("inf", "nan"):
        return float(digits.replace(".", ""))
    try:
        return float(digits)
    except ValueError:
        return text  # the resolver's pattern lets `._` pass, which is no number
