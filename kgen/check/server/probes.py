"""Rules of the API server about pods: probes, and what runs when a container starts or stops."""

from __future__ import annotations

from functools import lru_cache

from kgen.check.server.errors import forbidden, invalid, required, unsupported
from kgen.check.server.kinds import entries
from kgen.check.server.texts import port_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
HOOKS = ("postStart", "preStop")
SCHEMES = frozenset({"HTTP", "HTTPS"})
MOST_PORT = 65_535
DEFAULT_GRACE = 30
_NUMBERS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_SLEEP_OF_ZERO = (1, 33)
_HEADER = frozenset("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def faults(ctr: Mapping[str, Any], at: Path, spec: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about probes and hooks of the container at ``at`` of the pod ``spec``."""
    for key in PROBES:
        if (probe := ctr.get(key)) is not None:
            yield from _probe_faults(probe, (*at, key))
    lifecycle = ctr.get("lifecycle")
    if not lifecycle:
        return
    grace = _grace(spec, context)
    for key in HOOKS:
        if (hook := lifecycle.get(key)) is not None:
            yield from _handler_faults(hook, (*at, "lifecycle", key))
            if hook.get("sleep") is not None:
                yield from _sleep_faults(hook, (*at, "lifecycle", key), grace, context)


def _grace(spec: Mapping[str, Any], context: Context) -> int:
    grace = spec.get("terminationGracePeriodSeconds")
    if grace is None:
        return DEFAULT_GRACE
    # a Pod's is made positive, a template's is not
    return 1 if grace < 0 and context.kind == "Pod" else int(grace)


def _probe_faults(probe: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    yield from _handler_faults(probe, at)
    for key in _NUMBERS:
        number = probe.get(key)
        if number and number < 0:
            yield invalid("PRB009", (*at, key), f"must be at least 0, but is {number}")
    threshold = probe.get("successThreshold")
    is_readiness = at[-1] == "readinessProbe"
    if threshold and threshold > 1 and not is_readiness:
        yield invalid("PRB010", (*at, "successThreshold"), f"must be 1 for a {_said(at)}, but is {threshold}")
    grace = probe.get("terminationGracePeriodSeconds")
    if grace is None:
        return
    place = (*at, "terminationGracePeriodSeconds")
    if is_readiness:
        yield invalid("PRB012", place, "may not be set for a readiness probe, which stops nothing")
    elif grace <= 0:
        yield invalid("PRB011", place, f"must be greater than 0, but is {grace}")


def _said(at: Path) -> str:
    return f"{str(at[-1])[: -len('Probe')]} probe"


def _handler_faults(handler: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    given = [key for key in _HANDLERS if handler.get(key) is not None]
    if not given:
        among = _HANDLERS[: 5 if at[-1] in HOOKS else 4]
        yield required("PRB001", at, f"with one of {', '.join(f'`{key}`' for key in among)}")
        return
    first = given[0]
    match first:
        case "exec":
            if not entries(handler[first], "command"):
                yield required("PRB003", (*at, first, "command"))
        case "httpGet":
            yield from _http_faults(handler[first], (*at, first))
        case "tcpSocket":
            if wrong := _wrong_port(handler[first].get("port")):
                yield invalid("PRB005", (*at, first, "port"), wrong)
        case "grpc":
            number = handler[first].get("port") or 0
            if not 0 < number <= MOST_PORT:
                yield invalid("PRB008", (*at, first, "port"), f"must be between 1 and {MOST_PORT}, but is {number}")
    for key in given[1:]:
        yield forbidden("PRB002", (*at, key), f"may not be set beside `{first}`")


def _http_faults(action: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    port = action.get("port")
    if wrong := _wrong_port(port):
        yield invalid("PRB005", (*at, "port"), wrong)
    scheme = action.get("scheme")
    if scheme and scheme not in SCHEMES:
        yield unsupported("PRB006", (*at, "scheme"), scheme, SCHEMES)
    for header in entries(action, "httpHeaders"):
        name = (header or {}).get("name") or ""
        if not name or not _HEADER.issuperset(name):
            message = f"must have names of letters, digits and `-`, but has `{name}`"
            yield invalid("PRB007", (*at, "httpHeaders"), message)


@lru_cache(maxsize=1000)
def _wrong_port(port: float | str | None) -> str:
    """Say what is wrong with the port of a probe."""
    if isinstance(port, str):
        return port_name(port)
    return "" if port and 0 < port <= MOST_PORT else f"must be between 1 and {MOST_PORT}, but is {port or 0}"


def _sleep_faults(hook: Mapping[str, Any], at: Path, grace: int, context: Context) -> Iterator[Fault]:
    if any(hook.get(key) is not None for key in _HANDLERS[:-1]):
        return  # that is the fault
    least = 0 if context.version >= _SLEEP_OF_ZERO else 1
    seconds = hook["sleep"].get("seconds") or 0
    if not least <= seconds <= grace:
        message = f"must be between {least} and terminationGracePeriodSeconds, {grace}, but is {seconds}"
        yield invalid("PRB013", (*at, "sleep"), message)
