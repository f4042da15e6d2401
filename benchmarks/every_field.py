"""
Objects with every field set, made from kgen's stored schemas: the worst that a manifest can be.

Each list and each map has one entry. Fields deeper than ``DEPTH`` are only set if they are required, and no
definition is used inside itself.
"""

import base64
import itertools
import random
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from kgen.check.store import Store, default_directory

VERSION = "1.34"
"""The Kubernetes version that everything here is about."""

DEPTH = 6
"""Levels of fields: a Deployment has 400 lines with these, and 1,200 with nine."""

FEWEST_LINES = 60
"""A kind with less is no every-field case worth measuring."""

ASKED = frozenset(
    {
        *(
            "action",
            "apiGroup",
            "audience",
            "drivers",
            "endpoints",
            "generation",
            "key",
            "keyType",
            "kind",
            "limits",
            "lun",
        ),
        *("name", "onPodConditions", "operator", "path", "podSelector", "preference", "revision", "rules", "secretRef"),
        *("seconds", "served", "serviceName", "signerName", "spec", "status", "storage", "value", "volumeName"),
    }
)
"""Fields that the published schemas ask for, and no API server: other tools go by the former."""

OBJECT_META = frozenset({"name", "namespace", "labels"})
WORDS = ("amber", "birch", "cedar", "delta", "ember", "flint", "grove", "heron", "iris", "juniper", "kelp", "larch")
QUANTITIES = ("250m", "1", "64Mi", "1.5Gi", "2e3", "100M")

Schema = Mapping[str, Any]


class Schemas:
    """The kinds of one Kubernetes version."""

    def __init__(self) -> None:
        self._store = Store(default_directory())
        self._kinds = self._store.kinds(VERSION)

    def kinds(self) -> list[tuple[str, str]]:
        """
        Return the kinds that have a name, Deployment first.

        Definitions of custom kinds are left out: an API server, and kgen, ask far more of them than schemas can say.
        """
        named = [key for key in self._kinds if self._has_name(key) and key[1] != "CustomResourceDefinition"]
        return sorted(named, key=lambda key: (key[1] != "Deployment", key))

    def of(self, api_version: str, kind: str) -> Schema:
        """Return the schema of a kind."""
        return self._store.definition(self._kinds[api_version, kind])

    def resolved(self, schema: Schema) -> Schema:
        """Return what ``schema`` refers to, or itself."""
        return self._store.definition(schema["$ref"]) if "$ref" in schema else schema

    def _has_name(self, key: tuple[str, str]) -> bool:
        metadata = self.of(*key).get("properties", {}).get("metadata")
        return metadata is not None and self.resolved(metadata).get("properties", {}).keys() >= OBJECT_META


