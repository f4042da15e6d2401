"""Backing services as containers for local work."""

from typing import Any

from kgen.emit.compose.values import escaped
from kgen.model.backing import Backing


def container(need: Backing, port: int | None) -> dict[str, Any]:
    """
    Return the compose service of ``need``, with a health check that others can wait for.

    Args:
        need: What it is.
        port: Where a browser on the developer's machine finds it, if it has something to see.
    """
    made: dict[str, Any] = {"image": need.image}
    if need.keeps_hostname:
        made["hostname"] = need.name
    if need.command:
        made["entrypoint"] = [escaped(word) for word in need.command]
    if need.args:
        made["command"] = [escaped(word) for word in need.args]
    if need.variables:
        made["environment"] = {name: escaped(text) for name, text in need.variables.items()}
    if need.published:
        made["ports"] = [f"127.0.0.1:{port}:{need.published}"]
    made["healthcheck"] = {
        "test": ["CMD", *(escaped(word) for word in need.check)],
        "interval": "5s",
        "timeout": "5s",
        "retries": 10,
        "start_period": "60s",
        "start_interval": "1s",
    }
    if need.data:
        made["volumes"] = [f"{need.name}-data:{need.data}"]
    return made
