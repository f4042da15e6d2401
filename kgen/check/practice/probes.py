"""Rules of practice on probes: those that are missing, and those that make things worse."""

from __future__ import annotations

from kgen.check.fault import short
from kgen.check.practice.advice import advice, containers
from kgen.check.practice.pod_security_baseline import handler_hosts
from kgen.check.reading import entries, mappings, number, part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource

    Version = tuple[int, int]

_LONG_RUNNING = frozenset({"Deployment", "StatefulSet", "DaemonSet"})
_FINITE = frozenset({"Job", "CronJob"})
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("httpGet", "tcpSocket", "exec", "grpc")
_LONG_DELAY = 60
_CLIENTS = frozenset({"curl", "wget"})
_STANDARD = (1, 34)
"""Since then, a Pod Security Standard is about the hosts of probes."""


def missing_liveness(resource: Resource, _version: Version) -> Iterator[Fault]:
    """Yield containers that answer requests, and would not be restarted when they stop answering."""
    if resource.kind not in _LONG_RUNNING:
        return
    for at, each in containers(resource, "containers"):
        asked = any(text(port, "protocol") != "UDP" for _, port in mappings(each, "ports"))
        if asked and not part(each, "livenessProbe"):
            message = "must be set: a process that hangs is never restarted otherwise"
            yield advice(
                "PRO02", (*at, "livenessProbe"), message, "add one that asks the process alone, and nothing behind it"
            )


def identical_probes(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        liveness, readiness = part(each, "livenessProbe"), part(each, "readinessProbe")
        if not liveness or not readiness or _handler(liveness) != _handler(readiness):
            continue
        patience, before = _budget(liveness), _budget(readiness)
        if patience <= before:
            message = (
                f"must wait longer than `readinessProbe`, which asks the same and acts after {before}s, but acts after "
                f"{patience}s: the container is restarted before it could recover without requests"
            )
            yield advice(
                "PRO03", (*at, "livenessProbe"), message, "raise its `failureThreshold`, or ask something else"
            )


def _handler(probe: Mapping[str, Any]) -> dict[str, Any]:
    return {key: probe[key] for key in _HANDLERS if probe.get(key) is not None}


def _budget(probe: Mapping[str, Any]) -> int:
    """Return after how many seconds of failure a probe acts."""
    return (number(probe, "periodSeconds") or 10) * (number(probe, "failureThreshold") or 3)


def long_liveness_delays(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        delay = number(each, "livenessProbe", "initialDelaySeconds") or 0
        if delay > _LONG_DELAY and not part(each, "startupProbe"):
            message = f"must not be above {_LONG_DELAY}, but is {delay}: for so long, nobody sees a hanging process"
            path = (*at, "livenessProbe", "initialDelaySeconds")
            yield advice("PRO04", path, message, "use a `startupProbe` for a slow start")


def long_timeouts(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        for key in _PROBES:
            timeout = number(each, key, "timeoutSeconds") or 1
            period = number(each, key, "periodSeconds") or 10
            if timeout > period:
                message = (
                    f"must be at most the period of {period}s, but is {timeout}s: probes take longer than their turn"
                )
                yield advice("PRO05", (*at, key, "timeoutSeconds"), message, "lower it, or raise `periodSeconds`")


def requests_by_command(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        for key in _PROBES:
            words = [word for word in entries(each, key, "exec", "command") if isinstance(word, str)]
            client = next((name for name in map(_program, _words(words)) if name in _CLIENTS), "")
            if client:
                message = f"must not start `{client}`: the image needs it, and each probe starts a process"
                yield advice("PRO06", (*at, key, "exec", "command"), message, "use `httpGet`")


def _program(word: str) -> str:
    return word.rpartition("/")[2]


def _words(command: list[str]) -> list[str]:
    """Return the program, or the words of a script if a shell is given one."""
    if not command:
        return []
    if _program(command[0]) in {"sh", "bash", "ash", "dash"} and len(command) > 1:
        return command[-1].replace(";", " ").replace("(", " ").split()
    return command[:1]


def probes_of_jobs(resource: Resource, _version: Version) -> Iterator[Fault]:
    if resource.kind not in _FINITE:
        return
    for at, each in containers(resource, "containers"):
        for key in ("livenessProbe", "readinessProbe"):
            if part(each, key):
                message = "must not be set: the container of a Job ends by itself, and no requests come to it"
                yield advice("PRO07", (*at, key), message, "remove it, and limit the time with `activeDeadlineSeconds`")


def probes_of_other_hosts(resource: Resource, version: Version) -> Iterator[Fault]:
    if version >= _STANDARD:
        return
    for at, each in containers(resource):
        for where, host in handler_hosts(each):
            if where[0] == "livenessProbe":
                message = f"must not be set, but is `{short(host)}`: when that host is gone, the container is restarted"
                yield advice("PRO08", (*at, *where), message, "remove it: the pod itself is asked then")


DEFAULT = ()
STRICT = (
    missing_liveness,
    identical_probes,
    long_liveness_delays,
    long_timeouts,
    requests_by_command,
    probes_of_jobs,
    probes_of_other_hosts,
)
OFF = ()
