"""
Gateways, and the routes that are attached to them.

Source: https://gateway-api.sigs.k8s.io/reference/spec/
"""

from __future__ import annotations

from kgen.check.cross.hosts import intersect
from kgen.check.cross.near import dangling
from kgen.check.cross.resources import Finding
from kgen.check.labels import selects
from kgen.check.reading import entries, mappings, part, text, texts
from kgen.check.server.errors import invalid
from kgen.words import listed, suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Listeners = Sequence[tuple[int, Mapping[str, Any]]]

GROUP = "gateway.networking.k8s.io"
NAMESPACE_NAME = "kubernetes.io/metadata.name"
_LISTENERS: Path = ("spec", "listeners")

PROTOCOLS: Mapping[str, frozenset[str]] = {
    "HTTPRoute": frozenset({"HTTP", "HTTPS"}),
    "GRPCRoute": frozenset({"HTTP", "HTTPS"}),
    "TLSRoute": frozenset({"TLS"}),
    "TCPRoute": frozenset({"TCP", "TLS"}),
    "UDPRoute": frozenset({"UDP"}),
}
"""Kind of route → which listeners it can be attached to."""


def routes(resources: Resources) -> Iterator[Resource]:
    """Yield the routes of all kinds."""
    for kind in PROTOCOLS:
        yield from resources.of(GROUP, kind)


def _parents(route: Resource) -> Iterator[tuple[Path, Mapping[str, Any], str]]:
    """Yield the references of a route to Gateways, each with its place and the namespace it is about."""
    for index, parent in mappings(route.value, "spec", "parentRefs"):
        if text(parent, "kind") in ("", "Gateway") and parent.get("group", GROUP) == GROUP:
            yield ("spec", "parentRefs", index), parent, text(parent, "namespace") or route.namespace


