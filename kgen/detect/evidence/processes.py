"""From what starts to programs: names, types, and what one process a component needs besides its command."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from kgen.detect.commands import servers
from kgen.detect.commands.roles import NAMES, task
from kgen.detect.commands.started import PORT, Start, Started, started, together
from kgen.detect.evidence import crontabs, own_image, places, uwsgi
from kgen.detect.evidence.doubtful import doubts, is_lost, of_job
from kgen.detect.evidence.said import Said
from kgen.detect.evidence.schedules import scheduled
from kgen.detect.found import LOST, ComponentType, Doubt, Fact, Program
from kgen.detect.names import label
from kgen.detect.packages import installed
from kgen.detect.programs import management, migrations, options
from kgen.detect.programs.exporters import exported, is_exporter
from kgen.detect.programs.lasting import Nature, nature
from kgen.detect.programs.reach import alone, unsaid, variable
from kgen.detect.programs.reach import port as stated
from kgen.detect.project import Dependency, Project
from kgen.record import replace

_ONE = frozenset({"celery beat", "celery worker and beat", "rq scheduler", "taskiq scheduler", "periodiq scheduler"})
"""Roles of which two at a time would do everything twice."""

FLOWER = Fact(5555, "Flower's own")
"""Where Celery's web page listens."""

UNSERVED = 58
"""Rank of a server that is not installed where another one is: an application object with that one is better."""

NOTEBOOK = 45
"""Rank of a notebook server, which is for people who work on a project: anything that it runs is better."""

SCRIPT_OF_WEB = 55
"""Rank of a script that serves a web application itself: a server for the application object is better."""

COMPOSED = 80
"""Rank of what compose files start; what is below it, somebody gives arguments elsewhere."""

_CLOCKS = frozenset({"clock", "scheduler", "beat", "cron", "timer"})
FRAMEWORKS: Mapping[str, str] = {
    "celery": "Celery",
    "rq": "RQ",
    "dramatiq": "Dramatiq",
    "arq": "arq",
    "huey": "Huey",
    "taskiq": "Taskiq",
    "faust": "Faust",
    "spider": "Scrapy",
    "django-q": "Django Q",
    "procrastinate": "Procrastinate",
    "saq": "SAQ",
    "periodiq": "Dramatiq",
    "faststream": "FastStream",
}
"""First word of a role → framework."""


def programs(project: Project, said: Iterable[Said], rank: int) -> Iterator[Program]:
    """Yield the programs that one source names, with names that differ."""
    found: list[tuple[Said, Start, crontabs.Line | None]] = []
    for each in said:
        found += [(each, start, None) for start in each.started.processes if start.role != "cron"]
        if cron := [start for start in each.started.processes if start.role == "cron"]:
            found += list(_timed(project, each)) or [(each, start, None) for start in cron]
    roles = [start.role for _, start, _ in found]
    taken: set[str] = set()
    served: set[str] = set()
    for each, start, line in found:
        usual = NAMES.get(start.role, "") if roles.count(start.role) == 1 else ""
        name = usual or _own_name(each, start)
        name = name if name not in taken else next(f"{name}-{n}" for n in range(2, 99) if f"{name}-{n}" not in taken)
        taken.add(name)
        made = program(project, each, start, name, rank)
        if made.name == "web" != name and start.role != "web" and ("web" in roles or served - {start.role}):
            made = replace(made, name=name, role=name)  # beside a server, which is called so
        served |= {start.role} if made.type == "web" and made.rank > LOST else set()
        yield scheduled(made, line.schedule, line.origin, line.timezone) if line else made


def _timed(project: Project, said: Said) -> Iterator[tuple[Said, Start, crontabs.Line | None]]:
    """Yield what cron starts in the project's image; what runs once before, and not by cron, goes with the first."""
    each = [(line, started(project, line.command, container=line.container)) for line in crontabs.lines(project)]
    others = [one for one in said.started.others if not any(_is_in(one, made) for _, made in each)]
    for line, made in each:
        more = replace(made, others=(*made.others, *others))
        others = []
        yield from (
            (Said(name="", started=more, origin=line.origin, is_lasting=False), start, line) for start in made.processes
        )


def _is_in(start: Start, started_: Started) -> bool:
    return any(start.words == each.words for each in started_.processes)


def _own_name(said: Said, start: Start) -> str:
    if said.name and len(said.started.processes) == 1:
        return label(said.name)[:30]
    stem = task(start.role, start.words) or _other_command(start) or start.role.partition(" ")[2] or start.role
    stem = stem.rpartition(" ")[2]  # a command of manage.py is called like that
    return label(stem.rpartition("/")[2].removesuffix(".py").rpartition(".")[2] or stem) or "main"


