"""
Rules of the API server's admission about mirrors of static pods: the kubelet runs those without asking a server for
anything, so they can have nothing that only a server knows.

Source: https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/serviceaccount/admission.go
"""

from __future__ import annotations

from kgen.check.server.errors import forbidden
from kgen.check.server.kinds import entries, part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

MIRROR = "kubernetes.io/config.mirror"
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_REFERENCES = ("cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos")
"""Volumes that may have a ``secretRef``."""


def mirror_pod(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield the tokens and secrets that a mirror pod asks for."""
    del context
    if MIRROR not in part(part(value, "metadata"), "annotations"):
        return
    spec = part(value, "spec")
    for number, entry in enumerate(entries(spec, "volumes")):
        for index, source in enumerate(entries(part(entry or {}, "projected"), "sources")):
            if (source or {}).get("serviceAccountToken") is not None:
                at = ("spec", "volumes", number, "projected", "sources", index, "serviceAccountToken")
                yield forbidden("VOL032", at, "may not be set in a mirror of a static pod")
    for path in _secrets(spec):
        yield forbidden("PANN001", path, "may not be set in a mirror of a static pod")


def _secrets(spec: Mapping[str, Any]) -> Iterator[Path]:
    """Yield where secrets are named."""
    for index, entry in enumerate(entries(spec, "imagePullSecrets")):
        if (entry or {}).get("name"):
            yield ("spec", "imagePullSecrets", index)
    for index, entry in enumerate(entries(spec, "volumes")):
        yield from (("spec", "volumes", index, *path) for path in _of_volume(entry or {}))
    for key in _CONTAINERS:
        for index, entry in enumerate(entries(spec, key)):
            yield from (("spec", key, index, *path) for path in _of_container(entry or {}))


def _of_volume(volume: Mapping[str, Any]) -> Iterator[Path]:
    if volume.get("secret") is not None:
        yield ("secret",)
    if part(volume, "azureFile").get("secretName"):
        yield ("azureFile", "secretName")
    if part(volume, "csi").get("nodePublishSecretRef") is not None:
        yield ("csi", "nodePublishSecretRef")
    for key in _REFERENCES:
        if part(volume, key).get("secretRef") is not None:
            yield (key, "secretRef")
    for index, source in enumerate(entries(part(volume, "projected"), "sources")):
        if (source or {}).get("secret") is not None:
            yield ("projected", "sources", index, "secret")


def _of_container(container: Mapping[str, Any]) -> Iterator[Path]:
    for index, source in enumerate(entries(container, "envFrom")):
        if (source or {}).get("secretRef") is not None:
            yield ("envFrom", index, "secretRef")
    for index, variable in enumerate(entries(container, "env")):
        if part(variable or {}, "valueFrom").get("secretKeyRef") is not None:
            yield ("env", index, "valueFrom", "secretKeyRef")
