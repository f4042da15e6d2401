"""
Jobs and their schedules.

Sources: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/, https://pkg.go.dev/github.com/robfig/cron/v3
"""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import entries, number, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_SHORTEST_DEADLINE = 10
"""The controller looks at CronJobs every so many seconds."""

_FIELDS = 5
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_INTERVALS = {"@hourly": 3600, "@daily": 86400, "@midnight": 86400, "@weekly": 604800}
_HOUR = 60
_DAY = 24 * _HOUR
"""In minutes."""

_PROXIES = frozenset(
    {
        *("cloud-sql-proxy", "cloud_sql_proxy", "cloudsql-proxy", "gce-proxy", "envoy", "fluent-bit", "fluentd"),
        *("filebeat", "istio-proxy", "proxyv2", "linkerd-proxy", "oauth2-proxy", "pgbouncer", "vault-agent"),
    }
)
"""Names of images that run until they are told to stop."""


def schedules_that_never_come(resources: Resources) -> Iterator[Finding]:
    """Yield CronJobs on days that their months have not got."""
    for each in resources.of("batch", "CronJob"):
        fields = text(each.spec, "schedule").split()
        if len(fields) == _FIELDS and fields[4] in {"*", "?"} and (day := _lowest(fields[2])) > min(_DAYS):
            months = _numbers(fields[3], 1, 12)
            if months and all(day > _DAYS[month - 1] for month in months):
                message = f"is `{' '.join(fields)}`, but no such month has a day {day}, so the job never runs"
                helped = "use a day that the month has: `28` is in all of them"
                yield _finding(each, ("spec", "schedule"), message, helped, "XWRK013")


def deadlines_too_short(resources: Resources) -> Iterator[Finding]:
    """Yield CronJobs whose start is often missed."""
    for each in resources.of("batch", "CronJob"):
        seconds = number(each.spec, "startingDeadlineSeconds")
        if seconds is not None and seconds < _SHORTEST_DEADLINE:
            message = f"is {seconds}, but schedules are looked at every {_SHORTEST_DEADLINE} s, so runs are missed"
            helped = f"use at least {_SHORTEST_DEADLINE}, better a few minutes"
            yield _finding(each, ("spec", "startingDeadlineSeconds"), message, helped, "XWRK012")


def jobs_that_pile_up(resources: Resources) -> Iterator[Finding]:
    """Yield CronJobs whose next run starts while the last one still may go on."""
    for each in resources.of("batch", "CronJob"):
        spec = each.spec
        if (text(spec, "concurrencyPolicy") or "Allow") != "Allow":
            continue
        limit = number(spec, "jobTemplate", "spec", "activeDeadlineSeconds")
        limit = limit or number(spec, "jobTemplate", "spec", "template", "spec", "activeDeadlineSeconds")
        interval = _interval(text(spec, "schedule"))
        if limit is None or not interval or limit <= interval:
            continue  # without any limit, it is the policy that somebody has to choose
        message = f"lets a new run start every {interval} s, and each may take {limit} s"
        path: Path = ("spec", "concurrencyPolicy")
        helped = "set `concurrencyPolicy: Forbid`, or an `activeDeadlineSeconds` below the interval"
        yield _finding(each, path, message, helped, "XWRK011")


def schedules_at_the_change_of_clocks(resources: Resources) -> Iterator[Finding]:
    """Yield CronJobs at an hour that is left out, or comes twice, when summer time starts or ends."""
    for each in resources.of("batch", "CronJob"):
        zone, fields = text(each.spec, "timeZone"), text(each.spec, "schedule").split()
        if not zone or len(fields) != _FIELDS or fields[2:] != ["*"] * 3:
            continue
        hours, minutes = _numbers(fields[1], 0, 23), _numbers(fields[0], 0, 59)
        if len(hours) == 1 and minutes and _is_irregular(zone, hours[0] * _HOUR + minutes[0]):
            when = f"is at {hours[0]:02}:{minutes[0]:02} in `{zone}`"
            message = f"{when}: on the days when clocks change, the job is left out or runs twice"
            yield _finding(each, ("spec", "schedule"), message, "choose another hour", "XWRK014")


def _is_irregular(name: str, minutes: int) -> bool:
    """
    Tell whether a minute of the day is left out, or comes twice, on some day of a year.

    >>> _is_irregular("Europe/Berlin", 150), _is_irregular("Europe/Berlin", 180), _is_irregular("Asia/Tokyo", 150)
    (True, False, False)
    """
    return any((minutes - start) % _DAY < length for start, length in _irregular(_clock_rule(name)))


