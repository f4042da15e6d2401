"""
A fault of one object as a value, and the words that all checks share.

A fault does not know which object, file, or version it is about: whoever called the check does.

This module, and those beside it that ``kgen validate`` needs for a file without fault, import neither
``typing`` nor ``dataclasses``: that would take longer than checking a hundred objects.
"""

from __future__ import annotations

import json
from enum import StrEnum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from typing import Any

    from kgen.diag import Path

LONGEST_VALUE = 60


class Keyword(StrEnum):
    """What a fault breaks, for those who treat one sort of fault differently."""

    TYPE = "type"
    UNKNOWN = "unknown"
    REQUIRED = "required"
    ENUM = "enum"
    FORMAT = "format"
    RANGE = "range"
    PATTERN = "pattern"
    COMBINATION = "combination"
    DUPLICATE = "duplicate"
    """Entries of a list with the same key: a create passes, a server-side apply does not."""
    REPEATED = "repeated"
    """Entries of a list with the same key in a custom resource: a create does not pass either."""
    TOO_LARGE = "too-large"
    """More characters, entries or fields than allowed: the server does not go on to the rules then."""
    RULE = "rule"
    """A rule in CEL, from ``x-kubernetes-validations``."""
    UNCHECKED = "unchecked"
    """A rule in CEL that kgen could not evaluate."""
    DEFINITION = "definition"
    """A CustomResourceDefinition that is not as it has to be."""
    NAME = "name"
    """The object has no name."""
    INVALID = "invalid"
    """The API server's validation code refuses the value; this one and the next ones are its own classes."""
    UNSUPPORTED = "unsupported"
    REPEATED_VALUE = "repeated-value"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    TOO_LONG = "too-long"
    TOO_MANY = "too-many"


class Fault:
    """What is wrong at ``path`` in an object. ``message`` goes on after the name of the field."""

    __slots__ = ("field", "help", "keyword", "message", "path", "row")

    def __init__(
        self,
        *,
        keyword: Keyword,
        message: str,
        path: Path = (),
        help: str = "",  # noqa: A002  # the name of the field that it fills
        row: str = "",
        field: str = "",
    ) -> None:
        self.path = path
        self.keyword = keyword
        self.message = message
        self.help = help
        self.row = row
        """Which row of the server's rules is broken (``SVC009``); empty for the schema's."""

        self.field = field
        """How the API server names the field where that is not how ``path`` is written; for programs."""

    def under(self, key: str | int) -> Fault:
        """Return the same fault as seen from the parent that holds the value at ``key``."""
        return Fault(keyword=self.keyword, message=self.message, path=(key, *self.path), help=self.help, row=self.row)

    def named(self, field: str) -> Fault:
        """Return the same fault under the name that the API server gives to its field: it is none in the object."""
        return Fault(
            keyword=self.keyword, message=self.message, path=self.path, help=self.help, row=self.row, field=field
        )

    def _all(self) -> tuple[Path, Keyword, str, str, str, str]:
        return self.path, self.keyword, self.message, self.help, self.row, self.field

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fault) and self._all() == other._all()

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return f"Fault({field(self.path)} {self.message})"


def field(path: Path, keys: Container[int] = ()) -> str:
    """
    Return ``path`` as the API server's validation writes it.

    Args:
        keys: Which steps are keys of maps, by their numbers; what cannot be the name of a field is one anyway.

    >>> field(("spec", "containers", 0, "ports"))
    'spec.containers[0].ports'
    >>> field(("metadata", "labels", "app.kubernetes.io/name"))
    'metadata.labels[app.kubernetes.io/name]'
    >>> field(("limits", "cpu"), keys=(1,))
    'limits[cpu]'
    """
    text = ""
    for number, key in enumerate(path):
        if isinstance(key, str) and number not in keys and key.replace("-", "_").isidentifier():
            text += f".{key}" if text else key
        else:
            text += f"[{key}]"
    return text


def shown(value: Any) -> str:
    """
    Return ``value`` with its type, for the end of "but is".

    >>> shown("80"), shown(80), shown(True), shown(None), shown([])
    ('the string `80`', 'the integer `80`', 'the boolean `true`', 'null', 'a list')
    """
    kind = type_of(value)
    match kind:
        case "null":
            return "null"
        case "object":
            return "a mapping"
        case "array":
            return "a list"
        case "string":
            return f"the string `{short(value)}`" if value else "an empty string"
        case _:
            return f"the {kind} `{short(value)}`"


def short(value: Any) -> str:
    """Return ``value`` as it stands in YAML, on one line, cut off where it gets long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = text[1:-1] if isinstance(value, str) else text
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


_TYPES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    type(None): "null",
    dict: "object",
    list: "array",
    tuple: "array",
}


def type_of(value: Any) -> str:
    """
    Return the JSON type of ``value``. A whole number is an integer however it was written.

    >>> type_of(True), type_of(1), type_of(1.0), type_of(1.5)
    ('boolean', 'integer', 'integer', 'number')
    """
    if name := _TYPES.get(type(value)):
        return name
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return next((name for base, name in _TYPES.items() if isinstance(value, base)), type(value).__name__)
