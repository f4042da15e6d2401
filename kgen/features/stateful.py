"""
Stateful: pods with a name, a place in a row and volumes of their own.

Emits the headless Service that gives every pod of a StatefulSet a host of its own, as `shop-db-0.shop-db-headless`.
Clients that do not care which pod answers use the Service that every component with ports has.

Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
"""

from collections.abc import Iterator
from typing import Literal

from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass
from kgen.spec import Spec


class ClaimRetention(Spec):
    """What becomes of the volumes of a stateful component (`persistentVolumeClaimRetentionPolicy`)."""

    when_deleted: Literal["retain", "delete"] = "retain"
    """When the component goes: `retain` keeps the data for a person to delete."""

    when_scaled: Literal["retain", "delete"] = "retain"
    """When `replicas` goes down: `retain` keeps the data for the pod that comes back."""


RULES = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Governing:
    """The headless Service, and what a StatefulSet has beyond a Deployment."""

    service: str
    ports: tuple[tuple[str, int, str], ...]
    """Name, number in the container and protocol: nothing stands between a client and the pod that it names."""

    parallel: bool
    when_deleted: Literal["Retain", "Delete"]
    when_scaled: Literal["Retain", "Delete"]


def emit(governing: Governing, target: Target) -> Iterator[Manifest]:
    """Build the Service that governs ``target``'s StatefulSet."""
    entries = []
    for name, number, protocol in governing.ports:
        entry: dict[str, str | int] = {"name": name, "port": number, "targetPort": name}
        entries.append(entry if protocol == "TCP" else entry | {"protocol": protocol})
    yield manifest("v1", "Service", target, name=governing.service, spec={
        "clusterIP": "None",
        "publishNotReadyAddresses": True,  # members find each other before the first one is ready
        "selector": target.selector,
        **({"ports": entries} if entries else {}),
    })  # fmt: skip
