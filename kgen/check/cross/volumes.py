"""
Volumes: what claims them, what mounts them, and what they hide.

Source: https://kubernetes.io/docs/concepts/storage/volumes/
"""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.cross.rollouts import has_hash, is_watched
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import mappings, part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.check.templates import Template
    from kgen.diag import Path

_FULL = frozenset(
    {
        *("/", "/bin", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sbin", "/sys", "/usr"),
        *("/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin", "/usr/local/lib", "/usr/sbin", "/usr/share"),
    }
)
"""Directories that every image has something in."""

_FILES = ("configMap", "secret", "projected")


def claim_templates_that_hide_volumes(resources: Resources) -> Iterator[Finding]:
    """Yield volumes of StatefulSets that nobody gets, since a claim template has their name."""
    for resource, template, claims in _stateful_sets(resources):
        for index, volume in mappings(template.spec, "volumes"):
            name = text(volume, "name")
            if name in claims:
                path = (*template.at_spec, "volumes", index, "name")
                message = f"is `{name}`, as a claim template is called: pods get the claim in place of this volume"
                out = "give it another name, or remove it"
                fault = Fault(keyword=Keyword.INVALID, path=path, message=message, help=out, row="XVOL010")
                at = ("spec", "volumeClaimTemplates", claims[name], "metadata", "name")
                yield Finding(resource, fault, [(resource, at, "the claim template")])


def claim_templates_nobody_mounts(resources: Resources) -> Iterator[Finding]:
    """Yield claim templates whose storage no container uses."""
    for resource, template, claims in _stateful_sets(resources):
        used = _mounted(template)
        for name, index in claims.items():
            if name and name not in used:
                path = ("spec", "volumeClaimTemplates", index, "metadata", "name")
                message = f"is `{name}`, which no container mounts: each pod claims storage that nothing uses"
                yield _finding(resource, path, message, "mount it in a container, or remove it", "XVOL011")


def volumes_nobody_mounts(resources: Resources) -> Iterator[Finding]:
    """Yield volumes that no container uses."""
    for resource in resources.all_workloads():
        template = resource.template
        if template is None or "volumes" not in template.spec:
            continue
        used = _mounted(template)
        for index, volume in mappings(template.spec, "volumes"):
            name = text(volume, "name")
            if name and name not in used:
                message = f"is `{name}`, which no container mounts"
                path = (*template.at_spec, "volumes", index, "name")
                yield _finding(resource, path, message, "mount it in a container, or remove it", "XVOL012")


def memory_volumes_beyond_limits(resources: Resources) -> Iterator[Finding]:
    """Yield volumes in memory that may grow until the container that fills them is killed."""
    for resource in resources.all_workloads():
        template = resource.template
        for index, volume in mappings(template.spec, "volumes") if template else ():
            directory = part(volume, "emptyDir")
            if template is None or directory.get("medium") != "Memory":
                continue
            path = (*template.at_spec, "volumes", index, "emptyDir", "sizeLimit")
            size = directory.get("sizeLimit")
            if size is None:
                message = "is missing, so files in memory may grow until the container that writes them is killed"
                yield _finding(resource, path, message, "set `sizeLimit`, and count it in the memory limit", "XVOL015")
            elif (room := _memory_of(template, text(volume, "name"))) and _is_more(size, room):
                message = f"is `{size}`, more than the memory limit `{room}` of the container that mounts it"
                yield _finding(
                    resource, path, message, "files in memory count: raise the limit of the container", "XVOL015"
                )


def files_mounted_once(resources: Resources) -> Iterator[Finding]:
    """Yield single files of ConfigMaps and Secrets, which stay as they are when those change."""
    for resource, template in _with_volumes(resources):
        names = {text(volume, "name") for _, volume in mappings(template.spec, "volumes") if _may_change(volume)}
        if not names or is_watched(resource, template):
            continue
        for path, mount in _mounts(template):
            if text(mount, "name") in names and ("subPath" in mount or "subPathExpr" in mount):
                message = "mounts a single file, which stays as it is when the ConfigMap or Secret changes"
                field = "subPath" if "subPath" in mount else "subPathExpr"
                helped = "mount the whole directory, or start the pods again after a change"
                yield _finding(resource, (*path, field), message, helped, "XVOL016")


def _may_change(volume: Mapping[str, Any]) -> bool:
    """Tell whether a volume has files of objects whose content may change under their name."""
    names = (text(volume, "configMap", "name"), text(volume, "secret", "secretName"))
    return "projected" in volume or any(name and not has_hash(name) for name in names)


def volumes_over_full_directories(resources: Resources) -> Iterator[Finding]:
    """Yield volumes that hide what each image has in a directory of the system."""
    for resource, template in _with_volumes(resources):
        for path, mount in _mounts(template):
            place = mount.get("mountPath")
            if not isinstance(place, str) or place not in _FULL or "subPath" in mount or "subPathExpr" in mount:
                continue
            volumes = (
                volume for _, volume in mappings(template.spec, "volumes") if volume.get("name") == mount.get("name")
            )
            if any(key in volume for volume in volumes for key in ("emptyDir", *_FILES)):
                message = f"is `{place}`: the volume hides all that the image has there"
                helped = "mount it in a directory of its own, or a single file by `subPath`"
                yield _finding(resource, (*path, "mountPath"), message, helped, "XVOL017")


def _is_more(one: Any, other: Any) -> bool:
    from kgen.check.cross.sizes import is_more  # noqa: PLC0415  # exact numbers, and few volumes are in memory

    return is_more(one, other)


def _stateful_sets(resources: Resources) -> Iterator[tuple[Resource, Template, Mapping[str, int]]]:
    for resource in resources.of("apps", "StatefulSet"):
        claims = mappings(resource.value, "spec", "volumeClaimTemplates")
        if claims and resource.template is not None:
            yield resource, resource.template, {text(claim, "metadata", "name"): index for index, claim in claims}


def _with_volumes(resources: Resources) -> Iterator[tuple[Resource, Template]]:
    for resource in resources.all_workloads():
        if resource.template is not None and "volumes" in resource.template.spec:
            yield resource, resource.template


def _mounts(template: Template) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for at, container in template.containers():
        for index, mount in mappings(container, "volumeMounts") if "volumeMounts" in container else ():
            yield (*at, "volumeMounts", index), mount


def _mounted(template: Template) -> set[str]:
    return {
        text(use, "name")
        for _, container in template.containers()
        for field in ("volumeMounts", "volumeDevices")
        for _, use in mappings(container, field)
    }


def _memory_of(template: Template, name: str) -> Any:
    """Return the memory limit of the only container that mounts a volume."""
    mounting = [
        container
        for _, container in template.containers()
        if any(mount.get("name") == name for _, mount in mappings(container, "volumeMounts"))
    ]
    return part(mounting[0], "resources", "limits").get("memory") if len(mounting) == 1 else None


def _finding(resource: Resource, path: Path, message: str, helped: str, row: str) -> Finding:
    return Finding(resource, Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row=row))


DEFAULT = (claim_templates_that_hide_volumes, claim_templates_nobody_mounts, volumes_over_full_directories)
STRICT = (volumes_nobody_mounts, memory_volumes_beyond_limits, files_mounted_once)
OFF = ()
