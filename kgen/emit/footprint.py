"""
Objects → what they take from the cluster.

It is read off the finished objects, so that whatever makes pods is counted, whichever feature or hand made it. Objects
made by hand may be wrong, which is said elsewhere; what cannot be read counts as nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from kgen.diag import Path
from kgen.k8s import Emitted
from kgen.record import dataclass
from kgen.units import cpu_millis, memory_bytes
from kgen.usage import NOTHING, Footprint, Usage, total

_Bounds: TypeAlias = Mapping[tuple[str, str], tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One object that takes something."""

    name: str
    """Kind and name, as ``Deployment/shop-web``."""

    origin: Path
    """The place in the app file that asked for it."""

    footprint: Footprint
    is_per_node: bool = False
    """Whether it is counted once, and runs on nobody knows how many nodes."""


def parts(objects: Iterable[Emitted], nodes: int | None = None) -> tuple[Part, ...]:
    """Return everything in ``objects`` that takes something, in their order; ``nodes``: how many the cluster has."""
    made = tuple(objects)
    bounds = _bounds(made)
    return tuple(part for each in made if (part := _part(each, bounds, nodes)))


def _part(made: Emitted, bounds: _Bounds, nodes: int | None) -> Part | None:
    kind = str(made.manifest.get("kind"))
    measure = _MEASURES.get(kind)
    if measure is None:
        return None
    scaled = bounds.get((kind, _name(made.manifest)))
    if kind == "DaemonSet":
        scaled = (nodes or 1, nodes or 1)
    return Part(
        name=f"{kind}/{_name(made.manifest)}",
        origin=made.origin,
        footprint=measure(made.manifest, scaled),
        is_per_node=kind == "DaemonSet" and nodes is None,
    )


def _name(manifest: Mapping[str, Any]) -> str:
    return str(_in(manifest, "metadata").get("name"))


def _bounds(objects: Iterable[Emitted]) -> _Bounds:
    """Return kind and name of what is scaled → least and most replicas."""
    made = {}
    for each in objects:
        spec = _in(each.manifest, "spec")
        match each.manifest.get("kind"):
            case "HorizontalPodAutoscaler":
                limits = _number(spec, "minReplicas", 1), _number(spec, "maxReplicas", 1)
            case "ScaledObject":
                limits = _number(spec, "minReplicaCount", 0), _number(spec, "maxReplicaCount", 100)
            case _:
                continue
        target = _in(spec, "scaleTargetRef")
        made[str(target.get("kind", "Deployment")), str(target.get("name"))] = limits
    return made


def _running(manifest: Mapping[str, Any], scaled: tuple[int, int] | None) -> Footprint:
    """Measure what runs for ever."""
    spec = _in(manifest, "spec")
    fixed = _number(spec, "replicas", 1)
    least, most = scaled or (fixed, fixed)
    pod = of_pod(_in(spec, "template", "spec"))
    each = pod + total(map(_claim, _mappings(spec, "volumeClaimTemplates")))
    surge = _surge(spec, most) if manifest["kind"] == "Deployment" else 0
    return Footprint(least=each * least, most=each * most, peak=each * most + pod * surge)


