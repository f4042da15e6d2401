"""Shell scripts and tasks that start the project, and what its README tells to type: more than a guess."""

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from kgen.detect.commands.started import started
from kgen.detect.evidence import processes
from kgen.detect.evidence.said import Said
from kgen.detect.found import Program
from kgen.detect.project import Project
from kgen.detect.source.texts import origin, table
from kgen.record import replace

SCRIPT, README = 64, 47
"""Ranks."""

OF_BOT = 63
"""Rank of a bot that the README tells to start: more than that of a script which merely is one."""

_SCRIPT = re.compile(
    r"(?:start|run|entrypoint|docker-entrypoint|boot|launch|main|startup|serve|deploy_start)(?:[-_]\w+)?\.(?:sh|bash)"
)
_README = re.compile(r"README(?:\.\w+)?", re.IGNORECASE)
_LINE = re.compile(
    r"^\s*(?:[$>#]\s+|`)?((?:(?:poetry|pdm|uv|pipenv)\s+run\s+)?(?:python3?(?:\.\d+)?\s+(?:-[uBOsSEIqb]+\s+)*(?:-m\s+)?|nb\s+)[\w./-]+)(?:`|\s|$)",
    re.MULTILINE,
)
_NOT = re.compile(
    r"-m\s+(?:pip|venv|virtualenv|pytest|unittest|pipx|ensurepip|build|http|nltk|spacy|playwright|ruff|black)\b|setup\.py|manage\.py|test"
)


_TASK = re.compile(r"(?:start|serve|prod|production|web|api|bot|worker|beat|scheduler)(?:[-_:](?:prod|production))?")
_TABLES = (("taskipy", "tasks"), ("poe", "tasks"), ("pdm", "scripts"))
"""Runner of tasks → its table in ``pyproject.toml``."""


def programs(project: Project) -> Iterator[Program]:
    yield from _of_scripts(project)
    yield from _of_tasks(project)
    yield from _of_readme(project)


def _of_scripts(project: Project) -> Iterator[Program]:
    for folder in ("", "bin", "scripts"):
        here = project.path(folder) if folder else project.folder
        said: list[Said] = []
        seen: set[tuple[str, ...]] = set()  # one script may start another
        for name in project.tree.here(here):
            path = f"{folder}/{name}" if folder else name
            if _SCRIPT.fullmatch(name) and (text := project.text(path)):
                made = started(project, text)
                new = tuple(each for each in made.processes if each.words not in seen)
                seen |= {each.words for each in new}
                said.append(Said(name="", started=replace(made, processes=new), origin=path))
        sure = (each for each in processes.programs(project, said, SCRIPT) if each.rank >= SCRIPT)
        found = {each.command.value: each for each in sure if "$" not in str(each.command.value)}
        yield from found.values()
        if found:
            return


def _of_tasks(project: Project) -> Iterator[Program]:
    """Yield what the tasks start that are called like processes: ``start``, ``worker``."""
    text = project.text("pyproject.toml") or ""
    said = []
    for tool, name in _TABLES:
        for task, about in table(project.pyproject, "tool", tool, name).items():
            line = about if isinstance(about, str) else _line(about) if isinstance(about, Mapping) else ""
            if line and _TASK.fullmatch(task):
                where = origin("pyproject.toml", text, f"\n{task} =", skip=1)
                said.append(Said(name=task, started=started(project, line), origin=where))
    sure = (each for each in processes.programs(project, said, SCRIPT) if each.rank >= SCRIPT)
    yield from (each for each in sure if "$" not in str(each.command.value))


def _line(about: Mapping[str, Any]) -> str:
    given = next((about[key] for key in ("cmd", "shell") if key in about), "")
    return shlex.join(map(str, given)) if isinstance(given, list) else str(given)


def _of_readme(project: Project) -> Iterator[Program]:
    """Yield the first script that the README tells to start."""
    for name in project.tree.here(project.folder):
        if not _README.fullmatch(name):
            continue
        text = project.text(name) or ""
        for match in _LINE.finditer(text):
            if _NOT.search(match[1]):
                continue
            line = text.count("\n", 0, match.start(1)) + 1
            said = Said(name="", started=started(project, match[1]), origin=f"{name}:{line}")
            if not any(processes.script(project, each) for each in said.started.processes):
                continue  # a program of somebody else's
            for made in processes.programs(project, [said], README):
                if made.rank == README and (made.type == "job" or not made.doubts):
                    rank = OF_BOT if made.covers else README
                    yield replace(made, role="main", rank=rank) if made.type != "web" else made
                    return
                if made.rank == README and made.type == "web":
                    return  # what else is told then is not what the project is for
