"""What is reported about objects that kgen made."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from kgen.check.manifests import KGEN_MADE_AN_INVALID_OBJECT, check
from kgen.check.rules import UNKNOWN_KUBERNETES_KIND
from kgen.check.store import Store, default_directory
from kgen.diag import Label
from kgen.k8s import Emitted, Manifest

STORE = Store(default_directory())
OBJECTS: list[dict[str, Any]] = list(
    yaml.safe_load_all(Path(__file__).with_name("valid_objects.yaml").read_text("utf-8"))
)
WEB = ("spec", "template", "spec", "containers", 0)


def deployment(*place: str | int, value: object) -> dict[str, Any]:
    """Return the good Deployment with ``value`` at ``place``."""
    made = copy.deepcopy(next(made for made in OBJECTS if made["kind"] == "Deployment"))
    parent: Any = made
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = value
    return made


def emitted(manifest: dict[str, Any]) -> Emitted:
    return Emitted(manifest=Manifest(manifest), origin=("components", "web"))


def test_an_invalid_object_is_a_bug_of_kgen() -> None:
    bad = emitted(deployment("spec", "replica", value=2))
    (found,) = check([bad], ("1.33", "1.34"), STORE)
    assert found.rule is KGEN_MADE_AN_INVALID_OBJECT
    assert found.at == Label(("components", "web"), on="key")
    assert found.message == (
        "kgen made a Deployment `shop-web` that Kubernetes 1.33 and 1.34 would reject: "
        "`spec.replica` is no field that Kubernetes knows"
    )
    assert found.help.startswith("did you mean `replicas`? this is a bug in kgen: report it")


def test_repeated_entries_are_rejected_by_server_side_apply_only() -> None:
    bad = emitted(deployment(*WEB, "env", value=[{"name": "PORT"}, {"name": "PORT"}]))
    (found,) = check([bad], ("1.34",), STORE)
    assert (
        "Kubernetes 1.34 would reject on server-side apply: `spec.template.spec.containers[0].env[1]`" in found.message
    )


def test_each_declared_version_is_asked() -> None:
    """Sleep in a lifecycle hook came with 1.29."""
    bad = emitted(deployment(*WEB, "lifecycle", value={"preStop": {"sleep": {"seconds": 5}}}))
    (found,) = check([bad], ("1.27", "1.28", "1.29"), STORE)
    assert "Kubernetes 1.27 and 1.28 would reject: `spec.template.spec.containers[0].lifecycle" in found.message


@pytest.mark.parametrize(
    ("api_version", "kind", "message", "helped"),
    [
        (
            "autoscaling/v2beta2",
            "HorizontalPodAutoscaler",
            "Kubernetes 1.28 and 1.34 have no `HorizontalPodAutoscaler` in `autoscaling/v2beta2`",
            "Kubernetes 1.28 has it in `autoscaling/v1` and `autoscaling/v2`",
        ),
        (
            "admissionregistration.k8s.io/v1",
            "ValidatingAdmissionPolicy",
            "Kubernetes 1.28 has no `ValidatingAdmissionPolicy` in `admissionregistration.k8s.io/v1`",
            (
                "Kubernetes 1.28 has it in "
                "`admissionregistration.k8s.io/v1alpha1` and `admissionregistration.k8s.io/v1beta1`"
            ),
        ),
        (
            "networking.k8s.io/v1",
            "IPAddress",
            "Kubernetes 1.28 has no `IPAddress` in `networking.k8s.io/v1`",
            "Kubernetes 1.28 has it in `networking.k8s.io/v1alpha1`",
        ),
        (
            "resource.k8s.io/v1",
            "DeviceClass",
            "Kubernetes 1.28 has no `DeviceClass` in `resource.k8s.io/v1`",
            "Kubernetes 1.34, 1.35, 1.36 and 1.37 have it",
        ),
    ],
)
def test_a_kind_that_a_version_does_not_have(api_version: str, kind: str, message: str, helped: str) -> None:
    made = emitted({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}})
    found = [found for found in check([made], ("1.28", "1.34"), STORE) if found.rule is UNKNOWN_KUBERNETES_KIND]
    assert [(diagnostic.message, diagnostic.help) for diagnostic in found] == [(message, helped)]


def test_good_objects_have_no_findings() -> None:
    assert list(check(map(emitted, OBJECTS), STORE.versions(), STORE)) == []


def monitor(**spec: object) -> dict[str, Any]:
    """Return a ServiceMonitor, which an operator's definition declares."""
    whole = {"selector": {"matchLabels": {"app": "web"}}, "endpoints": [{"port": "http"}]} | spec
    api_version = "monitoring.coreos.com/v1"
    return {"apiVersion": api_version, "kind": "ServiceMonitor", "metadata": {"name": "web"}, "spec": whole}


def test_custom_objects_are_checked_against_the_release_that_kgen_knows() -> None:
    assert not list(check([emitted(monitor())], ("1.36",), STORE))
    (found,) = check([emitted(monitor(endpoint=[]))], ("1.36",), STORE)
    assert found.rule is KGEN_MADE_AN_INVALID_OBJECT
    assert re.fullmatch(
        r"kgen made a ServiceMonitor `web` that prometheus-operator \d+\.\d+\.\d+ would reject: "
        "`spec.endpoint` is no field that the CustomResourceDefinition knows",
        found.message,
    )
    assert found.help.startswith("did you mean `endpoints`?")


def test_the_metadata_of_custom_objects_is_that_of_all_objects() -> None:
    bad = monitor()
    bad["metadata"]["label"] = {"app": "web"}
    (found,) = check([emitted(bad)], ("1.36",), STORE)
    assert "`metadata.label` is no field that Kubernetes knows" in found.message


def test_custom_kinds_of_which_kgen_has_no_schema_pass() -> None:
    assert not list(check([emitted({"apiVersion": "example.com/v1", "kind": "Queue", "spec": 1})], ("1.36",), STORE))
