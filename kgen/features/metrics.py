"""
Metrics: where Prometheus finds the numbers that a component publishes.

Emits one ServiceMonitor for a component with a Service, or one PodMonitor for one without. It selects by the labels
that kgen gives to everything of the component, and the port by its name; its own labels are those that the
platform's Prometheus looks for.

Source: https://prometheus-operator.dev/docs/developer/getting-started/
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from kgen.diag import Rule, Severity
from kgen.k8s import Manifest, Target, manifest
from kgen.prometheus import LabelName, MetricName
from kgen.record import dataclass, field
from kgen.scalars import Duration, PortName, UrlPath, Word
from kgen.source import Node
from kgen.spec import Spec

API_VERSION = "monitoring.coreos.com/v1"


class Requests(Spec):
    """Which metrics count the requests that a component answers. A name is short for `{counter: …}`."""

    counter: MetricName | None = None
    """Counter of requests, as `http_requests_total`; by default the count of `histogram`."""

    label: LabelName = "code"
    """Label of the counter that holds the status, as `code` or `status`."""

    errors: Word = "5.."
    """Regular expression of a status that is the app's fault."""

    histogram: MetricName | None = None
    """Histogram of durations in seconds, as `http_request_duration_seconds`."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return node if node.is_mapping else cls.only(node, counter=node)


class Metrics(Spec):
    """Where Prometheus finds metrics. `true` says yes to the defaults, a path is short for `{path: …}`."""

    port: PortName | None = None
    """Name of the port; by default the one called `metrics`, or else the first."""

    path: UrlPath = "/metrics"
    """Path of the metrics."""

    interval: Duration | None = None
    """Time between two looks; that of Prometheus by default."""

    scheme: Literal["http", "https"] = "http"
    """Protocol; with `https` the certificate is not verified, since it is for another name than the pod's address."""

    requests: Requests | None = None
    """Metrics of the requests, for `slo` and the dashboard."""

    off: bool = False
    """Publish none; what `metrics: false` means."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        if node.value is True or node.value is False:
            return cls.only(node, off=not node.value)
        return node if node.is_mapping else cls.only(node, path=node)


PUBLIC = Rule(
    code="KG3180",
    name="metrics-open-to-the-public",
    explain="Metrics tell how an app is built and used; a route on their port shows them to everybody.",
    severity=Severity.WARNING,
)
RULES = (PUBLIC,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """What Prometheus asks, with every question answered."""

    kind: Literal["ServiceMonitor", "PodMonitor"]
    port: str
    path: str
    interval: str
    """As Prometheus writes it; empty: its own."""

    scheme: str
    labels: Mapping[str, str] = field(default_factory=dict)
    """What the platform's Prometheus selects monitors by."""


def emit(monitor: Monitor, target: Target) -> Iterator[Manifest]:
    """Build the ServiceMonitor or PodMonitor of ``target``."""
    endpoint: dict[str, Any] = {"port": monitor.port}
    if monitor.path != "/metrics":
        endpoint["path"] = monitor.path
    if monitor.interval:
        endpoint["interval"] = monitor.interval
    if monitor.scheme == "https":
        endpoint |= {"scheme": "https", "tlsConfig": {"insecureSkipVerify": True}}
    endpoints = "endpoints" if monitor.kind == "ServiceMonitor" else "podMetricsEndpoints"
    spec = {"selector": {"matchLabels": target.selector}, endpoints: [endpoint]}
    yield manifest(API_VERSION, monitor.kind, target, labels=monitor.labels, spec=spec)