def program(project: Project, said: Said, start: Start, name: str, rank: int) -> Program:
    """Return one process as a component."""
    path = script(project, start)
    start = _findable(project, start, path)
    if is_lost(project, *start.role.partition(" ")[::2], path) or _is_unserved(project, start):
        rank = LOST
    if start.role == "web" and servers.has_any(project) and any(servers.missing(project, start.words)):
        rank = min(rank, UNSERVED)
    if start.role == "cron" or (start.role == "web" and any(_OPEN.fullmatch(word) for word in start.words)):
        rank = LOST
    if start.role == "web" and "jupyter" in start.words[:3]:
        rank = min(rank, NOTEBOOK)
    heart = management.file(project, start.role) or path
    found = nature(project, heart) if heart else None
    framework = FRAMEWORKS.get(start.role.partition(" ")[0], "") or (found.framework if found else "")
    is_one = start.role in _ONE or name in _CLOCKS or (found is not None and start.role != "web")
    is_other = bool(_other_command(start))
    listens = _listens(start) or (None if is_other else _exposed(project, said, start, found))
    if (found and found.is_web and not is_other) or listens:
        said_port = listens or start.port or said.started.port
        written = said_port or _written(project, found)
        usual = (found.usual if found else 0) or PORT
        port = written or usual
        is_plain = bool(listens or _written(project, found))
        told = variable(project, found.origin, port) if found and not is_plain else {}
        is_sure = bool(listens or (found and (found.is_rpc or found.has_server or found.is_ready)))  # for production
        is_sure = is_sure and bool(_listens(start) or not (found and found.is_development))
        return Program(
            name="web",
            type="web",
            framework="gRPC" if found and found.is_rpc else "",
            command=Fact(start.command, said.origin, start.folder),
            port=Fact(port, said.origin if said_port or not found else found.origin),
            release=_release(project, said, is_web=True),
            fields={"replicas": 1} if found and found.framework == _BESIDE else {},
            env={**told, **{key: Fact(value, said.origin) for key, value in start.env.items()}},
            needs=_needs(project, start),
            rank=rank if is_sure else min(rank, SCRIPT_OF_WEB - (rank < COMPOSED)),
            doubts=(
                *doubts(project, said, start, path),
                *_alone(project, start, found),
                *([unsaid(found.origin, usual)] if found and not written and not told else []),
            ),
        )
    kind = _type(project, said, start, found)
    made = Program(
        name=name,
        type=kind,
        role=start.role,
        covers=found.covers if found and found.is_bot else frozenset(),
        reach=found.covers if found and kind == "job" and start.role.startswith("command ") else None,
        framework=framework,
        command=Fact(start.command, said.origin, start.folder),
        port=Fact(start.port, said.origin) if start.port else FLOWER if start.role == "celery flower" else None,
        release=_release(project, said, is_web=kind == "web"),
        fields={"replicas": 1} if is_one and kind == "worker" else {},
        env={key: Fact(value, said.origin) for key, value in start.env.items()},
        needs=_needs(project, start),
        rank=rank,
        doubts=(*doubts(project, said, start, path), *(of_job(start) if kind == "job" else ())),
    )
    exposed = Fact(said.started.port, said.origin) if said.started.port else own_image.port(project)
    return (
        exported(made, found, exposed)
        if is_exporter(project, found, (*start.words, name), is_exposed=bool(exposed))
        else made
    )


def _is_unserved(project: Project, start: Start) -> bool:
    if start.role != "web":
        return False
    return places.is_lost(project, start.words, start.folder) or bool(
        places.lacking(project, start.words, start.folder)
    )


def _release(project: Project, said: Said, *, is_web: bool) -> Fact | None:
    """Return the command for migrations that stands there, or that a web program has; some need its application."""
    if said.started.release:
        return together(project, said.started.release, said.origin)
    found = migrations.release(project) if is_web else None
    return None if migrations.named(found) else found


def _findable(project: Project, start: Start, path: str) -> Start:
    """Return ``start`` with what it needs to find its module, and a server that is reachable."""
    env = {**places.search(project, start, path), **start.env}
    words = start.words
    port = start.port
    if start.role == "web" and {"-c", "--config"} & {word.partition("=")[0] for word in words} and "gunicorn" in words:
        said = places.settings_of_gunicorn(project, words, start.folder)
        is_bound = {"-b", "--bind"} & {word.partition("=")[0] for word in words}
        if not said and not is_bound:
            words = (*words, "--bind", f"0.0.0.0:{port or PORT}")
        port = port if is_bound else said or port
    port = uwsgi.port(project, words, start.folder) or port
    return replace(start, env=env, words=words, port=port)


def _needs(project: Project, start: Start) -> tuple[Dependency, ...]:
    """Return the server of a command, which may be in a group that is not installed unless something needs it."""
    found = (servers.installed(project, word) for word in start.words[:3] if start.role == "web")
    return tuple(each for each in found if each)[:1]


_OPEN = re.compile(r"[\w./${}-]*\$[\w./${}-]*:[A-Za-z_]\w*(?:\(\))?")
"""An application that only whoever starts the container knows: ``$SERVICE.main:app``."""

