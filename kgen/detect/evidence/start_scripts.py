"""Shell scripts that start the project, and what its README tells to type: more than a guess."""

import re
from collections.abc import Iterator

from kgen.detect.evidence import processes
from kgen.detect.evidence.processes import Said
from kgen.detect.found import Program
from kgen.detect.project import Project
from kgen.detect.started import started
from kgen.record import replace

SCRIPT, README = 64, 47
"""Ranks."""

_SCRIPT = re.compile(
    r"(?:start|run|entrypoint|docker-entrypoint|boot|launch|main|startup|serve|deploy_start)(?:[-_]\w+)?\.(?:sh|bash)"
)
_README = re.compile(r"README(?:\.\w+)?", re.IGNORECASE)
_LINE = re.compile(
    r"^\s*(?:[$>#]\s+|`)?((?:(?:poetry|pdm|uv|pipenv)\s+run\s+)?(?:python3?(?:\.\d+)?\s+(?:-m\s+)?|nb\s+)[\w./-]+)(?:`|\s|$)",
    re.MULTILINE,
)
_NOT = re.compile(
    r"-m\s+(?:pip|venv|virtualenv|pytest|unittest|pipx|ensurepip|build|http|nltk|spacy|playwright|ruff|black)\b|setup\.py|manage\.py|test"
)


def programs(project: Project) -> Iterator[Program]:
    yield from _of_scripts(project)
    yield from _of_readme(project)


def _of_scripts(project: Project) -> Iterator[Program]:
    for folder in ("", "bin", "scripts"):
        here = project.path(folder) if folder else project.folder
        said = []
        for name in project.tree.here(here):
            path = f"{folder}/{name}" if folder else name
            if _SCRIPT.fullmatch(name) and (text := project.text(path)):
                said.append(Said(name="", started=started(project, text), origin=path))
        sure = (each for each in processes.programs(project, said, SCRIPT) if each.rank >= SCRIPT)
        found = {each.command.value: each for each in sure if "$" not in str(each.command.value)}
        yield from found.values()
        if found:
            return


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
            for made in processes.programs(project, [said], README):
                if made.rank == README and not made.doubts:
                    yield replace(made, role="main") if made.type != "web" else made
                    return
