"""
Rules of the API server about requests, limits and claims of containers.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from functools import lru_cache

from kgen.check.server.amounts import amount
from kgen.check.server.errors import duplicate, invalid, not_found, required
from kgen.check.server.kinds import entries, part
from kgen.check.server.pod_resources import claims as pod_claims
from kgen.check.server.pod_resources import pod_level
from kgen.check.server.quantities import requirement_faults, whole_bytes
from kgen.check.server.standard import is_extended
from kgen.check.server.texts import dns_label, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_CLAIMS = (1, 34)
"""The version that has resource claims on; an older one drops them."""

_STANDARD = frozenset({"cpu", "memory", "ephemeral-storage"})


def faults(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the resources of the pod at ``at``, and of its containers."""
    names: frozenset[str] = frozenset()
    has_claims = context.version >= _CLAIMS
    if has_claims and (claims := entries(spec, "resourceClaims")):
        names = frozenset(claim["name"] for claim in claims if claim and claim.get("name"))
        yield from pod_claims(claims, (*at, "resourceClaims"))
    for key in ("containers", "initContainers"):
        for index, container in enumerate(entries(spec, key)):
            resources = container.get("resources") if container else None
            if resources:
                here = (*at, key, index, "resources")
                limits, requests = part(resources, "limits"), part(resources, "requests")
                if not _are_right(tuple(limits.items()), tuple(requests.items())):
                    yield from container_faults(resources, here)
                if has_claims and "claims" in resources:
                    yield from _claims(resources, names, (*here, "claims"))
    if "overhead" in spec:
        yield from whole_bytes(part(spec, "overhead"), (*at, "overhead"))
    if "resources" in spec:
        yield from pod_level(spec, at, context)


@lru_cache(maxsize=1000)
def _are_right(limits: tuple[tuple[str, Any], ...], requests: tuple[tuple[str, Any], ...]) -> bool:
    """Tell whether nothing is wrong with limits and requests: most containers ask for what many others ask for too."""
    resources = {"limits": dict(limits), "requests": dict(requests)}
    return next(container_faults(resources, ()), None) is None


def container_faults(resources: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the requests and limits of a container."""
    for key in ("limits", "requests"):
        for name, value in part(resources, key).items():
            if name in _STANDARD:
                continue
            row, wrong = name_fault(name)
            if wrong:
                yield invalid(row, (*at, key, name), wrong)
            elif is_extended(name) and amount(value).denominator != 1:
                yield invalid("RES005", (*at, key, name), f"must be a whole number, but is `{value}`")
        yield from whole_bytes(part(resources, key), (*at, key))
    yield from requirement_faults(resources, at)


@lru_cache(maxsize=1000)
def name_fault(name: str) -> tuple[str, str]:
    """Return the row, and what is wrong with the name of a container's resource, or ""."""
    if wrong := qualified_name(name):
        return "RES001", f"has a name that {wrong}"
    if "/" not in name:
        if name in _STANDARD or name.startswith("hugepages-"):
            return "", ""
        return (
            "RES002",
            "is no resource of containers: those are `cpu`, `ephemeral-storage`, `hugepages-…` and `memory`",
        )
    if "kubernetes.io/" in name or is_extended(name):
        return "", ""
    return "RES003", "has a prefix that is too long, or starts with `requests.`"


def _claims(resources: Mapping[str, Any], names: frozenset[str], at: Path) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, entry in enumerate(entries(resources, "claims")):
        claim = entry or {}
        name, request = claim.get("name") or "", claim.get("request") or ""
        here = (*at, index)
        if not name:
            yield required("RES011", here, "with a `name`")
            continue
        if request and (wrong := dns_label(request)):
            yield invalid("RES011", (*here, "request"), wrong)
        key = f"{name}/{request}" if request else name
        if name in seen or key in seen or (not request and any(each.startswith(f"{name}/") for each in seen)):
            yield duplicate("RES011", here, key)
        seen.add(key)
        if name not in names:
            yield not_found("RES011", here, name, names)
