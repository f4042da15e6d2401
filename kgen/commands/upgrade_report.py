"""What a run of ``kgen upgrade`` comes to, whoever it is printed for."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from kgen.diag import Diagnostic
from kgen.exits import Exit
from kgen.record import dataclass, field
from kgen.source import Source
from kgen.upgrade.items import Item, Plan, State


@dataclass(slots=True, kw_only=True)
class Change:
    """One file, and what changes in it."""

    path: str
    plans: list[Plan] = field(default_factory=list)
    found: tuple[Diagnostic, ...] = ()
    """Why it cannot be read or written."""

    is_generated: bool = False
    """Whether kgen made it."""


class Sink(Protocol):
    """Where a run goes."""

    def refused(self, found: Sequence[Diagnostic], sources: Mapping[str, Source]) -> int: ...
    def begin(self, current: str, target: str, *, writes: bool) -> None: ...
    def take(self, change: Change) -> None: ...
    def end(self) -> int: ...


@dataclass(slots=True)
class Tally:
    """Counts what changes."""

    files: int = 0
    documents: int = 0
    states: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    """How much is left of each, after what was rewritten."""

    stopping: int = 0
    """What will not work, and was not rewritten."""

    waiting: int = 0
    """What ``--write`` would do."""

    by_hand: int = 0
    """What will not work, and nobody but a person can change."""

    written: int = 0
    rewritten_files: int = 0
    generated: list[str] = field(default_factory=list)
    skipped: dict[str, list[str]] = field(default_factory=dict)
    """By reason, the files of the documents."""

    failed: int = 0

    def add(self, change: Change) -> None:
        """Count the documents of one file."""
        self.files += 1
        self.failed += bool(change.found)
        items = [item for plan in change.plans for item in plan.items]
        for plan in change.plans:
            self.documents += 1
            if plan.skipped:
                self.skipped.setdefault(plan.skipped, []).append(change.path)
        for item in items:
            self._item(item)
        self.rewritten_files += any(item.is_written for item in items)
        if change.is_generated:
            self.generated.append(change.path)

    def _item(self, item: Item) -> None:
        self.states[item.state] += not item.is_written
        self.stopping += item.stops
        self.by_hand += item.stops and item.edit is None
        self.written += item.is_written
        self.waiting += item.edit is not None and not item.is_written

    @property
    def exit_code(self) -> int:
        if self.failed and not self.stopping:
            return Exit.USAGE
        return Exit.FINDINGS if self.stopping else Exit.OK
