"""Quotas, LimitRanges and the pods of their namespace: the corners of the rules."""

import pytest

from kgen.check.cross.families import findings
from kgen.check.cross.resources import Resources
from kgen.check.resource import Resource
from kgen.read import careful, split

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop}}
spec:
  replicas: {replicas}
  strategy: {strategy}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      {pod}
      containers:
      - {{name: web, image: example.com/web:1, resources: {resources}}}
"""
QUOTA = """
---
apiVersion: v1
kind: ResourceQuota
metadata: {{name: team, namespace: {namespace}}}
spec: {{hard: {hard}}}
"""
RANGE = """
---
apiVersion: v1
kind: LimitRange
metadata: {{name: team, namespace: shop}}
spec: {{limits: [{limit}]}}
"""
SETUP = "initContainers: [{name: setup, image: example.com/setup:1, resources: {requests: {cpu: 300m}}}]"
SIDECAR = SETUP.replace("image:", "restartPolicy: Always, image:")
ASKS = "{requests: {cpu: 200m}}"


def rows(text: str) -> list[str]:
    objects = [careful.read(chunk.text)[0] for chunk in split.chunks(text.encode())]
    made = findings(Resources([Resource(each) for each in objects if each]), "default")
    return [each.fault.row for each in made if each.fault.row.startswith("XQTA")]


def web(resources: str = ASKS, *, replicas: int = 1, pod: str = "", strategy: str = "{}") -> str:
    return WEB.format(replicas=replicas, resources=resources, pod=pod, strategy=strategy)


def quota(hard: str, namespace: str = "shop") -> str:
    return QUOTA.format(hard=hard, namespace=namespace)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (web(replicas=3) + quota("{requests.cpu: 600m}"), ["XQTA003"]),  # a roll-out starts one more
        (web(replicas=3) + quota("{requests.cpu: 800m}"), []),
        (web(replicas=4) + quota("{requests.cpu: 800m}"), []),  # of four it may stop one first
        (web(replicas=1, strategy="{type: Recreate}") + quota("{cpu: 200m}"), []),
        (web(replicas=1, pod=SETUP) + quota("{cpu: 500m}"), ["XQTA003"]),  # 300m, as the init container needs more
        (web(replicas=1, pod=SETUP) + quota("{cpu: 600m}"), []),
        (web(replicas=1, pod=SIDECAR) + quota("{cpu: 900m}"), ["XQTA003"]),  # 500m: it runs beside
        (web(replicas=1, pod=SIDECAR) + quota("{cpu: '1'}"), []),
        (web(replicas=3) + quota("{pods: '2'}"), ["XQTA003"]),
        (web(replicas=3) + quota("{pods: '2'}", "other"), []),
        (web("{}") + quota("{limits.memory: 1Gi}"), ["XQTA002"]),
        (web("{limits: {cpu: 1}}") + quota("{requests.cpu: 4}"), []),
        (web("{}") + quota("{requests.cpu: 4}") + RANGE.format(limit="{type: Container, max: {cpu: 1}}"), []),
    ],
)
def test_quotas_have_room(text: str, expected: list[str]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize(
    ("resources", "limit", "expected"),
    [
        ("{}", "{type: Container, max: {cpu: 1}, min: {cpu: 100m}}", []),  # filled in
        (ASKS, "{type: Container, min: {cpu: 300m}}", ["XQTA005"]),
        (ASKS, "{type: Container, max: {cpu: 100m}}", ["XQTA005"]),
        (ASKS, "{type: Container, default: {cpu: 100m}}", ["XQTA006"]),
        (ASKS, "{type: Pod, max: {cpu: 1}}", ["XQTA005"]),  # nothing limits it
        ("{requests: {cpu: 100m}, limits: {cpu: 1}}", "{type: Container, maxLimitRequestRatio: {cpu: 4}}", ["XQTA005"]),
        ("{requests: {cpu: 250m}, limits: {cpu: 1}}", "{type: Container, maxLimitRequestRatio: {cpu: 4}}", []),
    ],
)
def test_pods_are_within_bounds(resources: str, limit: str, expected: list[str]) -> None:
    assert rows(web(resources) + RANGE.format(limit=limit)) == expected


def test_a_quota_without_namespace_may_be_for_another_one() -> None:
    text = web(replicas=9) + quota("{requests.cpu: '1'}")
    assert rows(text.replace(", namespace: shop", "")) == []
