"""Monitors, alerts and KEDA: the corners of the rules."""

import pytest

from test_cross_rules import found_in, rows

OWN = "XMON"


def told(text: str, profile: str = "default") -> list[str]:
    return [row for row in rows(found_in(text, profile=profile)) if row.startswith(OWN)]


def service(labels: str = "app: web", *, namespace: str = "shop") -> str:
    return (
        f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: {namespace}, labels: {{{labels}}}}}\n"
        "spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}\n"
    )


def pod(annotations: str = "") -> str:
    return (
        "---\napiVersion: v1\nkind: Pod\n"
        f"metadata: {{name: web, namespace: shop, labels: {{app: web}}, annotations: {{{annotations}}}}}\n"
        "spec: {containers: [{name: web, image: example.com/a:1, ports: [{name: metrics, containerPort: 8080}]}]}\n"
    )


def monitor(endpoint: str = "port: http", spec: str = "", kind: str = "ServiceMonitor") -> str:
    key = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    return (
        f"---\napiVersion: monitoring.coreos.com/v1\nkind: {kind}\nmetadata: {{name: web, namespace: shop}}\n"
        f"spec: {{selector: {{matchLabels: {{app: web}}}}, {key}: [{{{endpoint}}}]{spec}}}\n"
    )


ANYWHERE = ", namespaceSelector: {any: true}"
SHOP = "---\napiVersion: acme.example/v1\nkind: Shop\nmetadata: {name: web, namespace: shop}\nspec: {}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (monitor() + service() + pod(), []),
        # the labels of the Service count, not those of the pods that it selects
        (monitor() + service("tier: web") + pod(), ["XMON001"]),
        (monitor() + service(namespace="other") + service("a: b"), ["XMON001"]),
        (monitor(spec=ANYWHERE) + service(namespace="other"), []),
        (monitor(spec=", namespaceSelector: {matchNames: [other]}") + service(namespace="other"), []),
        # those of the control plane are in no set
        (
            monitor(spec=", namespaceSelector: {matchNames: [kube-system]}") + service("a: b", namespace="kube-system"),
            [],
        ),
        # the set has no Service of the namespace
        (monitor() + service(namespace="other"), []),
        (monitor("port: metrics") + service() + pod(), ["XMON002"]),
        (monitor("port: '80'") + service() + pod(), ["XMON002"]),
        # its operator may make a second Service with this label
        (monitor("port: metrics") + service() + pod() + SHOP, []),
        (monitor("targetPort: metrics") + service() + pod(), []),
        (monitor("targetPort: http") + service() + pod(), ["XMON002"]),
        (monitor("targetPort: 8080") + service() + pod(), []),
        (monitor("port: metrics", kind="PodMonitor") + pod(), []),
        (monitor("port: http", kind="PodMonitor") + pod(), ["XMON003"]),
        (monitor("portNumber: 1", kind="PodMonitor") + pod(), []),
        # a mesh adds the container with this port
        (monitor("port: linkerd-admin", kind="PodMonitor") + pod(), []),
        (monitor("port: http", ANYWHERE, "PodMonitor") + pod(), ["XMON003"]),
        (monitor("port: http", kind="PodMonitor"), []),
    ],
)
def test_monitors(text: str, expected: list[str]) -> None:
    assert told(text) == expected


def test_the_help_tells_the_labels_of_pods_from_those_of_the_service() -> None:
    (found,) = [each.fault for each in found_in(monitor() + service("tier: web"), profile="default")]
    assert found.help == "Service `web` selects pods with them, but has to have them itself, in `metadata.labels`"


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        ("prometheus.io/scrape: 'true', prometheus.io/port: '8080'", []),
        ("prometheus.io/scrape: 'true', prometheus.io/port: '9090'", ["XMON004"]),
        ("prometheus.io/scrape: 'false', prometheus.io/port: '9090'", []),
        ("prometheus.io/scrape: 'true'", []),
    ],
)
def test_annotated_ports(annotations: str, expected: list[str]) -> None:
    assert told(pod(annotations), "strict") == expected


def alerts(rule: str, group: str = "") -> str:
    return (
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: web}\n"
        f"spec: {{groups: [{{name: a, rules: [{{{rule}}}]{group}}}]}}\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (alerts("alert: A, expr: up == 0, for: 1h30m"), []),
        (alerts("record: a, expr: 1"), []),
        (alerts("alert: A, expr: ''"), ["XMON005"]),
        (alerts("alert: A"), ["XMON005"]),
        (alerts("alert: A, expr: up, for: 1.5h"), ["XMON005"]),
        (alerts("alert: A, expr: up, keep_firing_for: 5 minutes"), ["XMON005"]),
        (alerts("alert: A, expr: up", ", interval: 30"), ["XMON005"]),
        (alerts("alert: A, expr: up", "}, {name: a, rules: []"), ["XMON005"]),
    ],
)
def test_alerts(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ("minReplicaCount: 2, maxReplicaCount: 2", []),
        ("minReplicaCount: 101", ["XMON008"]),
        ("maxReplicaCount: 1", []),
    ],
)
def test_bounds(bounds: str, expected: list[str]) -> None:
    text = (
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: web, namespace: shop}\n"
        f"spec: {{scaleTargetRef: {{name: web}}, {bounds}, triggers: []}}\n"
    )
    assert told(text) == expected
