"""
Where Ingresses send requests to.

Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#resource-backend
"""

from __future__ import annotations

from kgen.check.cross.near import dangling
from kgen.check.cross.pod_ports import HEADLESS, find, port_words, service_ports, target
from kgen.check.cross.resources import Finding
from kgen.check.reading import mappings, part, text
from kgen.check.server.errors import invalid
from kgen.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

GROUP = "networking.k8s.io"
_BY_ANNOTATION = "use-annotation"
"""Port of a backend that the AWS load balancer controller reads from an annotation: there is no Service."""


def backends(ingress: Resource) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the Services that an Ingress sends requests to, each with its place."""
    spec = ingress.spec
    if "defaultBackend" in spec and (service := part(spec, "defaultBackend", "service")):
        yield ("spec", "defaultBackend", "service"), service
    for index, rule in mappings(spec, "rules"):
        for place, path in mappings(rule, "http", "paths"):
            service = part(path, "backend", "service")
            if service and part(service, "port").get("name") != _BY_ANNOTATION:
                yield ("spec", "rules", index, "http", "paths", place, "backend", "service"), service


def all_backends(resources: Resources) -> Sequence[tuple[Resource, Sequence[tuple[Path, Mapping[str, Any]]]]]:
    """Return the Ingresses, each with the Services that it sends requests to: several rules ask for them."""
    found: list[tuple[Resource, Sequence[tuple[Path, Mapping[str, Any]]]]] | None = resources.memo.get("backends")
    if found is None:
        found = resources.memo["backends"] = [(each, list(backends(each))) for each in resources.of(GROUP, "Ingress")]
    return found


def wanted_port(backend: Mapping[str, Any]) -> tuple[str, int | str] | None:
    """Return by what a backend names a port (`name` or `number`), and which."""
    port = part(backend, "port")
    if name := text(port, "name"):
        return "name", name
    wanted = port.get("number")
    return ("number", wanted) if isinstance(wanted, int) else None


def dangling_service(
    row: str, resources: Resources, resource: Resource, path: Path, target: tuple[str, str], *, evident: bool
) -> Iterator[Finding]:
    """
    Yield the finding for a Service, named by namespace and name, that is not there.

    Args:
        evident: Only if the set has other Services of the namespace, or it is plain which one is meant.
    """
    there: set[str] | None = resources.memo.get("namespaces with Services")
    if there is None:
        there = resources.memo["namespaces with Services"] = {each.namespace for each in resources.of("", "Service")}
    has_others = target[0] in there
    if has_others and not evident:
        return
    asked = None if has_others else evident
    yield from dangling(row, resources, resource, path, ("", "Service", *target), evident=asked)


def backends_without_service(resources: Resources, *, evident: bool = True) -> Iterator[Finding]:
    """Yield the backends whose Service is not there."""
    for ingress, found in all_backends(resources):
        seen = set()
        for at, backend in found:
            name = text(backend, "name")
            if name not in seen and resources.get("", "Service", ingress.namespace, name) is None:
                seen.add(name)
                wanted = ingress.namespace, name
                yield from dangling_service("XING001", resources, ingress, (*at, "name"), wanted, evident=evident)


def backends_possibly_without_service(resources: Resources) -> Iterator[Finding]:
    """Yield the backends whose Service is not there, if nothing tells that it should be."""
    yield from backends_without_service(resources, evident=False)


def backends_without_port(resources: Resources) -> Iterator[Finding]:
    """Yield the backends whose Service has no port as they name it."""
    for ingress, found in all_backends(resources):
        for at, backend in found:
            services = resources.variants("", "Service", ingress.namespace, text(backend, "name"))
            wanted = wanted_port(backend)
            if not services or wanted is None or any(find(each, wanted[1]) is not None for each in services):
                continue
            service = services[0]
            if service.spec.get("type") == "ExternalName" and not service.spec.get("ports"):
                continue
            yield _port_missing(ingress, (*at, "port", wanted[0]), wanted[1], service)


def _port_missing(ingress: Resource, path: Path, wanted: int | str, service: Resource) -> Finding:
    fault = invalid(
        "XING002", path, f"is {port_shown(wanted)}, but {service} has no such port", way_out(wanted, service)
    )
    return Finding(ingress, fault, [(service, ("spec", "ports"), "its ports")])


def port_shown(wanted: int | str) -> str:
    """Return a port as it goes into a message."""
    return f"`{wanted}`" if isinstance(wanted, str) else str(wanted)


def way_out(wanted: int | str, service: Resource) -> str:
    """Return which port of a Service was probably meant by one that it does not have."""
    for _, port in service_ports(service):
        if target(port) == wanted:
            name = text(port, "name")
            called = f", `{name}`" if name else ""
            return f"{wanted} is the port of the pods: name that of the Service, {port.get('port')}{called}"
    names = [text(port, "name") for _, port in service_ports(service) if port.get("name")]
    if isinstance(wanted, str) and (near := nearest(wanted, names)):
        return f"did you mean `{near}`?"
    words = port_words(service)
    if isinstance(wanted, str) and not names:
        return f"its ports have no names: set `number: {words[0].strip('`')}`" if len(words) == 1 else "name a number"
    return f"its {'port is' if len(words) == 1 else 'ports are'} {', '.join(words)}" if words else "give it a port"


def unusual_backends(resources: Resources) -> Iterator[Finding]:
    """Yield the backends that some controllers refuse: names outside of the cluster, and headless Services."""
    for ingress, found in all_backends(resources):
        seen = set()
        for at, backend in found:
            service = resources.get("", "Service", ingress.namespace, text(backend, "name"))
            if service is None or service.name in seen:
                continue
            seen.add(service.name)
            spec = service.spec
            is_external = spec.get("type") == "ExternalName"
            if is_external or spec.get("clusterIP") == HEADLESS:
                what = "a name outside of the cluster" if is_external else "headless"
                message = f"is `{service.name}`, which is {what}: not every controller sends requests there"
                out = "send them to a Service with an address of the cluster"
                fault = invalid("XING003", (*at, "name"), message, out)
                place = ("spec", "type" if is_external else "clusterIP")
                yield Finding(ingress, fault, [(service, place, "decided here")])


DEFAULT = (backends_without_service, backends_without_port)
STRICT = (backends_possibly_without_service, unusual_backends)
OFF = ()
