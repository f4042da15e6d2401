"""Addresses that the environment names and that the NetworkPolicy does not let the pods call."""

import re
from collections.abc import Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path, Rule, Severity
from kgen.features.network import EgressPeer, Network
from kgen.model.app import App
from kgen.model.container import Env
from kgen.model.platform import Platform
from kgen.record import dataclass
from kgen.resolve import names
from kgen.words import listed

OUT_OF_REACH = Rule(
    code="KG3123",
    name="host-out-of-reach",
    severity=Severity.INFO,
    explain=(
        "Pods may call what the app file declares and nothing else. A URL in the environment is no declaration: "
        "it may be an address that only browsers call."
    ),
)
RULES = (OUT_OF_REACH,)

_URL = re.compile(
    r"(?<![\w+.-])(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<user>[^@/\s\"',]*@)?"
    r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*)(?::(?P<port>\d{1,5}))?(?![\w$.-])"
)
_USUAL_PORTS: Mapping[str, int] = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_WEB = (80, 443)
_HERE = ("localhost", "0.0.0.0")  # noqa: S104  # nobody binds to it
_SERVICE = re.compile(r"[a-z0-9-]+\.(?P<namespace>[a-z0-9-]+)\.svc(\.cluster\.local)?")


def faults(app: App, environment: str, platform: Platform) -> Iterator[Diagnostic]:
    """Yield URLs in environment variables that nothing lets the component call."""
    if not platform.network.policies or platform.network.egress == "allow":
        return
    found: dict[tuple[Path, _Host], list[str]] = {}
    for name, place, env, network in _parts(app):
        peers = (*network.egress, *((EgressPeer(to="internet"),) if platform.network.egress == "internet" else ()))
        for variable, value in env.items():
            at = ("env", variable) if app.env.get(variable) == value else (*place, "env", variable)
            for host in _hosts(app, environment, value):
                if not any(_opens(app, environment, peer, host) for peer in peers):
                    found.setdefault((at, host), []).append(name)
    for (at, host), callers in found.items():
        yield Diagnostic(
            rule=OUT_OF_REACH,
            message=f"`{host}` is not declared, so {listed(callers, 'and')} cannot call it",
            at=Label(at),
            help=_way_out(app, environment, host),
        )


@dataclass(frozen=True, slots=True)
class _Host:
    """A host that a variable names, and the port if it is known."""

    name: str
    port: int
    namespace: str | None
    """Where its Service is, if it is one of the cluster."""

    def __str__(self) -> str:
        return f"{self.name}:{self.port}" if self.port else self.name


def _parts(app: App) -> Iterator[tuple[str, Path, Env, Network]]:
    """Yield everything that makes pods: name, place, variables, network."""
    if app.release:
        yield names.RELEASE, ("release",), app.release.env, app.release.network
    for name, component in app.components.items():
        yield name, ("components", name), component.env, component.network


def _hosts(app: App, environment: str, value: object) -> Iterator[_Host]:
    """
    Yield the hosts of URLs in ``value``, but for those of the app's own routes and of the pod itself.

    One with a password has a fault of its own, and nobody may show it.
    """
    own = {route.host for component in app.components.values() for route in component.routes}
    for match in _URL.finditer(value) if isinstance(value, str) else ():
        name = match["host"].lower().rstrip(".")
        if name in own or name in _HERE or name.startswith("127.") or ":" in (match["user"] or ""):
            continue
        port = int(match["port"] or _USUAL_PORTS.get(match["scheme"], 0))
        yield _Host(name, port, _namespace(app, environment, name))


def _namespace(app: App, environment: str, host: str) -> str | None:
    """Return the namespace if ``host`` is the name of a Service in the cluster."""
    if match := _SERVICE.fullmatch(host):
        return match["namespace"]
    return names.namespace(app, environment) if "." not in host else None


def _opens(app: App, environment: str, peer: EgressPeer, host: _Host) -> bool:
    """Tell whether an open edge may be that to ``host``; which address it has, nobody here knows."""
    if peer.to == "internet" and not peer.ports:
        return host.namespace is None and host.port in {0, *_WEB}
    if host.namespace is not None and not (peer.to == "anywhere" or peer.cidr):
        # the port of a Service says nothing about that of its pods
        own = names.namespace(app, environment) if peer.component and not peer.app else None
        usual = names.usual_namespace(peer.app, environment) if peer.app else None
        return host.namespace in {peer.namespace or usual, own}
    ports = [range(port.port, (port.end_port or port.port) + 1) for port in peer.ports]
    return bool(peer.to or peer.cidr) and (not ports or not host.port or any(host.port in each for each in ports))


def _way_out(app: App, environment: str, host: _Host) -> str:
    service = host.name.partition(".")[0]
    for name in app.components if host.namespace == names.namespace(app, environment) else ():
        if service == names.object_name(app.name, name):
            return f"write `${{components.{name}.url}}`, which declares it"
    if host.namespace is not None:
        return f"add `network: {{egress: [{{namespace: {host.namespace}}}]}}` if pods are to call it"
    if host.port in {0, *_WEB}:
        return "add `network: {egress: [internet]}` if pods are to call it"
    edge = f"{{to: internet, ports: [{host.port}]}}"
    return f"add `network: {{egress: [{edge}]}}` if pods are to call it, or declare a need"
