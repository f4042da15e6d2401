"""
How a path is written: for people, and as the API server writes it.

People are shown every step; keys of maps stand in brackets, as in what the server's validation says: ``limits[cpu]``.
The server's decoder does not know which entry of a list, or key of a map, it is in, but it names the Go structs that
are embedded in others: ``spec.rules.IngressRuleValue.http``.

Nothing here is needed for a document without fault.

Source: https://github.com/golang/go/blob/master/src/encoding/json/decode.go
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from kgen.check.fault import field
from kgen.diag import Path

Schema: TypeAlias = Mapping[str, Any]


class Step(NamedTuple):
    """One step of a path, with what a schema says about it."""

    key: str | int
    owner: str
    """Name of the type that has the field; empty if it has none."""

    is_key: bool
    """It is a key of a map, not the name of a field."""


_BESIDE_NAME = frozenset({"key", "optional", "items", "defaultMode"})
"""What stands beside the name of a Secret or ConfigMap."""

_OWN_FIELDS: Mapping[str, tuple[str, frozenset[str]]] = {
    **dict.fromkeys(("ConfigMapEnvSource", "SecretEnvSource"), ("LocalObjectReference", _BESIDE_NAME)),
    **dict.fromkeys(("ConfigMapKeySelector", "SecretKeySelector"), ("LocalObjectReference", _BESIDE_NAME)),
    **dict.fromkeys(("ConfigMapProjection", "SecretProjection"), ("LocalObjectReference", _BESIDE_NAME)),
    "ConfigMapVolumeSource": ("LocalObjectReference", _BESIDE_NAME),
    "DeviceAllocationConfiguration": ("DeviceConfiguration", frozenset({"source", "requests"})),
    "DeviceClaimConfiguration": ("DeviceConfiguration", frozenset({"requests"})),
    "DeviceClassConfiguration": ("DeviceConfiguration", frozenset()),
    "EphemeralContainer": ("EphemeralContainerCommon", frozenset({"targetContainerName"})),
    "IngressRule": ("IngressRuleValue", frozenset({"host"})),
    "NamedRuleWithOperations": ("RuleWithOperations", frozenset({"resourceNames"})),
    "PersistentVolumeSpec": (
        "PersistentVolumeSource",
        frozenset(
            {
                *("capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName"),
                *("mountOptions", "volumeMode", "nodeAffinity", "volumeAttributesClassName"),
            }
        ),
    ),
    "Probe": (
        "ProbeHandler",
        frozenset(
            {
                *("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"),
                "terminationGracePeriodSeconds",
            }
        ),
    ),
    "RuleWithOperations": ("Rule", frozenset({"operations"})),
    "Volume": ("VolumeSource", frozenset({"name"})),
}
"""Go structs with another one embedded → its name, and the fields that are not its."""

_SCHEMA = "JSONSchemaProps"
_SCHEMAS = frozenset({"items", "additionalItems", "additionalProperties"})
"""Fields of a schema that hold another one, but need not: what is published does not tell their form."""


def steps(path: Path, schema: Schema, definition: Callable[[str], Schema]) -> Iterator[Step]:
    """
    Yield the steps of ``path`` in an object with ``schema``.

    Args:
        definition: Returns the schema that a ``$ref`` names. What stands before the last dash is the Go type.
    """
    for key in path:
        owner = ""
        while reference := schema.get("$ref"):
            owner, schema = reference.rpartition("-")[0], definition(reference)
        fields, others = schema.get("properties", {}), schema.get("additionalProperties")
        is_key = isinstance(others, dict) and isinstance(key, str) and key not in fields
        yield Step(key, owner, is_key)
        inner = schema.get("items") if isinstance(key, int) else fields.get(key, others)
        of_schemas = schema if owner == _SCHEMA and key in _SCHEMAS else {}
        schema = of_schemas or (inner if isinstance(inner, dict) else {})


def written(path: Iterable[Step]) -> str:
    """
    Return a path with all its steps.

    >>> written([Step("limits", "ResourceRequirements", False), Step("cpu", "", True)])
    'limits[cpu]'
    """
    made = list(path)
    return field(tuple(step.key for step in made), {number for number, step in enumerate(made) if step.is_key})


def decoded(path: Iterable[Step]) -> str:
    """
    Return a path as the server's decoder writes it.

    >>> decoded([Step("volumes", "PodSpec", False), Step(0, "", False), Step("csi", "Volume", False)])
    'volumes.VolumeSource.csi'
    """
    names: list[str] = []
    for key, owner, is_key in path:
        if isinstance(key, str) and not is_key:
            names += [*_embedded(owner, key), key]
    return ".".join(names)


def _embedded(owner: str, key: str) -> Iterator[str]:
    """Yield the names of the embedded structs through which ``owner`` has the field ``key``."""
    while (found := _OWN_FIELDS.get(owner)) and key not in found[1]:
        owner = found[0]
        yield owner


def dotted(path: Path) -> str:
    """
    Return a path as the server writes it about unknown fields, and in custom resources.

    >>> dotted(("spec", "selector", 0, "app.kubernetes.io/name"))
    'spec.selector[0].app.kubernetes.io/name'
    """
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")
