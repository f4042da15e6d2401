"""
Component → Workload: the answers to every question about one part that runs.

Where two features meet, one function here, or in the module of one of them, is named after the answer.
"""

from collections.abc import Mapping
from typing import Literal

from kgen.features.configuration import Configuration
from kgen.features.disruption import Budget
from kgen.model.app import App, Release
from kgen.model.component import Component
from kgen.model.facts import Facts
from kgen.model.image_plan import ImagePlan
from kgen.model.placement import Spread
from kgen.model.plan import Variable, Workload
from kgen.model.platform import Platform
from kgen.model.pod_plan import Replacement, Run
from kgen.model.replicas import Autoscaling
from kgen.record import dataclass
from kgen.resolve import (
    accounts,
    alerts,
    autoscaling,
    backups,
    bases,
    companions,
    container,
    dashboards,
    fields,
    gateway,
    images,
    monitoring,
    names,
    network,
    objectives,
    outputs,
    placement,
    ports,
    public,
    references,
    secret_mounts,
    secrets,
    stateful,
    storage,
    triggers,
    update,
    vertical_scaling,
    working_dirs,
)
from kgen.resolve.kinds import ENDS, REPLICATED, kind_of
from kgen.resolve.versions import at_least
from kgen.units import seconds

RETRIES = 2
STARTING_DEADLINE = 300
_CONCURRENCY: Mapping[str, Literal["Allow", "Forbid", "Replace"]] = {
    "allow": "Allow",
    "forbid": "Forbid",
    "replace": "Replace",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What every part of a plan is made from."""

    app: App
    environment: str
    platform: Platform
    facts: Facts
    used: Mapping[str, tuple[Variable, ...]]
    """Environment variables of all containers of every component, and of the release."""

    builds: Mapping[outputs.Key, ImagePlan]
    """Build context → Dockerfile."""

    started: Mapping[outputs.Key, str]
    """The same → the folder that programs of its image start in; made of the app without any environment."""


def of_component(known: Known, name: str) -> Workload:
    app, environment, platform = known.app, known.environment, known.platform
    component = app.components[name]
    used = references.variables(app, component.env, platform, environment)
    texts = plain(used)
    target = names.target(app, environment, name, ("components", name), component.when or "")
    build = images.build_of(app, component)
    service = () if monitoring.only_metrics(app, name, known.used) else ports.service_ports(component)
    by_service = monitoring.asks_service(component, service)
    routes = ports.ingresses(component, target.name, platform)
    early_sidecars, init, sidecars = companions.containers(
        app,
        name,
        environment=environment,
        target_name=target.name,
        shared=texts,
        platform=platform,
        started=known.started,
    )
    return Workload(
        type=component.type,
        kind=kind_of(component),
        target=target,
        early=names.target(app, environment, name, ("components", name), "early"),
        storage=names.target(app, environment, name, ("components", name), _storage_wave(component)),
        container=container.of_component(
            app,
            name,
            target_name=target.name,
            variables=used,
            shared=texts,
            platform=platform,
            has_service=bool(service),
            working_dir=working_dirs.of_component(app, component, known.started),
        ),
        early_sidecars=early_sidecars,
        init=init,
        sidecars=sidecars,
        replicas=_replicas(component),
        replacement=update.replacement(component),
        spread=_spread(component),
        placement=placement.placement(app, component),
        spread_by_revision=component.type != "stateful" and at_least(platform, "1.27"),
        run=_run(component),
        configuration=configuration(platform, texts, storage.contents(component, known.facts)),
        service=service,
        is_called_by_apps=any(peer.app for peer in component.network.ingress),
        gateway=gateway.plan(component, target.name, platform),
        public=public.services(component, target.name, platform),
        ingresses=routes,
        secret_mounts=secret_mounts.mounts(setting(known), component, known.used[name], routes),
        autoscaling=autoscaling.autoscaler(component, kind_of(component)),
        is_watched=vertical_scaling.is_watched(component, platform),
        scaler=triggers.scaler(app, name, platform, used, kind_of(component)),
        disruption=_budget(component, platform),
        network=network.access(app, name, environment, known.used, platform),
        claims=storage.claims(component, target.name, platform),
        monitor=monitoring.monitor(component, platform, by_service=by_service),
        promise=objectives.promise(component, target, platform, by_service=by_service),
        backup=backups.of_volumes(component, platform),
        gallery=dashboards.gallery(app, name, target, platform, known.facts, by_service=by_service),
        watch=alerts.of_component(app, name, target, platform, by_service=by_service),
        claim_templates=stateful.claim_templates(component, platform),
        governing=stateful.governing(component, target.name),
        account=accounts.own_account(component, target),
        image=known.builds.get(outputs.key(build)) if build and not build.dockerfile else None,
        build=build,
        has_python=bases.has_python(build, known.facts),
    )


def of_release(known: Known, release: Release) -> Workload:
    app, environment, platform = known.app, known.environment, known.platform
    used = known.used[names.RELEASE]
    target = names.target(app, environment, names.RELEASE, ("release",), "pre-deploy")
    build = app.build
    return Workload(
        type="release",
        kind="Job",
        target=target,
        early=names.target(app, environment, names.RELEASE, ("release",), "early"),
        storage=names.target(app, environment, names.RELEASE, ("release",), "volume"),
        container=container.of_release(
            app,
            release,
            variables=used,
            shared=plain(used),
            platform=platform,
            working_dir=working_dirs.of_release(app, known.started),
        ),
        replicas=None,
        replacement=Replacement(strategy="Recreate"),
        spread=Spread(when="none"),
        placement=placement.of_release(app),
        spread_by_revision=False,
        run=Run(timeout=seconds(release.timeout or ""), retries=_retries(release.retries), when="pre-deploy"),
        configuration=configuration(platform, plain(used), {}),
        secret_mounts=secret_mounts.mounts(setting(known), None, used),
        network=network.access(app, names.RELEASE, environment, known.used, platform),
        watch=alerts.of_release(app, target, platform),
        image=known.builds.get(outputs.key(build)) if build and not build.dockerfile else None,
        build=build,
        has_python=bases.has_python(build, known.facts),
    )


def setting(known: Known) -> secrets.Setting:
    """Return what Secrets depend on."""
    return secrets.Setting(app=known.app, environment=known.environment, platform=known.platform, facts=known.facts)


def _storage_wave(component: Component) -> names.When:
    """Return the wave of a component's volumes: that of the pod that mounts them, or both would wait."""
    return "volume" if component.when == "pre-deploy" else ""


def _replicas(component: Component) -> int | None:
    """Return the fixed number of pods, or ``None`` if an autoscaler owns it or the component ends by itself."""
    if isinstance(component.replicas, Autoscaling) or component.type not in REPLICATED:
        return None
    return fields.lowest_replicas(component)


def _spread(component: Component) -> Spread:
    """Return how pods are spread; a single pod has nothing to spread."""
    several = isinstance(component.replicas, Autoscaling) or fields.runs_several(component)
    return placement.spread(component, several=several and component.type in REPLICATED)


def _budget(component: Component, platform: Platform) -> Budget | None:
    """Return the disruption budget; none for a component that may run as a single pod."""
    given = component.disruption
    if component.type not in REPLICATED or (given and given.off) or not fields.runs_several(component):
        return None
    smallest = given.min_available if given else None
    largest = given.max_unavailable if given else None
    return Budget(
        min_available=smallest,
        max_unavailable=1 if smallest is None and largest is None else largest,
        evict_unready=at_least(platform, "1.27"),
    )


def _run(component: Component) -> Run | None:
    if component.type not in ENDS:
        return None
    return Run(
        timeout=seconds(component.timeout or ""),
        retries=component.retries if component.retries_per_index is not None else _retries(component.retries),
        parallelism=component.parallelism,
        completions=component.completions,
        is_indexed=component.completion_mode == "indexed",
        retries_per_index=component.retries_per_index,
        max_failed_indexes=component.max_failed_indexes,
        on_failure=component.on_failure,
        ttl=seconds(component.ttl or ""),
        history=component.history,
        starting_deadline=seconds(component.starting_deadline or "") or STARTING_DEADLINE,
        schedule=component.schedule or "",
        timezone=component.timezone or "",
        concurrency=_CONCURRENCY[component.concurrency or "forbid"],
        suspend=component.suspend or False,
        when=component.when or "",
    )


def _retries(given: int | None) -> int:
    return RETRIES if given is None else given


def configuration(platform: Platform, env: Mapping[str, str], files: Mapping[str, str]) -> Configuration:
    """Return what a ConfigMap holds for a workload."""
    return Configuration(env=env, files=files, is_immutable=platform.configuration.roll_out == "name")


def plain(used: tuple[Variable, ...]) -> dict[str, str]:
    """Return the variables whose values are known now; addresses in the cluster are."""
    return {variable.name: variable.text for variable in used if variable.text is not None}
