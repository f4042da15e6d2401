"""What objects take from the cluster."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from kgen.commands.compile import Request, run
from kgen.emit.footprint import of_pod, parts
from kgen.k8s import Emitted, Manifest
from kgen.usage import NONE, Footprint, Usage

MI = 2**20


def container(cpu: int, memory: int, *, sidecar: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = {
        "resources": {"requests": {"cpu": f"{cpu}m", "memory": f"{memory}Mi"}, "limits": {"memory": f"{memory}Mi"}}
    }
    return made | ({"restartPolicy": "Always"} if sidecar else {})


@pytest.mark.parametrize(
    ("inits", "mains", "cpu", "memory"),
    [
        ([], [(100, 64), (50, 32)], 150, 96),
        ([(10, 500)], [(100, 64)], 100, 500),  # the larger of each: it starts first, and alone
        ([(300, 10), (200, 80)], [(100, 64)], 300, 80),
        ([(20, 30, "sidecar")], [(100, 64)], 120, 94),
        ([(20, 30, "sidecar"), (100, 100)], [(100, 64)], 120, 130),  # the sidecar runs beside what starts after it
        ([(100, 100), (20, 30, "sidecar")], [(10, 10)], 100, 100),
    ],
)
def test_a_pod_takes_what_its_containers_take_at_the_same_time(
    inits: list[tuple[Any, ...]], mains: list[tuple[int, int]], cpu: int, memory: int
) -> None:
    spec = {
        "initContainers": [container(each[0], each[1], sidecar=len(each) == 3) for each in inits],
        "containers": [container(*each) for each in mains],
    }
    assert of_pod(spec) == Usage(cpu=cpu, memory=memory * MI, cpu_limit=None, memory_limit=memory * MI, pods=1)


def made(kind: str, spec: dict[str, Any], name: str = "web") -> Emitted:
    return Emitted(manifest=Manifest({"kind": kind, "metadata": {"name": name}, "spec": spec}))


def pods(*objects: Emitted) -> tuple[int, int, int]:
    """Return how many pods run at least, at most, and during a roll-out."""
    footprint = sum((part.footprint for part in parts(objects)), NONE)
    return footprint.least.pods, footprint.most.pods, footprint.peak.pods


TEMPLATE = {"spec": {"containers": [container(100, 64)]}}


@pytest.mark.parametrize(
    ("strategy", "count", "expected"),
    [
        ({}, 1, (1, 1, 2)),  # 25 % of one, rounded up
        ({}, 5, (5, 5, 7)),
        ({"type": "Recreate"}, 5, (5, 5, 5)),
        ({"rollingUpdate": {"maxSurge": 3}}, 5, (5, 5, 8)),
        ({"rollingUpdate": {"maxSurge": 0}}, 5, (5, 5, 5)),
        ({}, 0, (0, 0, 0)),
    ],
)
def test_a_rolling_update_takes_more(strategy: dict[str, Any], count: int, expected: tuple[int, int, int]) -> None:
    assert pods(made("Deployment", {"replicas": count, "strategy": strategy, "template": TEMPLATE})) == expected


def test_autoscalers_set_the_bounds_of_what_they_scale() -> None:
    target = {"kind": "Deployment", "name": "web"}
    scaler = made("HorizontalPodAutoscaler", {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 8})
    zero = made("ScaledObject", {"scaleTargetRef": {"name": "jobs"}, "minReplicaCount": 0, "maxReplicaCount": 3})
    other = made("StatefulSet", {"replicas": 1, "template": TEMPLATE})
    assert pods(made("Deployment", {"template": TEMPLATE}), scaler, other) == (3, 9, 11)
    assert pods(made("Deployment", {"template": TEMPLATE}, "jobs"), zero) == (0, 3, 4)


def test_what_ends_by_itself_counts_only_at_most() -> None:
    job = {"parallelism": 4, "template": TEMPLATE}
    assert pods(made("Job", job)) == (0, 4, 4)
    assert pods(made("CronJob", {"jobTemplate": {"spec": {"template": TEMPLATE}}})) == (0, 1, 1)


def test_volumes_of_stateful_sets_count_per_pod() -> None:
    claim = {"spec": {"resources": {"requests": {"storage": "10Gi"}}}}
    objects = (
        made("StatefulSet", {"replicas": 3, "template": TEMPLATE, "volumeClaimTemplates": [claim]}),
        made("PersistentVolumeClaim", claim["spec"]),
    )
    assert [part.footprint.most.storage for part in parts(objects)] == [30 * 2**30, 10 * 2**30]


def test_nothing_times_nothing_is_nothing() -> None:
    assert Usage(cpu=1, memory_limit=None) * 0 == Usage()
    assert NONE + Footprint() == NONE


def test_compile_prints_and_reports_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = """
        apiVersion: kgen/v1
        name: {name}
        image: ghcr.io/acme/shop:1.0.0
        components:
          worker: {{type: worker, resources: {{cpu: 250m, memory: 1280Mi}}, replicas: {{max: 4}}}}
    """
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.yaml").write_text(app.format(name=name), "utf-8")
    out = io.StringIO()
    run(Request(paths=[Path()]), out, io.StringIO())
    assert (
        "  requests            CPU  limit  memory  limit  pods  volumes\n"
        "  default   at least    1   none     5Gi    5Gi     4        -\n"
        "            at most     2   none    10Gi   10Gi     8        -\n"
    ) in out.getvalue()
    out = io.StringIO()
    run(Request(paths=[Path()], output_format="json"), out, io.StringIO())
    report = json.loads(out.getvalue())
    assert report["footprint"]["default"]["maximum"] == {
        "requests": {"cpu": "2", "memory": "10Gi"},
        "limits": {"cpu": None, "memory": "10Gi"},
        "pods": 8,
        "storage": "0",
    }
    folders = [folder for each in report["apps"] for folder in each["folders"] if folder["objects"]]
    assert [folder["footprint"]["peak"]["pods"] for folder in folders] == [5, 5]


@pytest.mark.parametrize(
    ("api_version", "kind", "spec"),
    [
        ("postgresql.cnpg.io/v1", "Cluster", {"instances": 3, "storage": {"size": "10Gi"}}),
        ("rabbitmq.com/v1beta1", "RabbitmqCluster", {"replicas": 3, "persistence": {"storage": "10Gi"}}),
        ("kafka.strimzi.io/v1", "KafkaNodePool", {"replicas": 3, "storage": {"volumes": [{"size": "10Gi"}]}}),
    ],
)
def test_pods_that_an_operator_makes_count(api_version: str, kind: str, spec: dict[str, Any]) -> None:
    whole = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "db"}, "spec": spec | container(100, 64)}
    (part,) = parts([Emitted(manifest=Manifest(whole))])
    taken = Usage(cpu=300, memory=192 * MI, cpu_limit=None, memory_limit=192 * MI, pods=3, storage=30 * 1024 * MI)
    assert part.footprint == Footprint(least=taken, most=taken, peak=taken)
