"""The stages of a Dockerfile: what each starts from, and what its variables are worth at every instruction."""

from __future__ import annotations

import re

from kgen.check.dockerfile.image_names import SCRATCH, Image, image
from kgen.check.dockerfile.variables import Scope, expanded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kgen.check.dockerfile.variables import History
    from kgen.dockerfile import Dockerfile, Instruction, Word

PLATFORM_ARGUMENTS = frozenset(
    f"{of}{what}" for of in ("BUILD", "TARGET") for what in ("PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT")
) | {"TARGETSTAGE"}
"""Set by Docker above the first ``FROM``; a stage that wants one has to declare it."""

_MOST_STAGES = 1000
"""What follows is not looked at: nobody writes so many, and each may inherit from the one before."""

_FROM_AND_NAME = 3
"""Words of ``FROM image AS name``."""


class Stage:
    """One ``FROM`` and what follows it."""

    __slots__ = (
        "_above",
        "_given",
        "_history",
        "_is_closed",
        "escape",
        "image",
        "index",
        "lasts",
        "parent",
        "root",
        "source",
        "start",
        "starts_at_root",
        "steps",
    )

    def __init__(
        self,
        index: int,
        start: Instruction,
        build: Build,
        source: str | None,
        parent: Stage | None,
    ) -> None:
        escape = build.file.escape
        self._given = build.given
        self.index = index
        self.start = start
        self.escape = escape
        self.source = source
        """What it starts from, without variables; ``None`` if only the build knows."""

        self.parent = parent
        """The stage that it starts from."""

        self.root: Stage = self if parent is None else parent.root
        """The first stage of its line, which starts from an image."""

        self.image: Image | None = image(source) if source is not None and parent is None else None
        """The image that it starts from, if that is named as an image has to be."""

        self.starts_at_root: bool = (
            parent.last("WORKDIR") is None and parent.starts_at_root
            if parent is not None
            else self.is_scratch or (self.image is not None and self.image.works_at_root)
        )
        """Whether its first instruction is known to run in ``/``."""

        self.steps: list[tuple[Instruction, Scope]] = []
        """Its instructions, each with the variables in front of it."""

        self._history: History = {}
        self._above = parent.scope if parent is not None else None
        self._is_closed = self.is_scratch or (self.root.image is not None and self.root.image.sets_only_path)
        self.lasts: dict[str, tuple[Stage, Instruction, Scope]] = {} if parent is None else dict(parent.lasts)
        """For each instruction the one that counts, its own or inherited, and the stage that it is in."""

    @property
    def base(self) -> Word | None:
        """What it starts from, as it is written."""
        return self.start.words[0] if self.start.words else None

    @property
    def name_word(self) -> Word | None:
        words = self.start.words
        return words[2] if len(words) == _FROM_AND_NAME and words[1].text.lower() == "as" else None

    @property
    def name(self) -> str:
        """Its name as Docker compares it, or ""."""
        return self.name_word.text.lower() if self.name_word is not None else ""

    @property
    def line_of_descent(self) -> Iterator[Stage]:
        """The stage, the one that it starts from, and so on."""
        stage: Stage | None = self
        while stage is not None:
            yield stage
            stage = stage.parent

    @property
    def is_scratch(self) -> bool:
        return self.root.source == SCRATCH

    @property
    def scope(self) -> Scope:
        """The variables at its end so far."""
        return Scope(self._history, len(self.steps), self._above, is_closed=self._is_closed)

    def last(self, name: str) -> tuple[Stage, Instruction, Scope] | None:
        """Return one of ``lasts``."""
        return self.lasts.get(name)

    def steps_of_line(self) -> Iterator[tuple[Instruction, Scope]]:
        """Yield the steps of all stages that it is made of, in the order in which they run."""
        for stage in reversed([*self.line_of_descent]):
            yield from stage.steps

    def value(self, word: Word, scope: Scope) -> str | None:
        """Return what ``word`` says without build arguments, or ``None`` if the file does not tell."""
        return expanded(word.text, self.escape, scope)

    def take(self, instruction: Instruction, above: Scope) -> None:
        """
        Add an instruction.

        Args:
            above: The variables above the first ``FROM``, for an ``ARG`` without a default.
        """
        scope = self.scope
        at = len(self.steps)
        self.steps.append((instruction, scope))
        self.lasts[instruction.name] = self, instruction, scope
        if instruction.name not in {"ARG", "ENV"}:
            return
        made: list[tuple[str, str | None]] = []
        for key, value in instruction.pairs:
            if instruction.name == "ARG":  # each sees those before it
                scope = self.scope
            if instruction.name == "ARG" and key.text in self._given:
                made.append((key.text, self._given[key.text]))
            elif value is not None:
                made.append((key.text, self.value(value, scope)))
            elif scope.value(key.text) is None:  # else what the base sets stays
                made.append((key.text, above.value(key.text)))
            if instruction.name == "ARG":
                self._set(at, made)
        self._set(at, made)

    def _set(self, at: int, made: list[tuple[str, str | None]]) -> None:
        for name, value in made:
            self._history.setdefault(name, []).append((at, value))
        made.clear()


