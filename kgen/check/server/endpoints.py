"""Rules of the API server about Endpoints and EndpointSlices."""

from __future__ import annotations

from kgen.check.server import selectors
from kgen.check.server.errors import duplicate, invalid, required, too_many, unsupported
from kgen.check.server.kinds import entries
from kgen.check.server.ports import PROTOCOLS, address, number
from kgen.check.server.texts import dns_label, dns_subdomain, label_value, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_ADDRESS_TYPES = ("FQDN", "IPv4", "IPv6")
_MOST_ENDPOINTS = 1000
_MOST_ADDRESSES = 100
_MOST_PORTS = 20000
_MOST_HINTS = 8
_MOST_LABELS = 16
_HINTS = {"forZones": label_value, "forNodes": dns_subdomain}
"""Hints, and the form of the names that they have."""


def endpoints(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about Endpoints."""
    for index, subset in enumerate(entries(value, "subsets")):
        yield from _subset(subset or {}, ("subsets", index), context)


def _subset(subset: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if not subset.get("addresses") and not subset.get("notReadyAddresses"):
        yield required("EPS001", at, "with `addresses` or `notReadyAddresses`")
    for key in ("addresses", "notReadyAddresses"):
        for index, each in enumerate(entries(subset, key)):
            place = (*at, key, index)
            target = each or {}
            if wrong := address(target.get("ip") or "", context.version):
                yield invalid("EPS002", (*place, "ip"), wrong)
            if (hostname := target.get("hostname")) and (wrong := dns_label(hostname)):
                yield invalid("EPS005", (*place, "hostname"), wrong)
            yield from _node_name(target, place)
    ports = entries(subset, "ports")
    for index, each in enumerate(ports):
        yield from _port(each or {}, (*at, "ports", index), is_named=len(ports) > 1)


def _node_name(target: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    name = target.get("nodeName")
    if name is not None and (wrong := dns_subdomain(name)):
        yield invalid("EPS005", (*at, "nodeName"), wrong)


def _port(port: Mapping[str, Any], at: Path, *, is_named: bool) -> Iterator[Fault]:
    name = port.get("name") or ""
    if is_named and not name:
        yield required("EPS003", (*at, "name"), "as there is more than one port")
    elif name and (wrong := dns_label(name)):
        yield invalid("EPS003", (*at, "name"), wrong)
    if wrong := number(port.get("port") or 0):
        yield invalid("EPS006", (*at, "port"), wrong)
    yield from _protocol(port.get("protocol") or "TCP", port, at)


def _protocol(protocol: str, port: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if protocol not in PROTOCOLS:
        yield unsupported("EPS006", (*at, "protocol"), protocol, PROTOCOLS)
    application = port.get("appProtocol")
    if application is not None and (wrong := qualified_name(application)):
        yield invalid("EPS006", (*at, "appProtocol"), wrong)


def endpoint_slice(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about an EndpointSlice."""
    address_type = value.get("addressType") or ""
    if not address_type:
        yield required("EPS004", ("addressType",))
    elif address_type not in _ADDRESS_TYPES:
        yield unsupported("EPS004", ("addressType",), address_type, _ADDRESS_TYPES)
    own = entries(value, "endpoints")
    if len(own) > _MOST_ENDPOINTS:
        yield too_many("EPS004", ("endpoints",), _MOST_ENDPOINTS, len(own))
    else:
        for index, endpoint in enumerate(own):
            yield from _endpoint(endpoint or {}, ("endpoints", index), address_type, context)
    yield from _slice_ports(value)


def _endpoint(endpoint: Mapping[str, Any], at: Path, address_type: str, context: Context) -> Iterator[Fault]:
    own = entries(endpoint, "addresses")
    if not own:
        yield required("EPS004", (*at, "addresses"))
    elif len(own) > _MOST_ADDRESSES:
        yield too_many("EPS004", (*at, "addresses"), _MOST_ADDRESSES, len(own))
    for index, text in enumerate(own):
        yield from _address(text or "", (*at, "addresses", index), address_type, context)
    hostname = endpoint.get("hostname")
    if hostname is not None and (wrong := dns_label(hostname)):
        yield invalid("EPS005", (*at, "hostname"), wrong)
    yield from _node_name(endpoint, at)
    if hints := endpoint.get("hints"):
        for key, form in _HINTS.items():
            yield from _hints(entries(hints, key), (*at, "hints", key), form)
    if topology := endpoint.get("deprecatedTopology"):
        place = (*at, "deprecatedTopology")
        if len(topology) > _MOST_LABELS:
            yield too_many("EPS007", place, _MOST_LABELS, len(topology))
        yield from selectors.labels(topology, place)


def _hints(hints: Sequence[Any], at: Path, form: Callable[[str], str]) -> Iterator[Fault]:
    if len(hints) > _MOST_HINTS:
        yield too_many("EPS007", at, _MOST_HINTS, len(hints))
        return
    seen: set[str] = set()
    for index, each in enumerate(hints):
        name = (each or {}).get("name") or ""
        if name in seen:
            yield duplicate("EPS007", (*at, index, "name"), name)
        seen.add(name)
        if wrong := form(name):
            yield invalid("EPS007", (*at, index, "name"), wrong)


def _address(text: str, at: Path, address_type: str, context: Context) -> Iterator[Fault]:
    if address_type == "FQDN":
        if wrong := _full_domain(text.removesuffix(".")):
            yield invalid("EPS004", at, wrong)
    elif address_type in _ADDRESS_TYPES:
        if wrong := address(text, context.version):
            yield invalid("EPS004", at, wrong)
        elif (":" in text) is not (address_type == "IPv6"):
            # the server names the list
            yield invalid("EPS004", at[:-1], f"must have only {address_type} addresses, but has `{text}`")


def _full_domain(text: str) -> str:
    if wrong := dns_subdomain(text):
        return wrong
    if "." not in text:
        return f"must be a domain of at least two labels, but is `{text}`"
    return next((f"has a label that {wrong}" for label in text.split(".") if (wrong := dns_label(label))), "")


def _slice_ports(value: Mapping[str, Any]) -> Iterator[Fault]:
    ports = entries(value, "ports")
    if len(ports) > _MOST_PORTS:
        yield too_many("EPS004", ("ports",), _MOST_PORTS, len(ports))
        return
    names: set[str] = set()
    for index, each in enumerate(ports):
        port = each or {}
        name = port.get("name") or ""
        at = ("ports", index)
        if name and (wrong := dns_label(name)):
            yield invalid("EPS004", (*at, "name"), wrong)
        if name in names:
            yield duplicate("EPS004", (*at, "name"), name)
        names.add(name)
        protocol = port.get("protocol")
        yield from _protocol("TCP" if protocol is None else protocol, port, at)
