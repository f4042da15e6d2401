"""
Autoscalers and what they scale: it must be there, be of a kind that can be scaled, and be theirs alone.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/podautoscaler/horizontal.go
"""

from __future__ import annotations

from kgen.check.cross.near import dangling
from kgen.check.cross.resources import Finding
from kgen.check.cross.scaling import AT_TARGET, AUTOSCALER, SCALED, autoscalers, owners, scaled, target
from kgen.check.labels import is_empty
from kgen.check.labels import shown as selector_text
from kgen.check.reading import mappings, part, text
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_ADOPTS = "scaledobject.keda.sh/transfer-hpa-ownership"
_OF_APPS = frozenset({"Deployment", "ReplicaSet", "StatefulSet"})
_FIXED = frozenset({("apps", "DaemonSet"), ("batch", "Job"), ("batch", "CronJob"), ("", "Pod")})
"""Kinds whose number of pods nobody can set from outside."""


def wrong_targets(resources: Resources) -> Iterator[Finding]:
    """Yield autoscalers whose target is missing, of another group, or of a kind that cannot be scaled."""
    definitions: Mapping[tuple[str, str], Resource] | None = None
    for each in autoscalers(resources):
        wanted = target(each)
        if wanted is None:
            continue
        group, kind, _, _ = wanted
        if kind in _OF_APPS and group != "apps":
            if group:  # without one the server says so
                yield _wrong_group(each, group, kind)
        elif (group, kind) in _FIXED:
            helped = "scale a Deployment or a StatefulSet"
            message = f"is a {kind}, which has no number of replicas to change"
            yield Finding(each, invalid("XHPA003", (*AT_TARGET, "kind"), message, helped))
        else:
            if "." in group and definitions is None:
                definitions = _definitions(resources)
            yield from _custom(each, (definitions or {}).get((group, kind)))
            yield from dangling("XHPA001", resources, each, (*AT_TARGET, "name"), wanted, evident=True)


def possibly_missing_targets(resources: Resources) -> Iterator[Finding]:
    """Yield autoscalers whose target is not there, if nothing tells that it should be."""
    for each in autoscalers(resources):
        wanted = target(each)
        if wanted is not None and wanted[:2] in SCALED:
            yield from dangling("XHPA001", resources, each, (*AT_TARGET, "name"), wanted, evident=False)


def _wrong_group(autoscaler: Resource, group: str, kind: str) -> Finding:
    given = text(part(autoscaler.value, *AT_TARGET), "apiVersion")
    message = f"is `{given}`, but there is no {kind} in the group `{group}`"
    return Finding(autoscaler, invalid("XHPA002", (*AT_TARGET, "apiVersion"), message, "write `apps/v1`"))


def _definitions(resources: Resources) -> Mapping[tuple[str, str], Resource]:
    """Return API group and kind → the definition of a custom kind."""
    return {
        (text(each.spec, "group"), text(each.spec, "names", "kind")): each
        for each in resources.of("apiextensions.k8s.io", "CustomResourceDefinition")
    }


def _custom(autoscaler: Resource, definition: Resource | None) -> Iterator[Finding]:
    """Yield the fault of a target whose ``definition`` does not let it be scaled."""
    if definition is None:
        return
    wanted = text(part(autoscaler.value, *AT_TARGET), "apiVersion").rpartition("/")[2]
    for index, version in mappings(definition.value, "spec", "versions"):
        if text(version, "name") != wanted:
            continue
        at: Path = ("spec", "versions", index)
        if not part(version, "subresources", "scale"):
            why, helped = "has no subresource `scale`", "declare `subresources.scale` in the definition"
        elif not text(version, "subresources", "scale", "labelSelectorPath"):
            at = (*at, "subresources", "scale")
            why = "does not say where its selector is, so its pods cannot be found"
            helped = "set `labelSelectorPath` in the definition"
        else:
            return
        message = f"is a {text(definition.spec, 'names', 'kind')}, which {why}"
        fault = invalid("XHPA003", (*AT_TARGET, "kind"), message, helped)
        yield Finding(autoscaler, fault, [(definition, at, "defined here")])


def shared_targets(resources: Resources) -> Iterator[Finding]:
    """Yield autoscalers of something that another autoscaler scales already."""
    seen: dict[Resource, Resource] = {}
    for each, workload in scaled(resources):
        first = seen.setdefault(workload, each)
        if first is each or (first.key, first.name) == (each.key, each.name) or _is_adopted(first, each):
            continue
        message = f"is {workload}, which {first} scales too: then neither of them does anything"
        fault = invalid("XHPA004", AT_TARGET, message, "keep one of the two, with the metrics of both")
        yield Finding(each, fault, [(first, AT_TARGET, "the other one")])


def _is_adopted(first: Resource, other: Resource) -> bool:
    """Tell whether one is a ScaledObject that takes the other over."""
    return any(part(each.value, "metadata", "annotations").get(_ADOPTS) == "true" for each in (first, other))


def overlapping_selectors(resources: Resources) -> Iterator[Finding]:
    """Yield autoscalers whose pods are also the pods of another one's workload."""
    owner = owners(resources)
    if len(owner) < 2:  # noqa: PLR2004  # nothing to overlap with
        return
    for workload, autoscaler in owner.items():
        if autoscaler.key == AUTOSCALER:
            selector = _selector(workload)
            same = (each for each in resources.matching(workload.namespace, selector) if each in owner)
            other = next((each for each in same if (each.key, each.name) != (workload.key, workload.name)), None)
            if other is not None and not is_empty(selector):
                yield _overlap(autoscaler, workload, (owner[other], other))


def _selector(workload: Resource) -> Mapping[str, Any]:
    given = part(workload.value, "spec", "selector")
    return given if workload.group else {"matchLabels": given}  # of a ReplicationController


def _overlap(autoscaler: Resource, workload: Resource, other: tuple[Resource, Resource]) -> Finding:
    message = (
        f"is {workload}, whose selector `{selector_text(_selector(workload))}` also matches the pods of {other[1]}, "
        f"which {other[0]} scales: then neither of them does anything"
    )
    helped = "give the selectors and the pods of each workload a label of its own"
    related = [(workload, ("spec", "selector"), "this selector"), (other[1], ("metadata", "name"), "the other one")]
    return Finding(autoscaler, invalid("XHPA005", AT_TARGET, message, helped), related)


DEFAULT = (wrong_targets, shared_targets, overlapping_selectors)
STRICT = (possibly_missing_targets,)
OFF = ()
