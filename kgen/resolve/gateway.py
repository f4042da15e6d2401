"""Routes → the Gateway API: what belongs to one object, which listener serves it, who makes the certificate."""

import re
from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.features.gateway import Certificate, GatewayPlan, GatewayRoute, Listener, Match
from kgen.features.routes import Route
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.platform import Platform
from kgen.model.routing import Parent
from kgen.resolve.references import listens, tcp_ports

NOT_AT_ROUTE = Rule(
    code="KG3125",
    name="tls-of-the-gateway",
    explain="With the Gateway API, encryption and certificates belong to the listeners of the Gateway, not to routes.",
)
WRONG_PATH = Rule(
    code="KG3126",
    name="path-not-for-gateway",
    explain="A Gateway refuses some characters in paths; of gRPC it knows services and methods, and no other paths.",
)
TWO_KINDS = Rule(
    code="KG3127",
    name="host-for-http-and-grpc",
    explain="A Gateway takes an HTTPRoute or a GRPCRoute for a host, and refuses whichever comes second.",
)
RULES = (NOT_AT_ROUTE, WRONG_PATH, TWO_KINDS)

_MOST_HOSTS = 16
"""In one route (`maxItems`)."""

_PATH = re.compile(r"(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+")
_CALL = re.compile(r"/([A-Za-z_][A-Za-z0-9_.]*(/[A-Za-z_][A-Za-z0-9_]*)?)?")


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield what routes say that a Gateway cannot do."""
    parent = platform.routing.parent
    if platform.routing.kind != "gateway" or parent is None:
        return
    kinds: dict[str, tuple[bool, Path]] = {}
    for name, component in app.components.items():
        for index, route in enumerate(component.routes):
            at: Path = ("components", name, "routes", index)
            grpc = _is_grpc(component, route)
            yield from _tls_faults(route, parent, at)
            yield from _path_faults(route, at, grpc=grpc)
            other, where = kinds.setdefault(route.host, (grpc, at))
            if other != grpc:
                yield Diagnostic(
                    rule=TWO_KINDS,
                    message=f"`{route.host}` is for {_kind(grpc=grpc)} here and for {_kind(grpc=other)} elsewhere",
                    at=Label((*at, "host")),
                    related=(Label((*where, "host"), f"for {_kind(grpc=other)}"),),
                    help="give one of them a host of its own",
                )


def _kind(*, grpc: bool) -> str:
    return "gRPC" if grpc else "HTTP"


def _tls_faults(route: Route, parent: Parent, at: Path) -> Iterator[Diagnostic]:
    if route.tls and route.tls.secret:
        yield Diagnostic(
            rule=NOT_AT_ROUTE,
            message=f"the Gateway `{parent.name}` brings the certificate, so a route cannot name one",
            at=Label((*at, "tls", "secret")),
            help="remove `tls`, and name the Secret at the listener of the Gateway",
        )
    if route.tls and route.tls.off and not parent.http_section:
        yield Diagnostic(
            rule=NOT_AT_ROUTE,
            message="kgen.yaml names no listener for plain HTTP",
            at=Label((*at, "tls")),
            help="remove `tls`, or add `httpSection` to `routing.parent` in kgen.yaml",
        )


def _path_faults(route: Route, at: Path, *, grpc: bool) -> Iterator[Diagnostic]:
    if grpc and (not _CALL.fullmatch(route.path) or (route.path_type == "exact" and route.path.count("/") == 1)):
        yield Diagnostic(
            rule=WRONG_PATH,
            message=f"`{route.path}` is no service or method of gRPC",
            at=Label((*at, "path")),
            help="write it as `/package.Service` or `/package.Service/Method`, or leave it out for all calls",
        )
    elif not grpc and not _PATH.fullmatch(route.path):
        yield Diagnostic(
            rule=WRONG_PATH,
            message=f"`{route.path}` has characters that a Gateway refuses",
            at=Label((*at, "path")),
            help="write them as in a URL, as `%C3%BC` for `ü`",
        )


def plan(component: Component, name: str, platform: Platform) -> GatewayPlan | None:
    """Return the routes of ``component``, whose objects are called ``name``; ``faults`` has found nothing."""
    routing = platform.routing
    if routing.kind != "gateway" or routing.parent is None or not component.routes:
        return None
    routes = [*_routes(component, name, routing.parent), *_redirects(component, name, routing.parent)]
    encrypted = tuple(dict.fromkeys(route.host for route in component.routes if not _is_plain(route)))
    certificate = Certificate(
        name=f"{name}-tls", hosts=encrypted, issuer=routing.issuer or "", reader=routing.parent.namespace or ""
    )
    return GatewayPlan(
        routes=tuple(routes),
        certificate=certificate if routing.issuer and encrypted else None,
        annotations=routing.annotations,
    )


def _is_plain(route: Route) -> bool:
    return bool(route.tls and route.tls.off)


def _is_grpc(component: Component, route: Route) -> bool:
    """Tell whether a route leads to gRPC; `kubernetes.io/h2c` alone is HTTP/2 of any sort."""
    port = route.port or next(iter(tcp_ports(component)), "")
    return port in listens(component) and listens(component)[port].app_protocol == "grpc"


def _routes(component: Component, name: str, parent: Parent) -> Iterator[GatewayRoute]:
    """
    Yield routes; hosts that are asked for the same paths share one.

    The first one of a kind has the component's name, the others that of their first host besides, so that a new
    host renames none of those before it.
    """
    by_host: dict[tuple[bool, bool, str], list[Match]] = {}
    numbers = tcp_ports(component)
    for route in component.routes:
        port = numbers[route.port or next(iter(numbers))][1]
        match = Match(path=route.path, is_exact=route.path_type == "exact", port=port)
        by_host.setdefault((_is_grpc(component, route), _is_plain(route), route.host), []).append(match)
    groups: dict[tuple[bool, bool, tuple[Match, ...], int], list[str]] = {}
    for (grpc, plain, host), matches in by_host.items():
        alike = [key for key in groups if key[:3] == (grpc, plain, tuple(matches))]
        if alike and len(groups[alike[-1]]) < _MOST_HOSTS:
            groups[alike[-1]].append(host)
        else:
            groups[grpc, plain, tuple(matches), len(alike)] = [host]
    first: set[bool] = set()
    for (grpc, plain, shared, _), hosts in groups.items():
        yield GatewayRoute(
            kind="GRPCRoute" if grpc else "HTTPRoute",
            name=f"{name}-{_slug(hosts[0])}" if grpc in first else name,
            hosts=tuple(hosts),
            matches=shared,
            listener=_listener(parent, parent.http_section if plain else parent.section),
        )
        first.add(grpc)


def _redirects(component: Component, name: str, parent: Parent) -> Iterator[GatewayRoute]:
    """Yield the routes that send plain requests for encrypted hosts to HTTPS, if there is a listener for them."""
    plain = {route.host for route in component.routes if _is_plain(route)}
    hosts = [route.host for route in component.routes if not _is_plain(route) and not _is_grpc(component, route)]
    left = [host for host in dict.fromkeys(hosts) if host not in plain]
    for start in range(0, len(left) if parent.http_section else 0, _MOST_HOSTS):
        some = tuple(left[start : start + _MOST_HOSTS])
        yield GatewayRoute(
            kind="HTTPRoute",
            name=f"{name}-redirect-{_slug(some[0])}" if start else f"{name}-redirect",
            hosts=some,
            matches=(),
            listener=_listener(parent, parent.http_section),
        )


def _slug(host: str) -> str:
    """
    Return a part of a name for ``host``.

    >>> _slug("*.example.com"), _slug("shop.example.com")
    ('any.example.com', 'shop.example.com')
    """
    return host.replace("*", "any")


def _listener(parent: Parent, section: str | None) -> Listener:
    return Listener(gateway=parent.name, namespace=parent.namespace or "", section=section or "")
