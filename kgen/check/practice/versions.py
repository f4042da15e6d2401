"""What comes to an end: kinds and fields that newer versions of Kubernetes do without."""

from __future__ import annotations

from kgen.check.lifecycle import fields, kinds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource


def deprecated_kinds(resource: Resource, version: tuple[int, int]) -> Iterator[Fault]:
    """Yield that the kind is deprecated: LIF02."""
    yield from kinds.deprecated(resource.value, version)


def outlooks(resource: Resource, version: tuple[int, int]) -> Iterator[Fault]:
    """Yield that the kind goes soon, or is not served by default: LIF03 and LIF05."""
    yield from kinds.outlook(resource.value, version)


def deprecated_fields(resource: Resource, version: tuple[int, int]) -> Iterator[Fault]:
    """Yield fields and annotations that newer ones have replaced: LIF04."""
    yield from fields.deprecated_fields(resource.value, version)


DEFAULT = (deprecated_kinds,)
STRICT = (outlooks, deprecated_fields)
OFF = ()
