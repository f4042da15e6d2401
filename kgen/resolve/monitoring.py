"""What Prometheus asks, and at which port."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path
from kgen.features import metrics
from kgen.features.metrics import Monitor
from kgen.features.network import Edge, Peer, PeerPort
from kgen.features.service import ServicePort
from kgen.k8s import Target
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.plan import Address, Variable
from kgen.model.platform import Platform
from kgen.resolve import installed
from kgen.resolve.fields import unread
from kgen.resolve.kinds import RUNS_FOR_EVER
from kgen.resolve.references import listens, selected, tcp_ports
from kgen.resolve.rules import NO_PORT
from kgen.units import duration, seconds
from kgen.words import listed

_PORT = "metrics"


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield metrics that nobody can ask for, and those that everybody can."""
    for name, component in app.components.items():
        given, at = component.metrics, ("components", name)
        if given and given.off:
            yield from unread(given, given.model_fields_set - {"off"}, (*at, "metrics"), "metrics that are off")
        elif given and component.type in RUNS_FOR_EVER:
            yield from _faults(component, platform, at)


def _faults(component: Component, platform: Platform, at: Path) -> Iterator[Diagnostic]:
    given = component.metrics
    ports = tcp_ports(component)
    where = (*at, "metrics")
    if given is None:
        return
    if given.port and given.port not in ports:
        yield Diagnostic(
            rule=NO_PORT,
            message=f"there is no TCP port `{given.port}`",
            at=Label((*where, "port")),
            help=f"ports here: {listed(list(ports)) or 'none'}",
        )
    elif not ports and component.type != "web":  # that a web component needs a port is said elsewhere
        yield Diagnostic(
            rule=NO_PORT,
            message=f"`{at[-1]}` has no port that Prometheus could ask",
            at=Label(where, on="key"),
            help="add one, as `ports: {metrics: 9090}`",
        )
    yield from _public(component, at)
    yield from installed.faults(platform, metrics.API_VERSION, "ServiceMonitor", where)


def _public(component: Component, at: Path) -> Iterator[Diagnostic]:
    asked, first = metrics_port(component), next(iter(tcp_ports(component)), "")
    path = component.metrics.path if component.metrics else ""
    port = listens(component).get(asked)
    if port and port.public:
        yield Diagnostic(
            rule=metrics.PUBLIC,
            message=f"the port `{asked}` shows the metrics to everybody who reaches it from outside",
            at=Label((*at, "metrics"), on="key"),
            related=(Label((*at, "ports", asked, "public"), "open to the outside"),),
            help="serve them at a port of their own, as `ports: {http: 8000, metrics: 9090}`",
        )
        return
    for index, route in enumerate(component.routes):
        if asked and (route.port or first) == asked and _leads_to(route.path, path):
            yield Diagnostic(
                rule=metrics.PUBLIC,
                message=f"`{route.host}{path}` shows the metrics to everybody",
                at=Label((*at, "metrics"), on="key"),
                related=(Label((*at, "routes", index), "this route leads there"),),
                help="serve them at a port of their own, as `ports: {http: 8000, metrics: 9090}`",
            )
            return


def _leads_to(route: str, path: str) -> bool:
    """
    Tell whether a route with the prefix ``route`` covers ``path``.

    >>> _leads_to("/", "/metrics"), _leads_to("/api", "/api/metrics"), _leads_to("/api", "/apis")
    (True, True, False)
    """
    prefix = route.rstrip("/")
    return path == prefix or path.startswith(f"{prefix}/")


def metrics_port(component: Component) -> str:
    """Return the name of the port with the metrics, empty if there are none."""
    given, ports = component.metrics, tcp_ports(component)
    if given is None or given.off or not ports:
        return ""
    return given.port or (_PORT if _PORT in ports else next(iter(ports)))


def edges(app: App, name: str, platform: Platform) -> Iterator[Edge]:
    """Yield the connections that Prometheus opens to component ``name``."""
    component = app.components.get(name)
    if component and (port := metrics_port(component)):
        yield Edge(
            peers=(Peer(namespace=platform.monitoring.namespace),),
            ports=(PeerPort(port=selected(component, port)),),
        )


def only_metrics(app: App, name: str, used: Mapping[str, Iterable[Variable]]) -> bool:
    """Tell whether component ``name`` listens for nobody but Prometheus, which asks pods without a Service as well."""
    component = app.components[name]
    if component.type == "web" or list(listens(component)) != [metrics_port(component)]:
        return False
    parts = [part for variables in used.values() for variable in variables for part in variable.parts]
    return not any(isinstance(part, Address) and part.component == name for part in parts)


def asks_service(component: Component, service: Collection[ServicePort]) -> bool:
    """Tell whether Prometheus asks through the Service; pods that have two Services would be asked twice."""
    return bool(service) and component.type != "stateful"


def scrape_job(target: Target, *, by_service: bool) -> str:
    """Return what the label `job` of a component's own metrics is, as the operator sets it."""
    return target.name if by_service else f"{target.namespace}/{target.name}"


def monitor(component: Component, platform: Platform, *, by_service: bool) -> Monitor | None:
    """Return what Prometheus asks; ``faults`` has found nothing."""
    given, port = component.metrics, metrics_port(component)
    if given is None or not port:
        return None
    return Monitor(
        kind="ServiceMonitor" if by_service else "PodMonitor",
        port=port,
        path=given.path,
        interval=duration(seconds(given.interval) or 0) if given.interval else "",
        scheme=given.scheme,
        labels=platform.monitoring.labels,
    )
