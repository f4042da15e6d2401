"""
Variables by which the project's own compose file tells its services where others are.

Whatever reads them (a settings file, a library) may be out of sight: that somebody wires them up is evidence enough.
"""

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any

from kgen.detect.evidence.compose import compose_files, is_for_development, services
from kgen.detect.found import Doubt, Fact, listed
from kgen.detect.project import Project
from kgen.detect.source.texts import origin, table, yaml
from kgen.detect.variables.backing import by_default, output
from kgen.detect.variables.debug import DEVELOPMENT
from kgen.detect.variables.variable import Variable

_HOST = re.compile(r"(?:[a-z][\w+.-]*://(?:[^@/\s]*@)?)?([a-z][\w-]*)(?::\d+)?(?:[/?,]\S*)?")


def variables(project: Project, images: frozenset[str]) -> Iterator[Variable]:
    """
    Yield the variables of the project's services that are about servers beside them, each with its value as default.

    Args:
        project: The project.
        images: Types of the servers that its compose files start.
    """
    for file in compose_files(project.tree, project.folder):
        text = project.tree.text(file) or ""
        others: Mapping[str, Any] = table(yaml(text), "services")
        for service in () if is_for_development(file) else services(project, file):
            kinds = {name: _kind(project, name, value, images) for name, value in service.env.items()}
            reached = {kinds[name] for name, value in service.env.items() if _names(value, others)}
            for name, value in service.env.items():
                if kinds[name] and kinds[name] in reached and not name.startswith("TEST"):
                    where = origin(file, text, name)
                    yield Variable(name=name, origin=where, is_required=False, default=value, has_default=True)


def plain(project: Project) -> Iterator[tuple[str, Fact]]:
    """Yield the variables of the project's services whose values hold anywhere: they name no service beside them."""
    for file in compose_files(project.tree, project.folder):
        text = project.tree.text(file) or ""
        others: Mapping[str, Any] = table(yaml(text), "services")
        for service in () if is_for_development(file) else services(project, file):
            for name, value in service.env.items():
                is_address = _HOST.fullmatch(value) and (_names(value, others) or ":" in value)
                if value and not (is_address or value.startswith("/") or DEVELOPMENT.fullmatch(value)):
                    yield name, Fact(value, origin(file, text, name))


_OF_DEVELOPERS = re.compile(
    r"DEBUG|DEV|TEST|LOCAL|RELOAD|ECHO|LOG|DEMO|MOCK|FAKE|SKIP|DISABLE|INSECURE|UNBUFFERED|BYTECODE"
)


def switches(project: Project) -> Iterator[tuple[str, Fact]]:
    """Yield what the project's services have turned on or off, unless it is for developers by its name."""
    varied = frozenset(_varied(project))
    for name, fact in plain(project):
        if fact.value.lower() in {"true", "false"} and name not in varied and not _OF_DEVELOPERS.search(name):
            yield name, fact


def _varied(project: Project) -> Iterator[str]:
    """Yield the variables by which services of one command differ: the one or the other is started."""
    for file in compose_files(project.tree, project.folder):
        every = [] if is_for_development(file) else list(services(project, file))
        for each in every:
            for other in every:
                if (each.command, each.entrypoint) == (other.command, other.entrypoint):
                    yield from (name for name, value in each.env.items() if other.env.get(name) != value)


def beside(project: Project, env: Container[str]) -> Iterator[Doubt]:
    """Yield which variables tell the project's services where others beside them are, and have no value here."""
    found: dict[str, str] = {}
    for file in compose_files(project.tree, project.folder):
        text = project.tree.text(file) or ""
        others: Mapping[str, Any] = table(yaml(text), "services")
        for service in () if is_for_development(file) else services(project, file):
            for name, value in service.env.items():
                if name not in env and "://" in value and _names(value, others):
                    found.setdefault(name, f"{name}: {value} ({origin(file, text, name)})")
    if found:
        yield Doubt(
            path=("env",) if env else ("components",),
            question=f"your containers are told where others are: {listed(found.values(), _MOST)}",
            help="set where they are in the cluster",
        )


_MOST = 4


def _kind(project: Project, name: str, value: str, images: frozenset[str]) -> str:
    found = output(project, name, images) or by_default(project, name, value)
    return found.type if found else ""


def _names(value: str, others: Mapping[str, Any]) -> bool:
    """Tell whether a value is another service, or an address there."""
    match = _HOST.fullmatch(value)
    return match is not None and match[1] in others
