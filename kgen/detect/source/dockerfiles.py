"""The project's own Dockerfiles as evidence: which Python, what is installed, what is started, on which port."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from kgen.detect.source.installs import packages as installed
from kgen.detect.source.stages import (
    ancestry,
    copies,
    filled,
    front_ends,
    made_of,
    programs,
    python_of,
    stages_of,
    through,
    unquoted,
    workdir,
)
from kgen.detect.source.tree import Tree, join
from kgen.dockerfile import Dockerfile, Instruction
from kgen.read.dockerfile import read
from kgen.record import dataclass, field

_FILES = re.compile(r"(?:[\w.-]*\.)?(?:docker|container)file(?:[.-][\w.-]+)?|[\w-]*dockerfile", re.IGNORECASE)
_TOP = frozenset({"docker", ".docker", "deploy", "deployment", "infra", "infrastructure", "ops", "build", "compose"})
_TOP_OF_OTHERS = frozenset({"tools", "dockerfiles", "container", "containers", "images"})
_BELOW = frozenset(
    {
        *_TOP,
        *_TOP_OF_OTHERS,
        "prod",
        "production",
        "common",
        "django",
        "web",
        "app",
        "backend",
        "api",
        "server",
        "python",
    }
)
"""Names of the folders that people keep Dockerfiles in: the first, and those below it."""

_UV_PYTHON = re.compile(r"\buv python install\s+(?:cpython-)?(3\.\d+)")
_APT_PYTHON = re.compile(r"python(3\.\d+)")
_PORTS = 65535
_CHECKING = re.compile(r"(?:^|[._-])(?:tests?|testing|lint|docs?)(?:[._-]|$)", re.IGNORECASE)
"""What is in the names of Dockerfiles that say nothing of the program: those of tests, and of documentation."""

DEVELOPMENT = re.compile(r"dev|test|debug|local|ci|lint|docs", re.IGNORECASE)
"""What is in the names of Dockerfiles that are not for production."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What a Dockerfile says, with variables replaced as far as their values stand in it."""

    file: str
    """Its path in the tree."""

    python: str = ""
    """Minor version, of the stage that is run if it says one, else of an earlier one."""

    python_line: int = 0
    workdir: str = "/"
    command: tuple[str, ...] | str = ()
    """What is started, ``ENTRYPOINT`` and ``CMD`` together: words, or a line for a shell."""

    entrypoint: tuple[str, ...] | str = ()
    line: int = 0
    """Where the command stands."""

    port: int | None = None
    build_packages: tuple[str, ...] = ()
    """Debian packages of earlier stages."""

    packages: tuple[str, ...] = ()
    """Debian packages of the stage that is run."""

    copies: tuple[tuple[str, str], ...] = ()
    """Source and target of what is copied from the context into the stage that is run; a folder ends in ``/``."""

    others: tuple[str, ...] = ()
    """Targets of what comes from other stages and images."""

    env: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    """What all of its ``ARG`` and ``ENV`` say, in whichever stage."""

    volumes: tuple[str, ...] = ()
    """Folders that it has volumes for."""

    steps: tuple[tuple[str, int], ...] = ()
    """Text and line of what is run to make it, in the stages that it is made of."""

    front_ends: tuple[tuple[str, int], ...] = ()
    """Image and line of the stages of Node.js that it copies from."""

    @property
    def start(self) -> tuple[str, ...] | str:
        """What is started: ``CMD`` are the arguments of ``ENTRYPOINT`` if there are both."""
        if not self.entrypoint:
            return self.command
        if isinstance(self.entrypoint, str):
            return self.entrypoint
        more = ("/bin/sh", "-c", self.command) if isinstance(self.command, str) and self.command else self.command
        return (*self.entrypoint, *more)


def containers(tree: Tree, folder: str) -> tuple[Container, ...]:
    """Return what the Dockerfiles for the project in ``folder`` say, the most telling first."""
    made = [container(tree, name) for name in files(tree, folder) if not _CHECKING.search(name.rpartition("/")[2])]
    return tuple(sorted(made, key=lambda each: _rank(each, folder)))


