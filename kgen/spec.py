"""
The base of everything a user writes, and the marks on its fields.

Marks are for the loader, pydantic does not look at them: they tell how a field is read (``Expand``),
merged (``REPLACED_WHOLE``, ``VERBATIM``), and refused (``NotYet``).
"""

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from kgen.diag import Rule
from kgen.record import dataclass
from kgen.source import Node

_outermost: list[type[BaseModel]] = []
"""The model that is being built; those within it are not."""


class Spec(BaseModel):
    """A mapping in a user's file: immutable, no unknown keys, no silent conversion, camelCase keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        defer_build=True,  # or every class builds a validator at import, though only that of the whole file is used
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """
        Let a model within another one be built when a file first has it.

        An app file uses few of the 90 models, and building all takes a fifteenth of what compiling a small app takes.
        """
        if _outermost:
            return core_schema.no_info_plain_validator_function(cls._validated)
        _outermost.append(cls)
        try:
            return handler(source)
        finally:
            _outermost.clear()

    @classmethod
    def _validated(cls, value: Any) -> "Spec":
        return cls.model_validate(value)

    @classmethod
    def expand(cls, node: Node) -> Node:
        """
        Bring a shorthand to its long form; called before environments are merged.

        A form that says everything (a string for an image) is made with ``only``.
        """
        return node

    @classmethod
    def only(cls, node: Node, **given: Node | str | bool | None) -> Node:
        """
        Return the long form of the shorthand ``node``: the fields ``given``, by the names in the file, and no other.

        Every other field is there as null, so that laying it over another value replaces that value whole.
        """
        made = {info.alias or name: Node(None, node.at, "", node.file) for name, info in cls.model_fields.items()}
        for key, value in given.items():
            made[key] = value if isinstance(value, Node) else Node(value, node.at, node.text, node.file)
        return Node(made, node.at, "", node.file)


def mapping_or_not(mapping: str, other: str) -> Discriminator:
    """Return what tells the two members of a union apart, by their tags: a mapping, and anything else."""
    return Discriminator(lambda value: mapping if isinstance(value, dict | Spec) else other)


@dataclass(frozen=True, slots=True)
class Expand:
    """How a shorthand of a value that is no mapping becomes its long form."""

    by: Callable[[Node], Node]


def _as_written(node: Node) -> Node:
    return Node(node.text, node.at, node.text, node.file) if isinstance(node.value, bool | int | float) else node


AS_WRITTEN: Final = Expand(_as_written)
"""Take a plain scalar as the text the user wrote: ``version: 1.10`` means "1.10", not the number 1.1."""


def _listed(node: Node) -> Node:
    return Node((node,), node.at, "", node.file) if isinstance(node.value, str) else node


ONE_OR_MORE: Final = Expand(_listed)
"""Take a text for a list of just that."""


@dataclass(frozen=True, slots=True)
class ReplacedWhole:
    """An environment replaces this mapping, it does not merge into it: half of an old probe is no probe."""


REPLACED_WHOLE: Final = ReplacedWhole()


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Data that kgen passes on as written: null is a value there, and `x-` starts a key like any other."""


VERBATIM: Final = Verbatim()


@dataclass(frozen=True, slots=True)
class BaseOnly:
    """The Dockerfile and compose.yaml are made of this field, so no environment can have its own."""


BASE_ONLY: Final = BaseOnly()


@dataclass(frozen=True, slots=True)
class NotYet:
    """Part of the format that this version of kgen does not compile: refused by name, never ignored."""

    values: tuple[str, ...] = ()
    """Only these values of the field; empty: the whole field."""


Later: TypeAlias = Annotated[Any, NotYet()]
"""A field whose name is settled and whose meaning comes with a later version."""


SECRET_WITH_VALUE: Final = Rule(
    code="KG2033",
    name="secret-with-value",
    explain="A value in a file that is committed to Git is no secret any more.",
    is_confidential=True,
)
CHOOSE_ONE: Final = Rule(code="KG2032", name="not-exactly-one", explain="Exactly one of several keys must be given.")


def fault(rule: Rule, message: str, way_out: str = "") -> PydanticCustomError:
    """Return what a validator raises; ``load`` makes it a finding of ``rule``."""
    # pydantic formats its template: the text travels as a value, so that braces in it stay braces
    return PydanticCustomError(rule.name, "{message}", {"message": message, "help": way_out})
