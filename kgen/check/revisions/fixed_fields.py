"""
Fields that are fixed when an object is created.

Sources: the functions ``Validate…Update`` below https://github.com/kubernetes/kubernetes/tree/master/pkg/apis
"""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.reading import at, mappings, text
from kgen.check.revisions.canonical import canonical
from kgen.check.revisions.changes import REPLACE, change, fixed
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, TypeAlias

    from kgen.check.resource import Resource
    from kgen.diag import Path

    Fixed: TypeAlias = tuple[tuple[Path, Any], ...]

_ORPHAN = "keep it, or delete the object with `--cascade=orphan`, so that its pods go on, and create it again"
_RENAME = "keep it, or give the new one another name"
_SELECTOR: Fixed = ((("spec", "selector"), None),)
_ROLE: Fixed = ((("roleRef",), None),)

_REQUIRED = frozenset(
    {
        *("controller", "driverName", "group", "handler", "kind", "plural", "provisioner", "roleRef", "scope"),
        *("selector",),
    }
)

FIXED: Mapping[tuple[str, str], tuple[str, Fixed, str]] = {
    ("apps", "Deployment"): ("XREV001", _SELECTOR, _ORPHAN),
    ("apps", "ReplicaSet"): ("XREV001", _SELECTOR, _ORPHAN),
    ("apps", "DaemonSet"): ("XREV001", _SELECTOR, _ORPHAN),
    ("apps", "StatefulSet"): (
        "XREV002",
        (
            (("spec", "podManagementPolicy"), "OrderedReady"),
            (("spec", "selector"), None),
            (("spec", "serviceName"), None),
        ),
        _ORPHAN,
    ),
    ("", "Secret"): ("XREV008", ((("type",), "Opaque"),), REPLACE),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("XREV010", _ROLE, REPLACE),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("XREV010", _ROLE, REPLACE),
    ("storage.k8s.io", "StorageClass"): (
        "XREV011",
        (
            (("provisioner",), None),
            (("parameters",), None),
            (("reclaimPolicy",), "Delete"),
            (("volumeBindingMode",), "Immediate"),
        ),
        _RENAME,
    ),
    ("scheduling.k8s.io", "PriorityClass"): (
        "XREV012",
        ((("value",), 0), (("preemptionPolicy",), "PreemptLowerPriority")),
        _RENAME,
    ),
    ("networking.k8s.io", "IngressClass"): ("XREV013", ((("spec", "controller"), None),), _RENAME),
    ("node.k8s.io", "RuntimeClass"): ("XREV014", ((("handler",), None),), _RENAME),
    ("storage.k8s.io", "CSIDriver"): (
        "XREV015",
        ((("spec", "attachRequired"), True), (("spec", "volumeLifecycleModes"), ["Persistent"])),
        REPLACE,
    ),
    ("storage.k8s.io", "VolumeAttributesClass"): (
        "XREV016",
        ((("driverName",), None), (("parameters",), None)),
        _RENAME,
    ),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        "XREV017",
        (
            (("spec", "group"), None),
            (("spec", "scope"), None),
            (("spec", "names", "kind"), None),
            (("spec", "names", "plural"), None),
        ),
        "keep it: deleting the definition deletes all objects of the kind",
    ),
}
"""API group and kind → row, the fields with what the server fills in, and the way out."""


def fixed_fields(before: Resource, after: Resource) -> Iterator[Finding]:
    """Yield the fields of an object that nobody can change after it was created."""
    row, paths, helped = FIXED[after.key]
    for path, default in paths:
        if path[-1] in _REQUIRED and not (at(before.value, path) and at(after.value, path)):
            continue  # something else will fill it in
        yield from fixed(row, before, after, path, default=default, helped=helped)


def claim_templates(before: Resource, after: Resource) -> Iterator[Finding]:
    """Yield changes of the claims that a StatefulSet makes for its pods."""
    path = ("spec", "volumeClaimTemplates")
    old, new = (_claims(each) for each in (before, after))
    if old != new:
        helped = f"{_ORPHAN}; claims that are there already are changed one by one"
        yield change("XREV002", before, after, path, helped)


def _claims(stateful_set: Resource) -> list[Any]:
    kept = ("metadata", "spec")
    return [
        {key: canonical(each.get(key), key) for key in kept}
        for _, each in mappings(stateful_set.spec, "volumeClaimTemplates")
    ]


def stored_versions(before: Resource, after: Resource) -> Iterator[Finding]:
    """Yield the version in which the objects of a custom kind are stored, if it is gone."""
    stored = next((text(each, "name") for _, each in mappings(before.spec, "versions") if each.get("storage")), "")
    names = [text(each, "name") for _, each in mappings(after.spec, "versions")]
    if stored and names and stored not in names:
        message = f"must have `{stored}`, in which objects are stored until they are written again"
        helped = "keep it with `storage: false` until nothing is stored in it any more"
        fault = invalid("XREV017", ("spec", "versions"), message, helped)
        yield Finding(after, fault, [(before, ("spec", "versions"), "as it was")])


RULES: Mapping[tuple[str, str], tuple[Any, ...]] = {
    ("apps", "StatefulSet"): (fixed_fields, claim_templates),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (fixed_fields, stored_versions),
    **{
        key: (fixed_fields,)
        for key in FIXED
        if key not in (("apps", "StatefulSet"), ("apiextensions.k8s.io", "CustomResourceDefinition"))
    },
}
