"""
Rules of the API server about requests and limits as numbers, of containers and of whole pods.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from math import ceil

from kgen.check.server.amounts import amount
from kgen.check.server.errors import forbidden, invalid, required
from kgen.check.server.kinds import part
from kgen.check.server.standard import is_native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.diag import Path

_HUGE = "hugepages-"
_IN_BYTES = ("memory", "ephemeral-storage")


def _is_fixed(name: str) -> bool:
    """Tell whether the request of a resource must be its limit."""
    return name.startswith(_HUGE) or not is_native(name)


def whole_bytes(values: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield bytes that are no whole number, which the server takes with a warning."""
    for name in _IN_BYTES:
        value = values.get(name)
        if value is not None and amount(value).denominator != 1:
            yield invalid("RES018", (*at, name), f"should be a whole number of bytes, but is `{value}`")


def requirement_faults(resources: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the numbers in the requests and limits at ``at``."""
    limits, requests = part(resources, "limits"), part(resources, "requests")
    for key, values in (("limits", limits), ("requests", requests)):
        for name, value in values.items():
            given = amount(value)
            if given < 0:
                yield invalid("RES004", (*at, key, name), f"must not be negative, but is `{value}`")
            if name.startswith(_HUGE) and not _is_multiple(given, name):
                message = f"must be a multiple of the page size in its name, but is `{value}`"
                yield invalid("RES010", (*at, key, name), message)
    for name, value in requests.items():
        yield from _request(name, value, limits, at)
    if _needs_more(limits, requests):
        yield forbidden("RES009", at, "must have `cpu` or `memory` beside huge pages")


def _request(name: str, value: Any, limits: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if name not in limits:
        if _is_fixed(name):
            yield required("RES008", (*at, "limits"), f"with the `{name}` that is in `requests`")
        return
    limit = limits[name]
    if _is_fixed(name):
        if amount(value) != amount(limit):
            message = f"must have as much `{name}` as `limits`, which is `{limit}`, but has `{value}`"
            yield invalid("RES007", (*at, "requests"), message)
    elif amount(value) > amount(limit):
        message = f"must have at most the `{name}` of `limits`, which is `{limit}`, but has `{value}`"
        yield invalid("RES006", (*at, "requests"), message)


def _needs_more(limits: Mapping[str, Any], requests: Mapping[str, Any]) -> bool:
    names = {*limits, *requests}
    return not names & {"cpu", "memory"} and any(name.startswith(_HUGE) for name in names)


def _is_multiple(given: Fraction, name: str) -> bool:
    try:
        size = amount(name.removeprefix(_HUGE))
    except ValueError:
        return False
    return size > 0 and size.denominator == 1 and ceil(given) % size == 0
