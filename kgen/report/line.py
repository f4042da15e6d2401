"""One line of a file as a terminal shows it: columns, not characters, and nothing that moves the cursor."""

import unicodedata
from functools import lru_cache

from kgen.record import dataclass
from kgen.source import LINE_BREAK

TAB = "    "
WIDEST = 120
"""Columns of a line that are shown; of a longer one, a piece around the fault."""

_NEAR = 3 * WIDEST
"""Characters on either side of the fault that are measured: a line may be as long as its file."""

_BEFORE = 40
"""Columns that are shown left of the fault in a line that is cut."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line, or a piece of it, and the column at which each of its characters starts."""

    text: str
    columns: tuple[int, ...]
    """For each character from ``start``, and one for the end. Those cut off have the column of the cut."""

    start: int = 0
    """How many characters at the start of the line are so far away that they were not measured."""

    def reach(self, start: int, end: int) -> tuple[int, int]:
        """Return the columns from character ``start`` up to ``end``; never nothing."""
        first, last = (self.columns[max(0, min(at - self.start, len(self.columns) - 1))] for at in (start, end))
        return first, max(last, first + 1)


@lru_cache(maxsize=16)
def lines(text: str) -> tuple[str, ...]:
    """Return the lines of ``text``; remembered, since many findings point into few files."""
    return tuple(LINE_BREAK.split(text))


def visible(text: str) -> str:
    r"""
    Return ``text`` with an escape for each character that cannot be seen, or that a terminal would obey.

    >>> print(visible("caf\xe9 \x1b[31m\u202e"))
    café \x1b[31m\u202e
    """
    return text if text.isprintable() else "".join(map(_visible, text))


def shown(line: str, focus: int) -> Shown:
    """Return ``line`` as it is shown; if it is too long, the piece of it around the character ``focus``."""
    focus = min(focus, len(line))
    start = max(0, focus - _NEAR)
    near = line[start : focus + _NEAR]
    glyphs = [TAB if char == "\t" else _visible(char) for char in near]
    ends = [0]
    for glyph in glyphs:
        ends.append(ends[-1] + width(glyph))
    if ends[-1] <= WIDEST and near == line:
        return Shown("".join(glyphs), tuple(ends))
    left = max(0, min(ends[focus - start] - _BEFORE, ends[-1] - WIDEST))
    first = next(at for at, column in enumerate(ends) if column >= left)
    last = max(at for at, column in enumerate(ends) if column <= ends[first] + WIDEST)
    cut = "…" if start + first else ""
    text = cut + "".join(glyphs[first:last]) + ("…" if start + last < len(line) else "")
    shift = len(cut) - ends[first]
    return Shown(text, tuple(max(0, min(column, ends[last]) + shift) for column in ends), start)


def width(text: str) -> int:
    """
    Return how many columns ``text`` takes.

    >>> width("app"), width("日本"), width("e\u0301")
    (3, 4, 1)

    Source: https://www.unicode.org/reports/tr11/
    """
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _visible(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
