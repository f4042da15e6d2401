"""
What names a kind in an object: ``scaleTargetRef``, ``ownerReferences``, and whatever custom resources have.

The fields of built-in kinds are known, so that a ConfigMap may have the keys ``apiVersion`` and ``kind``. Of a custom
resource nobody knows more than that its labels and annotations are no references.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from kgen.diag import Path

Named: TypeAlias = tuple[Path, Mapping[str, Any]]
"""A mapping with ``apiVersion`` and ``kind``, and where it is in its document."""

Schema: TypeAlias = Mapping[str, Any]

_TEXTS = frozenset({"annotations", "labels", "matchLabels"})
"""Maps of text to text wherever they are."""


def references(value: Any, at: Path) -> Iterator[Named]:
    """Yield what names a kind below ``value``, an object or a part of one that no schema is known of."""
    for key, inner in _entries(value):
        if key in _TEXTS:
            continue
        if _names_a_kind(inner):
            yield (*at, key), inner
        yield from references(inner, (*at, key))


def references_by_schema(value: Any, at: Path, schema: Schema, definition: Callable[[str], Schema]) -> Iterator[Named]:
    """
    Yield what names a kind below ``value``, in fields that are there for it.

    Args:
        value: An object or a part of one.
        at: Where it is in its document.
        schema: What it is to look like.
        definition: Returns the schema that a ``$ref`` names.
    """
    known = _resolved(schema, definition)
    for key, inner in _entries(value):
        below = known.get("items") if isinstance(key, int) else known.get("properties", {}).get(key)
        below = below or known.get("additionalProperties")
        if not isinstance(below, dict):
            continue
        if _names_a_kind(inner) and "apiVersion" in _resolved(below, definition).get("properties", ()):
            yield (*at, key), inner
        yield from references_by_schema(inner, (*at, key), below, definition)


def _resolved(schema: Schema, definition: Callable[[str], Schema]) -> Schema:
    while "$ref" in schema:
        schema = definition(schema["$ref"])
    return schema


def _entries(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _names_a_kind(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("apiVersion"), str) and isinstance(value.get("kind"), str)
