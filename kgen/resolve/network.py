"""Who may connect to whom: the edges that the app file declares, from both ends."""

import ipaddress
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from kgen.features.network import Access, Edge, EgressPeer, IngressPeer, Peer, PeerPort
from kgen.model.app import App
from kgen.model.needs import KINDS, PORTS
from kgen.model.plan import Address, SecretKey, Variable
from kgen.model.platform import Platform
from kgen.resolve import accounts, externals, monitoring, names, needs, others
from kgen.resolve.references import listens, selected, tcp_ports

Used: TypeAlias = Mapping[str, Iterable[Variable]]
"""Environment variables of every component and of the release: a reference in them is a declared edge."""

INTERNET = (
    # private use (RFC 1918), shared (RFC 6598), link-local with the metadata of clouds, Azure's WireServer
    Peer(
        cidr="0.0.0.0/0",
        besides=(
            "10.0.0.0/8",
            "100.64.0.0/10",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
        ),
    ),
    Peer(cidr="::/0", besides=("fc00::/7", "fe80::/10")),
)
"""Addresses that are nobody's private ones."""

_WEB = (PeerPort(port=443), PeerPort(port=80))


def access(app: App, name: str, environment: str, used: Used, platform: Platform) -> Access | None:
    """
    Return which connections of component ``name`` (or the release) are open; ``None`` without NetworkPolicies.

    Args:
        app: The app.
        name: The component.
        environment: Its environment.
        used: What all components refer to.
        platform: The choices of kgen.yaml.
    """
    if not platform.network.policies:
        return None
    is_open = platform.network.egress == "allow"
    return Access(
        incoming=_together((*incoming(app, name, environment, used), *monitoring.edges(app, name, platform))),
        outgoing=None if is_open else _together(outgoing(app, name, environment, used, platform)),
    )


def incoming(app: App, name: str, environment: str, used: Used) -> Iterator[Edge]:
    """Yield who may connect to component ``name``, and where."""
    component = app.components.get(name)
    if component is None or not listens(component):
        return
    first = next(iter(tcp_ports(component)), "")
    outside = {route.port or first for route in component.routes}
    outside |= {port for port, spec in component.ports.items() if spec.public}
    ports = _ports(app, name)
    if outside:
        # anybody: an Ingress controller may run on the hosts' network, or be the cloud's load balancer, and no
        # selector of pods matches those
        yield Edge(ports=_ports(app, name, outside))
    for caller, variables in used.items():
        if _is_edge(app, caller, variables, name):
            yield Edge(peers=(pods(app, caller),), ports=ports)
    for peer in component.network.ingress:
        yield Edge(peers=_peers(app, peer, environment), ports=_ports(app, name, peer.ports or None))


def outgoing(app: App, name: str, environment: str, used: Used, platform: Platform) -> Iterator[Edge]:
    """Yield to whom component ``name`` may connect, and where: DNS, then what its variables refer to."""
    yield dns(platform)
    yield from _name_servers(app, name, platform)
    variables = tuple(used.get(name, ()))
    for other in app.components:
        if _is_edge(app, name, variables, other):
            yield _to(app, other)
    yield from others.edges(app, environment, variables)
    for need in app.needs:
        if any(_needs(variable, need) for variable in variables):
            yield from to_need(app, need, platform)
    yield from accounts.edges(app, name)
    if platform.network.egress == "internet":
        yield Edge(peers=INTERNET, ports=_WEB)
    component = app.components.get(name) or app.release
    for peer in component.network.egress if component else ():
        ports = tuple(PeerPort(port=port.port, protocol=port.protocol, last=port.end_port) for port in peer.ports)
        if peer.to == "internet":
            yield Edge(peers=INTERNET, ports=ports or _WEB)
        elif peer.component and not peer.app:
            yield _to(app, peer.component, ports)
        else:
            yield Edge(peers=_peers(app, peer, environment), ports=ports)


def _to(app: App, name: str, ports: tuple[PeerPort, ...] = ()) -> Edge:
    """Return the edge to a component: to its pods, or to any address if it is outside, where no selector finds it."""
    if externals.is_external(app.components[name]):
        return Edge(ports=ports or _numbers(app, name) or _WEB)
    return Edge(peers=(pods(app, name),), ports=ports or _numbers(app, name))


