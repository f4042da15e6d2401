"""
ResourceQuotas and what their namespace holds: whether the pods are let in, and whether there is room for all of them.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/quota/v1/evaluator/core/pods.go
"""

from __future__ import annotations

from kgen.check.cross.requests import LIMITS, NOTHING, REQUESTS, asked, defaults, exact, is_placed, of_pod, shown, total
from kgen.check.cross.resources import Finding
from kgen.check.cross.scaling import owners, replicas
from kgen.check.reading import part, text
from kgen.check.server.errors import invalid
from kgen.words import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction
    from typing import Any

    from kgen.check.cross.requests import Defaults
    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource

_SCARCE = ("cpu", "memory")
"""What containers have to ask for where a quota counts it."""

_COUNTED: Mapping[str, tuple[str, str]] = {
    "configmaps": ("", "ConfigMap"),
    "persistentvolumeclaims": ("", "PersistentVolumeClaim"),
    "replicationcontrollers": ("", "ReplicationController"),
    "resourcequotas": ("", "ResourceQuota"),
    "secrets": ("", "Secret"),
    "services": ("", "Service"),
    "cronjobs.batch": ("batch", "CronJob"),
    "daemonsets.apps": ("apps", "DaemonSet"),
    "deployments.apps": ("apps", "Deployment"),
    "horizontalpodautoscalers.autoscaling": ("autoscaling", "HorizontalPodAutoscaler"),
    "ingresses.networking.k8s.io": ("networking.k8s.io", "Ingress"),
    "jobs.batch": ("batch", "Job"),
    "networkpolicies.networking.k8s.io": ("networking.k8s.io", "NetworkPolicy"),
    "poddisruptionbudgets.policy": ("policy", "PodDisruptionBudget"),
    "rolebindings.rbac.authorization.k8s.io": ("rbac.authorization.k8s.io", "RoleBinding"),
    "roles.rbac.authorization.k8s.io": ("rbac.authorization.k8s.io", "Role"),
    "serviceaccounts": ("", "ServiceAccount"),
    "statefulsets.apps": ("apps", "StatefulSet"),
}
"""Name of a resource, as it stands after ``count/`` → API group and kind."""

_SHORT = frozenset(
    {
        *("configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas", "secrets", "services"),
    }
)
"""What can be counted without ``count/``."""

_OF_SERVICES: Mapping[str, tuple[str, ...]] = {
    "services.loadbalancers": ("LoadBalancer",),
    "services.nodeports": ("NodePort",),
}


def quotas(resources: Resources) -> Iterator[Resource]:
    """Yield the quotas that count everything in their namespace."""
    for each in resources.of("", "ResourceQuota"):
        if not each.spec.get("scopes") and not each.spec.get("scopeSelector"):
            yield each


def hard_limits(quota: Resource) -> Mapping[str, Any]:
    """Return what a quota counts → how much there may be of it."""
    return {name: value for name, value in part(quota.spec, "hard").items() if isinstance(name, str)}


def compute(name: str) -> tuple[str, str] | None:
    """
    Return whether a quota counts requests or limits, and of what; ``None`` if it counts something else.

    >>> compute("limits.cpu"), compute("memory"), compute("pods")
    (('limits', 'cpu'), ('requests', 'memory'), None)
    """
    key, _, resource = name.rpartition(".")
    if resource not in (*_SCARCE, "ephemeral-storage") or key not in ("", REQUESTS, LIMITS):
        return None
    return key or REQUESTS, resource


def uncounted_containers(resources: Resources) -> Iterator[Finding]:
    """Yield containers that do not say how much they need of what a quota counts."""
    filled = defaults(resources)
    told: set[tuple[Resource, object]] = set()
    for quota in quotas(resources):
        wanted = [found for name in hard_limits(quota) if (found := compute(name)) and found[1] in _SCARCE]
        for each in resources.workloads(quota.namespace) if wanted else ():
            if each.template is None or each.kind == "PodTemplate":
                continue
            for at, container in each.template.containers("containers", "initContainers"):
                lacking = []
                for key, name in dict.fromkeys(wanted):
                    given = asked(container, name, filled.get(quota.namespace))[0 if key == REQUESTS else 1]
                    if given is None and of_pod(each.template, key, name) is None:
                        lacking.append(f"{key}.{name}")
                if lacking and (each, at) not in told:
                    told.add((each, at))
                    message = f"must have {listed(lacking, 'and')}, which {quota} counts: pods without are refused"
                    fault = invalid("XQTA002", (*at, "resources"), message, "set them, or add a LimitRange that does")
                    yield Finding(each, fault, [(quota, ("spec", "hard"), "this quota")])


