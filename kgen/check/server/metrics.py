"""Rules of the API server about the metrics of a HorizontalPodAutoscaler, and the objects that it names."""

from __future__ import annotations

from kgen.check.fault import shown
from kgen.check.server.amounts import quantity
from kgen.check.server.errors import forbidden, invalid, required, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import dns_label, path_segment, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

BLOCKS = {
    "Object": "object",
    "External": "external",
    "Pods": "pods",
    "Resource": "resource",
    "ContainerResource": "containerResource",
}
"""Types of metrics, in the order of the server, with the field of each."""

_TARGETS = ("AverageValue", "Utilization", "Value")
_RESOURCES = frozenset({"cpu", "memory", "ephemeral-storage"})
_CHECKED_VERSION = (1, 34)
"""Since then the apiVersion of what is scaled is looked at."""


def faults(spec: Mapping[str, Any], least: int, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the metrics, for ``least`` replicas."""
    types = set()
    for index, each in enumerate(entries(spec, "metrics")):
        metric = each or {}
        types.add(metric.get("type"))
        yield from _metric(metric, ("spec", "metrics", index), context)
    utilization = spec.get("targetCPUUtilizationPercentage")
    if utilization is not None:
        # the one metric that autoscaling/v1 has becomes one of autoscaling/v2
        types.add("Resource")
        if utilization < 1:
            named = "spec.metrics[0].resource.target.averageUtilization"
            at = ("spec", "targetCPUUtilizationPercentage")
            yield invalid("HPA009", at, f"must be at least 1, but is {utilization}").named(named)
    if least == 0 and not types & {"Object", "External"}:
        message = "may not be without one of type `Object` or `External` where `minReplicas` is 0"
        yield forbidden("HPA021", ("spec", "metrics"), message)


def _metric(metric: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    of_type = metric.get("type") or ""
    if not of_type:
        yield required("HPA006", (*at, "type"))
    elif of_type not in BLOCKS:
        yield unsupported("HPA006", (*at, "type"), of_type, BLOCKS)
    present = [block for block in BLOCKS.values() if metric.get(block) is not None]
    if present:
        # the server looks into the first only
        block = present[0]
        yield from _source(metric[block], (*at, block), block, context)
    expected = BLOCKS.get(of_type, "")
    if expected and expected not in present:
        yield required("HPA007", (*at, expected), f"with type `{of_type}`")
    if len(present) > 1:
        for block in present:
            if block != expected:
                yield forbidden("HPA007", (*at, block), f"may not be set with type `{of_type}`")


def _source(source: Mapping[str, Any], at: Path, block: str, context: Context) -> Iterator[Fault]:
    target, target_at = part(source, "target"), (*at, "target")
    if block == "object":
        described = part(source, "describedObject")
        yield from reference(described, (*at, "describedObject"), context, may_have_no_group=True)
    if block in ("resource", "containerResource"):
        yield from _resource(source, at, block)
    else:
        yield from _identifier(part(source, "metric"), (*at, "metric"))
    yield from _target(target, target_at)
    yield from _values(target, target_at, block)


def _identifier(metric: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if not (name := metric.get("name")):
        yield required("HPA015", (*at, "name"))
    elif wrong := path_segment(name):
        yield invalid("HPA015", (*at, "name"), wrong)


def _resource(source: Mapping[str, Any], at: Path, block: str) -> Iterator[Fault]:
    if not (name := source.get("name")):
        yield required("HPA011", (*at, "name"))
    elif block == "containerResource" and (wrong := _resource_name(name)):
        yield invalid("HPA011", (*at, "name"), wrong)
    if block == "containerResource":
        if not (container := source.get("container")):
            yield required("HPA011", (*at, "container"))
        elif wrong := dns_label(container):
            yield invalid("HPA011", (*at, "container"), wrong)


def _resource_name(name: str) -> str:
    if wrong := qualified_name(name):
        return wrong
    if "/" in name or name in _RESOURCES or name.startswith("hugepages-"):
        return ""
    return f"must be a resource of containers such as `cpu`, or have a prefix such as `example.com/`, but is `{name}`"


def _target(target: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if not (of_type := target.get("type")):
        yield required("HPA008", (*at, "type"))
    elif of_type not in _TARGETS:
        message = f"must be `AverageValue`, `Utilization` or `Value`, but is `{of_type}`"
        yield invalid("HPA008", (*at, "type"), message)
    for key in ("value", "averageValue"):
        amount = target.get(key)
        if amount is not None and quantity(amount) <= 0:
            yield invalid("HPA009", (*at, key), f"must be more than 0, but is `{amount}`")
    utilization = target.get("averageUtilization")
    if utilization is not None and utilization < 1:
        yield invalid("HPA009", (*at, "averageUtilization"), f"must be at least 1, but is {utilization}")


def _values(target: Mapping[str, Any], at: Path, block: str) -> Iterator[Fault]:
    """Yield what is wrong with the choice of values for the target of a ``block``."""
    has_value, has_average = target.get("value") is not None, target.get("averageValue") is not None
    has_utilization = target.get("averageUtilization") is not None
    match block:
        case "pods":
            if not has_average:
                yield required("HPA012", (*at, "averageValue"), "with metrics of pods")
        case "object":
            if not has_value and not has_average:
                yield required("HPA013", (*at, "averageValue"), "unless there is `value`")
        case "external":
            if not has_value and not has_average:
                yield required("HPA014", (*at, "averageValue"), "unless there is `value`")
            elif has_value and has_average:
                yield forbidden("HPA014", (*at, "value"), "may not be set beside `averageValue`")
        case _:
            if not has_utilization and not has_average:
                yield required("HPA010", (*at, "averageUtilization"), "unless there is `averageValue`")
            elif has_utilization and has_average:
                yield forbidden("HPA010", (*at, "averageValue"), "may not be set beside `averageUtilization`")


def reference(value: Mapping[str, Any], at: Path, context: Context, *, may_have_no_group: bool) -> Iterator[Fault]:
    """Yield what the server refuses about a reference to an object of another kind."""
    for key in ("kind", "name"):
        if not (text := value.get(key)):
            yield required("HPA004", (*at, key))
        elif wrong := path_segment(text):
            yield invalid("HPA004", (*at, key), wrong)
    if context.version < _CHECKED_VERSION:
        return
    version = value.get("apiVersion") or ""
    if version.count("/") > 1:
        yield invalid("HPA005", (*at, "apiVersion"), f"must be as `apps/v1`, but is `{version}`")
    elif not may_have_no_group and not version.rpartition("/")[0]:
        yield invalid("HPA005", (*at, "apiVersion"), f"must have an API group, as `apps/v1`, but is {shown(version)}")
