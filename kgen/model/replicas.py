"""How many pods a component runs: a number, or bounds between which somebody chooses."""

from typing import Annotated, TypeAlias

from pydantic import Tag as UnionTag

from kgen.features.autoscaling import Behavior, Metric
from kgen.features.triggers import Address, Trigger
from kgen.features.vertical_scaling import VerticalScaling
from kgen.scalars import Count, Duration, PositiveCount, Utilisation
from kgen.spec import Spec, mapping_or_not


class Autoscaling(Spec):
    """How far, and on what, a component may scale."""

    min: Count = 2
    """Pods that always run. Two survive the loss of one node; 0 needs `triggers`."""

    max: PositiveCount
    """Pods at most. No default: it is a budget, so somebody has to choose it."""

    cpu: Utilisation | None = None
    """Average CPU use to aim for, in percent of the *requested* CPU; 70 if nothing else is named."""

    memory: Utilisation | None = None
    """Average memory use to aim for, in percent of the *requested* memory."""

    metrics: tuple[Metric, ...] = ()
    """Metrics to look at besides; an adapter has to serve them in the cluster."""

    behavior: Behavior | None = None
    """How fast the number of pods may change."""

    triggers: tuple[Trigger, ...] = ()
    """Events to look at: with them KEDA scales instead of the cluster's own autoscaler, also down to 0."""

    polling_interval: Duration | None = None
    """Time between two looks at the triggers; 30s by default."""

    cooldown_period: Duration | None = None
    """Time without events after which the last pod goes, where `min` is 0; 5m by default."""


class Scaling(Spec):
    """What scaling finds in the cluster."""

    prometheus: Address | None = None
    """URL of the Prometheus that KEDA asks, as `http://prometheus-operated.monitoring:9090`."""

    vertical_scaling: VerticalScaling | None = None
    """Whether components get a VerticalPodAutoscaler that recommends resources: `recommend`, or `none`, the default."""


Replicas: TypeAlias = Annotated[
    Annotated[Count, UnionTag("number")] | Annotated[Autoscaling, UnionTag("range")],
    mapping_or_not("range", "number"),
]
"""A fixed number of pods, or bounds between which an autoscaler chooses."""
