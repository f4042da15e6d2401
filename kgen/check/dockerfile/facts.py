"""What a Dockerfile says about the container, as far as a pod can agree or disagree with it."""

from __future__ import annotations

import re

from kgen.check.dockerfile import commands, ports, scripts
from kgen.check.dockerfile.stages import Build
from kgen.check.dockerfile.users import ROOT
from kgen.check.dockerfile.variables import expanded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgen.check.dockerfile.shell import Command
    from kgen.check.dockerfile.stages import Stage
    from kgen.check.dockerfile.variables import Scope
    from kgen.dockerfile import Dockerfile, Instruction

_LONGEST_RANGE = 100
"""Ports that are kept of one range; nobody lists more of them in a pod."""

_SCRATCH_FOLDERS = ("/tmp", "/var/tmp")  # noqa: S108  # names, nothing is written
ANYTHING = "*"
"""Stands among what is copied for what may be any program."""

_TOP = frozenset({"/", "/bin", "/bin/", "/usr/bin", "/usr/bin/"})
_OF_PROGRAMS = frozenset({"", "/bin", "/busybox", "/sbin", "/usr", "/usr/bin", "/usr/local/bin"})
"""Folders of a stage that hold programs."""

_ADD_USER = frozenset({"adduser", "useradd"})
_UID = re.compile(r"(?:^|\s)(?:--uid|-[a-zA-Z]*u)[\s=]?(\S+)")
_SCRATCH_VARIABLES = frozenset({"TMPDIR", "TMP", "TEMP"})


class Program:
    """What ENTRYPOINT or CMD runs."""

    __slots__ = ("is_shell_form", "name", "words")

    def __init__(self, instruction: Instruction) -> None:
        self.name = instruction.name
        self.words = tuple(word.text for word in instruction.words)
        self.is_shell_form = commands.is_shell_form(instruction)


class Ownership:
    """A path of the image that is given to somebody."""

    __slots__ = ("group", "path", "user")

    def __init__(self, path: str, owner: str) -> None:
        self.path = path
        self.user, _, self.group = owner.partition(":")


class ImageFacts:
    """What is known of the image that the last stage becomes."""

    __slots__ = (
        *("command", "copied", "entrypoint", "has_healthcheck", "has_user", "is_windows", "lacks_shell", "owners"),
        *("ports", "stop_signal", "temporary", "user", "user_number", "volumes"),
    )

    def __init__(self, final: Stage) -> None:
        image = final.root.image
        self.user = _text(final, "USER")
        """Name or number, ``root`` if the image is known to run as root, ``None`` if the file does not tell."""

        self.has_user = final.last("USER") is not None
        if self.user is not None:
            self.user = self.user.partition(":")[0] or "root"
        elif not self.has_user and (final.is_scratch or (image is not None and image.runs_as_root)):
            self.user = "root"
        self.user_number = _number(final, self.user)
        """Its number, also of a name that the file gives one; ``None`` if it does not tell."""

        self.ports = tuple(_ports(final))
        """Numbers and protocols."""

        self.entrypoint, self.command = _programs(final)
        check = final.last("HEALTHCHECK")
        self.has_healthcheck = (
            check is not None and check[1].words[:1] != () and check[1].words[0].text.upper() == "CMD"
        )
        self.stop_signal = _text(final, "STOPSIGNAL") or ""
        self.volumes = tuple(_volumes(final))
        self.temporary = tuple(_temporary(final, self))
        """Folders for temporary files that the image says it uses."""

        self.is_windows = image is not None and image.is_windows
        self.lacks_shell = final.is_scratch or (image is not None and image.lacks_shell)
        """Whether the base has neither a shell nor the usual programs."""

        self.copied = frozenset(_copied(final))
        """Names of files and folders that are copied onto the base."""

        self.owners = tuple(_owners(final))

    @property
    def is_root(self) -> bool:
        return self.user in ROOT


def image_facts(file: Dockerfile, target: str = "", given: Mapping[str, str] | None = None) -> ImageFacts | None:
    """
    Return what ``file`` says about its image, or ``None`` if it makes none.

    Args:
        file: As it was read.
        target: The stage that is built; empty: the last one.
        given: Build arguments.
    """
    final = Build(file, target, given).final
    return None if final is None or file.faults else ImageFacts(final)


