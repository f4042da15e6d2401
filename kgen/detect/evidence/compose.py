"""
The project's own compose files: services that run its image, each with a command of its own.

Source: https://github.com/compose-spec/compose-spec/blob/main/05-services.md
"""

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from kgen.detect.commands.entry_points import knows
from kgen.detect.commands.started import Start, Started, started, together
from kgen.detect.evidence import processes
from kgen.detect.evidence.said import Said
from kgen.detect.found import Program
from kgen.detect.project import Project
from kgen.detect.source.dockerfiles import Container, container, containers, files, is_package
from kgen.detect.source.image import Image
from kgen.detect.source.texts import origin, table, yaml
from kgen.detect.source.tree import Tree, join
from kgen.record import dataclass, replace

RANK = 80
_FILES = re.compile(r"(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml")
_FOLDERS = ("", "docker", ".docker", "deploy", "deployment", "infra", "docker-compose")
_DEVELOPMENT = re.compile(r"(?:^|[.-])(?:dev|develop|development|test|tests|ci|override|local|debug|e2e)(?:[.-]|$)")
_LASTING = ("always", "unless-stopped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that is built from the project."""

    name: str
    origin: str
    command: str | tuple[str, ...]
    entrypoint: str | tuple[str, ...]
    container: Container | None
    restarts: bool | None
    """Whether it is started again when it ends; ``None`` if nothing is said."""

    port: int | None
    env: Mapping[str, str]


def compose_files(tree: Tree, folder: str) -> list[str]:
    """Return the compose files of a project and above it, those for production first."""
    folders = [folder]
    while folders[-1]:
        folders.append(folders[-1].rpartition("/")[0])
    found = [
        join(here, name)
        for start in folders
        for inner in _FOLDERS
        for here in [join(start, inner) if inner else start]
        for name in tree.here(here)
        if _FILES.fullmatch(name)
    ]
    return sorted(dict.fromkeys(found), key=_place)


def is_for_development(file: str) -> bool:
    return bool(_DEVELOPMENT.search(file.rpartition("/")[2]))


def _place(file: str) -> tuple[object, ...]:
    name = file.rpartition("/")[2]
    return is_for_development(file), "prod" not in name, file.count("/"), len(name), name


def programs(project: Project) -> Iterator[Program]:
    """Yield the programs of the compose file that has most of this project's services; development's comes last."""
    found = [(file, list(_programs(project, file))) for file in compose_files(project.tree, project.folder)]
    for is_development in (False, True):
        here = [made for file, made in found if made and is_for_development(file) is is_development]
        if here:
            yield from max(here, key=len)
            return


def _programs(project: Project, file: str) -> Iterator[Program]:
    said: list[Said] = []
    release: list[tuple[Start, str]] = []
    prepared: list[tuple[int, Started]] = []
    for each in services(project, file):
        text = _text(project, each)
        if not text:
            continue
        made = started(project, text, container=each.container, env=each.env, port=each.port)
        if made.release and not made.processes:
            release += [(start, each.origin) for start in made.release]
        else:
            more = _prepared(project, each, made)
            prepared += [(len(said), more)] if more else []
            said.append(Said(name=each.name, started=made, origin=each.origin, is_lasting=each.restarts))
    for place, more in sorted(prepared, key=lambda one: one[1].processes[0].role != "web")[:1]:
        said[place] = replace(said[place], started=more)  # once is enough: it is the same script for all of them
    first = together(project, [release[-1][0]], release[-1][1]) if release else None
    for place, one in enumerate(processes.programs(project, said, RANK)):
        yield replace(one, release=first) if first and not place else one


def _prepared(project: Project, service: Service, made: Started) -> Started | None:
    """Return what a service starts with what its image's script does before: ``migrate; exec "$@"``; often nothing."""
    first = service.container.entrypoint if service.container and service.command and not service.entrypoint else ()
    if not made.processes or not isinstance(first, tuple) or not first:
        return None
    text = (*first, *_words(service.command))
    found = started(project, text, container=service.container, env=service.env, port=service.port)
    is_same = [each.words for each in found.processes] == [each.words for each in made.processes]
    return found if is_same and (found.others, found.release) != (made.others, made.release) else None


def _chooses(project: Project, service: Service, entrypoint: Sequence[str]) -> bool:
    """Tell whether a service's command is an argument by which its image's script chooses what to start."""
    image = Image(project, service.container)
    texts = [project.text(path) or "" for word in entrypoint if "/" in word and (path := image.path(word))]
    return any(_PASSING.search(text) or knows(text, word) for text in texts for word in _words(service.command)[:1])


_PASSING = re.compile(r"""^[^#\n]*(?:\.py|\s-m\s+[\w.]+)\s[^\n]*"?\$[@*]""", re.MULTILINE)
"""A program of the project's own that gets all arguments of a script."""


def _text(project: Project, service: Service) -> str | tuple[str, ...]:
    """Return what a service starts; its command is the arguments of its image's entry point if that is a program."""
    if service.entrypoint:
        return (*_words(service.entrypoint), *_words(service.command))
    if not service.command:
        return service.container.start if service.container else ()
    first = service.container.entrypoint if service.container else ()
    if isinstance(first, tuple) and _chooses(project, service, first):
        return (*first, *_words(service.command))
    return (*first, *_words(service.command)) if isinstance(first, tuple) and _is_program(first) else service.command


def _is_program(words: Sequence[str]) -> bool:
    """Tell whether an entry point is a program; a script may well prepare something for the command it is given."""
    name = words[0].rpartition("/")[2] if words else ""
    is_script = any(word.endswith((".sh", ".bash")) or "entrypoint" in word for word in words)
    return bool(name) and not is_script and name not in {"sh", "bash"} and ("/" not in words[0] or "bin/" in words[0])


def _words(text: str | Sequence[str]) -> tuple[str, ...]:
    """Return the words of an entry point or a command, which Compose splits without a shell."""
    try:
        return tuple(shlex.split(text)) if isinstance(text, str) else tuple(text)
    except ValueError:  # a quote without its partner
        return ()


def dockerfiles(project: Project) -> Iterator[Container]:
    """Yield the Dockerfiles that compose files build the project's services with."""
    for file in compose_files(project.tree, project.folder):
        yield from (each.container for each in services(project, file) if each.container)


def services(project: Project, file: str) -> Iterator[Service]:
    """Yield the services of a compose file that are built from the project's folder."""
    text = project.tree.text(file) or ""
    data = yaml(text)
    images = {
        str(about["image"]): about["build"]
        for about in table(data, "services").values()
        if isinstance(about, Mapping) and about.get("image") and about.get("build")
    }
    for name, about in table(data, "services").items():
        if not isinstance(about, Mapping):
            continue
        build = about.get("build") or images.get(str(about.get("image")))
        built = _built(project, file, build)
        if built is None and _is_own(project, about):
            built = _other(project, file, build)
        if built is not None:
            yield Service(
                name=str(name),
                origin=origin(file, text, f"\n  {name}:", skip=1),
                command=_command(about.get("command")),
                entrypoint=_command(about.get("entrypoint")),
                container=_placed(built, about.get("working_dir")) if built else None,
                restarts=_restarts(about),
                port=_port(about),
                env=environment(about),
            )


_MODULES = re.compile(r"(?:^|\s)-m\s+([A-Za-z_][\w.]*)|(?:^|[\s/])((?:[\w-]+/)*[\w-]+\.py)\b")


def _is_own(project: Project, about: Mapping[str, Any]) -> bool:
    """Tell whether a service runs a module of the project, whatever its image is called and made of."""
    texts = [_command(about.get(key)) for key in ("entrypoint", "command")]
    line = " ".join(text if isinstance(text, str) else " ".join(text) for text in texts)
    for match in _MODULES.finditer(line):
        place = project.path(match[2] or match[1].replace(".", "/"))
        is_module = not match[2] and any(f"{place}{end}" in project.tree for end in (".py", "/__main__.py"))
        if is_module or (match[2] and "/" in match[2] and place in project.tree):
            return True
    return False


def _other(project: Project, file: str, build: Any) -> Container | Literal[False]:
    """Return the Dockerfile of such a service: the one that it names, or else the project's own."""
    context = build if isinstance(build, str) else build.get("context", ".") if isinstance(build, Mapping) else ""
    wanted = str(build.get("dockerfile") or "Dockerfile") if isinstance(build, Mapping) else "Dockerfile"
    place = posixpath.normpath(posixpath.join(posixpath.dirname(file), str(context), wanted))
    if build and place in project.tree:
        return container(project.tree, place)
    return next(iter(containers(project.tree, project.folder)), False)


def _placed(container: Container, folder: object) -> Container:
    """Return the image of a service as it runs in a folder that is not the one of the image."""
    return replace(container, workdir=posixpath.normpath(posixpath.join(container.workdir, str(folder or ""))))


def _built(project: Project, file: str, build: Any) -> Container | Literal[False] | None:
    """Return the Dockerfile of a service; ``False`` if it is not there, ``None`` if it is not the project's service."""
    if build is None:
        return None
    context = build if isinstance(build, str) else build.get("context", ".") if isinstance(build, Mapping) else "."
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(file), str(context)))
    folder = "" if folder == "." else folder
    wanted = str(build.get("dockerfile") or "Dockerfile") if isinstance(build, Mapping) else "Dockerfile"
    dockerfile = posixpath.normpath(posixpath.join(folder, wanted))
    if folder != project.folder and not is_package(project.tree, project.folder, folder):
        below = f"{project.folder}/" if project.folder else ""
        if not (below and dockerfile.startswith(below) and below.startswith(f"{folder}/" if folder else "")):
            return None
    if dockerfile in project.tree:
        target = str(build.get("target") or "") if isinstance(build, Mapping) else ""
        return container(project.tree, dockerfile, target)
    return False if any(True for _ in files(project.tree, project.folder)) or project.folder == folder else None


def _command(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return value.strip().replace("$$", "$")
    return tuple(str(each).replace("$$", "$") for each in value) if isinstance(value, list) else ()


def _restarts(about: Mapping[str, Any]) -> bool | None:
    policy = about.get("restart")
    if policy in _LASTING:
        return True
    return False if policy in {"no", False} else None


def _port(about: Mapping[str, Any]) -> int | None:
    """Return the container's side of the first port that is published."""
    for each in about.get("ports") or ():
        target = each.get("target") if isinstance(each, Mapping) else str(each).rpartition(":")[2].partition("/")[0]
        if str(target).isdecimal():
            return int(str(target))
    return None


def environment(about: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables of a service whose values stand in the file."""
    given = about.get("environment")
    pairs = (
        given.items()
        if isinstance(given, Mapping)
        else ((str(each).partition("=")[0], str(each).partition("=")[2]) for each in given or () if "=" in str(each))
    )
    return {str(name): str(value) for name, value in pairs if value is not None and "$" not in str(value)}