def to_need(app: App, name: str, platform: Platform) -> Iterator[Edge]:
    """
    Yield the edges to the backing service ``name``.

    Where it runs is written in a Secret, which kgen does not read: any address, at the usual ports. For one that
    runs in the cluster the peer is known, and takes the place of "any".
    """
    kind = app.needs[name].type
    if here := needs.pods(app, platform, name):
        yield Edge(peers=(Peer(pods=here),), ports=(PeerPort(port=KINDS[kind].port),))
    else:
        yield Edge(ports=tuple(PeerPort(port=number) for number in PORTS[kind]))


def callers(app: App, need: str, used: Used) -> tuple[Peer, ...]:
    """Return the components, and the release, that refer to a need."""
    return tuple(
        pods(app, caller) for caller, variables in used.items() if any(_needs(each, need) for each in variables)
    )


def pods(app: App, component: str) -> Peer:
    """Return the pods of a component of this app."""
    return Peer(pods={"app.kubernetes.io/component": component, "app.kubernetes.io/name": app.name})


def _ports(app: App, name: str, wanted: Collection[str] | None = None) -> tuple[PeerPort, ...]:
    """Return the ports of a component, or only some of them."""
    component = app.components[name]
    return tuple(
        PeerPort(port=selected(component, port), protocol=spec.protocol)
        for port, spec in listens(component).items()
        if wanted is None or port in wanted
    )


def _numbers(app: App, name: str) -> tuple[PeerPort, ...]:
    ports = listens(app.components[name]).values()
    return tuple(PeerPort(port=port.port, protocol=port.protocol) for port in ports)


def _peers(app: App, given: EgressPeer | IngressPeer, environment: str) -> tuple[Peer, ...]:
    """Return who is meant by ``given``; nobody in particular for `anywhere`."""
    if given.cidr:
        return (Peer(cidr=given.cidr, besides=given.besides),)
    if given.app:
        component = {"app.kubernetes.io/component": given.component} if given.component else {}
        labels = component | {"app.kubernetes.io/name": given.app}
        return (Peer(pods=labels, namespace=given.namespace or names.usual_namespace(given.app, environment)),)
    if given.component:
        return (pods(app, given.component),)
    return (Peer(namespace=given.namespace, pods=dict(sorted(given.labels.items()))),) if given.namespace else ()


def dns(platform: Platform) -> Edge:
    """
    Return the edge to the cluster's DNS: any server at port 53, unless kgen.yaml says where it is.

    No selector finds all of them: NodeLocal DNSCache answers on an address of the node, GKE's Cloud DNS on a
    link-local one, others outside of the cluster. Whoever wants to smuggle data out by DNS needs no address of
    their own for that, since the cluster's server forwards what it does not know.

    Source: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
    """
    given = platform.network.dns
    port = given.port if given else 53
    ports = (PeerPort(port=port, protocol="UDP"), PeerPort(port=port))
    return Edge(peers=(Peer(namespace=given.namespace),) if given else (), ports=ports)


def _name_servers(app: App, name: str, platform: Platform) -> Iterator[Edge]:
    """Yield the edges to name servers of a component's own, where not every server may be asked anyway."""
    component = app.components.get(name)
    if component and component.dns and platform.network.dns:
        hosts = [f"{each}/{ipaddress.ip_address(each).max_prefixlen}" for each in component.dns.nameservers]
        if hosts:
            ports = (PeerPort(port=53, protocol="UDP"), PeerPort(port=53))
            yield Edge(peers=tuple(Peer(cidr=host) for host in hosts), ports=ports)


def _is_edge(app: App, caller: str, variables: Iterable[Variable], name: str) -> bool:
    """Tell whether ``caller`` refers to ``name``, or both are one stateful component, whose pods know each other."""
    component = app.components[name]
    among_members = caller == name and component.type == "stateful" and bool(listens(component))
    return among_members or any(_calls(variable, name) for variable in variables)


def _calls(variable: Variable, name: str) -> bool:
    return any(isinstance(part, Address) and part.component == name for part in variable.parts)


def _needs(variable: Variable, name: str) -> bool:
    """Tell whether ``variable`` has an output of the need; where it runs in the cluster, some are known texts."""
    return _calls(variable, name) or any(isinstance(part, SecretKey) and part.need == name for part in variable.parts)


def _together(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """Return ``edges`` with peers of the same ports put together, in the order of the first ones."""
    made: dict[tuple[PeerPort, ...], list[Peer] | None] = {}
    for edge in edges:
        peers = made.setdefault(edge.ports, [])
        if peers is None or not edge.peers:
            made[edge.ports] = None  # anybody
        else:
            peers += [peer for peer in edge.peers if peer not in peers]
    return tuple(Edge(peers=tuple(peers or ()), ports=ports) for ports, peers in made.items())
