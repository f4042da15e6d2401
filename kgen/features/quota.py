"""
Quota: how much the namespace of an app may take.

What `quota` in kgen.yaml says is compared with the worst case of all apps in a namespace: every autoscaler at its
maximum, every job running, and everything being rolled out. With `objects: true` (short: `quota: auto`) kgen also emits
a ResourceQuota and a LimitRange. Amounts that are not given are sized from the app's worst case with a fifth of
headroom, CPU rounded up to 100m and memory to 64Mi, and at least two more pods; volumes are exact. Containers that
somebody else adds get kgen's own default requests; with a memory limit of 1Gi, or of the app's largest container, they
fit.

Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator

from kgen import units
from kgen.diag import Rule
from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass
from kgen.scalars import INVALID_QUANTITY, Memory, PositiveCount
from kgen.source import Node
from kgen.spec import AS_WRITTEN, Spec, fault

TOO_SMALL = Rule(
    code="KG3150",
    name="quota-too-small",
    explain="The API server refuses pods and volumes beyond the quota: an autoscaler or a roll-out stops half-way.",
)
NO_LIMIT = Rule(
    code="KG3151",
    name="quota-on-missing-limits",
    explain="Where a quota counts limits, the API server refuses containers that have none.",
)
WITHOUT_NODES = Rule(
    code="KG3152",
    name="quota-without-nodes",
    explain="What runs on every node takes as much as there are nodes, which only the platform knows.",
)
SIZED_TWICE = Rule(
    code="KG3153",
    name="namespace-sized-for-one-app",
    explain="Every quota of a namespace counts the pods of all apps in it: one that is sized for one app stops others.",
)
RULES = (TOO_SMALL, NO_LIMIT, WITHOUT_NODES, SIZED_TWICE)


def _cores(text: str) -> str:
    canonical = units.plain(text) if units.cpu_millis(text) else None
    if canonical is None:
        raise fault(
            INVALID_QUANTITY, f"`{text}` is not an amount of CPU", "write cores as `8` or thousandths as `500m`"
        )
    return canonical


Cores: TypeAlias = Annotated[str, AS_WRITTEN, AfterValidator(_cores)]
"""CPU of many containers together: ``200`` cores are not a mistake here."""


class Limits(Spec):
    """What may be used at most; every container then needs such a limit."""

    cpu: Cores | None = None
    """Cores."""

    memory: Memory | None = None
    """Bytes, as `64Gi`."""


class Quota(Spec):
    """What all apps of a namespace may take together. `auto` is short for `{objects: true}`."""

    cpu: Cores | None = None
    """Cores that may be requested, as `8`."""

    memory: Memory | None = None
    """Memory that may be requested, as `32Gi`."""

    limits: Limits = Limits()
    """What may be used at most."""

    pods: PositiveCount | None = None
    """Number of pods."""

    storage: Memory | None = None
    """Size of all persistent volumes together."""

    objects: bool = False
    """Whether kgen makes a ResourceQuota and a LimitRange; amounts that are not given here are sized from the app."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, objects=True) if node.value == "auto" else node


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The ResourceQuota and the LimitRange with every question answered."""

    hard: Mapping[str, str | int]
    default_requests: Mapping[str, str]
    default_memory: str
    """Memory limit of a container that has none; empty: it gets none."""

    largest_memory: str
    """Memory limit that no container exceeds; empty: any."""


def emit(room: Room, target: Target) -> Iterator[Manifest]:
    """Build the ResourceQuota and the LimitRange of ``target``'s namespace."""
    hard = {key: str(value) for key, value in room.hard.items()}
    yield manifest("v1", "ResourceQuota", target, spec={"hard": hard})
    bounds: dict[str, Any] = {"type": "Container"}
    if room.default_memory:
        bounds["default"] = {"memory": room.default_memory}
    bounds["defaultRequest"] = dict(room.default_requests)
    if room.largest_memory:
        bounds["max"] = {"memory": room.largest_memory}
    yield manifest("v1", "LimitRange", target, spec={"limits": [bounds]})
