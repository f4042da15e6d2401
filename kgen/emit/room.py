"""Objects → how large the quota of their namespace has to be."""

from collections.abc import Iterator, Mapping, Sequence

from kgen.emit.footprint import containers, parts
from kgen.features import quota
from kgen.features.quota import Quota, Room
from kgen.k8s import Emitted, Target
from kgen.units import cpu_millis, memory_bytes, plain
from kgen.usage import Usage, size, total

_CPU_STEP = 100
_MEMORY_STEP = 64 * 2**20
_PODS = 2
"""Pods more than the app's own: a debugger's, and a solver's of cert-manager."""

_SIDECAR = 2**30
"""Memory limit of a container that a service mesh adds."""


def quota_objects(
    asked: Quota | None, objects: Sequence[Emitted], target: Target, defaults: Mapping[str, str], nodes: int | None
) -> Iterator[Emitted]:
    """
    Yield the ResourceQuota and the LimitRange that ``asked`` wants for ``objects``.

    Args:
        asked: What kgen.yaml says.
        objects: All other objects of the app.
        target: The app.
        defaults: CPU and memory of a container that does not say.
        nodes: How many nodes the cluster has.
    """
    if asked is None or not asked.objects:
        return
    for made in quota.emit(_room(asked, objects, defaults, nodes), target):
        yield Emitted(manifest=made)


def _room(asked: Quota, objects: Sequence[Emitted], defaults: Mapping[str, str], nodes: int | None) -> Room:
    peak = total(part.footprint.peak for part in parts(objects, nodes))
    memory = [each.memory_limit for each in containers(objects)]
    known = [limit for limit in memory if limit is not None]
    is_limited = len(known) == len(memory)
    return Room(
        hard=_hard(asked, peak),
        default_requests=defaults,
        default_memory=defaults["memory"] if is_limited else "",
        largest_memory=size(max([_SIDECAR, *known])) if is_limited else "",
    )


def _hard(asked: Quota, peak: Usage) -> Mapping[str, str | int]:
    """Return what the quota counts, in the order in which the API server lists it."""
    limits = {"limits.cpu": asked.limits.cpu or "", "limits.memory": asked.limits.memory or ""}
    # a sized limit beside a chosen request would take back what was chosen
    if not asked.cpu and not limits["limits.cpu"] and peak.cpu_limit:
        limits["limits.cpu"] = _cpu(peak.cpu_limit)
    if not asked.memory and not limits["limits.memory"] and peak.memory_limit:
        limits["limits.memory"] = _memory(peak.memory_limit)
    made: dict[str, str | int] = {key: value for key, value in limits.items() if value}
    made["pods"] = asked.pods or max(_with_headroom(peak.pods, 1), peak.pods + _PODS)
    made["requests.cpu"] = asked.cpu or _cpu(peak.cpu)
    made["requests.memory"] = asked.memory or _memory(peak.memory)
    if asked.storage or peak.storage:
        made["requests.storage"] = asked.storage or size(peak.storage)
    return made


def _with_headroom(amount: int, step: int) -> int:
    """
    Return a fifth more than ``amount``, in whole steps.

    >>> _with_headroom(1000, 100), _with_headroom(1001, 100), _with_headroom(0, 100)
    (1200, 1300, 0)
    """
    return -(-amount * 6 // (5 * step)) * step


def _cpu(millis: int) -> str:
    return plain(f"{_with_headroom(millis, _CPU_STEP)}m") or "0"


def _memory(amount: int) -> str:
    return size(_with_headroom(amount, _MEMORY_STEP))


def _millis(cores: str | None) -> int | None:
    """
    Return thousandths of a core.

    >>> _millis("8"), _millis("1500m"), _millis("2k"), _millis(None)
    (8000, 1500, 2000000, None)
    """
    return cpu_millis(cores or "") or 1000 * (memory_bytes(cores or "") or 0) or None


def declared(asked: Quota) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield each amount that ``asked`` gives, with its place there."""
    given = (
        (("cpu",), _millis(asked.cpu)),
        (("memory",), memory_bytes(asked.memory or "")),
        (("limits", "cpu"), _millis(asked.limits.cpu)),
        (("limits", "memory"), memory_bytes(asked.limits.memory or "")),
        (("pods",), asked.pods),
        (("storage",), memory_bytes(asked.storage or "")),
    )
    yield from ((at, amount) for at, amount in given if amount)
