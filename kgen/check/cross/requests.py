"""
What pods ask for: requests and limits as exact numbers, with the defaults that the server fills in.

Source: https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/limitranger/admission.go
"""

from __future__ import annotations

from kgen.check.reading import mappings, part, text
from kgen.check.server.amounts import amount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.check.templates import Template
    from kgen.diag import Path

REQUESTS, LIMITS = "requests", "limits"
NOTHING = amount(0)


def exact(value: Any) -> Fraction | None:
    """Return the amount of a quantity, or ``None`` if it is none."""
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return None
    try:
        return amount(value)
    except ValueError:
        return None


def shown(value: Fraction, name: str = "") -> str:
    """
    Return an amount as people write it.

    >>> from fractions import Fraction
    >>> shown(Fraction(3, 2), "cpu"), shown(Fraction(3 * 2**29), "memory"), shown(Fraction(2))
    ('1500m', '1536Mi', '2')
    """
    if value.denominator != 1:
        return f"{float(value * 1000):g}m"
    if "memory" in name or "storage" in name:
        for power, sign in ((4, "Ti"), (3, "Gi"), (2, "Mi"), (1, "Ki")):
            if value and value % 1024**power == 0:
                return f"{value / 1024**power}{sign}"
    return str(value)


def is_placed(resource: Resource) -> bool:
    """
    Tell whether an object says itself which namespace it is for.

    Where it does not, objects that are never in one namespace may look as if they were.
    """
    return bool(text(resource.value, "metadata", "namespace"))


class Defaults:
    """What the LimitRanges of a namespace fill into containers that do not say it."""

    __slots__ = ("limits", "ranges", "requests")

    def __init__(self, ranges: Sequence[Resource]) -> None:
        self.ranges = ranges
        self.limits: dict[str, tuple[Fraction, Resource, Path]] = {}
        """Resource → amount, the LimitRange, and the place in it."""

        self.requests: dict[str, tuple[Fraction, Resource, Path]] = {}
        for each in ranges:
            for index, limit in mappings(each.value, "spec", "limits"):
                if text(limit, "type") == "Container":
                    at = ("spec", "limits", index)
                    self._take(self.limits, each, limit, at, ("default", "max"))
                    self._take(self.requests, each, limit, at, ("defaultRequest", "default", "max", "min"))

    @staticmethod
    def _take(
        into: dict[str, tuple[Fraction, Resource, Path]],
        source: Resource,
        limit: Mapping[str, Any],
        at: Path,
        keys: Sequence[str],
    ) -> None:
        for key in keys:
            for name, value in part(limit, key).items():
                given = exact(value)
                if given is not None:
                    into.setdefault(name, (given, source, (*at, key, name)))


def defaults(resources: Resources) -> Mapping[str, Defaults]:
    """Return namespace → what its LimitRanges fill in, for the namespaces that have some."""
    ranges: dict[str, list[Resource]] = {}
    for each in resources.of("", "LimitRange"):
        ranges.setdefault(each.namespace, []).append(each)
    return {namespace: Defaults(found) for namespace, found in ranges.items()}


def asked(container: Mapping[str, Any], name: str, filled: Defaults | None) -> tuple[Fraction | None, Fraction | None]:
    """Return the request and the limit of a container, as the server has them in the end."""
    resources = part(container, "resources")
    request = exact(part(resources, REQUESTS).get(name))
    limit = exact(part(resources, LIMITS).get(name))
    if request is None:
        request = limit  # before LimitRanges are looked at
    if filled is not None:
        if limit is None and name in filled.limits:
            limit = filled.limits[name][0]
        if request is None and name in filled.requests:
            request = filled.requests[name][0]
    return request, limit


def of_pod(template: Template, key: str, name: str) -> Fraction | None:
    """Return what the pod as a whole asks for, if it says so itself."""
    if "resources" not in template.spec:  # a new field, which few pods have
        return None
    resources = part(template.spec, "resources")
    given = exact(part(resources, key).get(name))
    return exact(part(resources, LIMITS).get(name)) if given is None and key == REQUESTS else given


def total(template: Template, key: str, name: str, filled: Defaults | None) -> Fraction:
    """
    Return what a pod of ``template`` asks for: all containers together, or the init containers if they need more.

    Args:
        key: ``REQUESTS`` or ``LIMITS``.
        name: As ``memory``.
    """
    whole = of_pod(template, key, name)
    if whole is not None:
        return whole
    index = 0 if key == REQUESTS else 1
    together = sum((asked(each, name, filled)[index] or NOTHING for _, each in template.serving()), NOTHING)
    beside, peak = NOTHING, NOTHING
    for _, each in template.containers("initContainers"):
        needed = asked(each, name, filled)[index] or NOTHING
        peak = max(peak, beside + needed)
        if text(each, "restartPolicy") == "Always":
            beside += needed
    return max(together, peak)
