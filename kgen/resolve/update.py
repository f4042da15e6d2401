"""How a component's pods are replaced: by what its type can do and its volumes allow."""

from collections.abc import Iterator, Mapping
from typing import Any

from kgen.diag import Diagnostic, Label, Path, Rule
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.pod_plan import Replacement
from kgen.resolve.fields import is_single
from kgen.resolve.rules import NOT_FOR_TYPE, SHARED_VOLUME, WITHOUT_EFFECT
from kgen.words import listed

STUCK = Rule(
    code="KG3100",
    name="update-never-starts",
    explain="An update that may neither remove an old pod nor add a new one is refused by the API server.",
)
RULES = (STUCK,)

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "max_unavailable": ("web", "worker", "daemon"),
    "max_surge": ("web", "worker", "daemon"),
    "partition": ("stateful",),
}
_STRATEGIES: Mapping[str, tuple[str, ...]] = {"recreate": ("web", "worker"), "on-delete": ("daemon", "stateful")}
_NONE = (0, "0%")


def faults(app: App) -> Iterator[Diagnostic]:
    """Yield ways of updating that a type of component does not have, or that lead nowhere."""
    for name, component in app.components.items():
        if component.update:
            yield from _faults(component, ("components", name, "update"))


def _faults(component: Component, at: Path) -> Iterator[Diagnostic]:
    given, kind = component.update, component.type
    if given is None or kind in {"cron", "job"}:
        return
    types = _STRATEGIES.get(given.strategy or "", (kind,))
    if kind not in types:
        yield _not_for(f"`{given.strategy}`", types, component, Label((*at, "strategy")))
    for field, types in _FIELDS.items():
        key = type(given).model_fields[field].alias or field
        if getattr(given, field) is None:
            continue
        if kind not in types:
            yield _not_for(f"`{key}`", types, component, Label((*at, key), on="key"))
        elif given.strategy in {"recreate", "on-delete"}:
            yield Diagnostic(
                rule=WITHOUT_EFFECT,
                message=f"`{key}` means nothing for the strategy `{given.strategy}`",
                at=Label((*at, key), on="key"),
                related=(Label((*at, "strategy"), "strategy set here"),),
                help="remove it",
            )
    if given.max_unavailable in _NONE and given.max_surge in _NONE:
        yield Diagnostic(
            rule=STUCK,
            message="neither may a pod be missing nor one more run",
            at=Label((*at, "maxSurge")),
            related=(Label((*at, "maxUnavailable"), "no pod may be missing"),),
            help="allow at least one of the two",
        )
    yield from _volume_faults(component, at)


def _volume_faults(component: Component, at: Path) -> Iterator[Diagnostic]:
    if component.type not in {"web", "worker"} or not component.update or component.update.strategy == "recreate":
        return
    for name, volume in component.volumes.items():
        if volume.type == "persistent" and is_single(volume.access):
            yield Diagnostic(
                rule=SHARED_VOLUME,
                message=f"a rolling update needs the volume `{name}` on two nodes, but it is {volume.access}",
                at=Label(at, on="key"),
                related=(Label((*at[:-1], "volumes", name), "the volume", on="key"),),
                help="remove `update`: with such a volume kgen stops the old pod before it starts the new one",
            )


def _not_for(what: str, types: tuple[str, ...], component: Component, at: Label) -> Diagnostic:
    return Diagnostic(
        rule=NOT_FOR_TYPE,
        message=f"{what} is for {listed(types, 'and')} components, this is a `{component.type}`",
        at=at,
        related=(Label((*at.path[:2], "type"), "type set here"),),
        help="remove it or change the type",
    )


def replacement(component: Component) -> Replacement:
    """
    Return how the pods are replaced.

    A Deployment never goes below its number of pods by default: a new one must be ready before an old one goes. One
    with a volume that only one node can mount has to stop the old pod first.
    """
    given = component.update
    shares = any(volume.type == "persistent" and is_single(volume.access) for volume in component.volumes.values())
    if component.type in {"web", "worker"}:
        if shares or (given and given.strategy == "recreate"):
            return Replacement(strategy="Recreate")
        surge = "25%" if given is None or given.max_surge is None else given.max_surge
        missing: Any = 1 if surge in _NONE else 0
        if given and given.max_unavailable is not None:
            missing = given.max_unavailable
        return Replacement(strategy="RollingUpdate", max_unavailable=missing, max_surge=surge)
    if given and given.strategy == "on-delete":
        return Replacement(strategy="OnDelete")
    if given is None:
        return Replacement(strategy="RollingUpdate")
    missing = 0 if given.max_surge not in {None, *_NONE} and given.max_unavailable is None else given.max_unavailable
    return Replacement(
        strategy="RollingUpdate",
        max_unavailable=missing,
        max_surge=given.max_surge,
        partition=given.partition or 0,
    )
