"""Rules of the API server about pods: ports of containers."""

from __future__ import annotations

from kgen.check.server.errors import duplicate, invalid, required, unsupported
from kgen.check.server.kinds import entries
from kgen.check.server.texts import port_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.fault import Fault
    from kgen.diag import Path

    Placed: TypeAlias = tuple[Path, Mapping[str, Any]]
    """A container, and its path."""

PROTOCOLS = frozenset({"TCP", "UDP", "SCTP"})
MOST = 65_535


_PLAIN = frozenset({"containerPort", "name", "protocol"})


def are_rare(spec: Mapping[str, Any], containers: Sequence[Placed]) -> bool:
    """Tell whether some port may be wrong: none is if all have plain fields, and names and numbers of their own."""
    names: set[str] = set()
    numbers: set[tuple[int, str]] = set()
    for _, ctr in containers:
        for port in ctr.get("ports") or ():
            if not port or not _PLAIN.issuperset(port) or spec.get("hostNetwork"):
                return True
            number, name, protocol = port.get("containerPort"), port.get("name"), port.get("protocol") or "TCP"
            if not number or not 0 < number <= MOST or (number, protocol) in numbers or protocol not in PROTOCOLS:
                return True
            numbers.add((number, protocol))
            if name:
                if name in names or port_name(name):
                    return True
                names.add(name)
    return False


def faults(ctr: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what the server refuses about the ports of the container at ``at``, one by one."""
    names = set()
    for index, port in enumerate(entries(ctr, "ports")):
        port = port or {}  # noqa: PLW2901  # an entry may be null
        if name := port.get("name"):
            if wrong := port_name(name):
                yield invalid("CTR009", (*at, "ports", index, "name"), wrong)
            elif name in names:
                yield duplicate("CTR010", (*at, "ports", index, "name"), name)
            names.add(name)
        yield from _number_faults(port, (*at, "ports", index))
        protocol = port.get("protocol")
        if protocol and protocol not in PROTOCOLS:
            yield unsupported("CTR014", (*at, "ports", index, "protocol"), protocol, PROTOCOLS)


def _number_faults(port: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    number = port.get("containerPort")
    if not number:
        yield required("CTR011", (*at, "containerPort"), "between 1 and 65535")
    elif not 0 < number <= MOST:
        yield invalid("CTR012", (*at, "containerPort"), f"must be between 1 and {MOST}, but is {number}")
    number = port.get("hostPort")
    if number and not 0 < number <= MOST:
        yield invalid("CTR013", (*at, "hostPort"), f"must be between 1 and {MOST}, but is {number}")


def host_port_faults(spec: Mapping[str, Any], at: Path, *, is_pod: bool) -> Iterator[Fault]:
    """Yield what the server refuses about host ports; ``is_pod``: not a template, whose ports get no defaults."""
    shared = bool(spec.get("hostNetwork"))
    taken: set[tuple[str, str, int]] = set()
    for index, ctr in enumerate(entries(spec, "containers")):
        if ctr and ctr.get("ports"):
            place = (*at, "containers", index)
            if shared:
                yield from _differing(ctr, place)
            yield from _taken_twice(ctr, place, taken, by_default=shared and is_pod)
    for index, ctr in enumerate(entries(spec, "initContainers")):
        if ctr and ctr.get("ports"):
            # all are reported at the first one: the server is asked about each as a list of its own
            yield from _taken_twice(ctr, (*at, "initContainers", 0), set(), by_default=shared and is_pod, index=index)


def _differing(ctr: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    for index, port in enumerate(entries(ctr, "ports")):
        number, own = (port and port.get(key) for key in ("hostPort", "containerPort"))
        if number and own and number != own:
            message = f"must be {own} as `containerPort` with `hostNetwork`, but is {number}"
            yield invalid("CTR016", (*at, "ports", index, "hostPort"), message)


def _taken_twice(
    ctr: Mapping[str, Any], at: Path, taken: set[tuple[str, str, int]], *, by_default: bool, index: int = 0
) -> Iterator[Fault]:
    for position, port in enumerate(entries(ctr, "ports")):
        number = _host_port(port or {}, by_default=by_default)
        if not number:
            continue
        key = (port.get("protocol") or "TCP", port.get("hostIP") or "", number)
        if key in taken:
            where = f"the same container, init container {index}" if index else ""
            shown = f"{key[1] or '*'}:{number}/{key[0]}"
            yield duplicate("CTR015", (*at, "ports", position, "hostPort"), shown, where)
        taken.add(key)


def _host_port(port: Mapping[str, Any], *, by_default: bool) -> int:
    number: int = port.get("hostPort") or (by_default and port.get("containerPort")) or 0
    return number


def warnings(spec: Mapping[str, Any], containers: Sequence[Placed], *, is_pod: bool) -> Iterator[Fault]:
    """Yield what the server warns of about the ports of all containers together."""
    names: dict[str, Path] = {}
    others: dict[tuple[Any, str], list[tuple[str, int]]] = {}
    by_default = is_pod and bool(spec.get("hostNetwork"))
    for at, ctr in containers:
        for index, port in enumerate(entries(ctr, "ports")):
            if not port:
                continue
            place = (*at, "ports", index)
            host = (port.get("hostIP") or "", _host_port(port, by_default=by_default))
            if host[0] and not host[1]:
                yield invalid("CTR019", (*place, "hostIP"), f"is `{host[0]}`, which does nothing without `hostPort`")
            if (name := port.get("name")) and names.setdefault(name, at) is not at:
                message = f"is `{name}`, as in another container: who asks for the port by name gets the first one"
                yield invalid("CTR017", place, message)
            key = (port.get("containerPort"), port.get("protocol") or "TCP")
            earlier = others.setdefault(key, [])
            if how := next(filter(None, (_overlap(host, other) for other in earlier)), ""):
                yield invalid("CTR018", place, f"{how} of the same `containerPort` and `protocol`")
            earlier.append(host)


def _overlap(one: tuple[str, int], other: tuple[str, int]) -> str:
    if one == other:
        return "repeats an earlier port"
    if not one[1] or not other[1]:
        return "overlaps with an earlier port"
    if one[1] == other[1] and (not one[0]) != (not other[0]):
        return "is ambiguous with an earlier port, which has another `hostIP`,"
    return ""
