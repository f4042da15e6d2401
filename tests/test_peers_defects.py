# ruff: noqa: E501  # tables: a case is a line
"""
What other tools let pass or refuse wrongly, from their own issue trackers and code, and what kgen says.

A case names the tool and, where there is one, its issue.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from kgen.commands.validate import Request, run
from kgen.validate import workers

METADATA = "metadata: {name: web, labels: {app: web}}"
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  names: {kind: Thing, plural: things}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {low: {type: integer}, high: {type: integer}}
            x-kubernetes-validations: [{rule: self.low <= self.high}]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(workers, "idle_cores", lambda: 1)


def documents(text: str, *versions: str) -> list[dict[str, Any]]:
    Path("all.yaml").write_text(text, "utf-8")
    out = io.StringIO()
    request = Request(paths=("all.yaml",), profile="server", output_format="json", versions=versions or ("1.36",))
    run(request, io.BytesIO(), out, io.StringIO())
    made: list[dict[str, Any]] = json.loads(out.getvalue())["documents"]
    return made


def said(text: str, *versions: str) -> list[tuple[str, str]]:
    """Return the findings about all documents: name of the rule, and field as the server writes it."""
    return [(each["name"], each["field"]) for document in documents(text, *versions) for each in document["findings"]]


def pod(container: str = "", spec: str = "", metadata: str = METADATA) -> str:
    return f"apiVersion: v1\nkind: Pod\n{metadata}\nspec:\n  containers:\n  - name: web\n    image: web:1\n    {container}\n  {spec}\n"


def service(spec: str, metadata: str = METADATA) -> str:
    return f"apiVersion: v1\nkind: Service\n{metadata}\nspec: {{{spec}}}\n"


def named(kind: str, name: str) -> str:
    api_version = {
        "PodDisruptionBudget": "policy/v1",
        "Role": "rbac.authorization.k8s.io/v1",
        "StatefulSet": "apps/v1",
    }.get(kind, "v1")
    template = "{metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: 'web:1'}]}}"
    spec = {
        "StatefulSet": f"spec: {{serviceName: web, selector: {{matchLabels: {{app: web}}}}, template: {template}}}",
        "Service": "spec: {ports: [{port: 80}]}",
    }.get(kind, "")
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}}}\n{spec}\n"


REFUSED: dict[str, tuple[str, tuple[str, str]]] = {
    "kubeconform 259, 82, 65, 142, 235, 122: a name with capitals": (named("ConfigMap", "Web_1"), ("object-name-not-subdomain", "metadata.name")),
    "kubeconform 315: a label with a blank": (pod(metadata="metadata: {name: web, labels: {app: a b}}"), ("label-value-malformed", "metadata.labels")),
    "kubeconform 315: a label that is a number": (pod(metadata="metadata: {name: web, labels: {app: 1}}"), ("wrong-kubernetes-type", "metadata.labels")),
    "kubeconform 275: an annotation that is a boolean": (pod(metadata="metadata: {name: web, annotations: {a: yes}}"), ("wrong-kubernetes-type", "metadata.annotations")),
    "kubeconform 275: the key of an annotation": (pod(metadata="metadata: {name: web, annotations: {a b: x}}"), ("annotation-key-malformed", "metadata.annotations")),
    "kubeconform 178: the name of a port is too long": (pod("ports: [{containerPort: 80, name: metrics-and-health}]"), ("malformed-port-name", "spec.containers[0].ports[0].name")),
    "kubeconform 181, kubeval 185, 195: a quantity": (pod("resources: {limits: {memory: 10 GB}}"), ("malformed-value", "spec.containers[0].resources.limits[memory]")),
    "kubeconform 148: a required field is missing": (pod(spec="volumes: [{configMap: {name: x}}]"), ("missing-kubernetes-field", "spec.volumes[0].name")),
    "kubeconform 341, 313: an unknown field": (pod("imagePullpolicy: Always"), ("unknown-kubernetes-field", "spec.containers[0].imagePullpolicy")),
    "kubeconform 121, helm 5524: a key twice": (pod("image: web:2"), ("duplicate-key", "")),
    "kubeconform 248, kubeval 189: a removed API": ("apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: web}\n", ("unknown-kubernetes-kind", "kind")),
    "every schema: a protocol in lower case": (service("ports: [{port: 80, protocol: tcp}]"), ("unknown-service-protocol", "spec.ports[0].protocol")),
    "every schema: a policy that there is not": (pod(spec="restartPolicy: Foo"), ("restart-policy-unknown", "spec.restartPolicy")),
    "every schema: a port above all ports": (service("ports: [{port: 99999}]"), ("service-port-out-of-range", "spec.ports[0].port")),
    "kubernetes 28974: two ports of one name": (service("ports: [{name: a, port: 80}, {name: a, port: 81}]"), ("repeated-service-port-name", "spec.ports[1].name")),
    "flux-schema: a dot in the name of a Namespace": (named("Namespace", "a.b"), ("object-name-not-dns-label", "metadata.name")),
    "flux-schema: a dot in the name of a Service": (named("Service", "a.b"), ("service-name-not-dns-label", "metadata.name")),
    "flux-schema: a dot in the name of a StatefulSet": (named("StatefulSet", "a.b"), ("object-name-not-dns-label", "metadata.name")),
    "kube-linter: the spelling of a target port": (service("ports: [{port: 80, targetPort: Web}]"), ("malformed-target-port", "spec.ports[0].targetPort")),
    "kubeconform 236, crossplane 5327: a rule in CEL": (
        f"{DEFINITION}---\napiVersion: example.com/v1\nkind: Thing\nmetadata: {{name: a}}\nspec: {{low: 2, high: 1}}\n",
        ("custom-rule-violated", "spec"),
    ),
}  # fmt: skip

ACCEPTED = {
    "flux-schema: names of roles may be anything in a path": named("Role", "system:Web"),
    "kubernetes-validate: null for a quantity": pod("resources: {limits: {memory: null}}"),
    "kubernetes-validate: null for a port": service("ports: [{port: 80, targetPort: null}]"),
    "kubeconform 121: keys of different mappings": pod("env: [{name: A, value: x}, {name: B, value: x}]"),
    "kubeconform 94, 32, 27: an empty document": f"---\n# nothing\n---\n{pod()}",
    "flux-schema: a budget for one app": f"{named('PodDisruptionBudget', 'web.example')}spec: {{maxUnavailable: 1, selector: {{matchLabels: {{app: web}}}}}}\n",
    "kube-linter: a service without selector": service("ports: [{port: 80}]"),
    "YAML 1.2 readers: a number in base 16": pod(spec="terminationGracePeriodSeconds: 0x1e"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
def test_others_let_it_pass(text: str, expected: tuple[str, str]) -> None:
    assert expected in said(text)
    assert any(document["valid"] is False for document in documents(text))


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_others_refuse_it(text: str) -> None:
    assert said(text) == []


def test_versions_are_numbers() -> None:
    """kubernetes-validate compares them as text, so that 1.9 comes after 1.30."""
    text = "apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
    text += "spec: {maxReplicas: 1, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}\n"
    assert said(text, "1.25") == []
    assert said(text, "1.26")


def test_nothing_is_passed_over_unseen() -> None:
    """Each document has an outcome, and broken ones are not green (kubeconform 94, 32, 27, 230; pluto 196, 210, 317)."""
    found = documents(
        f"a: 1\n---\n{pod()}---\nkind: List\napiVersion: v1\nitems: [{{apiVersion: v1, kind: Pod}}]\n---\napiVersion: v1\nkind: Pod\nmetadata: [\n"
    )
    assert [document["valid"] for document in found] == [None, True, False, False]
