"""
Schedules as Kubernetes reads them.

Source: https://pkg.go.dev/github.com/robfig/cron/v3 (ParseStandard), which the API server calls.
"""

from collections.abc import Iterator
from functools import cache

_MACROS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@cache
def timezones() -> frozenset[str]:
    """Return the names of the IANA time zones, from the `tzdata` package: the same on every machine."""
    from importlib import resources  # noqa: PLC0415  # slow to import, and few apps name a time zone

    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def fault(schedule: str) -> tuple[str, str] | None:
    """
    Return what is wrong with ``schedule`` and a way out, or ``None``.

    >>> fault("15 3 * * mon-fri"), fault("*/10 * * * *"), fault("@daily")
    (None, None, None)
    >>> fault("0 25 * * *")
    ('`25` is not an hour of a schedule', 'the hour goes from 0 to 23')
    >>> fault("0 3 31 2 *")
    ('`0 3 31 2 *` never comes: no such month has a day 31', 'use a day that the month has: `28` is in all of them')
    """
    if schedule in _MACROS:
        return None
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        return "a schedule must not name a time zone", "put the zone into `timezone`"
    if schedule.startswith("@"):
        return f"`{schedule}` is not a schedule", "use one of " + ", ".join(f"`{name}`" for name in sorted(_MACROS))
    parts = schedule.split()
    if len(parts) != len(_FIELDS):
        names = ", ".join(name for name, *_ in _FIELDS)
        count = "1 field" if len(parts) == 1 else f"{len(parts)} fields"
        return f"`{schedule}` has {count}, a schedule has 5", f"write {names}, as `15 3 * * *` for 03:15 every day"
    for part, (name, low, high, words) in zip(parts, _FIELDS, strict=True):
        if wrong := next((item for item in part.split(",") if not _is_range(item, low, high, words)), None):
            article = "an" if name == "hour" else "a"
            return f"`{wrong}` is not {article} {name} of a schedule", f"the {name} goes from {low} to {high}"
    return _never(schedule, *parts[2:])


def _never(schedule: str, days: str, months: str, weekdays: str) -> tuple[str, str] | None:
    """Return what is wrong with days that no month has; where days of the week are named too, either is enough."""
    first = min(item[0] for item in _values(days, 2))
    longest = max(_LENGTHS[month - 1] for item in _values(months, 3) for month in item)
    if weekdays.startswith(("*", "?")) and first > longest:
        way_out = "use a day that the month has: `28` is in all of them"
        return f"`{schedule}` never comes: no such month has a day {first}", way_out
    return None


def _values(field: str, place: int) -> Iterator[range]:
    """Yield what each item of a valid field stands for."""
    _, low, high, words = _FIELDS[place]
    for item in field.split(","):
        span, slash, step = item.partition("/")
        first, dash, last = span.partition("-")
        start = low if first in {"*", "?"} else words.get(first.lower()) or int(first)
        is_open = first in {"*", "?"} or (slash and not dash)
        end = high if is_open else (words.get(last.lower()) or int(last) if dash else start)
        yield range(start, end + 1, int(step) if slash else 1)


def _is_range(item: str, low: int, high: int, words: dict[str, int]) -> bool:
    """Tell whether ``item`` is a value, ``*``, ``?``, or a range, each possibly with a step."""
    span, slash, step = item.partition("/")
    if slash and not (_is_number(step) and int(step) > 0):
        return False
    if span in {"*", "?"}:
        return True
    first, dash, last = span.partition("-")
    numbers = [
        words.get(text.lower(), int(text) if _is_number(text) else -1) for text in ([first, last] if dash else [first])
    ]
    return all(low <= number <= high for number in numbers) and numbers == sorted(numbers)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()
