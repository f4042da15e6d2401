"""What a user changes in the objects that kgen made: merge patches and JSON patches."""

from typing import Annotated, Any, Literal

from pydantic import Field

from kgen.scalars import Word
from kgen.spec import VERBATIM, Spec


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
