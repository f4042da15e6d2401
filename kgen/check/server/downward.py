"""
Rules of the API server about what a pod may read of itself: ``fieldRef`` and ``resourceFieldRef`` in volumes.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from kgen.check.server.amounts import amount
from kgen.check.server.errors import invalid, required, unsupported
from kgen.check.server.texts import qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.diag import Path

IN_VOLUMES = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")
_WITH_SUBSCRIPT = frozenset({"metadata.annotations", "metadata.labels"})
_ELSEWHERE = frozenset(
    {
        *("spec.nodeName", "spec.host", "spec.restartPolicy", "spec.serviceAccountName", "spec.schedulerName"),
        *("status.phase", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"),
    }
)
"""Fields that the server knows, but not for volumes."""

_AMOUNTS = ("cpu", "ephemeral-storage", "memory")
RESOURCES = tuple(f"{part}.{name}" for part in ("limits", "requests") for name in _AMOUNTS)
_HUGE_PAGES = ("limits.hugepages-", "requests.hugepages-")
_DECIMAL = frozenset({"1k", "1M", "1G", "1T", "1P", "1E"})
_BINARY = frozenset({"1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"})
_DECIMAL_AMOUNTS = frozenset(map(amount, _DECIMAL))
_BINARY_AMOUNTS = frozenset(map(amount, _BINARY))


def field_faults(reference: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the ``fieldRef`` at ``at`` of a volume."""
    path = reference.get("fieldPath") or ""
    version = reference.get("apiVersion") or "v1"
    if not path:
        yield required("VOL025", (*at, "fieldPath"))
    elif version != "v1":
        yield invalid("VOL025", (*at, "fieldPath"), f"must be one of API version `v1`, but is of `{version}`")
    elif path.endswith("']") and "['" in path[1:]:
        yield from _subscripted(path, at)
    elif path in IN_VOLUMES:
        return
    elif path in _ELSEWHERE:
        yield unsupported("VOL025", (*at, "fieldPath"), path, IN_VOLUMES)
    else:
        yield invalid("VOL025", (*at, "fieldPath"), f"must name a field that pods may read, but is `{path}`")


def _subscripted(path: str, at: Path) -> Iterator[Fault]:
    field, _, key = path[:-2].partition("['")
    if field not in _WITH_SUBSCRIPT:
        message = f"must have a key only after `metadata.annotations` or `metadata.labels`, but is `{path}`"
        yield invalid("VOL025", (*at, "fieldPath"), message)
    elif wrong := qualified_name(key.lower() if field == "metadata.annotations" else key):
        yield invalid("VOL025", at, f"has a key that {wrong}")


def resource_faults(reference: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the ``resourceFieldRef`` at ``at`` of a volume."""
    resource = reference.get("resource") or ""
    if not reference.get("containerName"):
        yield required("VOL026", (*at, "containerName"), "since a volume belongs to no container")
    elif not resource:
        yield required("VOL026", (*at, "resource"))
    elif resource not in RESOURCES and not resource.startswith(_HUGE_PAGES):
        yield unsupported("VOL026", (*at, "resource"), resource, RESOURCES)
    else:
        divisor = reference.get("divisor")
        if divisor is not None and not _divides(resource.partition(".")[2], str(divisor)):
            wanted = "`1m` or `1`" if resource.endswith(".cpu") else "`1`, `1k` to `1E`, or `1Ki` to `1Ei`"
            yield invalid("VOL026", (*at, "divisor"), f"must be {wanted} for `{resource}`, but is `{divisor}`")


def _divides(resource: str, divisor: str) -> bool:
    """Tell whether the server takes ``divisor``, which it compares in its shortest form; 0 is no divisor at all."""
    given = amount(divisor)
    if given in (0, 1):
        return True
    if resource == "cpu":
        return given == amount("1m") and "e" not in divisor.lower()
    if divisor.rstrip().endswith("i"):
        return given in _BINARY_AMOUNTS
    return given in _DECIMAL_AMOUNTS and not any(sign in divisor[:-1].lower() for sign in "e")
