"""
IP addresses and networks as the API server reads them.

Since Kubernetes 1.36 (``StrictIPCIDRValidation``) zeros at the start of a number, IPv4 inside of IPv6, and bits beyond
the prefix of a network are no longer accepted.

Source: https://github.com/kubernetes/apimachinery/blob/master/pkg/util/validation/ip.go
"""

from __future__ import annotations

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address
    from typing import TypeAlias

    Address: TypeAlias = IPv4Address | IPv6Address

STRICT = (1, 36)
_OCTETS = 4
_MOST = 0xFF
_BITS = {4: 32, 6: 128}


@lru_cache(maxsize=1000)
def ip(text: str, version: tuple[int, int]) -> str:
    """
    Say what is wrong with an IP address in a field that is older than the strict rules.

    >>> ip("10.0.0.1", (1, 36)), ip("::1", (1, 36)), ip("010.0.0.1", (1, 35))
    ('', '', '')
    >>> ip("010.0.0.1", (1, 36))
    'must not have a number that starts with 0, but is `010.0.0.1`'
    """
    address = parsed(text)
    if address is None:
        return f"must be an IP address, but is `{text}`"
    return _not_strict(text, address) if version >= STRICT else ""


@lru_cache(maxsize=1000)
def cidr(text: str, version: tuple[int, int]) -> str:
    """
    Say what is wrong with a network such as ``10.0.0.0/8`` in a field that is older than the strict rules.

    >>> cidr("10.0.0.0/8", (1, 36)), cidr("10.0.0.1/8", (1, 35))
    ('', '')
    >>> cidr("10.0.0.1/8", (1, 36))
    'must not have bits set beyond the prefix, but is `10.0.0.1/8`'
    """
    start, _, length = text.partition("/")
    address = parsed(start)
    if address is None or not _is_number(length) or int(length) > _BITS[address.version]:
        return f"must be a network such as `10.0.0.0/8`, but is `{text}`"
    if version < STRICT:
        return ""
    if len(length) > 1 and length[0] == "0":
        return f"must not have a number that starts with 0, but is `{text}`"
    if wrong := _not_strict(start, address):
        return wrong
    beyond = _BITS[address.version] - int(length)
    if int(address) & ((1 << beyond) - 1):
        return f"must not have bits set beyond the prefix, but is `{text}`"
    return ""


@lru_cache(maxsize=1000)
def canonical_ip(text: str) -> str:
    """Say what is wrong with an IP address in a field that wants it in the one form that RFC 5952 recommends."""
    address = parsed(text)
    if address is None:
        return f"must be an IP address, but is `{text}`"
    if wrong := _not_strict(text, address):
        return wrong
    return "" if str(address) == text else f"must be in its canonical form `{address}`, but is `{text}`"


@lru_cache(maxsize=1000)
def warning(text: str, *, is_network: bool, is_strict: bool) -> str:
    """
    Say what the server warns about an address or network that it accepts.

    >>> warning("2001:DB8::/64", is_network=True, is_strict=True)
    'should be `2001:db8::/64`, the recommended form, but is `2001:DB8::/64`'
    >>> warning("10.0.0.1/8", is_network=True, is_strict=False)
    'should have no bits beyond the prefix, but is `10.0.0.1/8`'
    """
    start, slash, length = text.partition("/") if is_network else (text, "", "")
    address = parsed(start)
    if address is None:
        return ""
    if wrong := _not_strict(start, address):
        return "" if is_strict else wrong.replace("must not", "should not")
    if address.version != _OCTETS and str(address) != start:
        return f"should be `{address}{slash}{length}`, the recommended form, but is `{text}`"
    if is_network and not is_strict and not cidr(text, (1, 0)) and cidr(text, STRICT):
        return f"should have no bits beyond the prefix, but is `{text}`"
    return ""


@lru_cache(maxsize=1000)
def parsed(text: str) -> Address | None:
    """Return the address that the server reads, zeros at the start of a number allowed; ``None`` if it is none."""
    from ipaddress import IPv4Address, IPv6Address  # noqa: PLC0415  # few objects have addresses

    if ":" in text:
        if "%" in text:
            return None
        try:
            return IPv6Address(text)
        except ValueError:
            return None
    numbers = text.split(".")
    if len(numbers) != _OCTETS or not all(_is_number(number) and int(number) <= _MOST for number in numbers):
        return None
    return IPv4Address(bytes(map(int, numbers)))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < len("1000000")


def _not_strict(text: str, address: Address) -> str:
    if address.version == _OCTETS and any(len(number) > 1 and number[0] == "0" for number in text.split(".")):
        return f"must not have a number that starts with 0, but is `{text}`"
    if getattr(address, "ipv4_mapped", None):
        return f"must not be an IPv4 address inside an IPv6 address, but is `{text}`"
    return ""
