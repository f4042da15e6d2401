"""Schedulers that a web application starts in its own process: each pod, and each of its workers, would do all jobs."""

import re
from collections.abc import Iterator

from kgen.detect.found import Doubt, Program
from kgen.detect.project import Project
from kgen.detect.source.imports import definition
from kgen.detect.source.reached import reached
from kgen.record import replace

_SCHEDULERS = tuple(
    f"{name}(" for name in ("BackgroundScheduler", "AsyncIOScheduler", "GeventScheduler", "TornadoScheduler")
)
_STARTING = (b".start(",)
_OBJECT = re.compile(r"'?([A-Za-z_][\w.]*):[A-Za-z_]\w*(?:\(\))?'?|([A-Za-z_][\w.]*\.[aw]sgi)")
_WORKERS = re.compile(r"(?:^|\s)(?:-w|--workers)[ =](?!1(?:\s|$))\S+")


def once(project: Project, programs: list[Program]) -> list[Program]:
    """Return ``programs``, of those that answer requests and do jobs beside it only one pod each."""
    if not project.has("apscheduler"):
        return programs
    those = [each for each in project.modules.having(*_SCHEDULERS) if not project.modules.is_side(each)]
    having = frozenset(each for each in those if "/management/" not in each)
    return [_once(project, each, having) if each.type == "web" else each for each in programs] if having else programs


def _once(project: Project, program: Program, having: frozenset[str]) -> Program:
    brought = frozenset(_brought(project, program))
    found = sorted(having & brought)
    if not found or not any(project.tree.mentions(path, _STARTING) for path in brought):
        return program
    many = _WORKERS.search(str(program.command.value))
    doubts = (_several(many[0].strip(), found[0]),) if many else ()
    return replace(program, fields={"replicas": 1, **program.fields}, doubts=(*program.doubts, *doubts))


def _several(option: str, file: str) -> Doubt:
    return Doubt(
        path=("command",),
        question=f"`{option}` starts several processes, and each runs the jobs of {file}",
        help="start one worker, or run the scheduler as a component of its own",
    )


def _brought(project: Project, program: Program) -> Iterator[str]:
    """Yield the files that a program imports; of Django also what its apps do when they are ready."""
    paths = list(_named(project, program))
    if program.framework == "Django":
        here = project.modules.paths
        paths += [each for each in here if each.endswith("apps.py") and not project.modules.is_side(each)]
    for path in paths:
        yield from (file for file, _ in reached(project, path))


def _named(project: Project, program: Program) -> Iterator[str]:
    """Yield the file that a command names, as a module or by its path."""
    value = program.command.value
    for word in value.split() if isinstance(value, str) else map(str, value):
        if match := _OBJECT.fullmatch(word):
            starts = dict.fromkeys((program.command.folder or "", "", project.source, "src"))
            found = (definition(project, start, match[1] or match[2]) for start in starts)
            yield from (each[0] for each in found if each)
        elif word.endswith(".py"):
            yield project.path(word)