def _irregular(rule: str) -> Iterator[tuple[int, int]]:
    """
    Yield when the clocks are wrong, as minutes of the day and how many of them.

    >>> list(_irregular("CET-1CEST,M3.5.0,M10.5.0/3")), list(_irregular("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"))
    ([(120, 60), (120, 60)], [(120, 30), (90, 30)])
    """
    import re  # noqa: PLC0415  # few jobs name a time zone

    offset = r"([+-]?[\d:]*)"
    found = re.fullmatch(rf"(?:<[^>]+>|[A-Za-z]+){offset}(?:<[^>]+>|[A-Za-z]+){offset},([^,]+),([^,]+)", rule)
    if found is None:
        return
    standard, summer = _minutes(found[1]), _minutes(found[2]) if found[2] else _minutes(found[1]) - _HOUR
    shift = standard - summer  # they count westwards
    for change, size in ((found[3], shift), (found[4], -shift)):
        at = _minutes(change.partition("/")[2] or "2")
        yield (at if size > 0 else at + size) % _DAY, abs(size)


def _clock_rule(name: str) -> str:
    """Return the rule for the years to come of a time zone, from the `tzdata` package: the same on every machine."""
    from importlib import resources  # noqa: PLC0415  # slow to import, and few jobs name a time zone

    from kgen.cron import timezones  # noqa: PLC0415

    if name not in timezones():
        return ""
    data = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    return data.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii", "replace")


def _minutes(clock: str) -> int:
    """Return hours and minutes, as `-9:30`, as minutes."""
    hours, _, rest = clock.partition(":")
    size = int(hours.lstrip("+-") or 0) * _HOUR + int(rest.partition(":")[0] or 0)
    return -size if clock.startswith("-") else size


def jobs_with_endless_companions(resources: Resources) -> Iterator[Finding]:
    """Yield containers of Jobs that never end, so that their Job does not either."""
    for kind in ("Job", "CronJob"):
        for each in resources.of("batch", kind):
            containers = list(each.template.containers("containers")) if each.template else []
            for path, container in containers if len(containers) > 1 else ():
                program = _program(text(container, "image"))
                if program in _PROXIES and not _ends_itself(containers):
                    message = f"runs `{program}`, which does not end by itself, so the Job never completes"
                    helped = (
                        "make it an entry of `initContainers` with `restartPolicy: Always`: those end with the others"
                    )
                    yield _finding(each, (*path, "image"), message, helped, "XWRK016")


def _ends_itself(containers: list[tuple[Path, Mapping[str, Any]]]) -> bool:
    """Tell whether some container stops another: by a request to quit, or by a file or signal."""
    words = " ".join(
        str(word) for _, container in containers for key in ("command", "args") for word in entries(container, key)
    )
    return "quit" in words or "kill" in words


def _program(image: str) -> str:
    return image.rpartition("/")[2].partition("@")[0].partition(":")[0]


def _interval(schedule: str) -> int:
    """
    Return the seconds between two runs, where that is plain to see.

    >>> _interval("*/5 * * * *"), _interval("0 * * * *"), _interval("0 3 * * *"), _interval("0 3 1 * *")
    (300, 3600, 86400, 0)
    """
    if schedule in _INTERVALS:
        return _INTERVALS[schedule]
    fields = schedule.split()
    if len(fields) != _FIELDS or any(field != "*" for field in fields[2:]):
        return 0
    minute, hour = fields[:2]
    if hour == "*":
        step = minute.removeprefix("*/") if minute != "*" else "1"
        if minute.startswith("*") and step.isdecimal() and len(step) < _FIELDS:
            return int(step) * 60
        return 3600 if minute.isdecimal() else 0
    return 86400 if minute.isdecimal() and hour.isdecimal() else 0


def _lowest(field: str) -> int:
    """Return the lowest of the days in a field of a schedule, or 0."""
    days = _numbers(field, 1, 31)
    return min(days) if days else 0


def _numbers(field: str, low: int, high: int) -> list[int]:
    """
    Return the numbers that a field of a schedule stands for; none if that is not plain to see.

    >>> _numbers("30,31", 1, 31), _numbers("2", 1, 12), _numbers("feb-apr", 1, 12), _numbers("*/2", 1, 4)
    ([30, 31], [2], [2, 3, 4], [1, 3])
    """
    found: list[int] = []
    for item in field.split(","):
        span, _, step = item.partition("/")
        first, dash, last = span.partition("-")
        if span in {"*", "?"}:
            start, end = low, high
        else:
            start = _number(first)
            end = _number(last) if dash else high if step else start
        size = _number(step) if step else 1
        if not low <= start <= end <= high or size < 1:
            return []
        found.extend(range(start, end + 1, size))
    return found


def _number(word: str) -> int:
    if word.lower() in _MONTHS:
        return _MONTHS.index(word.lower()) + 1
    return int(word) if word.isascii() and word.isdecimal() and len(word) < _FIELDS else -1


def _finding(resource: Resource, path: Path, message: str, helped: str, row: str) -> Finding:
    return Finding(resource, Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row=row))


DEFAULT = (schedules_that_never_come, deadlines_too_short, jobs_with_endless_companions)
STRICT = (jobs_that_pile_up, schedules_at_the_change_of_clocks)
OFF = ()
