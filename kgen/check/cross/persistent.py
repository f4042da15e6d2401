"""
Claims and the volumes that are meant for them.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/volume/persistentvolume/pv_controller.go
(checkVolumeSatisfyClaim)
"""

from __future__ import annotations

from kgen.check.cross.near import unresolved
from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import entries, mappings, part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_FILE_SYSTEM = "Filesystem"


def claims_unlike_their_volume(resources: Resources) -> Iterator[Finding]:
    """Yield claims that the volume meant for them cannot meet."""
    if not resources.of("", "PersistentVolume"):
        return
    for claim in resources.of("", "PersistentVolumeClaim"):
        volume = resources.get("", "PersistentVolume", "", text(claim.spec, "volumeName"))
        if volume is not None:
            yield from _unlike(claim, volume)
    for volume in resources.of("", "PersistentVolume"):
        reference = part(volume.spec, "claimRef")
        wanted = resources.get(
            "", "PersistentVolumeClaim", text(reference, "namespace") or "default", text(reference, "name")
        )
        if wanted is not None and not text(wanted.spec, "volumeName"):
            yield from _unlike(wanted, volume)


def volumes_for_missing_claims(resources: Resources) -> Iterator[Finding]:
    """Yield volumes that are kept for a claim that is not there, where the set keeps claims."""
    yield from _reserved(resources, plain=True)


def volumes_for_possibly_missing_claims(resources: Resources) -> Iterator[Finding]:
    """Yield volumes that are kept for a claim that is not there, though the set keeps none."""
    yield from _reserved(resources, plain=False)


def storage_that_is_deleted(resources: Resources) -> Iterator[Finding]:
    """Yield claims of StatefulSets whose class deletes what was stored when the claim is deleted."""
    classes = {each.name: each for each in resources.of("storage.k8s.io", "StorageClass")}
    defaults = [
        each for each in classes.values() if part(each.value, "metadata", "annotations").get(_DEFAULT_CLASS) == "true"
    ]
    for resource in resources.of("apps", "StatefulSet") if classes else ():
        for index, claim in mappings(resource.value, "spec", "volumeClaimTemplates"):
            spec = part(claim, "spec")
            named = classes.get(text(spec, "storageClassName"))
            used = named or (defaults[0] if defaults and "storageClassName" not in spec else None)
            if used is not None and (text(used.value, "reclaimPolicy") or "Delete") == "Delete":
                path: Path = ("spec", "volumeClaimTemplates", index, "spec", "storageClassName")
                message = f"is {used}, which deletes the stored data with the claim"
                helped = "use a class with `reclaimPolicy: Retain`, if the data is worth more than the disk"
                fault = Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row="XVOL013")
                at: Path = ("reclaimPolicy",) if "reclaimPolicy" in used.value else ("metadata", "name")
                yield Finding(resource, fault, [(used, at, "the class")])


def _unlike(claim: Resource, volume: Resource) -> Iterator[Finding]:
    for path, message, at in _differences(claim, volume):
        helped = f"change one of the two: {volume} is kept for this claim, which stays pending as it is"
        fault = Fault(keyword=Keyword.INVALID, path=("spec", *path), message=message, help=helped, row="XVOL008")
        yield Finding(claim, fault, [(volume, ("spec", at), "what the volume has")])


def _differences(claim: Resource, volume: Resource) -> Iterator[tuple[Path, str, str]]:
    from kgen.check.cross.sizes import is_more  # noqa: PLC0415  # exact numbers, and few volumes are meant for a claim

    wanted, given = claim.spec, volume.spec
    asked, size = part(wanted, "resources", "requests").get("storage"), part(given, "capacity").get("storage")
    if is_more(asked, size):
        yield ("resources", "requests", "storage"), f"is `{asked}`, but {volume} only has `{size}`", "capacity"
    known = entries(given, "accessModes")
    for index, mode in enumerate(entries(wanted, "accessModes")):
        if known and mode not in known:
            yield ("accessModes", index), f"is `{mode}`, which {volume} does not offer", "accessModes"
    kind, other = text(wanted, "volumeMode") or _FILE_SYSTEM, text(given, "volumeMode") or _FILE_SYSTEM
    if kind != other:
        yield ("volumeMode",), f"is `{kind}`, but that of {volume} is `{other}`", "volumeMode"
    name, theirs = wanted.get("storageClassName"), text(given, "storageClassName")
    # a claim that names no class gets the default one, which nobody knows here
    if isinstance(name, str) and name != theirs:
        yield ("storageClassName",), f"is `{name}`, but that of {volume} is `{theirs}`", "storageClassName"


def _reserved(resources: Resources, *, plain: bool) -> Iterator[Finding]:
    for volume in resources.of("", "PersistentVolume"):
        reference = part(volume.spec, "claimRef")
        target = ("", "PersistentVolumeClaim", text(reference, "namespace") or "default", text(reference, "name"))
        path = ("spec", "claimRef", "name")
        yield from unresolved("XVOL009", resources, volume, path, target, plain=plain)


DEFAULT = (claims_unlike_their_volume, volumes_for_missing_claims)
STRICT = (volumes_for_possibly_missing_claims, storage_that_is_deleted)
OFF = ()
