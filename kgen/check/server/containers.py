"""Rules of the API server about pods: containers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path


def faults(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the pod at ``at``."""
    del spec, at, context
    yield from ()