def exceeded(resources: Resources) -> Iterator[Finding]:
    """Yield quotas that are too small for the pods of their namespace."""
    filled = defaults(resources)
    for quota in filter(is_placed, quotas(resources)):
        counts = list(_pods(resources, quota.namespace))
        for name, value in hard_limits(quota).items():
            hard = exact(value)
            if hard is not None and (name in ("pods", "count/pods") or compute(name)):
                yield from _sum(quota, name, hard, _needs(counts, name, filled.get(quota.namespace)))


def _pods(resources: Resources, namespace: str) -> Iterator[tuple[Resource, int]]:
    """Yield the workloads of a namespace that always run, each with its number of pods."""
    autoscalers = owners(resources)
    seen = set()
    for each in resources.workloads(namespace):
        if (each.key, each.name) in seen or each.key in (("", "PodTemplate"), ("batch", "Job"), ("batch", "CronJob")):
            continue
        seen.add((each.key, each.name))
        count = replicas(each, autoscalers)
        yield each, 1 if count is None else count


def _needs(
    counts: Sequence[tuple[Resource, int]], name: str, filled: Defaults | None
) -> list[tuple[Resource, int, Fraction]]:
    """Return the workloads, how many pods each has, and how much of what a quota counts a pod of it takes."""
    kind = compute(name)
    made = []
    for each, count in counts:
        if each.template is not None and count > 0:
            needed = total(each.template, *kind, filled) if kind else exact(1) or NOTHING
            if needed:
                made.append((each, count, needed))
    return made


def _sum(
    quota: Resource, name: str, hard: Fraction, needs: Sequence[tuple[Resource, int, Fraction]]
) -> Iterator[Finding]:
    used = sum((count * needed for _, count, needed in needs), NOTHING)
    largest = sorted(needs, key=lambda need: -need[1] * need[2])
    if used > hard:
        message = f"is `{shown(hard, name)}`, but the pods of this namespace take `{shown(used, name)}` together"
        helped = "raise it, or ask for less: the last pods are never created"
    else:
        stuck = [need for need in needs if _needs_room(need[0], need[1]) and used + need[2] > hard]
        if not stuck:
            return
        largest = sorted(stuck, key=lambda need: -need[2])
        message = (
            f"is `{shown(hard, name)}`, of which pods take `{shown(used, name)}`: "
            f"a roll-out of {largest[0][0]} starts with one more, which takes `{shown(largest[0][2], name)}`"
        )
        helped = "raise it, or let the roll-out stop a pod first with `maxUnavailable: 1`"
    related = [(each, ("metadata", "name"), f"{count} x {shown(needed, name)}") for each, count, needed in largest[:3]]
    yield Finding(quota, invalid("XQTA003", ("spec", "hard", name), message, helped), related)


def _needs_room(workload: Resource, count: int) -> bool:
    """Tell whether a roll-out of ``workload`` stops none of its ``count`` pods before a new one runs."""
    strategy = part(workload.spec, "strategy")
    if workload.kind != "Deployment" or text(strategy, "type") == "Recreate":
        return False
    surge, gone = (part(strategy, "rollingUpdate").get(key, "25%") for key in ("maxSurge", "maxUnavailable"))
    return _share(gone, count, up=False) == 0 and _share(surge, count, up=True) != 0


def _share(value: object, count: int, *, up: bool) -> int | None:
    if isinstance(value, str) and value.endswith("%") and value[:-1].isdecimal():
        part_of = int(value[:-1]) * count
        return -(-part_of // 100) if up else part_of // 100
    return value if isinstance(value, int) else None


def too_many_objects(resources: Resources) -> Iterator[Finding]:
    """Yield quotas that allow fewer objects of a kind than there are."""
    for quota in filter(is_placed, quotas(resources)):
        for name, value in hard_limits(quota).items():
            hard, what = exact(value), _objects(resources, quota.namespace, name)
            if hard is None or len(what) <= hard:
                continue
            message = f"is {hard}, but there are {len(what)} in namespace `{quota.namespace}`: the last are refused"
            related = [(each, ("metadata", "name"), "one too many") for each in what[int(hard) :][:3]]
            fault = invalid("XQTA004", ("spec", "hard", name), message, f"raise it to {len(what)} or more")
            yield Finding(quota, fault, related)


def _objects(resources: Resources, namespace: str, name: str) -> list[Resource]:
    if types := _OF_SERVICES.get(name):
        found = [each for each in resources.of("", "Service") if text(each.spec, "type") in types]
    else:
        known = _COUNTED.get(name.removeprefix("count/")) if name.startswith("count/") or name in _SHORT else None
        found = list(resources.of(*known)) if known else []
    return list({each.name: each for each in found if each.namespace == namespace}.values())


DEFAULT = (uncounted_containers, exceeded, too_many_objects)
STRICT = ()
OFF = ()
