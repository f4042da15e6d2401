"""
Service: a stable name and address for a component's pods.

Emits one Service of type ClusterIP for every component that has ports; it targets ports by name, so that a
changed number is changed in one place.

Source: https://kubernetes.io/docs/concepts/services-networking/service/
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kgen.k8s import Manifest, Target, manifest
from kgen.scalars import AppProtocol, Port
from kgen.source import Node
from kgen.spec import Later, Spec


class PortSpec(Spec):
    """A port that a component listens on. A number is short for `{port: …}`."""

    port: Port
    """Number in the container (`containerPort`)."""

    service_port: Port | None = None
    """Number of the Service (`spec.ports[].port`); the container's by default."""

    protocol: Literal["TCP", "UDP", "SCTP"] = "TCP"
    """Transport protocol."""

    app_protocol: AppProtocol | None = None
    """Hint for meshes and gateways (`appProtocol`), as `http` or `grpc`."""

    public: Later = None
    """Reach the port from outside without a route (LoadBalancer, NodePort)."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return node if node.is_mapping else cls.only(node, port=node)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePort:
    """One port with every question answered."""

    name: str
    port: int
    service_port: int
    protocol: str
    app_protocol: str | None


RULES = ()


def emit(ports: tuple[ServicePort, ...], target: Target) -> Iterator[Manifest]:
    """Build the Service in front of ``target``'s pods."""
    entries = []
    for port in ports:
        entry: dict[str, str | int] = {"name": port.name, "port": port.service_port, "targetPort": port.name}
        if port.protocol != "TCP":
            entry["protocol"] = port.protocol
        if port.app_protocol:
            entry["appProtocol"] = port.app_protocol
        entries.append(entry)
    yield manifest("v1", "Service", target, spec={"selector": target.selector, "ports": entries})