class Maker:
    """Makes values that are valid for a schema."""

    def __init__(self, schemas: Schemas, *, seed: int) -> None:
        self._schemas = schemas
        self._random = random.Random(seed)  # noqa: S311  # the same on every machine

    def object(self, api_version: str, kind: str, name: str) -> dict[str, Any]:
        """Return an object with every field set."""
        made: dict[str, Any] = self._value(self._schemas.of(api_version, kind), depth=0, within=())
        made.pop("status", None)  # nobody writes it
        made |= {"apiVersion": api_version, "kind": kind}
        made["metadata"]["name"] = name
        return made

    def _value(self, schema: Schema, *, depth: int, within: tuple[str, ...]) -> Any:
        if "$ref" in schema:
            within = (*within, schema["$ref"])
            schema = self._schemas.resolved(schema)
        kinds = schema.get("type", "object")
        kinds = [kinds] if isinstance(kinds, str) else kinds
        match next(kind for kind in kinds if kind != "null"):
            case "object":
                return self._mapping(schema, depth=depth, within=within)
            case "array":
                return [self._value(schema["items"], depth=depth + 1, within=within)]
            case scalar:
                return self._scalar(schema, scalar)

    def _scalar(self, schema: Schema, kind: str) -> Any:
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        match kind:
            case "boolean":
                return self._random.random() < 1 / 2
            case "integer" if schema.get("format") != "int-or-string":
                return self._random.randint(1, 60000)
            case "number" if schema.get("format") != "quantity":
                return self._random.randint(1, 99) / 4
        return self._text(schema.get("format", ""))

    def _mapping(self, schema: Schema, *, depth: int, within: tuple[str, ...]) -> dict[str, Any]:
        properties = schema.get("properties", {})
        required = schema.get("required", ())
        if depth and "metadata" in properties:  # an object in another one: what it says of its kind is not looked at
            properties = {key: item for key, item in properties.items() if key not in {"apiVersion", "kind", "status"}}
        made = {
            key: self._value(item, depth=depth + 1, within=within)
            for key, item in properties.items()
            if key in required
            or key in ASKED
            or (depth < DEPTH and item.get("$ref") not in within and not self._repeats(item, within))
        }
        if isinstance(others := schema.get("additionalProperties"), dict):
            made[f"{self._word()}.example.com"] = self._value(others, depth=depth + 1, within=within)
        return made

    def _repeats(self, schema: Schema, within: tuple[str, ...]) -> bool:
        """Tell whether the entries of a list or map are of a kind that they stand in."""
        entries = [part for part in (schema.get("items"), schema.get("additionalProperties")) if isinstance(part, dict)]
        return any(part.get("$ref") in within or self._repeats(part, within) for part in entries)

    def _text(self, form: str) -> Any:
        match form:
            case "byte":
                return base64.b64encode(self._word().encode()).decode()
            case "date-time":
                return f"2025-{self._random.randint(1, 12):02}-{self._random.randint(1, 28):02}T08:30:00Z"
            case "quantity":
                return self._random.choice(QUANTITIES)
            case "int-or-string":
                return self._random.choice((8080, "25%", "http"))
        return f"{self._word()}-{self._word()}" if self._random.random() < 3 / 4 else f"{self._word()}: say {form or 1}"

    def _word(self) -> str:
        return self._random.choice(WORDS)


def lines(value: Any, indent: str = "") -> Iterator[str]:
    """Yield an object as YAML, as ``kubectl get -o yaml`` would lay it out."""
    for key, item in value.items():
        if isinstance(item, dict) and item:
            yield f"{indent}{key}:"
            yield from lines(item, indent + "  ")
        elif isinstance(item, list) and item:
            yield f"{indent}{key}:"
            yield from _entries(item, indent)
        else:
            yield f"{indent}{key}: {_scalar(item)}"


def _entries(value: list[Any], indent: str) -> Iterator[str]:
    for item in value:
        if isinstance(item, dict) and item:
            first, *others = lines(item, indent + "  ")
            yield f"{indent}- {first.lstrip()}"
            yield from others
        elif isinstance(item, list) and item:
            first, *others = _entries(item, indent + "  ")
            yield f"{indent}- {first.lstrip()}"
            yield from others
        else:
            yield f"{indent}- {_scalar(item)}"


def _scalar(value: Any) -> str:
    """Return a scalar, or an empty mapping or list. Whatever could be taken for something else is quoted."""
    if not isinstance(value, str):
        return {True: "true", False: "false", None: "null"}[value] if isinstance(value, bool | None) else f"{value}"
    plain = value.replace("-", "").replace(".", "").replace("/", "").replace("_", "")
    is_plain = plain.isascii() and plain.isalnum() and value[0].isalpha() and value.lower() not in TRAPS
    return value if is_plain else '"' + value.translate(ESCAPED) + '"'


TRAPS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
ESCAPED = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\t"): "\\t"}


def documents(count: int, *, distinct: int) -> list[str]:
    """
    Return ``count`` documents of unique names.

    Args:
        distinct: How many of them differ in more than their name: making them takes longer than reading them.
    """
    made = list(islice(_texts(), min(count, distinct)))
    return [made[index % len(made)].replace(NAME, f"every-field-{index:05}") for index in range(count)]


def _texts() -> Iterator[str]:
    schemas = Schemas()
    for seed in itertools.count():
        for key in schemas.kinds():
            text = list(lines(Maker(schemas, seed=seed).object(*key, NAME)))
            if len(text) >= FEWEST_LINES:
                yield "\n".join([*text, ""])


NAME = "every-field-name"
