"""
The ports that probes and lifecycle hooks ask, in the container that they stand in.

The API server checks how a name is spelt, not whether a port has it.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/probe/util.go (ResolveContainerPort)
"""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.reading import mappings, number, text
from kgen.check.server.errors import invalid
from kgen.check.server.texts import port_name
from kgen.words import listed, suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.diag import Path

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")
_NOT_GRPC = ("httpGet", "tcpSocket")


def probes_of_unknown_names(resources: Resources) -> Iterator[Finding]:
    """Yield the probes and hooks of a port name that their container does not have."""
    for workload in resources.all_workloads():
        if workload.template is None:
            continue
        for at, container in workload.template.containers():
            for path, wanted in _asked(container):
                if not isinstance(wanted, str):
                    continue
                names = [text(port, "name") for _, port in mappings(container, "ports")]
                # what is no name at all the server refuses itself
                if wanted not in names and not port_name(wanted):
                    message = f"is `{wanted}`, but the container `{text(container, 'name')}` has no port of this name"
                    known = [name for name in names if name]
                    out = suggestion(wanted, known, "its ports are") or "give a port the name, or set the number here"
                    yield Finding(workload, invalid("XPORT006", (*at, *path), message, out))


def probes_of_unlisted_numbers(resources: Resources) -> Iterator[Finding]:
    """Yield the probes of a port number that is not among those that their container lists."""
    for workload in resources.all_workloads():
        if workload.template is None:
            continue
        for at, container in workload.template.containers():
            numbers = {number(port, "containerPort") for _, port in mappings(container, "ports")} - {None}
            if not numbers:
                continue
            shown = listed([str(each) for each in sorted(filter(None, numbers))], "and")
            for path, wanted in _asked(container):
                if isinstance(wanted, int) and wanted not in numbers and path[0] != "lifecycle":
                    numbers.add(wanted)  # once is enough: several probes ask one port
                    message = f"is {wanted}, but the container lists {shown} as its ports"
                    out = f"correct it, or list {wanted} in `ports`, so that readers find all ports there"
                    yield Finding(workload, invalid("XPORT013", (*at, *path), message, out))


def _asked(container: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield the ports that a container's probes and hooks connect to, each with its place in the container."""
    for key in _PROBES:
        if key in container and isinstance(probe := container[key], dict):
            yield from _ports(probe, (key,))
            if isinstance(grpc := probe.get("grpc"), dict):
                yield (key, "grpc", "port"), grpc.get("port")
    if "lifecycle" in container and isinstance(lifecycle := container["lifecycle"], dict):
        for key in _HOOKS:
            if isinstance(hook := lifecycle.get(key), dict):
                yield from _ports(hook, ("lifecycle", key))


def _ports(handler: Mapping[str, Any], at: Path) -> Iterator[tuple[Path, Any]]:
    for key in _NOT_GRPC:
        # with a host of its own it does not ask the container
        if isinstance(how := handler.get(key), dict) and not how.get("host"):
            yield (*at, key, "port"), how.get("port")


DEFAULT = (probes_of_unknown_names,)
STRICT = (probes_of_unlisted_numbers,)
OFF = ()
