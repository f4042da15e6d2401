"""Rules of the API server about Nodes."""

from __future__ import annotations

from kgen.check.server.addresses import cidr
from kgen.check.server.errors import invalid
from kgen.check.server.kinds import entries, part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context


def node(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a Node."""
    for index, network in enumerate(entries(part(value, "spec"), "podCIDRs")):
        if wrong := cidr(network or "", context.version):
            yield invalid("META037", ("spec", "podCIDRs", index), wrong)
