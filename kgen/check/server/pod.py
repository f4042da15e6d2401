"""Rules of the API server about pods and pod templates as a whole; their parts have modules of their own."""

from __future__ import annotations

from kgen.check.server import containers, resources, scheduling, security, volumes
from kgen.check.server.kinds import part
from kgen.check.server.metadata import template_metadata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path


def pod(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a Pod."""
    yield from pod_spec(part(value, "spec"), ("spec",), context)


def pod_template(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a PodTemplate."""
    yield from template(part(value, "template"), ("template",), context)


def template(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the pod template at ``at`` of a workload."""
    yield from template_metadata(part(value, "metadata"), (*at, "metadata"), context)
    yield from pod_spec(part(value, "spec"), (*at, "spec"), context)


def pod_spec(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the pod at ``at``, wherever it stands."""
    yield from containers.faults(spec, at, context)
    yield from volumes.faults(spec, at, context)
    yield from resources.faults(spec, at, context)
    yield from security.faults(spec, at, context)
    yield from scheduling.faults(spec, at, context)
