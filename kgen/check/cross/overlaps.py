"""
Workloads that select the pods of each other.

Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
"""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.labels import selects, shown
from kgen.check.reading import part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_AT: Path = ("spec", "selector")


def workloads_with_overlapping_selectors(resources: Resources) -> Iterator[Finding]:
    """Yield workloads whose pods are selected by another workload, and the other way round."""
    order: dict[int, int] = {}
    for number, each in enumerate(resources.all_workloads()):
        order[id(each)] = number
        selector = _own_selector(each)
        if not selector or each.template is None or not selects(selector, each.template.labels):
            continue
        for other in resources.matching(each.namespace, selector):
            if order.get(id(other), number) < number and _selects_pods_of(other, each):
                yield _overlap(each, other)
                break


def _selects_pods_of(other: Resource, each: Resource) -> bool:
    is_same = (other.key, other.name) == (each.key, each.name)
    return not is_same and each.template is not None and selects(_own_selector(other), each.template.labels)


def _overlap(each: Resource, other: Resource) -> Finding:
    message = (
        f"`{shown(_own_selector(each) or {})}` matches the pods of {other} too, and its selector those of this one"
    )
    helped = "give each of the two a label that the other one has not, in its selector and in its template"
    fault = Fault(keyword=Keyword.INVALID, path=_AT, message=message, help=helped, row="XSEL006")
    return Finding(each, fault, [(other, _AT, "the other selector")])


def _own_selector(resource: Resource) -> Mapping[str, object] | None:
    """Return the selector by which a workload finds its pods, if somebody wrote one."""
    if resource.key[0] in {"apps", "argoproj.io"}:
        selector = resource.spec.get("selector")
        return selector if isinstance(selector, dict) and selector else None
    if resource.key == ("", "ReplicationController"):
        pairs = part(resource.spec, "selector") or (resource.template.labels if resource.template else {})
        return {"matchLabels": pairs} if pairs else None
    return None


DEFAULT = (workloads_with_overlapping_selectors,)
STRICT = ()
OFF = ()
