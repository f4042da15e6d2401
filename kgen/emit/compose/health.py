"""
Health checks: what a kubelet asks from outside, a program asks inside the container.

Source: https://github.com/compose-spec/compose-spec/blob/main/05-services.md#healthcheck
"""

from typing import Any

from kgen.emit.compose.values import escaped
from kgen.model.plan import Check, Container, Workload

_HTTP_CHECK = (
    "import http.client as h; c = h.HTTPConnection('127.0.0.1', {port}, timeout={timeout});"
    " c.request('GET', {path!r}); raise SystemExit(c.getresponse().status >= 400)"
)
"""As a kubelet, it takes a redirect for success; and it knows of no proxy that the environment may name."""

_TCP_CHECK = "import socket; socket.create_connection(('127.0.0.1', {port}), {timeout})"


def health_check(workload: Workload, run: Container) -> dict[str, Any]:
    """
    Return the check of readiness of ``run``, or else another one; nothing if its image may not have what asks.

    Python itself asks, since slim images have no curl.
    """
    check = next((run.probes[kind] for kind in ("readiness", "liveness", "startup") if kind in run.probes), None)
    has_python = workload.has_python and run.same_image
    if check is None or not (check.command or has_python):
        return {}
    start = run.probes.get("startup", check)
    return {
        "test": ["CMD", *_test(run, check)],
        "interval": f"{check.period}s",
        "timeout": f"{check.timeout}s",
        "retries": check.failures,
        "start_period": f"{start.initial_delay + start.period * start.failures}s",
        "start_interval": f"{start.period}s",
    }


def _test(run: Container, check: Check) -> tuple[str, ...]:
    """
    Return the command that checks.

    A client of gRPC is among the packages of the app, or not: that the port accepts a connection has to do. ``-I``
    keeps out what the app has that is called like Python's own (``http``), and tracing that comes by variables.
    """
    if check.command:
        return tuple(escaped(word) for word in check.command)
    named = next((port.port for port in run.ports if port.name == check.port), check.port)
    script = _HTTP_CHECK if check.path else _TCP_CHECK
    text = script.format(port=check.grpc_port or named, path=check.path, timeout=check.timeout)
    return ("python", "-I", "-c", escaped(text))
