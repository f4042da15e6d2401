"""What files of hosting platforms start: Cloud Foundry, Fly, Render, Railway, Nixpacks, Heroku, DigitalOcean."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kgen.detect.commands.started import started, together
from kgen.detect.evidence import processes
from kgen.detect.evidence.said import Said
from kgen.detect.found import Fact, Program
from kgen.detect.project import Project
from kgen.detect.source.texts import origin, table, toml, yaml
from kgen.record import dataclass, replace

RANK = 95
_TEMPLATE = re.compile(r"(\{\{.*?\}\})|\{%.*?%\}")
_HOME = {"HOME": "/app", "PWD": "/app"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Process:
    """One process, as a platform's file has it."""

    name: str
    command: str
    needle: str
    """What to look for to find its line."""

    schedule: str = ""
    port: int | None = None


def programs(project: Project) -> Iterator[Program]:
    """Yield the programs of the first file that names some."""
    for file, read in _FILES.items():
        text = project.text(file)
        if text and (found := list(_programs(project, file, text, list(read(text))))):
            yield from found
            return


def _programs(project: Project, file: str, text: str, found: list[_Process]) -> Iterator[Program]:
    said = []
    release: Fact | None = None
    schedules: dict[str, str] = {}
    for each in found:
        where = origin(file, text, each.needle)
        made = started(project, each.command, env=_HOME, port=each.port)
        if each.name == "release":
            release = together(project, made.steps, where) if made.steps else None
            continue
        schedules[where] = each.schedule
        said.append(Said(name=each.name, started=made, origin=where, is_lasting=not each.schedule))
    for place, one in enumerate(processes.programs(project, said, RANK)):
        schedule = schedules.get(one.command.origin, "")
        timed = replace(one, type="cron", fields={"schedule": schedule}) if schedule else one
        yield replace(timed, release=release) if release and not place else timed


def _cloud_foundry(text: str) -> Iterator[_Process]:
    for app in _tables(table(yaml(text)).get("applications")):
        for process in [{"type": "web", "command": app.get("command")}, *_tables(app.get("processes"))]:
            if isinstance(command := process.get("command"), str):
                yield _Process(name=str(process.get("type")), command=command, needle=command[:40])


def _fly(text: str) -> Iterator[_Process]:
    data = toml(text)
    port = table(data, "http_service").get("internal_port")
    for name, command in table(data, "processes").items():
        if isinstance(command, str) and command:
            at = port if isinstance(port, int) and name in {"web", "app"} else None
            yield _Process(name="web" if name == "app" else name, command=command, needle=f"{name} =", port=at)
    if isinstance(command := table(data, "deploy").get("release_command"), str):
        yield _Process(name="release", command=command, needle="release_command")


def _render(text: str) -> Iterator[_Process]:
    for service in _tables(table(yaml(text)).get("services")):
        if isinstance(command := service.get("startCommand"), str):
            kind = str(service.get("type"))
            name = "web" if kind == "web" else str(service.get("name") or kind)
            yield _Process(name=name, command=command, needle=command[:40], schedule=str(service.get("schedule") or ""))
        if isinstance(before := service.get("preDeployCommand"), str):
            yield _Process(name="release", command=before, needle=before[:40])


def _railway(data: Any) -> Iterator[_Process]:
    deploy = table(data, "deploy")
    if isinstance(command := deploy.get("startCommand"), str):
        yield _Process(name="", command=command, needle="startCommand", schedule=str(deploy.get("cronSchedule") or ""))
    before = deploy.get("preDeployCommand")
    if isinstance(before := before[0] if isinstance(before, list) and before else before, str):
        yield _Process(name="release", command=before, needle="preDeployCommand")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _nixpacks(text: str) -> Iterator[_Process]:
    if isinstance(command := table(toml(text), "start").get("cmd"), str):
        yield _Process(name="", command=command, needle="cmd")


def _heroku(text: str) -> Iterator[_Process]:
    data = yaml(text)
    for name, about in [*table(data, "run").items(), ("release", table(data, "release"))]:
        command = about.get("command") if isinstance(about, Mapping) else about
        line = " && ".join(map(str, command)) if isinstance(command, list) else command
        if isinstance(line, str):
            yield _Process(name=str(name), command=line, needle=f"{name}:")


def _digital_ocean(text: str) -> Iterator[_Process]:
    data = yaml(text)
    for kind in ("services", "workers"):
        for each in _tables(table(data).get(kind)):
            if isinstance(command := each.get("run_command"), str):
                yield _Process(name=str(each.get("name")), command=command, needle="run_command")
    for each in _tables(table(data).get("jobs")):
        if each.get("kind") == "PRE_DEPLOY" and isinstance(command := each.get("run_command"), str):
            yield _Process(name="release", command=command, needle=command)


def _tables(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


_FILES = {
    "fly.toml": _fly,
    "render.yaml": _render,
    "railway.json": lambda text: _railway(_json(text)),
    "railway.toml": lambda text: _railway(toml(text)),
    "nixpacks.toml": _nixpacks,
    "heroku.yml": _heroku,
    "manifest.yml": _cloud_foundry,
    "manifest.yaml": _cloud_foundry,
    "manifest.yml.j2": lambda text: _cloud_foundry(_TEMPLATE.sub(lambda at: "x" if at[1] else "", text)),
    ".do/app.yaml": _digital_ocean,
}
