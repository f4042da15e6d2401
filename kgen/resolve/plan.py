"""
App → Plan: every question answered.

``faults`` first says everything that is wrong with the meaning of the app; only if there is no error is a
plan made, so that making it cannot fail. Where two features meet, one function here is named after the answer.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from kgen.diag import Diagnostic, Outcome, Path, has_error
from kgen.features import autoscaling
from kgen.features.autoscaling import Autoscaling
from kgen.features.configuration import Configuration
from kgen.features.disruption import Budget
from kgen.model.app import App, Component, Release
from kgen.model.facts import Facts
from kgen.model.image_plan import ImagePlan
from kgen.model.plan import Address, Backing, Plan, Run, SecretKey, Variable, Workload
from kgen.model.platform import Platform
from kgen.resolve import container, fields, images, names, ports, references, rules, storage
from kgen.units import seconds

RETRIES = 2
_CONCURRENCY: Mapping[str, Literal["Allow", "Forbid", "Replace"]] = {
    "allow": "Allow",
    "forbid": "Forbid",
    "replace": "Replace",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What every part of a plan is made from."""

    app: App
    environment: str
    platform: Platform
    facts: Facts
    used: Mapping[str, tuple[Variable, ...]]
    """Environment variables of every component and of the release."""

    builds: Mapping[str, ImagePlan]
    """Build context → Dockerfile."""


def resolve(app: App, environment: str, platform: Platform, facts: Facts) -> Outcome[Plan]:
    """
    Return the plan of ``app`` in ``environment``.

    Args:
        app: The app, merged for the environment.
        environment: Its name, empty if the app has none.
        platform: The choices of kgen.yaml.
        facts: What the repository says besides.
    """
    found = tuple(faults(app, environment, platform, facts))
    if has_error(found):
        return Outcome(None, found)
    known = _Known(
        app=app,
        environment=environment,
        platform=platform,
        facts=facts,
        used=_used(app),
        builds=images.plans(app, facts, platform),
    )
    release = [_release(known, app.release)] if app.release else []
    workloads = (*release, *(_component(known, name) for name in app.components))
    plan = Plan(
        app=app.name,
        environment=environment,
        namespace=names.namespace(app, environment),
        target=names.target(app, environment, "", (), "early"),
        account=app.name,
        workloads=workloads,
        needs=tuple(_needs(app)),
        secrets=_secrets(workloads),
    )
    return Outcome(plan, found)


_CERTAIN = (
    rules.UNKNOWN_REFERENCE,
    rules.BAD_PLACEHOLDER,
    rules.NOT_FOR_TYPE,
    rules.ABOVE_LIMIT,
    rules.NAME_TAKEN,
    rules.NAME_TOO_LONG,
    rules.PATH_TAKEN,
    rules.PROBE_SUCCESSES,
    autoscaling.MIN_ABOVE_MAX,
)
"""Rules about values that are there, which stay true whatever else of the file is mended."""


def certain_faults(
    app: App, environment: str, platform: Platform, facts: Facts, gone: Iterable[Path]
) -> Iterator[Diagnostic]:
    """
    Yield the faults of meaning of an ``app`` that was cut down, as far as they do not follow from the cuts.

    Args:
        app: The app without the values that have faults of form.
        environment: Its environment.
        platform: The choices of kgen.yaml.
        facts: What the repository says besides.
        gone: Paths of the values that were taken out.
    """
    gone = tuple(gone)
    cut = {f"`{path[1]}`" for path in gone if path[0] in {"components", "needs", "secrets"} and len(path) > 1}
    misses_section = any(len(path) == 1 for path in gone)  # `neds:` may have been meant to be `needs:`
    for diagnostic in faults(app, environment, platform, facts):
        if diagnostic.rule not in _CERTAIN:
            continue
        is_reference = diagnostic.rule is rules.UNKNOWN_REFERENCE
        if is_reference and (misses_section or any(name in diagnostic.message for name in cut)):
            continue  # what it refers to may be there once the file is mended
        if diagnostic.rule is autoscaling.MIN_ABOVE_MAX and any("replicas" in path for path in gone):
            continue
        yield diagnostic


def faults(app: App, environment: str, platform: Platform, facts: Facts) -> Iterator[Diagnostic]:
    """Yield everything that is wrong with the meaning of ``app``."""
    yield from names.faults(app, environment)
    yield from fields.faults(app)
    yield from ports.faults(app)
    yield from storage.faults(app, facts)
    yield from images.faults(app, facts, platform)
    if not environment:
        yield from images.unused(app)
    if app.release:
        yield from references.faults(app, app.release.env, ("release", "env"))
        yield from references.in_words(app.release.command, ("release", "command"))
    for name, component in app.components.items():
        at: Path = ("components", name)
        yield from references.faults(app, component.env, (*at, "env"))
        for field in ("command", "args"):
            yield from references.in_words(getattr(component, field), (*at, field))
        if isinstance(component.replicas, Autoscaling):
            yield from autoscaling.faults(component.replicas, (*at, "replicas"))


