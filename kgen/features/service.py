"""
Service: a stable name and address for a component's pods.

Emits one Service of type ClusterIP for every component that has ports; it targets ports by name, so that a
changed number is changed in one place. Ports that are `public` get a Service of their own beside it, of type
LoadBalancer or NodePort: what is reached from outside is only what the app file says.

Source: https://kubernetes.io/docs/concepts/services-networking/service/
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from annotated_types import Interval
from pydantic import Field

from kgen.addresses import Cidr
from kgen.k8s import Manifest, Target, manifest
from kgen.labels import LabelKey
from kgen.record import dataclass
from kgen.scalars import AppProtocol, Port
from kgen.source import Node
from kgen.spec import REPLACED_WHOLE, Spec

NodePort: TypeAlias = Annotated[int, Interval(ge=30000, le=32767)]
"""A port of every node, in the range that clusters have by default."""


class Public(Spec):
    """How a port is reached from outside. `load-balancer` is short for `{type: load-balancer}`."""

    type: Literal["load-balancer", "node-port"]
    """`load-balancer`: an address of its own, which the cloud or MetalLB gives; `node-port`: a port of every node."""

    node_port: NodePort | None = None
    """Number of the port of every node, for `node-port`; the cluster chooses one if left out."""

    source_ranges: tuple[Cidr, ...] = ()
    """Only from these addresses, for `load-balancer` (`loadBalancerSourceRanges`)."""

    external_traffic_policy: Literal["Cluster", "Local"] | None = None
    """`Local`: the pod sees the address of the client, and only nodes with a pod answer; `Cluster` by default."""

    annotations: dict[LabelKey, str] = Field(default_factory=dict)
    """Annotations of the Service, for what only one cloud knows."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return node if node.is_mapping else cls.only(node, type=node)


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

    public: Annotated[Public | None, REPLACED_WHOLE] = None
    """Reach the port from outside without a route, as `load-balancer` or `node-port`."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPort:
    """A port of such a Service."""

    name: str
    number: int
    protocol: str
    app_protocol: str | None
    node_port: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicService:
    """A Service that is reached from outside."""

    name: str
    type: Literal["LoadBalancer", "NodePort"]
    ports: tuple[PublicPort, ...]
    source_ranges: tuple[str, ...] = ()
    keeps_client: bool = False
    """Whether pods see the address of the client (`externalTrafficPolicy: Local`)."""

    annotations: Mapping[str, str]


RULES = ()


def emit(ports: tuple[ServicePort, ...], target: Target) -> Iterator[Manifest]:
    """Build the Service in front of ``target``'s pods."""
    entries = [_entry(port.name, port.service_port, port.protocol, port.app_protocol) for port in ports]
    yield manifest("v1", "Service", target, spec={"selector": target.selector, "ports": entries})


def outside(services: tuple[PublicService, ...], target: Target) -> Iterator[Manifest]:
    """Build the public Services in front of ``target``'s pods."""
    for service in services:
        spec: dict[str, Any] = {"type": service.type}
        if service.keeps_client:
            spec["externalTrafficPolicy"] = "Local"
        if service.source_ranges:
            spec["loadBalancerSourceRanges"] = list(service.source_ranges)
        spec["selector"] = target.selector
        spec["ports"] = [
            _entry(port.name, port.number, port.protocol, port.app_protocol, port.node_port) for port in service.ports
        ]
        yield manifest("v1", "Service", target, name=service.name, annotations=service.annotations, spec=spec)


def _entry(
    name: str, number: int, protocol: str, app_protocol: str | None, node_port: int | None = None
) -> dict[str, str | int]:
    entry: dict[str, str | int] = {"name": name, "port": number, "targetPort": name}
    if node_port:
        entry["nodePort"] = node_port
    if protocol != "TCP":
        entry["protocol"] = protocol
    if app_protocol:
        entry["appProtocol"] = app_protocol
    return entry
