"""What is there only once on a node, or in a cluster: host ports, node ports, addresses of Services."""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.reading import entries, mappings, number, part, text, texts
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.check.templates import Template
    from kgen.diag import Path

_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  # what a manifest may say

_MOST = 50
"""So many other takers of a port are looked at."""


class _Port:
    """A port of a node that a workload takes."""

    __slots__ = ("at", "host", "is_shared", "owner")

    def __init__(self, owner: Resource, at: Path, host: str, *, is_shared: bool) -> None:
        self.owner = owner
        self.at = at
        self.host = host
        self.is_shared = is_shared
        """It is taken by `hostNetwork`, not by `hostPort`."""


def host_port_clashes(resources: Resources) -> Iterator[Finding]:
    """Yield the host ports of a DaemonSet that another workload takes on the same nodes."""
    yield from _clashes(resources, is_certain=True)


def possible_host_port_clashes(resources: Resources) -> Iterator[Finding]:
    """Yield the host ports that keep pods from being on one node: of two workloads, or of several replicas."""
    yield from _clashes(resources, is_certain=False)
    for resource in resources.of("apps", "Deployment"):
        template = resource.template
        replicas = number(resource.value, "spec", "replicas")
        if template is None or replicas == 0:
            continue
        for _, port in _host_ports(resource, template):
            reason = _needs_more_nodes(resource, 1 if replicas is None else replicas)
            if reason:
                row = "XPORT008" if port.is_shared else "XPORT007"
                out = "use a Service, a DaemonSet, or `maxSurge: 0` with fewer replicas than nodes"
                yield Finding(resource, invalid(row, port.at, f"is one per node, {reason}", out))
                break


def _needs_more_nodes(resource: Resource, replicas: int) -> str:
    if replicas > 1:
        return f"but `replicas` is {replicas}: each pod needs a node of its own"
    if text(resource.value, "spec", "strategy", "type") == "Recreate":
        return ""
    surge = part(resource.value, "spec", "strategy", "rollingUpdate").get("maxSurge", "25%")
    return (
        "" if surge in (0, "0%", "0") else "but `maxSurge` lets a rollout start a second pod before the first one ends"
    )


def _clashes(resources: Resources, *, is_certain: bool) -> Iterator[Finding]:
    taken: dict[tuple[int, str], list[_Port]] = {}
    for workload in resources.all_workloads():
        if workload.template is None or not _may_take_ports(workload.template):
            continue
        for key, port in _host_ports(workload, workload.template):
            earlier = taken.setdefault(key, [])
            other = next((each for each in earlier[:_MOST] if _clash(each, port, is_certain=is_certain)), None)
            earlier.append(port)
            if other is not None:
                row = "XPORT008" if port.is_shared or other.is_shared else "XPORT007"
                message = f"takes port {key[0]}/{key[1]} of the node, as {other.owner} does"
                out = "give one of them another port, or node selectors that exclude each other"
                yield Finding(workload, invalid(row, port.at, message, out), [(other.owner, other.at, "taken here")])


def _host_ports(workload: Resource, template: Template) -> Iterator[tuple[tuple[int, str], _Port]]:
    is_shared = template.spec.get("hostNetwork") is True
    for at, container in template.serving():
        for index, port in mappings(container, "ports"):
            own = port.get("hostPort")
            taken = own or (port.get("containerPort") if is_shared else None)
            if isinstance(taken, int) and taken > 0:
                place = (*at, "ports", index, "hostPort" if own else "containerPort")
                key = (taken, text(port, "protocol") or "TCP")
                yield key, _Port(workload, place, text(port, "hostIP"), is_shared=not own or is_shared)


def _may_take_ports(template: Template) -> bool:
    """Tell whether it is worth looking: hardly any workload takes ports of its node."""
    if template.spec.get("hostNetwork") is True:
        return True
    for _, container in template.serving():
        for port in entries(container, "ports") if "ports" in container else ():
            if isinstance(port, dict) and "hostPort" in port:
                return True
    return False


