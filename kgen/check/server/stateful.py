"""Rules of the API server about StatefulSets."""

from __future__ import annotations

from kgen.check.fault import field
from kgen.check.server import pod, rolling, templates
from kgen.check.server.errors import invalid, required, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import dns_label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context

_STRATEGIES = frozenset({"OnDelete", "RollingUpdate"})
_MANAGEMENTS = frozenset({"OrderedReady", "Parallel"})
_RETENTIONS = frozenset({"Delete", "Retain"})
_SINCE_RETENTION = (1, 27)
_SINCE_ORDINALS = (1, 27)
_SINCE_SERVICE_NAME = (1, 33)
_SINCE_TEMPLATE = (1, 34)
_SINCE_CLAIMS = (1, 35)
_SINCE_UNAVAILABLE = (1, 37)
"""The version that has `maxUnavailable` on for good; an older one drops it."""


def stateful_set(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a StatefulSet."""
    spec = part(value, "spec")
    yield from templates.not_negative("WRK001", spec, ("replicas",), ("spec",))
    yield from templates.not_negative("WRK005", spec, ("minReadySeconds",), ("spec",))
    yield from templates.selector_faults(spec, context)
    yield from _strategy(part(spec, "updateStrategy"), context)
    yield from _rest(spec, context)
    claims = entries(spec, "volumeClaimTemplates")
    template = part(spec, "template")
    if context.version < _SINCE_TEMPLATE:
        yield from pod.outline(template, ("spec", "template"), context)
        return
    yield from pod.template(_with_volumes(template, claims), ("spec", "template"), context)
    if claims and context.version >= _SINCE_CLAIMS:
        from kgen.check.server import storage  # noqa: PLC0415  # many StatefulSets keep nothing

        for index, claim in enumerate(claims):
            at = ("spec", "volumeClaimTemplates", index, "spec")
            yield from storage.claim_spec(part(claim or {}, "spec"), at, context)


def _strategy(strategy: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    at = ("spec", "updateStrategy")
    kind = strategy.get("type") or "RollingUpdate"
    rolled = strategy.get("rollingUpdate")
    if kind not in _STRATEGIES:
        yield invalid("WRK016", at, f"must have the type `OnDelete` or `RollingUpdate`, but has `{kind}`")
    elif kind == "OnDelete" and rolled is not None:
        yield invalid("WRK017", (*at, "rollingUpdate"), "may only be set with `type: RollingUpdate`, not `OnDelete`")
    elif rolled:
        yield from templates.not_negative("WRK018", rolled, ("partition",), (*at, "rollingUpdate"))
        if context.version >= _SINCE_UNAVAILABLE:
            yield from rolling.stateful_set(rolled, (*at, "rollingUpdate"))


def _rest(spec: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    management = spec.get("podManagementPolicy")
    if management and management not in _MANAGEMENTS:
        message = f"must be `OrderedReady` or `Parallel`, but is `{management}`"
        yield invalid("WRK015", ("spec", "podManagementPolicy"), message)
    limit = spec.get("revisionHistoryLimit")
    if limit is not None and limit < 0:
        message = f"is {limit}, which keeps every revision for ever"
        yield invalid("WRK026", ("spec", "revisionHistoryLimit"), message, "leave it out to keep 10")
    yield from _claims(spec, context)
    if context.version >= _SINCE_ORDINALS:
        yield from templates.not_negative("WRK021", part(spec, "ordinals"), ("start",), ("spec", "ordinals"))
    name = spec.get("serviceName")
    if name and context.version >= _SINCE_SERVICE_NAME and (wrong := dns_label(name)):
        yield invalid("WRK022", ("spec", "serviceName"), wrong)


def _claims(spec: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    if context.version >= _SINCE_RETENTION and (policy := part(spec, "persistentVolumeClaimRetentionPolicy")):
        for key in ("whenDeleted", "whenScaled"):
            if (what := policy.get(key)) and what not in _RETENTIONS:
                yield unsupported("WRK020", ("spec", "persistentVolumeClaimRetentionPolicy", key), what, _RETENTIONS)
    if context.version < _SINCE_TEMPLATE:
        return
    for index, claim in enumerate(entries(spec, "volumeClaimTemplates")):
        at = ("spec", "volumeClaimTemplates", index, "metadata", "name")
        # the server looks at the volumes that it makes of them
        named = field(("spec", "template", "spec", "volumes", index, "name"))
        if not (name := part(claim or {}, "metadata").get("name")):
            yield required("WRK023", at).named(named)
        elif wrong := dns_label(name):
            yield invalid("WRK023", at, wrong).named(named)


def _with_volumes(template: Mapping[str, Any], claims: Sequence[Any]) -> Mapping[str, Any]:
    """Return ``template`` with a volume for each claim template, in place of volumes of the same name."""
    names = {name for claim in claims if (name := part(claim or {}, "metadata").get("name")) and not dns_label(name)}
    if not names:
        return template
    spec = part(template, "spec")
    made = {name: {"name": name, "persistentVolumeClaim": {"claimName": name}} for name in sorted(names)}
    volumes = [made.pop(own, volume) for volume in entries(spec, "volumes") for own in [(volume or {}).get("name")]]
    return {**template, "spec": {**spec, "volumes": [*volumes, *made.values()]}}
