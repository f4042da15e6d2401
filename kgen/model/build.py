"""What a user writes about the image of an app beside Python: names of files, what it starts from."""

import re
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from kgen.diag import Rule
from kgen.model import image_plan
from kgen.scalars import INVALID_PATH, matching
from kgen.spec import AS_WRITTEN, fault

ALPINE = Rule(
    code="KG3294",
    name="alpine-image",
    explain="Alpine has another C library (musl), so that many packages have no wheels for it and are compiled; its "
    "resolver of names differs from what clusters are tested with; and Python runs slower on it.",
)
LABEL = Rule(
    code="KG3299",
    name="invalid-image-label",
    explain="Labels of a Dockerfile are the same in every build. What changes, as the revision, belongs to the command "
    "that builds, or each build would be another file.",
)
RULES = (ALPINE, LABEL)

OCI_LABELS = "org.opencontainers.image."
_STATIC = ("authors", "description", "documentation", "licenses", "source", "title", "url", "vendor")
_VOLATILE = ("base.digest", "base.name", "created", "ref.name", "revision", "version")

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


def _label(key: str) -> str:
    """Take a word of the OCI's, or a name of somebody else's domain."""
    word = key.removeprefix(OCI_LABELS)
    if word in _VOLATILE:
        way_out = f"give it to the build: `docker build --label {OCI_LABELS}{word}=…`"
        raise fault(LABEL, f"`{key}` changes from build to build", way_out)
    if word in _STATIC and word != key:
        raise fault(LABEL, f"`{key}` is written `{word}`", f"write `{word}`")
    if key in _STATIC or ("." in key and re.fullmatch(r"(?!org\.opencontainers\.)[a-z0-9]+([.-][a-z0-9]+)*", key)):
        return key
    words = ", ".join(f"`{each}`" for each in _STATIC)
    way_out = f"take one of {words}, or a name below a domain of yours, as `com.example.team`"
    raise fault(LABEL, f"`{key}` is no name of a label", way_out)


def _label_text(value: str) -> str:
    if not value.isprintable():
        raise fault(LABEL, "the text has characters that cannot be printed", "write it in one line")
    return value


LabelName: TypeAlias = Annotated[str, AfterValidator(_label)]
LabelText: TypeAlias = Annotated[str, AfterValidator(_label_text), AS_WRITTEN]
