"""
Objects → what they take from the cluster.

It is read off the finished objects, so that whatever makes pods is counted, whichever feature made it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kgen.diag import Path
from kgen.k8s import Emitted, Manifest
from kgen.units import cpu_millis, memory_bytes
from kgen.usage import NOTHING, Footprint, Usage, total

_Bounds = Mapping[tuple[str, str], tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One object that takes something."""

    name: str
    """Kind and name, as ``Deployment/shop-web``."""

    origin: Path
    """The place in the app file that asked for it."""

    footprint: Footprint
    is_per_node: bool = False
    """Whether it is counted once and runs on every node."""


def parts(objects: Iterable[Emitted]) -> tuple[Part, ...]:
    """Return everything in ``objects`` that takes something, in their order."""
    made = tuple(objects)
    bounds = _bounds(made)
    return tuple(part for each in made if (part := _part(each, bounds)))


def _part(made: Emitted, bounds: _Bounds) -> Part | None:
    kind, name = made.manifest["kind"], made.manifest["metadata"]["name"]
    measure = _MEASURES.get(kind)
    if measure is None:
        return None
    return Part(
        name=f"{kind}/{name}",
        origin=made.origin,
        footprint=measure(made.manifest, bounds),
        is_per_node=kind == "DaemonSet",
    )


def _bounds(objects: Iterable[Emitted]) -> _Bounds:
    """Return kind and name of what is scaled → least and most replicas."""
    made = {}
    for each in objects:
        spec = each.manifest.get("spec", {})
        if each.manifest["kind"] == "HorizontalPodAutoscaler":
            limits = spec["minReplicas"], spec["maxReplicas"]
        elif each.manifest["kind"] == "ScaledObject":
            limits = spec["minReplicaCount"], spec["maxReplicaCount"]
        else:
            continue
        target = spec["scaleTargetRef"]
        made[target.get("kind", "Deployment"), target["name"]] = limits
    return made


def _running(manifest: Manifest, bounds: _Bounds) -> Footprint:
    """Measure what runs for ever."""
    spec = manifest["spec"]
    fixed = spec.get("replicas", 1)
    least, most = bounds.get((manifest["kind"], manifest["metadata"]["name"]), (fixed, fixed))
    pod = of_pod(spec["template"]["spec"])
    claims = [_claim(each) for each in spec.get("volumeClaimTemplates", ())]
    each = pod + total(claims)
    surge = _surge(spec, most) if manifest["kind"] == "Deployment" else 0
    return Footprint(least=each * least, most=each * most, peak=each * most + pod * surge)


def _surge(spec: Mapping[str, Any], pods: int) -> int:
    """Return how many pods more than wanted a rolling update of a Deployment starts."""
    strategy = spec.get("strategy", {})
    if strategy.get("type") == "Recreate":
        return 0
    surge = strategy.get("rollingUpdate", {}).get("maxSurge", "25%")
    return surge if isinstance(surge, int) else -(-pods * int(surge[:-1]) // 100)  # as the controller rounds


def _ending(manifest: Manifest, _bounds: _Bounds) -> Footprint:
    """Measure what ends by itself: at the least it does not run."""
    spec = manifest["spec"].get("jobTemplate", manifest)["spec"]
    pods = of_pod(spec["template"]["spec"]) * spec.get("parallelism", 1)
    return Footprint(most=pods, peak=pods)


def _volume(manifest: Manifest, _bounds: _Bounds) -> Footprint:
    claim = _claim(manifest)
    return Footprint(least=claim, most=claim, peak=claim)


def _claim(manifest: Mapping[str, Any]) -> Usage:
    return Usage(storage=memory_bytes(manifest["spec"]["resources"]["requests"]["storage"]) or 0)


_MEASURES = {
    "Deployment": _running,
    "StatefulSet": _running,
    "DaemonSet": _running,
    "Job": _ending,
    "CronJob": _ending,
    "PersistentVolumeClaim": _volume,
}


def of_pod(spec: Mapping[str, Any]) -> Usage:
    """
    Return what one pod takes: its containers and sidecars together, or more while it starts.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """
    beside, starting = NOTHING, NOTHING
    for each in spec.get("initContainers", ()):
        needed = _of_container(each)
        starting = _larger(starting, beside + needed)
        if each.get("restartPolicy") == "Always":
            beside += needed
    together = total(map(_of_container, spec["containers"])) + beside
    return _larger(together, starting) + Usage(pods=1)


def _of_container(container: Mapping[str, Any]) -> Usage:
    given = container.get("resources", {})
    requests, limits = given.get("requests", {}), given.get("limits", {})
    cpu_limit, memory_limit = cpu_millis(limits.get("cpu", "")), memory_bytes(limits.get("memory", ""))
    return Usage(
        cpu=cpu_millis(requests.get("cpu", "")) or cpu_limit or 0,
        memory=memory_bytes(requests.get("memory", "")) or memory_limit or 0,
        cpu_limit=cpu_limit,
        memory_limit=memory_limit,
    )


def _larger(one: Usage, other: Usage) -> Usage:
    """Return the larger of each amount."""
    return Usage(
        cpu=max(one.cpu, other.cpu),
        memory=max(one.memory, other.memory),
        cpu_limit=_larger_limit(one.cpu_limit, other.cpu_limit),
        memory_limit=_larger_limit(one.memory_limit, other.memory_limit),
    )


def _larger_limit(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)


def containers(objects: Iterable[Emitted]) -> Iterator[Usage]:
    """Yield what each container of ``objects`` takes, those of claims and volumes aside."""
    for each in objects:
        spec = each.manifest.get("spec")
        if each.manifest["kind"] not in _MEASURES or not isinstance(spec, dict):
            continue
        template = spec.get("jobTemplate", each.manifest)["spec"].get("template")
        if template:
            yield from map(
                _of_container, (*template["spec"].get("initContainers", ()), *template["spec"]["containers"])
            )
