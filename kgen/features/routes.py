"""
Routes: which requests from outside reach a component.

Emits one Ingress with all routes of a component, and a second one for those with a certificate of their own if the
platform issues the others. The Ingress class and the issuer of certificates are the platform's choices (`routing` in
kgen.yaml).

Source: https://kubernetes.io/docs/concepts/services-networking/ingress/
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass, field
from kgen.scalars import Host, ObjectName, PortName, RoutePath
from kgen.source import Node
from kgen.spec import Spec


class Tls(Spec):
    """How a route is encrypted. `true` and `false` are short for the defaults and for off."""

    off: bool = False
    """Serve plain HTTP."""

    secret: ObjectName | None = None
    """Secret of type `kubernetes.io/tls`; by default `<name>-tls`, which the platform's issuer makes."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, off=not node.value) if isinstance(node.value, bool) else node


class Route(Spec):
    """Requests for one host below one path."""

    host: Host
    """DNS name, as `shop.example.com` or `*.example.com`."""

    path: RoutePath = "/"
    """Path, and all below it."""

    path_type: Literal["prefix", "exact"] = "prefix"
    """`exact`: only this path, and none below it."""

    port: PortName | None = None
    """Name of the component's port; its first one by default."""

    tls: Tls | None = None
    """Encryption; on by default where the platform names an issuer, otherwise off."""


RULES = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One route with every question answered."""

    host: str
    path: str
    is_exact: bool = False
    port: str
    tls_secret: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IngressPlan:
    """Routes of a component that share an Ingress."""

    name: str
    rules: tuple[Rule, ...]
    class_name: str | None
    issuer: str | None
    annotations: Mapping[str, str] = field(default_factory=dict)


def emit(plans: tuple[IngressPlan, ...], target: Target) -> Iterator[Manifest]:
    """Build the Ingresses."""
    for plan in plans:
        yield _ingress(plan, target)


def _ingress(plan: IngressPlan, target: Target) -> Manifest:
    """Build one Ingress: one rule a host in the order written, one TLS entry a Secret."""
    hosts: dict[str, list[dict[str, Any]]] = {}
    certificates: dict[str, list[str]] = {}
    for rule in plan.rules:
        backend = {"service": {"name": target.name, "port": {"name": rule.port}}}
        kind = "Exact" if rule.is_exact else "Prefix"
        hosts.setdefault(rule.host, []).append({"path": rule.path, "pathType": kind, "backend": backend})
        if rule.tls_secret and rule.host not in certificates.setdefault(rule.tls_secret, []):
            certificates[rule.tls_secret].append(rule.host)
    spec: dict[str, Any] = {"ingressClassName": plan.class_name} if plan.class_name else {}
    if certificates:
        spec["tls"] = [{"hosts": names, "secretName": secret} for secret, names in certificates.items()]
    spec["rules"] = [{"host": host, "http": {"paths": paths}} for host, paths in hosts.items()]
    notes = dict(plan.annotations)
    if plan.issuer and certificates:
        notes["cert-manager.io/cluster-issuer"] = plan.issuer
    return manifest("networking.k8s.io/v1", "Ingress", target, name=plan.name, annotations=notes, spec=spec)
