"""
What cron starts in the project's own image: lines of crontabs that it copies, or writes while it is built or starts.

Source: https://man7.org/linux/man-pages/man5/crontab.5.html
"""

import posixpath
import re
from collections.abc import Iterator, Mapping

from kgen.cron import fault
from kgen.detect.commands.shell import filled
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import Container, containers
from kgen.detect.source.image import Image
from kgen.record import dataclass

_LINE = re.compile(
    r"(?P<schedule>@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|(?:[\d*][\w*/,-]*\s+){4}[\w*][\w*/,-]*)"
    r"\s+(?P<command>\S.*)"
)
_VARIABLE = re.compile(r"([A-Za-z_]\w*)\s*=\s*[\"']?([^\"'\n]*?)[\"']?")
_ECHOED = re.compile(r"""\b(?:echo|printf)\s+(?:-\w+\s+)*(?:%b\s+)?(["'])((?:(?!\1).)+)\1""", re.DOTALL)
_USERS = frozenset({"root", "www-data", "nobody", "app", "appuser", "user", "ubuntu", "python", "django", "worker"})
"""Whom lines of the system's crontabs run as: they have a column for that."""

_FOLDERS = ("/etc/cron.d/", "/etc/crontabs/", "/var/spool/cron/", "/etc/crontab", "/crontab")
_INSTALLED = re.compile(r"\b(?:crontab|supercronic|yacron)\s+(?:-(?!\s)\S*\s+|\"|')*([\w./-]*[\w/])")
OTHERS = (".py", ".md", ".rst", ".js", ".ts", ".yml", ".yaml", ".json", ".html", ".toml", ".go", ".rb", ".php", ".sh")
"""Ends of the names of files that are no crontabs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a crontab."""

    schedule: str
    command: str
    origin: str
    timezone: str = ""
    container: Container | None = None
    """The image that it stands in."""


def lines(project: Project) -> list[Line]:
    """Return what the crontabs of the first Dockerfile have that has some, each command once."""
    for container in containers(project.tree, project.folder) or (None,):
        if found := list(_of_container(project, container)):
            return list({(each.schedule, each.command): each for each in reversed(found)}.values())[::-1]
    return []


def read(text: str) -> Iterator[tuple[int, str, str, str]]:
    r"""
    Yield number, schedule, command and time zone of each line of a crontab.

    >>> list(read("TZ=Europe/Paris\n# nightly\n5 3 * * 7 root python job.py >> /var/log/job.log"))
    [(3, '5 3 * * 0', 'python job.py >> /var/log/job.log', 'Europe/Paris')]
    """
    zone = ""
    for number, line in enumerate(text.splitlines(), 1):
        if (said := _VARIABLE.fullmatch(line.strip())) and said[1] in {"TZ", "CRON_TZ"}:
            zone = said[2]
        elif made := parsed(line):
            yield number, *made, zone


def parsed(line: str) -> tuple[str, str] | None:
    """Return schedule and command of a line of a crontab, without the user that it is run as; ``None``: it is none."""
    match = _LINE.fullmatch(line.strip())
    if not match:
        return None
    schedule = _schedule(match["schedule"])
    user, _, rest = match["command"].partition(" ")
    command = rest.strip() if user in _USERS and rest.strip() else match["command"]
    return None if fault(schedule) else (schedule, command)


def _schedule(text: str) -> str:
    """Return a schedule as Kubernetes has it, where Sunday is day 0 only."""
    *rest, day = text.split()
    return " ".join([*rest, re.sub(r"(?<![\d/])7(?!\d)", "0", day)]) if rest else text


_PERIODIC = re.compile(r"/etc/(?:periodic/(15min|hourly|daily|weekly|monthly)|cron\.(hourly|daily|weekly|monthly))/")
_QUARTER = "*/15 * * * *"


def _periodic(project: Project, container: Container) -> Iterator[Line]:
    """Yield the scripts that are copied to where cron runs each so often."""
    for source, target in container.copies:
        if match := _PERIODIC.match(target):
            path = project.below(posixpath.normpath(source))
            often = match[1] or match[2]
            if project.path(path) in project.tree:
                schedule = _QUARTER if often == "15min" else f"@{often}"
                is_python = path.endswith(".py") or re.match(r"#!.*python", project.text(path) or "")
                command = f"python {path}" if is_python else f"sh ./{path}"
                yield Line(schedule=schedule, command=command, origin=path, container=container)


