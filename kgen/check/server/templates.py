"""Rules of the API server that workloads share: counts, and selectors that have to match the pods of the workload."""

from __future__ import annotations

from kgen.check.fault import Fault, Keyword, short
from kgen.check.server import selectors
from kgen.check.server.errors import invalid, required
from kgen.check.server.kinds import entries, part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.server.kinds import Context
    from kgen.diag import Path


def not_negative(row: str, value: Mapping[str, Any], keys: Iterable[str], at: Path) -> Sequence[Fault]:
    """Return each of ``keys`` that is less than 0."""
    return [
        invalid(row, (*at, key), f"must be at least 0, but is {number}")
        for key in keys
        if (number := value.get(key)) is not None and number < 0
    ]


def selector_faults(spec: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what is wrong with the selector of a workload in ``apps/v1``, also if it does not match the template."""
    selector = spec.get("selector")
    if selector is None:
        if context.kind == "DaemonSet":
            yield mismatch(spec)
        else:
            yield required("WRK002", ("spec", "selector"))
        return
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield invalid("WRK003", ("spec", "selector"), f"must select something, but is empty in this {context.kind}")
        return
    wrong = tuple(selectors.label_selector(selector, ("spec", "selector"), context))
    yield from wrong
    if not wrong and not selectors.matches(selector, template_labels(spec)):
        yield mismatch(spec)


def template_labels(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the labels of the template of a workload."""
    return part(part(part(spec, "template"), "metadata"), "labels")


def mismatch(spec: Mapping[str, Any]) -> Fault:
    """Return the fault of a selector that does not match the labels of the template."""
    labels, selector = template_labels(spec), part(spec, "selector")
    wanted = selector if "matchExpressions" in selector else selector.get("matchLabels") or selector
    found = f"are `{short(dict(labels))}`" if labels else "there are none"
    wants = f", `{short(dict(wanted))}`" if wanted else ""
    message = f"must match the `selector` of the workload{wants}, but {found}"
    return invalid("WRK004", ("spec", "template", "metadata", "labels"), message)


def strategy_type(row: str, at: Path, kind: str, allowed: str) -> Fault:
    """Return the fault of a strategy whose type is unknown; the server names the strategy, not the type."""
    message = f"must have the type {allowed}, but has `{short(kind)}`"
    return Fault(keyword=Keyword.UNSUPPORTED, path=at, message=message, row=row)


def writable_disks(spec: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield each disk of Google Cloud that several pods would write to."""
    for index, volume in enumerate(entries(part(part(spec, "template"), "spec"), "volumes")):
        disk = (volume or {}).get("gcePersistentDisk")
        if disk is not None and not disk.get("readOnly"):
            at = ("spec", "template", "spec", "volumes", index, "gcePersistentDisk", "readOnly")
            yield invalid("WRK027", at, "must be `true` for a disk of more than one pod")
