"""A field in the wrong place gets a finding that names the right one."""

import json
import re
from collections.abc import Iterator, Mapping

import pytest

from kgen.check.misplaced import along, type_name, way_out
from kgen.check.mistakes import ANY, FIELDS
from kgen.check.objects import Objects
from kgen.check.store import Store, default_directory
from kgen.diag import Path
from kgen.read import careful
from kgen.read.split import Chunk
from kgen.validate.judge import Judge

STORE = Store(default_directory())
VERSION = "1.34"

CASES: tuple[tuple[str, Path, str], ...] = (
    # another version of the API has it: the autoscaler of the articles that people copy
    ("{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler}", ("spec", "metrics"),
     "this field exists in `autoscaling/v2`"),
    ("{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler}", ("spec", "targetCPUUtilizationPercentage"),
     "this field exists in `autoscaling/v1`"),
    # it has been called otherwise
    ("{apiVersion: networking.k8s.io/v1, kind: Ingress}",
     ("spec", "rules", 0, "http", "paths", 0, "backend", "serviceName"),
     "since `networking.k8s.io/v1` it is `service.name`"),
    ("{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler}",
     ("spec", "metrics", 0, "resource", "target", "operator"),
     "there is no operator: a target is an average (`averageUtilization`, `averageValue`)"),
    # one level too high
    ("{apiVersion: v1, kind: Pod, spec: {containers: [{}]}}", ("spec", "image"), "it belongs in `spec.containers[]`"),
    ("{apiVersion: v1, kind: Pod, spec: {containers: [{}]}}", ("spec", "volumeMounts"),
     "it belongs in `spec.containers[]`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 1, "limits"),
     "it belongs in `spec.containers[1].resources`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "runAsNonRoot"),
     "it belongs in `spec.containers[0].securityContext`"),
    ("{apiVersion: batch/v1, kind: CronJob}", ("spec", "jobTemplate", "spec", "containers"),
     "it belongs in `spec.jobTemplate.spec.template.spec`"),
    ("{apiVersion: apps/v1, kind: Deployment}", ("replicas",), "it belongs in `spec`"),
    ("{apiVersion: apps/v1, kind: Deployment, metadata: {}}", ("name",), "it belongs in `metadata`"),
    # too deep
    ("{apiVersion: apps/v1, kind: Deployment}", ("spec", "template", "metadata", "spec"),
     "indented too far: did you mean `spec.template.spec`?"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "volumes"),
     "indented too far: did you mean `spec.volumes`?"),
    ("{apiVersion: v1, kind: Service}", ("spec", "ports", 0, "selector"),
     "indented too far: did you mean `spec.selector`?"),
    # the two security contexts
    ("{apiVersion: v1, kind: Pod}", ("spec", "securityContext", "privileged"),
     "it belongs in the `securityContext` of a container"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "securityContext", "fsGroup"),
     "it belongs in the `securityContext` of the pod, beside `containers`"),
    # amounts
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "resources", "cpu"),
     "amounts stand below `requests` and `limits`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "initContainers", 0, "memory"),
     "it belongs in `resources`, below `requests` and `limits`"),
    ("{apiVersion: v1, kind: PersistentVolumeClaim}", ("spec", "storage"),
     "the size of a claim is `resources.requests.storage`"),
    ("{apiVersion: v1, kind: PersistentVolumeClaim}", ("spec", "resources", "storage"), "it is `requests.storage`"),
    ("{apiVersion: v1, kind: PersistentVolume}", ("spec", "size"), "the size of a volume is `capacity.storage`"),
    # selectors: what is near a field is misspelt, everything else is a label
    ("{apiVersion: apps/v1, kind: Deployment}", ("spec", "selector", "app"), "labels stand below `matchLabels`"),
    ("{apiVersion: apps/v1, kind: Deployment}", ("spec", "selector", "matchLabel"), ""),
    ("{apiVersion: v1, kind: Service}", ("spec", "matchLabels"), "here it is `selector`"),
    ("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy}", ("spec", "ingress", 0, "podSelector"),
     "it belongs in `from`, a list"),
    ("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy}", ("spec", "egress", 0, "from"),
     "traffic that goes out has `to`"),
    # references
    ("{apiVersion: v1, kind: Pod}", ("spec", "volumes", 0, "secret", "name"), "here it is `secretName`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "volumes", 0, "persistentVolumeClaim", "name"), "here it is `claimName`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "volumes", 0, "configMap", "configMapName"), "here it is `name`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "envFrom", 0, "secretRef", "key"),
     "it takes all keys: for one, write `env` with `valueFrom`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "env", 0, "configMapRef"),
     "for one key it is `valueFrom.configMapKeyRef`; for all, write `envFrom`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "env", 0, "PORT"),
     "a variable has `name`, and `value` or `valueFrom`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "env", 0, "secretKeyRef"),
     "it belongs in `spec.containers[0].env[0].valueFrom`"),
    # what Docker and Compose call otherwise
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "environment"),
     "here it is `env`, a list of `name` and `value`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "entrypoint"),
     "what an image calls `ENTRYPOINT` is `command` here; its `CMD` is `args`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "ports", 0, "port"), "here it is `containerPort`"),
    ("{apiVersion: v1, kind: Service}", ("spec", "ports", 0, "containerPort"), "here it is `targetPort`"),
    ("{apiVersion: v1, kind: Pod}", ("spec", "containers", 0, "volumeMounts", 0, "path"), "here it is `mountPath`"),
    # another kind has it
    ("{apiVersion: apps/v1, kind: DaemonSet}", ("spec", "replicas"),
     "a DaemonSet runs one pod on each node: it has no `replicas`"),
    ("{apiVersion: apps/v1, kind: StatefulSet}", ("spec", "strategy"), "in a StatefulSet it is `updateStrategy`"),
    ("{apiVersion: v1, kind: ConfigMap}", ("stringData",), "only a Secret has `stringData`: here it is `data`"),
    ("{apiVersion: v1, kind: ConfigMap}", ("spec",), "this kind has no `spec`: its fields stand beside `metadata`"),
    # a slip of the pen inside the very field
    ("{apiVersion: v1, kind: Service}", ("spec", "ports", 0, "ports"), ""),
    # nobody can tell
    ("{apiVersion: v1, kind: Pod}", ("spec", "foo"), ""),
    ("{apiVersion: v1, kind: Pod}", ("spec", "name"), ""),
    ("{apiVersion: acme.example/v1, kind: Widget}", ("spec", "image"), ""),
    ("{apiVersion: v1, kind: Pod}", ("metadata", "labels", "foo", "bar"), ""),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "path", "said"), CASES, ids=lambda each: ".".join(map(str, each)) if isinstance(each, tuple) else ""
)
def test_the_right_place_is_named(text: str, path: Path, said: str) -> None:
    value, _ = careful.read(text.encode())
    assert way_out(value, path, STORE, VERSION).help if False else way_out(value, path, STORE, VERSION).help == said


