"""
Network: who may open a connection to a component.

Emits one NetworkPolicy per component. Only declared edges are open: routes from outside, and references
(`${components.web.url}`) from other components of the app. What nobody refers to accepts nothing.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kgen.k8s import Manifest, Target, manifest

RULES = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may reach a component, and where."""

    callers: tuple[dict[str, str], ...]
    """Pod labels of each component that refers to this one."""

    from_outside: tuple[str, ...]
    """Names of the ports that routes lead to; where requests come from is not known, so anybody may call."""

    ports: tuple[tuple[str, str], ...]
    """Name and protocol of every port."""


def emit(access: Access, target: Target) -> Iterator[Manifest]:
    """Build the NetworkPolicy around ``target``'s pods."""
    rules: list[dict[str, Any]] = []
    if access.from_outside:
        ports = [_port(name, protocol) for name, protocol in access.ports if name in access.from_outside]
        # no `from`: an Ingress controller may run on the hosts' network, or be the cloud's load balancer, and no
        # selector of pods matches those
        rules.append({"ports": ports})
    if access.callers:
        peers = [{"podSelector": {"matchLabels": labels}} for labels in access.callers]
        rules.append({"from": peers, "ports": [_port(name, protocol) for name, protocol in access.ports]})
    spec: dict[str, Any] = {"podSelector": {"matchLabels": target.selector}, "policyTypes": ["Ingress"]}
    if rules:
        spec["ingress"] = rules
    yield manifest("networking.k8s.io/v1", "NetworkPolicy", target, spec=spec)


def _port(name: str, protocol: str) -> dict[str, str]:
    return {"port": name} if protocol == "TCP" else {"protocol": protocol, "port": name}
