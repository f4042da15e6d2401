"""
Rules of the API server about the volumes of pods: their names, and that each has one source.

A volume without a source is an ``emptyDir`` for the server.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go (ValidateVolumes)
"""

from __future__ import annotations

from kgen.check.fault import field
from kgen.check.server.amounts import amount
from kgen.check.server.errors import duplicate, forbidden, invalid, required, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.storage import claim_spec, claim_template_metadata
from kgen.check.server.texts import dns_label, dns_subdomain
from kgen.check.server.volume_files import config_map, downward_api, projected, secret
from kgen.check.server.volume_sources import SOURCES, csi_driver, host_path, incomplete, initiator_length
from kgen.check.server.volume_warnings import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

    Source: TypeAlias = Callable[[Mapping[str, Any], Path, Context], Iterator[Fault]]

_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_IMAGES = (1, 35)
"""The version that has volumes of images on; an older one drops them."""


def faults(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the volumes of the pod at ``at``."""
    first: dict[str, int] = {}
    for index, volume in enumerate(entries(spec, "volumes")):
        value = volume or {}
        here = (*at, "volumes", index)
        yield from _name(value.get("name") or "", here, first)
        yield from _source(value, here, context)
        yield from warnings(value, here, context)


def pod(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a Pod's ephemeral volumes: their claims get the name of the Pod."""
    del context
    name = part(value, "metadata").get("name")
    volumes = entries(part(value, "spec"), "volumes")
    if not name or not any(volume and volume.get("ephemeral") for volume in volumes):
        return
    made = {f"{name}-{volume.get('name')}" for volume in volumes if volume and volume.get("ephemeral") is not None}
    for index, volume in enumerate(volumes):
        own = (volume or {}).get("name")
        if own and f"{name}-{own}" in made and (wrong := dns_subdomain(f"{name}-{own}")):
            yield invalid("VOL019", ("spec", "volumes", index, "name"), f"gives the claim a name that {wrong}")
        claim = part(volume or {}, "persistentVolumeClaim").get("claimName")
        if claim in made:
            path = ("spec", "volumes", index, "persistentVolumeClaim", "claimName")
            yield invalid("VOL016", path, f"must not be `{claim}`, the claim of an ephemeral volume of this Pod")


def _name(name: str, at: Path, first: dict[str, int]) -> Iterator[Fault]:
    if not name:
        yield required("VOL001", (*at, "name"))
    elif wrong := dns_label(name):
        yield invalid("VOL002", (*at, "name"), wrong)
    elif name in first:
        yield duplicate("VOL003", (*at, "name"), name, f"`volumes[{first[name]}]`")
    else:
        first[name] = int(at[-1])


def _source(volume: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    given: Sequence[str] = [key for key, value in volume.items() if value is not None and key in _CHECKS]
    if len(given) > 1:
        given = sorted(given, key=_ORDER.__getitem__)
        for key in given[1:]:
            yield forbidden("VOL005", (*at, key), f"may not be set beside `{given[0]}`: a volume has one source")
    for key in given[:1]:
        yield from _CHECKS[key](volume[key], (*at, key), context)
    if given and given[0] == "iscsi":
        yield from initiator_length(volume["iscsi"], volume.get("name") or "", (*at, "name"))


def _empty_dir(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    size = value.get("sizeLimit")
    if size is not None and amount(size) < 0:
        yield forbidden("VOL006", (*at, "sizeLimit"), f"may not be negative, but is `{size}`")


def _claim(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    if not value.get("claimName"):
        yield required("VOL015", (*at, "claimName"))


def _ephemeral(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    template = value.get("volumeClaimTemplate")
    here = (*at, "volumeClaimTemplate")
    if template is None:
        yield required("VOL017", here)
        return
    yield from claim_template_metadata(part(template, "metadata"), (*here, "metadata"))
    yield from claim_spec(part(template, "spec"), (*here, "spec"), context)


def _csi(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    yield from csi_driver(value, at)
    reference = value.get("nodePublishSecretRef")
    if reference is None:
        return
    name = reference.get("name")
    if not name:
        yield required("VOL022", (*at, "nodePublishSecretRef", "name"))
    elif wrong := dns_subdomain(name):
        yield invalid("VOL022", (*at, "nodePublishSecretRef", "name"), wrong).named(field((*at, "name")))


def _image(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if context.version < _IMAGES:
        return
    if not value.get("reference") and context.kind == "Pod":
        yield required("VOL035", (*at, "reference"))
    policy = value.get("pullPolicy")
    if policy and policy not in _PULL_POLICIES:
        yield unsupported("VOL042", (*at, "pullPolicy"), policy, _PULL_POLICIES)


def _git_repo(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    directory = value.get("directory") or ""
    yield from incomplete(value, at, ("repository",))
    if directory.startswith("/") or ".." in directory.split("/"):
        message = f"must be a relative path without `..`, but is `{directory}`"
        yield invalid("VOL041", (*at, "directory"), message)


_CHECKS: Mapping[str, Source] = {
    "emptyDir": _empty_dir,
    "hostPath": host_path,
    "gitRepo": _git_repo,
    **{key: SOURCES[key] for key in ("gcePersistentDisk", "awsElasticBlockStore")},
    "secret": secret,
    **{key: SOURCES[key] for key in ("nfs", "iscsi", "glusterfs", "flocker")},
    "persistentVolumeClaim": _claim,
    **{key: SOURCES[key] for key in ("rbd", "cinder", "cephfs", "quobyte")},
    "downwardAPI": downward_api,
    **{key: SOURCES[key] for key in ("fc", "flexVolume")},
    "configMap": config_map,
    **{key: SOURCES[key] for key in ("azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume")},
    **{key: SOURCES[key] for key in ("azureDisk", "storageos")},
    "projected": projected,
    "scaleIO": SOURCES["scaleIO"],
    "csi": _csi,
    "ephemeral": _ephemeral,
    "image": _image,
}
"""Sources in the order of the server: of several, it checks the first one and refuses the others."""

_ORDER = {key: index for index, key in enumerate(_CHECKS)}
