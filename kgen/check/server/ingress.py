"""Rules of the API server about Ingresses and IngressClasses."""

from __future__ import annotations

import re
from functools import lru_cache

from kgen.check.server import addresses
from kgen.check.server.errors import forbidden, invalid, required, too_long, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.ports import number
from kgen.check.server.texts import dns_1035_label, dns_label, dns_subdomain, path_segment, port_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_CLASS = "kubernetes.io/ingress.class"
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_SCOPES = ("Cluster", "Namespace")
_LONGEST_CONTROLLER = 250
_SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
_ENDS = ("/..", "/.")
_RELAXED_NAMES = (1, 36)
"""Since then a Service may have a name that starts with a digit."""


def ingress(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about an Ingress."""
    spec = part(value, "spec")
    rules, backend = entries(spec, "rules"), spec.get("defaultBackend")
    if not rules and backend is None:
        yield invalid("ING001", ("spec",), "must have `defaultBackend` or `rules`")
    yield from _class(spec, part(part(value, "metadata"), "annotations"))
    if backend is not None:
        yield from _backend(backend, ("spec", "defaultBackend"), context)
    for index, rule in enumerate(rules):
        yield from _rule(rule or {}, ("spec", "rules", index), context)
    for index, each in enumerate(entries(spec, "tls")):
        yield from _tls(each or {}, ("spec", "tls", index))


def _class(spec: Mapping[str, Any], annotations: Mapping[str, Any]) -> Iterator[Fault]:
    name = spec.get("ingressClassName")
    if name is not None and (wrong := dns_subdomain(name)):
        yield invalid("ING002", ("spec", "ingressClassName"), wrong)
    if _CLASS not in annotations:
        return
    at = ("metadata", "annotations", _CLASS)
    annotated = annotations[_CLASS] or ""
    if name is None:
        yield forbidden("ING004", at, "is deprecated, in favour of `ingressClassName`")
    elif name != annotated:
        message = f"must be as `ingressClassName`, `{name}`, but is `{annotated}`"
        yield invalid("ING003", at, message).named(f"annotations.{_CLASS}")


@lru_cache(maxsize=1000)
def _host(text: str) -> str:
    name = text.removeprefix("*.")
    if "*" not in name:
        return dns_subdomain(name).replace(f"`{name}`", f"`{text}`")
    return f"must have `*` only as its first label, before a DNS subdomain, but is `{text}`"


def _tls(tls: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    for index, host in enumerate(entries(tls, "hosts")):
        if wrong := _host(host or ""):
            yield invalid("ING006", (*at, "hosts", index), wrong)
    if (name := tls.get("secretName")) and (wrong := dns_subdomain(name)):
        yield invalid("ING007", (*at, "secretName"), wrong)


def _rule(rule: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if host := rule.get("host"):
        if addresses.parsed(host):
            yield invalid("ING005", (*at, "host"), f"must be a DNS name, not an address, but is `{host}`")
        elif wrong := _host(host):
            yield invalid("ING006", (*at, "host"), wrong)
    http = rule.get("http")
    if http is None:
        return
    if not http.get("paths"):
        yield required("ING008", (*at, "http", "paths"))
    for index, path in enumerate(entries(http, "paths")):
        yield from _path(path or {}, (*at, "http", "paths", index), context)


def _path(path: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    path_type, text = path.get("pathType"), path.get("path") or ""
    if path_type is None:
        yield required("ING009", (*at, "pathType"))
    elif path_type not in _PATH_TYPES:
        yield unsupported("ING010", (*at, "pathType"), path_type, _PATH_TYPES)
    elif not text.startswith("/"):
        if text or path_type != "ImplementationSpecific":
            yield invalid("ING011", (*at, "path"), f"must start with `/`, but is `{text}`")
    elif path_type != "ImplementationSpecific" and (wrong := _sequence(text)):
        yield invalid("ING012", (*at, "path"), wrong)
    yield from _backend(path.get("backend") or {}, (*at, "backend"), context)


@lru_cache(maxsize=1000)
def _sequence(text: str) -> str:
    for sequence in _SEQUENCES:
        if sequence in text:
            return f"must not contain `{sequence}`, but is `{text}`"
    for end in _ENDS:
        if text.endswith(end):
            return f"must not end with `{end}`, but is `{text}`"
    return ""


def _backend(backend: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None and resource is not None:
        yield invalid("ING014", at, "must not have `service` and `resource` both")
    elif resource is not None:
        yield from _reference("ING017", resource, (*at, "resource"))
    elif service is not None:
        yield from _service(service, at, context)
    else:
        yield invalid("ING013", at, "must have `service` or `resource`")


def _service(service: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    label = dns_label if context.version >= _RELAXED_NAMES else dns_1035_label
    if not (name := service.get("name")):
        yield required("ING015", (*at, "service", "name"))
    elif wrong := label(name):
        yield invalid("ING015", (*at, "service", "name"), wrong)
    port = part(service, "port")
    named, numbered = port.get("name") or "", port.get("number") or 0
    if named and numbered:
        yield invalid("ING016", at, "must not have the name and the number of a port both")
    elif named:
        if wrong := port_name(named):
            yield invalid("ING016", (*at, "service", "port", "name"), wrong)
    elif numbered:
        if wrong := number(numbered):
            yield invalid("ING016", (*at, "service", "port", "number"), wrong)
    else:
        yield required("ING016", at, "with `service.port.name` or `service.port.number`")


def _reference(row: str, reference: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    group = reference.get("apiGroup")
    if group is not None and (wrong := dns_subdomain(group)):
        yield invalid(row, (*at, "apiGroup"), wrong)
    for key in ("kind", "name"):
        if not (text := reference.get(key)):
            yield required(row, (*at, key))
        elif wrong := path_segment(text):
            yield invalid(row, (*at, key), wrong)


def ingress_class(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about an IngressClass."""
    del context
    spec = part(value, "spec")
    at = ("spec", "controller")
    controller = spec.get("controller") or ""
    if len(controller.encode()) > _LONGEST_CONTROLLER:
        yield too_long("ING018", at, _LONGEST_CONTROLLER, len(controller.encode()), "bytes")
    if not controller:
        yield required("ING018", at)
    elif wrong := _domain_path(controller):
        yield invalid("ING018", at, wrong)
    if (parameters := spec.get("parameters")) is not None:
        yield from _parameters(parameters, ("spec", "parameters"))


@lru_cache(maxsize=1000)
def _domain_path(text: str) -> str:
    domain, _, path = text.partition("/")
    if not domain or not path:
        return f"must be a domain, `/` and a path, but is `{text}`"
    if wrong := dns_subdomain(domain):
        return f"has a domain that {wrong}"
    if not re.fullmatch(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+", path):
        return f"must have only letters, digits and signs of a URL after the `/`, but is `{text}`"
    return ""


def _parameters(parameters: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    yield from _reference("ING019", parameters, at)
    scope, namespace = parameters.get("scope"), parameters.get("namespace")
    scope = "Cluster" if scope is None else scope
    if scope not in _SCOPES:
        yield unsupported("ING019", (*at, "scope"), scope, _SCOPES)
    elif scope == "Cluster":
        if namespace is not None:
            yield forbidden("ING019", (*at, "namespace"), "may not be set with scope `Cluster`")
    elif namespace is None:
        yield required("ING019", (*at, "namespace"), "with scope `Namespace`")
    elif wrong := dns_label(namespace):
        yield invalid("ING019", (*at, "namespace"), wrong)
