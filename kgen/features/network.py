"""
Network: who may open a connection to a component, and to whom it may open one.

Emits one NetworkPolicy per component, and one for the release. Only declared edges are open: routes from outside,
references (`${components.web.url}`) between components, backing services, DNS. What nobody refers to accepts nothing.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kgen.k8s import Manifest, Target, manifest
from kgen.scalars import Name, Port
from kgen.spec import Spec


class Dns(Spec):
    """Where pods ask for names. Without this, they may ask any server at port 53."""

    namespace: Name = "kube-system"
    """Namespace of the cluster's DNS; `openshift-dns` on OpenShift."""

    port: Port = 53
    """Port that its pods listen on; 5353 on OpenShift."""


class NetworkChoices(Spec):
    """Who may connect to whom, for all apps."""

    policies: bool = True
    """Whether NetworkPolicies are made at all."""

    egress: Literal["deny", "internet", "allow"] = "deny"
    """Connections that components may open beyond the declared ones: none, to the internet (HTTPS and HTTP), or all."""

    dns: Dns | None = None
    """Only this DNS may be asked; not for clusters with NodeLocal DNSCache, which answers on no pod's address."""


RULES = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """
    Who is at the other end: pods, or addresses.

    Pods are found by labels, in the app's own namespace or in the one that is named; without labels, all pods of that
    namespace are meant. A peer with a ``cidr`` is addresses, and nothing else of it is read.
    """

    pods: Mapping[str, str] = field(default_factory=dict)
    """Labels."""

    namespace: str = ""
    """Name of another namespace; empty: the app's own."""

    cidr: str = ""
    besides: tuple[str, ...] = ()
    """Ranges within ``cidr`` that are not meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPort:
    """A port of who is called: its name (the component's own ports), or a number in the pod, not of the Service."""

    port: int | str
    protocol: str = "TCP"
    last: int | None = None
    """End of a range of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Connections that are open: between the component and any of the peers, at any of the ports."""

    peers: tuple[Peer, ...] = ()
    """Empty: anybody, anywhere."""

    ports: tuple[PeerPort, ...] = ()
    """Empty: every port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """
    All connections of a component that are open.

    Another feature that has its pods called (Prometheus and the port of metrics) or makes them call somebody adds an
    ``Edge``, in ``resolve.network.incoming`` or ``.outgoing``.
    """

    incoming: tuple[Edge, ...]
    outgoing: tuple[Edge, ...] | None
    """``None``: nothing is said about outgoing connections, so all are open."""


def emit(access: Access, target: Target) -> Iterator[Manifest]:
    """Build the NetworkPolicy around ``target``'s pods."""
    spec: dict[str, Any] = {"podSelector": {"matchLabels": target.selector}, "policyTypes": ["Ingress"]}
    if access.outgoing is not None:
        spec["policyTypes"].append("Egress")
    if access.incoming:
        spec["ingress"] = [_rule(edge, "from") for edge in access.incoming]
    if access.outgoing:
        spec["egress"] = [_rule(edge, "to") for edge in access.outgoing]
    yield manifest("networking.k8s.io/v1", "NetworkPolicy", target, spec=spec)


def _rule(edge: Edge, direction: str) -> dict[str, Any]:
    rule: dict[str, Any] = {direction: [_peer(peer) for peer in edge.peers]} if edge.peers else {}
    if edge.ports:
        rule["ports"] = [_port(port) for port in edge.ports]
    return rule


def _peer(peer: Peer) -> dict[str, Any]:
    if peer.cidr:
        return {"ipBlock": {"cidr": peer.cidr} | ({"except": list(peer.besides)} if peer.besides else {})}
    made: dict[str, Any] = {}
    if peer.namespace:
        made["namespaceSelector"] = {"matchLabels": {"kubernetes.io/metadata.name": peer.namespace}}
    if peer.pods or not peer.namespace:
        made["podSelector"] = {"matchLabels": dict(peer.pods)} if peer.pods else {}
    return made


def _port(port: PeerPort) -> dict[str, Any]:
    made: dict[str, Any] = {} if port.protocol == "TCP" else {"protocol": port.protocol}
    made["port"] = port.port
    return made if port.last is None else made | {"endPort": port.last}
