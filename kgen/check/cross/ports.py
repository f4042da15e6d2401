"""
Where the ports of Services lead to.

Source: https://github.com/kubernetes/kubernetes/blob/v1.36.2/pkg/api/v1/pod/util.go (FindPort)
"""

from __future__ import annotations

from kgen.check.cross.pod_ports import HEADLESS, exposed_by, service_ports, target
from kgen.check.cross.resources import Finding
from kgen.check.reading import mappings, text
from kgen.check.server.errors import invalid
from kgen.check.server.texts import port_name
from kgen.words import listed, suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from kgen.check.cross.pod_ports import Exposed
    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path


def _targets(resources: Resources, *, there: bool) -> Iterator[tuple[Resource, Exposed, Path, int | str, str]]:
    """
    Yield the target ports of Services that select pods: Service, ports of its pods, place, port and protocol.

    Args:
        there: Those that some of the pods have, or those that none of them has.
    """
    known: dict[Any, Exposed] = {}
    for service in resources.of("", "Service"):
        exposed = exposed_by(resources, service, known)
        if exposed is None:
            continue
        for index, port in mappings(service.spec, "ports"):
            wanted = target(port)
            protocol = (text(port, "protocol") or "TCP") if "protocol" in port else "TCP"
            if wanted is not None and exposed.has(wanted, protocol) is there:
                path = ("spec", "ports", index, "targetPort" if port.get("targetPort") else "port")
                yield service, exposed, path, wanted, protocol


def target_ports_without_container_port(resources: Resources) -> Iterator[Finding]:
    """Yield the target ports that no selected pod has; of numbers those where Service and pods have one port each."""
    for service, exposed, path, wanted, protocol in _targets(resources, there=False):
        if isinstance(wanted, str):
            if port_name(wanted):
                continue  # what is no name at all the server refuses itself
            yield _name_missing(service, path, wanted, protocol, exposed)
        elif _lists_all(service, exposed) and _is_plain(service, exposed):
            yield _number_missing(service, path, wanted, protocol, exposed)


def unlisted_target_ports(resources: Resources) -> Iterator[Finding]:
    """Yield the other numbers that no selected pod lists: with several ports one is left out sooner."""
    for service, exposed, path, wanted, protocol in _targets(resources, there=False):
        if isinstance(wanted, str):
            continue
        if _lists_all(service, exposed) and not _is_plain(service, exposed):
            yield _number_missing(service, path, wanted, protocol, exposed)


def _lists_all(service: Resource, exposed: Exposed) -> bool:
    """Tell whether ports beside the list are worth a word: whoever asks a headless Service chooses the port."""
    return exposed.complete and service.spec.get("clusterIP") != HEADLESS


def _is_plain(service: Resource, exposed: Exposed) -> bool:
    return len(exposed.numbers) == 1 and len(list(service_ports(service))) == 1


def _name_missing(service: Resource, path: Path, wanted: str, protocol: str, exposed: Exposed) -> Finding:
    others = exposed.names.get(wanted)
    if others:
        protocols = listed(sorted(others), "and")
        message = f"is `{wanted}`, which the selected pods have for {protocols}, but not for `{protocol}`"
        out = f"set `protocol: {min(others)}` at this port, or correct that of the container port"
        fault = invalid("XPORT003", path, message, out)
    else:
        message = f"is `{wanted}`, but no container of the selected pods has a port of this name"
        names = [name for name, protocols in exposed.names.items() if protocol in protocols]
        rest = f"give one of their ports the name `{wanted}`, or set `targetPort` to a number"
        out = suggestion(wanted, names, "their ports are") or rest
        fault = invalid("XPORT001", path, message, out)
    return Finding(service, fault, _selected(exposed))


def _number_missing(service: Resource, path: Path, wanted: int, protocol: str, exposed: Exposed) -> Finding:
    others = exposed.numbers.get(wanted)
    if others:
        message = (
            f"is {wanted}, which the selected pods list for {listed(sorted(others), 'and')} only, not for `{protocol}`"
        )
        out = f"correct `protocol`, or list {wanted}/{protocol} in the container, too"
    else:
        numbers = [str(each) for each in sorted(exposed.numbers)]
        message = f"is {wanted}, but the selected pods list {listed(numbers, 'and')} as their ports"
        by_default = "" if path[-1] == "targetPort" else f"`targetPort` is `port`, {wanted}, by default: "
        way = f"set `targetPort: {numbers[0]}`" if len(numbers) == 1 else "correct it"
        out = f"{by_default}{way}, or list {wanted} in the container, if something listens there"
    return Finding(service, invalid("XPORT002", path, message, out), _selected(exposed))


def _selected(exposed: Exposed) -> list[tuple[Resource, Path, str]]:
    pod = exposed.pods[0]
    return [(pod, (*pod.template.at_spec, "containers"), "selected by this Service")] if pod.template else []


def ambiguous_target_ports(resources: Resources) -> Iterator[Finding]:
    """Yield the target ports that lead to different numbers in different pods."""
    for service, exposed, path, wanted, protocol in _targets(resources, there=True):
        numbers = exposed.names.get(wanted, {}).get(protocol, ()) if isinstance(wanted, str) else ()
        if len(numbers) > 1:
            shown = ", ".join(map(str, sorted(numbers)))
            message = f"is `{wanted}`, which is another number in some of the selected pods: {shown}"
            out = "NetworkPolicies have to allow all of them: use one number, or the name"
            yield Finding(service, invalid("XPORT004", path, message, out), _selected(exposed))


DEFAULT = (target_ports_without_container_port,)
STRICT = (unlisted_target_ports, ambiguous_target_ports)
OFF = ()
