"""What a user writes about the image of an app beside Python: names of files, what it starts from."""

from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from kgen.diag import Rule
from kgen.model import image_plan
from kgen.scalars import INVALID_PATH, matching
from kgen.spec import fault

ALPINE = Rule(
    code="KG3294",
    name="alpine-image",
    explain="Alpine has another C library (musl), so that many packages have no wheels for it and are compiled; its "
    "resolver of names differs from what clusters are tested with; and Python runs slower on it.",
)
RULES = (ALPINE,)

FileName: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_PATH,
            r"(?!.*\.dockerignore$)(?=.*[A-Za-z0-9])[A-Za-z0-9._@+][A-Za-z0-9._@+-]*",
            "the name of a file that kgen writes",
            "leave out folders and blanks, as in `Dockerfile.kgen`",
            100,
        )
    ),
]
"""A file of kgen's own; names that end in ``.dockerignore`` are for the files beside Dockerfiles."""

EnvExample: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_PATH,
            r"\.env\.[A-Za-z0-9._-]*[A-Za-z0-9_-]",
            "the name of an example of `.env`",
            "let it start with `.env.`, as in `.env.example`, so that it is in no image",
            100,
        )
    ),
]
"""Never ``.env`` itself, which holds secrets; and .dockerignore hides what is called so."""


def _not_alpine(value: Any) -> Any:
    if value == "alpine":
        way_out = "choose `slim`, which all wheels are made for, or `distroless` if the image should be smaller"
        raise fault(ALPINE, "kgen makes no images of Alpine: musl costs wheels, DNS and speed", way_out)
    return value


Variant: TypeAlias = Annotated[image_plan.Variant, BeforeValidator(_not_alpine)]