def files(tree: Tree, folder: str) -> Iterator[str]:
    """Yield the Dockerfiles of a project; not those that are for development by their name."""
    start = len(folder) + 1 if folder else 0
    kept = (each for each in tree.folders(folder) if _holds(each[start:]) or is_package(tree, folder, each))
    for here in sorted(kept, key=_depth):
        for name in tree.here(here):
            if _FILES.fullmatch(name) and not name.endswith(".dockerignore"):
                yield join(here, name)


def is_package(tree: Tree, folder: str, inner: str) -> bool:
    """Tell whether a folder is the project's one package, which has the list of what is installed beside its source."""
    is_inner = inner.rpartition("/")[0] == folder and inner != folder
    listed = [join(each, name) for each in (folder, inner) for name in ("requirements.txt", "pyproject.toml")]
    there = [each for each in listed if each in tree] if is_inner else []
    return there == [join(inner, "requirements.txt")] and join(inner, "__init__.py") in tree


def _depth(folder: str) -> tuple[int, str]:
    return folder.count("/"), folder


def _holds(below: str) -> bool:
    """Tell whether a folder, seen from the project's, may hold its Dockerfiles."""
    first, *rest = below.split("/") if below else [""]
    return not first or (first in _TOP | _TOP_OF_OTHERS and all(each in _BELOW for each in rest))


def containers_above(tree: Tree, folder: str) -> Iterator[Container]:
    """
    Yield what the Dockerfiles above a project's folder say that copy something of it.

    They have another context: their version of Python is the project's, their paths and commands are not.
    """
    start = folder
    while folder:
        above, _, name = folder.rpartition("/")
        below = start.removeprefix(f"{above}/") if above else start
        for file in files(tree, above):
            made = container(tree, file)
            is_named = any(f"{mark}{name}/" in (tree.text(file) or "") for mark in (" ", "./", '"'))
            if is_named or any(_is_below(source, below) for source, _ in made.copies):
                yield made
        folder = above


def _is_below(source: str, folder: str) -> bool:
    """Tell whether what is copied is a folder, or is in it."""
    return f"{posixpath.normpath(source).lstrip('/')}/".startswith(f"{folder}/")


def _rank(made: Container, folder: str) -> tuple[object, ...]:
    below = made.file.removeprefix(f"{folder}/") if folder else made.file
    name = below.rpartition("/")[2]
    return (
        not made.python,
        bool(DEVELOPMENT.search(name)),
        not made.start,
        below.count("/"),
        name != "Dockerfile",
        name,
    )


def container(tree: Tree, file: str, target: str = "") -> Container:
    """Return what the Dockerfile ``file`` says of its last stage, or of ``target``."""
    return _container(file, tree.text(file) or "", target.lower())


def targets(tree: Tree, file: str) -> Iterator[Container]:
    """Yield what the stages before the last one start, of which no other one is made: images of their own."""
    stages = stages_of(read((tree.text(file) or "").encode()))
    bases = {words[0].text.lower() for each in stages.values() if (words := each[0].words)}
    for name in list(stages)[:-1]:
        if name not in bases and not DEVELOPMENT.search(name) and any(each.name in _STARTS for each in stages[name]):
            yield container(tree, file, name)


_STARTS = frozenset({"CMD", "ENTRYPOINT"})


