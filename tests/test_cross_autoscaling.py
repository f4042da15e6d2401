"""Autoscalers and what they scale: the corners of the rules."""

import pytest

from kgen.check.cross.families import findings
from kgen.check.cross.resources import Resources
from kgen.check.fault import field
from kgen.check.resource import Resource
from kgen.read import careful, split

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      {pod}
      containers:
      - {{name: web, image: example.com/web:1, resources: {resources}}}
"""
AUTOSCALER = """
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: web}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}
  maxReplicas: 5
  metrics: {metrics}
"""
CPU = "[{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]"
OLD = """
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 5
"""
KEDA = """
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web, annotations: {scaledobject.keda.sh/transfer-hpa-ownership: "true"}}
spec:
  scaleTargetRef: {name: web}
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: "60"}}]
"""
RANGE = """
---
apiVersion: v1
kind: LimitRange
metadata: {name: team}
spec: {limits: [{type: Container, defaultRequest: {cpu: 100m}}]}
"""
SIDECAR = "initContainers: [{name: proxy, image: example.com/proxy:1, restartPolicy: Always}]"
SETUP = "initContainers: [{name: setup, image: example.com/setup:1}]"
WHOLE = "resources: {requests: {cpu: 500m}}"
ASKS = "{requests: {cpu: 100m}}"


def found_in(text: str) -> list[str]:
    objects = [careful.read(chunk.text)[0] for chunk in split.chunks(text.encode())]
    made = findings(Resources([Resource(each) for each in objects if each]), "default")
    return [f"{each.fault.row} {field(each.fault.path)}" for each in made if each.fault.row.startswith("XHPA")]


@pytest.mark.parametrize(
    ("pod", "resources", "others", "expected"),
    [
        ("", "{}", AUTOSCALER.format(metrics=CPU), ["containers[0].resources.requests.cpu"]),
        # without metrics, the server takes the CPU
        ("", "{}", AUTOSCALER.format(metrics="[]"), ["containers[0].resources.requests.cpu"]),
        ("", "{}", OLD, ["containers[0].resources.requests.cpu"]),
        ("", "{}", KEDA, ["containers[0].resources.requests.cpu"]),
        # a limit is a request too
        ("", "{limits: {cpu: 100m}}", AUTOSCALER.format(metrics=CPU), []),
        (SIDECAR, ASKS, AUTOSCALER.format(metrics=CPU), ["initContainers[0].resources.requests.cpu"]),
        (SETUP, ASKS, AUTOSCALER.format(metrics=CPU), []),
        (WHOLE, "{}", AUTOSCALER.format(metrics=CPU), []),
        ("", "{}", AUTOSCALER.format(metrics=CPU) + RANGE, []),
    ],
)
def test_what_is_measured_has_a_request(pod: str, resources: str, others: str, expected: list[str]) -> None:
    found = found_in(WEB.format(pod=pod, resources=resources) + others)
    assert found == [f"XHPA006 spec.template.spec.{each}" for each in expected]


def test_an_autoscaler_may_be_handed_over() -> None:
    assert found_in(WEB.format(pod="", resources=ASKS) + AUTOSCALER.format(metrics=CPU) + KEDA) == []


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ("{requests: {cpu: 100m}}", []),
        ("{requests: {cpu: 100m}, limits: {cpu: 80m}}", ["XHPA016 spec.metrics[0].resource.target.averageUtilization"]),
        ("{requests: {cpu: 100m}, limits: {cpu: 81m}}", []),
    ],
)
def test_the_goal_is_below_the_limit(resources: str, expected: list[str]) -> None:
    assert found_in(WEB.format(pod="", resources=resources) + AUTOSCALER.format(metrics=CPU)) == expected


@pytest.mark.parametrize("value", ["", "spec: 1", "spec: {scaleTargetRef: [], metrics: 1}", "spec: {metrics: [1, {}]}"])
def test_any_form_is_read(value: str) -> None:
    head = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
    assert found_in(head + value) == []
