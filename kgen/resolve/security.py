"""What containers may do: exceptions from the Pod Security Standard *restricted*, and the level that is left."""

from collections.abc import Iterable, Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path, Rule, Severity
from kgen.features.namespace import Level
from kgen.model.app import App
from kgen.model.security import BASELINE_CAPABILITIES, Control, Hardening, Security
from kgen.resolve.rules import WITHOUT_EFFECT

NOT_NAMED = Rule(
    code="KG3263",
    name="exception-not-named",
    explain="What goes beyond the Pod Security Standard *restricted* is a decision that somebody has to find again.",
)
EXCEPTION = Rule(
    code="KG3264",
    name="exception-from-restricted",
    severity=Severity.INFO,
    explain="The namespace enforces a weaker Pod Security Standard, for every pod in it.",
)
RULES = (NOT_NAMED, EXCEPTION)

_LEVELS: tuple[Level, ...] = ("privileged", "baseline", "restricted")
_FREE = "NET_BIND_SERVICE"
"""The one capability that *restricted* allows."""


def faults(app: App) -> Iterator[Diagnostic]:
    """Yield what goes beyond *restricted* without a reason, reasons for nothing, and a report of each exception."""
    places: list[tuple[Security, Path]] = [
        (component.security, ("components", name, "security")) for name, component in app.components.items()
    ]
    for name, component in app.components.items():
        for section, containers in (("init", component.init), ("sidecars", component.sidecars)):
            places += [
                (each.security, ("components", name, section, own, "security"))
                for own, each in containers.items()
                if each.security != component.security
            ]
    if app.release:
        places.append((app.security, ("security",)))
    used: set[Control] = set()
    for security, at in places:
        needed = _needed(security)
        used |= needed.keys()
        for control, field in needed.items():
            yield from _judged(control, field, security, at)
    for security, at in [*places, (app.security, ("security",))]:
        for control in security.exceptions.keys() - used:
            yield Diagnostic(
                rule=WITHOUT_EFFECT,
                message=f"nothing needs the exception `{control}`",
                at=Label((*at, "exceptions", control), on="key"),
                help="remove it",
            )


def _places(app: App) -> Iterator[tuple[Security, Path]]:
    """Yield what each container of a component may do, and where that is written."""
    for name, component in app.components.items():
        yield component.security, ("components", name, "security")
        for section, companions in (("init", component.init), ("sidecars", component.sidecars)):
            for companion_name, companion in companions.items():
                yield companion.security, ("components", name, section, companion_name, "security")


def _judged(control: Control, field: str, security: Security, at: Path) -> Iterator[Diagnostic]:
    if reason := security.exceptions.get(control):
        yield Diagnostic(
            rule=EXCEPTION,
            message=f"`{control}` goes beyond *restricted*: {reason}",
            at=Label((*at, "exceptions", control), on="key"),
            help=f"the namespace enforces no more than `{hardening(security).level}`",
        )
        return
    yield Diagnostic(
        rule=NOT_NAMED,
        message=f"`{field}` goes beyond the Pod Security Standard *restricted*",
        at=Label((*at, field)),
        help=f"remove it; or, if there is no other way, name the exception: `exceptions: {{{control}: <the reason>}}`",
    )


def _needed(security: Security) -> Mapping[Control, str]:
    """Return the exceptions that ``security`` needs, and the field that needs each."""
    wanted: dict[Control, tuple[str, bool]] = {
        "run-as-root": ("runAsUser", security.run_as_user == 0),
        "privilege-escalation": ("allowPrivilegeEscalation", security.allow_privilege_escalation),
        "capabilities": ("capabilities", bool(set(security.capabilities) - {_FREE})),
        "seccomp": ("seccompProfile", security.seccomp_profile == "Unconfined"),
        "host-network": ("hostNetwork", security.host_network),
        "privileged": ("privileged", security.privileged),
    }
    return {control: field for control, (field, is_needed) in wanted.items() if is_needed}


def hardening(security: Security) -> Hardening:
    """Return what a container may do."""
    return Hardening(
        capabilities=security.capabilities,
        # the API server refuses to take back what these two give
        escalation=security.allow_privilege_escalation or security.privileged or "SYS_ADMIN" in security.capabilities,
        unconfined=security.seccomp_profile == "Unconfined",
        privileged=security.privileged,
        host_network=security.host_network,
        level=_level(security),
    )


def _level(security: Security) -> Level:
    needed = _needed(security).keys()
    beyond_baseline = set(security.capabilities) - BASELINE_CAPABILITIES
    if needed & {"privileged", "host-network", "seccomp"} or beyond_baseline:
        return "privileged"
    return "baseline" if needed else "restricted"


def lowest(levels: Iterable[Level]) -> Level:
    """
    Return the level that all pods of a namespace meet.

    >>> lowest(["restricted", "baseline"]), lowest([])
    ('baseline', 'restricted')
    """
    return min(levels, key=_LEVELS.index, default="restricted")
