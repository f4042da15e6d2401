"""Rules of the API server about Services; ``families`` and ``exposure`` have those about addresses and the outside."""

from __future__ import annotations

from kgen.check.server import exposure, families, selectors
from kgen.check.server.errors import duplicate, forbidden, invalid, required, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.ports import PROTOCOLS, number, number_or_name
from kgen.check.server.texts import dns_label, dns_subdomain, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

    Version = tuple[int, int]

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_AFFINITIES = ("ClientIP", "None")
_INTERNAL_POLICIES = ("Cluster", "Local")
_LONGEST_AFFINITY = 86400
_PLAIN = frozenset({"ports", "selector", "type"})
_PLAIN_PORT = frozenset({"name", "port", "protocol", "targetPort"})
"""Fields that most Services have; all others are looked at only where there is one of them."""

_SINCE_DISTRIBUTION = (1, 31)
"""The version that has the field on; an older one drops it."""

_DISTRIBUTIONS = {"PreferClose": (1, 31), "PreferSameNode": (1, 34), "PreferSameZone": (1, 34)}
_MODE = "service.kubernetes.io/topology-mode"
_HINTS = "service.kubernetes.io/topology-aware-hints"


def service(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a Service."""
    spec = part(value, "spec")
    annotations = part(part(value, "metadata"), "annotations")
    of_type = spec.get("type") or "ClusterIP"
    ports = [port or {} for port in entries(spec, "ports")]
    if not ports and of_type != "ExternalName" and not families.is_headless(spec):
        yield required("SVC001", ("spec", "ports"), "unless `clusterIP` is `None` or `type` is `ExternalName`")
    if of_type not in _TYPES:
        yield unsupported("SVC002", ("spec", "type"), of_type, _TYPES)
    if of_type == "ExternalName":
        yield from _external_name(spec.get("externalName") or "")
    if not _are_plain(ports):
        yield from _ports(ports, of_type)
    for fault in selectors.labels(part(spec, "selector"), ("spec", "selector")):
        yield invalid("SVC017", fault.path, fault.message)
    is_plain = _PLAIN.issuperset(spec)
    if not is_plain:
        yield from _affinity(spec)
        yield from _choices(spec, context.version)
        yield from families.faults(spec, of_type, context)
    if not is_plain or exposure.RANGES in annotations:
        yield from exposure.faults(spec, annotations, of_type, context)
    if _MODE in annotations and _HINTS in annotations and annotations[_MODE] != annotations[_HINTS]:
        message = f"must be as at `{_HINTS}`, `{annotations[_HINTS]}`, but is `{annotations[_MODE]}`"
        yield invalid("SVC036", ("metadata", "annotations", _MODE), message)
    if not is_plain:
        yield from _warnings(spec, of_type, context.version)


def _are_plain(ports: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether no port can be wrong: all have plain fields, right values, and names and numbers of their own."""
    names: set[str] = set()
    numbers: set[tuple[int, str]] = set()
    for port in ports:
        name, own, protocol = port.get("name"), port.get("port") or 0, port.get("protocol") or "TCP"
        if not _PLAIN_PORT.issuperset(port) or number(own) or protocol not in PROTOCOLS or (own, protocol) in numbers:
            return False
        if (target := port.get("targetPort")) and number_or_name(target):
            return False
        if dns_label(name) or name in names if name else len(ports) > 1:
            return False
        names.add(name or "")
        numbers.add((own, protocol))
    return True


def _external_name(name: str) -> Iterator[Fault]:
    at = ("spec", "externalName")
    if not (bare := name.removesuffix(".")):
        yield required("SVC004", at, "with type `ExternalName`")
    elif wrong := dns_subdomain(bare):
        yield invalid("SVC004", at, wrong)


def _ports(ports: Sequence[Mapping[str, Any]], of_type: str) -> Iterator[Fault]:
    names: set[str] = set()
    seen: set[tuple[int, str]] = set()
    for index, port in enumerate(ports):
        at = ("spec", "ports", index)
        yield from _port_name(port.get("name") or "", names, (*at, "name"), is_required=len(ports) > 1)
        yield from _port(port, at)
        key = (port.get("port") or 0, port.get("protocol") or "TCP")
        if key in seen:
            yield duplicate("SVC010", at, f"{key[0]}/{key[1]}")
        seen.add(key)
        if of_type == "ClusterIP" and port.get("nodePort"):
            yield forbidden("SVC014", (*at, "nodePort"), "may not be set with type `ClusterIP`")
    yield from _node_ports(ports, is_allocated=of_type in ("NodePort", "LoadBalancer"))


def _port_name(name: str, names: set[str], at: Path, *, is_required: bool) -> Iterator[Fault]:
    if not name:
        if is_required:
            yield required("SVC006", at, "as there is more than one port")
    elif wrong := dns_label(name):
        yield invalid("SVC007", at, wrong)
    elif name in names:
        yield duplicate("SVC008", at, name)
    names.add(name)


def _port(port: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    own = port.get("port") or 0
    if wrong := number(own):
        yield invalid("SVC009", (*at, "port"), wrong)
    protocol = port.get("protocol") or "TCP"
    if protocol not in PROTOCOLS:
        yield unsupported("SVC011", (*at, "protocol"), protocol, PROTOCOLS)
    # without a target the port itself is one, and was reported already
    if (target := port.get("targetPort")) and (wrong := number_or_name(target)):
        yield invalid("SVC012", (*at, "targetPort"), wrong)
    application = port.get("appProtocol")
    if application is not None and (wrong := qualified_name(application)):
        yield invalid("SVC013", (*at, "appProtocol"), wrong)


def _node_ports(ports: Sequence[Mapping[str, Any]], *, is_allocated: bool) -> Iterator[Fault]:
    """Yield node ports that are used twice. One that is allocated can serve two protocols of one port."""
    seen: dict[Any, tuple[str, int]] = {}
    for index, port in enumerate(ports):
        if not (node_port := port.get("nodePort")):
            continue
        protocol, own = port.get("protocol") or "TCP", port.get("port") or 0
        key = node_port if is_allocated else (node_port, protocol)
        if key in seen and (not is_allocated or seen[key][1] != own or seen[key][0] == protocol):
            yield duplicate("SVC015", ("spec", "ports", index, "nodePort"), node_port)
        seen.setdefault(key, (protocol, own))


def _affinity(spec: Mapping[str, Any]) -> Iterator[Fault]:
    affinity = spec.get("sessionAffinity") or "None"
    if affinity not in _AFFINITIES:
        yield unsupported("SVC018", ("spec", "sessionAffinity"), affinity, _AFFINITIES)
    if affinity == "ClientIP":
        seconds = part(part(spec, "sessionAffinityConfig"), "clientIP").get("timeoutSeconds")
        if seconds is not None and not 1 <= seconds <= _LONGEST_AFFINITY:
            at = ("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds")
            yield invalid("SVC019", at, f"must be between 1 and {_LONGEST_AFFINITY}, but is {seconds}")


def _choices(spec: Mapping[str, Any], version: Version) -> Iterator[Fault]:
    policy = spec.get("internalTrafficPolicy")
    if policy is not None and policy not in _INTERNAL_POLICIES:
        yield unsupported("SVC034", ("spec", "internalTrafficPolicy"), policy, _INTERNAL_POLICIES)
    distribution = spec.get("trafficDistribution")
    if distribution is not None and version >= _SINCE_DISTRIBUTION:
        known = [name for name, since in _DISTRIBUTIONS.items() if version >= since]
        if distribution not in known:
            yield unsupported("SVC035", ("spec", "trafficDistribution"), distribution, known)


def _warnings(spec: Mapping[str, Any], of_type: str, version: Version) -> Iterator[Fault]:
    """Yield what the server takes, but warns about."""
    is_headless = families.is_headless(spec)
    if is_headless:
        for key in ("loadBalancerIP", "externalIPs"):
            if spec.get(key):
                yield forbidden("SVC037", ("spec", key), "is ignored by a headless Service")
        if (spec.get("sessionAffinity") or "None") != "None":
            yield forbidden("SVC037", ("spec", "sessionAffinity"), "is ignored by a headless Service")
    if of_type != "ExternalName" and spec.get("externalName"):
        yield forbidden("SVC038", ("spec", "externalName"), f"is ignored with type `{of_type}`")
    if version >= (1, 36) and spec.get("externalIPs") and not is_headless and of_type != "ExternalName":
        yield forbidden("SVC039", ("spec", "externalIPs"), "is deprecated, and will stop working")
    if version >= (1, 34) and spec.get("trafficDistribution") == "PreferClose":
        yield forbidden("SVC040", ("spec", "trafficDistribution"), "has the deprecated value `PreferClose`")
