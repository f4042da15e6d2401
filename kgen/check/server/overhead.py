"""Rules of the API server about the overhead of a pod: resources that its RuntimeClass costs."""

from __future__ import annotations

from kgen.check.fault import field
from kgen.check.server.amounts import amount as value_of
from kgen.check.server.errors import invalid
from kgen.check.server.texts import qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_STANDARD = frozenset({"cpu", "memory", "ephemeral-storage"})
_LONGEST_PREFIX = 253 - len("requests.")


def overhead(resources: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with the ``overhead`` at ``at``; the server names each resource as one of its limits."""
    del context
    for name, amount in resources.items():
        wrong = _resource(name)
        if not wrong and amount is not None and value_of(amount) < 0:
            wrong = f"must be at least 0, but is `{amount}`"
        elif not wrong and amount is not None and "/" in name and value_of(amount).denominator != 1:
            wrong = f"must be a whole number, but is `{amount}`"
        if wrong:
            yield invalid("POD023", (*at, name), wrong).named(f"{field(at)}.limits[{name}]")


def _resource(name: str) -> str:
    """Say what is wrong with the name of a resource of containers."""
    if wrong := qualified_name(name):
        return wrong
    prefix, slash, _ = name.rpartition("/")
    if not slash:
        is_known = name in _STANDARD or name.startswith("hugepages-")
        return "" if is_known else f"must be a resource of containers, but is `{name}`: any other needs a domain"
    if prefix.startswith("requests.") or len(prefix) > _LONGEST_PREFIX:
        return f"must not start with `requests.`, nor be that long, but is `{name}`"
    return ""
