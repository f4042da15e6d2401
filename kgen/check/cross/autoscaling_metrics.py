"""
What autoscalers measure: usage is a share of the request, so there must be one, and room above it.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/podautoscaler/replica_calculator.go
"""

from __future__ import annotations

from kgen.check.cross.requests import LIMITS, NOTHING, REQUESTS, asked, defaults, of_pod, shown
from kgen.check.cross.resources import Finding
from kgen.check.cross.scaling import SCALED_OBJECT, scaled
from kgen.check.reading import at as found_at
from kgen.check.reading import entries, mappings, number, part, text
from kgen.check.server.errors import invalid, not_found
from kgen.check.templates import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction
    from typing import TypeAlias

    from kgen.check.cross.requests import Defaults
    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Measured: TypeAlias = Sequence[tuple[Path, Fraction | None, Fraction | None]]
    """Containers, each with its request and its limit."""

_OLD_METRICS = "autoscaling.alpha.kubernetes.io/metrics"
_DEFAULT_SHARE = 80
_SHARED = ("cpu", "memory")


class Metric:
    """A resource that is measured as a share of what pods request."""

    __slots__ = ("at", "container", "resource", "share")

    def __init__(self, at: Path, resource: str, share: int | None, container: str = "") -> None:
        self.at = at
        self.resource = resource
        self.share = share
        """In percent; ``None`` if it is an amount."""

        self.container = container
        """The only one that is measured, if not all are."""


def metrics(autoscaler: Resource) -> Iterator[Metric]:
    """Yield what ``autoscaler`` measures of CPU and memory."""
    spec = autoscaler.spec
    if autoscaler.key == SCALED_OBJECT:
        for index, trigger in mappings(spec, "triggers"):
            kind, goal = text(trigger, "type"), text(trigger, "metadata", "value")
            if kind in _SHARED:
                is_share = goal.isdecimal() and text(trigger, "metricType") == "Utilization"
                container = text(trigger, "metadata", "containerName")
                yield Metric(("spec", "triggers", index), kind, int(goal) if is_share else None, container)
        return
    if "metrics" not in spec or not entries(spec, "metrics"):
        if _OLD_METRICS not in part(autoscaler.value, "metadata", "annotations"):
            given = number(spec, "targetCPUUtilizationPercentage")
            where: Path = ("spec",) if given is None else ("spec", "targetCPUUtilizationPercentage")
            yield Metric(where, "cpu", _DEFAULT_SHARE if given is None else given)
        return
    for index, metric in mappings(spec, "metrics"):
        for key in ("resource", "containerResource"):
            source = part(metric, key)
            if source:
                share = number(source, "target", "averageUtilization") or number(source, "targetAverageUtilization")
                at = ("spec", "metrics", index, key)
                yield Metric(at, text(source, "name"), share, text(source, "container"))


def unmeasurable(resources: Resources) -> Iterator[Finding]:
    """Yield containers without the request, or the container, that an autoscaler measures by; limits below its goal."""
    filled = defaults(resources)
    told: set[tuple[Resource, Path, str]] = set()
    for autoscaler, workload in scaled(resources):
        template = workload.template
        if template is None:
            continue
        for metric in metrics(autoscaler):
            if metric.container and metric.container not in (known := _names(template)):
                fault = not_found("XHPA007", (*metric.at, "container"), metric.container, known)
                yield Finding(autoscaler, fault, [(workload, template.at_spec, "the containers of its pods")])
            elif metric.share is not None and metric.resource in _SHARED:
                measured = _measured(metric, template, filled.get(workload.namespace))
                is_whole = not metric.container and of_pod(template, REQUESTS, metric.resource) is not None
                lacking = [] if is_whole else [at for at, request, _ in measured if not request]
                for at in lacking:
                    if (workload, at, metric.resource) not in told:
                        told.add((workload, at, metric.resource))
                        yield _no_request(autoscaler, metric, workload, at)
                if not lacking:
                    yield from _out_of_reach(autoscaler, metric, workload, measured)


def _names(template: Template) -> list[str]:
    return [text(each, "name") for _, each in template.serving()]


def _measured(metric: Metric, template: Template, filled: Defaults | None) -> Measured:
    """Return what is asked for by the containers that count."""
    return [
        (at, *asked(each, metric.resource, filled))
        for at, each in template.serving()
        if not metric.container or metric.container == text(each, "name")
    ]


