"""
Rules of the API server about the schemas of custom kinds, beside those of ``check/crd_faults.py``.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/master/pkg/apiserver/schema/validation.go
"""

from __future__ import annotations

import re

from kgen.check.server.errors import forbidden, invalid, required, unsupported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.diag import Path

_LIST_TYPE = "x-kubernetes-list-type"
_LIST_KEYS = "x-kubernetes-list-map-keys"
_MAP_TYPE = "x-kubernetes-map-type"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_RULES = "x-kubernetes-validations"
_ROOT = len(("spec", "versions", 0, "schema", "openAPIV3Schema"))
_MAP_TYPES = ("atomic", "granular")
_SCALARS = frozenset({"boolean", "integer", "number", "string"})
_OWN = ("apiVersion", "kind", "metadata")
_METADATA_KEYS = frozenset({"type", "default", "properties"})
_NOT_WITH_STATUS = (
    *("additionalProperties", "allOf", "anyOf", "default", "enum", "maxProperties", "minProperties", "not"),
    *("nullable", "oneOf", "x-kubernetes-embedded-resource", _INT_OR_STRING, _LIST_KEYS, _LIST_TYPE, _MAP_TYPE),
)
"""What may not stand at the root of a schema beside the subresource ``status``."""

_TEXT = re.compile(r"""[rR]?('''|\"\"\"|'|")(?:\\.|(?!\1).)*?\1""", re.DOTALL)
_OLD_SELF = re.compile(r"(?<![.\w])oldSelf\b")


