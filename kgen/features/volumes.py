"""
Volumes: directories that are writable, and those that outlive a pod.

Emits one PersistentVolumeClaim for every persistent volume; scratch space is part of the pod.

Source: https://kubernetes.io/docs/concepts/storage/persistent-volumes/
"""

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from pydantic import Field

from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass
from kgen.scalars import ContainerPath, Memory, ObjectName
from kgen.spec import Spec

Access: TypeAlias = Literal["ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod", "ReadOnlyMany"]


class Volume(Spec):
    """A directory of its own in the component's containers."""

    path: ContainerPath
    """Where it is mounted."""

    type: Literal["persistent", "ephemeral", "memory"] = "persistent"
    """`persistent` outlives the pod; `ephemeral` is scratch space on the node; `memory` counts as the pod's memory."""

    size: Memory | None = None
    """
    Size requested (`persistent`, where it is required) or at most (`ephemeral`, `memory`). A persistent one can grow if
    its storage class can; one of a `stateful` component by hand only, since the API server refuses the change.
    """

    access: Access = "ReadWriteOnce"
    """Access mode of a persistent volume."""

    storage_class: ObjectName | None = Field(default=None, alias="class")
    """Storage class of a persistent volume; the platform's by default, then the cluster's."""


RULES = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A persistent volume with every question answered."""

    name: str
    size: str
    access: str
    storage_class: str | None


def emit(claims: tuple[Claim, ...], target: Target) -> Iterator[Manifest]:
    """Build one PersistentVolumeClaim a volume."""
    # data must survive the day somebody takes a component out of Git
    keep = {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
    for claim in claims:
        yield manifest("v1", "PersistentVolumeClaim", target, name=claim.name, annotations=keep, spec=spec(claim))


def spec(claim: Claim) -> dict[str, Any]:
    """Return the ``spec`` of a claim, for a PersistentVolumeClaim and for the template of one."""
    storage = {"storageClassName": claim.storage_class} if claim.storage_class else {}
    return {"accessModes": [claim.access], **storage, "resources": {"requests": {"storage": claim.size}}}
