"""
Autoscaling: let the cluster change the number of replicas with the load.

Emits one HorizontalPodAutoscaler. While it is on, the Deployment carries no ``replicas`` field, so that
Argo CD and the autoscaler do not fight over the number.

Source: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

from collections.abc import Iterator
from typing import Any

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.k8s import Manifest, Target, manifest
from kgen.scalars import PositiveCount, Utilisation
from kgen.spec import Spec


class Autoscaling(Spec):
    """How far, and on what, a component may scale."""

    min: PositiveCount = 2
    """Pods that always run. Two survive the loss of one node."""

    max: PositiveCount
    """Pods at most. No default: it is a budget, so somebody has to choose it."""

    cpu: Utilisation | None = None
    """Average CPU use to aim for, in percent of the *requested* CPU; 70 if neither this nor `memory` is given."""

    memory: Utilisation | None = None
    """Average memory use to aim for, in percent of the *requested* memory."""


MIN_ABOVE_MAX = Rule(
    code="KG3010",
    name="autoscaling-min-above-max",
    explain="The API server rejects an autoscaler whose lower bound is above its upper bound.",
)
RULES = (MIN_ABOVE_MAX,)

DEFAULT_CPU = 70


def faults(spec: Autoscaling, at: Path) -> Iterator[Diagnostic]:
    """Yield what the field types cannot say about ``spec``, found at ``at`` in the app file."""
    given = "min" in spec.model_fields_set
    if spec.min > spec.max:
        yield Diagnostic(
            rule=MIN_ABOVE_MAX,
            message=f"`min` is {spec.min}{'' if given else ' by default'}, but `max` is only {spec.max}",
            at=Label((*at, "min")) if given else Label((*at, "max")),
            related=(Label((*at, "max"), "upper bound set here"),) if given else (),
            help=f"raise `max` to at least {spec.min}, or {'lower `min`' if given else f'add `min: {spec.max}`'}",
        )


def emit(spec: Autoscaling, target: Target) -> Iterator[Manifest]:
    """Build the HorizontalPodAutoscaler of ``target``'s Deployment."""
    cpu = DEFAULT_CPU if spec.cpu is None and spec.memory is None else spec.cpu
    # memory before cpu: the order that the controller writes back, or Argo CD shows a difference for ever
    # (https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/)
    metrics = [_metric(name, goal) for name, goal in (("memory", spec.memory), ("cpu", cpu)) if goal is not None]
    yield manifest("autoscaling/v2", "HorizontalPodAutoscaler", target, spec={
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target.name},
        "minReplicas": spec.min,
        "maxReplicas": spec.max,
        "metrics": metrics,
    })  # fmt: skip


def _metric(name: str, goal: int) -> dict[str, Any]:
    return {
        "type": "Resource",
        "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": goal}},
    }
