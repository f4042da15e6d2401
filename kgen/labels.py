"""Labels and annotations of objects, as users write them."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from kgen.scalars import INVALID_NAME, SUBDOMAIN, matching
from kgen.spec import AS_WRITTEN

_FORM = rf"({SUBDOMAIN}/)?[A-Za-z0-9]([-._A-Za-z0-9]{{0,61}}[A-Za-z0-9])?"
_WAY_OUT = "use letters, digits, `-`, `_` and `.`, as `example.com/team`"
_LONGEST = 317

LabelKey: TypeAlias = Annotated[
    str, AfterValidator(matching(INVALID_NAME, _FORM, "a key of a label", _WAY_OUT, _LONGEST))
]

AnnotationKey: TypeAlias = Annotated[
    str, AfterValidator(matching(INVALID_NAME, _FORM, "a key of an annotation", _WAY_OUT, _LONGEST))
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
