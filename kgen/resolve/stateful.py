"""Stateful components: the governing Service, claims of each pod, the order of pods."""

from collections.abc import Iterator
from typing import Literal

from kgen.diag import Diagnostic, Label
from kgen.features.stateful import ClaimRetention, Governing
from kgen.features.volumes import Claim
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.platform import Platform
from kgen.resolve.names import object_name
from kgen.resolve.references import listens
from kgen.resolve.rules import NAME_TAKEN
from kgen.resolve.versions import too_old

RETENTION_SINCE = "1.27"
_RETENTION: dict[str, Literal["Retain", "Delete"]] = {"retain": "Retain", "delete": "Delete"}


def service_name(target_name: str) -> str:
    """Return the name of the headless Service beside the StatefulSet ``target_name``."""
    return f"{target_name}-headless"


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield names that the headless Service would share, and what the declared Kubernetes versions do not know."""
    names = {object_name(app.name, name): name for name in app.components}
    for name, component in app.components.items():
        if component.type != "stateful":
            continue
        if other := names.get(service_name(object_name(app.name, name))):
            yield Diagnostic(
                rule=NAME_TAKEN,
                message=f"the pods of `{name}` get a Service called `{service_name(object_name(app.name, name))}`",
                at=Label(("components", other), on="key"),
                related=(Label(("components", name), "the stateful component", on="key"),),
                help="rename one of the two components",
            )
        if component.claim_retention:
            at = ("components", name, "claimRetention")
            yield from too_old(platform, "`claimRetention`", RETENTION_SINCE, at)


def governing(component: Component, target_name: str) -> Governing | None:
    """Return what makes the pods of a stateful component members of a row; ``None`` for every other type."""
    if component.type != "stateful":
        return None
    retention = component.claim_retention or ClaimRetention()
    return Governing(
        service=service_name(target_name),
        ports=tuple((name, port.port, port.protocol) for name, port in listens(component).items()),
        parallel=component.pod_management == "parallel",
        when_deleted=_RETENTION[retention.when_deleted],
        when_scaled=_RETENTION[retention.when_scaled],
    )


def claim_templates(component: Component, platform: Platform) -> tuple[Claim, ...]:
    """Return the volumes that every pod of a stateful component gets one of."""
    if component.type != "stateful":
        return ()
    return tuple(
        Claim(
            name=name,
            size=volume.size or "",
            access=volume.access,
            storage_class=volume.storage_class or platform.storage.storage_class,
        )
        for name, volume in component.volumes.items()
        if volume.type == "persistent"
    )
