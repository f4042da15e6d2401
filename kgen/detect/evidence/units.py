"""
Programs that units of systemd keep running, where nobody wrote down how a container starts.

Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html
"""

import posixpath
import re
from collections.abc import Iterator

from kgen.detect.commands.started import started
from kgen.detect.evidence import processes
from kgen.detect.evidence.compose import compose_files
from kgen.detect.evidence.said import Said
from kgen.detect.found import LOST, Doubt, Program
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import containers
from kgen.record import replace

RANK = 64
_LINE = re.compile(r"^[ \t]*(\w+)[ \t]*=[ \t]*((?:.*\\\n)*.*?)[ \t]*$", re.MULTILINE)
_BEFORE = "-@:+!|"
"""What may stand in front of a command, and is not of it."""

_FILLED_IN = re.compile(r"[^\s=\"']*%[A-Za-z][^\s\"']*")
_NO_FILES = frozenset({"tests", "test", "node_modules"})


def programs(project: Project) -> Iterator[Program]:
    """Yield the programs of the project's own that go on; one that serves alone is known by what it serves."""
    if project.text("Procfile") or containers(project.tree, project.folder):
        return
    if compose_files(project.tree, project.folder):
        return
    names = [project.below(path) for path in project.tree.below(project.folder) if path.endswith(".service")]
    said = [one for name in names if _NO_FILES.isdisjoint(name.split("/")) for one in _said(project, name)]
    for each in processes.programs(project, said, RANK):
        if each.role not in {"", "web"} and each.rank > LOST and "$" not in str(each.command.value):
            yield replace(each, doubts=(*each.doubts, *_open(str(each.command.value))))


def _said(project: Project, name: str) -> Iterator[Said]:
    """Yield what a unit starts, unless a timer does so or it comes to an end."""
    fields = {match[1]: match[2] for match in _LINE.finditer(project.text(name) or "")}
    command = fields.get("ExecStart", "").lstrip(_BEFORE)
    is_timed = project.path(f"{name.removesuffix('.service')}.timer") in project.tree
    if not command or is_timed or fields.get("Type") == "oneshot":
        return
    home = fields.get("WorkingDirectory", "").lstrip(_BEFORE).rstrip("/")
    own = command.replace(f"{home}/", "") if home.startswith("/") else command
    first = own.split()[0]
    own = own if project.path(first) in project.tree else own[first.rfind("/") + 1 :]  # of the system, or of a venv
    made = started(project, re.sub(r"\\\n\s*", " ", own))
    called = posixpath.basename(name).removesuffix(".service").rstrip("@")
    if any(start.role == "web" or processes.script(project, start) for start in made.processes):
        yield Said(name=called, started=made, origin=name, is_lasting=True)


def _open(command: str) -> Iterator[Doubt]:
    if match := _FILLED_IN.search(command):
        yield Doubt(
            path=("command",),
            question=f"`{match[0]}` is for systemd to fill in",
            help="write there what it stands for",
        )
