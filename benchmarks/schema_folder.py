"""
kgen's stored schemas as kubeconform wants them: a file per kind, without references.

The names of the files are those of its own template variables.

Source: https://github.com/yannh/kubeconform#overriding-schemas-location
"""

import json
from pathlib import Path
from typing import Any

from every_field import VERSION, Schema, Schemas

LOCATION = "{{.NormalizedKubernetesVersion}}-standalone{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json"
KEPT = ("type", "enum", "format", "required")


def write(folder: Path) -> tuple[str, ...]:
    """Write the schemas of all kinds that are measured below ``folder``, and return the options that name them."""
    schemas = Schemas()
    below = folder / f"v{VERSION}.0-standalone-strict"
    below.mkdir(parents=True)
    for api_version, kind in schemas.kinds():
        schema = _inlined(schemas.of(api_version, kind), schemas, ())
        (below / _name(api_version, kind)).write_text(json.dumps(schema, separators=(",", ":")), "utf-8")
    return ("-strict", "-kubernetes-version", f"{VERSION}.0", "-schema-location", f"{folder}/{LOCATION}")


def _name(api_version: str, kind: str) -> str:
    """Return ``deployment-apps-v1.json``: of a group's name, only the part before the first dot counts."""
    group, _, version = api_version.rpartition("/")
    return "-".join(part.lower() for part in (kind, group.partition(".")[0], version) if part) + ".json"


def _inlined(schema: Schema, schemas: Schemas, within: tuple[str, ...]) -> dict[str, Any]:
    """Return ``schema`` with all that it refers to in place; inside itself, anything goes."""
    if "$ref" in schema:
        if schema["$ref"] in within:
            return {}
        return _inlined(schemas.resolved(schema), schemas, (*within, schema["$ref"]))
    made = {key: schema[key] for key in KEPT if schema.get(key)}
    if "properties" in schema:
        made["properties"] = {key: _inlined(item, schemas, within) for key, item in schema["properties"].items()}
        made["additionalProperties"] = False
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            made[key] = _inlined(schema[key], schemas, within)
    return made
