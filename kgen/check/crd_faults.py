"""
What is wrong with a CustomResourceDefinition itself: the API server takes only structural schemas, and only rules
that it can compile.

Paths are those inside the document. What the schema of CustomResourceDefinitions says about unknown fields is checked
as for every other built-in kind.

Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from __future__ import annotations

from kgen.check import re2
from kgen.check.crd import checker
from kgen.check.crd_rules import VALIDATIONS, rule_path
from kgen.check.crd_types import type_faults
from kgen.check.fault import Fault, Keyword, shown
from kgen.check.structural import EMBEDDED, PRESERVE, Reader
from kgen.words import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.formats import Check
    from kgen.diag import Path

    Schema: TypeAlias = Mapping[str, Any]

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_LIST_TYPES = ("atomic", "map", "set")
_REASONS = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_NEVER = ("$ref", "additionalItems", "dependencies")
_NEVER_FILLED = ("definitions", "id", "patternProperties", "$schema")
_INT_OR_STRING = "x-kubernetes-int-or-string"
_LIST_KEYS = "x-kubernetes-list-map-keys"
_STRUCTURE_ONLY = (
    *("type", "title", "description", "nullable", PRESERVE, EMBEDDED, _INT_OR_STRING, _LIST_KEYS, VALIDATIONS),
    *("default", "additionalProperties", "x-kubernetes-list-type", "x-kubernetes-map-type"),
)
"""What ``allOf``, ``anyOf``, ``oneOf`` and ``not`` may not speak of; the last four not even emptily."""

_EITHER: Sequence[Schema] = [{"type": "integer"}, {"type": "string"}]
"""The one way in which a junctor may name types."""


def definition_faults(document: Any, metadata: Check) -> list[Fault]:
    """
    Return what is wrong with a CustomResourceDefinition. Kinds of one with faults must not be used.

    Args:
        document: The whole object.
        metadata: The check of ``ObjectMeta``, for defaults of whole objects.
    """
    spec = _mapping(_mapping(document).get("spec"))
    versions = spec.get("versions")
    found: list[Fault] = []
    found += _name_faults(_mapping(document), spec)
    stored = 0
    for index, version in enumerate(versions if isinstance(versions, list) else ()):
        at: Path = ("spec", "versions", index, "schema", "openAPIV3Schema")
        stored += bool(_mapping(version).get("storage"))
        schema = _mapping(_mapping(version).get("schema")).get("openAPIV3Schema")
        if not isinstance(schema, dict):
            found.append(Fault(path=at, keyword=Keyword.REQUIRED, message="is required, but missing"))
            continue
        found += list(type_faults(schema, at)) or _Definition(metadata).faults(schema, at)
    if stored != 1:
        found.append(
            _fault(("spec", "versions"), f"must have exactly one version with `storage: true`, but has {stored}")
        )
    return found


def _name_faults(document: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault if the name is not made from the others; the rules of the server's code look at those."""
    names, metadata = _mapping(spec.get("names")), _mapping(document.get("metadata"))
    name, wanted = metadata.get("name"), f"{names.get('plural')}.{spec.get('group')}"
    if (name is None and metadata.get("generateName")) or (isinstance(name, str) and name and name != wanted):
        yield _fault(("metadata", "name"), f"must be `{wanted}`, but is {shown(name)}")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _fault(path: Path, message: str) -> Fault:
    return Fault(path=path, keyword=Keyword.DEFINITION, message=message)


