"""
Gateway: routes by the Gateway API instead of Ingress.

Emits one HTTPRoute a component, or more if its hosts have different paths, and a GRPCRoute for a port with
`appProtocol: grpc`. The Gateway, its listeners and their certificates are the platform's; with an `issuer` in
kgen.yaml, a Certificate is made beside the app, and a ReferenceGrant lets the Gateway read its Secret.

Source: https://gateway-api.sigs.k8s.io/api-types/httproute/
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass

RULES = ()

GROUP = "gateway.networking.k8s.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """The part of a Gateway that a route is attached to."""

    gateway: str
    namespace: str
    """Empty: the app's own."""

    section: str
    """Empty: all listeners."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What is asked for, and the port of the Service that answers."""

    path: str
    is_exact: bool
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRoute:
    """An HTTPRoute or a GRPCRoute: all its matches are for all its hosts."""

    kind: Literal["HTTPRoute", "GRPCRoute"]
    name: str
    hosts: tuple[str, ...]
    matches: tuple[Match, ...]
    """None: the requests are redirected to HTTPS."""

    listener: Listener


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate that cert-manager makes, and who reads its Secret."""

    name: str
    """Of the Certificate and of its Secret."""

    hosts: tuple[str, ...]
    issuer: str
    reader: str
    """Namespace of the Gateway, empty if it is the app's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPlan:
    """Everything of a component that belongs to the Gateway API."""

    routes: tuple[GatewayRoute, ...]
    certificate: Certificate | None
    annotations: Mapping[str, str]


def emit(plan: GatewayPlan, target: Target) -> Iterator[Manifest]:
    """Build the routes, and the certificate if the app has to bring it."""
    if plan.certificate:
        yield from _certificate(plan.certificate, target)
    for route in plan.routes:
        rules = _rules(route, target.name) if route.matches else [_redirect()]
        spec = {"parentRefs": [_parent(route.listener)], "hostnames": list(route.hosts), "rules": rules}
        yield manifest(f"{GROUP}/v1", route.kind, target, name=route.name, annotations=plan.annotations, spec=spec)


def _parent(listener: Listener) -> dict[str, Any]:
    """
    Return who serves a route, with the defaults written out.

    Argo CD compares lists as a whole, and would find the app out of sync for ever where the server fills in more.

    Source: https://github.com/argoproj/argo-cd/issues/22151
    """
    made = {"group": GROUP, "kind": "Gateway", "name": listener.gateway}
    if listener.namespace:
        made["namespace"] = listener.namespace
    return made | ({"sectionName": listener.section} if listener.section else {})


def _rules(route: GatewayRoute, service: str) -> list[dict[str, Any]]:
    """Return one rule a port, with the defaults written out (see ``_parent``)."""
    ports: dict[int, list[dict[str, Any]]] = {}
    for match in route.matches:
        ports.setdefault(match.port, []).append(_path(match) if route.kind == "HTTPRoute" else _method(match))
    return [
        ({"matches": matches} if all(matches) else {})
        | {"backendRefs": [{"group": "", "kind": "Service", "name": service, "port": port, "weight": 1}]}
        for port, matches in ports.items()
    ]


def _path(match: Match) -> dict[str, Any]:
    return {"path": {"type": "Exact" if match.is_exact else "PathPrefix", "value": match.path}}


def _method(match: Match) -> dict[str, Any]:
    """Return the match of `/package.Service/Method`; nothing for `/`, which is every call."""
    service, _, method = match.path.strip("/").partition("/")
    if not service:
        return {}
    return {"method": {"type": "Exact", "service": service} | ({"method": method} if method else {})}


def _redirect() -> dict[str, Any]:
    return {
        "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
        "filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}],
    }


def _certificate(certificate: Certificate, target: Target) -> Iterator[Manifest]:
    name = certificate.name
    yield manifest("cert-manager.io/v1", "Certificate", target, name=name, spec={
        "secretName": name,
        "dnsNames": list(certificate.hosts),
        "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": certificate.issuer},
    })  # fmt: skip
    if certificate.reader:
        # v1beta1: the version that every release of the Gateway API since 0.6 serves
        yield manifest(f"{GROUP}/v1beta1", "ReferenceGrant", target, name=name, spec={
            "from": [{"group": GROUP, "kind": "Gateway", "namespace": certificate.reader}],
            "to": [{"group": "", "kind": "Secret", "name": name}],
        })  # fmt: skip
