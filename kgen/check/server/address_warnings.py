"""
What the API server warns about addresses and networks that it accepts.

There is one recommended form of each (RFC 5952), and others than the server may read the rest in another way.
"""

from __future__ import annotations

from functools import lru_cache

from kgen.check.server import addresses
from kgen.check.server.errors import invalid
from kgen.check.server.metadata import PODS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_EACH = "*"
_LOOSE = "loadBalancerIP"
"""The field whose text is not checked."""

_POLICY_PEERS: Sequence[Path] = (("spec", "ingress", _EACH, "from", _EACH), ("spec", "egress", _EACH, "to", _EACH))

IPS: Mapping[tuple[str, str], Sequence[Path]] = {
    ("", "Service"): (("spec", "clusterIPs", _EACH), ("spec", "externalIPs", _EACH), ("spec", _LOOSE)),
    ("", "Endpoints"): (
        ("subsets", _EACH, "addresses", _EACH, "ip"),
        ("subsets", _EACH, "notReadyAddresses", _EACH, "ip"),
    ),
    ("discovery.k8s.io", "EndpointSlice"): (("endpoints", _EACH, "addresses", _EACH),),
    **{
        kind: (
            (*at, "spec", "dnsConfig", "nameservers", _EACH),
            (*at, "spec", "hostAliases", _EACH, "ip"),
        )
        for kind, at in PODS.items()
    },
}
"""API group and kind → where addresses are."""

CIDRS: Mapping[tuple[str, str], Sequence[Path]] = {
    ("", "Service"): (("spec", "loadBalancerSourceRanges", _EACH),),
    ("", "Node"): (("spec", "podCIDRs", _EACH),),
    ("networking.k8s.io", "NetworkPolicy"): (
        *((*at, "ipBlock", "cidr") for at in _POLICY_PEERS),
        *((*at, "ipBlock", "except", _EACH) for at in _POLICY_PEERS),
    ),
}
"""API group and kind → where networks are."""


def faults(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server warns about."""
    above, places = _places(context.group, context.kind)
    inner: Any = value
    for step in above:
        inner = inner.get(step) if isinstance(inner, dict) else None
    for first, place, is_network in places if isinstance(inner, dict) else ():
        if not inner.get(first):
            continue  # most objects have no addresses
        for path, text in _at(value, place):
            # what is not strict is a fault of its own there
            is_strict = context.version >= addresses.STRICT and path[-1] != _LOOSE
            if warning := addresses.warning(text, is_network=is_network, is_strict=is_strict):
                yield invalid("META038", path, warning)


@lru_cache(maxsize=100)
def _places(group: str, kind: str) -> tuple[Path, Sequence[tuple[Any, Path, bool]]]:
    """Return what all places of a kind are below, and of each place the next field, and whether it is of networks."""
    places = [(each, False) for each in IPS.get((group, kind), ())]
    places += [(each, True) for each in CIDRS.get((group, kind), ())]
    fixed = [place[: place.index(_EACH)] if _EACH in place else place for place, _ in places]
    depth = 0
    while fixed and all(len(each) > depth + 1 and each[depth] == fixed[0][depth] for each in fixed):
        depth += 1
    return fixed[0][:depth] if fixed else (), [(place[depth], place, is_network) for place, is_network in places]


def _at(value: Any, pattern: Path, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the texts in ``value`` whose paths fit ``pattern``."""
    if not pattern:
        if isinstance(value, str):
            yield path, value
        return
    step, rest = pattern[0], pattern[1:]
    if step == _EACH:
        for index, entry in enumerate(value if isinstance(value, list) else ()):
            yield from _at(entry, rest, (*path, index))
    elif isinstance(value, dict) and value.get(str(step)):
        yield from _at(value[str(step)], rest, (*path, step))
