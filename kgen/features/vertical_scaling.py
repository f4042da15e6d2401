"""
Vertical scaling: learn how much CPU and memory a component needs.

Emits one VerticalPodAutoscaler that only watches: `kubectl describe vpa` shows what it recommends, and nothing is
changed, so it goes together with an autoscaler of the number of pods. What it recommends belongs into `resources`,
where Git knows it. The cluster must have it: `crds: [autoscaling.k8s.io/v1]` in kgen.yaml says so, or
`scaling: {verticalScaling: recommend}`, which asks for it for every component that runs for ever.

Source: https://github.com/kubernetes/autoscaler/tree/master/vertical-pod-autoscaler
"""

from collections.abc import Iterator
from typing import Annotated, Final, Literal, TypeAlias

from kgen.k8s import Manifest, Target, manifest
from kgen.spec import NotYet

API_VERSION: Final = "autoscaling.k8s.io/v1"

VerticalScaling: TypeAlias = Annotated[
    Literal["recommend", "none", "initial", "recreate", "in-place"], NotYet(("initial", "recreate", "in-place"))
]
"""What a VerticalPodAutoscaler does. One that changes pods would fight with Git and with other autoscalers."""


def emit(kind: str, target: Target) -> Iterator[Manifest]:
    """Build the VerticalPodAutoscaler of ``target``'s workload, which is a ``kind``."""
    yield manifest(API_VERSION, "VerticalPodAutoscaler", target, spec={
        "targetRef": {"apiVersion": "apps/v1", "kind": kind, "name": target.name},
        "updatePolicy": {"updateMode": "Off"},
    })  # fmt: skip