class _Definition:
    """One schema of a definition."""

    def __init__(self, metadata: Check) -> None:
        self._metadata = metadata

    def faults(self, schema: Schema, at: Path) -> Iterator[Fault]:
        """Yield what is wrong with the whole schema of a version."""
        if schema.get("type") not in (None, "", "object"):
            yield _fault((*at, "type"), "must be `object` at the root")
        if schema.get("additionalProperties") is not None:
            yield _fault((*at, "additionalProperties"), "must not stand at the root")
        own = set(_mapping(_mapping(_mapping(schema.get("properties")).get("metadata")).get("properties")))
        if own - {"name", "generateName"}:
            yield _fault((*at, "properties", "metadata"), "must not tell of more than `name` and `generateName`")
        yield from self._structure(schema, at)

    def _structure(self, schema: Schema, at: Path, *, has_defaults: bool = True) -> Iterator[Fault]:
        """
        Yield what is wrong with a node of the structure, and below it.

        Args:
            schema: Of the node.
            at: Where it is.
            has_defaults: The server looks at defaults here: it does not in ``additionalProperties``.
        """
        yield from _shape(schema, at)
        yield from _list_faults(schema, at)
        yield from _value_faults(schema, at)
        if has_defaults:
            yield from self._default(schema, at)
        is_root = at[-1] == "openAPIV3Schema"
        yield from rule_faults({**schema, EMBEDDED: True} if is_root else schema, at)
        for key, inner in _mapping(schema.get("properties")).items():
            if isinstance(inner, dict):
                yield from self._structure(inner, (*at, "properties", key), has_defaults=has_defaults)
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                goes_on = has_defaults and key == "items"
                yield from self._structure(schema[key], (*at, key), has_defaults=goes_on)

    def _default(self, schema: Schema, at: Path) -> Iterator[Fault]:
        """Yield in what a default does not fit its own schema."""
        default = schema.get("default")
        if default is None:
            return
        reader = Reader(self._metadata)
        made = reader.inner(default, schema)
        for fault in [*reader.found, *checker(schema)(made)]:
            path = (*at, "default", *fault.path)
            yield Fault(path=path, keyword=fault.keyword, message=fault.message, help=fault.help)


def _shape(schema: Schema, at: Path) -> Iterator[Fault]:
    """Yield keywords that are missing or not allowed in the structure."""
    yield from _unsupported(schema, at)
    kind = schema.get("type")
    if not kind and not schema.get(_INT_OR_STRING) and not schema.get(PRESERVE):
        yield Fault(path=(*at, "type"), keyword=Keyword.REQUIRED, message="is required, but missing")
    elif kind and kind not in _TYPES:
        yield _fault((*at, "type"), f"must be one of {listed(_TYPES, 'or')}, but is {shown(kind)}")
    if kind == "array" and not isinstance(schema.get("items"), dict):
        yield Fault(path=(*at, "items"), keyword=Keyword.REQUIRED, message="is required to be one schema")
    if schema.get(EMBEDDED):
        yield from _embedded(schema, at)


def _unsupported(schema: Schema, at: Path) -> Iterator[Fault]:
    """Yield keywords that may stand nowhere, in no junctor either."""
    for key in (*_NEVER, *_NEVER_FILLED):
        if schema.get(key) or (key in _NEVER and schema.get(key) is not None):
            yield _fault((*at, key), "is not supported in a CustomResourceDefinition")
    if schema.get("uniqueItems"):
        yield _fault(
            (*at, "uniqueItems"), "must not be `true`; a list of `x-kubernetes-list-type: set` may be what you need"
        )
    if schema.get("properties") and schema.get("additionalProperties") not in (None, True):
        yield _fault((*at, "additionalProperties"), "must not stand beside `properties`")
    if schema.get(PRESERVE) is False:
        yield _fault((*at, PRESERVE), "must be `true`, or not be there")


def _embedded(schema: Schema, at: Path) -> Iterator[Fault]:
    if schema.get("type") != "object":
        yield _fault((*at, "type"), f"must be `object` beside `{EMBEDDED}`")
    if schema.get("additionalProperties") is not None:
        yield _fault((*at, "additionalProperties"), f"must not stand beside `{EMBEDDED}`")
    if not schema.get("properties") and not schema.get(PRESERVE):
        yield _fault((*at, "properties"), f"must not be empty beside `{EMBEDDED}` without `{PRESERVE}`")


