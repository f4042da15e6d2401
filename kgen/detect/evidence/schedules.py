"""
When a program runs that comes to an end: what crontabs, timers, workflows and manifests of the project say of it.

Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.timer.html
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgen.cron import fault
from kgen.detect.commands.started import started
from kgen.detect.evidence import crontabs
from kgen.detect.evidence.doubtful import ENDS
from kgen.detect.found import Doubt, Program
from kgen.detect.programs.arguments import ADD
from kgen.detect.project import Project
from kgen.detect.source.texts import table, yaml
from kgen.record import dataclass, replace

_WORKFLOWS = ".github/workflows/"
_README = re.compile(r"README(?:\.\w+)?", re.IGNORECASE)
_OF_TIMER = re.compile(r"^\s*(OnCalendar|OnUnitActiveSec|OnUnitInactiveSec)\s*=\s*(.+?)\s*$", re.MULTILINE)
_STARTED = re.compile(r"^\s*ExecStart\s*=\s*(.+?)\s*$", re.MULTILINE)
_CALENDAR: Mapping[str, str] = {
    "minutely": "* * * * *",
    "hourly": "0 * * * *",
    "daily": "0 0 * * *",
    "weekly": "0 0 * * 1",
    "monthly": "0 0 1 * *",
}
_AT = re.compile(r"(?:\*-\*-\* )?(\d{1,2}):(\d{2})(?::00)?")
_EVERY = re.compile(r"(?:\*-\*-\* )?\*:(?:0|00)?/(\d{1,2})(?::00)?")
_SPAN = re.compile(r"(\d+)\s*(m|min|minutes?|h|hours?|hr|d|days?)")
_UNITS = {"m": "*/{} * * * *", "h": "0 */{} * * *", "d": "0 0 */{} * *"}
_TESTING = re.compile(r"pull_request|pytest|unittest|\btox\b|\bnox\b|coverage")
"""What stands in workflows that look at the project, and do not run it."""

_NO_FILES = frozenset({"tests", "test", "node_modules"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """That something runs on a schedule."""

    schedule: str
    """Empty: it runs once."""

    command: str
    origin: str
    timezone: str = ""
    is_example: bool = False
    """Whether it only shows people how it is done."""


def scheduled(program: Program, schedule: str, origin: str, timezone: str = "") -> Program:
    """Return ``program`` as one that runs on a schedule."""
    unsaid = Doubt(path=("schedule",), question=f"{origin} has no time zone: it is UTC here", help="set `timezone`")
    fields = {"schedule": schedule, **({"timezone": timezone} if timezone else {})}
    kept = tuple(each for each in program.doubts if each != ENDS)
    return replace(
        program,
        type="cron",
        port=None,
        health=None,
        fields=fields,
        doubts=(*kept, *(() if timezone else (unsaid,))),
    )


def timed(project: Project, programs: Iterable[Program]) -> list[Program]:
    """Return ``programs`` with a schedule for each that ends and that some file of the project runs on one."""
    found = list(programs)
    if not any(ENDS in each.doubts for each in found):
        return found
    said = list(_said(project))
    return [_timed(project, each, said) if ENDS in each.doubts else each for each in found]


def _timed(project: Project, program: Program, said: Iterable[Said]) -> Program:
    subject, *given = _subject(str(program.command.value))
    for each in said:
        for start in started(project, each.command).processes:
            what, *more = _subject(start.command)
            if what == subject and more[: len(given)] == given:
                made = scheduled(program, each.schedule, each.origin, each.timezone) if each.schedule else program
                is_plain = not re.search(r"[${}<>\[\]]", start.command) and not start.folder
                command = replace(program.command, value=start.command, origin=each.origin)
                made = replace(made, command=command, doubts=_answered(made)) if is_plain and more != given else made
                return _shown(made, each) if each.is_example else made
    return program


def _answered(program: Program) -> tuple[Doubt, ...]:
    """Return the doubts of a program that is given arguments after all."""
    return tuple(each for each in program.doubts if each.help != ADD and "has commands" not in each.question)


def _shown(program: Program, said: Said) -> Program:
    doubt = Doubt(
        path=("schedule",), question=f"{said.origin} has it as an example", help="correct it, and the arguments"
    )
    return replace(program, doubts=(*program.doubts, doubt))


def _subject(command: str) -> list[str]:
    """
    Return what a command is about, its script, its module, or its program, and the arguments.

    >>> [_subject(each) for each in ("python -m shop.jobs 1", "python jobs/run.py --all", "bin/shop")]
    [['shop.jobs', '1'], ['run.py', '--all'], ['shop']]
    """
    words = command.split()
    if words[:2] == ["python", "-m"]:
        return words[2:] or [""]
    first, *rest = (words[1:] if words[:1] == ["python"] else words) or [""]
    return [first.rpartition("/")[2], *rest]


def _said(project: Project) -> Iterator[Said]:
    """Yield what runs on a schedule by the files of the project, the most telling first."""
    below = [project.below(path) for path in project.tree.below(project.folder)]
    below = [each for each in below if _NO_FILES.isdisjoint(each.split("/"))]
    for name in below:
        if "cron" in name.lower() and not name.endswith(crontabs.OTHERS):
            for number, schedule, command, zone in crontabs.read(project.text(name) or ""):
                yield Said(schedule=schedule, command=command, origin=f"{name}:{number}", timezone=zone)
    yield from _manifests(project, below)
    yield from (one for name in below if name.endswith(".timer") for one in _timer(project, name))
    yield from (one for name in below if name.startswith(_WORKFLOWS) for one in _workflow(project, name))
    for name in below:
        if _README.fullmatch(name):
            for number, schedule, command, zone in crontabs.read(project.text(name) or ""):
                yield Said(
                    schedule=schedule, command=command, origin=f"{name}:{number}", timezone=zone, is_example=True
                )


def _manifests(project: Project, names: Iterable[str]) -> Iterator[Said]:
    """Yield the schedules of plain manifests of Kubernetes, and the commands of those that have none."""
    for name in names:
        path = project.path(name)
        if name.endswith((".yaml", ".yml")) and project.tree.mentions(path, (b"kind: CronJob", b"kind: Job")):
            made = yaml(project.tree.text(path))
            spec = table(made, "spec")
            pod = table(spec, "jobTemplate", "spec", "template", "spec") or table(spec, "template", "spec")
            containers = pod.get("containers")
            for each in containers if isinstance(containers, list) else ():
                words = [*_listed(each, "command"), *_listed(each, "args")]
                schedule = str(spec.get("schedule") or "")
                if words and not (schedule and fault(schedule)):
                    zone = str(spec.get("timeZone") or "")
                    yield Said(schedule=schedule, command=shlex.join(words), origin=name, timezone=zone)


def _listed(about: Any, key: str) -> list[str]:
    given = about.get(key) if isinstance(about, Mapping) else None
    return [str(each) for each in given] if isinstance(given, list) else []


def _timer(project: Project, name: str) -> Iterator[Said]:
    """Yield the schedule of a timer of systemd, with what its service starts."""
    service = project.text(f"{name.removesuffix('.timer')}.service") or ""
    command = _STARTED.search(service)
    for key, given in _OF_TIMER.findall(project.text(name) or "") if command else ():
        schedule = _calendar(given) if key == "OnCalendar" else _span(given)
        if schedule and command:
            yield Said(schedule=schedule, command=command[1], origin=name)


def _calendar(text: str) -> str:
    """
    Return a time of systemd as a schedule; nothing for those that only systemd can.

    >>> _calendar("daily"), _calendar("*-*-* 04:30:00"), _calendar("*:0/15"), _calendar("Mon..Fri 07:40")
    ('0 0 * * *', '30 4 * * *', '*/15 * * * *', '')
    """
    if match := _AT.fullmatch(text):
        return f"{int(match[2])} {int(match[1])} * * *"
    if match := _EVERY.fullmatch(text):
        return f"*/{int(match[1])} * * * *"
    return _CALENDAR.get(text, "")


def _span(text: str) -> str:
    """
    Return a schedule for what runs again after some time.

    >>> _span("15min"), _span("1h"), _span("90s")
    ('*/15 * * * *', '0 * * * *', '')
    """
    match = _SPAN.fullmatch(text)
    made = _UNITS[match[2][0]].format(match[1]).replace("*/1 ", "* ") if match else ""
    return made if made and not fault(made) else ""


def _workflow(project: Project, name: str) -> Iterator[Said]:
    """Yield what a workflow runs that starts on a schedule, which is in UTC."""
    text = project.text(name) or ""
    data = yaml(text) if "cron" in text and not _TESTING.search(text) else None
    on = next((about for key, about in table(data).items() if str(key) in {"on", "True"}), None)  # YAML 1.1's `on`
    times = table(on).get("schedule")
    found = [each.get("cron") for each in times if isinstance(each, Mapping)] if isinstance(times, list) else []
    schedule = next((each for each in found if isinstance(each, str) and not fault(each)), "")
    for job in table(data, "jobs").values() if schedule else ():
        steps = job.get("steps") if isinstance(job, Mapping) else None
        for step in steps if isinstance(steps, list) else ():
            run = step.get("run") if isinstance(step, Mapping) else None
            for line in run.splitlines() if isinstance(run, str) else ():
                yield Said(schedule=schedule, command=line, origin=name, timezone="UTC")
