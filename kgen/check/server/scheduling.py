"""Rules of the API server about pods: scheduling."""

from __future__ import annotations

from kgen.check.server.kinds import entries, part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path


def faults(
    spec: Mapping[str, Any], at: Path, context: Context, labels: Mapping[str, Any] | None = None
) -> Iterator[Fault]:
    """Yield what the server refuses about the pod at ``at``; ``labels`` are those of a Pod, none of a template."""
    if value := spec.get("tolerations"):
        from kgen.check.server.tolerations import tolerations  # noqa: PLC0415  # most pods tolerate nothing

        yield from tolerations(value, (*at, "tolerations"))
    if value := spec.get("affinity"):
        from kgen.check.server.affinity import affinity  # noqa: PLC0415  # most pods go to any node

        yield from affinity(value, (*at, "affinity"), context, labels or {})
    if value := spec.get("topologySpreadConstraints"):
        from kgen.check.server.spread import constraints  # noqa: PLC0415  # as above

        yield from constraints(value, (*at, "topologySpreadConstraints"), context, labels or {})


def storage_class(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield the deprecated labels of nodes that a StorageClass asks for."""
    from kgen.check.server.affinity import deprecated  # noqa: PLC0415  # few classes ask for a node

    del context
    for index, term in enumerate(entries(value, "allowedTopologies")):
        for number, expression in enumerate(entries(term or {}, "matchLabelExpressions")):
            at = ("allowedTopologies", index, "matchLabelExpressions", number, "key")
            yield from deprecated((expression or {}).get("key") or "", at)


def runtime_class(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield the deprecated labels of nodes that a RuntimeClass asks for; the server names only the map."""
    from kgen.check.server.affinity import deprecated  # noqa: PLC0415  # as above

    del context
    for key in part(part(value, "scheduling"), "nodeSelector"):
        yield from deprecated(key, ("scheduling", "nodeSelector"))