def _missing_gateways(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    for route in routes(resources):
        for at, parent, namespace in _parents(route):
            target = (GROUP, "Gateway", namespace, text(parent, "name"))
            yield from dangling("XING011", resources, route, (*at, "name"), target, evident=evident)


def missing_gateways(resources: Resources) -> Iterator[Finding]:
    """Yield the Gateways that routes name and that are not there."""
    yield from _missing_gateways(resources, evident=True)


def possibly_missing_gateways(resources: Resources) -> Iterator[Finding]:
    """Yield the Gateways that are not there, if nothing tells that they should be."""
    yield from _missing_gateways(resources, evident=False)


def unattached_routes(resources: Resources) -> Iterator[Finding]:
    """Yield the routes that no listener of their Gateway takes: by its name, the namespace, or the host."""
    for route in routes(resources):
        for at, parent, namespace in _parents(route):
            gateways = resources.variants(GROUP, "Gateway", namespace, text(parent, "name"))
            found = [list(_unattached(resources, route, gateway, parent, at)) for gateway in gateways]
            if found and all(found):
                yield from found[0]


def _unattached(
    resources: Resources, route: Resource, gateway: Resource, parent: Mapping[str, Any], at: Path
) -> Iterator[Finding]:
    listeners = mappings(gateway.value, *map(str, _LISTENERS))
    for key, of in (("sectionName", "name"), ("port", "port")):
        wanted = parent.get(key)
        if wanted is None or not listeners:
            continue
        known = [str(each.get(of)) for _, each in listeners]
        listeners = [(index, each) for index, each in listeners if each.get(of) == wanted]
        if not listeners:
            message = f"is `{wanted}`, but no listener of {gateway} has {'this name' if of == 'name' else 'this port'}"
            out = suggestion(str(wanted), set(known), "they have")
            fault = invalid("XING018", (*at, key), message, out)
            yield Finding(route, fault, [(gateway, _LISTENERS, "its listeners")])
            return
    fitting = [(index, each) for index, each in listeners if text(each, "protocol") in PROTOCOLS[route.kind]]
    admitting = [(index, each) for index, each in fitting if _admits(resources, gateway, each, route)]
    if fitting and not admitting:
        yield _not_admitted(route, gateway, fitting, at)
    elif admitting:
        yield from _without_host(route, gateway, admitting)


def _not_admitted(route: Resource, gateway: Resource, listeners: Listeners, at: Path) -> Finding:
    index, listener = listeners[0]
    how = text(listener, "allowedRoutes", "namespaces", "from") or "Same"
    whose = {"Same": f"of its own namespace, `{gateway.namespace}`", "Selector": "of namespaces with certain labels"}
    message = f"names {gateway}, which takes routes {whose.get(how, 'of no namespace')}, and not of `{route.namespace}`"
    out = "set `allowedRoutes.namespaces.from` at the listener, or move the route"
    place = (*_LISTENERS, index)
    return Finding(route, invalid("XING015", (*at, "name"), message, out), [(gateway, place, "this listener")])


def _admits(resources: Resources, gateway: Resource, listener: Mapping[str, Any], route: Resource) -> bool:
    """Tell whether a listener takes routes of a namespace, as far as that is known."""
    allowed = part(listener, "allowedRoutes", "namespaces")
    how = text(allowed, "from") or "Same"
    if how == "All" or not text(route.value, "metadata", "namespace"):
        return True  # who names no namespace chooses it later
    if how == "Same":
        return route.namespace == gateway.namespace
    if how == "Selector":
        labels = {NAMESPACE_NAME: route.namespace}
        namespace = resources.get("", "Namespace", "", route.namespace)
        selector = part(allowed, "selector")
        if namespace is None and _keys(selector) != {NAMESPACE_NAME}:
            return True
        if namespace is not None:
            labels |= texts(part(namespace.value, "metadata", "labels"))
        return selects(selector, labels)
    return how != "None"


def _keys(selector: Mapping[str, Any]) -> set[str]:
    return {*part(selector, "matchLabels"), *(text(each, "key") for _, each in mappings(selector, "matchExpressions"))}


def _without_host(route: Resource, gateway: Resource, listeners: Listeners) -> Iterator[Finding]:
    hosts = [host for host in entries(route.value, "spec", "hostnames") if isinstance(host, str)]
    known = [text(each, "hostname") for _, each in listeners]
    if hosts and not any(intersect(host, name) for host in hosts for name in known):
        message = (
            f"has {listed(hosts, 'and')}, but the listeners of {gateway} are for {listed(sorted(set(known)), 'and')}"
        )
        fault = invalid("XING012", ("spec", "hostnames"), message, "add a listener for the host, or correct the host")
        place = (*_LISTENERS, listeners[0][0], "hostname")
        yield Finding(route, fault, [(gateway, place, "this listener")])


def _missing_classes(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    # the classes mostly come with the cluster
    for gateway in resources.of(GROUP, "Gateway") if resources.of(GROUP, "GatewayClass") else ():
        target = (GROUP, "GatewayClass", "", text(gateway.value, "spec", "gatewayClassName"))
        yield from dangling("XING016", resources, gateway, ("spec", "gatewayClassName"), target, evident=evident)


def missing_classes(resources: Resources) -> Iterator[Finding]:
    """Yield the classes of Gateways that are not there."""
    yield from _missing_classes(resources, evident=True)


def possibly_missing_classes(resources: Resources) -> Iterator[Finding]:
    """Yield the classes that are not there, if nothing tells that they should be."""
    yield from _missing_classes(resources, evident=False)


def conflicting_listeners(resources: Resources) -> Iterator[Finding]:
    """Yield the listeners that ask for the requests of another one of their Gateway."""
    for gateway in resources.of(GROUP, "Gateway"):
        taken: dict[Any, int] = {}
        for index, listener in mappings(gateway.value, *map(str, _LISTENERS)):
            host = text(listener, "hostname")
            port, protocol = listener.get("port"), text(listener, "protocol")
            if not isinstance(port, int):
                continue
            first = taken.setdefault((port, protocol, host), index)
            if first != index:
                where = f" for `{host}`" if host else ""
                message = f"listens on {port}/{protocol}{where}, as an earlier listener does"
                out = "give it another `port` or `hostname`"
                fault = invalid("XING017", (*_LISTENERS, index), message, out)
                yield Finding(gateway, fault, [(gateway, (*_LISTENERS, first), "the earlier one")])


DEFAULT = (missing_gateways, unattached_routes, missing_classes, conflicting_listeners)
STRICT = (possibly_missing_gateways, possibly_missing_classes)
OFF = ()
