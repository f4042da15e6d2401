"""
Dockerfiles as values: instructions, their words, and where in the file each of them stands.

Places are offsets into the text, since hardly any of them is asked for; ``Dockerfile.place`` turns them into lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SYNTAX = "DKF00"
"""The row of the rules that says: this is no Dockerfile."""


class Fault:
    """What is wrong between two offsets, and which row of the rules it breaks."""

    __slots__ = ("end", "help", "message", "row", "start")

    def __init__(self, row: str, at: Word, message: str, help: str = "") -> None:  # noqa: A002  # the field it fills
        self.row = row
        self.start = at.start
        self.end = at.end
        self.message = message
        self.help = help

    def __repr__(self) -> str:
        return f"Fault({self.row} {self.message})"


class Word:
    """A piece of an instruction: ``text`` is what it says, without what only joins lines; quotes are kept."""

    __slots__ = ("end", "start", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"Word({self.text!r})"

    def part(self, start: int, end: int) -> Word:
        """Return the characters from ``start`` to ``end``; the whole word if it goes over several lines."""
        if self.end - self.start != len(self.text):
            return Word(self.text[start:end], self.start, self.end)
        return Word(self.text[start:end], self.start + start, self.start + end)


class Joined:
    """A text that was put together from pieces of the file."""

    __slots__ = ("_from", "_offsets", "text")

    def __init__(self, pieces: Sequence[tuple[str, int]]) -> None:
        """
        Args:
            pieces: Each with its offset in the file.
        """
        self._from: list[int] = []
        self._offsets: list[int] = []
        length = 0
        for piece, offset in pieces:
            self._from.append(length)
            self._offsets.append(offset)
            length += len(piece)
        self.text = "".join(piece for piece, _ in pieces)

    def offset(self, index: int) -> int:
        """Return where in the file the character at ``index`` stands."""
        at = max(bisect_right(self._from, index) - 1, 0)
        return self._offsets[at] + index - self._from[at]

    def word(self, start: int, end: int) -> Word:
        """Return the characters from ``start`` to ``end``."""
        first = self.offset(start)
        return Word(self.text[start:end], first, self.offset(end - 1) + 1 if end > start else first)


class Heredoc:
    """The lines after an instruction that belong to it."""

    __slots__ = ("body", "expands", "name")

    def __init__(self, name: str, body: Word, *, expands: bool) -> None:
        self.name = name
        self.body = body
        self.expands = expands
        """Whether variables in it are replaced: its name was written without quotes."""


class Instruction:
    """One instruction, with all of its lines."""

    __slots__ = (
        "end",
        "flags",
        "heredocs",
        "is_json",
        "is_legacy",
        "keyword",
        "line",
        "pairs",
        "rest",
        "trigger",
        "words",
    )

    def __init__(self, keyword: Word, line: Joined, rest: int) -> None:
        self.keyword = keyword
        """As it is written."""

        self.line = line
        self.rest = rest
        """Where in ``line`` its arguments start, after the flags."""

        self.flags: tuple[Word, ...] = ()
        """As ``--from=builder``, without quotes."""

        self.words: tuple[Word, ...] = ()
        """Its arguments: the entries if it is JSON, one of all that a shell gets, else what blanks separate."""

        self.is_json = False
        self.pairs: tuple[tuple[Word, Word | None], ...] = ()
        """Names and values of ``ENV``, ``LABEL`` and ``ARG``."""

        self.is_legacy = False
        """Whether they are written without ``=``."""

        self.heredocs: tuple[Heredoc, ...] = ()
        self.trigger: Instruction | None = None
        """What ``ONBUILD`` keeps for later."""

        self.end = keyword.end
        """Where its last line ends."""

    @property
    def name(self) -> str:
        """Which instruction it is, in capitals."""
        return self.keyword.text.upper()

    @property
    def text(self) -> str:
        """All of its arguments in one line, without flags."""
        return self.line.text[self.rest :].rstrip()

    @property
    def whole(self) -> Word:
        """All of its arguments as one word, or its name if it has none."""
        text = self.text
        return self.line.word(self.rest, self.rest + len(text)) if text else self.keyword

    def flag(self, name: str) -> Word | None:
        """Return the value of a flag, or ``None`` if it is not set."""
        return next(iter(self.values(name)), None)

    def values(self, name: str) -> list[Word]:
        """Return the values of a flag that may be set more than once."""
        start = f"--{name}="
        return [each.part(len(start), len(each.text)) for each in self.flags if each.text.startswith(start)]


class Dockerfile:
    """A file that was read. It has all that could be made out, whatever ``faults`` says."""

    __slots__ = ("_starts", "directives", "escape", "faults", "instructions", "text")

    def __init__(
        self,
        text: str,
        instructions: tuple[Instruction, ...],
        faults: tuple[Fault, ...],
        directives: Mapping[str, str],
    ) -> None:
        self.text = text
        """Without byte order mark; every line ends in ``\\n`` or ``\\r\\n``."""

        self.instructions = instructions
        self.faults = faults
        self.directives = directives
        """``syntax``, ``escape`` and ``check``, as far as they are set."""

        self.escape = directives.get("escape", "\\")
        self._starts: list[int] = []

    def place(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Return line and column of two offsets, both counted from 1."""
        if not self._starts:
            self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        line, end_line = bisect_right(self._starts, start), bisect_right(self._starts, end)
        return line, start - self._starts[line - 1] + 1, end_line, end - self._starts[end_line - 1] + 1
