"""Kubernetes' own types where custom resources have them, as schemas of a CustomResourceDefinition have to be."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from custom_pydantic import INT_OR_STRING, PRESERVE, Schema

_SPECIAL: Mapping[str, Schema] = {
    "FieldsV1": {"type": "object", PRESERVE: True},
    "IntOrString": {INT_OR_STRING: True},
    "JSON": {PRESERVE: True},
    "Duration": {"type": "string"},
    "ObjectMeta": {"type": "object", PRESERVE: True},
    "Quantity": {INT_OR_STRING: True},
    "RawExtension": {"type": "object", PRESERVE: True},
    "Time": {"type": "string", "format": "date-time"},
}
"""Types of which OpenAPI does not say enough, by the last part of their names."""


class OfKubernetes:
    """The types of one version of Kubernetes."""

    def __init__(self, file: Path) -> None:
        """
        Args:
            file: With the definitions of a version, as ``build_schemas.py`` reads it.
        """
        self._definitions: Mapping[str, Mapping[str, Any]] = json.loads(file.read_bytes())["$defs"]
        self._names = {name.replace(".", "").replace("-", "").lower(): name for name in self._definitions}

    def __call__(self, short: str) -> Schema:
        """Return the type that is called ``IoK8sApiCoreV1EnvVar`` where points and dots are no names."""
        for name, schema in _SPECIAL.items():
            if short.endswith(("V1" + name, "Resource" + name, "Runtime" + name, "Intstr" + name)):
                return dict(schema)
        return self._named(self._names[short.lower()])

    @cache  # noqa: B019  # of a script
    def _named(self, name: str) -> Schema:
        special = _SPECIAL.get(name.rpartition(".")[2])
        return dict(special) if special else self._plain(self._definitions[name])

    def _plain(self, schema: Mapping[str, Any]) -> Schema:
        if "$ref" in schema:
            return self._named(schema["$ref"].rpartition("/")[2])
        made = {key: schema[key] for key in ("format", "enum", "required") if key in schema}
        kinds = schema.get("type", "object")
        made["type"] = kinds if isinstance(kinds, str) else next(kind for kind in kinds if kind != "null")
        if made.get("format") == "int-or-string":
            return {INT_OR_STRING: True}
        if "properties" in schema:
            made["properties"] = {name: self._plain(part) for name, part in schema["properties"].items()}
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                made[key] = self._plain(schema[key])
        if made["type"] == "object" and not made.keys() & {"properties", "additionalProperties"}:
            made[PRESERVE] = True
        return made
