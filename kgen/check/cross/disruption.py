"""
PodDisruptionBudgets and the pods that they are about: what a drain of a node does with them.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/disruption/disruption.go
"""

from __future__ import annotations

from kgen.check.cross.near import is_typo
from kgen.check.cross.resources import Finding
from kgen.check.cross.scaling import owners, replicas
from kgen.check.labels import ADDED_LATER, is_empty, selects, shown
from kgen.check.reading import mappings, part, text, texts
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Budgets: TypeAlias = Sequence[tuple[Resource, Sequence[Resource]]]

BUDGET = ("policy", "PodDisruptionBudget")
_SELECTOR = ("spec", "selector")
_WHOLE = 100
_MOST_COMPARED = 50
_LABELS_OF_PODS = "select the labels of the pods, which stand in `spec.template.metadata.labels`"
_WITHOUT_SCALE = frozenset({("", "Pod"), ("batch", "Job"), ("batch", "CronJob"), ("apps", "DaemonSet")})
"""Kinds that do not say how many pods there should be in the way that a budget asks."""

_PASSING = frozenset({("", "Pod"), ("batch", "Job"), ("batch", "CronJob")})
"""Kinds whose pods do without labels."""


def budgets(resources: Resources) -> Budgets:
    """Return the budgets, each with the workloads whose pods it selects."""
    found: Budgets | None = resources.memo.get("budgets")
    if found is None:
        found = resources.memo["budgets"] = [
            (each, resources.matching(each.namespace, each.spec.get("selector"))) for each in resources.of(*BUDGET)
        ]
    return found


def budgets_without_pods(resources: Resources) -> Iterator[Finding]:
    """Yield budgets that select no pods in their namespace, if some of it is known."""
    yield from _without_pods(resources).values()


def _without_pods(resources: Resources) -> Mapping[int, Finding]:
    """Return the same by the ``id`` of the budget: what else is wrong with it happens to no pod."""
    found: dict[int, Finding] | None = resources.memo.get("budgets without pods")
    if found is None:
        found = resources.memo["budgets without pods"] = {}
        for budget, selected in budgets(resources):
            finding = None if selected else _without(resources, budget)
            if finding is not None:
                found[id(budget)] = finding
    return found


def _without(resources: Resources, budget: Resource) -> Finding | None:
    selector = part(budget.spec, "selector")
    if not selector or is_empty(selector) or _is_added_later(selector):
        return None
    elsewhere = _elsewhere(resources, selector)
    if elsewhere is not None:
        message = f"matches no pods in namespace `{budget.namespace}`, but those of {elsewhere} in another one"
        helped = f"set `namespace: {elsewhere.namespace}`: a budget is for pods of its own namespace"
        fault = invalid("XPDB009", _SELECTOR, message, helped)
        return Finding(budget, fault, [(elsewhere, ("metadata", "name"), "this one is matched")])
    if not _are_known(resources, budget) or _is_made_by_others(resources, budget, selector):
        return None
    message = f"matches no pods: nothing in namespace `{budget.namespace}` has `{shown(selector)}`"
    return Finding(budget, invalid("XPDB001", _SELECTOR, message, _nearest(resources, budget, selector)))


def _elsewhere(resources: Resources, selector: Mapping[str, Any]) -> Resource | None:
    """Return a workload of any namespace that ``selector`` matches."""
    for namespace in resources.all_namespaces():
        if found := resources.matching(namespace, selector):
            return found[0]
    return None


def _are_known(resources: Resources, budget: Resource) -> bool:
    """
    Tell whether the labels of all pods of the namespace are there: something else may add them to a part.

    Pods of Jobs need none, and say nothing if they have none: budgets are for others.
    """
    memo = f"known pods {budget.namespace}"
    known: bool | None = resources.memo.get(memo)
    if known is None:
        there = resources.workloads(budget.namespace)
        without = [each.key for each in there if each.template is None or not each.template.labels]
        known = resources.memo[memo] = len(without) < len(there) and _PASSING.issuperset(without)
    return known


def _is_added_later(selector: Mapping[str, Any]) -> bool:
    """Tell whether pods only get a label that is asked for from their controller."""
    keys = {text(each, "key") for _, each in mappings(selector, "matchExpressions")}
    return not ADDED_LATER.isdisjoint(keys.union(part(selector, "matchLabels")))


