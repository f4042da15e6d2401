"""Rules of the API server about kinds that keep pods running; StatefulSet has a module of its own."""

from __future__ import annotations

from kgen.check.server import pod, rolling, selectors, templates
from kgen.check.server.errors import forbidden, invalid, required
from kgen.check.server.kinds import part
from kgen.check.server.stateful import stateful_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context

__all__ = ["daemon_set", "deployment", "replica_set", "replication_controller", "stateful_set"]

_DEPLOYMENT_STRATEGIES = frozenset({"Recreate", "RollingUpdate"})
_DAEMON_SET_STRATEGIES = frozenset({"OnDelete", "RollingUpdate"})
_PROGRESS_SECONDS = 600
"""The default of a Deployment's ``progressDeadlineSeconds``."""


def replication_controller(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a ReplicationController."""
    spec = part(value, "spec")
    yield from templates.not_negative("WRK001", spec, ("replicas",), ("spec",))
    yield from templates.not_negative("WRK005", spec, ("minReadySeconds",), ("spec",))
    template = spec.get("template")
    labels = part(part(template or {}, "metadata"), "labels")
    selector = part(spec, "selector") or labels
    if not selector:
        yield required("WRK024", ("spec", "selector"), "if the template has no labels to take in its place")
    if template is None:
        yield required("WRK025", ("spec", "template"))
        return
    if not selectors.matches({"matchLabels": selector}, labels):
        yield templates.mismatch(spec)
    if (spec.get("replicas") or 0) > 1:
        yield from templates.writable_disks(spec)
    yield from pod.template(template, ("spec", "template"), context)


def deployment(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a Deployment."""
    spec = part(value, "spec")
    yield from _common(spec, context)
    yield from templates.not_negative("WRK006", spec, ("revisionHistoryLimit",), ("spec",))
    yield from _progress_deadline(spec)
    yield from _strategy(part(spec, "strategy"))


def replica_set(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a ReplicaSet."""
    yield from _common(part(value, "spec"), context)


def daemon_set(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a DaemonSet."""
    spec = part(value, "spec")
    yield from _common(spec, context)
    yield from templates.not_negative("WRK006", spec, ("revisionHistoryLimit",), ("spec",))
    strategy = part(spec, "updateStrategy")
    kind = strategy.get("type") or "RollingUpdate"
    if kind not in _DAEMON_SET_STRATEGIES:
        yield templates.strategy_type("WRK013", ("spec", "updateStrategy"), kind, "`OnDelete` or `RollingUpdate`")
    elif kind == "RollingUpdate" and (rolled := strategy.get("rollingUpdate")):
        yield from rolling.daemon_set(rolled, ("spec", "updateStrategy", "rollingUpdate"))


def _common(spec: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    yield from templates.not_negative("WRK001", spec, ("replicas",), ("spec",))
    yield from templates.not_negative("WRK005", spec, ("minReadySeconds",), ("spec",))
    yield from templates.selector_faults(spec, context)
    if context.kind == "DaemonSet" or (spec.get("replicas") or 0) > 1:
        yield from templates.writable_disks(spec)
    yield from pod.template(part(spec, "template"), ("spec", "template"), context)


def _progress_deadline(spec: Mapping[str, Any]) -> Iterator[Fault]:
    seconds = spec.get("progressDeadlineSeconds")
    seconds = _PROGRESS_SECONDS if seconds is None else seconds
    ready = spec.get("minReadySeconds") or 0
    if seconds < 0 or seconds <= ready:
        message = f"must be more than `minReadySeconds`, which is {ready}, but is {seconds}"
        yield invalid("WRK007", ("spec", "progressDeadlineSeconds"), message)


def _strategy(strategy: Mapping[str, Any]) -> Iterator[Fault]:
    at = ("spec", "strategy")
    kind = strategy.get("type") or "RollingUpdate"
    rolled = strategy.get("rollingUpdate")
    if kind not in _DEPLOYMENT_STRATEGIES:
        yield templates.strategy_type("WRK008", at, kind, "`Recreate` or `RollingUpdate`")
    elif kind == "Recreate" and rolled is not None:
        yield forbidden("WRK009", (*at, "rollingUpdate"), "may not be set with `type: Recreate`")
    elif kind == "RollingUpdate" and rolled:
        yield from rolling.deployment(rolled, (*at, "rollingUpdate"))
