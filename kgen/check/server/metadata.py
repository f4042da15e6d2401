"""Rules of the API server: metadata."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path


def faults(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses."""
    del value, context
    yield from ()


def template_metadata(metadata: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the metadata of a pod template."""
    del metadata, at, context
    yield from ()
