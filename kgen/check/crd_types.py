"""
Keywords in a CustomResourceDefinition's schemas whose values are of another type than they have to be.

Everything else that reads these schemas relies on there being none.
"""

from __future__ import annotations

from kgen.check.fault import Fault, Keyword, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, TypeAlias

    from kgen.diag import Path

    Schema: TypeAlias = Mapping[str, Any]

_TEXTS = ("type", "format", "pattern", "x-kubernetes-list-type", "x-kubernetes-map-type", "$ref")
_COUNTS = ("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties")
_NUMBERS = ("maximum", "minimum", "multipleOf")
_FLAGS = (
    *("nullable", "uniqueItems", "exclusiveMaximum", "exclusiveMinimum", "x-kubernetes-int-or-string"),
    *("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"),
)
_LISTS = ("required", "enum", "x-kubernetes-list-map-keys", "x-kubernetes-validations", "allOf", "anyOf", "oneOf")
_LISTS_OF_TEXTS = ("required", "x-kubernetes-list-map-keys")
_RULE_TEXTS = ("rule", "message", "messageExpression", "fieldPath", "reason")

_WANTED: Mapping[str, tuple[tuple[type, ...], str]] = {
    **dict.fromkeys(_TEXTS, ((str,), "a string")),
    **dict.fromkeys(_COUNTS, ((int,), "an integer")),
    **dict.fromkeys(_NUMBERS, ((int, float), "a number")),
    **dict.fromkeys(_FLAGS, ((bool,), "a boolean")),
    **dict.fromkeys(_LISTS, ((list,), "a list")),
    "properties": ((dict,), "a mapping"),
    "items": ((dict,), "a mapping"),
    "not": ((dict,), "a mapping"),
    "additionalProperties": ((dict, bool), "a mapping or a boolean"),
}
"""For each keyword, the types of its value. Booleans are no numbers here, whatever Python thinks."""


def type_faults(schema: Any, at: Path) -> Iterator[Fault]:
    """Yield the values of the wrong type in a schema, and in all schemas inside of it."""
    if not isinstance(schema, dict):
        yield _fault(at, "a mapping", schema)
        return
    for key, value in schema.items():
        wanted = _WANTED.get(key) if isinstance(key, str) else None
        if wanted is None:
            continue
        types, name = wanted
        if type(value) not in types:
            yield _fault((*at, key), name, value)
        elif type(value) in {dict, list}:
            yield from _inside(key, value, (*at, key))
    if schema.get("multipleOf") == 0:
        yield Fault(path=(*at, "multipleOf"), keyword=Keyword.RANGE, message="must be more than 0, but is 0")


def _inside(key: str, value: Any, at: Path) -> Iterator[Fault]:
    if key in {"items", "not", "additionalProperties"}:
        yield from type_faults(value, at)
    elif key == "properties":
        for name, inner in value.items():
            yield from type_faults(inner, (*at, name))
    elif key in {"allOf", "anyOf", "oneOf"}:
        for index, inner in enumerate(value):
            yield from type_faults(inner, (*at, index))
    elif key == "x-kubernetes-validations":
        for index, rule in enumerate(value):
            yield from _rule(rule, (*at, index))
    elif key in _LISTS_OF_TEXTS:
        texts = [(index, name) for index, name in enumerate(value) if not isinstance(name, str)]
        yield from (_fault((*at, index), "a string", name) for index, name in texts)


def _rule(rule: Any, at: Path) -> Iterator[Fault]:
    if not isinstance(rule, dict):
        yield _fault(at, "a mapping", rule)
        return
    for key in _RULE_TEXTS:
        if key in rule and not isinstance(rule[key], str):
            yield _fault((*at, key), "a string", rule[key])
    if "rule" not in rule:
        yield Fault(path=(*at, "rule"), keyword=Keyword.REQUIRED, message="is required, but missing")


def _fault(path: Path, wanted: str, value: Any) -> Fault:
    return Fault(path=path, keyword=Keyword.TYPE, message=f"must be {wanted}, but is {shown(value)}")
