"""
Rules of the API server about the spec of PersistentVolumes.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

import posixpath

from kgen.check.server.affinity import node_selector
from kgen.check.server.amounts import amount
from kgen.check.server.errors import forbidden, invalid, required, unsupported
from kgen.check.server.kinds import part
from kgen.check.server.storage import access_modes, volume_mode
from kgen.check.server.texts import dns_label, dns_subdomain
from kgen.check.server.volume_sources import SOURCES, csi_driver, initiator_length

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_POLICIES = ("Delete", "Recycle", "Retain")
_ATTRIBUTES_CLASS = (1, 34)
_ORDER = (
    *("hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte"),
    *("cephfs", "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk"),
    *("portworxVolume", "azureDisk", "scaleIO", "local", "storageos", "csi"),
)
"""Sources in the order of the server: of several, it checks the first one and refuses the others."""

_SECRETS = ("controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef")
_WITH_NAMESPACE = frozenset({"cinder", "storageos"})


def volume_spec(spec: Mapping[str, Any], name: str, at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with the spec at ``at`` of the PersistentVolume ``name``."""
    yield from access_modes(spec, at)
    yield from _capacity(spec, at)
    yield from _reclaim_policy(spec, at)
    yield from _node_affinity(spec, at, context)
    given = [key for key in _ORDER if spec.get(key) is not None]
    if not given:
        yield required("PVC014", at, "with one source, such as `csi` or `nfs`")
    for key in given[1:]:
        if key == "flexVolume":  # the server does not count this one
            yield from SOURCES[key](spec[key], (*at, key), context)
        else:
            yield forbidden("PVC014", (*at, key), f"may not be set beside `{given[0]}`: a volume has one source")
    for key in given[:1]:
        yield from _source(key, spec[key], (*at, key), context)
    if given and given[0] == "iscsi":
        yield from initiator_length(spec["iscsi"], name, (*at, "iscsi", "targetportal"))
    yield from _classes(spec, at, context)
    yield from volume_mode(spec, at)


def _capacity(spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    capacity = part(spec, "capacity")
    if not capacity:
        yield required("PVC013", (*at, "capacity"))
    elif list(capacity) != ["storage"]:
        other = next(key for key in (*capacity, "storage") if key != "storage")
        yield unsupported("PVC013", (*at, "capacity"), other, ("storage",))
    for key, size in capacity.items():
        if amount(size) <= 0:
            yield invalid("PVC013", (*at, "capacity", key), f"must be more than 0, but is `{size}`")


def _reclaim_policy(spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    policy = spec.get("persistentVolumeReclaimPolicy")
    path = (*at, "persistentVolumeReclaimPolicy")
    if not policy:
        return
    if policy not in _POLICIES:
        yield unsupported("PVC015", path, policy, _POLICIES)
    elif policy == "Recycle":
        where = part(spec, "hostPath").get("path") or ""
        if where and posixpath.normpath(where) in ("/", "//"):
            yield forbidden("PVC015", path, "may not be `Recycle` for the root of a node")
        yield invalid("PVC018", path, "should not be `Recycle`, which is deprecated", "let a StorageClass make volumes")


def _node_affinity(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    affinity = spec.get("nodeAffinity")
    here = (*at, "nodeAffinity")
    if affinity is None:
        if spec.get("local") is not None:
            yield required("PVC016", here, "since a `local` volume is on one node")
        return
    needed = affinity.get("required")
    if needed is None:
        yield required("PVC017", (*here, "required"))
    elif not needed.get("nodeSelectorTerms"):
        yield required("PVC017", (*here, "required", "nodeSelectorTerms"), "with at least one term")
    else:
        yield from node_selector(needed, (*here, "required"), context)


def _source(key: str, value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if key == "csi":
        yield from _csi(value, at)
    elif key == "local":
        yield from _local(value, at)
    else:
        yield from SOURCES[key](value, at, context)
        yield from _beside(key, value, at)


def _beside(key: str, value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what only PersistentVolumes have in a source that pods have too."""
    reference = value.get("secretRef")
    if key == "iscsi" and reference is not None and not reference.get("name"):
        yield required("VOL036", (*at, "secretRef", "name"))
    if key in _WITH_NAMESPACE and reference is not None and not reference.get("namespace"):
        yield required("VOL041", (*at, "secretRef", "namespace"))
    if key == "azureFile" and value.get("secretNamespace") == "":
        yield required("VOL041", (*at, "secretNamespace"))
    namespace = value.get("endpointsNamespace") if key == "glusterfs" else None
    if namespace is not None and (wrong := dns_label(namespace)):
        yield invalid("VOL041", (*at, "endpointsNamespace"), wrong)


def _local(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    path = value.get("path")
    if not path:
        yield required("VOL041", (*at, "path"))
    elif ".." in path.split("/"):
        yield invalid("VOL041", (*at, "path"), f"must not have `..` as a step, but is `{path}`")


def _csi(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    yield from csi_driver(value, at)
    if not value.get("volumeHandle"):
        yield required("VOL041", (*at, "volumeHandle"))
    for key in _SECRETS:
        reference = value.get(key)
        if reference is None:
            continue
        for name, form in (("name", dns_subdomain), ("namespace", dns_label)):
            if not reference.get(name):
                yield required("VOL041", (*at, key, name))
            elif wrong := form(reference[name]):
                yield invalid("VOL041", (*at, key, name), wrong)


def _classes(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if (name := spec.get("storageClassName")) and (wrong := dns_subdomain(name)):
        yield invalid("PVC006", (*at, "storageClassName"), wrong)
    name = spec.get("volumeAttributesClassName")
    if name is None or context.version < _ATTRIBUTES_CLASS:
        return
    path = (*at, "volumeAttributesClassName")
    if not name:
        yield required("PVC019", path, "or leave it out")
    elif wrong := dns_subdomain(name):
        yield invalid("PVC019", path, wrong)
    if spec.get("csi") is None:
        yield required("PVC019", (*at, "csi"), "with `volumeAttributesClassName`")
