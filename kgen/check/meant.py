"""
What a value was probably meant to be: amounts, names and modes as people write them, in the form that Kubernetes takes.

Nothing here is imported before there is a fault.
"""

import re
from collections.abc import Mapping
from typing import Any

from kgen.words import listed

_SHORT: Mapping[str, str] = {
    "ROX": "ReadOnlyMany",
    "RWO": "ReadWriteOnce",
    "RWOP": "ReadWriteOncePod",
    "RWX": "ReadWriteMany",
}
"""Access modes as `kubectl get` prints them."""

_UNITS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("b", "byte", "bytes", "core", "cores", "cpu", "cpus", "vcpu"), ("",)),
    **dict.fromkeys(("mcpu", "millicore", "millicores", "millicpu"), ("m",)),
    **{f"{letter.lower()}i": (f"{letter}i",) for letter in "KMGTPE"},
    **{f"{letter.lower()}ib": (f"{letter}i",) for letter in "KMGTPE"},
    **{letter.lower(): (letter,) for letter in "GTPE"},
    **{f"{letter.lower()}b": (letter, f"{letter}i") for letter in "MGTPE"},
    **dict.fromkeys(("k", "kb"), ("k", "Ki")),
}
"""Units in lower case, as people write them → as Kubernetes does."""

_EXACT = frozenset({"", "m", "M"})
"""Units that are right already."""

_MOST_MODE = 0o777
_FRACTION = "should be a whole number of bytes"


def meant(message: str, value: Any, key: str) -> str:
    """
    Return the way out for a ``value`` of the right type that breaks a rule; empty if nobody can tell.

    Args:
        message: What is wrong, as in a fault.
        key: The field.
    """
    if mode := _SHORT.get(message.rpartition("but is the string ")[2].strip("`")):
        return f"did you mean `{mode}`?"
    if type(value) is int:
        return _octal(value) if key in {"defaultMode", "mode"} else ""
    if not isinstance(value, str):
        return ""
    if message.startswith(("must be a quantity", _FRACTION)):
        return _quantity(value, is_fraction=message.startswith(_FRACTION))
    if message.startswith(("must consist of `a` to `z`", "must start with a letter")):
        return _name(value, with_dots="`.`" in message)
    allowed = re.findall("`([^` ]+)`", message.partition(", but is")[0])
    same = [word for word in allowed if word.lower() == value.lower() and word != value]
    return f"did you mean `{same[0]}`?" if same else ""


def _octal(value: int) -> str:
    """
    Return the octal number that was meant with the digits of a decimal one.

    >>> _octal(644), _octal(888)
    ('write it in octal, as `0644`, or in decimal, as `420`', '')
    """
    digits = str(value)
    if set(digits) - set("01234567"):
        return ""
    number = int(digits, 8)
    return f"write it in octal, as `0{digits}`, or in decimal, as `{number}`" if number <= _MOST_MODE else ""


def _quantity(text: str, *, is_fraction: bool) -> str:
    """
    Return the quantities that ``text`` was probably meant to be.

    >>> _quantity("256MB", is_fraction=False), _quantity("1,5 gi", is_fraction=False), _quantity("x", is_fraction=False)
    ('did you mean `256M` or `256Mi`?', 'did you mean `1.5Gi`?', '')
    """
    found = re.fullmatch(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*([A-Za-z]*)\s*", text, re.ASCII)
    if found is None:
        return ""
    number, unit = found[1].replace(",", "."), found[2]
    if is_fraction:
        return f"`m` is a thousandth: did you mean `{number}Mi`?" if unit == "m" else ""
    units = (unit,) if unit in _EXACT else _UNITS.get(unit.lower(), ())
    return f"did you mean {listed([number + each for each in units], 'or')}?" if units else ""


def _name(text: str, *, with_dots: bool) -> str:
    """
    Return the name that is nearest to ``text``.

    >>> _name("My_App", with_dots=True), _name("web.v1", with_dots=False), _name("http://a.b/c", with_dots=True)
    ('did you mean `my-app`?', 'did you mean `web-v1`?', 'did you mean `a.b`?')
    """
    star, rest = ("*.", text[2:]) if text.startswith("*.") else ("", text)
    rest = rest.partition("://")[2].partition("/")[0] if "://" in rest else rest
    signs = "_ " if with_dots else "_ ."
    made = re.sub(f"[{re.escape(signs)}]", "-", rest.lower()).strip("-.")
    fits = re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", made) is not None
    return f"did you mean `{star}{made}`?" if fits and star + made != text else ""
