"""
What KEDA scales, and how it asks for the numbers.

Source: https://keda.sh/docs/latest/reference/scaledobject-spec/
"""

from __future__ import annotations

from kgen.check.cross.near import dangling
from kgen.check.cross.resources import Finding
from kgen.check.reading import mappings, number, part, text
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.cross.resources import Resources

GROUP = "keda.sh"
_MOST_BY_DEFAULT = 100


def _missing_credentials(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    for kind in ("ScaledObject", "ScaledJob"):
        for scaled in resources.of(GROUP, kind):
            for index, trigger in mappings(scaled.value, "spec", "triggers"):
                reference = part(trigger, "authenticationRef")
                how = text(reference, "kind") or "TriggerAuthentication"
                namespace = scaled.namespace if how == "TriggerAuthentication" else ""
                at = ("spec", "triggers", index, "authenticationRef", "name")
                wanted = (GROUP, how, namespace, text(reference, "name"))
                yield from dangling("XMON006", resources, scaled, at, wanted, evident=evident)


def missing_credentials(resources: Resources) -> Iterator[Finding]:
    """Yield the TriggerAuthentications that are not there; what is scaled is looked for with all other autoscalers."""
    yield from _missing_credentials(resources, evident=True)


def possibly_missing_credentials(resources: Resources) -> Iterator[Finding]:
    """Yield those that are not there, if nothing tells that it should be."""
    yield from _missing_credentials(resources, evident=False)


def crossed_bounds(resources: Resources) -> Iterator[Finding]:
    """Yield the ScaledObjects with a minimum above the maximum."""
    for kind in ("ScaledObject", "ScaledJob"):
        for scaled in resources.of(GROUP, kind):
            least = number(scaled.value, "spec", "minReplicaCount")
            most = number(scaled.value, "spec", "maxReplicaCount")
            if least is not None and least > (_MOST_BY_DEFAULT if most is None else most):
                shown = f"{most}" if most is not None else f"{_MOST_BY_DEFAULT}, by default"
                message = f"is {least}, but `maxReplicaCount` is only {shown}"
                fault = invalid("XMON008", ("spec", "minReplicaCount"), message, "lower it, or raise `maxReplicaCount`")
                place = ("spec",) if most is None else ("spec", "maxReplicaCount")
                yield Finding(scaled, fault, [(scaled, place, "the upper bound")])


DEFAULT = (missing_credentials, crossed_bounds)
STRICT = (possibly_missing_credentials,)
OFF = ()
