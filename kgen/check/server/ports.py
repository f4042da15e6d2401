"""Ports, protocols and addresses as Services, endpoints, routes and network policies share them."""

from __future__ import annotations

from functools import lru_cache

from kgen.check.server import addresses
from kgen.check.server.texts import port_name

PROTOCOLS = ("SCTP", "TCP", "UDP")
_LARGEST = 65535
_IPV4_BYTES = 4
_LINK_SCOPE = 2


def number(value: float) -> str:
    """
    Say what is wrong with the number of a port, or "".

    >>> number(80), number(0)
    ('', 'must be between 1 and 65535, but is 0')
    """
    return "" if 1 <= value <= _LARGEST else f"must be between 1 and {_LARGEST}, but is {value}"


def number_or_name(value: float | str) -> str:
    """
    Say what is wrong with a port that is given by its number, or by the name of a port.

    >>> number_or_name("http"), number_or_name(0)
    ('', 'must be between 1 and 65535, but is 0')
    """
    return port_name(value) if isinstance(value, str) else number(value)


def address(text: str, version: tuple[int, int]) -> str:
    """
    Say what is wrong with an address that other machines shall reach: not their own one, and not beyond their link.

    >>> address("192.0.2.1", (1, 36)), address("127.0.0.1", (1, 36))
    ('', 'must not be a loopback address, but is `127.0.0.1`')
    """
    return addresses.ip(text, version) or _special(text)


@lru_cache(maxsize=1000)
def _special(text: str) -> str:
    found = addresses.parsed(text)
    if found is None:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_unspecified:
        return f"must not be unspecified, but is `{text}`"
    if found.is_loopback:
        return f"must not be a loopback address, but is `{text}`"
    if found.is_link_local:
        return f"must not be a link-local address, but is `{text}`"
    if _is_link_local_multicast(found.packed):
        return f"must not be a link-local multicast address, but is `{text}`"
    return ""


def _is_link_local_multicast(packed: bytes) -> bool:
    """Tell whether an address is in 224.0.0.0/24, or in ff02::/16 with any flags."""
    if len(packed) == _IPV4_BYTES:
        return packed.startswith(b"\xe0\0\0")
    return packed[0] == 0xFF and packed[1] & 0x0F == _LINK_SCOPE  # noqa: PLR2004  # the first byte of multicast
