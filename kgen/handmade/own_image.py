"""Images that are built from Dockerfiles that the user wrote: the file, how it is built, and what runs it."""

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from kgen.check.dockerfile import of_build
from kgen.check.dockerfile.facts import ImageFacts, Program
from kgen.check.dockerfile.paths import local_sources
from kgen.check.dockerfile.stages import Build as Stages
from kgen.check.dockerfile.stages import Stage
from kgen.check.templates import Template
from kgen.diag import Diagnostic, Label, Path, Rule, Span
from kgen.dockerfile import SYNTAX, Dockerfile, Fault, Word
from kgen.model.container import Build
from kgen.model.facts import OwnDockerfile
from kgen.read.dockerfile import read
from kgen.validate.dockerfiles import is_known


def rule_of(row: str) -> Rule:
    """Return the rule of a row of the catalogue."""
    from kgen.check import catalogue  # noqa: PLC0415  # only after a fault

    return catalogue.rule(row)


class OwnImage:
    """A Dockerfile as one ``build`` of the app file has it built."""

    def __init__(self, at: Path, build: Build, shown: str, given: OwnDockerfile) -> None:
        """
        Args:
            at: Where the build stands in the app file.
            build: As it says.
            shown: The Dockerfile as findings name it.
            given: What was read.
        """
        self.at = at
        self.build = build
        self.shown = shown
        self.given = given
        self.scripts: Mapping[str, str] = {}
        """Path in the context → text, for those of ``wanted`` that are there."""

        self.file: Dockerfile = read((given.text or "").encode())
        self.stages = Stages(self.file, build.target or "", build.args)

    @property
    def is_known(self) -> bool:
        """Whether Docker's own frontend reads the file: others take what they like."""
        return is_known(self.file)

    @cached_property
    def faults(self) -> Sequence[Fault]:
        """What `kgen validate` finds in the file, built so."""
        return of_build(self.stages, self.given.ignored)

    @property
    def is_broken(self) -> bool:
        """Whether Docker cannot read it."""
        return any(fault.row == SYNTAX for fault in self.faults)

    @cached_property
    def needed(self) -> Sequence[Stage]:
        """The stages that are built."""
        return self.stages.needed()

    @cached_property
    def copied(self) -> Sequence[tuple[Word, str]]:
        """What is copied from the context, as far as the file tells."""
        return [
            each
            for stage in self.needed
            for instruction, scope in stage.steps
            if instruction.name in {"ADD", "COPY"} and instruction.flag("from") is None
            for each in local_sources(stage, instruction, scope)
        ]

    @cached_property
    def facts(self) -> ImageFacts | None:
        """What is known of the image, if the file makes one."""
        final = self.stages.final
        return None if final is None or self.is_broken else ImageFacts(final)

    def wanted(self, script: str) -> list[str]:
        """Return where in the context a script of the image may come from, the likeliest first."""
        parts = [part for part in script.split("/") if part not in {"", "."}]
        ends = ["/".join(parts[start:]) for start in range(len(parts))]
        made = []
        for folder, name in dict.fromkeys(posixpath.split(path) for _, path in self.copied):
            if fnmatchcase(parts[-1], name):
                made.append(f"{folder}/{parts[-1]}")
            else:
                made += [f"{folder}/{name}/{end}" for end in ends]
        return [posixpath.normpath(f"/{path}").lstrip("/") for path in made]

    def script(self, script: str) -> tuple[str, str]:
        """Return the path and the text of a script of the image; empty if it is not known."""
        return next(((path, self.scripts[path]) for path in self.wanted(script) if path in self.scripts), ("", ""))

    @property
    def shown_scripts(self) -> Mapping[str, str]:
        """The same by their names in findings."""
        return {self.shown_as(path): text for path, text in self.scripts.items()}

    def shown_as(self, path: str) -> str:
        """Return how findings name a file of the context."""
        depth = posixpath.normpath(self.build.dockerfile or "").count("/") + 1
        above = self.shown.split("/")[:-depth]
        return "/".join((*above, path))

    @property
    def programs(self) -> Sequence[Program]:
        """``ENTRYPOINT`` and ``CMD``."""
        facts = self.facts
        return [each for each in (facts.entrypoint, facts.command) if each is not None] if facts is not None else []

    def place(self, word: Word, text: str = "") -> Label:
        """Return where a word of the Dockerfile stands."""
        line, column, end_line, end_column = self.file.place(word.start, word.end)
        span = Span(line=line, column=column, end_line=end_line, end_column=end_column)
        return Label(text=text, file=self.shown, span=span)

    def last(self, *names: str) -> Word:
        """Return the last instruction of one of ``names`` that the image has, or else the ``FROM`` of its stage."""
        final = self.stages.final
        for name in names:
            if final is not None and (found := final.last(name)) is not None:
                return found[1].whole
        return self.start

    @property
    def start(self) -> Word:
        """What the stage that becomes the image starts from."""
        final = self.stages.final
        return Word("", 0, 0) if final is None else final.base or final.start.keyword

    def found(self, row: str, at: Word, message: str, help_: str, related: Iterable[Label] = ()) -> Diagnostic:
        """Return a finding at a word of the Dockerfile; places without a file are paths of the app."""
        return Diagnostic(rule=rule_of(row), message=message, at=self.place(at), related=tuple(related), help=help_)


class Use:
    """A container that runs the image: the own one of a component, or of the release."""

    def __init__(self, at: Path, kind: str, template: Template, value: Mapping[str, Any], path: Path) -> None:
        """
        Args:
            at: Where the component stands in the app file.
            kind: Its type, or ``release``.
            template: Its pods.
            value: The container in them.
            path: Where that stands in the object.
        """
        self.at = at
        self.kind = kind
        self.template = template
        self.value = value
        self.path = path

    @property
    def name(self) -> str:
        return str(self.at[-1])

    @property
    def goes_on(self) -> bool:
        """Whether it is to run until somebody stops it."""
        return self.kind in {"daemon", "stateful", "web", "worker"}

    @property
    def command(self) -> tuple[str, ...]:
        return tuple(map(str, self.value.get("command") or ()))

    @property
    def args(self) -> tuple[str, ...]:
        return tuple(map(str, self.value.get("args") or ()))

    @property
    def user(self) -> Any:
        """What the process runs as, if the pod says so."""
        own, above = (each.get("securityContext") or {} for each in (self.value, self.template.spec))
        return own.get("runAsUser", above.get("runAsUser"))

    def label(self, text: str, *more: str, on_key: bool = False) -> Label:
        """Return a place of the app file in the component."""
        return Label((*self.at, *more), text, on="key" if on_key else "value")

    def user_label(self) -> Label:
        """Return where the app file says which user it is, or the component if nothing says so."""
        at: Path = ("security",) if self.kind == "release" else (*self.at, "security")
        return Label((*at, "runAsUser"), f"`{self.name}` runs as {self.user}")