def _component(known: _Known, name: str) -> Workload:
    app, environment, platform = known.app, known.environment, known.platform
    component, used = app.components[name], known.used[name]
    target = names.target(app, environment, name, ("components", name), component.when or "")
    build = images.build_of(app, component)
    return Workload(
        type=component.type,
        target=target,
        early=names.target(app, environment, name, ("components", name), "early"),
        storage=names.target(app, environment, name, ("components", name), _storage_wave(component)),
        container=container.of_component(app, name, target_name=target.name, variables=used, platform=platform),
        replicas=_replicas(component),
        recreate=storage.recreates(component),
        spread=_spread(component),
        spread_by_revision=container.at_least(platform, "1.27"),
        run=_run(component),
        configuration=Configuration(env=_plain(used), files=storage.contents(component, known.facts)),
        service=ports.service_ports(component),
        ingresses=ports.ingresses(component, target.name, platform),
        autoscaling=component.replicas if isinstance(component.replicas, Autoscaling) else None,
        disruption=_budget(component, platform),
        network=ports.access(app, name, known.used),
        claims=storage.claims(component, target.name, platform),
        image=known.builds.get(build.context) if build and not build.dockerfile else None,
        build=build,
    )


def _release(known: _Known, release: Release) -> Workload:
    app, environment, platform = known.app, known.environment, known.platform
    used = known.used[names.RELEASE]
    build = app.build
    return Workload(
        type="release",
        target=names.target(app, environment, names.RELEASE, ("release",), "pre-deploy"),
        early=names.target(app, environment, names.RELEASE, ("release",), "early"),
        storage=names.target(app, environment, names.RELEASE, ("release",), "volume"),
        container=container.of_release(app, release, used, platform),
        replicas=None,
        recreate=False,
        spread="none",
        spread_by_revision=False,
        run=Run(timeout=seconds(release.timeout or ""), retries=_retries(release.retries), when="pre-deploy"),
        configuration=Configuration(env=_plain(used)),
        network=ports.access(app, "", {}),
        image=known.builds.get(build.context) if build and not build.dockerfile else None,
        build=build,
    )


def _used(app: App) -> Mapping[str, tuple[Variable, ...]]:
    used = {name: references.variables(app, component.env) for name, component in app.components.items()}
    return used | ({names.RELEASE: references.variables(app, app.release.env)} if app.release else {})


def _storage_wave(component: Component) -> names.When:
    """Return the wave of a component's volumes: that of the pod that mounts them, or both would wait."""
    return "volume" if component.when == "pre-deploy" else ""


def _replicas(component: Component) -> int | None:
    """Return the fixed number of pods, or ``None`` if an autoscaler owns it or the component ends by itself."""
    if isinstance(component.replicas, Autoscaling) or component.type not in {"web", "worker"}:
        return None
    return fields.lowest_replicas(component)


def _spread(component: Component) -> Literal["preferred", "required", "none"]:
    """Return how pods are spread; a single pod has nothing to spread."""
    several = isinstance(component.replicas, Autoscaling) or fields.runs_several(component)
    return component.spread or ("preferred" if several else "none") if component.type in {"web", "worker"} else "none"


def _budget(component: Component, platform: Platform) -> Budget | None:
    """Return the disruption budget; none for a component that may run as a single pod."""
    given = component.disruption
    if component.type not in {"web", "worker"} or (given and given.off) or not fields.runs_several(component):
        return None
    smallest = given.min_available if given else None
    largest = given.max_unavailable if given else None
    return Budget(
        min_available=smallest,
        max_unavailable=1 if smallest is None and largest is None else largest,
        evict_unready=container.at_least(platform, "1.27"),
    )


def _run(component: Component) -> Run | None:
    if component.type not in {"cron", "job"}:
        return None
    return Run(
        timeout=seconds(component.timeout or ""),
        retries=_retries(component.retries),
        schedule=component.schedule or "",
        timezone=component.timezone or "",
        concurrency=_CONCURRENCY[component.concurrency or "forbid"],
        suspend=component.suspend or False,
        when=component.when or "",
    )


def _retries(given: int | None) -> int:
    return RETRIES if given is None else given


def _plain(used: tuple[Variable, ...]) -> dict[str, str]:
    """Return the variables whose values are known now; addresses in the cluster are."""
    made = {}
    for variable in used:
        parts = [part.in_cluster if isinstance(part, Address) else part for part in variable.parts]
        if all(isinstance(part, str) for part in parts):
            made[variable.name] = "".join(str(part) for part in parts)
    return made


def _needs(app: App) -> Iterator[Backing]:
    versions = {"postgres": "17", "redis": "8"}
    for name, need in app.needs.items():
        yield Backing(
            name=name,
            type=need.type,
            version=need.version or versions[need.type],
            database=need.database or app.name,
            secret=references.need_secret(app, name),
        )


def _secrets(workloads: Iterable[Workload]) -> dict[str, tuple[str, ...]]:
    """Return the Secrets that somebody has to put into the namespace, with the keys that are used."""
    used: dict[str, set[str]] = {}
    for workload in workloads:
        for plan in workload.ingresses:
            for rule in plan.rules:
                if rule.tls_secret and not plan.issuer:
                    used.setdefault(rule.tls_secret, set()).update(("tls.crt", "tls.key"))
        for variable in workload.container.variables:
            for part in variable.parts:
                if isinstance(part, SecretKey):
                    used.setdefault(part.secret, set()).add(part.key)
    return {secret: tuple(sorted(keys)) for secret, keys in sorted(used.items())}
