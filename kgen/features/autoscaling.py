"""
Autoscaling: let the cluster change the number of replicas with the load.

Emits one HorizontalPodAutoscaler. While it is on, the workload carries no ``replicas`` field, so that Argo CD and
the autoscaler do not fight over the number.

For each metric the controller computes ``desired = ceil(current * measured / target)``, leaves the number alone while
``measured / target`` is within 10 % of 1, and takes the largest answer of all metrics.

Source: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field

from kgen import units
from kgen.diag import Rule
from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass
from kgen.scalars import INVALID_DURATION, INVALID_NAME, INVALID_QUANTITY, ObjectName, PositiveCount, matching
from kgen.source import Node
from kgen.spec import AS_WRITTEN, Spec, fault

DEFAULT_CPU: Final = 70
"""Percent of the requested CPU, if no metric is named."""

TOLERANCE: Final = 0.1
"""The controller leaves a number of pods alone that is wrong by less than this share."""

MIN_ABOVE_MAX = Rule(
    code="KG3010",
    name="autoscaling-min-above-max",
    explain="The API server rejects an autoscaler whose lower bound is above its upper bound.",
)
SCALES_TO_ZERO = Rule(
    code="KG3140",
    name="zero-pods-without-triggers",
    explain="An autoscaler that measures pods has nothing to measure when none is left, and never starts one again.",
)
NO_AVERAGE = Rule(
    code="KG3141",
    name="pods-metric-without-average",
    explain="A metric of pods is one number per pod, so its target is an average.",
)
OUT_OF_REACH = Rule(
    code="KG3142",
    name="autoscaling-target-out-of-reach",
    explain="The autoscaler acts at 110 % of its target. With a limit below that, pods are killed or throttled before "
    "it ever adds one.",
)
RULES = (MIN_ABOVE_MAX, SCALES_TO_ZERO, NO_AVERAGE, OUT_OF_REACH)


def _between(least: int, most: int) -> Any:
    def check(text: str) -> str:
        given = units.seconds(text)
        if given is None:
            raise fault(INVALID_DURATION, f"`{text}` is not a duration", "write it like `30s` or `5m`")
        if not least <= given <= most:
            raise fault(INVALID_DURATION, f"`{text}` is not between {least}s and {most}s", "stay within these bounds")
        return text

    return check


def _amount(text: str) -> str:
    canonical = units.plain(text)
    if canonical is None:
        way_out = "write a number, as `100`, `0.5`, `250m` (thousandths) or `10k`"
        raise fault(INVALID_QUANTITY, f"`{text}` is not an amount above 0", way_out)
    return canonical


MetricName: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(INVALID_NAME, r"(?!\.{1,2}$)[^/%\s]+", "a name of a metric", "leave out `/`, `%` and blanks")
    ),
]
LabelKey: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_NAME,
            r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?",
            "a name of a label",
            "use letters, digits, `-`, `_` and `.`",
            317,
        )
    ),
]
LabelValue: TypeAlias = Annotated[
    str,
    AS_WRITTEN,
    AfterValidator(
        matching(
            INVALID_NAME,
            r"[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?",
            "a value of a label",
            "use letters, digits, `-`, `_` and `.`",
            63,
        )
    ),
]
Amount: TypeAlias = Annotated[str, AS_WRITTEN, AfterValidator(_amount)]
"""Canonical quantity without a unit: ``100``, ``250m``, ``10k``."""

Window: TypeAlias = Annotated[str, AS_WRITTEN, AfterValidator(_between(0, 3600))]
Period: TypeAlias = Annotated[str, AS_WRITTEN, AfterValidator(_between(1, 1800))]

Kind: TypeAlias = Literal["Ingress", "Service", "HTTPRoute", "Namespace"]
_API_VERSIONS: Mapping[str, str] = {
    "Ingress": "networking.k8s.io/v1",
    "Service": "v1",
    "HTTPRoute": "gateway.networking.k8s.io/v1",
    "Namespace": "v1",
}


class Subject(Spec):
    """An object of the namespace, and the metric that describes it."""

    kind: Kind
    """Its kind."""

    name: ObjectName
    """Its name."""

    metric: MetricName
    """Name of the metric in the custom metrics API."""


class Metric(Spec):
    """A metric beyond CPU and memory: of the pods, of an object in the cluster, or of something outside."""

    pods: MetricName | None = None
    """Name of a metric that every pod has, in the custom metrics API."""

    object: Subject | None = None
    """A metric of one object, as an Ingress."""

    external: MetricName | None = None
    """Name of a metric of something outside of the cluster, as a queue, in the external metrics API."""

    selector: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    """Labels that tell apart several series of the metric."""

    average: Amount | None = None
    """Amount per pod to aim for."""

    value: Amount | None = None
    """Amount in all to aim for, however many pods there are; for `object` and `external`."""


class Pace(Spec):
    """How fast the number of pods may change in one direction. `false` forbids that direction."""

    stabilization: Window | None = None
    """How far back the controller looks, to take the most careful answer; 0s up and 5m down by default."""

    pods: PositiveCount | None = None
    """Pods that may come or go in one `period`."""

    percent: PositiveCount | None = None
    """Share of the pods that may come or go in one `period`, in percent."""

    period: Period | None = None
    """Time over which `pods` and `percent` count; 60s by default."""

    select: Literal["max", "min"] | None = None
    """Which of `pods` and `percent` holds if both are given: the one that allows more (`max`, the default), or less."""

    off: bool = False
    """Never change the number in this direction."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, off=True) if node.value is False else node


