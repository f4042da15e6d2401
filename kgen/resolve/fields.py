"""Which fields mean something for which type of component."""

from collections.abc import Collection, Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path
from kgen.features import disruption
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.container import EnvSource, Probe, Resources
from kgen.resolve.kinds import HAS_PODS, REPLICATED, RUNS_FOR_EVER, SERVES
from kgen.resolve.references import listens
from kgen.resolve.rules import ABOVE_LIMIT, NEEDED_FOR_TYPE, NOT_FOR_TYPE, PROBE_SUCCESSES, WITHOUT_EFFECT
from kgen.spec import CHOOSE_ONE, Spec
from kgen.units import cpu_millis, memory_bytes
from kgen.words import listed

_ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "ports": (*RUNS_FOR_EVER, "external"),
    "host": ("external",),
    "probes": RUNS_FOR_EVER,
    "replicas": REPLICATED,
    "disruption": REPLICATED,
    "spread": REPLICATED,
    "routes": SERVES,
    "metrics": RUNS_FOR_EVER,
    "vertical_scaling": RUNS_FOR_EVER,
    "slo": RUNS_FOR_EVER,
    "schedule": ("cron",),
    "timezone": ("cron",),
    "concurrency": ("cron",),
    "suspend": ("cron",),
    "timeout": ("cron", "job"),
    "retries": ("cron", "job"),
    "parallelism": ("cron", "job"),
    "completions": ("cron", "job"),
    "completion_mode": ("cron", "job"),
    "retries_per_index": ("cron", "job"),
    "max_failed_indexes": ("cron", "job"),
    "on_failure": ("cron", "job"),
    "ttl": ("cron",),
    "history": ("cron",),
    "starting_deadline": ("cron",),
    "when": ("job",),
    "update": RUNS_FOR_EVER,
    "pod_management": ("stateful",),
    "claim_retention": ("stateful",),
}
"""Everything else is for all that have pods."""

_NEEDED = {
    "cron": ("schedule", "add `schedule`, as `15 3 * * *` for 03:15 every day"),
    "job": ("when", "add `when: pre-deploy` or `when: post-deploy`"),
    "external": ("host", "add `host`, as `db.example.com`"),
}


def faults(app: App) -> Iterator[Diagnostic]:
    """Yield fields at the wrong type, missing ones, and keys that exclude each other."""
    for name, component in app.components.items():
        at: Path = ("components", name)
        yield from _type_faults(component, at)
        yield from _choices(component, at)
        yield from _without_effect(component, at)
        yield from amounts(component.resources, (*at, "resources"))
        for key, value in component.env.items():
            if isinstance(value, EnvSource):
                yield from exactly_one(value, ("secret", "config", "field"), (*at, "env", key))
    if app.release:
        for key, value in app.release.env.items():
            if isinstance(value, EnvSource):
                yield from exactly_one(value, ("secret", "config", "field"), ("release", "env", key))
        yield from amounts(app.release.resources, ("release", "resources"))


def _type_faults(component: Component, at: Path) -> Iterator[Diagnostic]:
    for field in sorted(component.model_fields_set - {"type"}):
        types = _ONLY_FOR.get(field, HAS_PODS)
        if component.type not in types:
            whom = f"{listed(types, 'and')} components" if field in _ONLY_FOR else "components with pods"
            article = "an" if component.type == "external" else "a"
            key = type(component).model_fields[field].alias or field
            what = "a port" if field == "ports" else f"`{key}`"  # written as `port` or as `ports`
            yield Diagnostic(
                rule=NOT_FOR_TYPE,
                message=f"{what} is for {whom}, `{at[-1]}` is {article} `{component.type}`",
                at=Label((*at, key), on="key"),
                related=(Label((*at, "type"), "type set here"),),
                help="remove the field or change the type",
            )
    if component.type == "web" and not listens(component):
        yield _needed(at, "port", "add the port it listens on, as `port: 8000`", component.type)
    if component.type in _NEEDED:
        field, way_out = _NEEDED[component.type]
        if getattr(component, field) is None:
            yield _needed(at, field, way_out, component.type)


def _needed(at: Path, field: str, way_out: str, kind: str) -> Diagnostic:
    message = f"`{at[-1]}` is {'an' if kind == 'external' else 'a'} `{kind}` component and needs `{field}`"
    return Diagnostic(rule=NEEDED_FOR_TYPE, message=message, at=Label(at, on="key"), help=way_out)


def _choices(component: Component, at: Path) -> Iterator[Diagnostic]:
    if component.port is not None and component.ports:
        yield Diagnostic(
            rule=CHOOSE_ONE,
            message="`port` and `ports` are both given",
            at=Label((*at, "port"), on="key"),
            related=(Label((*at, "ports"), "the other one", on="key"),),
            help="keep `ports`, and put the one from `port` into it",
        )
    for kind in ("startup", "readiness", "liveness"):
        probe: Probe | None = getattr(component.probes, kind)
        if probe:
            yield from probe_faults(kind, probe, (*at, "probes", kind))
    for path, file in component.files.items():
        yield from exactly_one(file, ("source", "content", "secret"), (*at, "files", path))
    if component.disruption and not component.disruption.off:
        lowest, said = lowest_replicas(component), said_replicas(component, at)
        yield from disruption.faults(component.disruption, (*at, "disruption"), lowest=lowest, said=said)


