"""
Where certificates come from, and whether they are good for the hosts that use them.

Sources: https://cert-manager.io/docs/usage/ingress/, https://cert-manager.io/docs/usage/certificate/
"""

from __future__ import annotations

from kgen.check.cross.hosts import covers
from kgen.check.cross.ingress import GROUP
from kgen.check.cross.near import dangling
from kgen.check.cross.resources import Finding
from kgen.check.reading import entries, mappings, part, text
from kgen.check.server.errors import invalid
from kgen.words import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

CERT_MANAGER = "cert-manager.io"
GATEWAY = "gateway.networking.k8s.io"
_ANNOTATIONS = ("metadata", "annotations")
_ISSUER, _CLUSTER_ISSUER = f"{CERT_MANAGER}/issuer", f"{CERT_MANAGER}/cluster-issuer"


class Use:
    """A Secret with a certificate, as an Ingress or a Gateway names it."""

    __slots__ = ("at", "hosts", "secret", "user")

    def __init__(self, user: Resource, at: Path, secret: str, hosts: Sequence[tuple[Path, str]]) -> None:
        self.user = user
        self.at = at
        self.secret = secret
        self.hosts = hosts
        """Which hosts it serves, with their places."""


def _uses(resources: Resources) -> Iterator[Use]:
    for ingress in resources.of(GROUP, "Ingress"):
        for index, tls in mappings(ingress.value, "spec", "tls"):
            at: Path = ("spec", "tls", index)
            hosts = [
                ((*at, "hosts", place), host)
                for place, host in enumerate(entries(tls, "hosts"))
                if isinstance(host, str)
            ]
            if secret := text(tls, "secretName"):
                yield Use(ingress, (*at, "secretName"), secret, hosts)
    for gateway in resources.of(GATEWAY, "Gateway"):
        for index, listener in mappings(gateway.value, "spec", "listeners"):
            host = text(listener, "hostname")
            at = ("spec", "listeners", index)
            hosts = [((*at, "hostname"), host)] if host else []
            references = mappings(listener, "tls", "certificateRefs")
            for place, each in references:
                # which of several certificates serves the host is not to be seen here
                served = hosts if len(references) == 1 else []
                if text(each, "kind") in ("", "Secret") and text(each, "namespace") in ("", gateway.namespace):
                    path = (*at, "tls", "certificateRefs", place, "name")
                    yield Use(gateway, path, text(each, "name"), served)


def missing_certificates(resources: Resources) -> Iterator[Finding]:
    """Yield the Secrets for TLS that nothing in the set provides."""
    seen = set()
    for use in _uses(resources):
        target = ("", "Secret", use.user.namespace, use.secret)
        if (use.user.key, use.user.name, target) not in seen:
            seen.add((use.user.key, use.user.name, target))
            yield from dangling("XING007", resources, use.user, use.at, target)


def shared_certificate_secrets(resources: Resources) -> Iterator[Finding]:
    """Yield the Certificates that write the Secret of another one, or one that an Ingress asks for."""
    writers: dict[tuple[str, str], Resource] = {}
    for certificate in _certificates(resources):
        secret = text(certificate.value, "spec", "secretName")
        other = writers.setdefault((certificate.namespace, secret), certificate) if secret else certificate
        if other is not certificate and other.name != certificate.name:
            yield _two_writers(certificate, ("spec", "secretName"), secret, other, ("spec", "secretName"))
    for use in _uses(resources):
        other = writers.get((use.user.namespace, use.secret), use.user)
        # a Certificate called like its Secret is taken for the one that cert-manager would make
        if other is not use.user and other.name != use.secret and _asks_for_certificate(use.user):
            yield _two_writers(use.user, use.at, use.secret, other, ("spec", "secretName"))


def _two_writers(resource: Resource, path: Path, secret: str, other: Resource, there: Path) -> Finding:
    message = f"is `{secret}`, which {other} writes, too: cert-manager issues one after the other again and again"
    out = "name another Secret" if resource.kind == "Certificate" else "remove the annotation or the Certificate"
    return Finding(resource, invalid("XING008", path, message, out), [(other, there, "written by this one")])


