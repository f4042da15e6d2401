"""
What the tags of YAML 1.1 ask of a scalar's text.

Source: https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go
"""

import re
from binascii import a2b_base64
from typing import Any

_CLOCK = "[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?"
_TIMESTAMP = re.compile(f"[0-9]{{4}}(?:-[0-9]{{1,2}}){{2}}(?:[Tt]{_CLOCK}(?:Z|[-+][0-9]{{2}}:[0-9]{{2}})| +{_CLOCK})?")
_LONG = (1, 3, 5, 7, 8, 10, 12)
_BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}")


def binary(text: str) -> str | None:
    """
    Return what base64 stands for, or ``None`` if ``text`` is none. Line ends mean nothing.

    >>> binary("YWJj"), binary("YWJj=")
    ('abc', None)
    """
    digits = re.sub(r"[\r\n]", "", text)
    if len(digits) % 4 or not _BASE64.fullmatch(digits):
        return None
    return a2b_base64(digits).decode(errors="replace")


def is_timestamp(text: str) -> bool:
    """Tell whether ``text`` is a time."""
    if not _TIMESTAMP.fullmatch(text):
        return False
    year, month, day, hour, minute, second = [*map(int, re.findall("[0-9]+", text)), 0, 0, 0][:6]
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = 30 + (month in _LONG) - (month == 2) * (2 - is_leap)  # noqa: PLR2004  # February
    return 1 <= month <= 12 and 1 <= day <= days and hour < 24 and minute < 60 and second < 60  # noqa: PLR2004


def tag_of(value: Any) -> str:
    """Return the tag of a value that was read."""
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case _:
            return "str"
