"""Bounds for a component's pods: what contradicts itself or the rest of the component, and who chooses between them."""

from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path
from kgen.features.autoscaling import (
    DEFAULT_CPU,
    MIN_ABOVE_MAX,
    NO_AVERAGE,
    OUT_OF_REACH,
    SCALES_TO_ZERO,
    TOLERANCE,
    Autoscaler,
    Behavior,
    Metric,
    Pace,
)
from kgen.model.component import Component
from kgen.model.replicas import Autoscaling
from kgen.resolve import container
from kgen.resolve.fields import exactly_one, unread
from kgen.resolve.rules import WITHOUT_EFFECT
from kgen.units import cpu_millis, memory_bytes


def autoscaler(component: Component, kind: str) -> Autoscaler | None:
    """Return the HorizontalPodAutoscaler of a component whose workload is a ``kind``, if it has one."""
    spec = component.replicas
    if not isinstance(spec, Autoscaling) or spec.triggers:
        return None
    nothing_named = spec.cpu is None and spec.memory is None and not spec.metrics
    return Autoscaler(
        kind=kind,
        least=spec.min,
        most=spec.max,
        cpu=DEFAULT_CPU if nothing_named else spec.cpu,
        memory=spec.memory,
        metrics=spec.metrics,
        behavior=spec.behavior,
    )


def faults(component: Component, at: Path) -> Iterator[Diagnostic]:
    """Yield what is wrong with the bounds of the component at ``at``."""
    spec = component.replicas
    if not isinstance(spec, Autoscaling):
        return
    where = (*at, "replicas")
    yield from _bounds(spec, where)
    for index, metric in enumerate(spec.metrics):
        yield from _metric_faults(metric, (*where, "metrics", index))
    if spec.behavior:
        yield from _behavior_faults(spec.behavior, (*where, "behavior"))
    yield from _out_of_reach(component, spec, at)


def _bounds(spec: Autoscaling, at: Path) -> Iterator[Diagnostic]:
    given = "min" in spec.model_fields_set
    if spec.min > spec.max:
        yield Diagnostic(
            rule=MIN_ABOVE_MAX,
            message=f"`min` is {spec.min}{'' if given else ' by default'}, but `max` is only {spec.max}",
            at=Label((*at, "min")) if given else Label((*at, "max")),
            related=(Label((*at, "max"), "upper bound set here"),) if given else (),
            help=f"raise `max` to at least {spec.min}, or {'lower `min`' if given else f'add `min: {spec.max}`'}",
        )
    if spec.min == 0 and not spec.triggers:
        yield Diagnostic(
            rule=SCALES_TO_ZERO,
            message="an autoscaler that measures pods cannot start the first one, so `min` must not be 0",
            at=Label((*at, "min")),
            help="write `min: 1`, or let KEDA start it: `triggers: [{rabbitmq: …}]`",
        )


def _metric_faults(metric: Metric, at: Path) -> Iterator[Diagnostic]:
    kinds = ("pods", "object", "external")
    wrong = tuple(exactly_one(metric, kinds, at))
    yield from wrong
    if wrong:
        return
    if metric.pods is None:
        yield from exactly_one(metric, ("average", "value"), at)
    elif metric.average is None:
        yield Diagnostic(
            rule=NO_AVERAGE,
            message=f"the metric `{metric.pods}` of the pods has no `average`",
            at=Label((*at, "value"), on="key") if metric.value else Label(at),
            help="write `average` instead of `value`" if metric.value else "add one, as `average: 100`",
        )
    else:
        yield from unread(metric, {"value"}, at, "a metric of the pods")


def _behavior_faults(behavior: Behavior, at: Path) -> Iterator[Diagnostic]:
    directions = (("scaleUp", behavior.scale_up), ("scaleDown", behavior.scale_down))
    if all(pace and pace.off for _, pace in directions):
        yield Diagnostic(
            rule=WITHOUT_EFFECT,
            message="both directions are forbidden, so the autoscaler never does anything",
            at=Label(at, on="key"),
            help="allow one of them, or write a fixed number of `replicas`",
        )
    for name, pace in directions:
        if pace:
            yield from _pace_faults(pace, (*at, name))


def _pace_faults(pace: Pace, at: Path) -> Iterator[Diagnostic]:
    amounts = {"pods", "percent"}
    given = {name for name in amounts if getattr(pace, name) is not None}
    if pace.off:
        yield from unread(pace, pace.model_fields_set - {"off"}, at, "a direction that is forbidden")
        return
    if not given:
        yield from unread(pace, {"period"}, at, "a direction without `pods` or `percent`")
    if given != amounts:
        yield from unread(pace, {"select"}, at, "less than both `pods` and `percent`")


def _out_of_reach(component: Component, spec: Autoscaling, at: Path) -> Iterator[Diagnostic]:
    """Yield targets that use can never exceed, since the limit is in the way."""
    made = container.resources(component.resources)
    for name, goal, number in (("cpu", spec.cpu, cpu_millis), ("memory", spec.memory, memory_bytes)):
        request, limit = number(getattr(made.requests, name) or ""), number(getattr(made.limits, name) or "")
        if not goal or not request or not limit or request * goal * (1 + TOLERANCE) < limit * 100:
            continue
        share = limit * 100 // request
        best = int(share / (1 + TOLERANCE)) - 1
        yield Diagnostic(
            rule=OUT_OF_REACH,
            message=f"the autoscaler acts above {_reached(goal)} % of the request, but the limit is at {share} %",
            at=Label((*at, "replicas", name)),
            related=_limit_label(component, name, at),
            help=f"aim at {best} or less, or raise the limit",
        )


def _reached(goal: int) -> int:
    """Return the use, in percent, from which an autoscaler that aims at ``goal`` adds pods."""
    return round(goal * (1 + TOLERANCE))


def _limit_label(component: Component, name: str, at: Path) -> tuple[Label, ...]:
    where = (*at, "resources")
    if getattr(component.resources.limits, name):
        return (Label((*where, "limits", name), "limit set here"),)
    if getattr(component.resources.requests, name):
        return (Label((*where, "requests", name), "the request, which is the limit as well"),)
    return ()
