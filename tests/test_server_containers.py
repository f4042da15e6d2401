"""What examples of the catalogue cannot show about containers: other versions, and what is or is not a default."""

from __future__ import annotations

from typing import Any

import pytest

from kgen.check.fault import field
from kgen.check.server import containers, security
from kgen.check.server.kinds import Context

NEWEST = (1, 36)
RULE = {"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}


def broken(spec: dict[str, Any], version: tuple[int, int] = NEWEST, kind: str = "Pod") -> list[tuple[str, str]]:
    """Return the rows that a pod breaks, and where."""
    context = Context(version, "", kind, is_namespaced=True)
    found = (*containers.faults(spec, ("spec",), context), *security.faults(spec, ("spec",), context))
    return [(fault.row, field(fault.path)) for fault in found]


def pod(ctr: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """Return a pod with one container, which has more fields."""
    return {"containers": [{"name": "web", "image": "nginx", **ctr}], **rest}


def with_init(ctr: dict[str, Any]) -> dict[str, Any]:
    """Return a pod with one init container, which has more fields."""
    return pod({}, initContainers=[{"name": "setup", "image": "busybox", **ctr}])


@pytest.mark.parametrize(
    ("spec", "rows"),
    [
        (pod({"env": [{"name": "1 A"}]}), {(1, 31): "CTR022", (1, 32): ""}),
        (pod({"restartPolicy": "Always"}), {(1, 33): "CTR053", (1, 34): "", (1, 35): ""}),
        (pod({"restartPolicy": "x"}), {(1, 33): "CTR053", (1, 34): "", (1, 35): "CTR054"}),
        (with_init({"restartPolicy": "Never"}), {(1, 33): "CTR052", (1, 34): "", (1, 35): ""}),
        (with_init({"restartPolicy": "Always", "restartPolicyRules": [RULE]}), {(1, 35): "CTR057", (1, 36): ""}),
        (
            pod({"restartPolicy": "Never", "restartPolicyRules": [{**RULE, "action": "RestartAllContainers"}]}),
            {(1, 34): "", (1, 35): "CTR056", (1, 36): ""},
        ),
        (pod({"lifecycle": {"preStop": {"sleep": {"seconds": 0}}}}), {(1, 32): "PRB013", (1, 33): ""}),
        (pod({}, hostUsers=False, hostPID=True), {(1, 32): "", (1, 33): "SEC019"}),
    ],
)
def test_rules_hold_in_their_versions_only(spec: dict[str, Any], rows: dict[tuple[int, int], str]) -> None:
    for version, row in rows.items():
        assert [found for found, _ in broken(spec, version)] == ([row] if row else []), version


def test_a_pod_on_the_host_network_takes_its_ports_from_the_host_and_a_template_does_not() -> None:
    ports = [{"name": name, "containerPort": 80} for name in ("a", "b")]
    spec = pod({"ports": ports}, hostNetwork=True)
    assert ("CTR015", "spec.containers[0].ports[1].hostPort") in broken(spec)
    assert [row for row, _ in broken(spec, kind="Deployment")] == ["CTR018"]


def test_a_negative_grace_period_of_a_pod_becomes_one_second() -> None:
    spec = pod({"lifecycle": {"preStop": {"sleep": {"seconds": 1}}}}, terminationGracePeriodSeconds=-1)
    assert not broken(spec)
    assert broken(spec, kind="Deployment") == [("PRB013", "spec.containers[0].lifecycle.preStop.sleep")]


def test_a_volume_without_a_source_is_an_empty_directory_but_a_claim_in_a_stateful_set() -> None:
    spec = pod({"volumeDevices": [{"name": "disk", "devicePath": "/dev/xvda"}]}, volumes=[{"name": "disk"}])
    assert broken(spec) == [("CTR048", "spec.containers[0].volumeDevices[0].name")]
    assert not broken(spec, kind="StatefulSet")


def test_nobody_misses_a_volume_while_another_one_has_no_name() -> None:
    assert not broken(pod({"volumeMounts": [{"name": "data", "mountPath": "/data"}]}, volumes=[{}]))


@pytest.mark.parametrize("divisor", ["0", "1", 1, "1k", "1000", "1024Ki", "1Ei", None])
def test_a_divisor_of_memory_may_be_written_in_another_unit(divisor: str | int | None) -> None:
    reference = {"resource": "limits.memory", "divisor": divisor}
    assert not broken(pod({"env": [{"name": "A", "valueFrom": {"resourceFieldRef": reference}}]}))


@pytest.mark.parametrize("divisor", ["1024", "1e3", "2", "1m", "1000Ki"])
def test_a_divisor_of_memory_is_a_unit(divisor: str) -> None:
    reference = {"resource": "limits.memory", "divisor": divisor}
    found = broken(pod({"env": [{"name": "A", "valueFrom": {"resourceFieldRef": reference}}]}))
    assert [row for row, _ in found] == ["CTR029"]


@pytest.mark.parametrize("name", ["kernel.sem", "kernel/sem", "fs.mqueue.msg_max"])
def test_parameters_of_ipc_are_those_of_the_host_with_host_ipc(name: str) -> None:
    found = broken(pod({}, hostIPC=True, securityContext={"sysctls": [{"name": name, "value": "1"}]}))
    assert found == [("SEC017", "spec.securityContext.sysctls[0].name")]
