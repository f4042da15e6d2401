"""
LimitRanges and what they are asked about: containers, pods and claims outside of their bounds.

Source: https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/limitranger/admission.go
"""

from __future__ import annotations

from kgen.check.cross.requests import LIMITS, REQUESTS, asked, defaults, exact, is_placed, shown, total
from kgen.check.cross.resources import Finding
from kgen.check.reading import mappings, part, text
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction
    from typing import Any

    from kgen.check.cross.requests import Defaults
    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_RATIO = "maxLimitRequestRatio"


class _Bound:
    """One amount of a LimitRange."""

    __slots__ = ("amount", "at", "key", "limit_range", "name")

    def __init__(self, limit_range: Resource, at: Path, key: str, name: str, amount: Fraction) -> None:
        self.limit_range = limit_range
        self.at = (*at, key, name)
        self.key = key
        self.name = name
        self.amount = amount

    def finding(self, resource: Resource, path: Path, message: str) -> Finding:
        """Return the finding for an amount at ``path`` that the bound forbids."""
        fault = invalid("XQTA005", path, message, f"stay within {self.limit_range}, or change it")
        return Finding(resource, fault, [(self.limit_range, self.at, "the bound")])


def _bounds(limit_range: Resource, kind: str) -> Iterator[_Bound]:
    for index, limit in mappings(limit_range.value, "spec", "limits"):
        if text(limit, "type") == kind:
            for key in ("min", "max", _RATIO):
                for name, value in part(limit, key).items():
                    amount = exact(value)
                    if amount is not None:
                        yield _Bound(limit_range, ("spec", "limits", index), key, name, amount)


def out_of_bounds(resources: Resources) -> Iterator[Finding]:
    """Yield what a LimitRange of the namespace keeps the server from taking."""
    for namespace, filled in defaults(resources).items():
        for limit_range in filter(is_placed, filled.ranges):
            of_containers, of_pods = list(_bounds(limit_range, "Container")), list(_bounds(limit_range, "Pod"))
            for each in resources.workloads(namespace):
                if each.template is None or each.kind == "PodTemplate":
                    continue
                for at, container in each.template.containers("containers", "initContainers"):
                    for bound in of_containers:
                        amounts = asked(container, bound.name, filled)
                        yield from _compared(each, (*at, "resources"), part(container, "resources"), bound, amounts)
                for bound in of_pods:
                    sums = tuple(total(each.template, key, bound.name, filled) or None for key in (REQUESTS, LIMITS))
                    at = (*each.template.at_spec, "containers")
                    yield from _compared(each, at, {}, bound, (sums[0], sums[1]))
    yield from _claims(resources)


def _compared(
    resource: Resource,
    at: Path,
    given: Mapping[str, Any],
    bound: _Bound,
    amounts: tuple[Fraction | None, Fraction | None],
) -> Iterator[Finding]:
    """Yield the fault of a request and a limit that are not within ``bound``."""
    request, limit = amounts
    what = bound.name if given or at[-1] == "resources" else f"{bound.name} of all containers together"

    def place(key: str) -> Path:
        return (*at, key, bound.name) if bound.name in part(given, key) else at

    if bound.key == "min":
        if request is None:
            yield bound.finding(resource, at, f"must request {what}: `{shown(bound.amount, bound.name)}` or more")
            return
        key, value = (REQUESTS, request) if request < bound.amount else (LIMITS, limit)
        if value is not None and value < bound.amount:
            yield bound.finding(resource, place(key), _said(key, what, value, "below the least", bound))
    elif bound.key == "max":
        if limit is None:
            yield bound.finding(resource, at, f"must limit {what}: to `{shown(bound.amount, bound.name)}` or less")
            return
        key, value = (LIMITS, limit) if limit > bound.amount else (REQUESTS, request)
        if value is not None and value > bound.amount:
            yield bound.finding(resource, place(key), _said(key, what, value, "above the most", bound))
    elif not request or not limit:
        yield bound.finding(resource, at, f"must have a request and a limit of {what}, so that they can be compared")
    elif limit / request > bound.amount:
        times = f"{float(limit / request):g}"
        message = f"has a limit of {what} that is {times} times the request, and {bound.amount} times is the most"
        yield bound.finding(resource, at, message)


def _said(key: str, what: str, value: Fraction, how: str, bound: _Bound) -> str:
    word = "requests" if key == REQUESTS else "limits"
    return f"{word} {what} to `{shown(value, bound.name)}`, {how}, which is `{shown(bound.amount, bound.name)}`"


def _claims(resources: Resources) -> Iterator[Finding]:
    """Yield claims for volumes that are too small or too large."""
    for limit_range in resources.of("", "LimitRange"):
        known = _bounds(limit_range, "PersistentVolumeClaim") if is_placed(limit_range) else ()
        bounds = [bound for bound in known if bound.name == "storage"]
        for claim in resources.of("", "PersistentVolumeClaim") if bounds else ():
            given = exact(part(claim.spec, "resources", "requests").get("storage"))
            if claim.namespace != limit_range.namespace or given is None:
                continue
            at = ("spec", "resources", "requests", "storage")
            for bound in bounds:
                if bound.key == "min" and given < bound.amount:
                    yield bound.finding(claim, at, f"is below the least, which is `{shown(bound.amount, 'storage')}`")
                elif bound.key == "max" and given > bound.amount:
                    yield bound.finding(claim, at, f"is above the most, which is `{shown(bound.amount, 'storage')}`")


def requests_above_defaults(resources: Resources) -> Iterator[Finding]:
    """Yield containers without a limit whose request is above the limit that a LimitRange fills in."""
    for namespace, filled in defaults(resources).items():
        for each in resources.workloads(namespace) if filled.limits else ():
            if each.template is None or each.kind == "PodTemplate":
                continue
            for at, container in each.template.containers("containers", "initContainers"):
                yield from _above(each, at, container, filled)


def _above(resource: Resource, at: Path, container: Mapping[str, Any], filled: Defaults) -> Iterator[Finding]:
    limits = part(container, "resources", LIMITS)
    for name, value in part(container, "resources", REQUESTS).items():
        request = exact(value)
        if request is None or name in limits or name not in filled.limits:
            continue
        most, source, where = filled.limits[name]
        if request > most and "max" not in where and is_placed(source):
            message = f"is `{value}`, but {source} fills in a limit of `{shown(most, name)}`: its pods are refused"
            path = (*at, "resources", REQUESTS, name)
            fault = invalid("XQTA006", path, message, "set a limit too, as high as the request or higher")
            yield Finding(resource, fault, [(source, where, "filled in from here")])


DEFAULT = (out_of_bounds, requests_above_defaults)
STRICT = ()
OFF = ()
