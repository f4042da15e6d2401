"""Ports, routes, and who may call whom."""

from collections.abc import Iterable, Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path
from kgen.features.network import Access
from kgen.features.routes import IngressPlan, Rule
from kgen.features.service import ServicePort
from kgen.model.app import App, Component
from kgen.model.plan import Address, Variable
from kgen.model.platform import Platform
from kgen.resolve.references import ports_of
from kgen.resolve.rules import NAME_TAKEN, NO_PORT


def faults(component: Component, at: Path) -> Iterator[Diagnostic]:
    """Yield ports that clash, and names of ports that the component does not have."""
    names = ports_of(component)
    seen: dict[tuple[int, str], str] = {}
    for name, port in component.ports.items():
        if other := seen.get((port.port, port.protocol)):
            yield Diagnostic(
                rule=NAME_TAKEN,
                message=f"port {port.port} is listed twice",
                at=Label((*at, "ports", name)),
                related=(Label((*at, "ports", other), "the other one"),),
                help="a container listens once on a number: remove one of them",
            )
        seen[port.port, port.protocol] = name
    for index, route in enumerate(component.routes):
        yield from _named(route.port, names, (*at, "routes", index, "port"))
    for kind in ("startup", "readiness", "liveness"):
        probe = getattr(component.probes, kind)
        if probe is None or probe.off:
            continue
        where = (*at, "probes", kind)
        for key in ("port", "tcp", "grpc"):
            yield from _named(getattr(probe, key), names, (*where, key))
        if probe.http and not names:
            yield Diagnostic(
                rule=NO_PORT,
                message=f"`{at[-1]}` has no port that an HTTP probe could ask",
                at=Label(where),
                help="add `port`, or use `exec`",
            )


def _named(name: str | None, names: Mapping[str, object], at: Path) -> Iterator[Diagnostic]:
    if name is not None and name not in names:
        listed = ", ".join(f"`{known}`" for known in names) or "none"
        yield Diagnostic(rule=NO_PORT, message=f"there is no port `{name}`", at=Label(at), help=f"ports here: {listed}")


def service_ports(component: Component) -> tuple[ServicePort, ...]:
    """Return the component's ports in the order written."""
    if component.port is not None:
        number = component.port
        return (ServicePort(name="http", port=number, service_port=number, protocol="TCP", app_protocol=None),)
    return tuple(
        ServicePort(
            name=name,
            port=port.port,
            service_port=port.service_port or port.port,
            protocol=port.protocol,
            app_protocol=port.app_protocol,
        )
        for name, port in component.ports.items()
    )


def ingress(component: Component, name: str, platform: Platform) -> IngressPlan | None:
    """Return the routes of ``component``, whose objects are called ``name``."""
    if not component.routes:
        return None
    first = next(iter(ports_of(component)))
    routing = platform.routing
    rules = []
    for route in component.routes:
        encrypted = not route.tls.off if route.tls else routing.issuer is not None
        secret = (route.tls.secret if route.tls else None) or f"{name}-tls"
        rules.append(
            Rule(host=route.host, path=route.path, port=route.port or first, tls_secret=secret if encrypted else None)
        )
    return IngressPlan(rules=tuple(rules), class_name=routing.ingress_class, issuer=routing.issuer)


def access(app: App, name: str, used: Mapping[str, Iterable[Variable]]) -> Access:
    """
    Return who may open a connection to component ``name``.

    Args:
        app: The app.
        name: The component that is called.
        used: Environment variables of every component: a reference in them is a declared edge.
    """
    component = app.components.get(name)
    ports = service_ports(component) if component else ()
    first = ports[0].name if ports else ""
    callers = [
        {"app.kubernetes.io/name": app.name, "app.kubernetes.io/component": caller}
        for caller, variables in used.items()
        if caller != name and any(_calls(variable, name) for variable in variables)
    ]
    outside = {route.port or first for route in component.routes} if component else set()
    return Access(
        callers=tuple(callers),
        from_outside=tuple(port.name for port in ports if port.name in outside),
        ports=tuple((port.name, port.protocol) for port in ports),
    )


def _calls(variable: Variable, name: str) -> bool:
    return any(isinstance(part, Address) and part.component == name for part in variable.parts)
