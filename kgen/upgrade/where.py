"""One object of a document, and where it stands."""

from collections.abc import Mapping
from typing import Any

from kgen.diag import Path, Span
from kgen.read.places import Places
from kgen.read.split import Chunk
from kgen.record import dataclass, replace


class Where:
    """Where the values of one document stand in its file; the text is read for it only when somebody asks."""

    def __init__(self, chunk: Chunk) -> None:
        self._chunk = chunk
        self._places: Places | None = None

    def span(self, path: Path) -> Span:
        """Return the span of the value at ``path``; of what is not there, that of its nearest parent."""
        if self._places is None:
            self._places = Places(self._chunk.text)
        found = self._places.span(path)
        return replace(found, line=found.line + self._chunk.line, end_line=found.end_line + self._chunk.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One object: the whole of its document, or one of a list."""

    value: Mapping[str, Any]
    at: Path
    """Where it is in the document."""

    document: Any
    """The value of the whole document."""

    chunk: Chunk
    """The text of it."""

    file: str
    where: Where
