"""
Network: who may open a connection to a component, and to whom it may open one.

Emits one NetworkPolicy per component, and one for the release. Only declared edges are open: routes from outside,
references (`${components.web.url}`) between components, backing services, DNS. What nobody refers to accepts nothing.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from kgen.addresses import Cidr, is_within
from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.k8s import Manifest, Target, manifest
from kgen.labels import LabelKey, LabelValue
from kgen.record import dataclass, field
from kgen.scalars import Name, Port, PortName
from kgen.source import Node
from kgen.spec import Spec


class PeerPortSpec(Spec):
    """A port of who is called. A number is short for `{port: …}`."""

    port: Port
    """Number in the pod or of the server; that of a Service means nothing here."""

    end_port: Port | None = None
    """Last number of a range that starts at `port`."""

    protocol: Literal["TCP", "UDP", "SCTP"] = "TCP"
    """Transport protocol."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return node if node.is_mapping else cls.only(node, port=node)


class EgressPeer(Spec):
    """Whom a component may call. `internet` is short for `{to: internet}`, `10.0.0.0/8` for `{cidr: …}`."""

    to: Literal["internet", "anywhere"] | None = None
    """`internet`: HTTPS and HTTP to public addresses, or the `ports` given; `anywhere`: all addresses."""

    cidr: Cidr | None = None
    """A range of addresses."""

    besides: tuple[Cidr, ...] = Field(default=(), alias="except")
    """Ranges in `cidr` that are left out."""

    app: Name | None = None
    """Another app that kgen compiles, in this environment; it has to let this one in (`ingress: [{app: …}]`)."""

    component: Name | None = None
    """One component of that app, or of this one; all if left out."""

    namespace: Name | None = None
    """All pods of a namespace; beside `app`, where that app runs if not where kgen would put it."""

    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    """Of the `namespace`, only pods with these labels."""

    ports: tuple[PeerPortSpec, ...] = ()
    """Only these ports; all if left out."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return node if node.is_mapping else cls.only(node, **{_short(node, "to"): node})


class IngressPeer(Spec):
    """Who may call a component. `anywhere` is short for `{from: anywhere}`, `10.0.0.0/8` for `{cidr: …}`."""

    origin: Literal["anywhere"] | None = Field(default=None, alias="from")
    """`anywhere`: all pods and addresses."""

    cidr: Cidr | None = None
    """A range of addresses."""

    besides: tuple[Cidr, ...] = Field(default=(), alias="except")
    """Ranges in `cidr` that are left out."""

    app: Name | None = None
    """Another app that kgen compiles, in this environment; it has to be let out there (`egress: [{app: …}]`)."""

    component: Name | None = None
    """One component of that app, or of this one; all if left out."""

    namespace: Name | None = None
    """All pods of a namespace; beside `app`, where that app runs if not where kgen would put it."""

    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    """Of the `namespace`, only pods with these labels."""

    ports: tuple[PortName, ...] = ()
    """Names of the component's ports; all if left out."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return node if node.is_mapping else cls.only(node, **{_short(node, "from"): node})


def _short(node: Node, word: str) -> str:
    """Return the field that a shorthand stands for."""
    return "cidr" if isinstance(node.value, str) and ("/" in node.value or node.value[:1].isdigit()) else word


class Network(Spec):
    """
    Connections beyond those that follow from routes, references and `needs`.

    The app's is inherited by every component and the release; a list of their own replaces it.
    """

    egress: tuple[EgressPeer, ...] = ()
    """Whom it may call."""

    ingress: tuple[IngressPeer, ...] = ()
    """Who may call it."""


class OtherApp(Spec):
    """
    Another app that kgen compiles: `${apps.<name>.url}`, with `host` and `port` besides, is where it is called.

    Its namespace is its name and this environment, as kgen would call it, unless `namespace` says otherwise. It has to
    let this app in: `network: {ingress: [{app: …}]}`.
    """

    component: Name
    """The component that is called."""

    port: Port
    """Number of the port of its Service."""

    container_port: Port | None = None
    """Number of the port in its pods, if it is another one."""

    namespace: Name | None = None
    """Where it runs, if that app names its namespace itself."""


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


NOT_IN_RANGE = Rule(
    code="KG3121",
    name="exception-outside-range",
    explain="The API server refuses an exception that is not part of the range.",
)
PORTS_BACKWARDS = Rule(
    code="KG3122",
    name="port-range-backwards",
    explain="The API server refuses a range of ports that ends before it starts.",
)
RULES = (NOT_IN_RANGE, PORTS_BACKWARDS)


def faults(spec: EgressPeer | IngressPeer, at: Path) -> Iterator[Diagnostic]:
    """Yield what the field types cannot say about ``spec``, found at ``at`` in the app file."""
    for index, inner in enumerate(spec.besides):
        if spec.cidr and not is_within(inner, spec.cidr):
            yield Diagnostic(
                rule=NOT_IN_RANGE,
                message=f"`{inner}` is not a part of `{spec.cidr}`",
                at=Label((*at, "except", index)),
                related=(Label((*at, "cidr"), "the range"),),
                help="remove the exception, or name a range within the other one",
            )
    for index, port in enumerate(spec.ports):
        if isinstance(port, PeerPortSpec) and port.end_port and port.end_port < port.port:
            yield Diagnostic(
                rule=PORTS_BACKWARDS,
                message=f"`endPort` is {port.end_port} but `port` is {port.port}",
                at=Label((*at, "ports", index, "endPort")),
                help="exchange them, or remove `endPort`",
            )


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

    anywhere: bool = False
    """Whether pods of every namespace are meant."""

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


def emit(access: Access, target: Target, pods: Mapping[str, str] | None = None) -> Iterator[Manifest]:
    """Build the NetworkPolicy around ``target``'s pods, which may have labels of their own: ``pods``."""
    spec: dict[str, Any] = {
        "podSelector": {"matchLabels": dict(pods or target.selector)},
        "policyTypes": ["Ingress"],
    }
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
    if peer.anywhere:
        made["namespaceSelector"] = {}
    if peer.pods or not peer.namespace:
        made["podSelector"] = {"matchLabels": dict(peer.pods)} if peer.pods else {}
    return made


def _port(port: PeerPort) -> dict[str, Any]:
    made: dict[str, Any] = {} if port.protocol == "TCP" else {"protocol": port.protocol}
    made["port"] = port.port
    return made if port.last is None else made | {"endPort": port.last}
