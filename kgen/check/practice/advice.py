"""Faults of practice as values, and the question that many of their rules start with."""

from __future__ import annotations

from kgen.check.fault import Fault, Keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from kgen.check.resource import Resource
    from kgen.check.templates import Template
    from kgen.diag import Path


def advice(row: str, path: Path, message: str, help: str) -> Fault:  # noqa: A002  # the name of the field that it fills
    """Return the fault of a value that a server takes; ``message`` goes on after the name of the field."""
    return Fault(keyword=Keyword.INVALID, path=path, message=message, help=help, row=row)


def is_windows(template: Template) -> bool:
    """Tell whether the pods say that they run on Windows, which has none of Linux's settings for security."""
    system = template.spec.get("os")
    return isinstance(system, dict) and system.get("name") == "windows"


def containers(resource: Resource, *lists: str) -> Sequence[tuple[Path, Mapping[str, Any]]]:
    """Return the containers of the pods that an object makes: main ones and init containers, if none is named."""
    if resource.template is None:
        return ()
    return resource.template.containers(*(lists or ("containers", "initContainers")))
