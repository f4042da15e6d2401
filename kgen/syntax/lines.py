"""Offsets into a text as lines and columns."""

from bisect import bisect_right

from kgen.diag import Span
from kgen.record import dataclass
from kgen.source import LINE_BREAK


@dataclass(frozen=True, slots=True)
class Lines:
    """A text, and the offsets at which its lines start."""

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Lines":
        return cls(text, (0, *(found.end() for found in LINE_BREAK.finditer(text))))

    def number(self, offset: int) -> int:
        """Return which line ``offset`` is on, from 1."""
        return bisect_right(self.starts, offset)

    def start(self, offset: int) -> int:
        """Return where the line of ``offset`` starts."""
        return self.starts[self.number(offset) - 1]

    def end(self, offset: int) -> int:
        """Return where the line of ``offset`` ends: before its line break."""
        found = LINE_BREAK.search(self.text, self.start(offset))
        return found.start() if found else len(self.text)

    def before(self, offset: int) -> str:
        """Return what stands left of ``offset`` on its line."""
        return self.text[self.start(offset) : offset]

    def span(self, start: int, end: int) -> Span:
        """Return the span from ``start`` up to, but not including, ``end``."""
        line, end_line = self.number(start), self.number(end)
        return Span(
            line=line,
            column=start - self.starts[line - 1] + 1,
            end_line=end_line,
            end_column=end - self.starts[end_line - 1] + 1,
        )
