"""
Alerts: when somebody has to look, by rules that Prometheus evaluates.

Emits one PrometheusRule for a component with kgen's own alerts, which fit its type, and those of the app file; and one
for the whole app if it has alerts of its own. Metrics and labels are those of kube-state-metrics, the kubelet and
cAdvisor as kube-prometheus-stack collects them.

They are on request, since kube-prometheus-stack has alerts like these for the whole cluster, and being woken up twice
helps nobody. Theirs know nothing of an app; these are in its repository, and each can be left out by name.

Source: https://github.com/prometheus/kube-state-metrics/tree/main/docs/metrics
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias, get_args

from pydantic import Field

from kgen.k8s import Manifest, Target, manifest
from kgen.prometheus import AlertName, Query
from kgen.record import dataclass, field, replace
from kgen.scalars import Duration, Word
from kgen.source import Node
from kgen.spec import Spec

API_VERSION = "monitoring.coreos.com/v1"

RULES = ()

Severity: TypeAlias = Literal["critical", "warning", "info"]
Own: TypeAlias = Literal[
    "CrashLooping", "Restarting", "OutOfMemory", "NotAvailable", "ReplicasMissing", "RolloutStuck", "CpuThrottled",
    "MemoryNearLimit", "AutoscalerAtMaximum", "VolumeFillingUp", "VolumeNearlyFull", "MetricsMissing", "RunFailed",
    "RunMissed", "JobFailed",
]  # fmt: skip
"""The alerts that kgen writes."""
OWN = frozenset(get_args(Own))


class Alert(Spec):
    """An alert of your own; its key is the name."""

    expr: Query
    """Query in PromQL; every series that it returns is an alert."""

    hold: Duration | None = Field(default=None, alias="for")
    """How long the query has to return it before somebody is told."""

    severity: Severity = "warning"
    """`critical` wakes somebody up, `warning` waits for the morning, `info` is for the others to be understood."""

    summary: str
    """What is wrong, in one sentence; `{{ $labels.pod }}` and the like are filled in."""

    description: str | None = None
    """What it means and what to do."""

    runbook: Word | None = None
    """Address of a page that helps; by default the platform's for the name of the alert."""


class Alerts(Spec):
    """Alerts. `true` asks for kgen's own, `false` for none."""

    without: tuple[Own, ...] = ()
    """Alerts of kgen's that are left out."""

    rules: dict[AlertName, Alert] = Field(default_factory=dict)
    """Alerts of your own, by name."""

    off: bool = False
    """Make none; what `alerts: false` means."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, off=not node.value) if isinstance(node.value, bool) else node


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """An alert with every question answered."""

    name: str
    expr: str
    hold: str
    """As Prometheus writes it; empty: at once."""

    severity: Severity
    summary: str
    description: str = ""
    runbook: str = ""

    def with_runbook(self, address: str) -> "AlertRule":
        return replace(self, runbook=address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """All alerts of a component or of an app."""

    rules: tuple[AlertRule, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    """What the platform's Prometheus selects rules by."""

    name: str = ""
    """Name of the object, if it is not that of its target."""


def emit(watch: Watch, target: Target) -> Iterator[Manifest]:
    """Build the PrometheusRule of ``target``."""
    whose = {"app": target.app} | ({"component": target.component} if target.component else {})
    rules = [_rule(rule, whose) for rule in watch.rules]
    spec = {"groups": [{"name": watch.name or target.name, "rules": rules}]}
    yield manifest(API_VERSION, "PrometheusRule", target, name=watch.name, labels=watch.labels, spec=spec)


def _rule(rule: AlertRule, whose: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {"alert": rule.name, "expr": rule.expr}
    if rule.hold:
        made["for"] = rule.hold
    made["labels"] = {**whose, "severity": rule.severity}
    notes = {"summary": rule.summary, "description": rule.description, "runbook_url": rule.runbook}
    made["annotations"] = {name: text for name, text in notes.items() if text}
    return made
