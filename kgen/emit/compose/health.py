"""Health checks: probes that compose runs inside the container, as a kubelet would from outside."""

from typing import Any

from kgen.emit.compose.values import escaped
from kgen.model.plan import Check, Container

_HTTP_CHECK = "import urllib.request as u; u.urlopen({url!r}, timeout={timeout})"
_TCP_CHECK = "import socket; socket.create_connection(('127.0.0.1', {port}), {timeout})"


def health_check(run: Container, *, has_python: bool) -> dict[str, Any]:
    """Return the check of readiness, or else another; with Python itself, since slim images have no curl."""
    check = next((run.probes[kind] for kind in ("readiness", "liveness", "startup") if kind in run.probes), None)
    if check is None or check.grpc_port or not (check.command or has_python):
        return {}
    start = run.probes.get("startup", check)
    return {
        "test": ["CMD", *_test(run, check)],
        "interval": f"{check.period}s",
        "timeout": f"{check.timeout}s",
        "retries": check.failures,
        "start_period": f"{start.period * start.failures}s",
        "start_interval": f"{start.period}s",
    }


def _test(run: Container, check: Check) -> tuple[str, ...]:
    if check.command:
        return tuple(escaped(word) for word in check.command)
    port = next((port.port for port in run.ports if port.name == check.port), check.port)
    url = f"http://127.0.0.1:{port}{check.path}"
    script = _HTTP_CHECK if check.path else _TCP_CHECK
    return ("python", "-c", escaped(script.format(port=port, url=url, timeout=check.timeout)))
