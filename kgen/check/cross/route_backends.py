"""
Where the routes of the Gateway API send requests to, and what they may name in other namespaces.

Source: https://gateway-api.sigs.k8s.io/api-types/referencegrant/
"""

from __future__ import annotations

from kgen.check.cross.gateway import GROUP, routes
from kgen.check.cross.ingress import dangling_service, port_shown, way_out
from kgen.check.cross.pod_ports import find
from kgen.check.cross.resources import Finding
from kgen.check.reading import mappings, part, text
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path


class Reference:
    """What an object names, perhaps in another namespace."""

    __slots__ = ("at", "kind", "name", "namespace", "owner", "value")

    def __init__(self, owner: Resource, at: Path, value: Mapping[str, Any], kind: str) -> None:
        self.owner = owner
        self.at = at
        self.value = value
        self.kind = kind
        self.name = text(value, "name")
        self.namespace = text(value, "namespace") or owner.namespace


def backends(resources: Resources) -> Iterator[Reference]:
    """Yield the Services that routes send requests to."""
    for route in routes(resources):
        for index, rule in mappings(route.value, "spec", "rules"):
            at = ("spec", "rules", index)
            for place, backend in mappings(rule, "backendRefs"):
                if _is_service(backend):
                    yield Reference(route, (*at, "backendRefs", place), backend, "Service")
            for place, each in mappings(rule, "filters"):
                backend = part(each, "requestMirror", "backendRef")
                if backend and _is_service(backend):
                    path = (*at, "filters", place, "requestMirror", "backendRef")
                    yield Reference(route, path, backend, "Service")


def _is_service(backend: Mapping[str, Any]) -> bool:
    return text(backend, "kind") in ("", "Service") and not text(backend, "group")


def _certificates(resources: Resources) -> Iterator[Reference]:
    """Yield the Secrets that Gateways serve certificates of."""
    for gateway in resources.of(GROUP, "Gateway"):
        for index, listener in mappings(gateway.value, "spec", "listeners"):
            for place, each in mappings(listener, "tls", "certificateRefs"):
                if text(each, "kind") in ("", "Secret"):
                    path = ("spec", "listeners", index, "tls", "certificateRefs", place)
                    yield Reference(gateway, path, each, "Secret")


def _missing_backends(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    seen = set()
    for each in backends(resources):
        target = each.namespace, each.name
        if (id(each.owner), target) not in seen:
            seen.add((id(each.owner), target))
            path = (*each.at, "name")
            yield from dangling_service("XING013", resources, each.owner, path, target, evident=evident)


def missing_backends(resources: Resources) -> Iterator[Finding]:
    """Yield the Services that routes name and that are not there."""
    yield from _missing_backends(resources, evident=True)


def possibly_missing_backends(resources: Resources) -> Iterator[Finding]:
    """Yield the Services that are not there, if nothing tells that they should be."""
    yield from _missing_backends(resources, evident=False)


def unknown_backend_ports(resources: Resources) -> Iterator[Finding]:
    """Yield the ports that a Service behind a route does not have."""
    for each in backends(resources):
        services = resources.variants("", "Service", each.namespace, each.name)
        wanted = each.value.get("port")
        if services and isinstance(wanted, int) and all(find(service, wanted) is None for service in services):
            service = services[0]
            message = f"is {port_shown(wanted)}, but {service} has no such port"
            fault = invalid("XING019", (*each.at, "port"), message, way_out(wanted, service))
            yield Finding(each.owner, fault, [(service, ("spec", "ports"), "its ports")])


def _ungranted(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    for each in (*backends(resources), *_certificates(resources)):
        if each.namespace == each.owner.namespace or _is_granted(resources, each) or _is_where_it_is_asked(each):
            continue
        other = resources.get("", each.kind, each.namespace, each.name)
        if (other is not None) is evident and not resources.external.has("ReferenceGrant", each.namespace, ""):
            message = f"is `{each.namespace}`, where no ReferenceGrant lets {each.owner} name the {each.kind}"
            source = f"{{group: {GROUP}, kind: {each.owner.kind}, namespace: {each.owner.namespace}}}"
            out = f"add one there with `from: [{source}]` and `to: [{{group: '', kind: {each.kind}}}]`"
            fault = invalid("XING014", (*each.at, "namespace"), message, out)
            yield Finding(each.owner, fault, [(other, ("metadata", "name"), "this one is meant")] if other else ())


def ungranted_references(resources: Resources) -> Iterator[Finding]:
    """Yield the references into other namespaces that those do not allow."""
    yield from _ungranted(resources, evident=True)


def possibly_ungranted_references(resources: Resources) -> Iterator[Finding]:
    """Yield the references into namespaces of which the set has not even what is named."""
    yield from _ungranted(resources, evident=False)


def _is_where_it_is_asked(reference: Reference) -> bool:
    """
    Tell whether a route is about requests to Services of the namespace anyway: in a mesh, clients change their own.

    Source: https://gateway-api.sigs.k8s.io/geps/gep-1426/
    """
    parents = mappings(reference.owner.value, "spec", "parentRefs")
    return any(_is_service_of_mesh(each) and text(each, "namespace") == reference.namespace for _, each in parents)


def _is_service_of_mesh(parent: Mapping[str, Any]) -> bool:
    return text(parent, "kind") == "Service" and not text(parent, "group")


def _is_granted(resources: Resources, reference: Reference) -> bool:
    owner = reference.owner
    known = text(owner.value, "metadata", "namespace")
    for grant in resources.of(GROUP, "ReferenceGrant"):
        if grant.namespace != reference.namespace:
            continue
        comes = any(
            text(each, "kind") == owner.kind
            and text(each, "group") == owner.group
            and (text(each, "namespace") == owner.namespace or not known)
            for _, each in mappings(grant.value, "spec", "from")
        )
        if comes and any(
            text(each, "kind") == reference.kind
            and not text(each, "group")
            and text(each, "name") in ("", reference.name)
            for _, each in mappings(grant.value, "spec", "to")
        ):
            return True
    return False


DEFAULT = (missing_backends, unknown_backend_ports, ungranted_references)
STRICT = (possibly_missing_backends, possibly_ungranted_references)
OFF = ()
