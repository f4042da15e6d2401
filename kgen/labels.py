"""Labels of objects, as users write them."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from kgen.scalars import INVALID_NAME, matching
from kgen.spec import AS_WRITTEN

_SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"

LabelKey: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_NAME,
            rf"({_SUBDOMAIN}/)?[A-Za-z0-9]([-._A-Za-z0-9]{{0,61}}[A-Za-z0-9])?",
            "a key of a label",
            "use letters, digits, `-`, `_` and `.`, as `example.com/team`",
            317,
        )
    ),
]

LabelValue: TypeAlias = Annotated[
    str,
    AS_WRITTEN,
    AfterValidator(
        matching(
            INVALID_NAME,
            r"([A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?)?",
            "a value of a label",
            "use letters, digits, `-`, `_` and `.`",
            63,
        )
    ),
]
