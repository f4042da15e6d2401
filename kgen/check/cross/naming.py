"""Names and labels that others are made of."""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource

_LONGEST_LABEL = 63
_REVISION = 11
"""A dash and the hash that tell the revisions of a StatefulSet apart, in a label of its pods."""

_SAME = ("app.kubernetes.io/name", "app.kubernetes.io/instance")


def stateful_sets_with_long_names(resources: Resources) -> Iterator[Finding]:
    """Yield StatefulSets whose pods cannot be made, since a label of theirs would be too long."""
    longest = _LONGEST_LABEL - _REVISION
    for each in resources.of("apps", "StatefulSet"):
        if len(each.name) > longest:
            message = f"has {len(each.name)} characters, too many for a label of its pods with a revision behind"
            helped = f"use at most {longest} characters: the server takes the StatefulSet, but its pods are never made"
            path = ("metadata", "name")
            yield Finding(each, Fault(keyword=Keyword.TOO_LONG, path=path, message=message, help=helped, row="XDUP011"))


def labels_unlike_those_of_the_workload(resources: Resources) -> Iterator[Finding]:
    """Yield Services, autoscalers and budgets that say they belong to another app than their workload."""
    for service in resources.of("", "Service"):
        pairs = texts(part(service.spec, "selector"))
        matched = resources.selected(service.namespace, pairs) if pairs else ()
        if len(matched) == 1:
            yield from _drift(service, matched[0])
    for budget in resources.of("policy", "PodDisruptionBudget"):
        matched = resources.matching(budget.namespace, budget.spec.get("selector"))
        if len(matched) == 1:
            yield from _drift(budget, matched[0])
    for scaler in resources.of("autoscaling", "HorizontalPodAutoscaler"):
        target = part(scaler.spec, "scaleTargetRef")
        workload = resources.get("apps", text(target, "kind"), scaler.namespace, text(target, "name"))
        if workload is not None:
            yield from _drift(scaler, workload)


def _drift(resource: Resource, workload: Resource) -> Iterator[Finding]:
    labels = part(resource.value, "metadata", "labels")
    others = part(workload.value, "metadata", "labels")
    for key in _SAME:
        one, other = labels.get(key), others.get(key)
        if isinstance(one, str) and isinstance(other, str) and one != other:
            path = ("metadata", "labels", key)
            message = f"is `{one}`, but {workload} says `{other}`: tools take them for different apps"
            fault = Fault(keyword=Keyword.INVALID, path=path, message=message, help=f"write `{other}`", row="XDUP010")
            yield Finding(resource, fault, [(workload, path, "the label of the workload")])


DEFAULT = (stateful_sets_with_long_names,)
STRICT = (labels_unlike_those_of_the_workload,)
OFF = ()
