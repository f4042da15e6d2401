"""What examples of the catalogue cannot show about pods and workloads: other versions, defaults, and odd spellings."""

from __future__ import annotations

from typing import Any

import pytest

from kgen.check.fault import field
from kgen.check.server import cron, dns, job_policies
from kgen.check.server.kinds import KINDS, Context, checks

NEWEST = (1, 36)
OLDER = (1, 32)
CONTAINERS = [{"name": "main", "image": "registry.example/app:1"}]
LABELS = {"app": "demo"}


def broken(
    kind: str, spec: dict[str, Any], version: tuple[int, int] = NEWEST, **metadata: Any
) -> list[tuple[str, str]]:
    """Return the rows that an object breaks, and where."""
    group = next(group for group, name in KINDS if name == kind)
    value = {"kind": kind, "metadata": {"name": "demo", **metadata}, "spec": spec}
    context = Context(version, group, kind, is_namespaced=True)
    return [(fault.row, field(fault.path)) for check in checks(group, kind) for fault in check(value, context)]


def pod(**spec: Any) -> dict[str, Any]:
    return {"containers": CONTAINERS, **spec}


def stateful(template: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"selector": {"matchLabels": LABELS}, "template": {"metadata": {"labels": LABELS}, "spec": template}, **spec}


def job(**spec: Any) -> dict[str, Any]:
    return {"template": {"spec": pod(restartPolicy="Never")}, **spec}


def test_older_servers_do_not_look_into_the_template_of_a_stateful_set() -> None:
    spec = stateful(pod(nodeName="Node_1", restartPolicy="Never"), serviceName="a_b")
    restart = ("POD002", "spec.template.spec.restartPolicy")
    assert broken("StatefulSet", spec, OLDER) == [restart]
    assert set(broken("StatefulSet", spec)) == {
        restart,
        ("POD017", "spec.template.spec.nodeName"),
        ("WRK022", "spec.serviceName"),
    }


def test_the_controller_names_the_pods_of_a_stateful_set() -> None:
    assert broken("StatefulSet", stateful(pod(hostname="A.b", subdomain="A.b"))) == []


def test_claim_templates_are_volumes() -> None:
    mounted = {"containers": [{**CONTAINERS[0], "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    templates = [{"metadata": {"name": "data"}, "spec": claim}]
    assert broken("StatefulSet", stateful(mounted, volumeClaimTemplates=templates)) == []
    replaced = {**mounted, "volumes": [{"name": "data", "emptyDir": {}, "hostPath": {"path": "/"}}]}
    assert broken("StatefulSet", stateful(replaced, volumeClaimTemplates=templates)) == []


@pytest.mark.parametrize(
    ("spec", "row"),
    [
        (pod(priority=0), ""),
        (pod(priority=2_000_001_000, priorityClassName="system-node-critical"), ""),
        (pod(priority=7, priorityClassName="of-this-cluster"), ""),
        (pod(priority=7), "POD020"),
        (pod(preemptionPolicy="Never"), "POD021"),
        (pod(overhead={}), "POD023"),
        (pod(terminationGracePeriodSeconds=-1), ""),
        (pod(serviceAccount="a_b"), "POD016"),
        (pod(serviceAccount="a_b", serviceAccountName="c"), ""),
    ],
)
def test_a_pod_of_its_own_is_admitted_or_not(spec: dict[str, Any], row: str) -> None:
    assert [broken_row for broken_row, _ in broken("Pod", spec)] == ([row] if row else [])


def test_keys_of_labels_are_merged_into_the_selector_of_a_pod_only() -> None:
    term = {"topologyKey": "zone", "labelSelector": {"matchLabels": LABELS}, "matchLabelKeys": ["app"]}
    key = "requiredDuringSchedulingIgnoredDuringExecution"
    spec = pod(affinity={"podAffinity": {key: [term]}})
    assert broken("Pod", spec) == []
    assert broken("Pod", spec, labels=LABELS) == [("SCH017", f"spec.affinity.podAffinity.{key}[0].matchLabelKeys[0]")]
    assert broken("StatefulSet", stateful(spec)) == []


@pytest.mark.parametrize(
    ("spec", "rows"),
    [
        (job(completionMode="Indexed"), []),
        (job(completionMode="Indexed", parallelism=1), ["JOB006"]),
        (job(selector={}), []),
        (job(selector={"matchLabels": {"job-name": "demo"}}), []),
        (job(selector={"matchLabels": {"controller-uid": "1"}}), ["JOB004"]),
        (job(manualSelector=True, selector={}), []),
        (job(manualSelector=True), ["JOB004"]),
    ],
)
def test_a_job_has_defaults(spec: dict[str, Any], rows: list[str]) -> None:
    assert [row for row, _ in broken("Job", spec)] == rows


def test_a_cron_job_fills_in_no_completions() -> None:
    spec = {"schedule": "@daily", "jobTemplate": {"spec": job(completionMode="Indexed")}}
    assert broken("CronJob", spec) == [("JOB006", "spec.jobTemplate.spec.completions")]


def test_a_time_zone_in_a_schedule_was_allowed_once() -> None:
    spec = {"schedule": "TZ=Europe/Berlin 0 0 * * *", "jobTemplate": {"spec": job()}}
    assert broken("CronJob", spec, (1, 28)) == []
    assert broken("CronJob", spec) == [("JOB025", "spec.schedule")]
    assert broken("CronJob", {**spec, "schedule": "TZ=Nowhere 0 0 * * *"}, (1, 28)) == [("JOB024", "spec.schedule")]


TAKEN = """
*-5 * * * *|1, * * * *|,1 * * * *|1,,2 * * * *|+1 * * * *| 0 0 * * * |*/61 * * * *|0 0 ? JAN-mar Sun|5/15 * * * *
@every 0s|@every -1.5h|@every 10ms|@hourly
"""
REFUSED = """
 |* * * *|* * * * * *|60 * * * *|* * 0 * *|* * * * 7|* * * * fri-mon|*/0 * * * *|*/-1 * * * *|1/2/3 * * * *|0 0 L * *
1-2-3 * * * *|0x1 * * * *|* * * january *|@Daily|@reboot|@every|@every 1|@every | @daily|٣ * * * *
"""


@pytest.mark.parametrize("schedule", TAKEN.strip("\n").replace("\n", "|").split("|"))
def test_schedules_that_the_server_takes(schedule: str) -> None:
    assert cron.schedule(schedule) == ""


@pytest.mark.parametrize("schedule", [*REFUSED.strip("\n").replace("\n", "|").split("|"), f"{'9' * 5000} * * * *"])
def test_schedules_that_the_server_refuses(schedule: str) -> None:
    assert cron.schedule(schedule)


@pytest.mark.parametrize("text", ["", "0", "+1", "00", "0,2-4", "0-1,3", "0" * 5000])
def test_indexes_that_the_server_takes(text: str) -> None:
    assert job_policies.index_ranges(text, 5)[1] == ""


@pytest.mark.parametrize("text", ["5", "1-1", "2-1", "1,1", "2,1", "1-2-3", "a", "-", "1,", " 1", "9" * 5000])
def test_indexes_that_the_server_refuses(text: str) -> None:
    assert job_policies.index_ranges(text, 5)[1]


def test_search_domains_got_more_freedom() -> None:
    spec = pod(dnsConfig={"searches": [".", "_tcp.example"]})
    assert broken("Pod", spec) == []
    assert [row for row, _ in broken("Pod", spec, OLDER)] == ["POD009", "POD009"]
    assert dns.search_domain("a.b..")
