"""Rules of the API server: workloads."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context


def replication_controller(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses."""
    del value, context
    yield from ()


def deployment(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses."""
    del value, context
    yield from ()


def replica_set(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses."""
    del value, context
    yield from ()


def stateful_set(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses."""
    del value, context
    yield from ()


def daemon_set(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses."""
    del value, context
    yield from ()
