"""
Volumes and claims for them: where the data is cannot be changed, and a claim can only grow.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from kgen.check.cross.requests import exact
from kgen.check.cross.resources import Finding
from kgen.check.reading import part
from kgen.check.revisions.canonical import canonical
from kgen.check.revisions.changes import change, fixed
from kgen.check.server.errors import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from kgen.check.resource import Resource

_MOVE = "keep it, or make a claim with another name and copy the data"
_COPY = "keep it, or make a volume with another name"
_MUTABLE = frozenset(
    {
        *("accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy"),
        *("storageClassName", "volumeAttributesClassName", "volumeMode"),
    }
)
"""What stands beside the source of a volume."""


def fixed_claims(before: Resource, after: Resource) -> Iterator[Finding]:
    """Yield what cannot be changed about a PersistentVolumeClaim."""
    for field in ("accessModes", "selector", "volumeMode"):
        default = "Filesystem" if field == "volumeMode" else None
        yield from fixed("XREV004", before, after, ("spec", field), default=default, helped=_MOVE)
    for field in ("storageClassName", "volumeName"):
        # the cluster fills these in, so only what was written is known
        if before.spec.get(field) is not None and before.spec[field] != after.spec.get(field):
            yield change("XREV004", before, after, ("spec", field), _MOVE)
    if before.spec.get("volumeAttributesClassName") and not after.spec.get("volumeAttributesClassName"):
        yield change("XREV004", before, after, ("spec", "volumeAttributesClassName"), "name another class instead")
    old, new = _source(before), _source(after)
    if old != new:
        field = "dataSourceRef" if "dataSourceRef" in after.spec else "dataSource"
        yield change("XREV004", before, after, ("spec", field), _MOVE)
    yield from _shrunk(before, after)


def _source(claim: Resource) -> Any:
    """Return where a claim takes its first data from; the server keeps both fields alike."""
    return canonical(claim.spec.get("dataSourceRef") or claim.spec.get("dataSource") or {})


def _shrunk(before: Resource, after: Resource) -> Iterator[Finding]:
    path = ("spec", "resources", "requests", "storage")
    given = [part(each.spec, "resources", "requests").get("storage") for each in (before, after)]
    old, new = exact(given[0]), exact(given[1])
    if old is not None and new is not None and new < old:
        message = f"is `{given[1]}`, but was `{given[0]}`, and a volume cannot shrink"
        fault = forbidden("XREV005", path, message)
        fault.help = f"keep `{given[0]}`, or make a smaller claim with another name and copy the data"
        yield Finding(after, fault, [(before, path, "as it was")])


def fixed_volumes(before: Resource, after: Resource) -> Iterator[Finding]:
    """Yield what cannot be changed about a PersistentVolume."""
    yield from fixed("XREV006", before, after, ("spec", "volumeMode"), default="Filesystem", helped=_COPY)
    sources = [key for key in dict.fromkeys((*after.spec, *before.spec)) if key not in _MUTABLE]
    for key in sources:
        old, new = (canonical(each.spec.get(key), key) for each in (before, after))
        if key == "csi" and isinstance(old, dict) and isinstance(new, dict) and "controllerExpandSecretRef" not in old:
            new.pop("controllerExpandSecretRef", None)
        if old != new:
            yield change("XREV006", before, after, ("spec", key), _COPY)
    if before.spec.get("nodeAffinity"):
        yield from fixed("XREV006", before, after, ("spec", "nodeAffinity"), helped=_COPY)


RULES = {
    ("", "PersistentVolumeClaim"): (fixed_claims,),
    ("", "PersistentVolume"): (fixed_volumes,),
}