def _list_faults(schema: Schema, at: Path) -> Iterator[Fault]:
    kind = schema.get("x-kubernetes-list-type")
    keys = schema.get(_LIST_KEYS)
    if kind is not None and kind not in _LIST_TYPES:
        message = f"must be one of {listed(_LIST_TYPES, 'or')}, but is {shown(kind)}"
        yield _fault((*at, "x-kubernetes-list-type"), message)
    if kind is not None and schema.get("type") != "array":
        yield _fault((*at, "type"), "must be `array` beside `x-kubernetes-list-type`")
    if (kind == "map") != bool(keys):
        yield _fault((*at, _LIST_KEYS), "must be there for `x-kubernetes-list-type: map`, and only there")
    if kind != "map" or not isinstance(keys, list):
        return
    items = _mapping(schema.get("items"))
    fields = _mapping(items.get("properties"))
    required = items.get("required") or ()
    for index, key in enumerate(keys):
        known = fields.get(key) if isinstance(key, str) else None
        if not isinstance(known, dict):
            yield _fault((*at, _LIST_KEYS, index), f"is {shown(key)}, but the items have no such field")
        elif known.get("default") is None and key not in required:
            yield _fault(
                (*at, _LIST_KEYS, index), f"is `{key}`, which must be required in the items, or have a default"
            )


def _value_faults(schema: Schema, at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the pattern and the junctors of ``schema``."""
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        try:
            re2.compiled(pattern)
        except re2.UnknownPatternError:
            pass
        except re2.PatternError as error:
            yield _fault((*at, "pattern"), f"is no regular expression that Go knows: {error}")
    is_either = schema.get("anyOf") == _EITHER
    for path, part in _junctors(schema):
        if not (is_either and path[0] == "anyOf"):
            is_first = path == ("allOf", 0) and part.get("anyOf") == _EITHER
            yield from _junctor({**part, "anyOf": ()} if is_first else part, (*at, *path))


def _junctors(schema: Schema) -> Iterator[tuple[Path, Schema]]:
    for key in ("allOf", "anyOf", "oneOf"):
        parts = schema.get(key)
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, dict):
                yield (key, index), part
    if isinstance(schema.get("not"), dict):
        yield ("not",), schema["not"]


def _junctor(part: Schema, at: Path) -> Iterator[Fault]:
    """Yield what a part of a junctor may not say; it only speaks of values that the structure around it knows."""
    for key in _STRUCTURE_ONLY:
        value = part.get(key)
        is_said = value is not None and (key, value) != ("additionalProperties", False)
        if value or (is_said and key in _STRUCTURE_ONLY[-4:]):
            yield _fault((*at, key), "must not stand inside of `allOf`, `anyOf`, `oneOf` or `not`")
    yield from _unsupported(part, at)
    yield from _value_faults(part, at)
    for key, inner in _mapping(part.get("properties")).items():
        if key == "metadata":
            yield _fault((*at, "properties", key), "must not stand inside of `allOf`, `anyOf`, `oneOf` or `not`")
        elif isinstance(inner, dict):
            yield from _junctor(inner, (*at, "properties", key))
    if isinstance(part.get("items"), dict):
        yield from _junctor(part["items"], (*at, "items"))


def rule_faults(schema: Schema, at: Path) -> Iterator[Fault]:
    """Yield the rules of a node that the API server cannot compile."""
    rules = schema.get(VALIDATIONS)
    if not isinstance(rules, list):
        return
    from kgen.check.cel.compiled import source_fault  # noqa: PLC0415  # most definitions have few rules

    for index, rule in enumerate(rules):
        path: Path = (*at, VALIDATIONS, index)
        for key in ("rule", "messageExpression"):
            source = _mapping(rule).get(key)
            if isinstance(source, str) and (message := source_fault(source, schema)):
                yield _fault((*path, key), message)
        reason = _mapping(rule).get("reason")
        if reason is not None and reason not in _REASONS:
            yield _fault((*path, "reason"), f"must be one of {listed(_REASONS, 'or')}, but is {shown(reason)}")
        field = _mapping(rule).get("fieldPath")
        if isinstance(field, str) and field and not _is_field(rule_path(field), schema):
            yield _fault((*path, "fieldPath"), f"must name a field below, such as `.spec`, but is {shown(field)}")


def _is_field(path: Path | None, schema: Schema) -> bool:
    if path is None:
        return False
    for step in path:
        properties = _mapping(schema.get("properties"))
        inner = properties.get(str(step)) if properties else schema.get("additionalProperties")
        if not isinstance(inner, dict):
            return False
        schema = inner
    return True