class Behavior(Spec):
    """How fast the number of pods may change."""

    scale_up: Pace | None = None
    """More pods: by default 4 or 100 % in 15 seconds, whichever is more."""

    scale_down: Pace | None = None
    """Fewer pods: by default any number, after 5 minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Autoscaler:
    """The HorizontalPodAutoscaler with every question answered."""

    kind: str
    """Kind of the workload."""

    least: int
    most: int
    cpu: int | None
    memory: int | None
    metrics: tuple[Metric, ...]
    behavior: Behavior | None


def emit(spec: Autoscaler, target: Target) -> Iterator[Manifest]:
    """Build the HorizontalPodAutoscaler of ``target``'s workload."""
    # what the API server writes back has CPU at the end and leaves the rest in place; any other order would be a
    # difference for ever to Argo CD (pkg/apis/autoscaling/v1/conversion.go,
    # https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/)
    metrics = [_metric(each) for each in spec.metrics]
    metrics += [_resource(name, goal) for name, goal in (("memory", spec.memory), ("cpu", spec.cpu)) if goal]
    body: dict[str, Any] = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": spec.kind, "name": target.name},
        "minReplicas": spec.least,
        "maxReplicas": spec.most,
        "metrics": metrics,
    }
    if spec.behavior:
        body["behavior"] = behavior(spec.behavior)
    yield manifest("autoscaling/v2", "HorizontalPodAutoscaler", target, spec=body)


def _resource(name: str, goal: int) -> dict[str, Any]:
    return {
        "type": "Resource",
        "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": goal}},
    }


def _metric(spec: Metric) -> dict[str, Any]:
    goal: dict[str, Any] = {"type": "Value", "value": spec.value}
    if spec.average:
        goal = {"type": "AverageValue", "averageValue": spec.average}
    name = spec.pods or spec.external or (spec.object.metric if spec.object else "")
    metric: dict[str, Any] = {"name": name}
    if spec.selector:
        metric["selector"] = {"matchLabels": dict(sorted(spec.selector.items()))}
    if spec.object:
        described = {"apiVersion": _API_VERSIONS[spec.object.kind], "kind": spec.object.kind, "name": spec.object.name}
        return {"type": "Object", "object": {"describedObject": described, "metric": metric, "target": goal}}
    kind = "Pods" if spec.pods else "External"
    return {"type": kind, kind.lower(): {"metric": metric, "target": goal}}


def behavior(spec: Behavior) -> dict[str, Any]:
    """Return the behaviour as the autoscaler has it."""
    made = (("scaleUp", spec.scale_up), ("scaleDown", spec.scale_down))
    return {name: _pace(each) for name, each in made if each}


def _pace(spec: Pace) -> dict[str, Any]:
    if spec.off:
        return {"selectPolicy": "Disabled"}
    made: dict[str, Any] = {}
    if spec.stabilization:
        made["stabilizationWindowSeconds"] = units.seconds(spec.stabilization)
    if spec.select == "min":
        made["selectPolicy"] = "Min"
    seconds = units.seconds(spec.period or "60s")
    amounts = (("Pods", spec.pods), ("Percent", spec.percent))
    if policies := [{"type": kind, "value": value, "periodSeconds": seconds} for kind, value in amounts if value]:
        made["policies"] = policies
    return made