def schema_faults(version: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the schema of the version at ``at``."""
    schema = _mapping(_mapping(version.get("schema")).get("openAPIV3Schema"))
    here = (*at, "schema", "openAPIV3Schema")
    if not schema:
        return
    if schema.get("nullable"):
        yield forbidden("CRD015", (*here, "nullable"), "may not be `true` at the root")
    if _mapping(version.get("subresources")).get("status") is not None:
        for key in _NOT_WITH_STATUS:
            if schema.get(key):
                yield invalid("CRD032", (*here, key), "must not stand at the root beside the subresource `status`")
    yield from _own_fields(_mapping(schema.get("properties")), (*here, "properties"))
    yield from _root_junctors(schema, here)
    yield from _node(schema, here, 1, can_compare=True)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _own_fields(properties: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what a schema may not say of the fields that every object has."""
    for key in _OWN:
        schema = _mapping(properties.get(key))
        wanted = "object" if key == "metadata" else "string"
        if schema.get("type") and schema["type"] != wanted:
            yield invalid("CRD012", (*at, key, "type"), f"must be `{wanted}`, but is `{schema['type']}`")
        if schema.get("default") is not None:
            yield forbidden("CRD020", (*at, key, "default"), f"may not be set for `{key}`, which every object has")
    for key, value in _mapping(properties.get("metadata")).items():
        if value and key not in _METADATA_KEYS:
            yield forbidden("CRD012", (*at, "metadata"), f"may not have `{key}`, only `name` and `generateName`")


def _root_junctors(schema: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield lists that only ``allOf``, ``anyOf``, ``oneOf`` or ``not`` at the root know the items of."""
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in _list(schema.get(key))]
    for part in (*parts, schema.get("not")):
        yield from _unlisted_items(_mapping(part), schema, at)


def _unlisted_items(part: Mapping[str, Any], schema: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if isinstance(part.get("items"), dict):
        if not isinstance(schema.get("items"), dict):
            yield required("CRD009", (*at, "items"), "since a junctor at the root has it")
        else:
            yield from _unlisted_items(part["items"], schema["items"], (*at, "items"))
    known = _mapping(schema.get("properties"))
    for key, inner in _mapping(part.get("properties")).items():
        if isinstance(known.get(key), dict):
            yield from _unlisted_items(_mapping(inner), known[key], (*at, "properties", key))


def _node(schema: Mapping[str, Any], at: Path, times: int | None, *, can_compare: bool) -> Iterator[Fault]:
    """
    Yield what is wrong with a node of the schema, and below it.

    Args:
        schema: Of the node.
        at: Where it is.
        times: How many of it there may be in an object; ``None`` if nothing bounds that.
        can_compare: The server can find the value that was there before: not inside of lists without keys.
    """
    if schema.get(_INT_OR_STRING):
        for key in ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"):
            if schema.get(key):
                yield invalid("CRD009", (*at, key), f"must not be `true` beside `{_INT_OR_STRING}`")
    yield from _map_type(schema, at)
    yield from _items(schema, at)
    for index, rule in enumerate(_list(schema.get(_RULES))):
        yield from _rule(_mapping(rule), (*at, _RULES, index), can_compare=can_compare)
        yield from _types(_mapping(rule), schema, (*at, _RULES, index), times)
    for key, inner in _mapping(schema.get("properties")).items():
        if isinstance(inner, dict):
            yield from _node(inner, (*at, "properties", key), times, can_compare=can_compare)
    if isinstance(schema.get("additionalProperties"), dict):
        inner = schema["additionalProperties"]
        yield from _node(inner, (*at, "additionalProperties"), _within(times, schema), can_compare=can_compare)
    if isinstance(schema.get("items"), dict):
        can_compare = can_compare and schema.get(_LIST_TYPE) == "map"
        yield from _node(schema["items"], (*at, "items"), _within(times, schema), can_compare=can_compare)


def _map_type(schema: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    kind = schema.get(_MAP_TYPE)
    if kind is None:
        return
    if kind not in _MAP_TYPES:
        yield unsupported("CRD016", (*at, _MAP_TYPE), kind, _MAP_TYPES)
    if schema.get("type") != "object":
        yield invalid("CRD016", (*at, "type"), f"must be `object` beside `{_MAP_TYPE}`")


def _items(schema: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the items of a list that is a set, or that has keys."""
    kind = schema.get(_LIST_TYPE)
    items = schema.get("items")
    if kind not in ("set", "map") or not isinstance(items, dict):
        return
    here = (*at, "items")
    if items.get("nullable"):
        yield forbidden("CRD016", (*here, "nullable"), f"may not be `true` in a list of type `{kind}`")
    if kind == "map":
        yield from _keys(_list(schema.get(_LIST_KEYS)), items, at)
    elif items.get("type") == "array" and items.get(_LIST_TYPE) not in (None, "atomic"):
        yield invalid("CRD016", (*here, _LIST_TYPE), "must be `atomic` inside of a set")
    elif items.get("type") == "object" and items.get(_MAP_TYPE) != "atomic":
        yield invalid("CRD016", (*here, _MAP_TYPE), "must be `atomic` inside of a set")


def _keys(keys: Sequence[Any], items: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if items.get("type") != "object":
        yield invalid("CRD016", (*at, "items", "type"), "must be `object` in a list with keys")
    fields = _mapping(items.get("properties"))
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield invalid("CRD016", (*at, _LIST_KEYS), f"must have each key once, but has `{key}` again")
            continue
        field = _mapping(fields.get(key)) if isinstance(key, str) else {}
        path = (*at, "items", "properties", str(key))
        if field.get("nullable"):
            yield forbidden("CRD016", (*path, "nullable"), "may not be `true` for a key of a list")
        if field.get("type") and field["type"] not in _SCALARS:
            yield invalid("CRD016", (*path, "type"), f"must be a scalar for a key of a list, but is `{field['type']}`")


def _rule(rule: Mapping[str, Any], at: Path, *, can_compare: bool) -> Iterator[Fault]:
    text, message, expression, field = (
        value if isinstance(value := rule.get(key), str) else ""
        for key in ("rule", "message", "messageExpression", "fieldPath")
    )
    if not text.strip():
        yield required("CRD021", (*at, "rule"))
    if message and not message.strip():
        yield invalid("CRD021", (*at, "message"), "must not be blank")
    elif _has_breaks(message.strip()):
        yield invalid("CRD021", (*at, "message"), "must be on one line")
    elif _has_breaks(text.strip()) and not message:
        yield required("CRD021", (*at, "message"), "since the rule is on several lines")
    if expression and not expression.strip():
        yield required("CRD021", (*at, "messageExpression"), "or leave it out")
    if field and (not field.strip() or _has_breaks(field)):
        yield invalid("CRD021", (*at, "fieldPath"), "must not be blank, nor have line breaks")
    yield from _old_self(rule, text, at, can_compare=can_compare)


def _within(times: int | None, schema: Mapping[str, Any]) -> int | None:
    """Return how many entries there are in ``times`` lists or mappings; ``None`` if nothing bounds them."""
    most = schema.get("maxItems" if schema.get("type") == "array" else "maxProperties")
    return times * most if times is not None and isinstance(most, int) else None


def _types(rule: Mapping[str, Any], schema: Mapping[str, Any], at: Path, times: int | None) -> Iterator[Fault]:
    """Yield the expressions of a rule that do not fit the schema, or that may take too long."""
    from kgen.check.server.definition_costs import cost_fault  # noqa: PLC0415  # most definitions have few rules
    from kgen.check.server.definition_types import type_fault  # noqa: PLC0415  # most definitions have few rules

    if len(at) > _ROOT and at[_ROOT] == _RULES:  # the root has fields that its schema does not tell of
        own = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {}}
        schema = {**schema, "properties": {**_mapping(schema.get("properties")), **own}}
    for key, wanted in (("rule", "bool"), ("messageExpression", "string")):
        text = rule.get(key)
        if isinstance(text, str) and text.strip():
            may_lack_old = bool(rule.get("optionalOldSelf"))
            if wrong := type_fault(text, schema, wanted, may_lack_old=may_lack_old):
                yield invalid("CRD022", (*at, key), wrong)
    if wrong := cost_fault(rule, schema, times):
        yield forbidden("CRD023", (*at, "rule"), wrong)


def _has_breaks(text: str) -> bool:
    return "\n" in text or "\r" in text


def _old_self(rule: Mapping[str, Any], text: str, at: Path, *, can_compare: bool) -> Iterator[Fault]:
    compares = "oldSelf" in text and _OLD_SELF.search(_TEXT.sub("", text)) is not None
    if compares and not can_compare:
        message = "must not use `oldSelf` inside of a list without keys: the server cannot tell the items apart"
        yield invalid("CRD022", (*at, "rule"), message)
    if rule.get("optionalOldSelf") is not None and not compares:
        yield invalid("CRD022", (*at, "optionalOldSelf"), "must only be set for a rule that uses `oldSelf`")
