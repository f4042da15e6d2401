"""What apps take in their namespaces, and what they may take there."""

from collections.abc import Iterator, Mapping, Sequence

from kgen.diag import Diagnostic, Label
from kgen.emit.footprint import Part, parts
from kgen.emit.room import declared, quota_objects
from kgen.features.quota import NO_LIMIT, SIZED_TWICE, TOO_SMALL, Quota
from kgen.k8s import Emitted
from kgen.load import form
from kgen.model.plan import Plan
from kgen.record import dataclass, field, replace
from kgen.resolve.container import DEFAULT_CPU, DEFAULT_MEMORY
from kgen.source import Node
from kgen.units import cpu
from kgen.usage import NONE, Footprint, Usage, size
from kgen.words import listed
from kgen.workspace import Workspace

_WORDS: Mapping[tuple[str, ...], str] = {
    ("cpu",): "requests {} CPU",
    ("memory",): "requests {} of memory",
    ("limits", "cpu"): "may use {} CPU",
    ("limits", "memory"): "may use {} of memory",
    ("pods",): "has {} pods",
    ("storage",): "has volumes of {}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one app takes in one environment."""

    app: str
    environment: str
    namespace: str
    parts: tuple[tuple[Part, Label], ...]
    """What takes something, and the place that asked for it."""

    name: Label
    """Where the app says its namespace, or its name."""

    quota: Quota | None = None
    places: Mapping[tuple[str, ...], Label] = field(default_factory=dict)
    """Where kgen.yaml says what of the quota."""

    @property
    def footprint(self) -> Footprint:
        """Return what the app takes in all."""
        return sum((part.footprint for part, _ in self.parts), NONE)

    @property
    def is_per_node(self) -> bool:
        """Whether a part of it is taken on every node, and nobody knows how many there are."""
        return any(part.is_per_node for part, _ in self.parts)


def with_quota(plan: Plan, objects: Sequence[Emitted], workspace: Workspace) -> tuple[Emitted, ...]:
    """Return ``objects`` with the quota that kgen.yaml wants for them, behind the Namespace."""
    platform = workspace.platform_for(plan.environment)
    defaults = {"cpu": DEFAULT_CPU, "memory": DEFAULT_MEMORY}
    made = quota_objects(platform.quota, objects, plan.target, defaults, platform.nodes)
    place = next((index for index, each in enumerate(objects, 1) if each.manifest.get("kind") == "Namespace"), 0)
    return (*objects[:place], *made, *objects[place:])


def taken(plan: Plan, objects: Sequence[Emitted], root: Node, workspace: Workspace) -> Taken:
    """Return what ``objects`` take; ``root`` is what the app was read from."""
    platform = workspace.platform_for(plan.environment)
    keys = [("objects",), *(at for at, _ in declared(platform.quota))] if platform.quota else []
    choices = workspace.root_for(plan.environment)
    return Taken(
        app=plan.app,
        environment=plan.environment,
        namespace=plan.namespace,
        parts=tuple((part, form.place(root, part.origin, on="key")) for part in parts(objects, platform.nodes)),
        name=form.place(root, ("namespace",) if "namespace" in _keys(root) else ("name",)),
        quota=platform.quota,
        places={at: form.place(choices, ("quota", *at), on="key" if at == ("objects",) else "value") for at in keys},
    )


def _keys(root: Node) -> Mapping[str, Node]:
    return root.value if isinstance(root.value, dict) else {}


def exceeded(together: Sequence[Taken]) -> Iterator[Diagnostic]:
    """Yield what is too small of the quota of a namespace, in which ``together`` are all apps."""
    first = together[0]
    asked = first.quota
    if asked is None:
        return
    everything = [part for each in together for part in each.parts]
    for at, allowed in declared(asked):
        needs = [(_amounts(part.footprint, at), place, part) for part, place in everything]
        label = first.places.get(at, Label())
        if any(peak is None for (_, peak), _, _ in needs):
            without = [place for (_, peak), place, _ in needs if peak is None]
            yield Diagnostic(
                rule=NO_LIMIT,
                message=f"the quota counts limits of {at[-1]}, and {_count(len(without))} without one",
                at=label,
                related=tuple(replace(place, text="no limit") for place in without[:3]),
                help=f"give every container `resources: {{limits: {{{at[-1]}: …}}}}`, or take this out",
            )
            continue
        most, peak = (sum(amounts[index] or 0 for amounts, _, _ in needs) for index in (0, 1))
        if peak > allowed:
            largest = sorted(needs, key=lambda need: -(need[0][1] or 0))[:3]
            yield Diagnostic(
                rule=TOO_SMALL,
                message=_message(first.namespace, at, (most, peak), allowed),
                at=label,
                related=tuple(
                    replace(place, text=f"{part.name}: {_shown(at, amounts[1] or 0)}")
                    for amounts, place, part in largest
                    if amounts[1]
                ),
                help=f"raise it to {_shown(at, peak)} or more, or let the largest parts take less",
            )


def _message(namespace: str, at: tuple[str, ...], amounts: tuple[int, int], allowed: int) -> str:
    """Say how much is wanted of what, steadily and while it is rolled out."""
    most, peak = amounts
    what = _WORDS[at].format(_shown(at, most if most > allowed else peak))
    rolled = f"{_shown(at, peak)} " if peak > most > allowed else ""
    when = f", {rolled}while everything is rolled out" if rolled or most <= allowed else ""
    return f"`{namespace}` {what} at its largest{when}, and the quota is {_shown(at, allowed)}"


def _count(number: int) -> str:
    return "1 part is" if number == 1 else f"{number} parts are"


def _amounts(footprint: Footprint, at: tuple[str, ...]) -> tuple[int | None, int | None]:
    """Return how much it is at most, and while it is rolled out; ``None``: without a limit."""
    return _amount(footprint.most, at), _amount(footprint.peak, at)


def _amount(usage: Usage, at: tuple[str, ...]) -> int | None:
    match at:
        case ("limits", name):
            return usage.cpu_limit if name == "cpu" else usage.memory_limit
        case ("cpu",):
            return usage.cpu
        case ("memory",):
            return usage.memory
        case ("pods",):
            return usage.pods
        case _:
            return usage.storage


def _shown(at: tuple[str, ...], amount: int) -> str:
    return cpu(amount) if at[-1] == "cpu" else str(amount) if at == ("pods",) else size(amount)


def shared(together: Sequence[Taken]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the quota of a namespace that several apps share."""
    first, *others = together
    if not others:
        return
    yield from exceeded(together)
    asked = first.quota
    if asked and asked.objects and not (asked.cpu and asked.memory and asked.pods):
        sized = [name for name in ("cpu", "memory", "pods") if not getattr(asked, name)]
        yield Diagnostic(
            rule=SIZED_TWICE,
            message=f"apps share the namespace `{first.namespace}`, and each would size its quota for itself",
            at=first.places.get(("objects",), Label()),
            related=tuple(
                Label(each.name.path, "in this namespace", each.name.on, each.name.file) for each in together[:3]
            ),
            help=f"say how much it may take in all: {listed(sized, 'and')}",
        )
