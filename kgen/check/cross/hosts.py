"""
Names of hosts, and which of them a name with a wildcard stands for.

Sources: https://www.rfc-editor.org/rfc/rfc6125#section-6.4.3 (certificates),
https://gateway-api.sigs.k8s.io/reference/spec/#hostname (listeners)
"""

from __future__ import annotations

_WILDCARD = "*."


def covers(name: str, host: str) -> bool:
    """
    Tell whether a certificate for ``name`` is good for ``host``: a wildcard stands for one label.

    >>> covers("*.shop.example", "www.shop.example"), covers("*.shop.example", "a.b.shop.example")
    (True, False)
    >>> covers("*.shop.example", "*.shop.example"), covers("www.shop.example", "*.shop.example")
    (True, False)
    """
    name, host = name.lower().rstrip("."), host.lower().rstrip(".")
    if name == host:
        return True
    return name.startswith(_WILDCARD) and not host.startswith(_WILDCARD) and host.partition(".")[2] == name[2:]


def intersect(one: str, other: str) -> bool:
    """
    Tell whether two hostnames of the Gateway API have a host in common: a wildcard stands for any number of labels.

    >>> intersect("*.shop.example", "a.b.shop.example"), intersect("*.shop.example", "shop.example")
    (True, False)
    >>> intersect("*.example", "*.shop.example")
    True
    """
    one, other = one.lower(), other.lower()
    if not one or not other or one == other:
        return True
    if one.startswith(_WILDCARD) and other.endswith(one[1:]):
        return True
    return other.startswith(_WILDCARD) and one.endswith(other[1:])
