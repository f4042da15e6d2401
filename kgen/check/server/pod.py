"""Rules of the API server about pods and pod templates as a whole; their parts have modules of their own."""

from __future__ import annotations

from kgen.check.fault import field
from kgen.check.server import containers, dns, resources, scheduling, security, volumes
from kgen.check.server.errors import duplicate, forbidden, invalid, required, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.metadata import template_metadata
from kgen.check.server.texts import dns_subdomain, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, TypeAlias

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

    Check: TypeAlias = Callable[[Mapping[str, Any], Path, Context], Iterator[Fault]]

_RESTARTS = frozenset({"Always", "OnFailure", "Never"})
_JOB_RESTARTS = frozenset({"OnFailure", "Never"})
_JOBS = frozenset({"Job", "CronJob"})
_STEADY = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController"})
"""Kinds whose pods run for ever."""

_PREEMPTIONS = frozenset({"Never", "PreemptLowerPriority"})
_SYSTEM_CLASSES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""The priority classes that every cluster has."""

_SINCE_GATES = (1, 27)
_LONGEST_DEADLINE = 2**31 - 1


def pod(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a Pod."""
    spec = part(value, "spec")
    yield from pod_spec(spec, ("spec",), context, part(part(value, "metadata"), "labels"))
    yield from volumes.pod(value, context)
    yield from _admission(spec)
    if spec.get("nodeName") and spec.get("schedulingGates") and context.version >= _SINCE_GATES:
        yield forbidden("POD028", ("spec", "nodeName"), "may not be set with `schedulingGates`")


