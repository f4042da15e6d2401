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

_BOUND_IT = "bound lists with `maxItems`, mappings with `maxProperties`, texts with `maxLength`"
_SHOWN = 4
"""So many rules does the server name, if all together take too long."""

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
            value = schema.get(key)
            if value is not None and (value is not False or key == "additionalProperties"):
                yield invalid("CRD032", (*here, key), "must not stand at the root beside the subresource `status`")
    yield from _own_fields(_mapping(schema.get("properties")), (*here, "properties"))
    yield from dict.fromkeys(_in_junctors(schema, schema, here))
    costs: list[tuple[Path, int]] = []
    yield from _node(schema, here, 1, costs, can_compare=True)
    yield from _total(costs, here)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _own_types(properties: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield other types of the fields that every object has than they are of."""
    for key in _OWN:
        kind = _mapping(properties.get(key)).get("type")
        wanted = "object" if key == "metadata" else "string"
        if kind and kind != wanted:
            yield invalid("CRD012", (*at, key, "type"), f"must be `{wanted}`, but is `{kind}`")


def _own_fields(properties: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what a schema may not say of the fields that every object has."""
    yield from _own_types(properties, at)
    for key in _OWN:
        yield from _no_default(_mapping(properties.get(key)), (*at, key), key)
    metadata = _mapping(properties.get("metadata"))
    for key, value in metadata.items():
        if value and key not in _METADATA_KEYS:
            yield forbidden("CRD012", (*at, "metadata"), f"may not have `{key}`, only `name` and `generateName`")
    for key, inner in _mapping(metadata.get("properties")).items():
        yield from _no_default(_mapping(inner), (*at, "metadata", "properties", key), "metadata")


def _no_default(schema: Mapping[str, Any], at: Path, key: str) -> Iterator[Fault]:
    if schema.get("default") is not None:
        yield forbidden("CRD020", (*at, "default"), f"may not be set for `{key}`, which every object has")


def _in_junctors(part: Mapping[str, Any], schema: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """
    Yield fields and items that only the ``allOf``, ``anyOf``, ``oneOf`` or ``not`` of the root know of.

    Args:
        part: What has junctors: the root, or what stands in one of its junctors.
        schema: The structure that ``part`` is about.
        at: Where that is.
    """
    parts = [inner for key in ("allOf", "anyOf", "oneOf") for inner in _list(part.get(key))]
    for each in (*parts, part.get("not")):
        if isinstance(each, dict):
            yield from _unlisted(each, schema, at)


def _unlisted(part: Mapping[str, Any], schema: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    yield from _in_junctors(part, schema, at)
    if isinstance(part.get("items"), dict):
        if not isinstance(schema.get("items"), dict):
            yield required("CRD009", (*at, "items"), "since a junctor at the root has it")
        else:
            yield from _unlisted(part["items"], schema["items"], (*at, "items"))
    known = _mapping(schema.get("properties"))
    for key, inner in _mapping(part.get("properties")).items():
        if isinstance(known.get(key), dict):
            yield from _unlisted(_mapping(inner), known[key], (*at, "properties", key))
        else:
            yield required("CRD009", (*at, "properties", key), "since a junctor at the root has it")


def _node(
    schema: Mapping[str, Any], at: Path, times: int | None, costs: list[tuple[Path, int]], *, can_compare: bool
) -> Iterator[Fault]:
    """
    Yield what is wrong with a node of the schema, and below it.

    Args:
        schema: Of the node.
        at: Where it is.
        times: How many of it there may be in an object; ``None`` if nothing bounds that.
        costs: What each rule takes; grows.
        can_compare: The server can find the value that was there before: not inside of lists without keys.
    """
    if schema.get(_INT_OR_STRING):
        for key in ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"):
            if schema.get(key):
                yield invalid("CRD009", (*at, key), f"must not be `true` beside `{_INT_OR_STRING}`")
    if schema.get("x-kubernetes-embedded-resource"):
        yield from _own_types(_mapping(schema.get("properties")), (*at, "properties"))
    yield from _map_type(schema, at)
    yield from _items(schema, at)
    for index, rule in enumerate(_list(schema.get(_RULES))):
        yield from _rule(_mapping(rule), (*at, _RULES, index), can_compare=can_compare)
        yield from _types(_mapping(rule), schema, (*at, _RULES, index), times, costs)
    of_fields = times if schema.get("additionalProperties") is None else _within(times, schema)
    for key, inner in _mapping(schema.get("properties")).items():
        if isinstance(inner, dict):
            yield from _node(inner, (*at, "properties", key), of_fields, costs, can_compare=can_compare)
    if isinstance(schema.get("additionalProperties"), dict):
        inner = schema["additionalProperties"]
        yield from _node(inner, (*at, "additionalProperties"), _within(times, schema), costs, can_compare=can_compare)
    if isinstance(schema.get("items"), dict):
        can_compare = can_compare and schema.get(_LIST_TYPE) == "map"
        yield from _node(schema["items"], (*at, "items"), _within(times, schema), costs, can_compare=can_compare)


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


def _types(
    rule: Mapping[str, Any], schema: Mapping[str, Any], at: Path, times: int | None, costs: list[tuple[Path, int]]
) -> Iterator[Fault]:
    """Yield the expressions of a rule that do not fit the schema, or that may take too long."""
    from kgen.check.server.definition_costs import MOST, message_cost, rule_cost  # noqa: PLC0415  # few have rules
    from kgen.check.server.definition_types import type_fault  # noqa: PLC0415  # as above

    if len(at) > _ROOT and at[_ROOT] == _RULES:  # the root has fields that its schema does not tell of
        own = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {}}
        schema = {**schema, "properties": {**_mapping(schema.get("properties")), **own}}
    for key, wanted in (("rule", "bool"), ("messageExpression", "string")):
        text = rule.get(key)
        if isinstance(text, str) and text.strip():
            may_lack_old = bool(rule.get("optionalOldSelf"))
            if wrong := type_fault(text, schema, wanted, may_lack_old=may_lack_old):
                yield invalid("CRD022", (*at, key), wrong)
    for key, cost in (("rule", rule_cost(rule, schema, times)), ("messageExpression", message_cost(rule, schema))):
        costs.append(((*at, key), cost))
        if cost > MOST:
            yield forbidden("CRD023", (*at, key), f"may run for too long: {_BOUND_IT}")


def _total(costs: Sequence[tuple[Path, int]], at: Path) -> Iterator[Fault]:
    """Yield the schema at ``at``, and the rules that take most, if all of them together take too long."""
    if not any(cost for _, cost in costs):
        return
    from kgen.check.server.definition_costs import MOST_OF_ALL  # noqa: PLC0415  # it is loaded by now

    if sum(cost for _, cost in costs) > MOST_OF_ALL:
        large = [(path, cost) for path, cost in costs if cost >= MOST_OF_ALL / 100]
        for path, _ in sorted(large, key=lambda each: -each[1])[:_SHOWN]:
            yield forbidden(
                "CRD023", path, f"is one of the longest of rules that together may run for too long: {_BOUND_IT}"
            )
        yield forbidden("CRD023", at, f"has rules that together may run for too long: {_BOUND_IT}")


def _has_breaks(text: str) -> bool:
    return "\n" in text or "\r" in text


def _old_self(rule: Mapping[str, Any], text: str, at: Path, *, can_compare: bool) -> Iterator[Fault]:
    compares = "oldSelf" in text and _OLD_SELF.search(_TEXT.sub("", text)) is not None
    if compares and not can_compare:
        message = "must not use `oldSelf` inside of a list without keys: the server cannot tell the items apart"
        yield invalid("CRD022", (*at, "rule"), message)
    if rule.get("optionalOldSelf") is not None and not compares:
        yield invalid("CRD022", (*at, "optionalOldSelf"), "must only be set for a rule that uses `oldSelf`")
