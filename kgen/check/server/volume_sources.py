"""
Rules of the API server about sources that pods and PersistentVolumes share: paths of a node, network storage, disks.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

import re

from kgen.check.fault import field
from kgen.check.server.errors import invalid, renamed, required, too_long, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import dns_label, dns_subdomain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

HOST_PATH_TYPES = (
    *("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"),
)
_LONGEST_DRIVER = 63
_LONGEST_TENANT = 64
_LONGEST_PORTAL = 64
_MOST_LUN = 255
_MOST_PARTITION = 255
_INITIATORS = {
    "iqn": r"iqn\.\d{4}-\d{2}\.([A-Za-z0-9-.]+)(:[^,;*&$|\s]+)",
    "eui": r"eui.[A-Za-z0-9]{16}",
    "naa": r"naa.[A-Za-z0-9]{32}",
}
_CACHING_MODES = ("None", "ReadOnly", "ReadWrite")
_DISK_KINDS = ("Dedicated", "Managed", "Shared")

_NEEDED: Mapping[str, Sequence[str]] = {
    "glusterfs": ("endpoints", "path"),
    "rbd": ("monitors", "image"),
    "cinder": ("volumeID",),
    "cephfs": ("monitors",),
    "azureFile": ("secretName", "shareName"),
    "vsphereVolume": ("volumePath",),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "scaleIO": ("gateway", "system", "volumeName"),
}
"""Sources of which the server only asks that these are not empty."""


def incomplete(value: Mapping[str, Any], at: Path, names: Sequence[str]) -> Iterator[Fault]:
    """Yield which of the fields that a source needs are missing or empty."""
    for name in names:
        if not value.get(name):
            yield required("VOL041", (*at, name))


def secret_name(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield the reference to a secret that has no name."""
    reference = value.get("secretRef")
    if reference is not None and not reference.get("name"):
        yield required("VOL041", (*at, "secretRef", "name"))


