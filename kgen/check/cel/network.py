"""
Addresses and networks.

Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

from kgen.check.cel.values import CelError, Opaque, Overloads

_Address: TypeAlias = IPv4Address | IPv6Address
_BROADCAST = IPv4Address("255.255.255.255")
_LOCAL_4 = ip_network("224.0.0.0/24")
_MULTICAST_SCOPE = 0xFF0F


class IP(Opaque):
    __slots__ = ("address",)
    cel_type = "net.IP"

    def __init__(self, address: _Address) -> None:
        self.address = address

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IP) and self.address == other.address

    def __hash__(self) -> int:
        return hash(self.address)


class CIDR(Opaque):
    """An address and how many of its bits name the network. The other bits are kept."""

    __slots__ = ("address", "bits")
    cel_type = "net.CIDR"

    def __init__(self, address: _Address, bits: int) -> None:
        self.address = address
        self.bits = bits

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CIDR) and (self.address, self.bits) == (other.address, other.bits)

    def __hash__(self) -> int:
        return hash((self.address, self.bits))


def ip(text: str) -> IP:
    """
    Return the address that ``text`` stands for.

    Raises:
        CelError: It stands for none, has a zone, or is an IPv4 address written as IPv6.
    """
    try:
        address = ip_address(text)
    except ValueError:
        raise CelError(f"`{text}` is no IP address") from None
    if "%" in text or (isinstance(address, IPv6Address) and address.ipv4_mapped):
        raise CelError(f"`{text}` is no IP address that is allowed")
    return IP(address)


def cidr(text: str) -> CIDR:
    """
    Return the network that ``text`` stands for.

    Raises:
        CelError: It stands for none.
    """
    address, _, bits = text.partition("/")
    if not bits.isascii() or not bits.isdigit() or (bits.startswith("0") and bits != "0"):
        raise CelError(f"`{text}` is no network address")
    made = ip(address).address
    if len(bits) > 3 or int(bits) > made.max_prefixlen:  # noqa: PLR2004  # `128`
        raise CelError(f"`{text}` is no network address")
    return CIDR(made, int(bits))


def _is_ip(text: str) -> bool:
    try:
        ip(text)
    except CelError:
        return False
    return True


def _is_cidr(text: str) -> bool:
    try:
        cidr(text)
    except CelError:
        return False
    return True


def _prefix(address: _Address, bits: int) -> int:
    return int(address) >> (address.max_prefixlen - bits)


def _contains(network: CIDR, other: IP) -> bool:
    if network.address.version != other.address.version:
        return False
    return _prefix(network.address, network.bits) == _prefix(other.address, network.bits)


def _contains_network(network: CIDR, other: CIDR) -> bool:
    return network.bits <= other.bits and _contains(network, IP(other.address))


def _masked(network: CIDR) -> CIDR:
    free = network.address.max_prefixlen - network.bits
    return CIDR(type(network.address)(_prefix(network.address, network.bits) << free), network.bits)


def _is_local_multicast(value: IP) -> bool:
    address = value.address
    if isinstance(address, IPv4Address):
        return address in _LOCAL_4
    return int(address) >> 112 & _MULTICAST_SCOPE == 0xFF02  # noqa: PLR2004  # ff02::/16


def _is_global(value: IP) -> bool:
    address = value.address
    special = address.is_unspecified or address.is_loopback or address.is_multicast or address.is_link_local
    return not special and address != _BROADCAST


FUNCTIONS: Overloads = {
    "ip": (((str,), ip),),
    "isIP": (((str,), _is_ip),),
    "ip.isCanonical": (((str,), lambda text: str(ip(text).address) == text),),
    "cidr": (((str,), cidr),),
    "isCIDR": (((str,), _is_cidr),),
    "string": (
        ((IP,), lambda value: str(value.address)),
        ((CIDR,), lambda value: f"{value.address}/{value.bits}"),
    ),
}
METHODS: Overloads = {
    "family": (((IP,), lambda value: value.address.version),),
    "isUnspecified": (((IP,), lambda value: value.address.is_unspecified),),
    "isLoopback": (((IP,), lambda value: value.address.is_loopback),),
    "isLinkLocalMulticast": (((IP,), _is_local_multicast),),
    "isLinkLocalUnicast": (((IP,), lambda value: value.address.is_link_local),),
    "isGlobalUnicast": (((IP,), _is_global),),
    "containsIP": (
        ((CIDR, IP), _contains),
        ((CIDR, str), lambda network, text: _contains(network, ip(text))),
    ),
    "containsCIDR": (
        ((CIDR, CIDR), _contains_network),
        ((CIDR, str), lambda network, text: _contains_network(network, cidr(text))),
    ),
    "ip": (((CIDR,), lambda network: IP(network.address)),),
    "masked": (((CIDR,), _masked),),
    "prefixLength": (((CIDR,), lambda network: network.bits),),
}
