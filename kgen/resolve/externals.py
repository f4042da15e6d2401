"""Hosts outside that a component is only a name of."""

import re
from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path, Rule, Severity
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.container import Env
from kgen.model.plan import HTTPS, External
from kgen.resolve import names
from kgen.resolve.fields import unread
from kgen.resolve.references import tcp_ports
from kgen.resolve.rules import WITHOUT_EFFECT
from kgen.scalars import INVALID_HOST

NOT_ITS_CERTIFICATE = Rule(
    code="KG3109",
    name="certificate-of-another-name",
    explain="A TLS client compares the name that it calls with the certificate, and no certificate of a host outside "
    "is for the name of the Service that stands for it.",
    severity=Severity.WARNING,
)
RULES = (NOT_ITS_CERTIFICATE,)

_UNREAD = {"service_port", "app_protocol", "public"}
"""What is only for a Service with pods behind it."""


_URL = re.compile(r"(?<!\$)\$\{components\.([^.}]+)\.url\}")


def is_external(component: Component) -> bool:
    """Tell whether ``component`` runs nothing here."""
    return component.type == "external"


def externals(app: App, environment: str) -> tuple[External, ...]:
    """Return the components that run nothing; a release may call them, so their names are there before."""
    return tuple(
        External(
            target=names.target(app, environment, name, ("components", name), "early"),
            host=component.host or "",
        )
        for name, component in app.components.items()
        if is_external(component)
    )


def faults(app: App) -> Iterator[Diagnostic]:
    """Yield what is said about ports of hosts outside, and only pods could have."""
    for name, component in app.components.items():
        for port, spec in component.ports.items() if is_external(component) else ():
            yield from unread(spec, _UNREAD, ("components", name, "ports", port), "a port of a host outside")
        if is_external(component) and (component.host or "").rpartition(".")[2] == "localhost":
            yield Diagnostic(
                rule=INVALID_HOST,
                message=f"`{component.host}` is the machine of whoever asks for it",
                at=Label(("components", name, "host")),
                help="name the host as others know it",
            )
    secure = {name: each for name, each in app.components.items() if is_external(each) and _is_https(each)}
    for env, at in _environments(app) if secure else ():
        for key, value in env.items():
            for name in _called(value) & secure.keys():
                yield _not_its_certificate(app, name, (*at, key))


def _is_https(component: Component) -> bool:
    return next((number for number, _ in tcp_ports(component).values()), 0) == HTTPS


def _called(value: object) -> set[str]:
    """Return the components whose URL is asked for."""
    return set(_URL.findall(value)) if isinstance(value, str) else set()


def _environments(app: App) -> Iterator[tuple[Env, Path]]:
    if app.release:
        yield app.release.env, ("release", "env")
    for name, component in app.components.items():
        yield component.env, ("components", name, "env")
        for section, containers in (("init", component.init), ("sidecars", component.sidecars)):
            for own, container in containers.items():
                yield container.env, ("components", name, section, own, "env")


def _not_its_certificate(app: App, name: str, at: Path) -> Diagnostic:
    host, service = app.components[name].host, names.object_name(app.name, name)
    return Diagnostic(
        rule=NOT_ITS_CERTIFICATE,
        message=f"this URL names `{service}`, which no certificate of `{host}` is for",
        at=Label(at),
        related=(Label(("components", name, "host"), "host set here"),),
        help=f"write `https://{host}`, and open the way: `network: {{egress: [internet]}}`",
    )


def without_pods(app: App, name: str, at: Path) -> Iterator[Diagnostic]:
    """Yield that component ``name``, whose pods are meant, has none."""
    if is_external(app.components[name]):
        yield Diagnostic(
            rule=WITHOUT_EFFECT,
            message=f"`{name}` is a host outside and has no pods",
            at=Label(at),
            related=(Label(("components", name, "type"), "type set here"),),
            help="remove it",
        )
