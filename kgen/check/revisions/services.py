"""
Services: the address that clients know stays.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from kgen.check.reading import entries, text
from kgen.check.revisions.changes import change

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Finding
    from kgen.check.resource import Resource

_NONE = "None"
_HELP = "keep it, or give the new Service another name"


def fixed_addresses(before: Resource, after: Resource) -> Iterator[Finding]:
    """Yield changes of what a Service got when it was created."""
    types = [text(each.spec, "type") or "ClusterIP" for each in (before, after)]
    if "ExternalName" not in types:
        yield from _address(before, after)
        yield from _family(before, after)
    if types == ["LoadBalancer", "LoadBalancer"]:
        if before.spec.get("loadBalancerClass") != after.spec.get("loadBalancerClass"):
            yield change("XREV007", before, after, ("spec", "loadBalancerClass"), _HELP)
        if _has_health_check(before) and _has_health_check(after):
            old, new = (each.spec.get("healthCheckNodePort") for each in (before, after))
            if old and new and old != new:
                yield change("XREV007", before, after, ("spec", "healthCheckNodePort"), _HELP)


def _address(before: Resource, after: Resource) -> Iterator[Finding]:
    """Yield a change of the first address; one that is left out stays as it is."""
    old, new = _first(before), _first(after)
    # without an address the server has chosen one, so only `None` is certainly a change
    if new and old != new and (old or new == _NONE):
        field = "clusterIP" if text(after.spec, "clusterIP") else "clusterIPs"
        yield change("XREV007", before, after, ("spec", field), _HELP)


def _first(service: Resource) -> str:
    several = entries(service.spec, "clusterIPs")
    return text(service.spec, "clusterIP") or (str(several[0]) if several else "")


def _family(before: Resource, after: Resource) -> Iterator[Finding]:
    old, new = (entries(each.spec, "ipFamilies") for each in (before, after))
    if old and new and old[0] != new[0] and before.spec.get("selector"):
        yield change("XREV007", before, after, ("spec", "ipFamilies"), _HELP)


def _has_health_check(service: Resource) -> bool:
    return text(service.spec, "externalTrafficPolicy") == "Local"


RULES = {("", "Service"): (fixed_addresses,)}
