"""
Rules of the API server about the resources of a pod as a whole, and the claims that its containers share.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from kgen.check.fault import field
from kgen.check.server.amounts import amount
from kgen.check.server.errors import duplicate, forbidden, invalid, required, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.quantities import requirement_faults
from kgen.check.server.texts import dns_label, dns_subdomain, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_SINCE = (1, 34)
"""The version that has resources of pods on; an older one drops them."""

_SUPPORTED = ("cpu", "hugepages-", "memory")
_HUGE = "hugepages-"
_SOURCES = ("resourceClaimName", "resourceClaimTemplateName")


def claims(claims: Sequence[Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the resource claims of a pod."""
    seen: set[str] = set()
    for index, entry in enumerate(claims):
        claim = entry or {}
        here = (*at, index)
        name = claim.get("name") or ""
        if not name:
            yield required("RES012", (*here, "name"))
        elif name in seen:
            yield duplicate("RES012", (*here, "name"), name)
        elif wrong := dns_label(name):
            yield invalid("RES012", (*here, "name"), wrong)
        seen.add(name)
        given = [key for key in _SOURCES if claim.get(key) is not None]
        if len(given) != 1:
            which = "both" if given else "none"
            yield invalid("RES012", here, f"must have one of `{_SOURCES[0]}` and `{_SOURCES[1]}`, but has {which}")
        for key in given:
            if wrong := dns_subdomain(claim[key]):
                yield invalid("RES012", (*here, key), wrong)


def pod_level(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with the resources of the pod at ``at`` as a whole."""
    resources = spec.get("resources")
    if resources is None or context.version < _SINCE:
        return
    here = (*at, "resources")
    if part(spec, "os").get("name") == "windows":
        yield forbidden("RES017", here, "may not be set for a pod that runs on Windows")
    if resources.get("claims"):
        yield forbidden("RES016", (*here, "claims"), "may not be set for a whole pod, only for its containers")
    for key in ("limits", "requests"):
        for name in part(resources, key):
            yield from _name(name, (*here, key, name))
    for fault in requirement_faults(resources, here):
        if fault.row != "RES008":  # of a Pod the server fills in the limit
            yield fault
    yield from _sums(spec, resources, here, is_pod=context.kind == "Pod")
    yield from _limits(spec, part(resources, "limits"), here)


def _name(name: str, at: Path) -> Iterator[Fault]:
    if wrong := qualified_name(name):
        yield invalid("RES001", at, f"has a name that {wrong}")
    elif name not in _SUPPORTED and not name.startswith(_HUGE):
        yield unsupported("RES013", at, name, _SUPPORTED)


def _sums(spec: Mapping[str, Any], resources: Mapping[str, Any], at: Path, *, is_pod: bool) -> Iterator[Fault]:
    """Yield resources of which the containers ask for more than the pod has."""
    given = part(resources, "requests")
    total = _total(spec, is_pod=is_pod) if given else {}
    for name, value in given.items():
        if name in total and total[name] > amount(value):
            message = f"must be at least what the containers request together, {_shown(total[name])}, but is `{value}`"
            yield invalid("RES014", (*at, "requests", name), message)
    for name, value in part(resources, "limits").items():
        if name.startswith(_HUGE):
            most = _total(spec, is_pod=False, key="limits").get(name)
            if most is not None and most > amount(value):
                message = f"must be at least the limits of the containers together, {_shown(most)}, but is `{value}`"
                yield invalid("RES014", (*at, "limits", name), message)


def _shown(value: Fraction) -> str:
    return f"`{value.numerator}`" if value.denominator == 1 else f"`{float(value):g}`"


def _limits(spec: Mapping[str, Any], limits: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if not limits:
        return
    for index, container in enumerate(entries(spec, "containers")):
        for name, value in part(part(container or {}, "resources"), "limits").items():
            if name in limits and not name.startswith(_HUGE) and amount(value) > amount(limits[name]):
                path = (*at[:-1], "containers", index, "resources", "limits", name)
                message = f"must be at most that of the pod, `{limits[name]}`, but is `{value}`"
                yield invalid("RES015", path, message).named(f"{field((*at, 'containers', index))}[{name}].limits")


def _total(spec: Mapping[str, Any], *, is_pod: bool, key: str = "requests") -> Mapping[str, Fraction]:
    """
    Return what the containers ask for together: init containers one after the other, sidecars beside all that follow.

    Args:
        spec: Of the pod.
        is_pod: The server has put the limits where a Pod has no requests; it does not do so in templates.
        key: Or ``limits``.
    """
    total: dict[str, Fraction] = {}
    for container in entries(spec, "containers"):
        _add(total, _asked(container or {}, key, is_pod=is_pod))
    sidecars: dict[str, Fraction] = {}
    peak: dict[str, Fraction] = {}
    for container in entries(spec, "initContainers"):
        asked = _asked(container or {}, key, is_pod=is_pod)
        is_sidecar = (container or {}).get("restartPolicy") == "Always"
        if is_sidecar:
            _add(total, asked)
            _add(sidecars, asked)
        now = dict(sidecars)
        if not is_sidecar:
            _add(now, asked)
        for name, value in now.items():
            peak[name] = max(value, peak.get(name, value))
    for name, value in peak.items():
        total[name] = max(value, total.get(name, value))
    return total


def _asked(container: Mapping[str, Any], key: str, *, is_pod: bool) -> Mapping[str, Any]:
    resources = part(container, "resources")
    asked = part(resources, key)
    return {**part(resources, "limits"), **asked} if is_pod else asked


def _add(total: dict[str, Fraction], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        given = amount(value)
        total[name] = total[name] + given if name in total else given
