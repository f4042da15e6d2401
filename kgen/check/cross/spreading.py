"""
Pods that want to be near other pods, or away from them.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
"""

from __future__ import annotations

from kgen.check.cross.near import is_typo
from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.labels import is_empty, selects, shown
from kgen.check.reading import entries, mappings, part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.check.templates import Template
    from kgen.diag import Path

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_HOSTNAME = "kubernetes.io/hostname"


def affinities_to_nobody(resources: Resources) -> Iterator[Finding]:
    """Yield pods that have to be near pods of which the set has almost the labels, but not these."""
    for resource, path, selector in _unmet_affinities(resources):
        near = _near(resources, resource, selector)
        if near:
            yield _nobody(resource, path, selector, f"did you mean `{near}`?")


def affinities_to_nobody_in_the_set(resources: Resources) -> Iterator[Finding]:
    """Yield pods that have to be near pods that the set has not got."""
    for resource, path, selector in _unmet_affinities(resources):
        if not _near(resources, resource, selector):
            yield _nobody(resource, path, selector, "select labels that pods have")


def spreads_of_other_pods(resources: Resources) -> Iterator[Finding]:
    """Yield pods that are spread, or kept apart, by labels that they themselves have with another value."""
    for resource in resources.all_workloads():
        template = resource.template
        if template is None or ("affinity" not in template.spec and "topologySpreadConstraints" not in template.spec):
            continue
        for path, selector, is_spread in _own_selectors(template):
            if selects(selector, template.labels):
                continue
            # to keep away from the pods of somebody else is another wish
            if is_spread or not resources.matching(resource.namespace, selector):
                yield from _not_self(resource, template, path, selector)


def anti_affinities_without_room(resources: Resources) -> Iterator[Finding]:
    """Yield Deployments that need one node more than they have pods whenever they roll out."""
    for resource in resources.of("apps", "Deployment"):
        template = resource.template
        if template is None or "affinity" not in template.spec:
            continue
        rolled = part(resource.spec, "strategy", "rollingUpdate")
        if resource.spec.get("replicas") == 1 and rolled.get("maxUnavailable") is None:
            rolled = {**rolled, "maxUnavailable": 0}  # a quarter of one, rounded down
        is_rolling = (text(resource.spec, "strategy", "type") or "RollingUpdate") == "RollingUpdate"
        if not is_rolling or rolled.get("maxUnavailable") not in (0, "0%"):
            continue
        for path, term in _terms(template, "podAntiAffinity", _REQUIRED):
            if term.get("topologyKey") == _HOSTNAME and selects(term.get("labelSelector"), template.labels):
                message = "lets no two of these pods onto a node, and a rollout starts a new one before one ends"
                helped = "keep one more node free, make it `preferredDuring…`, or set `maxUnavailable: 1`"
                yield _finding(resource, (*path, "labelSelector"), message, helped, "XSEL011")


def _unmet_affinities(resources: Resources) -> Iterator[tuple[Resource, Path, Mapping[str, Any]]]:
    for resource in resources.all_workloads():
        template = resource.template
        if template is None or "affinity" not in template.spec:
            continue
        for path, term in _terms(template, "podAffinity", _REQUIRED):
            selector = term.get("labelSelector")
            elsewhere = entries(term, "namespaces") or "namespaceSelector" in term
            if elsewhere or not isinstance(selector, dict) or is_empty(selector):
                continue
            if not selects(selector, template.labels) and not resources.matching(resource.namespace, selector):
                yield resource, (*path, "labelSelector"), selector


def _own_selectors(template: Template) -> Iterator[tuple[Path, Mapping[str, Any], bool]]:
    for path, term in _terms(template, "podAntiAffinity", _REQUIRED):
        if isinstance(selector := term.get("labelSelector"), dict) and "namespaceSelector" not in term:
            yield (*path, "labelSelector"), selector, False
    for path, weighted in _terms(template, "podAntiAffinity", _PREFERRED):
        term = part(weighted, "podAffinityTerm")
        if isinstance(selector := term.get("labelSelector"), dict) and "namespaceSelector" not in term:
            yield (*path, "podAffinityTerm", "labelSelector"), selector, False
    for index, constraint in mappings(template.spec, "topologySpreadConstraints"):
        if isinstance(selector := constraint.get("labelSelector"), dict):
            yield (*template.at_spec, "topologySpreadConstraints", index, "labelSelector"), selector, True


def _terms(template: Template, kind: str, when: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for index, term in mappings(template.spec, "affinity", kind, when):
        yield (*template.at_spec, "affinity", kind, when, index), term


def _not_self(resource: Resource, template: Template, path: Path, selector: Mapping[str, Any]) -> Iterator[Finding]:
    for key, value in texts(part(selector, "matchLabels")).items():
        own = template.labels.get(key)
        if own is not None and own != value:
            message = f"is `{value}`, but these pods have `{key}: {own}`, so they are not kept apart from each other"
            yield _finding(resource, (*path, "matchLabels", key), message, f"write `{key}: {own}`", "XSEL010")
            return


def _near(resources: Resources, resource: Resource, selector: Mapping[str, Any]) -> str:
    pairs = texts(part(selector, "matchLabels"))
    for key, value in pairs.items():
        others = {name: label for name, label in pairs.items() if name != key}
        for each in resources.selected(resource.namespace, others)[:100]:
            own = each.template.labels.get(key, "") if each.template else ""
            if is_typo(value, own):
                return f"{key}: {own}"
    return ""


def _nobody(resource: Resource, path: Path, selector: Mapping[str, Any], helped: str) -> Finding:
    message = f"`{shown(selector)}` matches no pods in namespace `{resource.namespace}`, so these pods stay pending"
    return _finding(resource, path, message, helped, "XSEL009")


def _finding(resource: Resource, path: Path, message: str, helped: str, row: str) -> Finding:
    return Finding(resource, Fault(keyword=Keyword.INVALID, path=path, message=message, help=helped, row=row))


DEFAULT = (affinities_to_nobody, spreads_of_other_pods)
STRICT = (affinities_to_nobody_in_the_set, anti_affinities_without_room)
OFF = ()
