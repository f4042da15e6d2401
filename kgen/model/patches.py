"""What a user does beside kgen: objects of their own, and merge patches and JSON patches of those that kgen made."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field

from kgen.scalars import INVALID_PATH, Word, matching
from kgen.spec import VERBATIM, Spec

FilePattern: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_PATH,
            r"(?!/)(?!.*(^|/)\.\.(/|$))[A-Za-z0-9._@+/ *?-]+",
            "a path below this file's folder",
            "write it relative to this file, without `..`, as `extra/*.yaml`",
        )
    ),
]
"""Files, with ``*`` and ``?`` as in a shell."""


class PatchTarget(Spec):
    """Which objects a patch changes: those that everything given here is true of."""

    kind: Word
    """Kind of the objects, as `Deployment`."""

    name: Word | None = None
    """Name of the object, as `shop-web`, with `*` and `?` as in a shell; all of the kind if left out."""


class Operation(Spec):
    """One step of a JSON patch (RFC 6902)."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    """What is done; `test` changes nothing and fails if the value is another one."""

    path: str
    """Where, as `/spec/template/spec/containers/0/args`; `~1` stands for a `/` in a key, `-` for the end of a list."""

    source: str | None = Field(default=None, alias="from")
    """Where `move` and `copy` take the value from."""

    value: Annotated[Any, VERBATIM] = None
    """The value to add, to put there, or to compare with."""


class Patch(Spec):
    """A change of objects after kgen made them, for what app.yaml has no field for."""

    target: PatchTarget
    """Which objects; there has to be one."""

    merge: Annotated[dict[str, Any] | None, VERBATIM] = None
    """JSON merge patch (RFC 7386): mappings are merged, lists and values replaced, `null` removes."""

    json_steps: tuple[Operation, ...] | None = Field(default=None, alias="json")
    """JSON patch (RFC 6902): steps that add, remove or replace single values, also in lists."""
