"""
Timestamps and durations, to the nanosecond and without the clock.

Python's own types stop at microseconds. Time zones are ``UTC`` or an offset such as ``+01:00``; kgen has no names of
time zones here.
"""

from __future__ import annotations

import re
from typing import Any

from kgen.check.cel.values import CelError, Opaque, Overloads, UnsupportedError, parsed

SECOND = 10**9
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": SECOND, "m": MINUTE, "h": HOUR}
_LONGEST = 2**63 - 1
_FIRST, _LAST = -62135596800 * SECOND, 253402300800 * SECOND
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_ZONE = re.compile(r"([+-]?)([0-9]{2}):([0-9]{2})")
_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class _Nanoseconds(Opaque):
    __slots__ = ("nanoseconds",)
    is_ordered = True

    def __init__(self, nanoseconds: int) -> None:
        self.nanoseconds = nanoseconds

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.nanoseconds == other.nanoseconds

    def __lt__(self, other: Any) -> bool:
        return bool(self.nanoseconds < other.nanoseconds)

    def __hash__(self) -> int:
        return hash(self.nanoseconds)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.nanoseconds})"


class Duration(_Nanoseconds):
    __slots__ = ()
    cel_type = "google.protobuf.Duration"

    def __init__(self, nanoseconds: int) -> None:
        if abs(nanoseconds) > _LONGEST:
            raise CelError("duration out of range")
        super().__init__(nanoseconds)


class Timestamp(_Nanoseconds):
    """A point in time, counted from 1970."""

    __slots__ = ()
    cel_type = "google.protobuf.Timestamp"

    def __init__(self, nanoseconds: int) -> None:
        if not _FIRST <= nanoseconds < _LAST:
            raise CelError("timestamp out of range")
        super().__init__(nanoseconds)


def duration(text: str) -> Duration:
    """
    Return the duration that Go writes as ``text``.

    >>> duration("1h30m").nanoseconds == 90 * 60 * 10**9
    True

    Raises:
        CelError: ``text`` is no duration.
    """
    body = text[1:] if text[:1] in {"+", "-"} else text
    if body == "0":
        return Duration(0)
    parts: list[re.Match[str]] = []
    end = 0
    while found := _PART.match(body, end):
        parts.append(found)
        end = found.end()
    if not parts or end < len(body):
        raise CelError(f"`{text}` is no duration")
    total = sum(_scaled(part[1], _UNITS[part[2]]) for part in parts)
    return Duration(-total if text.startswith("-") else total)


def _scaled(number: str, unit: int) -> int:
    whole, _, fraction = number.partition(".")
    digits = fraction[:20].ljust(20, "0")  # Go ignores the others
    return parsed(whole) * unit + parsed(digits) * unit // 10**20


def timestamp(text: str) -> Timestamp:
    """
    Return the time of an RFC 3339 ``text``.

    >>> timestamp("1970-01-02T00:00:00Z").nanoseconds == 24 * 60 * 60 * 10**9
    True

    Raises:
        CelError: ``text`` is no time.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise CelError(f"`{text}` is no timestamp")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    if not is_date(year, month, day) or hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004
        raise CelError(f"`{text}` is no timestamp")
    seconds = (days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second
    fraction = int((found[7] or "")[:9].ljust(9, "0"))
    return Timestamp(seconds * SECOND + fraction - _offset(found[8]))


def is_date(year: int, month: int, day: int) -> bool:
    """Tell whether the calendar has such a day."""
    if not 1 <= month <= len(_MONTHS):
        return False
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= _MONTHS[month - 1] + (month == 2 and is_leap)  # noqa: PLR2004


def days(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01, by the rule of Howard Hinnant's ``days_from_civil``."""
    year -= month <= 2  # noqa: PLR2004
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def date(day: int) -> tuple[int, int, int]:
    """
    Return year, month and day of the ``day`` after 1970-01-01.

    >>> date(0), date(days(2024, 2, 29))
    ((1970, 1, 1), (2024, 2, 29))
    """
    era, of_era = divmod(day + 719468, 146097)
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    number = month + 3 if month < 10 else month - 9  # noqa: PLR2004
    return year + era * 400 + (number <= 2), number, of_year - (153 * month + 2) // 5 + 1  # noqa: PLR2004


def _offset(zone: str) -> int:
    if zone in {"Z", "z", "UTC", ""}:
        return 0
    found = _ZONE.fullmatch(zone)
    if found is None:
        raise UnsupportedError(f"kgen does not know the time zone `{zone}`")
    size = int(found[2]) * HOUR + int(found[3]) * MINUTE
    return -size if found[1] == "-" else size


def written(value: Duration | Timestamp) -> str:
    """
    Return what ``string()`` makes of a time.

    >>> written(Duration(1_500_000_000)), written(Timestamp(0))
    ('1.5s', '1970-01-01T00:00:00Z')
    """
    if isinstance(value, Duration):
        whole, fraction = divmod(abs(value.nanoseconds), SECOND)
        text = f"{whole}.{fraction:09}".rstrip("0").rstrip(".") if fraction else str(whole)
        return f"{'-' if value.nanoseconds < 0 else ''}{text}s"
    day, rest = divmod(value.nanoseconds, DAY)
    year, month, number = date(day)
    seconds, fraction = divmod(rest, SECOND)
    tail = f".{fraction:09}".rstrip("0") if fraction else ""
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{year:04}-{month:02}-{number:02}T{clock}{tail}Z"


def _part(name: str, time: Timestamp, zone: str = "UTC") -> int:
    day, rest = divmod(time.nanoseconds + _offset(zone), DAY)
    year, month, number = date(day)
    return {
        "getFullYear": year,
        "getMonth": month - 1,
        "getDate": number,
        "getDayOfMonth": number - 1,
        "getDayOfWeek": (day + 4) % 7,
        "getDayOfYear": day - days(year, 1, 1),
        "getHours": rest // HOUR,
        "getMinutes": rest // MINUTE % 60,
        "getSeconds": rest // SECOND % 60,
        "getMilliseconds": rest // 10**6 % 1000,
    }[name]


def _quotient(unit: int, value: Duration) -> int:
    return int(abs(value.nanoseconds) // unit) * (-1 if value.nanoseconds < 0 else 1)


def _in_second(value: Duration) -> int:
    return _quotient(10**6, value) - _quotient(SECOND, value) * 1000


_OF_DURATION = {
    "getHours": lambda value: _quotient(HOUR, value),
    "getMinutes": lambda value: _quotient(MINUTE, value),
    "getSeconds": lambda value: _quotient(SECOND, value),
    "getMilliseconds": _in_second,
}
_PARTS = (
    *("getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"),
    *("getHours", "getMinutes", "getSeconds", "getMilliseconds"),
)


def _getter(name: str) -> Any:
    return lambda *args: _part(name, *args)


METHODS: Overloads = {
    name: (
        ((Timestamp,), _getter(name)),
        ((Timestamp, str), _getter(name)),
        *([((Duration,), _OF_DURATION[name])] if name in _OF_DURATION else []),
    )
    for name in _PARTS
}
