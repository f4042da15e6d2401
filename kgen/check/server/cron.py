"""
Schedules and time zones of CronJobs as the API server reads them.

Source: https://pkg.go.dev/github.com/robfig/cron/v3 (ParseStandard), and https://pkg.go.dev/time (ParseDuration)
"""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_MACROS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[str, int, int, Mapping[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_HIGHEST = 2**63 - 1
_BOTH_ENDS = 2
_MOST_DIGITS = 20


@lru_cache(maxsize=1000)
def schedule(text: str) -> str:
    """
    Say what is wrong with a schedule, or return "".

    >>> schedule("*/5 0 1,15 jan-mar *"), schedule("@every 1h30m"), schedule(" 1, * * * * ")
    ('', '', '')
    >>> schedule("0 0 * * 7")
    'has `7` as day of week, which goes from 0 to 6'
    """
    if text.startswith("@"):
        is_known = text in _MACROS or (text.startswith("@every ") and _is_duration(text.removeprefix("@every ")))
        return "" if is_known else f"must be like `@daily` or `@every 1h` if it starts with `@`, but is `{text}`"
    parts = text.split()
    if len(parts) != len(_FIELDS):
        return f"must have 5 fields, but `{text}` has {len(parts)}"
    for part, (name, low, high, words) in zip(parts, _FIELDS, strict=True):
        for item in part.split(","):
            # the server skips what is empty
            if item and not _is_range(item, low, high, words):
                return f"has `{item}` as {name}, which goes from {low} to {high}"
    return ""


def _is_range(item: str, low: int, high: int, words: Mapping[str, int]) -> bool:
    span, *steps = item.split("/")
    first, *last = span.split("-")
    if first in ("*", "?"):
        # whatever comes after a hyphen is not looked at
        start, end = low, high
    elif len(last) >= _BOTH_ENDS:
        return False
    else:
        start = _number(first, words)
        end = _number(last[0], words) if last else high if steps else start
    if len(steps) > 1 or (steps and _number(steps[0], {}) < 1):
        return False
    return low <= start <= end <= high


def _number(text: str, words: Mapping[str, int]) -> int:
    """Return the number that Go reads, or -1."""
    known = words.get(text.lower())
    if known is not None:
        return known
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        return -1
    number = int(digits.lstrip("0")[:_MOST_DIGITS] or "0")
    return number if number <= _HIGHEST else -1


def _is_duration(text: str) -> bool:
    number = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)"
    return re.fullmatch(rf"[-+]?(0|({number}(ns|us|µs|μs|ms|s|m|h))+)", text) is not None


def without_zone(text: str) -> tuple[str, str]:
    """
    Return the schedule and the zone of ``TZ=zone schedule``, which servers before 1.29 accept.

    >>> without_zone("CRON_TZ=UTC 0 0 * * *"), without_zone("@daily")
    (('0 0 * * *', 'UTC'), ('@daily', ''))
    """
    if not text.startswith(("TZ=", "CRON_TZ=")):
        return text, ""
    zone, _, rest = text.partition("=")[2].partition(" ")
    return rest.strip(), zone


@lru_cache(maxsize=1000)
def time_zone(text: str) -> str:
    """
    Say what is wrong with a time zone, or return "".

    >>> time_zone("Europe/Berlin"), time_zone("local")
    ('', 'must name a time zone, and may not be `local`')
    """
    from kgen.cron import timezones  # noqa: PLC0415  # few CronJobs name a zone

    if not text:
        return "must not be empty"
    if text.lower() == "local":
        return f"must name a time zone, and may not be `{text}`"
    if text in timezones():
        return ""
    from kgen.words import suggestion  # noqa: PLC0415  # only after a fault

    near = suggestion(text, timezones(), "") if "/" in text else ""
    return f"must be a zone of the IANA database as `Europe/Berlin`, but is `{text}`" + (f": {near}" if near else "")
