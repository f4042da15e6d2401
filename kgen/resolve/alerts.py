"""Which alerts a component and an app have."""

from collections.abc import Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path
from kgen.features import alerts
from kgen.features.alerts import Alert, AlertRule, Alerts, Watch
from kgen.k8s import Target
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.plan import Kind
from kgen.model.platform import Platform
from kgen.model.replicas import Autoscaling
from kgen.resolve import installed, monitoring
from kgen.resolve.alert_rules import Subject, rules
from kgen.resolve.fields import lowest_replicas, unread
from kgen.resolve.kinds import kind_of
from kgen.resolve.names import RELEASE
from kgen.resolve.rules import NAME_TAKEN
from kgen.units import duration, seconds

_UNCUT = 46
"""Characters of a Deployment's name that are surely in the names of its pods, which are cut at 58 and lengthened."""


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield alerts that nobody would evaluate, and names of alerts that are taken."""
    given: list[tuple[Alerts | None, Path]] = [(app.alerts, ("alerts",))]
    given += [(each.alerts, ("components", name, "alerts")) for name, each in app.components.items()]
    for spec, at in given:
        if spec is None:
            continue
        if spec.off:
            set_too = {name for name in spec.model_fields_set - {"off"} if getattr(spec, name)}
            yield from unread(spec, set_too, at, "alerts that are off")
            continue
        yield from installed.faults(platform, alerts.API_VERSION, "PrometheusRule", at)
        yield from _taken(spec, at)


def _taken(spec: Alerts, at: Path) -> Iterator[Diagnostic]:
    for name in spec.rules:
        if name in alerts.OWN and name not in spec.without:
            yield Diagnostic(
                rule=NAME_TAKEN,
                message=f"`{name}` is an alert that kgen writes itself",
                at=Label((*at, "rules", name), on="key"),
                help=f"rename yours, or leave kgen's out: `without: [{name}]`",
            )


def subject(component: Component, name: str, target: Target, *, by_service: bool) -> Subject:
    """Return what metrics of the cluster call component ``name``."""
    kind = kind_of(component)
    has_metrics = monitoring.metrics_port(component)
    return Subject(
        kind=kind,
        namespace=target.namespace,
        name=target.name,
        container=name,
        pods=pods_of(kind, target.name),
        has_cpu_limit=component.resources.limits.cpu is not None,
        autoscaler=_autoscaler(component, target.name),
        claims=_claims(component, kind, target.name),
        scrape_job=monitoring.scrape_job(target, by_service=by_service) if has_metrics else "",
        always_runs=kind == "DaemonSet" or lowest_replicas(component) > 0,
        suspended=component.suspend or False,
    )


def of_component(app: App, name: str, target: Target, platform: Platform, *, by_service: bool) -> Watch | None:
    """Return the alerts of component ``name``; what it does not say, the app says."""
    component = app.components[name]
    given = app.alerts if component.alerts is None else component.alerts
    if given is None or given.off:
        return None
    about = subject(component, name, target, by_service=by_service)
    made = tuple(_kgens(about, given, platform))
    made += tuple(_users(component.alerts.rules, platform)) if component.alerts else ()
    return Watch(rules=made, labels=platform.monitoring.labels) if made else None


def of_schedule(app: App, target: Target, platform: Platform) -> Watch | None:
    """Return the alerts of a CronJob that is no component, as the backup of a database."""
    return _of_runs(app, target, platform, "CronJob")


def of_release(app: App, target: Target, platform: Platform) -> Watch | None:
    """Return the alert of the release."""
    return _of_runs(app, target, platform, "Job")


def _of_runs(app: App, target: Target, platform: Platform, kind: Kind) -> Watch | None:
    given = app.alerts
    if given is None or given.off:
        return None
    about = Subject(
        kind=kind,
        namespace=target.namespace,
        name=target.name,
        container=target.component,
        pods=pods_of(kind, target.name),
        has_cpu_limit=False,
        autoscaler="",
        claims="",
        scrape_job="",
        always_runs=False,
    )
    made = tuple(_kgens(about, given, platform))
    return Watch(rules=made, labels=platform.monitoring.labels) if made else None


def of_app(app: App, platform: Platform) -> Watch | None:
    """Return the alerts that the app file has for the whole app."""
    if app.alerts is None or app.alerts.off or not app.alerts.rules:
        return None
    # a component that is called like the app has its own PrometheusRule under that name, and so has the release
    is_taken = app.name in app.components or (app.release is not None and app.name == RELEASE)
    name = f"{app.name}-app" if is_taken else ""
    return Watch(rules=tuple(_users(app.alerts.rules, platform)), labels=platform.monitoring.labels, name=name)


def _kgens(about: Subject, given: Alerts, platform: Platform) -> Iterator[AlertRule]:
    for rule in rules(about):
        if rule.name not in given.without:
            yield rule.with_runbook(platform.monitoring.runbook(rule.name))


def _users(given: Mapping[str, Alert], platform: Platform) -> Iterator[AlertRule]:
    for name, alert in given.items():
        yield AlertRule(
            name=name,
            expr=alert.expr.strip(),
            hold=duration(seconds(alert.hold) or 0) if alert.hold else "",
            severity=alert.severity,
            summary=alert.summary,
            description=alert.description or "",
            runbook=alert.runbook or platform.monitoring.runbook(name),
        )


def _autoscaler(component: Component, name: str) -> str:
    """
    Return the name of the HorizontalPodAutoscaler; empty if there is none, or if it has no choice.

    Where both bounds are one number, being at it is no news. KEDA names the one that it makes itself.
    """
    given = component.replicas
    if not isinstance(given, Autoscaling) or given.min >= given.max:
        return ""
    return f"keda-hpa-{name}" if given.triggers else name


def pods_of(kind: Kind, name: str) -> str:
    """
    Return a regular expression of the names of the pods of an object.

    >>> pods_of("Deployment", "shop-web"), pods_of("StatefulSet", "shop-db"), pods_of("DaemonSet", "shop-agent")
    ('shop-web-[a-z0-9]+-[a-z0-9]+', 'shop-db-[0-9]+', 'shop-agent-[a-z0-9]+')

    Source: https://github.com/kubernetes/apiserver/blob/master/pkg/storage/names/generate.go
    """
    if kind == "StatefulSet":
        return f"{name}-[0-9]+"
    if len(name) > _UNCUT:
        return f"{name[:_UNCUT]}.*"
    several = kind in {"Deployment", "CronJob"}  # a ReplicaSet or a Job stands between
    return f"{name}-[a-z0-9]+-[a-z0-9]+" if several else f"{name}-[a-z0-9]+"


def _claims(component: Component, kind: Kind, name: str) -> str:
    """Return a regular expression of the names of the claims that hold the component's volumes."""
    volumes = [each for each, volume in component.volumes.items() if volume.type == "persistent"]
    if kind == "StatefulSet":
        return "|".join(f"{each}-{name}-[0-9]+" for each in volumes)
    return "|".join(f"{name}-{each}" for each in volumes)
