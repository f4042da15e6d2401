"""
Hosts and paths of Ingresses: which rule a request goes to, and which hosts have a certificate.

Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types
"""

from __future__ import annotations

from kgen.check.cross.hosts import covers
from kgen.check.cross.ingress import GROUP
from kgen.check.cross.resources import Finding
from kgen.check.reading import entries, mappings, part, text
from kgen.check.server.errors import invalid
from kgen.words import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_CLASS_ANNOTATION = "kubernetes.io/ingress.class"
_SHARING = (
    "nginx.ingress.kubernetes.io/canary",
    "nginx.org/mergeable-ingress-type",
    "alb.ingress.kubernetes.io/conditions.",
    "alb.ingress.kubernetes.io/group.name",
    "haproxy-ingress.github.io/",
    "konghq.com/",
    "traefik.ingress.kubernetes.io/router.priority",
)
"""Annotations, or how they begin, by which controllers tell requests of one path apart: by headers, shares, order."""


def duplicate_routes(resources: Resources) -> Iterator[Finding]:
    """Yield the routes that another Ingress of the class has, too."""
    taken: dict[Any, tuple[Resource, Path]] = {}
    for ingress in resources.of(GROUP, "Ingress"):
        if _shares(ingress):
            continue
        for key, at, _ in _routes(ingress):
            host = key[0]
            place = (_class(ingress), *key) if host else (_class(ingress), *key, ingress.namespace)
            other, there = taken.setdefault(place, (ingress, at))
            if other is not ingress and other.name != ingress.name:
                where = f" for the host `{host}`" if host else ""
                message = f"is `{key[1]}`, which the {other} has{where}, too"
                out = "keep it in one of them: some controllers refuse the second one, others choose either"
                fault = invalid("XING004", (*at, "path"), message, out)
                yield Finding(ingress, fault, [(other, (*there, "path"), "the same route")])


def shadowed_paths(resources: Resources) -> Iterator[Finding]:
    """Yield the paths that an earlier one of the same Ingress leads elsewhere."""
    for ingress in resources.of(GROUP, "Ingress"):
        taken: dict[tuple[str, str, str], tuple[Path, Any]] = {}
        if _shares(ingress):
            continue
        for key, at, backend in _routes(ingress):
            there, other = taken.setdefault(key, (at, backend))
            if other != backend:
                message = f"is `{key[1]}`, which an earlier path of the host leads to another backend"
                out = "no request gets here: remove one of the two, or change its path"
                fault = invalid("XING005", (*at, "path"), message, out)
                yield Finding(ingress, fault, [(ingress, (*there, "path"), "the earlier one")])


def _routes(ingress: Resource) -> Iterator[tuple[tuple[str, str, str], Path, Any]]:
    """Yield host, path and type of each route, its place, and its backend."""
    for index, rule in mappings(ingress.value, "spec", "rules"):
        for place, path in mappings(rule, "http", "paths"):
            kind = text(path, "pathType")
            route = text(path, "path")
            if kind == "Prefix":
                route = route.rstrip("/") or "/"
            at = ("spec", "rules", index, "http", "paths", place)
            yield (text(rule, "host"), route or "/", kind), at, path.get("backend")


def _class(ingress: Resource) -> str:
    return text(ingress.value, "spec", "ingressClassName") or text(
        ingress.value, "metadata", "annotations", _CLASS_ANNOTATION
    )


def _shares(ingress: Resource) -> bool:
    annotations: Mapping[str, Any] = part(ingress.value, "metadata", "annotations")
    return any(str(key).startswith(_SHARING) for key in annotations)


def _hosts_without_certificate(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    for ingress in resources.of(GROUP, "Ingress"):
        secured = mappings(ingress.value, "spec", "tls")
        if not secured or not all(entries(each, "hosts") for _, each in secured):
            continue  # without hosts a certificate is for all of them
        names = [host for _, each in secured for host in entries(each, "hosts") if isinstance(host, str)]
        served = [text(rule, "host") for _, rule in mappings(ingress.value, "spec", "rules")]
        if all(any(covers(name, host) for host in served) for name in names) is evident:
            continue
        for index, rule in mappings(ingress.value, "spec", "rules"):
            host = text(rule, "host")
            if host and not any(covers(name, host) for name in names):
                message = f"is `{host}`, which no entry of `tls` has: it is served with a wrong certificate"
                out = f"add it to `tls[].hosts`, which has {listed(sorted(set(names)), 'and')}"
                fault = invalid("XING006", ("spec", "rules", index, "host"), message, out)
                yield Finding(ingress, fault, [(ingress, ("spec", "tls"), "hosts with a certificate")])


def hosts_beside_certificates(resources: Resources) -> Iterator[Finding]:
    """Yield the hosts that the TLS part of their Ingress leaves out, if it has others that are of no use."""
    yield from _hosts_without_certificate(resources, evident=True)


def hosts_without_certificate(resources: Resources) -> Iterator[Finding]:
    """Yield the hosts that the TLS part of their Ingress leaves out: perhaps they are meant to be without."""
    yield from _hosts_without_certificate(resources, evident=False)


DEFAULT = (duplicate_routes, shadowed_paths, hosts_beside_certificates)
STRICT = (hosts_without_certificate,)
OFF = ()
