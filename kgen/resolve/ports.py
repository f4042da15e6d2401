"""Ports and routes."""

from collections.abc import Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path
from kgen.features.routes import IngressPlan, Rule
from kgen.features.service import PortSpec, ServicePort
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.platform import Platform
from kgen.resolve.references import listens, tcp_ports
from kgen.resolve.rules import NAME_TAKEN, NO_PORT
from kgen.words import listed


def faults(app: App) -> Iterator[Diagnostic]:
    """Yield ports and routes that clash, and names of ports that a component does not have."""
    routes: dict[tuple[str, str, str], Path] = {}
    for name, component in app.components.items():
        at: Path = ("components", name)
        yield from _clashes(component, at)
        names = tcp_ports(component)
        for index, route in enumerate(component.routes):
            where = (*at, "routes", index)
            yield from _named(route.port, names, (*where, "port"))
            key = (route.host, route.path, route.path_type)
            if other := routes.get(key):
                yield Diagnostic(
                    rule=NAME_TAKEN,
                    message=f"`{route.host}{route.path}` is routed twice",
                    at=Label((*where, "host")),
                    related=(Label((*other, "host"), "the other one"),),
                    help="remove one of the routes, or give them different paths",
                )
            routes.setdefault(key, where)
        yield from _probe_faults(component, names, at)


def _clashes(component: Component, at: Path) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, int, str], Path] = {}
    names: dict[str, Path] = {}
    for where, name, port in _all(component, at):
        if name in names:
            yield Diagnostic(
                rule=NAME_TAKEN,
                message=f"the pod has two ports called `{name}`",
                at=Label(where, on="key"),
                related=(Label(names[name], "the other one", on="key"),),
                help="rename one of them",
            )
            continue
        names[name] = where
        for what, number in (("port", port.port), ("servicePort", port.service_port or port.port)):
            other = seen.setdefault((what, number, port.protocol), where)
            if other != where:
                yield Diagnostic(
                    rule=NAME_TAKEN,
                    message=f"`{what}` {number} is listed twice",
                    at=Label(where),
                    related=(Label(other, "the other one"),),
                    help="remove one of them, or give it another number",
                )
                break


def _all(component: Component, at: Path) -> Iterator[tuple[Path, str, PortSpec]]:
    """Yield place, name and value of each port of the pods, which share one address."""
    for name, port in component.ports.items():
        yield (*at, "ports", name), name, port
    for sidecar, each in component.sidecars.items():
        for name, port in each.ports.items():
            yield (*at, "sidecars", sidecar, "ports", name), name, port


def _probe_faults(component: Component, names: Mapping[str, object], at: Path) -> Iterator[Diagnostic]:
    for kind in ("startup", "readiness", "liveness"):
        probe = getattr(component.probes, kind)
        if probe is None or probe.off:
            continue
        where = (*at, "probes", kind)
        for key in ("port", "tcp", "grpc"):
            yield from _named(getattr(probe, key), names, (*where, key))
        if probe.http and not names and component.type != "web":  # that a web component needs a port is said elsewhere
            yield Diagnostic(
                rule=NO_PORT,
                message=f"`{at[-1]}` has no port that an HTTP probe could ask",
                at=Label(where),
                help="add `port`, or use `exec`",
            )


def _named(name: str | None, names: Mapping[str, object], at: Path) -> Iterator[Diagnostic]:
    if name is not None and name not in names:
        way_out = f"ports here: {listed(list(names)) or 'none'}"
        yield Diagnostic(rule=NO_PORT, message=f"there is no TCP port `{name}`", at=Label(at), help=way_out)


def service_ports(component: Component) -> tuple[ServicePort, ...]:
    """Return the ports of the component and its sidecars in the order written."""
    return own_ports(listens(component))


def own_ports(given: Mapping[str, PortSpec]) -> tuple[ServicePort, ...]:
    """Return the ports of one container, or of all, in the order written."""
    return tuple(
        ServicePort(
            name=name,
            port=port.port,
            service_port=port.service_port or port.port,
            protocol=port.protocol,
            app_protocol=port.app_protocol,
        )
        for name, port in given.items()
    )


def ingresses(component: Component, name: str, platform: Platform) -> tuple[IngressPlan, ...]:
    """
    Return the routes of ``component``, whose objects are called ``name``.

    Routes with a certificate of their own are apart: an issuer's annotation is for a whole Ingress, and would have
    the issuer overwrite the Secret.
    """
    if platform.routing.kind != "ingress":
        return ()
    issuer, first = platform.routing.issuer, next(iter(tcp_ports(component)), "")
    issued: list[Rule] = []
    others: list[Rule] = []
    for route in component.routes:
        encrypted = not route.tls.off if route.tls else issuer is not None
        own = route.tls.secret if route.tls else None
        secret = (own or f"{name}-tls") if encrypted else None
        exact = route.path_type == "exact"
        rule = Rule(host=route.host, path=route.path, is_exact=exact, port=route.port or first, tls_secret=secret)
        (others if own and issuer else issued).append(rule)
    names = {name: issued, f"{name}-own-tls" if issued else name: others}
    return tuple(
        IngressPlan(
            name=each,
            rules=tuple(rules),
            class_name=platform.routing.ingress_class,
            issuer=issuer if rules is issued else None,
            annotations=platform.routing.annotations,
        )
        for each, rules in names.items()
        if rules
    )
