"""Ranges of IP addresses, as the user writes them."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from kgen.diag import Rule
from kgen.spec import fault

INVALID_RANGE = Rule(
    code="KG3120",
    name="invalid-address-range",
    explain="A range of addresses is its first address and the number of bits that all of them share.",
)
RULES = (INVALID_RANGE,)


def _range(text: str) -> str:
    from ipaddress import ip_interface, ip_network  # noqa: PLC0415  # few apps name addresses

    try:
        found = ip_interface(text)
    except ValueError as error:
        way_out = "write it as `10.0.0.0/8`, or `203.0.113.7/32` for a single address"
        raise fault(INVALID_RANGE, f"`{text}` is not a range of addresses", way_out) from error
    meant = str(ip_network(text, strict=False))
    if "/" not in text:
        raise fault(
            INVALID_RANGE, f"`{text}` is one address, not a range", f"write `{meant}` if only that one is meant"
        )
    if text != meant:
        raise fault(INVALID_RANGE, f"`{text}` is not how the range of `{found.ip}` is written", f"write `{meant}`")
    return text


Cidr: TypeAlias = Annotated[str, AfterValidator(_range)]
"""A range of IPv4 or IPv6 addresses in canonical form, ``10.0.0.0/8``."""


def is_within(inner: str, outer: str) -> bool:
    """
    Tell whether all addresses of one range are in another one, which is larger.

    >>> is_within("10.1.0.0/16", "10.0.0.0/8"), is_within("10.0.0.0/8", "10.0.0.0/8"), is_within("::/0", "0.0.0.0/0")
    (True, False, False)
    """
    from ipaddress import IPv4Network, ip_network  # noqa: PLC0415  # few apps name addresses

    small, large = ip_network(inner), ip_network(outer)
    if isinstance(small, IPv4Network) and isinstance(large, IPv4Network):
        return small != large and small.subnet_of(large)
    if isinstance(small, IPv4Network) or isinstance(large, IPv4Network):
        return False
    return small != large and small.subnet_of(large)
