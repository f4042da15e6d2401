"""Rules of the API server about the classes that others name: of storage, volumes, priorities, runtimes, drivers."""

from __future__ import annotations

from kgen.check.server.errors import duplicate, forbidden, invalid, required, too_long, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.overhead import overhead
from kgen.check.server.selectors import labels
from kgen.check.server.texts import dns_label, qualified_name
from kgen.check.server.tolerations import tolerations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_MOST_PARAMETERS = 512
_MOST_PARAMETER_BYTES = 256 * 1024
_MOST_PRIORITY = 1_000_000_000
_SYSTEM = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}
_SHORTEST_TOKEN = 600
_LONGEST_TOKEN = 1 << 32
_SHORTEST_UPDATE = 10
_SINCE_UPDATES = (1, 35)
"""The version that has the field on; an older one drops it."""

PREEMPTIONS = ("PreemptLowerPriority", "Never")
RECLAIMS = ("Delete", "Retain")
BINDINGS = ("Immediate", "WaitForFirstConsumer")
GROUP_POLICIES = ("File", "None", "ReadWriteOnceWithFSType")
LIFECYCLES = ("Ephemeral", "Persistent")


def storage_class(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a StorageClass."""
    del context
    yield from _driver("CLS005", value.get("provisioner") or "", ("provisioner",))
    yield from _parameters("CLS006", part(value, "parameters"))
    if (policy := value.get("reclaimPolicy")) and policy not in RECLAIMS:
        yield unsupported("CLS007", ("reclaimPolicy",), policy, RECLAIMS)
    if (mode := value.get("volumeBindingMode")) is not None and mode not in BINDINGS:
        yield unsupported("CLS008", ("volumeBindingMode",), mode, BINDINGS)
    yield from _topologies(value)


def _driver(row: str, name: str, at: Path) -> Iterator[Fault]:
    if not name:
        yield required(row, at)
    elif wrong := qualified_name(name.lower()):
        yield invalid(row, at, wrong)


def _parameters(row: str, parameters: Mapping[str, Any]) -> Iterator[Fault]:
    at = ("parameters",)
    if len(parameters) > _MOST_PARAMETERS:
        yield too_long(row, at, _MOST_PARAMETERS, len(parameters), "entries")
    if "" in parameters:
        yield invalid(row, at, "must not have an empty key")
    length = sum(_bytes(key) + _bytes(text or "") for key, text in parameters.items())
    if length > _MOST_PARAMETER_BYTES:
        yield too_long(row, at, _MOST_PARAMETER_BYTES, length, "bytes")


def _bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))


def _topologies(value: Mapping[str, Any]) -> Iterator[Fault]:
    seen: list[Mapping[str, frozenset[str]]] = [{}]
    for index, term in enumerate(entries(value, "allowedTopologies")):
        at = ("allowedTopologies", index, "matchLabelExpressions")
        places: dict[str, frozenset[str]] = {}
        for number, entry in enumerate(entries(term or {}, "matchLabelExpressions")):
            yield from _expression(entry or {}, (*at, number), places)
        if places in seen:
            yield duplicate("CLS009", at, ", ".join(places))
        seen.append(places)


def _expression(expression: Mapping[str, Any], at: Path, places: dict[str, frozenset[str]]) -> Iterator[Fault]:
    values = [value or "" for value in entries(expression, "values")]
    if not values:
        yield required("CLS009", (*at, "values"))
    for index, value in enumerate(values):
        if value in values[:index]:
            yield duplicate("CLS009", (*at, "values", index), value)
    key = expression.get("key") or ""
    if wrong := qualified_name(key):
        yield invalid("CLS009", (*at, "key"), wrong)
    if key in places:
        yield duplicate("CLS009", (*at, "key"), key)
    places[key] = frozenset(values)


def volume_attributes_class(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a VolumeAttributesClass."""
    del context
    yield from _driver("CLS010", value.get("driverName") or "", ("driverName",))
    if not value.get("parameters"):
        yield required("CLS010", ("parameters",), "at least one")
    yield from _parameters("CLS010", part(value, "parameters"))


def csi_driver(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a CSIDriver."""
    spec = part(value, "spec")
    audiences: set[str] = set()
    for index, entry in enumerate(entries(spec, "tokenRequests")):
        audience, seconds = (entry or {}).get("audience") or "", (entry or {}).get("expirationSeconds")
        at = ("spec", "tokenRequests", index)
        if audience in audiences:
            yield duplicate("CLS012", (*at, "audience"), audience)
        audiences.add(audience)
        if seconds is not None and not _SHORTEST_TOKEN <= seconds <= _LONGEST_TOKEN:
            message = f"must be between {_SHORTEST_TOKEN} and {_LONGEST_TOKEN}, but is {seconds}"
            yield invalid("CLS012", (*at, "expirationSeconds"), message)
    if (policy := spec.get("fsGroupPolicy")) is not None and policy not in GROUP_POLICIES:
        yield unsupported("CLS013", ("spec", "fsGroupPolicy"), policy, GROUP_POLICIES)
    for mode in dict.fromkeys(mode or "" for mode in entries(spec, "volumeLifecycleModes")):
        if mode not in LIFECYCLES:
            yield unsupported("CLS014", ("spec", "volumeLifecycleModes"), mode, LIFECYCLES)
    seconds = spec.get("nodeAllocatableUpdatePeriodSeconds")
    if seconds is not None and seconds < _SHORTEST_UPDATE and context.version >= _SINCE_UPDATES:
        message = f"must be at least {_SHORTEST_UPDATE}, but is {seconds}"
        yield invalid("CLS015", ("spec", "nodeAllocatableUpdatePeriodSeconds"), message)


def priority_class(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a PriorityClass."""
    del context
    metadata = part(value, "metadata")
    name = metadata.get("name") or metadata.get("generateName") or ""
    number = value.get("value") or 0
    if name.startswith("system-"):
        if _SYSTEM.get(name) != number or value.get("globalDefault"):
            message = f"is `{name}`, but names that start with `system-` belong to Kubernetes"
            yield forbidden("CLS001", ("metadata", "name"), message)
    elif number > _MOST_PRIORITY:
        yield forbidden("CLS002", ("value",), f"must be at most {_MOST_PRIORITY}, but is {number}")
    policy = value.get("preemptionPolicy")
    if policy == "":
        yield required("CLS003", ("preemptionPolicy",))
    elif policy is not None and policy not in PREEMPTIONS:
        yield unsupported("CLS003", ("preemptionPolicy",), policy, PREEMPTIONS)


def runtime_class(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a RuntimeClass."""
    handler = value.get("handler") or ""
    if not handler:
        yield required("CLS011", ("handler",))
    elif wrong := dns_label(handler):
        yield invalid("CLS011", ("handler",), wrong)
    if fixed := part(part(value, "overhead"), "podFixed"):
        yield from overhead(fixed, ("overhead",), context)
    scheduling = part(value, "scheduling")
    yield from labels(part(scheduling, "nodeSelector"), ("scheduling", "nodeSelector"))
    tolerated = entries(scheduling, "tolerations")
    yield from tolerations(tolerated, ("scheduling", "tolerations"))
    for index, toleration in enumerate(tolerated):
        if toleration in tolerated[:index]:
            yield duplicate("CLS016", ("scheduling", "tolerations", index), toleration)
