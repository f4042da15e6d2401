"""
Pods that nothing made: after they were created, nearly all of them is fixed.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from kgen.check.reading import entries, mappings, number, part
from kgen.check.revisions.canonical import canonical
from kgen.check.revisions.changes import change

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Finding
    from kgen.check.resource import Resource
    from kgen.diag import Path

_HELP = "delete the Pod first; better, let a Deployment make it"
_LISTS = ("containers", "initContainers")
_GATED = ("nodeSelector", "affinity")
"""What may still be narrowed while a Pod waits at its gates."""


def fixed_pods(before: Resource, after: Resource) -> Iterator[Finding]:
    """Yield what cannot be changed about a Pod."""
    for path in _changes(before, after):
        yield change("XREV018", before, after, path, _HELP)


def _changes(before: Resource, after: Resource) -> Iterator[Path]:
    old, new = (canonical(part(each.value, "spec"), "spec") for each in (before, after))
    deadlines = [number(each.spec, "activeDeadlineSeconds") for each in (before, after)]
    if deadlines[0] is not None and (deadlines[1] is None or deadlines[1] > deadlines[0]):
        yield ("spec", "activeDeadlineSeconds")
    if any(each not in entries(new, "tolerations") for each in entries(old, "tolerations")):
        yield ("spec", "tolerations")
    if any(each not in entries(old, "schedulingGates") for each in entries(new, "schedulingGates")):
        yield ("spec", "schedulingGates")
    free = {"activeDeadlineSeconds", "tolerations", "schedulingGates", "ephemeralContainers", *_LISTS}
    if old.get("schedulingGates"):
        free |= set(_GATED)
    grace = number(before.spec, "terminationGracePeriodSeconds")
    if grace is not None and grace < 0 and number(after.spec, "terminationGracePeriodSeconds") == 1:
        free.add("terminationGracePeriodSeconds")
    for key in dict.fromkeys((*new, *old)):
        # what the cluster has filled in is not known
        if key not in free and old.get(key) != new.get(key) and not (key == "nodeName" and key not in old):
            yield ("spec", key)
    for key in _LISTS:
        yield from _containers(before, after, key)


def _containers(before: Resource, after: Resource, key: str) -> Iterator[Path]:
    """Yield what is different about containers but their images."""
    old, new = (dict(mappings(canonical(part(each.value, "spec"), "spec"), key)) for each in (before, after))
    if len(old) != len(new):
        yield ("spec", key)
        return
    for index, container in new.items():
        earlier = old.get(index, {})
        for name in dict.fromkeys((*container, *earlier)):
            if name not in ("image", "imagePullPolicy") and container.get(name) != earlier.get(name):
                yield ("spec", key, index, name)


RULES = {("", "Pod"): (fixed_pods,)}
