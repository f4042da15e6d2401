"""Rules of practice that look at several objects: what excuses an object, and how long many of them take."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from kgen.check.cross import practices
from kgen.check.cross.resources import Resources
from kgen.check.reading import at
from kgen.check.resource import Resource
from kgen.read import careful

ODD: tuple[Any, ...] = (None, -1, True, "x", [None], [[]], {"": None})


def resources(*texts: str) -> Resources:
    return Resources(Resource(careful.read(text.encode())[0]) for text in texts)


def rows(*texts: str) -> set[str]:
    return {each.fault.row for rule in practices.STRICT for each in rule(resources(*texts))}


def workload(pod: str = "", container: str = "", kind: str = "Deployment", spec: str = "replicas: 2") -> str:
    return (
        f"{{apiVersion: apps/v1, kind: {kind}, metadata: {{name: web}}, spec: {{{spec}, template: "
        f"{{metadata: {{labels: {{app: web}}}}, spec: {{{pod + ', ' if pod else ''}containers: "
        f"[{{name: web, ports: [{{name: http, containerPort: 8080}}]{', ' + container if container else ''}}}]}}}}}}}}"
    )


SERVICE = (
    "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80, TARGET}]}}"
)
NAMED = SERVICE.replace("TARGET", "targetPort: http")
ACCOUNT = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: web}, automountServiceAccountToken: MOUNT}"
BINDING = (
    "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: web}, roleRef: {kind: Role, "
    "name: web}, subjects: [{kind: ServiceAccount, name: web}]}"
)


@pytest.mark.parametrize(
    ("texts", "is_found"),
    [
        ([workload()], True),
        ([workload("serviceAccountName: web")], False),  # who knows what it may do
        ([workload("serviceAccountName: web"), ACCOUNT.replace("MOUNT", "null")], True),
        ([workload("serviceAccountName: web"), ACCOUNT.replace("MOUNT", "false")], False),
        ([workload("serviceAccountName: web"), ACCOUNT.replace("MOUNT", "null"), BINDING], False),
        (
            [
                workload("serviceAccountName: web, automountServiceAccountToken: true"),
                ACCOUNT.replace("MOUNT", "false"),
            ],
            True,
        ),
    ],
)
def test_tokens(texts: list[str], is_found: bool) -> None:  # noqa: FBT001  # a column of the table
    assert ("SEC02" in rows(*texts)) is is_found


@pytest.mark.parametrize("target", ["targetPort: http", "targetPort: 8080", "protocol: TCP"])
def test_services_lead_to_containers(target: str) -> None:
    found = rows(workload(kind="StatefulSet"), SERVICE.replace("TARGET", target))
    assert ("PRO01" in found) is ("REL05" in found) is ("targetPort" in target)


def test_a_container_that_nothing_leads_to_needs_no_probe() -> None:
    assert not {"PRO01", "REL05"} & rows(workload(), NAMED.replace("app: web", "app: other"))


@pytest.mark.parametrize(
    ("spec", "is_found"),
    [("replicas: 1", True), ("replicas: null", True), ("strategy: {type: Recreate}", False), ("replicas: 0", False)],
)
def test_single_replicas(spec: str, is_found: bool) -> None:  # noqa: FBT001  # a column of the table
    assert ("REL01" in rows(workload(spec=spec), NAMED)) is is_found


def test_an_autoscaler_adds_replicas() -> None:
    autoscaler = (
        "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {maxReplicas: 5, "
        "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}"
    )
    assert "REL01" not in rows(workload(spec="paused: false"), NAMED, autoscaler)


def test_nobody_depends_on_one_worker() -> None:
    assert "REL01" not in rows(workload(spec="replicas: 1"))


@pytest.mark.parametrize(
    ("pod", "container", "found"),
    [
        ("", "", {"RSC01", "RSC02", "RSC03"}),
        ("", "resources: {limits: {memory: 1Gi, cpu: 1}}", set()),
        ("resources: {requests: {cpu: 1, memory: 1Gi}}", "", {"RSC02"}),
        ("", "resources: {requests: {memory: x}}", {"RSC01", "RSC02", "RSC03"}),
    ],
)
def test_amounts(pod: str, container: str, found: set[str]) -> None:
    assert {row for row in rows(workload(pod, container)) if row.startswith("RSC")} == found


def test_any_policy_of_the_namespace_counts() -> None:
    policy = "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: a}}"
    assert "NWK06" in rows(workload())
    assert "NWK06" not in rows(workload(), policy)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield (*path, key)
        yield from places(each, (*path, key))


@pytest.mark.parametrize("text", [workload("serviceAccountName: web"), NAMED, ACCOUNT, BINDING])
def test_no_shape_stops_a_rule(text: str) -> None:
    others = [workload("serviceAccountName: web"), NAMED, ACCOUNT, BINDING]
    value = careful.read(text.encode())[0]
    for path in places(value):
        for odd in ODD:
            changed = deepcopy(value)
            at(changed, path[:-1])[path[-1]] = odd
            known = Resources([Resource(changed), *(Resource(careful.read(each.encode())[0]) for each in others)])
            for rule in practices.STRICT:
                assert all(found.fault.message for found in rule(known))