def types() -> Iterator[tuple[str, str]]:
    """Yield the types of the newest version, each with the definition that has its fields."""
    seen: set[str] = set()
    left = [name for name in STORE.kinds(STORE.versions()[-1]).values() if name]
    while left:
        if (name := left.pop()) in seen:
            continue
        seen.add(name)
        yield type_name((name, {})), name
        left += re.findall(r'"\$ref": "([^"]+)"', json.dumps(STORE.definition(name)))


def test_mistakes_are_about_types_that_do_not_have_the_field_but_another() -> None:
    known: dict[str, str] = dict(types())
    assert FIELDS.keys() - known.keys() == set()
    for name, mistakes in FIELDS.items():
        has = STORE.definition(known[name])["properties"]
        assert mistakes.keys() & has.keys() == set(), name
        for place, _ in mistakes.values():
            steps = tuple(step for step in place.split(".") if place and step != ANY)
            # amounts are keys of a map
            steps = steps[:-1] if steps[-2:-1] in {("requests",), ("capacity",)} else steps
            assert len(list(along(STORE, known[name], steps))) == len(steps) + 1, (name, place)


WRONG = "is no field that Kubernetes knows"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: 'b:1', %s}]%s}\n"
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"

CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\n"
JOB = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\n"
CONTAINERS = "containers: [{name: a, image: 'b:1'}]"

ONE_FAULT: Mapping[str, tuple[str, list[str]]] = {
    "misspelt, and required by the schema": (
        POD % ("ports: [{containerport: 80}]", ""),
        [f"`spec.containers[0].ports[0].containerport` {WRONG}"],
    ),
    "misspelt, and required by the server's code": (
        CLAIM + "spec: {accessMode: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n",
        [f"`spec.accessMode` {WRONG}"],
    ),
    "called otherwise": (
        POD % ("tty: true", ", volumes: [{name: a, secret: {name: b}}]"),
        [f"`spec.volumes[0].secret.name` {WRONG}"],
    ),
    "indented too far": (
        DEPLOYMENT + "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}, "
        f"spec: {{{CONTAINERS}}}}}}}}}\n",
        [f"`spec.template.metadata.spec` {WRONG}"],
    ),
    "not far enough": (JOB + f"spec: {{{CONTAINERS}}}\n", [f"`spec.containers` {WRONG}"]),
    "misspelt labels, which the selector does not find": (
        DEPLOYMENT + "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {label: {a: b}}, "
        f"spec: {{{CONTAINERS}}}}}}}\n",
        [f"`spec.template.metadata.label` {WRONG}"],
    ),
    "misspelt, but what is in it lacks something, too": (
        DEPLOYMENT + "sepc: {selector: {matchLabels: {a: b}}}\n",
        [f"`sepc` {WRONG}", "`spec.template.spec.containers` is required, with at least one container"],
    ),
    "something else is missing": (
        POD % ("prots: []", ", volumes: [{name: a, persistentVolumeClaim: {foo: b}}]"),
        [
            f"`spec.containers[0].prots` {WRONG}",
            "`spec.volumes[0].persistentVolumeClaim.claimName` is required, but missing",
            f"`spec.volumes[0].persistentVolumeClaim.foo` {WRONG}",
        ],
    ),
}


@pytest.mark.parametrize(("text", "messages"), ONE_FAULT.values(), ids=ONE_FAULT.keys())
def test_one_fault_is_one_finding(text: str, messages: list[str]) -> None:
    judge = Judge(Objects(STORE, (VERSION,), lambda *_: None), profile="server")
    made = judge.document(Chunk(text.encode()), 0, "a.yaml")
    assert sorted(found.message for found in made.found) == sorted(messages)
