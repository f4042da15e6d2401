"""
Where Kubernetes' OpenAPI documents say something else than its API servers do.

Source: https://github.com/kubernetes/kubernetes/tree/master/pkg/apis
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]
Definitions: TypeAlias = dict[str, Schema]

SPECIAL: Mapping[str, Schema] = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {
        "type": ["integer", "string", "null"],
        "format": "int-or-string",
    },
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {
        "type": ["number", "string", "null"],
        "format": "quantity",
    },
}
"""
Types with a decoder of their own.

Upstream has a ``oneOf`` here whose branches both allow ``null``, which forbids it; the decoders allow it.

Source: https://pkg.go.dev/k8s.io/apimachinery/pkg/util/intstr#IntOrString.UnmarshalJSON
"""

DEFAULTS: Mapping[str, Schema] = {
    "io.k8s.api.core.v1.ContainerPort": {"protocol": "TCP"},
    "io.k8s.api.core.v1.ServicePort": {"protocol": "TCP"},
}
"""
Defaults of fields that are keys of a list: ports without ``protocol`` can clash. The package has lost them.

Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports
"""

OPTIONAL: Mapping[str, Sequence[str]] = {
    # zero, false, an empty text, list or mapping, and no reference are values like any other
    "apiextensions.CustomResourceDefinitionVersion": ("served", "storage"),
    "apps.ControllerRevision": ("revision",),
    "batch.PodFailurePolicy": ("rules",),
    "core.HTTPHeader": ("value",),
    "core.ISCSIPersistentVolumeSource": ("lun",),
    "core.ISCSIVolumeSource": ("lun",),
    "core.LimitRangeSpec": ("limits",),
    "core.PreferredSchedulingTerm": ("preference",),
    "core.ScaleIOPersistentVolumeSource": ("secretRef",),
    "core.ScaleIOVolumeSource": ("secretRef",),
    "core.SleepAction": ("seconds",),
    "core.Sysctl": ("value",),
    "discovery.EndpointSlice": ("endpoints",),
    "networking.NetworkPolicySpec": ("podSelector",),
    "resource.Counter": ("value",),
    "resource.DeviceCapacity": ("value",),
    "resource.DeviceClass": ("spec",),
    "resource.ResourceClaim": ("spec",),
    "resource.ResourceClaimTemplate": ("spec",),
    "resource.ResourceClaimTemplateSpec": ("spec",),
    "resource.ResourcePool": ("generation",),
    "scheduling.PriorityClass": ("value",),
    "storage.CSIDriver": ("spec",),
    "storage.CSINode": ("spec",),
    "storage.CSINodeSpec": ("drivers",),
    "storage.TokenRequest": ("audience",),
    # the server fills them in
    "batch.PodFailurePolicyOnPodConditionsPattern": ("status",),
    "rbac.RoleRef": ("apiGroup",),
    # the server drops them unread, all or the whole of what they stand in
    "apps.StatefulSetSpec": ("serviceName",),
    "core.ClusterTrustBundleProjection": ("path",),
    "core.PodCertificateProjection": ("keyType", "signerName"),
    "core.TypedLocalObjectReference": ("kind", "name"),
    # the server's code asks for them in some cases or versions only
    "apiextensions.WebhookConversion": ("conversionReviewVersions",),
    "batch.PodFailurePolicyRule": ("onPodConditions",),
    "core.ContainerRestartRule": ("action",),
    "core.ContainerRestartRuleOnExitCodes": ("operator",),
    "core.FileKeySelector": ("key", "path", "volumeName"),
}
"""
Fields that the documents call required, in all versions or in some, and no API server asks for, by API group and type.

The documents call every field required whose Go code does not say ``omitempty``. Whether anybody looks at an empty one
is another question. What stands here was looked up in the validation code.
"""


def corrected(definitions: Definitions, kinds: Sequence[str]) -> Definitions:
    """
    Return ``definitions`` as API servers see them.

    Args:
        definitions: Of one version, by their full names.
        kinds: The names of those that can stand in a manifest.
    """
    made = definitions | {name: SPECIAL[name] for name in SPECIAL if name in definitions}
    for name, defaults in DEFAULTS.items():
        properties = made[name]["properties"]
        filled = {field: properties[field] | {"default": value} for field, value in defaults.items()}
        made[name] = made[name] | {"properties": properties | filled}
    for name, schema in made.items():
        if spared := OPTIONAL.get(_short(name)):
            made[name] = _without_required(schema, spared)
    _free_templates(made, set(kinds))
    _free_status(made, kinds)
    return made


def _short(name: str) -> str:
    """
    Return API group and type.

    >>> _short("io.k8s.api.core.v1.SleepAction")
    'core.SleepAction'
    """
    group, _, kind = name.split(".")[-3:] if name.count(".") > 1 else ("", "", name)
    return f"{group}.{kind}"


def _without_required(schema: Schema, names: Sequence[str]) -> Schema:
    return schema | {"required": [name for name in schema.get("required", ()) if name not in names]}


def _free_templates(definitions: Definitions, kinds: set[str]) -> None:
    """
    Let ``apiVersion`` and ``kind`` be any text in objects that stand inside of others.

    In those of a list, a server reads them; in a claim that a StatefulSet is to make, it does not.
    """
    for name, schema in list(definitions.items()):
        if not name.endswith("List"):
            definitions[name] = _redirected(schema, lambda ref: f"template:{ref}" if ref in kinds else ref)
    for name in kinds:
        schema = definitions[name]
        properties = schema.get("properties", {})
        free = {field: _without_enum(properties[field]) for field in ("apiVersion", "kind") if field in properties}
        definitions[f"template:{name}"] = schema | {"properties": properties | free}


def _without_enum(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "enum"}


def _free_status(definitions: Definitions, kinds: Sequence[str]) -> None:
    """Let anything be missing in a status: a server reads it, and puts one of its own in its place."""
    waiting: list[str] = []

    def loose(ref: str) -> str:
        waiting.append(ref)
        return f"status:{ref}"

    for name in (*kinds, *(f"template:{name}" for name in kinds)):
        properties = definitions[name].get("properties", {})
        if "status" in properties:
            status = {"status": _redirected(properties["status"], loose)}
            definitions[name] = definitions[name] | {"properties": properties | status}
    while waiting:
        name = waiting.pop()
        if f"status:{name}" not in definitions:
            schema = _redirected(definitions[name], loose)
            definitions[f"status:{name}"] = {key: value for key, value in schema.items() if key != "required"}


def _redirected(schema: Schema, target: Callable[[str], str]) -> Schema:
    """Return ``schema`` with what it refers to replaced by what ``target`` says, by full name."""
    made: Schema = {}
    for key, value in schema.items():
        if key == "$ref":
            start, slash, name = value.rpartition("/")
            made[key] = f"{start}{slash}{target(name)}"
        elif key == "properties":
            made[key] = {name: _redirected(inner, target) for name, inner in value.items()}
        elif key in {"items", "additionalProperties"} and isinstance(value, dict):
            made[key] = _redirected(value, target)
        else:
            made[key] = value
    return made
