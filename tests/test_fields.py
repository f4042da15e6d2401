"""How fields are written: for people with every step, for programs as the API server writes them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from test_crd import definition
from test_validate import report

NAMED = {"name": "a"}
CONTAINER = {"name": "a", "image": "b"}


def findings(*objects: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is found in ``objects``, which are documents of one stream."""
    text = "\n---\n".join(json.dumps(each) for each in objects)
    made = report("-", stdin=text.encode(), profile="server", versions=("1.36",))
    return [finding for document in made["documents"] for finding in document["findings"]]


def written(*objects: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the fields as people and as programs are told of them."""
    return [(each["message"].split("`")[1], each["field"]) for each in findings(*objects)]


def made(kind: str, api_version: str = "v1", **content: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": NAMED, **content}


def service(port: Any) -> dict[str, Any]:
    return made("Service", spec={"ports": [{"port": 80, "name": "a"}, {"port": port, "name": "b"}]})


def pod(**spec: Any) -> dict[str, Any]:
    return made("Pod", spec={"containers": [CONTAINER], **spec})


def ingress(port: Any) -> dict[str, Any]:
    backend = {"service": {"name": "a", "port": port}}
    rule = {"http": {"paths": [{"path": "/", "pathType": "Exact", "backend": backend}]}}
    return made("Ingress", "networking.k8s.io/v1", spec={"rules": [rule]})


def policy(operations: Any, versions: Any) -> dict[str, Any]:
    rule = {"apiGroups": [""], "apiVersions": versions, "operations": operations, "resources": ["pods"]}
    spec = {"matchConstraints": {"resourceRules": [rule]}, "validations": [{"expression": "true"}]}
    return made("ValidatingAdmissionPolicy", "admissionregistration.k8s.io/v1", spec=spec)


@pytest.mark.parametrize(
    ("value", "shown", "named"),
    [
        (service("http"), "spec.ports[1].port", "spec.ports.port"),
        (service(10**12), "spec.ports[1].port", "spec.ports.port"),
        (service(0), "spec.ports[1].port", "spec.ports[1].port"),
        (made("ConfigMap", data={"port": 80}), "data[port]", "data"),
        (pod(containers=[CONTAINER, 1]), "spec.containers[1]", "spec.containers"),
        (
            ingress("x"),
            "spec.rules[0].http.paths[0].backend.service.port",
            "spec.rules.IngressRuleValue.http.paths.backend.service.port",
        ),
        (
            pod(volumes=[{"name": "a", "configMap": {"name": 1}}]),
            "spec.volumes[0].configMap.name",
            "spec.volumes.VolumeSource.configMap.LocalObjectReference.name",
        ),
        (pod(volumes=[{"name": 1, "emptyDir": {}}]), "spec.volumes[0].name", "spec.volumes.name"),
        (
            policy(["CREATE"], "v1"),
            "spec.matchConstraints.resourceRules[0].apiVersions",
            "spec.matchConstraints.resourceRules.RuleWithOperations.Rule.apiVersions",
        ),
        (
            policy("CREATE", ["v1"]),
            "spec.matchConstraints.resourceRules[0].operations",
            "spec.matchConstraints.resourceRules.RuleWithOperations.operations",
        ),
    ],
)
def test_in_what_it_cannot_decode_the_server_leaves_out_numbers_and_keys(
    value: dict[str, Any], shown: str, named: str
) -> None:
    assert written(value) == [(shown, named)]


def test_what_is_null_is_missing_and_not_undecodable() -> None:
    assert written(pod(containers=[{**CONTAINER, "name": None}])) == [("spec.containers[0].name",) * 2]


def test_keys_of_maps_stand_in_brackets() -> None:
    secret = made("Secret", type="kubernetes.io/ssh-auth", data={})
    assert written(secret) == [("data[ssh-privatekey]",) * 2]
    limits = pod(containers=[{**CONTAINER, "resources": {"limits": {"cpu": "-1", "a/b": "1"}}}])
    assert ("spec.containers[0].resources.limits[cpu]",) * 2 in written(limits)


def test_an_unknown_field_is_no_key() -> None:
    value = made("Service", spec={"ports": [{"port": 80, "node/port": 1}]})
    assert written(value) == [("spec.ports[0][node/port]", "spec.ports[0].node/port")]


def test_of_an_object_in_a_list_the_place_in_the_list_is_said_too() -> None:
    value = {"apiVersion": "v1", "kind": "List", "items": [service(1), service("x")]}
    assert written(value) == [("items[1].spec.ports[1].port", "items[1].spec.ports.port")]


@pytest.mark.parametrize(
    ("value", "shown", "named"),
    [
        (made("PersistentVolumeClaim", spec={"accessModes": ["ReadWriteOnce"]}), "requests[storage]", "[storage]"),
        (made("HorizontalPodAutoscaler", "autoscaling/v2"), "spec", "spec.maxReplicas"),
        (made("RoleBinding", "rbac.authorization.k8s.io/v1"), "roleRef", "roleRef.kind"),
        (
            pod(volumes=[{"name": "a", "downwardAPI": {"items": [{"fieldRef": {"fieldPath": "metadata.name"}}]}}]),
            "spec.volumes[0].downwardAPI.items[0].path",
            "spec.volumes[0].downwardAPI.path",
        ),
    ],
)
def test_of_what_is_missing_the_server_names_what_it_misses_inside(
    value: dict[str, Any], shown: str, named: str
) -> None:
    (found,) = written(value)
    assert found[0].endswith(shown)
    assert found[1].endswith(named)


def test_people_are_shown_the_place_where_the_server_leaves_out_a_part() -> None:
    template = {"metadata": {"labels": {"app": "a b"}}, "spec": {"containers": [CONTAINER]}}
    text = json.dumps(made("PodTemplate", template=template))
    (found,) = findings(made("PodTemplate", template=template))
    assert found["message"].startswith("`template.metadata.labels` has a value at `app`")
    assert found["field"] == "template.labels"
    assert text[found["column"] - 1 :].startswith('{"app"')


def test_of_a_custom_resource_the_server_decodes_nothing_but_the_metadata() -> None:
    schema = {"type": "object", "properties": {"of": {"type": "object", "additionalProperties": {"type": "string"}}}}
    thing = {"apiVersion": "example.com/v1", "kind": "Thing"}
    by_label = {"metadata": {"name": "a", "labels": {"b": 1}}, "spec": {"of": {"c/d": 1}}}
    assert written(definition(schema), {**thing, "metadata": {"name": 1}}) == [("metadata.name", "name")]
    assert written(definition(schema), {**thing, **by_label}) == [
        ("metadata.labels[b]", "labels"),
        ("spec.of[c/d]", "spec.of.c/d"),
    ]


def test_what_all_versions_of_a_definition_have_is_not_theirs_to_the_server() -> None:
    one = definition({"type": "object", "properties": {"a": {"type": "text"}}})
    (first,) = one["spec"]["versions"]
    at = "schema.openAPIV3Schema.properties[spec].properties[a].type"
    assert written(one) == [(f"spec.versions[0].{at}", "spec.validation" + at.removeprefix("schema"))]
    other = {**first, "name": "v2", "storage": False, "schema": definition({"type": "object"})["spec"]["versions"][0]}
    other["schema"] = other["schema"]["schema"]
    one["spec"]["versions"] = [other, first]
    found = dict(written(one))
    assert found[f"spec.versions[1].{at}"] == f"spec.versions[1].{at}"
