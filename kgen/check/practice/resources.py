"""Rules of practice on what containers ask for: amounts that cannot be meant, and those that are missing."""

from __future__ import annotations

from fractions import Fraction

from kgen.check.practice.advice import advice, containers
from kgen.check.reading import mappings, part
from kgen.check.server.amounts import amount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Version = tuple[int, int]

_MI = 1024**2
_BYTES = ("memory", "ephemeral-storage")
_TINY = 16 * _MI
_MANY_CORES = 64
_MOST_CORES = 100
_LONG = 20
"""Digits of a number that nobody means: the server does not take it."""

_FEW_CORES = Fraction(1, 100)
_MOST_MEMORY, _MOST_CPU = 4, 10
"""Limits as a multiple of requests."""


def _amount(value: Any) -> Fraction | None:
    """Return the amount of a quantity, or ``None`` if it is none: the schema says so."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return amount(value)
    except (ValueError, ArithmeticError):
        return None


def _amounts(container: Mapping[str, Any], *names: str) -> Iterator[tuple[Path, str, Any]]:
    """Yield place, name and value of requests and limits of a container."""
    resources = container.get("resources")
    if not isinstance(resources, dict):
        return
    for key in ("requests", "limits"):
        values = resources.get(key)
        if isinstance(values, dict):
            for name in names:
                if values.get(name) is not None:
                    yield ("resources", key, name), name, values[name]


def amounts_in_wrong_units(resource: Resource, _version: Version) -> Iterator[Fault]:
    """Yield amounts that nobody can mean; what is less than one byte, the server itself warns of."""
    for at, each in containers(resource):
        if "resources" in each:
            for key in ("requests", "limits"):
                for name, value in part(each["resources"], key).items():
                    if name == "cpu":
                        if isinstance(value, str) and value.endswith("m"):
                            continue  # as nearly all are
                        yield from _cpu((*at, "resources", key, name), value, is_request=_is_request(each, key))
                    elif name in _BYTES and _is_without_unit(value):
                        yield _without_unit((*at, "resources", key, name), value)


def _cpu(path: Path, value: Any, *, is_request: bool) -> Iterator[Fault]:
    if isinstance(value, str) and value.endswith("i"):
        message = f"must be in cores, as `500m` for half of one, but is `{value}`, which is for bytes"
        yield advice("RSC07", path, message, "write thousandths of a core with `m`")
    elif is_request and _is_of_no_node(value):
        message = f"must be in cores, but is `{value}`: the pod stays pending, as hardly a node has that many"
        yield advice("RSC13", path, message, f"write `{value}m` if thousandths of a core are meant")


def _is_of_no_node(value: Any) -> bool:
    """Tell whether an amount of CPU without a unit is above what nodes have: `m` was left out."""
    if isinstance(value, str):
        return len(value) < _LONG and value.isdecimal() and int(value) > _MOST_CORES
    return isinstance(value, int | float) and value > _MOST_CORES


def _is_request(container: Mapping[str, Any], key: str) -> bool:
    """Tell whether the scheduler goes by the amount of CPU: a limit is the request too, if there is no other."""
    return key == "requests" or part(container, "resources", "requests").get("cpu") is None


def _scratch(resource: Resource) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the `emptyDir` of each volume that is one, with its place."""
    template = resource.template
    if template is not None and "volumes" in template.spec:
        for index, volume in mappings(template.spec, "volumes"):
            if isinstance(volume.get("emptyDir"), dict):
                yield (*template.at_spec, "volumes", index, "emptyDir"), volume["emptyDir"]


def storage_in_wrong_units(resource: Resource, _version: Version) -> Iterator[Fault]:
    """Yield the same in volumes, and in claims for them."""
    for at, volume in _scratch(resource):
        if _is_without_unit(volume.get("sizeLimit")):
            yield _without_unit((*at, "sizeLimit"), volume["sizeLimit"])
    if resource.kind == "StatefulSet":
        for index, claim in mappings(resource.spec, "volumeClaimTemplates"):
            yield from _storage(part(claim, "spec"), ("spec", "volumeClaimTemplates", index, "spec"))
    elif resource.kind == "PersistentVolumeClaim":
        yield from _storage(resource.spec, ("spec",))


