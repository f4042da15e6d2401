"""Ports that are reached from outside without a route, and routes where the platform has only ports of nodes."""

from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path
from kgen.features.service import Public, PublicPort, PublicService
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.platform import Platform
from kgen.resolve import names
from kgen.resolve.fields import unread
from kgen.resolve.references import listens, tcp_ports
from kgen.resolve.rules import NAME_TAKEN


def faults(app: App) -> Iterator[Diagnostic]:
    """Yield ports of nodes that are given twice, and settings that mean nothing."""
    seen: dict[tuple[int, str], Path] = {}
    for name, component in app.components.items():
        for port, spec in component.ports.items():
            given, at = spec.public, ("components", name, "ports", port, "public")
            if given is None:
                continue
            service = f"{names.object_name(app.name, name)}-{given.type}-{port}"
            yield from names.too_long(f"a Service of `{port}`", service, 63, at)
            if given.type == "node-port":
                yield from unread(given, {"source_ranges"}, at, "a port of every node")
            else:
                yield from unread(given, {"node_port"}, at, "a load balancer")
            if given.node_port is None or given.type != "node-port":
                continue
            other = seen.setdefault((given.node_port, spec.protocol), at)
            if other != at:
                yield Diagnostic(
                    rule=NAME_TAKEN,
                    message=f"`nodePort` {given.node_port} is given twice",
                    at=Label((*at, "nodePort")),
                    related=(Label((*other, "nodePort"), "the other one"),),
                    help="choose another number, or leave it to the cluster",
                )


def services(component: Component, name: str, platform: Platform) -> tuple[PublicService, ...]:
    """
    Return the public Services of ``component``, whose objects are called ``name``.

    Ports with the same settings share one: a load balancer costs money. The first one of a type has the shorter
    name, whatever comes after it.
    """
    groups: dict[str, list[tuple[Public, list[PublicPort]]]] = {"load-balancer": [], "node-port": []}
    for port, given in _public(component, platform):
        spec = listens(component)[port]
        made = PublicPort(
            name=port,
            number=spec.service_port or spec.port,
            protocol=spec.protocol,
            app_protocol=spec.app_protocol,
            node_port=given.node_port,
        )
        alike = given.model_copy(update={"node_port": None})
        same = next((ports for settings, ports in groups[given.type] if settings == alike), None)
        if same is None:
            groups[given.type].append((alike, [made]))
        else:
            same.append(made)
    return tuple(
        PublicService(
            name=f"{name}-{kind}-{ports[0].name}" if index else f"{name}-{kind}",
            type="LoadBalancer" if kind == "load-balancer" else "NodePort",
            ports=tuple(ports),
            source_ranges=settings.source_ranges,
            keeps_client=settings.external_traffic_policy == "Local",
            annotations=settings.annotations,
        )
        for kind, several in groups.items()
        for index, (settings, ports) in enumerate(several)
    )


def _public(component: Component, platform: Platform) -> Iterator[tuple[str, Public]]:
    """Yield the ports that are public, and those that routes lead to if nodes are all that the platform has."""
    first = next(iter(tcp_ports(component)), "")
    routed = {route.port or first for route in component.routes} if platform.routing.kind == "node-port" else set()
    for name, spec in listens(component).items():
        if spec.public:
            yield name, spec.public
        elif name in routed:
            yield name, Public(type="node-port")
