"""Objects with one fault each, of a sort that schemas know: a wrong type, an unknown field, a missing one."""

import copy
import random
from collections.abc import Iterator, Sequence
from typing import Any

from every_field import Schema, Schemas


def faulty(value: dict[str, Any], schemas: Schemas, *, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield copies of ``value``, each with one fault, and what it is."""
    schema = schemas.of(value["apiVersion"], value["kind"])
    chosen = random.Random(seed)  # noqa: S311  # the same on every machine
    for fault, put in (("wrong type", _wrong_type), ("unknown field", _unknown), ("missing required", _missing)):
        made = copy.deepcopy(value)
        if put(list(_objects(made, schema, schemas)), schemas, chosen):
            yield fault, made


def _objects(value: Any, schema: Schema, schemas: Schemas) -> Iterator[tuple[dict[str, Any], Schema]]:
    """Yield all mappings with named fields, and their schemas."""
    schema = schemas.resolved(schema)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        if properties:
            yield value, schema
        for key, item in value.items():
            yield from _objects(item, properties.get(key, schema.get("additionalProperties") or {}), schemas)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item, schema.get("items", {}), schemas)


Objects = Sequence[tuple[dict[str, Any], Schema]]


def _wrong_type(objects: Objects, schemas: Schemas, chosen: random.Random) -> bool:
    places = [
        (value, key, wrong)
        for value, schema in objects
        for key in value
        if key not in {"apiVersion", "kind", "metadata"}
        if (wrong := _wrong_value(schemas.resolved(schema["properties"][key]))) is not None
    ]
    if places:
        value, key, wrong = chosen.choice(places)
        value[key] = wrong
    return bool(places)


def _wrong_value(schema: Schema) -> Any:
    """Return a value of a type that ``schema`` refuses, or ``None`` if it takes any."""
    stated = schema.get("type", ())
    kinds = {stated} if isinstance(stated, str) else set(stated)
    if not kinds:
        return None
    if not kinds & {"object", "array"}:
        return {"not": "a scalar"}
    return "neither a mapping nor a list"


def _unknown(objects: Objects, _schemas: Schemas, chosen: random.Random) -> bool:
    value, _ = chosen.choice(objects)
    value["unheardOf"] = "value"
    return True


def _missing(objects: Objects, _schemas: Schemas, chosen: random.Random) -> bool:
    places = [(value, key) for value, schema in objects for key in schema.get("required", ()) if key in value]
    if places:
        value, key = chosen.choice(places)
        del value[key]
    return bool(places)
