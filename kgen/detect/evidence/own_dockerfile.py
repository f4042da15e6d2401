"""What the project's own Dockerfile starts."""

import re
from collections.abc import Iterator
from itertools import chain

from kgen.detect.commands.entry_points import others
from kgen.detect.commands.started import started
from kgen.detect.evidence import processes
from kgen.detect.evidence.compose import compose_files, is_for_development, services
from kgen.detect.evidence.said import Said
from kgen.detect.found import LOST, Doubt, Fact, Program
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import DEVELOPMENT, Container, containers, targets
from kgen.detect.source.image import Image
from kgen.record import replace

RANK = 90
ALONE = 79
"""Rank of an entry point whose arguments compose files have."""


def programs(project: Project) -> Iterator[Program]:
    """Yield the programs of the first Dockerfile that starts something, with what others start as a doubt."""
    rest = iter(containers(project.tree, project.folder))
    for container in rest:
        if found := list(_programs(project, container)):
            texts = (project.tree.text(file) or "" for file in compose_files(project.tree, project.folder))
            stages = () if any("target:" in text for text in texts) else targets(project.tree, container.file)
            others = chain(stages, rest)
            more = tuple(_elsewhere(project, others, {_subject(each) for each in found}))
            yield replace(found[0], doubts=(*found[0].doubts, *more))
            yield from found[1:]
            return


def _elsewhere(project: Project, rest: Iterator[Container], known: set[str]) -> Iterator[Doubt]:
    """Yield what Dockerfiles beside the first one start, if they are for production, and it is something else."""
    for container in rest:
        found = () if DEVELOPMENT.search(container.file.rpartition("/")[2]) else _programs(project, container)
        new = [each for each in found if each.rank == RANK and _subject(each) not in known]
        if new and not any(_is_named(project, file, container) for file in compose_files(project.tree, project.folder)):
            known |= {_subject(each) for each in new}
            yield Doubt(
                path=("command",),
                question=f"{new[0].command.origin} starts something else: `{new[0].command.value}`",
                help="if it is needed, too: a component with a `build` of its own",
            )


def _is_named(project: Project, file: str, container: Container) -> bool:
    """Tell whether a compose file builds with a Dockerfile: then what it starts is known by that."""
    return container.file.rpartition("/")[2] in (project.tree.text(file) or "")


_OBJECT = re.compile(r"[\w.]+:\w+|\S+\.py|[\w.]+\.wsgi|[\w.]+\.asgi")


def _subject(program: Program) -> str:
    """Return what a program is about: the object that is served, or the script; else what it is for, or all of it."""
    match = _OBJECT.search(str(program.command.value).replace("0.0.0.0:", " "))
    return match[0] if match else program.role if program.role != program.type else str(program.command.value)


def _programs(project: Project, container: Container) -> Iterator[Program]:
    origin = f"{container.file}:{container.line}"
    made = started(project, container.start, container=container, port=container.port)
    said = Said(name="", started=made, origin=origin, is_lasting=True if len(made.processes) > 1 else None)
    rank = ALONE if not container.command and _is_given(project, container) else RANK
    found = list(processes.programs(project, [said], rank))
    if container.command and container.entrypoint and not any(each.rank > LOST for each in found):
        made = started(project, container.command, container=container, port=container.port)
        found = list(processes.programs(project, [Said(name="", started=made, origin=origin)], RANK))
    more = tuple(_more(project, container))
    yield from (replace(each, doubts=(*each.doubts, *more)) if not place else each for place, each in enumerate(found))


def _is_given(project: Project, container: Container) -> bool:
    """Tell whether the services of a compose file give the image's entry point the arguments that it has not itself."""
    files = [file for file in compose_files(project.tree, project.folder) if not is_for_development(file)]
    every = [each for file in files for each in services(project, file) if each.container]
    return any(each.command and not each.entrypoint and each.container == container for each in every)


def _is_service(project: Project, argument: str) -> bool:
    """Tell whether a compose file has a service that is started with an argument, or its variant for development."""
    pattern = re.compile(rf"command:\s*\[?\s*[\"']?(?:\w+[_-])?{re.escape(argument)}\b")
    return any(pattern.search(project.tree.text(file) or "") for file in compose_files(project.tree, project.folder))


def _more(project: Project, container: Container) -> Iterator[Doubt]:
    """Yield what else the script that the image starts with knows to start, if it is told to."""
    image = Image(project, container)
    for word in container.entrypoint if isinstance(container.entrypoint, tuple) else ():
        path = image.path(word) if "/" in word else None
        named = others((project.text(path) or "") if path else "", container.command)
        named = [each for each in named if not _is_service(project, each)]
        if named:
            listed = ", ".join(f"`{each}`" for each in named)
            yield Doubt(
                path=("command",),
                question=f"{path} also starts {listed}",
                help="add a component for each that the app needs",
            )


def packages(project: Project) -> list[Fact]:
    """Return the Debian packages that it installs to run, as evidence."""
    return [
        Fact(name, container.file)
        for container in containers(project.tree, project.folder)[:1]
        for name in container.packages
    ]
