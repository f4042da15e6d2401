"""The scalars with which a platform says which rules count, and what exists beside the repository."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from kgen.diag import Rule
from kgen.scalars import matching
from kgen.spec import fault

INVALID_DATE = Rule(code="KG2034", name="invalid-date", explain="A date is written `2027-01-31`: year, month, day.")
INVALID_OBJECT = Rule(
    code="KG2035",
    name="invalid-object",
    explain="An object outside of the repository is `Kind/name` or `Kind/namespace/name`; `*` is any.",
)
EMPTY_REASON = Rule(code="KG2036", name="empty-reason", explain="Whoever reads the file in a year has to know why.")
RULES = (INVALID_DATE, INVALID_OBJECT, EMPTY_REASON)


def _reason(text: str) -> str:
    if not text.strip():
        raise fault(EMPTY_REASON, "a reason must not be empty", "say in a few words why the rule does not count there")
    return text


Reason: TypeAlias = Annotated[str, AfterValidator(_reason)]
"""A few words."""

DateText: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_DATE,
            r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])",
            "a date",
            "write year, month and day, as `2027-01-31`",
            10,
        )
    ),
]
"""A day, as ``2027-01-31``."""

ObjectPattern: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_OBJECT,
            r"[A-Za-z*?]+(?:/[a-z0-9.*?-]+)?/[A-Za-z0-9.:*?-]+",
            "an object",
            "write `Kind/name`, as `Secret/db`, or `Kind/namespace/name`",
            400,
        )
    ),
]
"""``Kind/name`` or ``Kind/namespace/name``, with ``*`` and ``?`` as in a shell."""
