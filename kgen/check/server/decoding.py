"""Rules of the API server about reading an object that its schema does not tell."""

from __future__ import annotations

import re
from functools import lru_cache

from kgen.check.server.errors import invalid
from kgen.check.server.kinds import part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_OF_EVENTS: Sequence[Path] = (("eventTime",), ("series", "lastObservedTime"))

MICRO_TIMES: Mapping[tuple[str, str], Sequence[Path]] = {
    ("", "Event"): _OF_EVENTS,
    ("events.k8s.io", "Event"): _OF_EVENTS,
    ("coordination.k8s.io", "Lease"): (("spec", "acquireTime"), ("spec", "renewTime")),
    ("coordination.k8s.io", "LeaseCandidate"): (("spec", "pingTime"), ("spec", "renewTime")),
}
"""API group and kind → where times are that have microseconds; the schema takes them for any other time."""


def micro_times(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield which times have other than six digits after the seconds."""
    for path in MICRO_TIMES.get((context.group, context.kind), ()):
        holder = value
        for key in path[:-1]:
            holder = part(holder, str(key))
        text = holder.get(str(path[-1]))
        if isinstance(text, str) and not _has_microseconds(text):
            message = f"must have six digits after the seconds, as in `2006-01-02T15:04:05.000000Z`, but is `{text}`"
            yield invalid("DEC013", path, message)


@lru_cache(maxsize=100)
def _has_microseconds(text: str) -> bool:
    return bool(re.search(r":[0-9]{2}[.,][0-9]{6}(?:Z|[+-][0-9:]+)$", text))
