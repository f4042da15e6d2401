# ruff: noqa: E501  # tables: a case is a line
"""
Fields that Kubernetes' documents call required: those that an API server asks for, and those that it does not.

Source: https://github.com/kubernetes/kubernetes/tree/master/pkg/apis
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from kgen.check import catalogue
from kgen.check.fault import field
from kgen.check.objects import Objects
from kgen.check.store import Store, default_directory

META = {"name": "web"}
POD = {"containers": [{"name": "main", "image": "web:1"}]}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
ISCSI = {"targetPortal": "192.0.2.1:3260", "iqn": "iqn.2001-04.com.example:storage"}
SCALE_IO = {"gateway": "https://192.0.2.1", "system": "x", "volumeName": "v"}
CUSTOM = {"name": "v1", "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
NAMES = {"kind": "Thing", "plural": "things"}


def made(api_version: str, kind: str, **parts: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": META, **parts}


def pod(**spec: Any) -> dict[str, Any]:
    return made("v1", "Pod", spec=POD | spec)


def container(**fields: Any) -> dict[str, Any]:
    return pod(containers=[{"name": "main", "image": "web:1", **fields}])


def volume(**source: Any) -> dict[str, Any]:
    return pod(volumes=[{"name": "data", **source}])


def job(**spec: Any) -> dict[str, Any]:
    return made("batch/v1", "Job", spec={"template": {"spec": {"restartPolicy": "Never", **POD}}, **spec})


def stateful_set(template: dict[str, Any]) -> dict[str, Any]:
    spec = {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": POD},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": CLAIM} | template],
    }
    return made("apps/v1", "StatefulSet", spec=spec)


def definition(**spec: Any) -> dict[str, Any]:
    spec = {"group": "example.com", "names": NAMES, "scope": "Cluster", "versions": [CUSTOM], **spec}
    return {
        **made("apiextensions.k8s.io/v1", "CustomResourceDefinition", spec=spec),
        "metadata": {"name": "things.example.com"},
    }


def role_binding(**reference: str) -> dict[str, Any]:
    return made("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"kind": "Role", "name": "x", **reference})


def ingress(**resource: str) -> dict[str, Any]:
    return made(
        "networking.k8s.io/v1", "Ingress", spec={"defaultBackend": {"resource": {"apiGroup": "x.y", **resource}}}
    )


def preferred(**term: Any) -> dict[str, Any]:
    terms = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, **term}]}
    return pod(affinity={"nodeAffinity": terms})


@cache
def objects(version: str) -> Objects:
    return Objects(Store(default_directory()), (version,), lambda *_: None)


def places(value: dict[str, Any], version: str = "1.36") -> list[str]:
    """Return where the errors are."""
    known = objects(version).kind(value["apiVersion"], value["kind"])
    assert not known.lacking
    rows = catalogue.family("server")
    faults = objects(version).faults(value, known)
    return [field(fault.path) for fault in faults if not fault.row or rows[fault.row].rule.severity == "error"]


GOOD = {
    "an empty selector": made("networking.k8s.io/v1", "NetworkPolicy", spec={}),
    "no endpoints": made("discovery.k8s.io/v1", "EndpointSlice", addressType="IPv4"),
    "no limits": made("v1", "LimitRange", spec={}),
    "a header without value": container(livenessProbe={"httpGet": {"port": 80, "httpHeaders": [{"name": "X"}]}}),
    "an empty sysctl": pod(securityContext={"sysctls": [{"name": "a.b"}]}),
    "a preference for any node": preferred(),
    "the first unit": volume(iscsi=ISCSI),
    "a volume without secret": volume(scaleIO=SCALE_IO),
    "a policy without rules": job(podFailurePolicy={}),
    "a condition that is true": job(podFailurePolicy={"rules": [{"action": "Count", "onPodConditions": [{"type": "X"}]}]}),
    "a version that is not served": definition(),
    "no webhook": definition(conversion={"strategy": "None", "webhook": {}}),
    "the only group of roles": role_binding(),
    "a source that is dropped": made("v1", "PersistentVolumeClaim", spec=CLAIM | {"dataSource": {"name": "x"}}),
    "a driver with defaults": made("storage.k8s.io/v1", "CSIDriver"),
    "a node without drivers": made("storage.k8s.io/v1", "CSINode", spec={}),
    "a class of all devices": made("resource.k8s.io/v1", "DeviceClass"),
    "a claim to nothing": made("resource.k8s.io/v1", "ResourceClaim"),
    "the server as audience": made("storage.k8s.io/v1", "CSIDriver", spec={"tokenRequests": [{}]}),
    "the first revision": made("apps/v1", "ControllerRevision", data={}),
    "zero": made("scheduling.k8s.io/v1", "PriorityClass"),
    "a status": pod() | {"status": {"conditions": [{}], "podIPs": [{}], "containerStatuses": [{"state": {"terminated": {}}}]}},
    "another kind of template": stateful_set({"apiVersion": "x", "kind": "Nonsense"}),
    "a status in a template": stateful_set({"status": {"conditions": [{}]}}),
}  # fmt: skip


@pytest.mark.parametrize("value", GOOD.values(), ids=GOOD)
def test_nobody_asks_for_these(value: dict[str, Any]) -> None:
    assert places(value) == []


@pytest.mark.parametrize("version", ["1.30", "1.35"])
@pytest.mark.parametrize("name", ["zero", "the only group of roles", "a condition that is true", "a status"])
def test_nobody_asked_before(name: str, version: str) -> None:
    assert places(GOOD[name], version) == []


BAD = {
    "no kind of role": (role_binding() | {"roleRef": {"name": "x"}}, "roleRef.kind"),
    "a resource without kind": (ingress(name="x"), "spec.defaultBackend.resource.kind"),
    "a resource without name": (ingress(kind="X"), "spec.defaultBackend.resource.name"),
    "a volume without name": (volume(scaleIO=SCALE_IO | {"volumeName": ""}), "spec.volumes[0].scaleIO.volumeName"),
    "a failure without reason": (job(podFailurePolicy={"rules": [{"action": "Count"}]}), "spec.podFailurePolicy.rules[0]"),
    "two tokens for the server": (made("storage.k8s.io/v1", "CSIDriver", spec={"tokenRequests": [{}, {}]}), "spec.tokenRequests[1].audience"),
    "no stored version": (definition(versions=[CUSTOM | {"storage": False}]), "spec.versions"),
    "a status that is text": (pod() | {"status": {"conditions": "x"}}, "status.conditions"),
    "a template without field": (stateful_set({"spec": CLAIM | {"nonsense": 1}}), "spec.volumeClaimTemplates[0].spec.nonsense"),
    "a source of a template": (stateful_set({"spec": CLAIM | {"dataSource": {"name": "x"}}}), "spec.volumeClaimTemplates[0].spec.dataSource.kind"),
    "no sleep": (container(lifecycle={"preStop": {"sleep": {"seconds": -1}}}), "spec.containers[0].lifecycle.preStop.sleep"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "place"), BAD.values(), ids=BAD)
def test_the_servers_code_asks_for_these(value: dict[str, Any], place: str) -> None:
    assert place in places(value)


def test_what_is_off_is_dropped_unseen() -> None:
    rules = container(restartPolicy="Never", restartPolicyRules=[{"exitCodes": {}}])
    assert places(rules, "1.34") == []
    assert len(places(rules, "1.35")) == 2
    file = container(env=[{"name": "A", "valueFrom": {"fileKeyRef": {}}}])
    assert places(file, "1.34") == ["spec.containers[0].env[0].valueFrom"]
    assert len(places(file, "1.35")) == 3


def test_reviews_are_needed_with_a_webhook() -> None:
    service = {"namespace": "x", "name": "y"}
    value = definition(conversion={"strategy": "Webhook", "webhook": {"clientConfig": {"service": service}}})
    assert any("conversionReviewVersions" in place for place in places(value))
