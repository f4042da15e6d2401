"""Rules of the API server: storage."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context


def claim(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses."""
    del value, context
    yield from ()


def volume(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses."""
    del value, context
    yield from ()
