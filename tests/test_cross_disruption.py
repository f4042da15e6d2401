"""PodDisruptionBudgets and their pods: the corners of the rules."""

import pytest

from kgen.check.cross.families import findings
from kgen.check.cross.resources import Resources
from kgen.check.resource import Resource
from kgen.read import careful, split

POD = "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: example.com/web:1}]}}"
SELECTOR = "selector: {matchLabels: {app: web}}"


def workload(kind: str, name: str = "web", replicas: str = "", group: str = "apps/v1") -> str:
    count = f"replicas: {replicas}, " if replicas else ""
    return f"apiVersion: {group}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{count}{SELECTOR}, {POD}}}\n"


def budget(amount: str, selector: str = SELECTOR) -> str:
    return (
        f"apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: web}}\nspec: {{{amount}, {selector}}}\n"
    )


AUTOSCALER = (
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
    "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 9}\n"
)
OPERATED = "apiVersion: example.com/v1\nkind: Database\nmetadata: {name: db}\nspec: {}\n"


def rows(*texts: str) -> list[str]:
    chunks = split.chunks("---\n".join(texts).encode())
    objects = [careful.read(chunk.text)[0] for chunk in chunks]
    made = findings(Resources([Resource(each) for each in objects if each]), "default")
    return [each.fault.row for each in made if each.fault.row.startswith("XPDB")]


@pytest.mark.parametrize(
    ("amount", "replicas", "expected"),
    [
        # both percentages are rounded up
        ("minAvailable: 50%", "3", []),
        ("minAvailable: 51%", "2", ["XPDB002"]),
        ("minAvailable: 67%", "3", ["XPDB002"]),
        ("minAvailable: 66%", "3", []),
        ("maxUnavailable: 1%", "3", []),
        ("minAvailable: 1", "", ["XPDB002"]),
        ("minAvailable: 1", "0", []),
        ("minAvailable: 100%", "3", ["XPDB003"]),
        ("maxUnavailable: 0%", "3", ["XPDB003"]),
    ],
)
def test_a_pod_can_be_evicted(amount: str, replicas: str, expected: list[str]) -> None:
    assert rows(workload("Deployment", replicas=replicas), budget(amount)) == expected


def test_the_autoscaler_says_how_many_pods_there_are() -> None:
    texts = (workload("Deployment", replicas="5"), AUTOSCALER)
    assert rows(*texts, budget("minAvailable: 2")) == ["XPDB002"]
    assert rows(*texts, budget("minAvailable: 1")) == []


def test_the_pods_of_all_workloads_count() -> None:
    texts = (workload("Deployment"), workload("StatefulSet"))
    assert rows(*texts, budget("minAvailable: 1")) == []
    assert rows(*texts, budget("minAvailable: 2")) == ["XPDB002"]


def test_nobody_knows_how_many_pods_a_daemon_set_has() -> None:
    assert rows(workload("DaemonSet"), budget("minAvailable: 1")) == []
    assert rows(workload("DaemonSet"), budget("minAvailable: 50%")) == ["XPDB006"]


@pytest.mark.parametrize(
    "others",
    [
        (),  # the workloads are elsewhere
        (OPERATED, workload("Deployment")),  # something else makes the pods
        (workload("Deployment").replace("labels: {app: web}", "labels: {}"),),  # a patch, or labels come later
    ],
)
def test_pods_may_come_from_elsewhere(others: tuple[str, ...]) -> None:
    assert rows(*others, budget("maxUnavailable: 1", "selector: {matchLabels: {app: db}}")) == []


def test_pods_of_jobs_do_without_labels() -> None:
    job = f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: a}}\nspec: {{{POD}}}\n".replace("labels: {app: web}", "")
    misspelt = budget("maxUnavailable: 1", "selector: {matchLabels: {app: wbe}}")
    assert rows(workload("Deployment", replicas="2"), job, misspelt) == ["XPDB001"]
    assert rows(job, misspelt) == []


def test_labels_that_controllers_add_are_in_no_template() -> None:
    selector = "selector: {matchLabels: {statefulset.kubernetes.io/pod-name: web-0}}"
    assert rows(workload("StatefulSet", replicas="2"), budget("maxUnavailable: 1", selector)) == []


def test_a_budget_without_pods_has_no_other_fault() -> None:
    misspelt = budget("maxUnavailable: 0", "selector: {matchLabels: {app: wbe}}")
    assert rows(workload("Deployment", replicas="2"), misspelt) == ["XPDB001"]