_ZONE = re.compile(r"^\s*-?\s*[\"']?TZ[\"']?\s*[=:]\s*[\"']?([A-Z]\w+/\w+)", re.MULTILINE)


def _zone(project: Project) -> str:
    """Return the time zone that a compose file has for its services; nothing if there is none."""
    names = [name for name in project.tree.here(project.folder) if "compose" in name]
    return next((match[1] for name in names if (match := _ZONE.search(project.text(name) or ""))), "")


def _of_container(project: Project, container: Container | None) -> Iterator[Line]:
    zone = (container.env.get("TZ") if container else "") or _zone(project)
    yield from _periodic(project, container) if container else ()
    files = list(_files(project, container))
    for path in files:
        for number, schedule, command, own in read(project.text(path) or ""):
            yield Line(
                schedule=schedule,
                command=command,
                origin=f"{path}:{number}",
                timezone=own or zone,
                container=container,
            )
    for text, origin in _scripts(project, container) if container else ():
        for schedule, command in _echoed(text, {**container.variables, **container.env} if container else {}):
            yield Line(schedule=schedule, command=command, origin=origin, timezone=zone, container=container)


_ASSIGNED = re.compile(r"(?:^|[;&]|\bthen|\bexport|:)\s*(?:([A-Za-z_]\w*)=|(?=\$\{\w+:?=))([^\n;&]+)", re.MULTILINE)
_SET = re.compile(r"\$\{(\w+):?=([^}]+)\}")


def _assigned(text: str, values: Mapping[str, str]) -> dict[str, str]:
    r"""
    Return ``values`` with those that a script gives its variables unless somebody else does.

    >>> _assigned('AT=${AT:-"5 3 * * *"}\n: ${ZONE:=UTC}', {})
    {'AT': '5 3 * * *', 'ZONE': 'UTC'}
    """
    made = {name: value for name, value in values.items() if value}
    for match in _ASSIGNED.finditer(text):
        own = _SET.match(match[2])
        name, value = (own[1], own[2]) if own else (match[1], match[2])
        plain = filled(value.strip(), made).replace('"', "").replace("'", "")
        if name and "$" not in plain and not plain.startswith("("):
            made.setdefault(name, plain)
    return made


def _echoed(text: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield schedule and command of the lines that a script writes for cron."""
    for match in _ECHOED.finditer(filled(text, _assigned(text, values))) if "cron" in text else ():
        for line in match[2].replace("\\n", "\n").replace('\\"', '"').splitlines():
            if made := parsed(line.strip("'")):
                yield made


def _scripts(project: Project, container: Container) -> Iterator[tuple[str, str]]:
    """Yield the texts that an image is made with, and that it starts with, with their places."""
    yield from ((text, f"{container.file}:{line}") for text, line in container.steps)
    start = container.start
    for word in (start,) if isinstance(start, str) else start:
        if " " in word:
            yield word, f"{container.file}:{container.line}"
        elif (path := Image(project, container).path(word)) and path.endswith((".sh", ".bash")):
            yield project.text(path) or "", path


def _files(project: Project, container: Container | None) -> Iterator[str]:
    """Yield the crontabs, by their paths in the project: those that the image installs, else those called like it."""
    found = list(dict.fromkeys(_installed(project, container))) if container else []
    if not found:
        below = map(project.below, project.tree.below(project.folder))
        found = [each for each in below if "cron" in each.lower() and not each.endswith(OTHERS)]
        found = [each for each in found if not project.modules.is_side(project.path(each))]
    yield from found


def _installed(project: Project, container: Container) -> Iterator[str]:
    for source, target in container.copies:
        there = project.path(project.below(posixpath.normpath(source)))
        if target.startswith(_FOLDERS) or "cron" in posixpath.basename(source):
            yield from map(project.below, [there] if there in project.tree else project.tree.below(there))
    image = Image(project, container)
    start = container.start
    words = start.split() if isinstance(start, str) else start
    named = [name for text, _ in _scripts(project, container) for name in _INSTALLED.findall(text)]
    named += words if any("cron" in word for word in words) else []
    yield from (path for each in named if (path := image.path(each)) and not path.endswith(OTHERS))
