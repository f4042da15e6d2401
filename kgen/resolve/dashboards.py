"""What dashboards show."""

import json
from collections.abc import Iterator

from kgen.diag import Diagnostic, Label, Path
from kgen.features import dashboards
from kgen.features.dashboards import Board, Gallery, Panel
from kgen.features.metrics import Requests
from kgen.features.slo import RECORD
from kgen.k8s import Target
from kgen.model.app import App
from kgen.model.component import Component
from kgen.model.facts import Facts
from kgen.model.platform import Platform
from kgen.resolve import alerts
from kgen.resolve.alert_rules import CONTROLLERS, Subject, containers
from kgen.resolve.rules import CONFIG_TOO_LARGE, FILE_NOT_READABLE, WITHOUT_EFFECT

_MOST = 1024 * 1024
_WINDOW = "$__rate_interval"
"""Grafana's own, which fits the time that is shown."""


def faults(app: App, facts: Facts) -> Iterator[Diagnostic]:
    """Yield dashboards that Grafana would not show."""
    for name, component in app.components.items():
        given = component.dashboards
        for board, source in given.files.items() if given else ():
            yield from _file_faults(facts.files.get(source), source, ("components", name, "dashboards", "files", board))
        if given and given.generated and component.type == "job":
            yield Diagnostic(
                rule=WITHOUT_EFFECT,
                message=f"kgen makes no dashboard of a job, as `{name}` is one",
                at=Label(("components", name, "dashboards"), on="key"),
                help="remove it",
            )


def _file_faults(text: str | None, source: str, at: Path) -> Iterator[Diagnostic]:
    if text is None:
        yield Diagnostic(
            rule=FILE_NOT_READABLE,
            message=f"the file `{source}` is not there, or is not text in UTF-8",
            at=Label(at),
            help="the path is relative to the app file",
        )
        return
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or "title" not in found:
        yield Diagnostic(
            rule=dashboards.NOT_A_DASHBOARD,
            message=f"`{source}` is not the JSON of a dashboard",
            at=Label(at),
            help="export it in Grafana: Share, Export, Save to file",
        )
    elif len(text.encode()) > _MOST:
        yield Diagnostic(
            rule=CONFIG_TOO_LARGE,
            message=f"`{source}` has {len(text.encode())} bytes, a ConfigMap holds {_MOST}",
            at=Label(at),
            help="split it into several dashboards",
        )


def gallery(
    app: App, name: str, target: Target, platform: Platform, facts: Facts, *, by_service: bool
) -> Gallery | None:
    """Return the dashboards of component ``name``; ``faults`` has found nothing."""
    component, grafana = app.components[name], platform.monitoring.dashboards
    given = component.dashboards
    if given is None or not (given.generated or given.files):
        return None
    boards = []
    if given.generated and component.type != "job":
        about = alerts.subject(component, name, target, by_service=by_service)
        boards.append(Board(name=f"{target.name}-dashboard", panels=tuple(_panels(component, about, app.name))))
    boards += [
        Board(name=f"{target.name}-dashboard-{each}", text=facts.files.get(source) or "")
        for each, source in given.files.items()
    ]
    return Gallery(
        boards=tuple(boards),
        kind=grafana.kind,
        folder=grafana.folder or "",
        labels=grafana.labels,
        instances=grafana.instances,
    )


def _panels(component: Component, about: Subject, app: str) -> Iterator[Panel]:
    requests = component.metrics.requests if component.metrics and about.scrape_job else None
    if requests:
        yield from _requests(requests, f'namespace="{about.namespace}", job="{about.scrape_job}"')
    if component.slo and requests:
        goals = {"availability": component.slo.availability, "latency": component.slo.latency}
        which = f'namespace="{about.namespace}", app="{app}", component="{about.container}"'
        yield Panel(
            title="Share of bad requests",
            unit="percentunit",
            queries={name: f'{RECORD}1h{{{which}, slo="{name}"}}' for name, goal in goals.items() if goal},
        )
    yield from _use(about)
    if about.kind == "CronJob":
        run = f'{{namespace="{about.namespace}", cronjob="{about.name}"}}'
        yield Panel(
            title="Time since the last success",
            unit="s",
            queries={"seconds": f"time() - kube_cronjob_status_last_successful_time{run}"},
        )
    else:
        yield _pods(about)


def _requests(requests: Requests, which: str) -> Iterator[Panel]:
    counter = requests.counter or (f"{requests.histogram}_count" if requests.histogram else "")
    if counter:
        rate = f"sum by ({requests.label}) (rate({counter}{{{which}}}[{_WINDOW}]))"
        yield Panel(title="Requests", unit="reqps", queries={f"{{{{{requests.label}}}}}": rate})
    if requests.histogram:
        buckets = f"sum by (le) (rate({requests.histogram}_bucket{{{which}}}[{_WINDOW}]))"
        shares = {"median": "0.5", "95 %": "0.95", "99 %": "0.99"}
        queries = {name: f"histogram_quantile({share}, {buckets})" for name, share in shares.items()}
        yield Panel(title="Latency", unit="s", queries=queries)


def _use(about: Subject) -> Iterator[Panel]:
    which = containers(about)
    for title, unit, resource, used in (
        ("CPU", "none", "cpu", f"sum by (pod) (rate(container_cpu_usage_seconds_total{{{which}}}[{_WINDOW}]))"),
        ("Memory", "bytes", "memory", f"max by (pod) (container_memory_working_set_bytes{{{which}}})"),
    ):
        bounds = {
            name: f'max(kube_pod_container_resource_{name}s{{{which}, resource="{resource}"}})'
            for name in ("request", "limit")
        }
        yield Panel(title=title, unit=unit, queries={"{{pod}}": used} | bounds)
    if about.kind == "CronJob":
        return  # its pods are not restarted
    restarts = f"sum by (pod) (increase(kube_pod_container_status_restarts_total{{{which}}}[1h]))"
    yield Panel(title="Restarts within an hour", unit="none", queries={"{{pod}}": restarts})


def _pods(about: Subject) -> Panel:
    label, available, wanted = CONTROLLERS[about.kind]
    which = f'{{namespace="{about.namespace}", {label}="{about.name}"}}'
    queries = {"available": f"max({available}{which})", "wanted": f"max({wanted}{which})"}
    if about.autoscaler:
        scaler = f'{{namespace="{about.namespace}", horizontalpodautoscaler="{about.autoscaler}"}}'
        queries |= {
            "least": f"max(kube_horizontalpodautoscaler_spec_min_replicas{scaler})",
            "most": f"max(kube_horizontalpodautoscaler_spec_max_replicas{scaler})",
        }
    return Panel(title="Pods", unit="none", queries=queries)