def host_path(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with a path of the node."""
    del context
    path = value.get("path")
    if not path:
        yield required("VOL007", (*at, "path"))
        return
    if ".." in path and ".." in path.split("/"):
        yield invalid("VOL007", (*at, "path"), f"must not have `..` as a step, but is `{path}`")
    kind = value.get("type")
    if kind and kind not in HOST_PATH_TYPES:
        yield unsupported("VOL008", (*at, "type"), kind, HOST_PATH_TYPES[1:])


def csi_driver(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the name of a CSI driver; upper case is fine."""
    name = value.get("driver") or ""
    if not name:
        yield required("VOL021", (*at, "driver"))
    elif (length := len(name.encode())) > _LONGEST_DRIVER:
        yield too_long("VOL021", (*at, "driver"), _LONGEST_DRIVER, length)
    elif wrong := dns_subdomain(name.lower()):
        yield invalid("VOL021", (*at, "driver"), wrong)


def initiator_length(value: Mapping[str, Any], name: str, at: Path) -> Iterator[Fault]:
    """Yield an iSCSI target that gets too long a name together with the volume's ``name``."""
    if value.get("initiatorName") is not None:
        length = len(f"{name}:{value.get('targetPortal') or ''}".encode())
        if length > _LONGEST_PORTAL:
            message = f"must have at most {_LONGEST_PORTAL} characters together with `:` and `iscsi.targetPortal`"
            yield invalid("VOL036", at, f"{message} beside `iscsi.initiatorName`, but has {length}")


def _nfs(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    if not value.get("server"):
        yield required("VOL020", (*at, "server"))
    path = value.get("path")
    if not path:
        yield required("VOL020", (*at, "path"))
    elif path[0] != "/":
        yield invalid("VOL020", (*at, "path"), f"must be an absolute path, but is `{path}`")


def _iscsi(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    for key in ("targetPortal", "iqn"):
        if not value.get(key):
            yield required("VOL036", (*at, key))
    if (name := value.get("iqn")) and not _is_initiator(name):
        yield invalid(
            "VOL036", (*at, "iqn"), f"must be an iSCSI name such as `iqn.2001-04.com.example:a`, but is `{name}`"
        )
    name = value.get("initiatorName")
    if name is not None and not _is_initiator(name):
        message = f"must be an iSCSI name such as `iqn.2001-04.com.example:a`, but is `{name}`"
        yield invalid("VOL036", (*at, "initiatorName"), message).named(field((*at, "initiatorname")))
    lun = value.get("lun") or 0
    if not 0 <= lun <= _MOST_LUN:
        yield invalid("VOL036", (*at, "lun"), f"must be between 0 and {_MOST_LUN}, but is {lun}")
    has_chap = value.get("chapAuthDiscovery") or value.get("chapAuthSession")
    if has_chap and value.get("secretRef") is None:
        yield required("VOL036", (*at, "secretRef"), "with `chapAuthDiscovery` or `chapAuthSession`")


def _is_initiator(name: str) -> bool:
    pattern = _INITIATORS.get(name[:3])
    return pattern is not None and re.fullmatch(pattern, name, re.ASCII) is not None


def _fc(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    names, ids = entries(value, "targetWWNs"), entries(value, "wwids")
    if not names and not ids:
        yield required("VOL037", (*at, "targetWWNs"), "or `wwids` in its place")
    if names and ids:
        yield invalid("VOL037", (*at, "targetWWNs"), "must not be set beside `wwids`")
    lun = value.get("lun")
    if not names:
        return
    if lun is None:
        yield required("VOL037", (*at, "lun"), "with `targetWWNs`")
    elif not 0 <= lun <= _MOST_LUN:
        yield invalid("VOL037", (*at, "lun"), f"must be between 0 and {_MOST_LUN}, but is {lun}")


def _disk(name: str, shown_at: str) -> Callable[[Mapping[str, Any], Path, Context], Iterator[Fault]]:
    def check(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
        del context
        yield from renamed(faults(value, at), at, (*at[:-1], shown_at))

    def faults(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
        yield from incomplete(value, at, (name,))
        partition = value.get("partition") or 0
        if not 0 <= partition <= _MOST_PARTITION:
            message = f"must be between 0 and {_MOST_PARTITION}, but is {partition}"
            yield invalid("VOL041", (*at, "partition"), message)

    return check


def _flocker(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    name, uuid = value.get("datasetName") or "", value.get("datasetUUID") or ""
    if not name and not uuid:
        yield required("VOL041", at, "with one of `datasetName` and `datasetUUID`")
    if name and uuid:
        yield invalid("VOL041", at, "must not have both `datasetName` and `datasetUUID`")
    if "/" in name:
        yield invalid("VOL041", (*at, "datasetName"), f"must not contain `/`, but is `{name}`")


def _quobyte(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    yield from incomplete(value, at, ("registry", "volume"))
    tenant = value.get("tenant") or ""
    if len(tenant) > _LONGEST_TENANT:
        yield too_long("VOL041", (*at, "tenant"), _LONGEST_TENANT, len(tenant))
    elif (registry := value.get("registry")) and not all(map(_has_port, registry.split(","))):
        message = f"must be `host:port`, or several with commas between, but is `{registry}`"
        yield invalid("VOL041", (*at, "registry"), message)


def _has_port(text: str) -> bool:
    return re.fullmatch(r"(\[[^\[\]]*\]|[^:\[\]]*):[^:\[\]]*", text) is not None


def _flex_volume(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    yield from incomplete(value, at, ("driver",))
    for key in part(value, "options"):
        prefix = f".{key.partition('/')[0].lower()}"
        if prefix.endswith((".kubernetes.io", ".k8s.io")):
            message = "must not use the prefixes `kubernetes.io` and `k8s.io`, which are reserved"
            yield invalid("VOL041", (*at, "options", key), message)


def _azure_disk(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    yield from incomplete(value, at, ("diskName", "diskURI"))
    mode, kind = value.get("cachingMode"), value.get("kind")
    if mode is not None and mode not in _CACHING_MODES:
        yield unsupported("VOL041", (*at, "cachingMode"), mode, _CACHING_MODES)
    if kind is not None and kind not in _DISK_KINDS:
        yield unsupported("VOL041", (*at, "kind"), kind, _DISK_KINDS)
    uri = value.get("diskURI") or ""
    start = "/subscriptions/" if kind == "Managed" else "https://"
    if uri and not uri.startswith(start):
        message = f"must start with `{start}` for a disk of kind `{kind or 'Shared'}`, but is `{uri}`"
        yield invalid("VOL041", (*at, "diskURI"), message)


def _storage_os(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    yield from incomplete(value, at, ("volumeName",))
    for key in ("volumeName", "volumeNamespace"):
        if (name := value.get(key)) and (wrong := dns_label(name)):
            yield invalid("VOL041", (*at, key), wrong)
    yield from secret_name(value, at)


def _needing(names: Sequence[str]) -> Callable[[Mapping[str, Any], Path, Context], Iterator[Fault]]:
    def check(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
        del context
        yield from incomplete(value, at, names)
        if at[-1] == "cinder":
            yield from secret_name(value, at)

    return check


SOURCES: Mapping[str, Callable[[Mapping[str, Any], Path, Context], Iterator[Fault]]] = {
    **{key: _needing(names) for key, names in _NEEDED.items()},
    "hostPath": host_path,
    "gcePersistentDisk": _disk("pdName", "persistentDisk"),
    "awsElasticBlockStore": _disk("volumeID", "awsElasticBlockStore"),
    "nfs": _nfs,
    "iscsi": _iscsi,
    "flocker": _flocker,
    "quobyte": _quobyte,
    "fc": _fc,
    "flexVolume": _flex_volume,
    "azureDisk": _azure_disk,
    "storageos": _storage_os,
}
"""What checks a source, by the source's name."""