_ADDRESS = re.compile(r"(?:0\.0\.0\.0|\[::\]|(?<![\w:])\*):(\d{4,5})\b")
"""An address that says: from everywhere."""

_WEB = (
    *("flask", "fastapi", "starlette", "django", "aiohttp", "tornado", "bottle", "sanic", "quart", "litestar"),
    *("falcon", "cherrypy", "pyramid", "dash", "nicegui", "uvicorn", "waitress"),
)
"""Distributions of programs that answer requests."""


_BESIDE = "APScheduler"
"""What goes on in the process of a server."""


def _exposed(project: Project, said: Said, start: Start, found: Nature | None) -> int | None:
    """Return the port that the Dockerfile exposes for a program of the project's own that answers requests."""
    is_own = start.role.partition(" ")[0] in {"command", "script", "module"}
    is_other = found is not None and found.framework not in {"", _BESIDE}
    is_web = project.has(*_WEB) or (project.has("nameko") and any(project.modules.mentioning("nameko.web")))
    return said.started.port if is_own and not is_other and is_web else None


def _alone(project: Project, start: Start, found: Nature | None) -> Iterator[Doubt]:
    if start.role not in {"web", "command nameko"}:  # which listens on all addresses
        files = found.covers if found else ()
        yield from alone(project, found.origin if found else "", (*start.words, *start.env.values()), files)


def _written(project: Project, found: Nature | None) -> int | None:
    """Return the port that the source of a program of the project's own names."""
    if not found:
        return None
    return found.port or stated(project, found.origin) or options.port(project, found.covers)


_SERVING = re.compile(r"web|api|serv|http|app|site|gui|ui|run|start|main", re.IGNORECASE)


_OTHER = re.compile(
    r"work|consum|beat|schedul|cron|migrat|upgrade|init|seed|setup|sync|import|jobs?$|tasks?$|queue|celery|listen|poll|clean"
)
"""Parts of commands that are about something else than serving."""


def _other_command(start: Start) -> str:
    """Return the command that a start gives its program if it is not about serving: ``run-beat``; often nothing."""
    if named := task(start.role, start.words):
        return "" if _SERVING.search(named) and not _OTHER.search(named) else named
    words = [word for word in start.words if not word.endswith(".py")]
    kind, _, what = start.role.partition(" ")
    if kind in {"command", "module"}:
        place = next((place for place, word in enumerate(words) if word == what), len(words))
        given = next(iter(words[place + 1 : place + 2]), "")
        return given if re.fullmatch(r"[a-z][\w-]*", given) and _OTHER.search(given) else ""
    command = words[1] if kind == "script" and len(words) > 1 and not words[1].isdecimal() else ""
    plain = command.removeprefix("run").lstrip("-_")
    return "" if not plain or command.startswith("-") or _SERVING.search(plain) or "/" in plain else plain


def _listens(start: Start) -> int | None:
    """Return the port that a program of the project's own is told to listen on."""
    if start.role.partition(" ")[0] in {"command", "script", "module"}:
        for word in start.words:
            if match := _ADDRESS.search(word):
                return int(match[1])
    words = [word for each in start.words for word in each.split("=")]
    for option, value in pairwise(words if start.role.partition(" ")[0] in {"command", "script", "module"} else ()):
        if option in {"--port", "--http-port", "--server-port"} and value.isdecimal():
            return int(value)
    return None


_ENDING = re.compile(r"migrat|upgrade|init|seed|setup|clean|import")
"""Parts of commands that come to an end, though their program has others that do not."""


def _type(project: Project, said: Said, start: Start, found: Nature | None) -> ComponentType:
    if start.role in {"web", "celery flower"}:
        return "web"
    if start.role.startswith("spider ") and said.is_lasting is None:
        return "job"
    ends = not found.is_lasting if found else None
    if (name := management.command(start.role)) and not management.file(project, start.role):
        ends = not management.goes_on(name)
    if _ENDING.search(_other_command(start)):
        ends = True
    if start.role in NAMES or said.is_lasting or (said.is_lasting is None and ends is not True):
        return "worker"
    return "job"


def script(project: Project, start: Start) -> str:
    """Return the file of the project that a start runs, by its path in the tree; nothing if it is none."""
    kind, _, what = start.role.partition(" ")
    if kind == "command":
        target = installed.scripts(project).get(what)
        return installed.file(project, target[0]) if target else installed.elsewhere(project, what)
    if kind == "script":
        path = project.path(what.partition(" ")[0])
        return path if path in project.tree else ""
    if kind == "module":
        stem = what.replace(".", "/")
        for source in dict.fromkeys((start.folder, project.source, "", "src")):
            for end in (".py", "/__main__.py"):
                path = project.path(f"{source}/{stem}{end}" if source else f"{stem}{end}")
                if path in project.tree:
                    return path
    return ""
