"""
App → Plan: every question answered.

``faults`` first says everything that is wrong with the meaning of the app; only if there is no error is a
plan made, so that making it cannot fail. Where two features meet, one function here is named after the answer.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from kgen.diag import Diagnostic, Outcome, Path, has_error
from kgen.features.autoscaling import MIN_ABOVE_MAX
from kgen.model.app import App
from kgen.model.facts import Facts
from kgen.model.plan import Plan, Variable
from kgen.model.platform import Platform
from kgen.resolve import (
    accounts,
    admission,
    alerts,
    autoscaling,
    backups,
    companions,
    dashboards,
    externals,
    fields,
    gateway,
    image_folders,
    images,
    in_cluster,
    monitoring,
    names,
    needs,
    objectives,
    operated,
    others,
    outputs,
    own_dockerfiles,
    peers,
    placement,
    plain_secrets,
    ports,
    programs,
    public,
    quota,
    reach,
    references,
    rules,
    runs,
    secret_mounts,
    secret_uses,
    secrets,
    security,
    stateful,
    storage,
    triggers,
    update,
    vertical_scaling,
)
from kgen.resolve.workload import Known, of_component, of_release


def resolve(
    app: App,
    environment: str,
    platform: Platform,
    facts: Facts,
    *,
    defaulted: Collection[Path] = (),
    base: App | None = None,
) -> Outcome[Plan]:
    """
    Return the plan of ``app`` in ``environment``.

    Args:
        app: The app, merged for the environment.
        environment: Its name, empty if the app has none.
        platform: The choices of kgen.yaml.
        facts: What the repository says besides.
        defaulted: Paths of what kgen.yaml says for all apps: it may mean nothing for this one.
        base: The app without any environment, which Dockerfiles are made of; ``app`` by default.
    """
    found = tuple(
        each
        for each in faults(app, environment, platform, facts)
        if not (each.rule is rules.WITHOUT_EFFECT and each.at.path in defaulted)
    )
    if has_error(found):
        return Outcome(None, found)
    builds = images.plans(app, facts, platform)
    found = (*found, *images.unlocked(builds, app, facts))
    known = Known(
        app=app,
        environment=environment,
        platform=platform,
        facts=facts,
        used={**_used(app, environment, platform), **backups.used(app, platform)},
        builds=builds,
        started=images.started(base or app),
    )
    release = [of_release(known, app.release)] if app.release else []
    workloads = (*release, *(of_component(known, name) for name in _with_pods(app)))
    servers = in_cluster.servers(known)
    setting = secrets.Setting(app=app, environment=environment, platform=platform, facts=facts)
    saved = tuple(backups.of_databases(setting, known.used))
    wanted = secret_uses.keys((*servers, *workloads), backups.secrets(saved))
    found = (*found, *secrets.faults(setting, wanted))
    if has_error(found):
        return Outcome(None, found)
    provided = secrets.provided(setting, (*servers, *workloads, *saved), wanted)
    plan = Plan(
        app=app.name,
        environment=environment,
        namespace=names.namespace(app, environment),
        creates_namespace=app.namespace.create,
        security_level=security.lowest(each.hardening.level for part in workloads for each in part.containers),
        guard=admission.guard(app, environment, platform),
        target=names.target(app, environment, "", (), "early"),
        account=app.name,
        workloads=workloads,
        servers=servers,
        operated=operated.clusters(known),
        externals=externals.externals(app, environment),
        needs=tuple(needs.backing(app, name) for name in app.needs),
        watch=alerts.of_app(app, platform),
        secrets=provided.existing,
        backups=saved,
        provided=provided,
        compose=outputs.compose_file(app, platform),
        env_example=outputs.env_example(app),
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
    MIN_ABOVE_MAX,
    *plain_secrets.RULES,
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
    cut = {f"`{path[1]}`" for path in gone if path[0] in {"components", "needs", "secrets", "apps"} and len(path) > 1}
    misses_section = any(len(path) == 1 for path in gone)  # `neds:` may have been meant to be `needs:`
    for diagnostic in faults(app, environment, platform, facts):
        if diagnostic.rule not in _CERTAIN:
            continue
        is_reference = diagnostic.rule is rules.UNKNOWN_REFERENCE
        if is_reference and (misses_section or any(name in diagnostic.message for name in cut)):
            continue  # what it refers to may be there once the file is mended
        if diagnostic.rule is MIN_ABOVE_MAX and any("replicas" in path for path in gone):
            continue
        yield diagnostic


def faults(app: App, environment: str, platform: Platform, facts: Facts) -> Iterator[Diagnostic]:
    """Yield everything that is wrong with the meaning of ``app``."""
    yield from names.faults(app, environment)
    yield from fields.faults(app)
    yield from ports.faults(app)
    yield from externals.faults(app)
    yield from peers.faults(app, environment)
    yield from gateway.faults(app, platform)
    yield from public.faults(app)
    yield from reach.faults(app, environment, platform)
    yield from storage.faults(app, facts)
    yield from stateful.faults(app, platform)
    yield from update.faults(app)
    yield from companions.faults(app, platform)
    yield from placement.faults(app, platform)
    yield from runs.faults(app, platform)
    yield from images.faults(app, facts, platform)
    yield from programs.faults(app)
    yield from image_folders.faults(app, facts)
    yield from own_dockerfiles.faults(app, facts)
    yield from security.faults(app)
    yield from monitoring.faults(app, platform)
    yield from alerts.faults(app, platform)
    yield from objectives.faults(app, platform)
    yield from backups.faults(app, platform)
    yield from dashboards.faults(app, facts)
    yield from triggers.faults(app, platform)
    yield from vertical_scaling.faults(app, platform)
    yield from quota.faults(app, platform)
    yield from plain_secrets.faults(app, facts)
    yield from secret_mounts.faults(app)
    yield from needs.faults(app, platform)
    yield from others.name_faults(app, environment)
    if not environment:  # an environment may leave out what others use
        yield from images.unused(app)
        yield from others.faults(app)
    if app.release:
        yield from references.faults(app, app.release.env, ("release", "env"))
        yield from references.in_words(app.release.command, ("release", "command"))
    for name, component in app.components.items():
        at: Path = ("components", name)
        yield from references.faults(app, component.env, (*at, "env"))
        for field in ("command", "args"):
            yield from references.in_words(getattr(component, field), (*at, field))
        yield from autoscaling.faults(component, at)
        yield from accounts.faults(component, at)


def _with_pods(app: App) -> Iterator[str]:
    return (name for name, component in app.components.items() if not externals.is_external(component))


def _used(app: App, environment: str, platform: Platform) -> Mapping[str, tuple[Variable, ...]]:
    used = {
        name: (
            *references.variables(app, component.env, platform, environment),
            *companions.variables(app, component, platform, environment),
        )
        for name, component in app.components.items()
    }
    if app.release:
        used[names.RELEASE] = references.variables(app, app.release.env, platform, environment)
    return used