def pod_template(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a PodTemplate."""
    yield from template(part(value, "template"), ("template",), context)


def template(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the pod template at ``at`` of a workload."""
    if metadata := value.get("metadata"):
        yield from template_metadata(metadata, (*at, "metadata"), context)
    yield from pod_spec(part(value, "spec"), (*at, "spec"), context)


def outline(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what older servers refuse about the template of a StatefulSet: they do not look into its containers."""
    yield from template_metadata(part(value, "metadata"), (*at, "metadata"), context)
    spec = part(value, "spec")
    for key, check in (("restartPolicy", _restart_policy), ("activeDeadlineSeconds", _active_deadline)):
        if key in spec:
            yield from check(spec, (*at, "spec"), context)


def pod_spec(
    spec: Mapping[str, Any], at: Path, context: Context, labels: Mapping[str, Any] | None = None
) -> Iterator[Fault]:
    """
    Yield what the server refuses about the pod at ``at``, wherever it stands.

    Args:
        labels: Those of a Pod that is created as such; none of a template's.
    """
    for key in spec:
        if check := _FIELDS.get(key):
            yield from check(spec, at, context)
    if context.kind in _JOBS and not spec.get("restartPolicy"):
        yield required("POD003", (*at, "restartPolicy"), f"as `Never` or `OnFailure` in a {context.kind}")
    yield from containers.faults(spec, at, context)
    if "volumes" in spec:
        yield from volumes.faults(spec, at, context)
    yield from resources.faults(spec, at, context)
    yield from security.faults(spec, at, context)
    yield from scheduling.faults(spec, at, context, labels)


def _restart_policy(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    value = spec["restartPolicy"]
    if not value:
        return
    if context.kind in _STEADY:
        if value != "Always":
            yield unsupported("POD002", (*at, "restartPolicy"), value, ("Always",))
    elif context.kind in _JOBS:
        if value not in _JOB_RESTARTS:
            yield unsupported("POD003", (*at, "restartPolicy"), value, _JOB_RESTARTS)
    elif value not in _RESTARTS:
        yield unsupported("POD001", (*at, "restartPolicy"), value, _RESTARTS)


def _active_deadline(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    value = spec["activeDeadlineSeconds"]
    if value is None:
        return
    at = (*at, "activeDeadlineSeconds")
    if context.kind in _STEADY:
        yield forbidden("POD005", at, f"may not be set in a {context.kind}, whose pods run for ever")
    elif not 1 <= value <= _LONGEST_DEADLINE:
        yield invalid("POD004", at, f"must be between 1 and {_LONGEST_DEADLINE}, but is {value}")


def _subdomain(row: str, key: str) -> Check:
    """Return the check of a field that names another object."""

    def check(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
        del context
        value = spec[key]
        if value and (wrong := dns_subdomain(value)):
            yield invalid(row, (*at, key), wrong)

    return check


def _old_service_account(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    if not spec.get("serviceAccountName") and (value := spec["serviceAccount"]) and (wrong := dns_subdomain(value)):
        yield invalid("POD016", (*at, "serviceAccount"), wrong).named(field((*at, "serviceAccountName")))


def _runtime_class(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    value = spec["runtimeClassName"]
    if value is not None and (wrong := dns_subdomain(value)):
        yield invalid("POD022", (*at, "runtimeClassName"), wrong)


def _preemption_policy(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    value = spec["preemptionPolicy"]
    if value is None or value in _PREEMPTIONS:
        return
    at = (*at, "preemptionPolicy")
    if value or context.kind == "Pod":
        yield unsupported("POD021", at, value, _PREEMPTIONS)
    else:
        yield required("POD021", at, "if it is set at all")


def _overhead(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    from kgen.check.server.overhead import overhead  # noqa: PLC0415  # hardly any pod has one

    if (value := spec["overhead"]) is not None:
        yield from overhead(value, (*at, "overhead"), context)


def _pull_secrets(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    seen = set()
    for index, secret in enumerate(entries(spec, "imagePullSecrets")):
        name = (secret or {}).get("name") or ""
        if not name:
            yield invalid("POD025", (*at, "imagePullSecrets", index, "name"), "is empty, so the entry does nothing")
        elif name in seen:
            yield duplicate("POD025", (*at, "imagePullSecrets", index, "name"), name)
        seen.add(name)


def _readiness_gates(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    del context
    for index, gate in enumerate(entries(spec, "readinessGates")):
        if wrong := qualified_name((gate or {}).get("conditionType") or ""):
            yield invalid("POD026", (*at, "readinessGates", index, "conditionType"), wrong)


def _scheduling_gates(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if context.version < _SINCE_GATES:
        return
    seen = set()
    for index, gate in enumerate(entries(spec, "schedulingGates")):
        name = (gate or {}).get("name") or ""
        if wrong := qualified_name(name):
            yield invalid("POD027", (*at, "schedulingGates", index), f"has a `name` that {wrong}")
        if name in seen:
            yield duplicate("POD027", (*at, "schedulingGates", index), name)
        seen.add(name)


def _grace_period(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    value = spec["terminationGracePeriodSeconds"]
    if value is not None and value < 0 and context.kind != "Pod":
        message = f"must be at least 0, but is {value}, which counts as 1"
        yield invalid("POD029", (*at, "terminationGracePeriodSeconds"), message)


def _node_selector(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    from kgen.check.server.affinity import node_labels  # noqa: PLC0415  # most pods go to any node

    del context
    yield from node_labels(part(spec, "nodeSelector"), (*at, "nodeSelector"))


def _admission(spec: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what the admission plugins of every cluster refuse about a Pod; they do not judge templates."""
    name = spec.get("priorityClassName")
    if not name or name in _SYSTEM_CLASSES:
        known = _SYSTEM_CLASSES.get(name or "", 0)
        whose = f"with `priorityClassName: {name}`" if name else "without `priorityClassName`"
        if (priority := spec.get("priority")) is not None and priority != known:
            yield forbidden("POD020", ("spec", "priority"), f"must be {known} {whose}, but is {priority}")
        if spec.get("preemptionPolicy") == "Never":
            yield forbidden("POD021", ("spec", "preemptionPolicy"), f"may not be `Never` {whose}")
    if spec.get("overhead") is not None and spec.get("runtimeClassName") is None:
        yield forbidden("POD023", ("spec", "overhead"), "may not be set in a Pod without `runtimeClassName`")


_FIELDS: Mapping[str, Check] = {
    "restartPolicy": _restart_policy,
    "activeDeadlineSeconds": _active_deadline,
    "dnsPolicy": dns.policy,
    "dnsConfig": dns.config,
    "hostname": dns.hostname,
    "subdomain": dns.subdomain,
    "hostnameOverride": dns.hostname_override,
    "hostAliases": dns.host_aliases,
    "serviceAccountName": _subdomain("POD016", "serviceAccountName"),
    "serviceAccount": _old_service_account,
    "nodeName": _subdomain("POD017", "nodeName"),
    "nodeSelector": _node_selector,
    "priorityClassName": _subdomain("POD019", "priorityClassName"),
    "preemptionPolicy": _preemption_policy,
    "runtimeClassName": _runtime_class,
    "overhead": _overhead,
    "imagePullSecrets": _pull_secrets,
    "readinessGates": _readiness_gates,
    "schedulingGates": _scheduling_gates,
    "terminationGracePeriodSeconds": _grace_period,
}
"""The check of each field of a pod; it is asked only if the field is there, if only as null."""