def _certificates(resources: Resources) -> Sequence[Resource]:
    return resources.of(CERT_MANAGER, "Certificate")


def _asks_for_certificate(resource: Resource) -> bool:
    annotations = part(resource.value, *_ANNOTATIONS)
    return _ISSUER in annotations or _CLUSTER_ISSUER in annotations


def _missing_issuers(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    for certificate in _certificates(resources):
        issuer = part(certificate.value, "spec", "issuerRef")
        kind = text(issuer, "kind") or "Issuer"
        if (text(issuer, "group") or CERT_MANAGER) == CERT_MANAGER:
            at: Path = ("spec", "issuerRef", "name")
            yield from _issuer(resources, certificate, at, kind, text(issuer, "name"), evident=evident)
    for resource in (*resources.of(GROUP, "Ingress"), *resources.of(GATEWAY, "Gateway")):
        annotations = part(resource.value, *_ANNOTATIONS)
        if not annotations or (text(annotations, f"{CERT_MANAGER}/issuer-group") or CERT_MANAGER) != CERT_MANAGER:
            continue
        for key, kind in (
            (_ISSUER, text(annotations, f"{_ISSUER}-kind") or "Issuer"),
            (_CLUSTER_ISSUER, "ClusterIssuer"),
        ):
            if name := text(annotations, key):
                yield from _issuer(resources, resource, (*_ANNOTATIONS, key), kind, name, evident=evident)


def _issuer(
    resources: Resources, resource: Resource, path: Path, kind: str, name: str, *, evident: bool
) -> Iterator[Finding]:
    namespace = "" if kind == "ClusterIssuer" else resource.namespace
    target = (CERT_MANAGER, kind, namespace, name)
    other = resources.get(CERT_MANAGER, "ClusterIssuer", "", name) if namespace else None
    # those for the whole cluster mostly come with the cluster
    if kind not in ("Issuer", "ClusterIssuer") or (not namespace and not resources.of(CERT_MANAGER, kind)):
        return
    if other is None or resources.has(*target):
        yield from dangling("XING009", resources, resource, path, target, evident=evident)
    elif evident:
        message = f"names the Issuer `{name}`, but it is a ClusterIssuer that is called so"
        out = "set `issuerRef.kind: ClusterIssuer`" if path[0] == "spec" else f"use the annotation `{_CLUSTER_ISSUER}`"
        yield Finding(resource, invalid("XING009", path, message, out), [(other, ("metadata", "name"), "this one")])


def missing_issuers(resources: Resources) -> Iterator[Finding]:
    """Yield the issuers that are not there."""
    yield from _missing_issuers(resources, evident=True)


def possibly_missing_issuers(resources: Resources) -> Iterator[Finding]:
    """Yield the issuers that are not there, if nothing tells that they should be."""
    yield from _missing_issuers(resources, evident=False)


def hosts_beside_certificates(resources: Resources) -> Iterator[Finding]:
    """Yield the hosts that the Certificate for their Secret is not good for."""
    made = {(each.namespace, text(each.value, "spec", "secretName")): each for each in _certificates(resources)}
    if not made:
        return
    for use in _uses(resources):
        certificate = made.get((use.user.namespace, use.secret))
        if certificate is None or _asks_for_certificate(use.user):
            continue
        names = [name for name in entries(certificate.value, "spec", "dnsNames") if isinstance(name, str)]
        for path, host in use.hosts if names else ():
            if not any(covers(name, host) for name in names):
                message = f"is `{host}`, but {certificate} is for {listed(names, 'and')} only"
                out = "add it to `dnsNames` of the Certificate"
                fault = invalid("XING010", path, message, out)
                yield Finding(use.user, fault, [(certificate, ("spec", "dnsNames"), "hosts of the certificate")])


DEFAULT = (shared_certificate_secrets, missing_issuers, hosts_beside_certificates)
STRICT = (missing_certificates, possibly_missing_issuers)
OFF = ()
