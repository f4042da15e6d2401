"""
Disruption: how many pods a node drain may take away at once.

Emits one PodDisruptionBudget for a component that always runs at least two pods. For a single pod there is
none: a budget for it either blocks every drain or says nothing.

Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

import math
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass
from kgen.scalars import Count, Share
from kgen.source import Node
from kgen.spec import CHOOSE_ONE, Spec


def _by_shape(value: Any) -> str:
    return "share" if isinstance(value, str) else "count"


Amount = Annotated[Annotated[Count, Tag("count")] | Annotated[Share, Tag("share")], Discriminator(_by_shape)]
"""A number of pods, or a share of them as `25%`."""


class Disruption(Spec):
    """The PodDisruptionBudget. `disruption: false` switches it off."""

    max_unavailable: Amount | None = None
    """Pods that may be missing during a drain; 1 by default."""

    min_available: Amount | None = None
    """Pods that must stay during a drain; instead of `maxUnavailable`."""

    off: bool = False
    """Make no PodDisruptionBudget."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, off=True) if node.value is False else node


BLOCKS_DRAINS = Rule(
    code="KG3011",
    name="disruption-budget-blocks-drains",
    explain="A budget that never lets a pod go stops every node drain, and with it cluster upgrades.",
)
RULES = (BLOCKS_DRAINS,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The budget with every question answered; exactly one of the two amounts is set."""

    max_unavailable: int | str | None
    min_available: int | str | None
    evict_unready: bool
    """Whether the target version knows `unhealthyPodEvictionPolicy` (1.27 and later)."""


def faults(spec: Disruption, at: Path, *, lowest: int, said: tuple[Label, ...] = ()) -> Iterator[Diagnostic]:
    """Yield what is wrong with ``spec`` for a component that may run as few as ``lowest`` pods, as it is ``said``."""
    if spec.max_unavailable is not None and spec.min_available is not None:
        yield Diagnostic(
            rule=CHOOSE_ONE,
            message="`maxUnavailable` and `minAvailable` are both given",
            at=Label((*at, "minAvailable"), on="key"),
            related=(Label((*at, "maxUnavailable"), "the other one", on="key"),),
            help="keep one of them",
        )
    for key, amount in (("maxUnavailable", spec.max_unavailable), ("minAvailable", spec.min_available)):
        if amount is None or lowest == 0:
            continue
        pods = amount if isinstance(amount, int) else math.ceil(int(amount[:-1]) * lowest / 100)  # as the server rounds
        if pods == 0 if key == "maxUnavailable" else pods >= lowest:
            yield Diagnostic(
                rule=BLOCKS_DRAINS,
                message=f"`{key}: {amount}` never lets a pod go when {lowest} {'runs' if lowest == 1 else 'run'}",
                at=Label((*at, key)),
                related=said,
                help="allow at least one pod to be missing, or run more of them",
            )


def emit(spec: Budget, target: Target) -> Iterator[Manifest]:
    """Build the PodDisruptionBudget of ``target``'s pods."""
    amounts = {"maxUnavailable": spec.max_unavailable, "minAvailable": spec.min_available}
    body: dict[str, Any] = {key: amount for key, amount in amounts.items() if amount is not None}
    body["selector"] = {"matchLabels": target.selector}
    if spec.evict_unready:
        # pods that never became ready must not hold up a drain
        body["unhealthyPodEvictionPolicy"] = "AlwaysAllow"
    yield manifest("policy/v1", "PodDisruptionBudget", target, spec=body)
