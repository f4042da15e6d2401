"""
Findings as values: what is wrong, where, and what to do about it.

A rule points at a *path* in a file (``("components", "web", "port")``). Lines and columns are found
at the very end, from the ``Source`` of that file, so that no stage has to carry them around.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Generic, Literal, TypeAlias, TypeVar

from kgen.record import dataclass, replace

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices from the root of a file to a value in it."""

T = TypeVar("T")


class Severity(StrEnum):
    """How bad a finding is; only an error stops the compiler."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A kind of fault. It is known by its name; the code is for machines and never used twice."""

    code: str
    """``KG`` and four digits; the first two tell the family.

    10 syntax, 11 wrong use, 12 silencing, 20 form, 30 meaning, 40 files, 50 to 60 what an API server refuses, 61 to 69
    objects that do not fit together, 70 to 78 practice, 80 versions, 90 bugs of kgen.
    """

    name: str
    """The bad thing, in kebab-case."""

    severity: Severity = Severity.ERROR

    explain: str
    """Why it is a fault, in one or two sentences."""

    is_confidential: bool = False
    """Whether it is about a secret: nobody prints the lines that it points at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a file. Lines and columns count from 1; ``end_column`` is the first column after it."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Label:
    """A place in a file, and what to say about it."""

    path: Path = ()
    text: str = ""
    on: Literal["key", "value"] = "value"
    file: str = ""
    """Which file, as the user named it; empty for the file that the stage was given."""

    span: Span | None = None
    """Wins over ``path``; for faults in text that has no structure (yet)."""

    field: str = ""
    """What programs are told instead of ``path``: how an API server names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One fault at one place, with the other places that matter."""

    rule: Rule
    message: str
    at: Label
    related: tuple[Label, ...] = ()
    help: str = ""
    is_confidential: bool = False
    """Whether it points at a secret, whatever the rule is about."""

    def within(self, file: str) -> "Diagnostic":
        """Return the same finding with every label that names no file put into ``file``."""

        def put(label: Label) -> Label:
            return label if label.file else replace(label, file=file)

        return replace(self, at=put(self.at), related=tuple(put(label) for label in self.related))


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a stage made, and what it found. ``value`` is ``None`` exactly if a finding is an error."""

    value: T | None
    found: tuple[Diagnostic, ...] = ()


def has_error(found: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.rule.severity is Severity.ERROR for diagnostic in found)
