"""
Fields in the wrong place: where a field that a kind does not have there would be right.

People paste a field one level too high, indent it too far, or take it from another version of the API. The schemas
know where it belongs. Nothing here is imported before there is a finding.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kgen.check.fault import field
from kgen.check.reading import at
from kgen.check.store import Store
from kgen.check.whereabouts import group
from kgen.diag import Path

_DEEPEST = 4
"""Levels below which a field is looked for."""

_COMMON = frozenset({"apiVersion", "kind", "name", "namespace", "type", "key", "value", "spec", "status", "items"})
"""Names that so many things have that one of them is no hint, unless the object has that thing."""

FORMER: Mapping[tuple[str, str], str] = {
    ("IngressBackend", "serviceName"): "since `networking.k8s.io/v1` it is `service.name`",
    (
        "IngressBackend",
        "servicePort",
    ): "since `networking.k8s.io/v1` it is `service.port.number` or `service.port.name`",
    ("ResourceMetricSource", "targetAverageUtilization"): "since `autoscaling/v2` it is `target.averageUtilization`",
    ("ResourceMetricSource", "targetAverageValue"): "since `autoscaling/v2` it is `target.averageValue`",
    ("MetricTarget", "operator"): "there is no operator: a target is an average (`averageUtilization`, `averageValue`)",
    ("PodSpec", "securityContexts"): "it is `securityContext`",
}
"""Type and field → what it has become, where the new place does not have the old name."""


def way_out(value: Any, path: Path, store: Store, version: str) -> str:
    """
    Return where the unknown field at ``path`` of the object ``value`` belongs; empty if that cannot be told.

    >>> from kgen.check.store import default_directory
    >>> pod = {"apiVersion": "v1", "kind": "Pod", "spec": {"image": "nginx", "containers": [{}]}}
    >>> way_out(pod, ("spec", "image"), Store(default_directory()), "1.34")
    'it belongs in `spec.containers[]`'
    """
    api_version, kind, name = value.get("apiVersion"), value.get("kind"), path[-1]
    definition = store.schema(version, api_version, kind)
    if definition is None or not isinstance(name, str):
        return ""
    schemas = list(_along(store, definition, path[:-1]))
    if len(schemas) < len(path):
        return ""
    if former := FORMER.get((schemas[-1][0].partition("-")[0], name)):
        return former
    return (
        _elsewhere(api_version, kind, path, store, version)
        or _outside(name, path, schemas)
        or _inside(name, path, at(value, path[:-1]), schemas[-1][1], store)
    )


Named = tuple[str, Mapping[str, Any]]
"""A schema, with the name of its definition if it has one."""


def _resolved(store: Store, schema: Mapping[str, Any]) -> Named:
    """Return what ``schema`` stands for: that of the entries, if it is one of a list."""
    name = ""
    for _ in range(_DEEPEST):
        if "$ref" in schema:
            name = str(schema["$ref"])
            schema = store.definition(name)
        elif isinstance(schema.get("items"), dict):
            schema = schema["items"]
        elif len(schema.get("allOf", ())) == 1:
            schema = schema["allOf"][0]
        else:
            break
    return name, schema


def _along(store: Store, definition: str, path: Path) -> Iterator[Named]:
    """Yield the schemas on the way from the whole object to what is at ``path``, one for each step and the start."""
    here: Named = (definition, store.definition(definition))
    yield here
    for step in path:
        if isinstance(step, int):
            yield here  # the entry of the list that the schema was resolved to already
            continue
        inner = here[1].get("properties", {}).get(step)
        if not isinstance(inner, dict):
            return
        here = _resolved(store, inner)
        yield here


def _elsewhere(api_version: str, kind: str, path: Path, store: Store, version: str) -> str:
    """Say which other version of the API has the field at the same place."""
    for other, name in sorted(store.kinds(version), reverse=True):
        if name != kind or other == api_version or group(other) != group(api_version):
            continue
        definition = store.schema(version, other, kind)
        if definition and len(list(_along(store, definition, path))) == len(path) + 1:
            return f"this field exists in `{other}`"
    return ""


def _outside(name: str, path: Path, schemas: Sequence[Named]) -> str:
    """Say that the field belongs further out, where a schema on the way has it."""
    for length in range(len(path) - 2, -1, -1):
        if isinstance(path[length], int) or name not in schemas[length][1].get("properties", {}):
            continue
        if name in _COMMON and name != "spec":
            continue
        where = field((*path[:length], name))
        return f"indented too far: did you mean `{where}`?"
    return ""


def _inside(name: str, path: Path, value: Any, schema: Mapping[str, Any], store: Store) -> str:
    """Say that the field belongs into something at the same level, or deeper."""
    level: list[tuple[str, Any, Mapping[str, Any]]] = [(field(path[:-1]), value, schema)]
    for _ in range(_DEEPEST):
        level = [inner for each in level for inner in _inner(*each, store)]
        found = [(where, there) for where, there, schema in level if name in schema.get("properties", {})]
        present = [where for where, there in found if there is not None]
        if len(present) == 1:
            return f"it belongs in `{present[0]}`"
        if len(found) == 1 and name not in _COMMON:
            return f"it belongs in `{found[0][0]}`"
        if found:
            return ""
    return ""


def _inner(
    where: str, value: Any, schema: Mapping[str, Any], store: Store
) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Yield the mappings in one, and the entries of lists: how they are called, what the object has there, schema."""
    for key, part in schema.get("properties", {}).items():
        if key == "status":
            continue
        there = value.get(key) if isinstance(value, dict) else None
        is_list = "items" in part
        if is_list and isinstance(there, list):
            there = next((each for each in there if isinstance(each, dict)), {})
        name = f"{where}.{key}" if where else key
        yield f"{name}[]" if is_list else name, there, _resolved(store, part)[1]