def probe_faults(kind: str, probe: Probe, at: Path) -> Iterator[Diagnostic]:
    """Yield what is wrong with a probe by itself."""
    if probe.off:
        yield from unread(probe, probe.model_fields_set - {"off"}, at, "a probe that is off")
        return
    yield from exactly_one(probe, ("http", "tcp", "exec", "grpc"), at)
    if not probe.http:
        yield from unread(probe, {"port"}, at, "a probe without `http`")
    if kind != "readiness" and (probe.successes or 1) != 1:
        yield Diagnostic(
            rule=PROBE_SUCCESSES,
            message=f"a {kind} probe must succeed once, not {probe.successes} times",
            at=Label((*at, "successes")),
            help="remove `successes`",
        )


def _without_effect(component: Component, at: Path) -> Iterator[Diagnostic]:
    """Yield what is written and would change nothing."""
    for name, volume in component.volumes.items():
        if volume.type != "persistent":
            yield from unread(
                volume,
                {"access", "storage_class"},
                (*at, "volumes", name),
                f"{'an' if volume.type == 'ephemeral' else 'a'} {volume.type} volume",
            )
    for index, route in enumerate(component.routes):
        if route.tls and route.tls.off:
            yield from unread(route.tls, {"secret"}, (*at, "routes", index, "tls"), "a route without TLS")
    given = component.disruption
    if given and given.off:
        yield from unread(given, {"max_unavailable", "min_available"}, (*at, "disruption"), "a budget that is off")
    elif given and component.type in REPLICATED and not runs_several(component):
        yield Diagnostic(
            rule=WITHOUT_EFFECT,
            message=f"`{at[-1]}` may run as a single pod, which gets no disruption budget",
            at=Label((*at, "disruption"), on="key"),
            related=said_replicas(component, at),
            help="remove it, or run at least two pods",
        )


def unread(spec: Spec, fields: Collection[str], at: Path, what: str) -> Iterator[Diagnostic]:
    """Yield those of ``fields`` that are given though ``what`` has no use for them."""
    for field in sorted(spec.model_fields_set & set(fields)):
        key = type(spec).model_fields[field].alias or field
        if getattr(spec, field) is not None:
            yield Diagnostic(
                rule=WITHOUT_EFFECT,
                message=f"`{key}` means nothing for {what}",
                at=Label((*at, key), on="key"),
                help="remove it",
            )


def exactly_one(spec: object, keys: tuple[str, ...], at: Path) -> Iterator[Diagnostic]:
    """Yield a finding unless exactly one of ``keys`` of ``spec`` is given."""
    given = [key for key in keys if getattr(spec, key) is not None]
    if len(given) == 1:
        return
    names = ", ".join(f"`{key}`" for key in keys)
    wrong = " and ".join(f"`{key}`" for key in given) + " are given together" if given else f"one of {names} is missing"
    yield Diagnostic(
        rule=CHOOSE_ONE,
        message=wrong,
        at=Label((*at, given[1]) if given else at, on="key"),
        related=tuple(Label((*at, key), "the other one", on="key") for key in given[:1]),
        help=f"give exactly one of {names}",
    )


def lowest_replicas(component: Component) -> int:
    """Return how many pods always run."""
    match component.replicas:
        case None:
            single = any(
                is_single(volume.access) for volume in component.volumes.values() if volume.type == "persistent"
            )
            return 2 if component.type == "web" and not single else 1
        case int() as number:
            return number
        case autoscaling:
            return autoscaling.min


def said_replicas(component: Component, at: Path) -> tuple[Label, ...]:
    """Return the place that says how many pods the component at ``at`` runs, if one does."""
    return () if component.replicas is None else (Label((*at, "replicas"), "number of pods"),)


def runs_several(component: Component) -> bool:
    """Tell whether at least two pods always run."""
    return lowest_replicas(component) > 1


def is_single(access: str) -> bool:
    """Tell whether a volume with this access mode can be mounted on one node only."""
    return access in {"ReadWriteOnce", "ReadWriteOncePod"}


def amounts(resources: Resources, at: Path) -> Iterator[Diagnostic]:
    """Yield requests that are above their limits."""
    for name, words, number in (("cpu", "CPU", cpu_millis), ("memory", "memory", memory_bytes)):
        request, limit = getattr(resources.requests, name), getattr(resources.limits, name)
        if request and limit and (number(request) or 0) > (number(limit) or 0):
            yield Diagnostic(
                rule=ABOVE_LIMIT,
                message=f"the request of {request} {words} is above the limit of {limit}",
                at=Label((*at, "requests", name)),
                related=(Label((*at, "limits", name), "limit set here"),),
                help="raise the limit or lower the request",
            )
