"""Selectors of Services and workloads: the corners of the rules."""

import pytest

from test_cross_rules import found_in, rows


def service(selector: str, name: str = "web", namespace: str = "") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}{where}}}
spec: {{selector: {selector}, ports: [{{port: 80}}]}}
"""


def workload(labels: str, name: str = "web", *, kind: str = "Deployment", namespace: str = "", own: str = "{}") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return f"""---
apiVersion: apps/v1
kind: {kind}
metadata: {{name: {name}{where}, labels: {own}}}
spec:
  selector: {{matchLabels: {labels}}}
  template:
    metadata: {{labels: {labels}}}
    spec: {{containers: [{{name: web, image: example.com/web:1}}]}}
"""


CUSTOM = """---
apiVersion: acid.zalan.do/v1
kind: postgresql
metadata: {name: orders}
spec: {}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(service("{app: web}"), [], id="no pods at all"),
        pytest.param(service("{app: wbe}") + workload("{app: web}"), ["XSEL001"], id="swapped letters"),
        pytest.param(service("{app: redis}") + workload("{app: web}"), ["XSEL012"], id="another app"),
        pytest.param(service("{app: web-2}") + workload("{app: web-1}"), ["XSEL012"], id="one of a series"),
        pytest.param(
            service("{app: web, tier: front}") + workload("{app: web, tier: frnt}"), ["XSEL012"], id="too short to tell"
        ),
        pytest.param(
            service("{app: web, tier: frontend}") + workload("{app: web, tier: frontned}"),
            ["XSEL001"],
            id="second label",
        ),
        pytest.param(
            service("{name: web}") + workload("{app.kubernetes.io/name: web}"), ["XSEL001"], id="key without its domain"
        ),
        pytest.param(
            service("{app: web, tier: front}") + workload("{app: web}", own="{app: web, tier: front}"),
            ["XSEL001"],
            id="label of the workload itself",
        ),
        pytest.param(
            service("{app: web}", namespace="one") + workload("{app: web}", namespace="two"),
            ["XSEL001"],
            id="another namespace",
        ),
        pytest.param(
            service("{app: web}") + workload("{app: web}", namespace="two"),
            [],
            id="no namespace, maybe given later",
        ),
        pytest.param(
            service("{app: web}", namespace="default") + workload("{app: web}"), [], id="the default one is no other"
        ),
        pytest.param(service("{cluster-name: orders}") + workload("{app: web}") + CUSTOM, [], id="pods of an operator"),
        pytest.param(
            service("{statefulset.kubernetes.io/pod-name: db-0}") + workload("{app: db}", "db", kind="StatefulSet"),
            [],
            id="label from the controller",
        ),
        pytest.param(
            service("{app: db, role: leader}") + workload("{app: db}", "db"), [], id="label that pods give themselves"
        ),
        pytest.param(
            service("{example.com/role: hook}") + workload("{app: web}"), [], id="label that no template uses"
        ),
        pytest.param(
            service("{k8s-app: dns}", namespace="kube-system") + workload("{app: web}", namespace="kube-system"),
            [],
            id="control plane",
        ),
    ],
)
def test_services_without_pods(text: str, expected: list[str]) -> None:
    assert rows(found_in(text, profile="default")) == expected


def test_declared_pods_are_not_missed() -> None:
    text = service("{app: redis}", "redis") + workload("{app: web}")
    assert rows(found_in(text, "external: [Pod/redis]", "default")) == []


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param(workload("{app: web}", "two"), 1, id="the same labels"),
        pytest.param(workload("{app: web}", "two") + workload("{app: web}", "three"), 2, id="each of them once"),
        pytest.param(workload("{app: web, track: canary}", "two"), 0, id="only one selects the other"),
        pytest.param(workload("{app: web}", "two", namespace="two"), 0, id="in another namespace"),
    ],
)
def test_overlaps_are_mutual(others: str, expected: int) -> None:
    found = rows(found_in(workload("{app: web}") + others, profile="default"))
    assert found.count("XSEL006") == expected
