"""
Slo: how good a component promises to be, and alerts when it uses up its error budget too fast.

Emits one PrometheusRule: the share of bad requests over seven windows, recorded, and for each objective an alert that
wakes somebody up (2 % of the budget in an hour, or 5 % in six), one that waits for the morning (10 % in one day or
three), and one if there is no data. Each condition asks a long window, so that a blip is none, and a short one, so
that the alert ends soon after the trouble.

The histogram needs a bucket at exactly the latency that is promised; without it there is no data.

Source: https://sre.google/workbook/alerting-on-slos/
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from kgen.diag import Rule
from kgen.k8s import Manifest, Target, manifest
from kgen.prometheus import Delay, Objective
from kgen.record import dataclass, field
from kgen.spec import Spec

API_VERSION = "monitoring.coreos.com/v1"
RECORD: Final = "component:slo_error:ratio_rate"
"""Start of the names of the recorded series; the window comes after it."""


class Latency(Spec):
    """How fast requests are answered."""

    target: Delay
    """Time within which a request is to be answered, as `300ms`; the histogram needs a bucket of this size."""

    percent: Objective
    """Share of the requests that have to be, as `95`."""


class Slo(Spec):
    """Service level objectives: what share of the requests has to be good over a window."""

    availability: Objective | None = None
    """Share of the requests that do not fail, in percent, as `99.9`."""

    latency: Latency | None = None
    """Share of the requests that are fast enough."""

    window: Literal["28d", "30d"] = "30d"
    """Time over which the budget of errors is counted."""


NO_REQUESTS = Rule(
    code="KG3183",
    name="objective-without-metrics",
    explain="An objective is measured by the requests that a component counts in its metrics.",
)
NO_OBJECTIVE = Rule(
    code="KG3184",
    name="objectives-missing",
    explain="A service level objective says what share of the requests has to be good.",
)
RULES = (NO_REQUESTS, NO_OBJECTIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """A condition: the budget burns ``factor`` times as fast as it may, over a long window and still over a short."""

    factor: str
    long: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One objective with every question answered."""

    name: Literal["availability", "latency"]
    summary: str
    ratio: str
    """Query of the share of bad requests; `$window` stands for the window."""

    budget: str
    """Share of bad requests that is allowed, as a decimal number."""

    allowed: str
    """The same in percent."""

    urgent: tuple[Burn, ...]
    """Conditions to wake somebody up; none if they could never hold."""

    slow: tuple[Burn, ...]
    """Conditions that wait for the morning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """All objectives of a component."""

    goals: tuple[Goal, ...]
    windows: tuple[str, ...]
    runbooks: Mapping[str, str] = field(default_factory=dict)
    """Name of the alert → address of a page."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """What the platform's Prometheus selects rules by."""


def emit(promise: Promise, target: Target) -> Iterator[Manifest]:
    """Build the PrometheusRule of ``target``'s objectives."""
    name = f"{target.name}-slo"
    whose = {"app": target.app, "component": target.component, "namespace": target.namespace}
    records = [
        {
            "record": f"{RECORD}{window}",
            "expr": goal.ratio.replace("$window", window),
            "labels": {**whose, "slo": goal.name},
        }
        for goal in promise.goals
        for window in promise.windows
    ]
    alerts = [_alert(rule, promise) for goal in promise.goals for rule in _alerts(goal, target)]
    groups = [{"name": f"{name}-windows", "rules": records}, {"name": f"{name}-alerts", "rules": alerts}]
    yield manifest(API_VERSION, "PrometheusRule", target, name=name, labels=promise.labels, spec={"groups": groups})


def _alerts(goal: Goal, target: Target) -> Iterator[dict[str, Any]]:
    which = f'namespace="{target.namespace}", app="{target.app}", component="{target.component}", slo="{goal.name}"'
    burning = "{{ $value | humanizePercentage }} of the requests are bad, while "
    for severity, name, how, burns in (
        ("critical", "ErrorBudgetBurnsFast", "fast", goal.urgent),
        ("warning", "ErrorBudgetBurnsSlowly", "slowly but surely", goal.slow),
    ):
        if burns:
            yield {
                "alert": name,
                "expr": "\nor\n".join(_condition(burn, goal, which) for burn in burns),
                "labels": {"severity": severity},
                "annotations": {
                    "summary": f"{target.name} uses up its error budget {how}: {goal.summary}",
                    "description": f"{burning}only {goal.allowed}% may be.",
                },
            }
    yield {
        "alert": "ObjectiveWithoutData",
        "expr": f"absent({RECORD}5m{{{which}}})",
        "for": "1h",
        "labels": {
            "app": target.app,
            "component": target.component,
            "namespace": target.namespace,
            "severity": "warning",
            "slo": goal.name,
        },
        "annotations": {
            "summary": f"Nothing is known about the objective of {target.name}: {goal.summary}",
            "description": "There are no such metrics, or no bucket of the histogram is of that size.",
        },
    }


def _alert(made: dict[str, Any], promise: Promise) -> dict[str, Any]:
    page = promise.runbooks.get(made["alert"])
    return made | {"annotations": made["annotations"] | {"runbook_url": page}} if page else made


def _condition(burn: Burn, goal: Goal, which: str) -> str:
    limit = f"{burn.factor} * {goal.budget}"
    return (
        f"(\n  {RECORD}{burn.long}{{{which}}} > {limit}\n"
        f"  and on (namespace, app, component, slo)\n"
        f"  {RECORD}{burn.short}{{{which}}} > {limit}\n)"
    )