def _storage(spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    size = part(spec, "resources", "requests").get("storage")
    if _is_without_unit(size):
        yield _without_unit((*at, "resources", "requests", "storage"), size)


def _is_without_unit(value: Any) -> bool:
    """Tell whether an amount of bytes is so small, and not nothing, that it was meant to have a unit."""
    if isinstance(value, str):
        return value.isdecimal() and len(value) <= len(str(_MI)) and 0 < int(value) < _MI
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MI


def _without_unit(path: Path, value: Any) -> Fault:
    message = f"must have a unit, but is `{value}`, which means that many bytes"
    return advice("RSC07", path, message, f"write `{value}Mi` or `{value}Gi`, whichever is meant")


def missing_cpu_limits(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        if part(each, "resources", "limits").get("cpu") is None:
            message = "must be set: the container may use all that the node has left"
            yield advice(
                "RSC04", (*at, "resources", "limits", "cpu"), message, "set it to what the container needs at most"
            )


def memory_overcommitted(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        requested = part(each, "resources", "requests").get("memory")
        limit = part(each, "resources", "limits").get("memory")
        if requested is not None and limit is not None and _amount(requested) != _amount(limit):
            message = f"must be the request of `{requested}`, but is `{limit}`: what lies between may not be there"
            yield advice("RSC05", (*at, "resources", "limits", "memory"), message, "make them equal")


def missing_ephemeral_storage(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        for key in ("requests", "limits"):
            if part(each, "resources", key).get("ephemeral-storage") is None:
                message = "must be set: a pod that fills the disk of its node pushes out others"
                path = (*at, "resources", key, "ephemeral-storage")
                yield advice("RSC06", path, message, "set it to what the container writes, logs included")
                break


def unlikely_cpu(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        for path, _name, value in _amounts(each, "cpu"):
            given = _amount(value)
            if given is None or (isinstance(value, str) and value.endswith("i")):
                continue
            if _is_of_no_node(value) and _is_request(each, str(path[1])):
                continue  # that is said in every profile
            if given > _MANY_CORES:
                message = f"must be in cores, but is `{value}`: few nodes have that many"
                yield advice("RSC08", (*at, *path), message, f"write `{value}m` if thousandths of a core are meant")
            elif path[1] == "limits" and 0 < given < _FEW_CORES:
                message = f"must be at least `10m`, but is `{value}`: a program hardly moves with that"
                yield advice("RSC08", (*at, *path), message, "raise it, or remove it")


def tiny_memory_limits(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        value = part(each, "resources", "limits").get("memory")
        given = _amount(value)
        is_without_unit = str(value).isdigit() and given is not None and given < _MI
        if given is not None and 1 <= given < _TINY and not is_without_unit:
            message = f"must be at least `16Mi`, but is `{value}`: a runtime needs 6Mi to start a container at all"
            yield advice("RSC09", (*at, "resources", "limits", "memory"), message, "raise it")


def limits_far_above_requests(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        for name, most in (("memory", _MOST_MEMORY), ("cpu", _MOST_CPU)):
            limit = part(each, "resources", "limits").get(name)
            requested = part(each, "resources", "requests").get(name)
            most_given, given = _amount(limit), _amount(requested)
            if most_given is not None and given and most_given > most * given:
                message = f"must be at most {most} times the request of `{requested}`, but is `{limit}`"
                path = (*at, "resources", "limits", name)
                yield advice("RSC10", path, message, "bring them closer: the node plans with the request")


def scratch_without_limit(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, volume in _scratch(resource):
        if volume.get("sizeLimit") is None and volume.get("medium") != "Memory":  # that is another rule
            message = "must be set: what is written there may fill the disk of the node"
            yield advice("RSC11", (*at, "sizeLimit"), message, "set it to what the pod writes at most")


DEFAULT = (amounts_in_wrong_units, storage_in_wrong_units)
STRICT = (unlikely_cpu, tiny_memory_limits, limits_far_above_requests, scratch_without_limit)
OFF = (missing_cpu_limits, memory_overcommitted, missing_ephemeral_storage)
