"""
Workloads that select the pods of each other.

Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
"""

from __future__ import annotations

from kgen.check.cross.duplicates import file_of, folder_of
from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.labels import selects, shown
from kgen.check.reading import part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_AT: Path = ("spec", "selector")
_SEVERAL = 2


def workloads_with_overlapping_selectors(resources: Resources) -> Iterator[Finding]:
    """Yield workloads whose pods are selected by another workload, and the other way round."""
    order: dict[int, int] = {}
    for number, each in enumerate(resources.all_workloads()):
        order[id(each)] = number
        selector = _own_selector(each)
        if not selector or each.template is None:
            continue
        matched = resources.matching(each.namespace, selector)
        if len(matched) < _SEVERAL or not selects(selector, each.template.labels):
            continue  # nearly always it is the one that selects
        for other in matched:
            if order.get(id(other), number) < number and _selects_pods_of(other, each):
                yield _overlap(each, other)
                break


def _selects_pods_of(other: Resource, each: Resource) -> bool:
    if _are_alternatives(other, each) or each.template is None:
        return False
    return selects(_own_selector(other), each.template.labels)


def _are_alternatives(one: Resource, other: Resource) -> bool:
    """
    Tell whether somebody will apply only one of the two, or each to a namespace of its own: they are of one name, as
    the Deployment and the DaemonSet that an app can run as, or in two folders, and name no namespace.
    """
    if one.name == other.name and (one.key == other.key or file_of(one) != file_of(other)):
        return True
    names_both = text(one.value, "metadata", "namespace") and text(other.value, "metadata", "namespace")
    return not names_both and folder_of(one) != folder_of(other)


def _overlap(each: Resource, other: Resource) -> Finding:
    message = (
        f"`{shown(_own_selector(each) or {})}` matches the pods of {other} too, and its selector those of this one"
    )
    helped = "give each of the two a label that the other one has not, in its selector and in its template"
    fault = Fault(keyword=Keyword.INVALID, path=_AT, message=message, help=helped, row="XSEL006")
    return Finding(each, fault, [(other, _AT, "the other selector")])


def _own_selector(resource: Resource) -> Mapping[str, object] | None:
    """Return the selector by which a workload finds its pods, if somebody wrote one."""
    if resource.group in {"apps", "argoproj.io"}:
        selector = resource.spec.get("selector")
        return selector if isinstance(selector, dict) and selector else None
    if resource.key == ("", "ReplicationController"):
        pairs = part(resource.spec, "selector") or (resource.template.labels if resource.template else {})
        return {"matchLabels": pairs} if pairs else None
    return None


DEFAULT = (workloads_with_overlapping_selectors,)
STRICT = ()
OFF = ()