class Build:
    """All stages of a file."""

    __slots__ = ("_named", "arguments", "before", "file", "given", "scope", "stages", "target")

    def __init__(self, file: Dockerfile, target: str = "", given: Mapping[str, str] | None = None) -> None:
        """
        Args:
            target: Name or number of the stage that is built; empty: the last one.
            given: Build arguments.
        """
        self.file = file
        self.target = target
        self.given = given or {}
        self.before: list[Instruction] = []
        """What stands above the first ``FROM``."""

        history: History = {name: [(0, None)] for name in PLATFORM_ARGUMENTS}
        self.scope = Scope(history, 1, is_closed=True)
        """What ``FROM`` may use."""

        self.arguments: set[str] = set()
        """The names of ``ARG`` above the first ``FROM``."""

        self.stages: list[Stage] = []
        self._named: dict[str, Stage] = {}
        for instruction in file.instructions:
            if instruction.name == "FROM":
                if len(self.stages) == _MOST_STAGES:
                    break
                self._start(instruction)
            elif self.stages:
                self.stages[-1].take(instruction, self.scope)
            else:
                self.before.append(instruction)
                if instruction.name == "ARG":
                    for key, value in instruction.pairs:
                        made = None if value is None else expanded(value.text, file.escape, self.scope)
                        made = self.given.get(key.text, made)
                        history[key.text] = [(0, made)]
                        self.arguments.add(key.text)

    @property
    def final(self) -> Stage | None:
        """The stage that becomes the image; ``None`` if there is no stage of the name that is asked for."""
        if self.target:
            return self.stage(self.target)
        return self.stages[-1] if self.stages else None

    @property
    def names(self) -> Iterable[str]:
        """The names of all stages."""
        return self._named.keys()

    def stage(self, name: str) -> Stage | None:
        """Return the stage that a name or a number stands for, as ``COPY --from`` and ``--target`` have it."""
        name = name.lower()
        if (found := self._named.get(name)) is not None:
            return found
        is_number = name.isascii() and name.isdigit() and len(name) < len("99999")
        return self.stages[int(name)] if is_number and int(name) < len(self.stages) else None

    def needed(self) -> list[Stage]:
        """Return the stages that the image is made of or takes files from, in the order of the file."""
        waiting = [] if self.final is None else [self.final]
        found: dict[int, Stage] = {}
        while waiting:
            stage = waiting.pop()
            if stage.index in found:
                continue
            found[stage.index] = stage
            waiting += [] if stage.parent is None else [stage.parent]
            sources = (self.stage(word.text) for instruction, _ in stage.steps for word in sources_of(instruction))
            waiting += [each for each in sources if each is not None and each.index < stage.index]
        return [found[index] for index in sorted(found)]

    def _start(self, start: Instruction) -> None:
        source = expanded(start.words[0].text, self.file.escape, self.scope) if start.words else None
        parent = self._named.get(source) if source is not None else None
        made = Stage(len(self.stages), start, self, source, parent)
        self.stages.append(made)
        if made.name:
            self._named[made.name] = made


def sources_of(instruction: Instruction) -> Iterator[Word]:
    """Yield the words that say from which stage files come."""
    if instruction.name == "COPY":
        yield from instruction.values("from")
    elif instruction.name == "RUN":
        for mount in instruction.values("mount"):
            if (found := re.search(r"(?:^|,)from=([^,]*)", mount.text)) is not None:
                yield mount.part(*found.span(1))
