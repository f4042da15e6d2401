"""Rules of the API server about NetworkPolicies."""

from __future__ import annotations

from functools import lru_cache

from kgen.check.server import addresses, selectors
from kgen.check.server.errors import forbidden, invalid, required, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.ports import PROTOCOLS, number, number_or_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Network, IPv6Network
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_TYPES = ("Egress", "Ingress")
_DIRECTIONS = (("ingress", "from"), ("egress", "to"))
_SELECTORS = ("podSelector", "namespaceSelector")


def network_policy(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a NetworkPolicy."""
    spec = part(value, "spec")
    yield from selectors.label_selector(part(spec, "podSelector"), ("spec", "podSelector"), context)
    for direction, peers in _DIRECTIONS:
        for index, rule in enumerate(entries(spec, direction)):
            at = ("spec", direction, index)
            for place, port in enumerate(entries(rule or {}, "ports")):
                yield from _port(port or {}, (*at, "ports", place))
            for place, peer in enumerate(entries(rule or {}, peers)):
                yield from _peer(peer or {}, (*at, peers, place), context)
    types = entries(spec, "policyTypes")
    if len(types) > len(_TYPES):
        yield invalid(
            "NET002", ("spec", "policyTypes"), f"must have at most {len(_TYPES)} entries, but has {len(types)}"
        )
        return
    for index, each in enumerate(types):
        if each not in _TYPES:
            yield unsupported("NET002", ("spec", "policyTypes", index), each or "", _TYPES)


def _port(port: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    protocol = port.get("protocol")
    if protocol is not None and protocol not in PROTOCOLS:
        yield unsupported("NET003", (*at, "protocol"), protocol, PROTOCOLS)
    first, last = port.get("port"), port.get("endPort")
    if first is not None and (wrong := number_or_name(first)):
        yield invalid("NET004", (*at, "port"), wrong)
    if last is None:
        return
    if first is None or isinstance(first, str):
        why = "without `port`" if first is None else f"with the named port `{first}`"
        yield invalid("NET005", (*at, "endPort"), f"must not be set {why}")
    elif wrong := number(last):
        yield invalid("NET005", (*at, "endPort"), wrong)
    elif last < first:
        yield invalid("NET005", (*at, "endPort"), f"must be at least `port`, {first}, but is {last}")


def _peer(peer: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    chosen = [key for key in _SELECTORS if peer.get(key) is not None]
    for key in chosen:
        yield from selectors.label_selector(peer[key], (*at, key), context)
    block = peer.get("ipBlock")
    if block is not None:
        if chosen:
            yield forbidden("NET007", at, f"may not have `ipBlock` beside `{chosen[0]}`")
        yield from _block(block, (*at, "ipBlock"), context)
    elif not chosen:
        yield required("NET006", at, "with `ipBlock`, `namespaceSelector` or `podSelector`")


def _block(block: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if not (cidr := block.get("cidr")):
        yield required("NET008", (*at, "cidr"))
        return
    if wrong := addresses.cidr(cidr, context.version):
        yield invalid("NET008", (*at, "cidr"), wrong)
        return
    for index, text in enumerate(entries(block, "except")):
        if wrong := addresses.cidr(text or "", context.version):
            yield invalid("NET009", (*at, "except", index), wrong)
        elif not _is_inside(text, cidr):
            yield invalid("NET009", (*at, "except", index), f"must be a part of `cidr`, `{cidr}`, but is `{text}`")


@lru_cache(maxsize=1000)
def _network(text: str) -> IPv4Network | IPv6Network:
    from ipaddress import ip_network  # noqa: PLC0415  # few objects have networks

    start, _, length = text.partition("/")
    address = addresses.parsed(start)
    return ip_network((b"" if address is None else address.packed, int(length)), strict=False)


def _is_inside(inner: str, outer: str) -> bool:
    """Tell whether the network ``inner`` is a smaller part of ``outer``."""
    one, other = _network(inner), _network(outer)
    return one.version == other.version and one.prefixlen > other.prefixlen and one.network_address in other
