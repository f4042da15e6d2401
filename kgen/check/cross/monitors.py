"""
What Prometheus scrapes: which Services and pods a monitor selects.

Source: https://prometheus-operator.dev/docs/api-reference/api/
"""

from __future__ import annotations

from kgen.check.labels import selects, shown
from kgen.check.reading import entries, part, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource

GROUP = "monitoring.coreos.com"


def namespaces(monitor: Resource) -> Sequence[str] | None:
    """Return where a monitor looks for its targets; ``None`` if everywhere."""
    chosen = part(monitor.value, "spec", "namespaceSelector")
    if chosen.get("any") is True:
        return None
    names = [name for name in entries(chosen, "matchNames") if isinstance(name, str)]
    return names or (monitor.namespace,)


def services(resources: Resources, monitor: Resource) -> Sequence[Resource]:
    """Return the Services that a ServiceMonitor selects by their own labels."""
    wanted = part(monitor.value, "spec", "selector")
    where = namespaces(monitor)
    memo = f"Services of {where} {shown(wanted)}"
    known: list[Resource] | None = resources.memo.get(memo)
    if known is not None:
        return known
    pairs = list(texts(part(wanted, "matchLabels")).items())
    found: Iterable[Resource] = _by_pair(resources).get(pairs[0], ()) if pairs else resources.of("", "Service")
    known = resources.memo[memo] = [
        each
        for each in found
        if (where is None or each.namespace in where) and selects(wanted, texts(part(each.value, "metadata", "labels")))
    ]
    return known


def pods(resources: Resources, monitor: Resource) -> Sequence[Resource]:
    """Return the workloads that a PodMonitor selects."""
    wanted = part(monitor.value, "spec", "selector")
    where = namespaces(monitor)
    memo = f"pods of {where} {shown(wanted)}"
    known: list[Resource] | None = resources.memo.get(memo)
    if known is None:
        there = resources.all_namespaces() if where is None else where
        known = resources.memo[memo] = [each for name in there for each in resources.matching(name, wanted)]
    return known


def _by_pair(resources: Resources) -> dict[tuple[str, str], list[Resource]]:
    """Return the Services by each of their labels: there may be thousands."""
    index: dict[tuple[str, str], list[Resource]] | None = resources.memo.get("Services by label")
    if index is None:
        index = resources.memo["Services by label"] = {}
        for each in resources.of("", "Service"):
            for pair in texts(part(each.value, "metadata", "labels")).items():
                index.setdefault(pair, []).append(each)
    return index