def _text(final: Stage, name: str) -> str | None:
    """Return the argument of the last instruction ``name``."""
    found = final.last(name)
    if found is None or not found[1].words:
        return None
    return found[0].value(found[1].words[0], found[2])


def _number(final: Stage, user: str | None) -> int | None:
    """Return the number of a user: 0 for root, and what ``useradd`` and its like are told for another name."""
    if user is None or user in ROOT:
        return None if user is None else 0
    if user.isdigit():
        return int(user)
    found = None
    for stage in reversed([*final.line_of_descent]):
        for script in scripts.of(stage):
            for command in script.commands:
                if command.name in _ADD_USER and user in command.arguments:
                    number = _UID.search(" ".join(command.arguments))
                    value = expanded(number[1], stage.escape, script.scope) if number else None
                    found = int(value) if value and value.isdigit() else None
    return found


def _ports(final: Stage) -> Iterator[tuple[int, str]]:
    for instruction, scope in final.steps_of_line():
        if instruction.name != "EXPOSE":
            continue
        for word in instruction.words:
            for port in (final.value(word, scope) or "").split():
                number, _, protocol = port.rpartition(":")[2].partition("/")
                first, last = ports.bounds(number)
                if first is not None and last is not None:
                    last = min(last, first + _LONGEST_RANGE)
                    yield from ((each, (protocol or "tcp").upper()) for each in range(first, last + 1))


def _programs(final: Stage) -> tuple[Program | None, Program | None]:
    entrypoint, command = final.last("ENTRYPOINT"), final.last("CMD")
    if entrypoint is not None and command is not None and command[0].index < entrypoint[0].index:
        command = None  # a new ENTRYPOINT takes the inherited CMD away
    return (
        Program(entrypoint[1]) if entrypoint is not None and entrypoint[1].words else None,
        Program(command[1]) if command is not None and command[1].words else None,
    )


def _volumes(final: Stage) -> Iterator[str]:
    for instruction, scope in final.steps_of_line():
        if instruction.name == "VOLUME":
            yield from (path for word in instruction.words if (path := final.value(word, scope)))


def _temporary(final: Stage, made: ImageFacts) -> Iterator[str]:
    words = [word for program in (made.entrypoint, made.command) if program is not None for word in program.words]
    words += [value for name in _SCRATCH_VARIABLES if (value := final.scope.value(name))]
    for folder in _SCRATCH_FOLDERS:
        if any(re.search(rf"(?:^|[\s=:\"']){folder}(?:$|[/\s\"'])", word) for word in words):
            yield folder


def _copied(final: Stage) -> Iterator[str]:
    for instruction, scope in final.steps_of_line():
        if instruction.name == "RUN":  # it may bring anything
            yield ANYTHING
        elif instruction.name in {"ADD", "COPY"} and instruction.words:
            *sources, target = [final.value(word, scope) or ANYTHING for word in instruction.words]
            is_top = target in _TOP
            for path in (*sources, target):
                yield path.rstrip("/").rpartition("/")[2]
            for path in sources:
                is_folder = path.endswith(("/", "rootfs")) or path in {".", ANYTHING}
                if (is_folder and is_top) or (instruction.flag("from") and path.rstrip("/") in _OF_PROGRAMS):
                    yield ANYTHING


def _owners(final: Stage) -> Iterator[Ownership]:
    for instruction, scope in final.steps_of_line():
        if (
            instruction.name in {"ADD", "COPY"}
            and instruction.words
            and (owner := instruction.flag("chown")) is not None
        ):
            value = final.value(owner, scope)
            if value:
                yield Ownership(instruction.words[-1].text, value)
    for stage in final.line_of_descent:
        for script in scripts.of(stage):
            for command in script.commands:
                yield from _changed(command, stage, script.scope)


def _changed(command: Command, stage: Stage, scope: Scope) -> Iterator[Ownership]:
    """Yield what ``chown`` gives to whom."""
    words = [word for word in command.arguments if not word.startswith("-")]
    if command.name == "chown" and len(words) > 1 and (owner := expanded(words[0], stage.escape, scope)):
        yield from (Ownership(path, owner) for path in words[1:])
