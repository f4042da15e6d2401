"""What scales which workload, and how many pods a workload has at least."""

from __future__ import annotations

from kgen.check.reading import number, part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource

    Target: TypeAlias = tuple[str, str, str, str]
    """API group, kind, namespace and name."""

AUTOSCALER = ("autoscaling", "HorizontalPodAutoscaler")
SCALED_OBJECT = ("keda.sh", "ScaledObject")

AT_TARGET = ("spec", "scaleTargetRef")

SCALED = frozenset(
    {
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("apps", "StatefulSet"),
        ("", "ReplicationController"),
        ("argoproj.io", "Rollout"),
    }
)
"""API group and kind of what has a number of replicas."""


def autoscalers(resources: Resources) -> Iterator[Resource]:
    """Yield what changes the number of replicas of others."""
    yield from resources.of(*AUTOSCALER)
    yield from resources.of(*SCALED_OBJECT)


def target(autoscaler: Resource) -> Target | None:
    """Return what ``autoscaler`` scales, or ``None`` if it does not say so in a form that can be looked up."""
    reference = part(autoscaler.value, *AT_TARGET)
    group, _, _ = text(reference, "apiVersion").rpartition("/")
    kind, name = text(reference, "kind"), text(reference, "name")
    if autoscaler.key == SCALED_OBJECT:
        group, kind = group or "apps", kind or "Deployment"
    return (group, kind, autoscaler.namespace, name) if kind and name else None


def scaled(resources: Resources) -> Sequence[tuple[Resource, Resource]]:
    """Return the autoscalers whose workload is there, each with it."""
    found: list[tuple[Resource, Resource]] | None = resources.memo.get("scaled")
    if found is None:
        found = resources.memo["scaled"] = []
        for each in autoscalers(resources):
            wanted = target(each)
            workload = resources.get(*wanted) if wanted else None
            if workload is not None and workload.template is not None:
                found.append((each, workload))
    return found


def bounds(autoscaler: Resource) -> tuple[int, int | None]:
    """Return the least and the most replicas; ``None`` if the latter is not given."""
    spec = autoscaler.spec
    if autoscaler.key == SCALED_OBJECT:
        least, most = number(spec, "minReplicaCount"), number(spec, "maxReplicaCount")
        return least or 0, 100 if most is None else most
    least = number(spec, "minReplicas")
    return 1 if least is None else least, number(spec, "maxReplicas")


def owners(resources: Resources) -> Mapping[Resource, Resource]:
    """Return workload → its autoscaler; the first one, if there are several."""
    found: dict[Resource, Resource] | None = resources.memo.get("owners")
    if found is None:
        found = resources.memo["owners"] = {}
        for autoscaler, workload in scaled(resources):
            found.setdefault(workload, autoscaler)
    return found


def replicas(workload: Resource, autoscalers: Mapping[Resource, Resource]) -> int | None:
    """Return how many pods a workload has at least, or ``None`` if nobody can tell, as of a DaemonSet."""
    if workload.key not in SCALED:
        return None
    if owner := autoscalers.get(workload):
        return bounds(owner)[0]
    given = workload.spec.get("replicas")
    return 1 if given is None else number(workload.spec, "replicas")
