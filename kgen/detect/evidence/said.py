"""What somebody wrote down as a start, and what they called it."""

from kgen.detect.commands.started import Started
from kgen.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A start, and what whoever wrote it down called it."""

    name: str
    started: Started
    origin: str
    is_lasting: bool | None = None
    """Whether it is known to run for ever, or to end; ``None``: its text decides."""