@lru_cache(maxsize=64)  # many ask
def _container(file: str, text: str, target: str) -> Container:
    made = read(text.encode())
    stages = stages_of(made)
    target = target if target in stages else ""
    last = [each for name in ancestry(stages, target) for each in stages[name]]
    variables = _variables(made.instructions)
    pythons = [*_pythons(made, last, variables), *_pythons(made, made.instructions, variables)]
    before = [each for stage in stages.values() for each in stage if each not in last]
    env = {key: value for each in last if each.name == "ENV" for key, value in _pairs(each, variables)}
    entrypoint, command, line = _started(made, last)
    return Container(
        file=file,
        python=pythons[0][0] if pythons else "",
        python_line=pythons[0][1] if pythons else 0,
        workdir=workdir(last, variables),
        entrypoint=entrypoint,
        command=command,
        line=line,
        port=_port(last, variables),
        packages=(*installed(last), *programs(stages, last, variables)),
        build_packages=tuple(installed(before)),
        copies=(
            *((source, target) for source, target, is_own in copies(last, variables) if is_own),
            *through(stages, last, variables),
        ),
        others=tuple(target for _, target, is_own in copies(last, variables) if not is_own),
        env=env,
        variables=variables,
        volumes=tuple(
            filled(unquoted(word.text), variables) for each in last if each.name == "VOLUME" for word in each.words
        ),
        steps=tuple(_steps(made, stages, target)),
        front_ends=tuple(
            (name, made.place(start.start, start.end)[0]) for name, start in front_ends(stages, target, variables)
        ),
    )


def _steps(made: Dockerfile, stages: Mapping[str, list[Instruction]], last: str) -> Iterator[tuple[str, int]]:
    """Yield the ``RUN`` instructions of the last stage, or this one, and of those that it starts from or copies of."""
    seen = made_of(stages, last)
    for name in (each for each in stages if each in seen):
        for each in stages[name]:
            if each.name == "RUN" and each.words:
                text = " ".join(unquoted(word.text) for word in each.words) if each.is_json else each.text
                yield text, made.place(each.keyword.start, each.keyword.end)[0]


def _variables(instructions: Iterable[Instruction]) -> dict[str, str]:
    made: dict[str, str] = {}
    for each in instructions:
        if each.name in {"ARG", "ENV"}:
            made.update(_pairs(each, made))
    return made


def _pairs(each: Instruction, variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in each.pairs:
        if value is not None:
            yield key.text, filled(value.text.strip().strip("\"'"), variables)


def _pythons(
    made: Dockerfile, instructions: Iterable[Instruction], variables: Mapping[str, str]
) -> Iterator[tuple[str, int]]:
    """Yield the versions of Python that base images name, the last first, with their lines."""
    for each in reversed(list(instructions)):
        line = made.place(each.keyword.start, each.keyword.end)[0]
        if each.name == "FROM" and each.words:
            if version := python_of(filled(each.words[0].text, variables)):
                yield version, line
        elif each.name == "RUN":
            named = [_APT_PYTHON.fullmatch(name) for name in installed([each])] if "python3." in each.text else []
            found = [_UV_PYTHON.search(each.text), *named]
            yield from ((match[1], line) for match in found if match)


def _started(
    made: Dockerfile, instructions: Iterable[Instruction]
) -> tuple[tuple[str, ...] | str, tuple[str, ...] | str, int]:
    entrypoint: tuple[str, ...] | str = ()
    command: tuple[str, ...] | str = ()
    line = 0
    is_said = False  # a CMD of the stage itself stays, whatever comes first; one of its base does not
    for each in instructions:
        is_said = each.name != "FROM" and (is_said or each.name == "CMD")
        if each.name in _STARTS and each.words:
            words = tuple(unquoted(word.text) for word in each.words) if each.is_json else each.text
            line = made.place(each.keyword.start, each.keyword.end)[0]
            if each.name == "ENTRYPOINT":
                entrypoint, command = words, command if is_said else ()
            else:
                command = words
    return entrypoint, command, line


def _port(instructions: Iterable[Instruction], variables: Mapping[str, str]) -> int | None:
    ports = [
        filled(word.text, variables).partition("/")[0]
        for each in instructions
        if each.name == "EXPOSE"
        for word in each.words
    ]
    return next((int(port) for port in ports if port.isdecimal() and 0 < int(port) <= _PORTS), None)
