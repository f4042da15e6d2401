"""What an upgrade changes, as values."""

from enum import StrEnum

from kgen.diag import Diagnostic, Path, Rule, Span
from kgen.record import dataclass, field


class State(StrEnum):
    """What becomes of something in the newer version; the first two do not work there."""

    REMOVED = "removed"
    REFUSED = "refused"
    """The newer version has a rule, or lacks a field, so that it does not take the object any more."""

    DEPRECATED = "deprecated"
    WARNED = "warned"
    """The newer version takes it with a warning, which the older one does not give."""


STOPS = frozenset({State.REMOVED, State.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A scalar to be replaced: the ``apiVersion`` at ``path`` in a document."""

    path: Path
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that an upgrade changes."""

    state: State
    rule: Rule
    message: str
    path: Path
    """In the document."""

    span: Span
    """In the file."""

    help: str = ""
    since: str = ""
    """The Kubernetes version that deprecated it; empty if it never was, or nobody knows."""

    gone: str = ""
    """The Kubernetes version that removed it, or is going to."""

    replacement: str = ""
    """What to write instead: an API version, or a field."""

    edit: Edit | None = None
    """What ``--write`` does about it; ``None`` if a person has to."""

    is_written: bool = False
    """Whether that was done."""

    followed_by: tuple[Diagnostic, ...] = ()
    """What the newer version would say once ``replacement`` is written, if more than that has to change."""

    @property
    def stops(self) -> bool:
        """Whether it does not work after the upgrade as the file stands."""
        return self.state in STOPS and not self.is_written


@dataclass(slots=True, kw_only=True)
class Plan:
    """One document, and what an upgrade changes for it."""

    index: int
    line: int
    """Where its first value stands, from 1."""

    skipped: str = ""
    """Why nobody looked at it."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    items: list[Item] = field(default_factory=list)
