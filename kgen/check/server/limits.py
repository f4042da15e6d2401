"""Rules of the API server about LimitRanges."""

from __future__ import annotations

from kgen.check.fault import field
from kgen.check.server.amounts import quantity
from kgen.check.server.errors import duplicate, forbidden, invalid, required
from kgen.check.server.kinds import entries, part
from kgen.check.server.standard import (
    allows_overcommit,
    is_extended,
    is_native,
    is_of_containers,
    is_standard,
    wrong_resource,
)
from kgen.check.server.texts import qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

TYPES = frozenset({"Pod", "Container", "PersistentVolumeClaim"})
_BOUNDS = ("max", "min")
_DEFAULTS = ("default", "defaultRequest")
_RATIO = "maxLimitRequestRatio"
_ORDER = (
    ("min", "max", "min"),
    ("min", "defaultRequest", "defaultRequest"),
    ("defaultRequest", "max", "defaultRequest"),
    ("defaultRequest", "default", "defaultRequest"),
    ("min", "default", "default"),
    ("default", "max", "default"),
)
"""What may not be above what, and where the server says so."""


def limit_range(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a LimitRange."""
    del context
    seen: set[str] = set()
    for index, entry in enumerate(entries(part(value, "spec"), "limits")):
        limit = entry or {}
        at = ("spec", "limits", index)
        name = limit.get("type") or ""
        if wrong := _wrong_type(name):
            yield invalid("QTA009", (*at, "type"), wrong)
        if name in seen:
            yield duplicate("QTA010", (*at, "type"), name)
        seen.add(name)
        yield from _limit(limit, name, at)


def _wrong_type(name: str) -> str:
    if wrong := qualified_name(name):
        return wrong
    if "/" not in name and name not in TYPES:
        return f"must be one of `Container`, `PersistentVolumeClaim` or `Pod`, or have a `/`, but is `{name}`"
    return ""


def _limit(limit: Mapping[str, Any], name: str, at: Path) -> Iterator[Fault]:
    for key in (*_BOUNDS, *(_DEFAULTS if name != "Pod" else ()), _RATIO):
        for resource in limit.get(key) or ():
            if wrong := _wrong_resource(resource, name):
                yield invalid("QTA009", (*at, key, resource), wrong)
    if name == "Pod":
        for key in _DEFAULTS:
            if limit.get(key):
                yield forbidden("QTA011", (*at, key), "may not be set with type `Pod`")
    if name == "PersistentVolumeClaim" and not any("storage" in part(limit, key) for key in _BOUNDS):
        why = "or one in `min`, with type `PersistentVolumeClaim`"
        yield required("QTA012", (*at, "max", "storage"), why).named(field((*at, "limits")))
    amounts = {key: part(limit, key) for key in (*_BOUNDS, *(_DEFAULTS if name != "Pod" else ()), _RATIO)}
    for resource in dict.fromkeys(resource for amounts_of in amounts.values() for resource in amounts_of):
        of_resource = {key: quantity(each[resource] or 0) for key, each in amounts.items() if resource in each}
        if name == "Container":
            _fill_in(of_resource)
        yield from _amounts(of_resource, resource, at)


def _wrong_resource(resource: str, name: str) -> str:
    if name not in ("Pod", "Container"):
        return wrong_resource(resource, is_standard)
    if wrong := wrong_resource(resource, is_of_containers):
        return wrong
    if "/" in resource and not is_native(resource) and not is_extended(resource):
        return f"is no resource that somebody could have added, but is `{resource}`"
    return ""


def _fill_in(amounts: dict[str, Fraction]) -> None:
    """Set the defaults that the server takes from the other amounts of a container."""
    if "max" in amounts:
        amounts.setdefault("default", amounts["max"])
    for key in ("default", "min"):
        if key in amounts:
            amounts.setdefault("defaultRequest", amounts[key])


def _amounts(amounts: Mapping[str, Fraction], resource: str, at: Path) -> Iterator[Fault]:
    found: set[str] = set()
    for low, high, where in _ORDER:
        if low in amounts and high in amounts and amounts[low] > amounts[high] and where not in found:
            yield invalid("QTA013", (*at, where, resource), f"is wrong: `{low}` is above `{high}`")
            found.add(where)
            if where == "min":
                break  # the others follow from it
    ratio = amounts.get(_RATIO)
    if ratio is not None and ratio < 1:
        yield invalid("QTA014", (*at, _RATIO, resource), "must be at least 1")
    elif ratio is not None and amounts.get("min") and "max" in amounts and ratio > amounts["max"] / amounts["min"]:
        yield invalid("QTA014", (*at, _RATIO, resource), "must be at most `max` divided by `min`")
    if (
        not allows_overcommit(resource)
        and "default" in amounts
        and "defaultRequest" in amounts
        and amounts["default"] != amounts["defaultRequest"]
        and "defaultRequest" not in found
    ):
        message = f"must be equal to `default`: there can be no overcommitment of `{resource}`"
        yield invalid("QTA015", (*at, "defaultRequest", resource), message)