def _is_made_by_others(resources: Resources, budget: Resource, selector: Mapping[str, Any]) -> bool:
    """Tell whether pods may come from a custom resource: one of the namespace has these labels, or these names."""
    custom: dict[str, list[Resource]] | None = resources.memo.get("custom objects")
    if custom is None:
        custom = resources.memo["custom objects"] = {}
        for each in resources.all:
            if "." in each.group and not each.group.endswith(".k8s.io"):
                custom.setdefault(each.namespace, []).append(each)
    wanted = set(texts(part(selector, "matchLabels")).values())
    return any(
        each.name in wanted or selects(selector, texts(part(each.value, "metadata", "labels")))
        for each in custom.get(budget.namespace, ())
    )


def _nearest(resources: Resources, budget: Resource, selector: Mapping[str, Any]) -> str:
    """Return the way out: what the pods have that are probably meant."""
    wanted = texts(part(selector, "matchLabels"))
    there = _comparable(resources, budget, wanted)
    if not there:
        return _LABELS_OF_PODS
    best = max(there, key=lambda each: _likeness(budget, each, wanted))
    labels = best.template.labels if best.template is not None else {}
    if not _likeness(budget, best, wanted) and len(there) > 1:
        return _LABELS_OF_PODS
    wrong = {key: f"`{key}: {labels[key]}`" if key in labels else f"no `{key}`" for key in wanted}
    told = [each for key, each in wrong.items() if labels.get(key) != wanted[key]]
    return f"the pods of {best} have {' and '.join(told)}" if told else ""


def _comparable(resources: Resources, budget: Resource, wanted: Mapping[str, str]) -> Sequence[Resource]:
    """Return the workloads worth comparing: all of a small namespace, those that have one of the labels of a large."""
    here = resources.workloads(budget.namespace)
    if len(here) <= _MOST_COMPARED:
        return here
    having = [list(resources.selected(budget.namespace, dict([pair])))[:_MOST_COMPARED] for pair in wanted.items()]
    return [each for some in having for each in some]


def _likeness(budget: Resource, workload: Resource, wanted: Mapping[str, str]) -> int:
    """Return how much speaks for a budget being meant for the pods of a workload."""
    labels = workload.template.labels if workload.template is not None else {}
    near = sum(key in labels and (labels[key] == value or is_typo(labels[key], value)) for key, value in wanted.items())
    return 2 * near + (budget.name == workload.name)


def _amount(budget: Resource) -> tuple[str, int | None, int | None]:
    """Return which field the budget has, its number of pods, and its percentage; one of the two is ``None``."""
    for key in ("minAvailable", "maxUnavailable"):
        given = budget.spec.get(key)
        if isinstance(given, int) and not isinstance(given, bool):
            return key, given, None
        if isinstance(given, str) and given.endswith("%") and given[:-1].isdecimal():
            return key, None, int(given[:-1])
    return "", None, None


