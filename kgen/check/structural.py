"""
Read a custom resource as the API server does before it checks it: find unknown fields, drop null, fill in defaults.

The object is copied; the one given is not changed. What is done follows the schema's structure only
(``properties``, ``items``, ``additionalProperties``), never ``allOf`` and the like.

Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
"""

from __future__ import annotations

import re

from kgen.check.fault import Fault, Keyword, shown
from kgen.words import suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    from kgen.check.formats import Check
    from kgen.diag import Path

    Schema: TypeAlias = Mapping[str, Any]

EMBEDDED = "x-kubernetes-embedded-resource"
PRESERVE = "x-kubernetes-preserve-unknown-fields"
OWN = frozenset({"apiVersion", "kind", "metadata"})
"""Fields that every object has, whether its schema tells of them or not."""

_TYPE_PATTERNS = {"apiVersion": r"[^/]+(/[^/]*)?|/[^/]*", "kind": "[A-Za-z]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?"}
_NAMES = {"apiVersion": "API version such as `apps/v1`", "kind": "object's kind such as `Deployment`"}


class Reader:
    """Copies values of one kind. ``found`` grows with what could not be read."""

    def __init__(self, metadata: Check) -> None:
        self.found: list[Fault] = []
        self._metadata = metadata

    def root(self, value: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
        """Return the copy of a whole object."""
        return self._mapping(value, {**schema, EMBEDDED: True}, (), keeps=False)

    def inner(self, value: Any, schema: Schema) -> Any:
        """Return the copy of a value inside an object."""
        return self._value(value, schema, ())

    def _value(self, value: Any, schema: Schema | None, path: Path, *, keeps: bool = False) -> Any:
        """
        Return the copy of ``value``.

        Args:
            value: Any YAML value.
            schema: ``None`` if the schema says nothing about what is here: then no field is known.
            path: Where the value stands.
            keeps: Unknown fields are kept although ``schema`` does not say so.
        """
        if isinstance(value, dict):
            return self._mapping(value, schema or {}, path, keeps=keeps)
        if isinstance(value, list | tuple):
            items = (schema or {}).get("items")
            keeps = keeps or bool(schema and schema.get(PRESERVE))
            if keeps and items is None:
                return [copied(item) for item in value]
            default = items.get("default") if items and not items.get("nullable") else None
            return [
                self._value(copied(default) if item is None else item, items, (*path, index), keeps=keeps)
                for index, item in enumerate(value)
            ]
        return value

    def _mapping(self, value: Mapping[str, Any], schema: Schema, path: Path, *, keeps: bool) -> dict[str, Any]:
        properties: Mapping[str, Schema] = schema.get("properties") or {}
        others = schema.get("additionalProperties")
        keeps = keeps or bool(schema.get(PRESERVE))
        is_object = bool(schema.get(EMBEDDED))
        if is_object and path:
            self.found += [_placed(fault, path) for fault in _inner_object_faults(value)]
        made: dict[str, Any] = {}
        for key, item in value.items():
            if is_object and key in OWN:
                made[key] = self._own(key, item, path)
            elif key in properties:
                self._field(made, key, item, properties[key], path)
            elif others is not None:
                self._field(made, key, item, others if isinstance(others, dict) else None, path)
            elif keeps:
                made[key] = copied(item)
            else:
                self._unknown(key, properties, path)
        for key, known in properties.items():
            if key not in made and known.get("default") is not None and not (is_object and key in OWN):
                made[key] = self._value(copied(known["default"]), known, (*path, key))
        return made

    def _field(self, made: dict[str, Any], key: str, item: Any, schema: Schema | None, path: Path) -> None:
        """Put the field into ``made``, unless it is null where only a value may be."""
        if item is None and schema is not None and not schema.get("nullable"):
            item = copied(schema.get("default"))
            if item is None:
                return
        made[key] = self._value(item, schema, (*path, key))

    def _own(self, key: str, item: Any, path: Path) -> Any:
        if key == "metadata":
            if item is None:
                return {}
            self.found += [_placed(fault, (*path, key)) for fault in self._metadata(item)]
        elif not isinstance(item, str):
            message = f"must be a string, but is {shown(item)}"
            self.found.append(Fault(path=(*path, key), keyword=Keyword.TYPE, message=message))
        return copied(item)

    def _unknown(self, key: Any, known: Mapping[str, Any], path: Path) -> None:
        helped = suggestion(key, known) if isinstance(key, str) else ""
        message = "is no field that the CustomResourceDefinition knows"
        self.found.append(Fault(path=(*path, key), keyword=Keyword.UNKNOWN, message=message, help=helped))


def _placed(fault: Fault, path: Path) -> Fault:
    return Fault(path=(*path, *fault.path), keyword=fault.keyword, message=fault.message, help=fault.help)


def copied(value: Any) -> Any:
    """Return a copy that shares no mapping and no list with ``value``."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [copied(item) for item in value]
    return value


def _inner_object_faults(value: Mapping[str, Any]) -> list[Fault]:
    """Return what ``apiVersion`` and ``kind`` of an object inside another lack."""
    found: list[Fault] = []
    for key, pattern in _TYPE_PATTERNS.items():
        if key not in value:
            found.append(Fault(path=(key,), keyword=Keyword.REQUIRED, message="is required, but missing"))
        elif isinstance(value[key], str) and not re.fullmatch(pattern, value[key]):
            message = f"must name an {_NAMES[key]}, but is {shown(value[key])}"
            found.append(Fault(path=(key,), keyword=Keyword.PATTERN, message=message))
    return found