def _clash(one: _Port, other: _Port, *, is_certain: bool) -> bool:
    mine, yours = one.owner, other.owner
    if (mine.kind, mine.name) == (yours.kind, yours.name):
        return False  # one thing in several variants, or for several clusters
    if (one.host not in _EVERYWHERE and other.host not in _EVERYWHERE) and one.host != other.host:
        return False
    has_daemon = "DaemonSet" in (mine.kind, yours.kind)
    lasts = all(each.kind not in ("Job", "CronJob", "Pod", "PodTemplate") for each in (mine, yours))
    return (has_daemon and lasts) is is_certain and _may_share_a_node(mine, yours)


def _may_share_a_node(one: Resource, other: Resource) -> bool:
    if one.template is None or other.template is None:
        return False
    mine, yours = one.template.spec, other.template.spec
    if any(
        part(each, "affinity", "nodeAffinity") or part(each, "affinity", "podAntiAffinity") for each in (mine, yours)
    ):
        return False
    names = text(mine, "nodeName"), text(yours, "nodeName")
    if all(names) and names[0] != names[1]:
        return False
    wanted, others = texts(part(mine, "nodeSelector")), texts(part(yours, "nodeSelector"))
    if wanted == others:
        return True
    # pools are told apart by labels of many names: only where one runs on all nodes they certainly meet
    special = {key for key in (*wanted, *others) if key != "kubernetes.io/os"}
    return all(others.get(key, value) == value for key, value in wanted.items()) and not special


def node_port_clashes(resources: Resources) -> Iterator[Finding]:
    """
    Yield the node ports that two Services ask for. The server hands out numbers, whatever the protocol.

    Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/registry/core/service/portallocator/allocator.go
    """
    taken: dict[int, tuple[Resource, Path]] = {}
    for service in resources.of("", "Service"):
        for path, wanted in _node_ports(service.spec):
            other, at = taken.setdefault(wanted, (service, path))
            if _differ(other, service):
                message = f"is {wanted}, which {other} has already"
                out = "leave it out, and the server chooses a free one, or choose another"
                yield Finding(service, invalid("XPORT009", path, message, out), [(other, at, "taken here")])


def _node_ports(spec: Mapping[str, Any]) -> Iterator[tuple[Path, int]]:
    for index, port in mappings(spec, "ports"):
        wanted = port.get("nodePort")
        if isinstance(wanted, int) and wanted:
            yield ("spec", "ports", index, "nodePort"), wanted
    wanted = spec.get("healthCheckNodePort")
    if isinstance(wanted, int) and wanted:
        yield ("spec", "healthCheckNodePort"), wanted


def address_clashes(resources: Resources) -> Iterator[Finding]:
    """Yield the addresses that two Services ask for."""
    taken: dict[Any, tuple[Resource, Path]] = {}
    for service in resources.of("", "Service"):
        for path, address, key in _addresses(service.spec):
            other, at = taken.setdefault(key, (service, path))
            if _differ(other, service):
                what = "" if len(key) == 1 else f" for the port {key[1]}/{key[2]}"
                message = f"is `{address}`, which {other} has already{what}"
                out = "leave it out, and a free one is chosen, or choose another"
                yield Finding(service, invalid("XPORT010", path, message, out), [(other, at, "taken here")])
                break


def _addresses(spec: Mapping[str, Any]) -> Iterator[tuple[Path, str, tuple[Any, ...]]]:
    address = spec.get("clusterIP")
    if isinstance(address, str) and address not in ("", "None"):
        yield ("spec", "clusterIP"), address, (address,)
    for index, each in enumerate(entries(spec, "clusterIPs")):
        if isinstance(each, str) and each not in ("", "None", address):
            yield ("spec", "clusterIPs", index), each, (each,)
    address = spec.get("loadBalancerIP")
    if isinstance(address, str) and address:
        for _, port in mappings(spec, "ports"):
            yield ("spec", "loadBalancerIP"), address, (address, port.get("port"), text(port, "protocol") or "TCP")


def _differ(one: Resource, other: Resource) -> bool:
    """Tell whether two Services are neither one, nor the same one for two environments."""
    return one is not other and one.name != other.name


DEFAULT = (host_port_clashes, node_port_clashes, address_clashes)
STRICT = (possible_host_port_clashes,)
OFF = ()