def blocking_budgets(resources: Resources) -> Iterator[Finding]:
    """Yield budgets that never let a pod go."""
    idle = _without_pods(resources)
    for budget, selected in budgets(resources):
        if id(budget) in idle:
            continue
        key, count, share = _amount(budget)
        if 0 in (count, share) if key == "maxUnavailable" else share is not None and share >= _WHOLE:
            yield _never(budget, key)
        elif key == "minAvailable":
            total = _together(resources, selected)
            kept = -(-share * (total or 0) // _WHOLE) if share is not None else count
            if total and kept is not None and kept >= total:
                yield _blocked(resources, budget, selected, (kept, total))


def _never(budget: Resource, key: str) -> Finding:
    message = f"is `{budget.spec[key]}`, so no pod may ever be evicted: draining its node hangs"
    helped = "set `maxUnavailable: 1`" if key == "maxUnavailable" else "set `maxUnavailable: 1` instead"
    return Finding(budget, invalid("XPDB003", ("spec", key), message, helped))


def _together(resources: Resources, selected: Sequence[Resource]) -> int | None:
    """Return how many pods the workloads have together at least; ``None`` if nobody can tell."""
    if not selected:
        return None
    autoscalers = owners(resources)
    unique = {(each.key, each.name): each for each in selected}
    counts = [replicas(each, autoscalers) for each in unique.values()]
    return None if None in counts else sum(each or 0 for each in counts)


def _blocked(resources: Resources, budget: Resource, selected: Sequence[Resource], counts: tuple[int, int]) -> Finding:
    kept, total = counts
    given = budget.spec["minAvailable"]
    means = f"{given}" if given == kept else f"{given}, which is {kept} when rounded up"
    pods = "1 pod" if total == 1 else f"{total} pods"
    autoscalers = owners(resources)
    how = "may go down to" if any(each in autoscalers for each in selected) else "only runs"
    message = f"is {means}, but {_names(selected)} {how} {pods}: draining a node hangs"
    helped = (
        "set `maxUnavailable: 1` instead" if total > 1 else "run two pods or more, or set `maxUnavailable: 1` instead"
    )
    related: list[tuple[Resource, Path, str]] = []
    for each in selected:
        owner = autoscalers.get(each)
        if owner is not None:
            related.append((owner, ("spec", "minReplicas"), "the least pods"))
        else:
            related.append((each, ("spec", "replicas"), "the number of pods"))
    return Finding(budget, invalid("XPDB002", ("spec", "minAvailable"), message, helped), related)


def _names(selected: Sequence[Resource]) -> str:
    return " and ".join(dict.fromkeys(str(each) for each in selected))


def idle_budgets(resources: Resources) -> Iterator[Finding]:
    """Yield budgets that let all pods go at once."""
    idle = _without_pods(resources)
    for budget, selected in budgets(resources):
        if id(budget) in idle:
            continue
        key, count, share = _amount(budget)
        message = ""
        if key == "minAvailable" and 0 in (count, share):
            message = f"is `{budget.spec[key]}`, so all pods may be evicted at once"
        elif key == "maxUnavailable":
            total = _together(resources, selected)
            gone = -(-share * (total or 0) // _WHOLE) if share is not None else count
            if total and gone is not None and gone >= total:
                of = "the only pod" if total == 1 else f"all {total} pods"
                message = f"is `{budget.spec[key]}`, so {of} of {_names(selected)} may be evicted at once"
        if message:
            yield Finding(budget, invalid("XPDB004", ("spec", key), message, "run more pods, or drop the budget"))


def shared_pods(resources: Resources) -> Iterator[Finding]:
    """Yield budgets for pods that have another one already, and budgets for more than one workload."""
    first: dict[tuple[str, tuple[str, str], str], Resource] = {}
    for budget, selected in budgets(resources):
        told: set[str] = set()
        for each in selected:
            other = first.setdefault((each.namespace, each.key, each.name), budget)
            if other.name == budget.name or other.name in told:
                continue
            told.add(other.name)
            message = f"matches the pods of {each}, and so does {other}: such a pod cannot be evicted at all"
            helped = "keep one of the two budgets, or give each pods of its own"
            related = [(other, _SELECTOR, "the other one"), (each, ("metadata", "name"), "these pods")]
            yield Finding(budget, invalid("XPDB005", _SELECTOR, message, helped), related)


def shared_budgets(resources: Resources) -> Iterator[Finding]:
    """Yield budgets that several workloads share."""
    for budget, selected in budgets(resources):
        unique = {(each.key, each.name): each for each in selected if each.key not in _WITHOUT_SCALE}
        if len(unique) > 1:
            message = f"matches the pods of {_names(list(unique.values()))}: one of them may use up what all may lose"
            helped = "give each workload a budget of its own"
            related = [(each, ("metadata", "name"), "these pods") for each in unique.values()]
            yield Finding(budget, invalid("XPDB007", _SELECTOR, message, helped), related)


def uncountable_pods(resources: Resources) -> Iterator[Finding]:
    """Yield budgets in shares of a number that their pods do not have."""
    for budget, selected in budgets(resources):
        key, count, share = _amount(budget)
        if not key or (key == "minAvailable" and count is not None) or 0 in (count, share) or share == _WHOLE:
            continue
        without = [each for each in selected if each.key in _WITHOUT_SCALE]
        if without:
            message = (
                f"is `{budget.spec[key]}`, which cannot be computed for {_names(without)}: "
                f"a {without[0].kind} does not say how many pods there should be, so none may be evicted"
            )
            helped = "set `minAvailable` to a number of pods, or let a Deployment make them"
            related = [(each, ("metadata", "name"), "these pods") for each in without]
            yield Finding(budget, invalid("XPDB006", ("spec", key), message, helped), related)


def blocked_by_unhealthy_pods(resources: Resources) -> Iterator[Finding]:
    """Yield budgets that keep pods which do not work anyway."""
    for budget in resources.of(*BUDGET):
        if not text(budget.spec, "unhealthyPodEvictionPolicy"):
            message = "is missing, and the default `IfHealthyBudget` keeps pods that crash all the time: drains hang"
            at = ("spec", "unhealthyPodEvictionPolicy")
            yield Finding(budget, invalid("XPDB010", at, message, "set it to `AlwaysAllow`"))


DEFAULT = (budgets_without_pods, blocking_budgets, shared_pods, uncountable_pods)
STRICT = (idle_budgets, shared_budgets, blocked_by_unhealthy_pods)
OFF = ()