def _surge(spec: Mapping[str, Any], pods: int) -> int:
    """Return how many pods more than wanted a rolling update of a Deployment starts."""
    if _in(spec, "strategy").get("type") == "Recreate":
        return 0
    surge = _in(spec, "strategy", "rollingUpdate").get("maxSurge", "25%")
    if isinstance(surge, str) and surge[:-1].isdecimal():
        return -(-pods * int(surge[:-1]) // 100)  # as the controller rounds
    return surge if isinstance(surge, int) else 0


def _ending(manifest: Mapping[str, Any], _scaled: tuple[int, int] | None) -> Footprint:
    """Measure what ends by itself: at the least it does not run."""
    spec = _in(manifest, "spec", "jobTemplate", "spec") or _in(manifest, "spec")
    pods = of_pod(_in(spec, "template", "spec")) * _number(spec, "parallelism", 1)
    return Footprint(most=pods, peak=pods)


def _volume(manifest: Mapping[str, Any], _scaled: tuple[int, int] | None) -> Footprint:
    claim = _claim(manifest)
    return Footprint(least=claim, most=claim, peak=claim)


def _operated(manifest: Mapping[str, Any], _scaled: tuple[int, int] | None) -> Footprint:
    """Measure pods and volumes that an operator makes of a custom resource, all of one size."""
    spec = _in(manifest, "spec")
    if not _is_operated(manifest):
        return Footprint()
    volumes = [(_in(spec, "storage"), "size"), (_in(spec, "persistence"), "storage")]
    volumes += [(volume, "size") for volume in _mappings(_in(spec, "storage"), "volumes")]
    each = _of_container(spec) + Usage(pods=1, storage=sum(_bytes(volume, key) or 0 for volume, key in volumes))
    pods = each * _number(spec, "instances" if manifest["kind"] == "Cluster" else "replicas", 1)
    return Footprint(least=pods, most=pods, peak=pods)


def _is_operated(manifest: Mapping[str, Any]) -> bool:
    """Tell whether an operator that is known makes pods of it; others have a Cluster, too."""
    return manifest["kind"] != "Cluster" or str(manifest.get("apiVersion")).startswith("postgresql.cnpg.io/")


def _claim(manifest: Mapping[str, Any]) -> Usage:
    return Usage(storage=_bytes(_in(manifest, "spec", "resources", "requests"), "storage") or 0)


_MEASURES: Mapping[str, Callable[[Mapping[str, Any], tuple[int, int] | None], Footprint]] = {
    "Deployment": _running,
    "StatefulSet": _running,
    "DaemonSet": _running,
    "Job": _ending,
    "CronJob": _ending,
    "PersistentVolumeClaim": _volume,
    "Cluster": _operated,
    "RabbitmqCluster": _operated,
    "KafkaNodePool": _operated,
}


def of_pod(spec: Mapping[str, Any]) -> Usage:
    """
    Return what one pod takes: its containers and sidecars together, or more while it starts.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """
    beside, starting = NOTHING, NOTHING
    for each in _mappings(spec, "initContainers"):
        needed = _of_container(each)
        starting = _larger(starting, beside + needed)
        if each.get("restartPolicy") == "Always":
            beside += needed
    together = total(map(_of_container, _mappings(spec, "containers"))) + beside
    return _larger(together, starting) + Usage(pods=1)


def containers(objects: Iterable[Emitted]) -> Iterator[Usage]:
    """Yield what each container of ``objects`` takes, those that an operator makes as well."""
    for each in objects:
        measure = _MEASURES.get(str(each.manifest.get("kind")))
        spec = _in(each.manifest, "spec")
        if measure is _operated and _is_operated(each.manifest):
            yield _of_container(spec)
        elif measure:
            pod = _in(spec, "template", "spec") or _in(spec, "jobTemplate", "spec", "template", "spec")
            yield from map(_of_container, (*_mappings(pod, "initContainers"), *_mappings(pod, "containers")))


def _of_container(container: Mapping[str, Any]) -> Usage:
    requests, limits = _in(container, "resources", "requests"), _in(container, "resources", "limits")
    cpu_limit, memory_limit = _millis(limits, "cpu"), _bytes(limits, "memory")
    return Usage(
        cpu=_millis(requests, "cpu") or cpu_limit or 0,
        memory=_bytes(requests, "memory") or memory_limit or 0,
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


def _in(value: Any, *keys: str) -> Mapping[str, Any]:
    """Return the mapping at ``keys``, an empty one if there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    given = value.get(key)
    return [each for each in given if isinstance(each, Mapping)] if isinstance(given, list | tuple) else []


def _number(value: Mapping[str, Any], key: str, default: int) -> int:
    given = value.get(key, default)
    return max(given, 0) if isinstance(given, int) else default


def _millis(value: Mapping[str, Any], key: str) -> int | None:
    return cpu_millis(str(value[key])) if key in value else None


def _bytes(value: Mapping[str, Any], key: str) -> int | None:
    return memory_bytes(str(value[key])) if key in value else None