def _no_request(autoscaler: Resource, metric: Metric, workload: Resource, at: Path) -> Finding:
    message = (
        f"is missing, but {autoscaler} scales by the use of {metric.resource} as a share of it: it never scales then"
    )
    path = (*at, "resources", "requests", metric.resource)
    helped = f"set what the container needs of {metric.resource} under load"
    return Finding(workload, invalid("XHPA006", path, message, helped), [(autoscaler, metric.at, "measured here")])


def _out_of_reach(autoscaler: Resource, metric: Metric, workload: Resource, measured: Measured) -> Iterator[Finding]:
    """Yield the fault of a share that no pod can go beyond, because its limits stop it there."""
    template, share = workload.template, metric.share
    if template is None or share is None:
        return
    sums = _sums(metric, template, measured)
    if sums is None or sums[0] * share < sums[1] * 100:
        return
    row = "XHPA015" if metric.resource == "memory" else "XHPA016"
    outcome = "killed" if metric.resource == "memory" else "throttled"
    message = (
        f"is {share} percent of the request of {workload}, `{shown(sums[0], metric.resource)}`, and its limit is "
        f"`{shown(sums[1], metric.resource)}`: its pods are {outcome} before they use more, so it never scales up"
    )
    helped = "lower it, or raise the limit"
    related = [(workload, (*template.at_spec, "containers"), "the request and the limit")]
    yield Finding(autoscaler, invalid(row, _at_share(autoscaler, metric), message, helped), related)


def _sums(metric: Metric, template: Template, measured: Measured) -> tuple[Fraction, Fraction] | None:
    """Return the requests and the limits of what is measured; ``None`` if something has no limit."""
    if metric.container:
        _, request, limit = measured[0] if measured else ((), None, None)
    else:
        limit = of_pod(template, LIMITS, metric.resource)
        if limit is None:
            if any(each is None for _, _, each in measured):
                return None  # most have none: there is nothing to add up
            limit = sum((each for _, _, each in measured if each), NOTHING)
        request = of_pod(template, REQUESTS, metric.resource)
        if request is None:
            request = sum((each for _, each, _ in measured if each), NOTHING)
    return (request, limit) if request and limit is not None else None


def _at_share(autoscaler: Resource, metric: Metric) -> Path:
    if metric.at[-1] not in ("resource", "containerResource"):
        return metric.at
    if part(found_at(autoscaler.value, metric.at), "target"):
        return (*metric.at, "target", "averageUtilization")
    return (*metric.at, "targetAverageUtilization")


def fighting_recommenders(resources: Resources) -> Iterator[Finding]:
    """Yield VerticalPodAutoscalers that change the requests by which another autoscaler scales the same pods."""
    verticals = {
        (
            text(each.spec, "targetRef", "apiVersion").rpartition("/")[0],
            text(each.spec, "targetRef", "kind"),
            each.namespace,
            text(each.spec, "targetRef", "name"),
        ): each
        for each in resources.of("autoscaling.k8s.io", "VerticalPodAutoscaler")
        if text(each.spec, "updatePolicy", "updateMode") != "Off"
    }
    for autoscaler, workload in scaled(resources) if verticals else ():
        vertical = verticals.get((workload.group, workload.kind, workload.namespace, workload.name))
        if vertical is None:
            continue
        for metric in metrics(autoscaler):
            if metric.share is not None and _controls(vertical, metric.resource):
                message = (
                    f"is {workload}, which {autoscaler} scales by its use of {metric.resource}: each undoes the other"
                )
                helped = f'leave `{metric.resource}` out of `controlledResources`, or set `updateMode: "Off"`'
                fault = invalid("XHPA011", ("spec", "targetRef"), message, helped)
                yield Finding(vertical, fault, [(autoscaler, metric.at, "measured here")])
                break


def _controls(vertical: Resource, resource: str) -> bool:
    """Tell whether ``vertical`` changes what some container asks of ``resource``."""
    policies = [each for _, each in mappings(vertical.spec, "resourcePolicy", "containerPolicies")]
    if not any(text(each, "containerName") == "*" for each in policies):
        policies.append({})  # those without a policy
    return any(
        text(each, "mode") != "Off" and resource in (entries(each, "controlledResources") or _SHARED)
        for each in policies
    )


DEFAULT = (unmeasurable, fighting_recommenders)
STRICT = ()
OFF = ()
