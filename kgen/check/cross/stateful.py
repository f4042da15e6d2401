"""
StatefulSets and the Service that gives their pods names.

Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
"""

from __future__ import annotations

from kgen.check.cross.near import dangling, is_missing, near_miss, unresolved
from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.labels import has_all
from kgen.check.reading import number, part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_AT: Path = ("spec", "serviceName")
_SHORT_NAME = 5
"""Names up to this length are one slip apart by chance, as `app` and `api`."""


def missing_services_of_stateful_sets(resources: Resources) -> Iterator[Finding]:
    """Yield StatefulSets whose Service is not there, but one of almost this name, or for their pods."""
    yield from _missing(resources, plain=True)


def possibly_missing_services_of_stateful_sets(resources: Resources) -> Iterator[Finding]:
    """Yield StatefulSets whose Service is not there, though the set keeps none."""
    yield from _missing(resources, plain=False)


def stateful_sets_without_names_for_pods(resources: Resources) -> Iterator[Finding]:
    """Yield StatefulSets of several pods whose Service gives them no names: it has an address, or other pods."""
    for each, service in _with_service(resources):
        headless = service.spec.get("clusterIP") == "None"
        selector = texts(part(service.spec, "selector"))
        if not headless and _replicas(each) > 1:
            message = f"names {service}, which has an address of its own, so its pods get no names in DNS"
            helped = "set `clusterIP: None` in that Service, and make another one for clients if they need it"
            path: Path = ("spec", "clusterIP") if "clusterIP" in service.spec else ("spec",)
            yield _finding(each, message, helped, "XWRK002", (service, path))
        elif headless and each.template and selector and not has_all(selector, each.template.labels):
            if not resources.selected(each.namespace, selector):
                continue  # that the Service has no pods at all is said of the Service
            message = (
                f"names {service}, which does not select the pods of this StatefulSet, so they get no names in DNS"
            )
            helped = "make its selector match the labels of the template"
            yield _finding(each, message, helped, "XWRK003", (service, ("spec", "selector")))


def stateful_sets_without_service(resources: Resources) -> Iterator[Finding]:
    """Yield StatefulSets of several pods that name no Service."""
    for each in resources.of("apps", "StatefulSet"):
        if not text(each.spec, "serviceName") and _replicas(each) > 1:
            message = "is missing, so the pods have no names by which they can be told apart in DNS"
            helped = "add a headless Service, and name it here"
            fault = Fault(keyword=Keyword.REQUIRED, path=_AT, message=message, help=helped, row="XWRK004")
            yield Finding(each, fault)


def stateful_sets_that_find_peers_late(resources: Resources) -> Iterator[Finding]:
    """Yield StatefulSets of several pods that cannot find each other before they are ready."""
    for each, service in _with_service(resources):
        is_headless = service.spec.get("clusterIP") == "None"
        if is_headless and _replicas(each) > 1 and service.spec.get("publishNotReadyAddresses") is not True:
            message = f"names {service}, which lists pods only when they are ready: a new cluster may wait for itself"
            helped = "set `publishNotReadyAddresses: true` in that Service, if the pods look for each other at start"
            yield _finding(each, message, helped, "XWRK005", (service, ("spec",)))


def _missing(resources: Resources, *, plain: bool) -> Iterator[Finding]:
    for each in resources.of("apps", "StatefulSet"):
        target = ("", "Service", each.namespace, text(each.spec, "serviceName"))
        if not is_missing(resources, *target):
            continue
        if _has_own_of_almost_this_name(resources, each, target):
            yield from dangling("XWRK001", resources, each, _AT, target) if plain else ()
        else:
            yield from unresolved("XWRK001", resources, each, _AT, target, plain=plain)


def _has_own_of_almost_this_name(resources: Resources, each: Resource, target: tuple[str, str, str, str]) -> bool:
    """Tell whether there is a Service for the pods whose name would be too short to be surely meant otherwise."""
    if len(target[3]) > _SHORT_NAME or each.template is None:
        return False
    _, near = near_miss(resources, *target)
    if near is None or near.key != ("", "Service") or near.namespace != each.namespace:
        return False
    selector = texts(part(near.spec, "selector"))
    return bool(selector) and has_all(selector, each.template.labels)


def _with_service(resources: Resources) -> Iterator[tuple[Resource, Resource]]:
    for each in resources.of("apps", "StatefulSet"):
        service = resources.get("", "Service", each.namespace, text(each.spec, "serviceName"))
        if service is not None:
            yield each, service


def _replicas(resource: Resource) -> int:
    found = number(resource.spec, "replicas")
    return 1 if found is None else found


def _finding(each: Resource, message: str, helped: str, row: str, related: tuple[Resource, Path]) -> Finding:
    fault = Fault(keyword=Keyword.INVALID, path=_AT, message=message, help=helped, row=row)
    return Finding(each, fault, [(*related, "the Service")])


DEFAULT = (missing_services_of_stateful_sets, stateful_sets_without_names_for_pods)
STRICT = (
    possibly_missing_services_of_stateful_sets,
    stateful_sets_without_service,
    stateful_sets_that_find_peers_late,
)
OFF = ()
