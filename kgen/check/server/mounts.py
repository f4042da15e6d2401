"""Rules of the API server about pods: which volumes a container mounts where."""

from __future__ import annotations

from kgen.check.server.errors import forbidden, invalid, not_found, renamed, required, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import backstep, inner_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

PROPAGATIONS = frozenset({"None", "HostToContainer", "Bidirectional"})
RECURSIONS = frozenset({"Disabled", "Enabled", "IfPossible"})
_SINCE_RECURSIVE = (1, 31)
"""The version that has `recursiveReadOnly` on; an older one drops it."""

BLOCK_SOURCES = ("persistentVolumeClaim", "ephemeral", "")


class Volumes(dict[str, str]):
    """The names of a pod's volumes, and what sort each is: ``emptyDir``. It is empty if a fault or a claim hides it."""

    __slots__ = ("is_complete",)

    def __init__(self, spec: Mapping[str, Any], *, has_claims: bool) -> None:
        """
        Args:
            has_claims: Volumes without a source may stand for claims, as in a StatefulSet. Else they are ``emptyDir``.
        """
        super().__init__()
        self.is_complete = True
        """All volumes have a name: what is not here is not there."""

        for volume in entries(spec, "volumes"):
            name = volume and volume.get("name")
            if not name:
                self.is_complete = False
                continue
            default = "" if has_claims else "emptyDir"
            self[name] = next((key for key in volume if key != "name" and volume[key] is not None), default)


def faults(ctr: Mapping[str, Any], at: Path, volumes: Volumes, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about ``volumeMounts`` and ``volumeDevices`` of the container at ``at``."""
    mounts, devices = entries(ctr, "volumeMounts"), entries(ctr, "volumeDevices")
    if devices:
        yield from _device_faults(ctr, at, volumes)
    if not mounts:
        return
    paths = set()
    for index, mount in enumerate(mounts):
        mount = mount or {}  # noqa: PLW2901  # an entry may be null
        name, path = mount.get("name"), mount.get("mountPath")
        if not name:
            yield required("CTR038", (*at, "volumeMounts", index, "name"))
        elif name not in volumes and volumes.is_complete:
            yield not_found("CTR039", (*at, "volumeMounts", index, "name"), name, volumes)
        if not path:
            yield required("CTR040", (*at, "volumeMounts", index, "mountPath"))
        elif path in paths:
            message = f"must be unique in the container, but is `{path}` again"
            yield invalid("CTR041", (*at, "volumeMounts", index, "mountPath"), message)
        paths.add(path)
        if devices:
            yield from _also_device(mount, (*at, "volumeMounts", index), devices)
        if len(mount) > 2:  # noqa: PLR2004  # most have a name and a path only
            yield from _option_faults(ctr, mount, (*at, "volumeMounts", index), context)


def _also_device(mount: Mapping[str, Any], at: Path, devices: Collection[Any]) -> Iterator[Fault]:
    for key, device_key in (("name", "name"), ("mountPath", "devicePath")):
        value = mount.get(key)
        if value and any(device and device.get(device_key) == value for device in devices):
            yield invalid("CTR042", (*at, key), f"may not be in `volumeDevices` too, but `{value}` is")


def _option_faults(ctr: Mapping[str, Any], mount: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if mount.get("subPath") and mount.get("subPathExpr"):
        yield invalid("CTR044", (*at, "subPathExpr"), "may not be set beside `subPath`")
    yield from renamed(_faults_of_one(ctr, mount, at, context), at, at[:-1])


def _faults_of_one(ctr: Mapping[str, Any], mount: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield the faults of a mount of which the server does not tell which it is."""
    path, expression = mount.get("subPath"), mount.get("subPathExpr")
    if path and (wrong := inner_path(path)):
        yield invalid("CTR043", (*at, "subPath"), wrong)
    if expression and (wrong := inner_path(expression)):
        yield invalid("CTR043", (*at, "subPathExpr"), wrong)
    if (propagation := mount.get("mountPropagation")) is not None:
        if propagation not in PROPAGATIONS:
            yield unsupported("CTR045", (*at, "mountPropagation"), propagation, PROPAGATIONS)
        elif propagation == "Bidirectional" and not part(ctr, "securityContext").get("privileged"):
            message = "may be `Bidirectional` in privileged containers only"
            yield forbidden("CTR046", (*at, "mountPropagation"), message)
    if (recursion := mount.get("recursiveReadOnly")) is not None and context.version >= _SINCE_RECURSIVE:
        yield from _recursion_faults(mount, recursion, (*at, "recursiveReadOnly"))


def _recursion_faults(mount: Mapping[str, Any], recursion: str, at: Path) -> Iterator[Fault]:
    if recursion not in RECURSIONS:
        yield unsupported("CTR047", at, recursion, RECURSIONS)
    elif recursion != "Disabled":
        if not mount.get("readOnly"):
            yield forbidden("CTR047", at, f"may be `{recursion}` only with `readOnly: true`")
        if mount.get("mountPropagation") not in (None, "None"):
            yield forbidden("CTR047", at, f"may be `{recursion}` only with mountPropagation `None`")


def _device_faults(ctr: Mapping[str, Any], at: Path, volumes: Volumes) -> Iterator[Fault]:
    mounts = entries(ctr, "volumeMounts")
    names, paths = set(), set()
    for index, device in enumerate(entries(ctr, "volumeDevices")):
        device = device or {}  # noqa: PLW2901  # an entry may be null
        place = (*at, "volumeDevices", index)
        name, path = device.get("name"), device.get("devicePath")
        if not name:
            yield required("CTR048", (*place, "name"))
        else:
            yield from _device_name_faults(name, (*place, "name"), volumes, is_again=name in names)
        if not path:
            yield required("CTR049", (*place, "devicePath"))
        elif path in paths:
            yield invalid("CTR049", (*place, "devicePath"), f"must be unique in the container, but is `{path}` again")
        elif wrong := backstep(path):
            yield invalid("CTR049", (*place, "devicePath"), wrong)
        names.add(name)
        paths.add(path)
        for row, key, mount_key in (("CTR048", "name", "name"), ("CTR049", "devicePath", "mountPath")):
            value = device.get(key)
            if value and any(mount and mount.get(mount_key) == value for mount in mounts):
                yield invalid(row, (*place, key), f"may not be in `volumeMounts` too, but `{value}` is")


def _device_name_faults(name: str, at: Path, volumes: Volumes, *, is_again: bool) -> Iterator[Fault]:
    if is_again:
        yield invalid("CTR048", at, f"must be unique in the container, but is `{name}` again")
    if name not in volumes:
        if volumes.is_complete:
            yield not_found("CTR048", at, name, volumes)
    elif volumes[name] not in BLOCK_SOURCES:
        message = (
            f"must name a volume with `persistentVolumeClaim` or `ephemeral`, but `{name}` is one with "
            f"`{volumes[name]}`"
        )
        yield invalid("CTR048", at, message)
