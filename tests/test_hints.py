"""Values that are wrong come with the way in which they would be right."""

import pytest

from kgen.check.fault import Fault, Keyword
from kgen.check.hints import hint
from kgen.check.objects import Objects
from kgen.check.store import Store, default_directory
from kgen.diag import Diagnostic
from kgen.read.split import Chunk
from kgen.validate.judge import Judge

STORE, VERSION = Store(default_directory()), "1.34"
JUDGE = Judge(Objects(STORE, (VERSION,), lambda *_: None), profile="server")
HEAD = "metadata: {name: a}\n"
POD = f"apiVersion: v1\nkind: Pod\n{HEAD}"
CONFIG_MAP = f"apiVersion: v1\nkind: ConfigMap\n{HEAD}"
SECRET = f"apiVersion: v1\nkind: Secret\n{HEAD}"
SERVICE = f"apiVersion: v1\nkind: Service\n{HEAD}"
INGRESS = f"apiVersion: networking.k8s.io/v1\nkind: Ingress\n{HEAD}"
DEPLOYMENT = f"apiVersion: apps/v1\nkind: Deployment\n{HEAD}"
TEMPLATE = "template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}"


def found(text: str) -> tuple[Diagnostic, ...]:
    return JUDGE.document(Chunk(text.encode()), 0, "a.yaml").found


def in_container(fields: str) -> str:
    return f"{POD}spec:\n  containers: [{{name: a, image: b, {fields}}}]\n"


def in_volume(fields: str) -> str:
    return in_container("tty: true") + f"  volumes: [{{name: a, {fields}}}]\n"


def limits(amount: str) -> str:
    return in_container(f"resources: {{limits: {{memory: {amount}}}}}")


CASES: dict[str, str] = {
    # a list
    in_container("command: python app.py"): 'write a list: `["python", "app.py"]`',
    in_container("command: cat a | wc"): 'write a list: `["sh", "-c", "cat a | wc"]`',
    in_container("""command: sh -c 'cat "a"'"""): "write a list: each entry on a line of its own after `- `",
    in_container("args: --foo"): 'write a list: `["--foo"]`',
    in_container("env: {A: b}"): "write a list: `- name: A`, with `value: b` below `name`",
    in_container("env: {A: 5}"): 'write a list: `- name: A`, with `value: "5"` below `name`',
    in_container("ports: 80"): "write `- containerPort: 80`",
    in_container("ports: {containerPort: 80}"): "write a list: `- ` before the first field of each entry",
    in_container("ports: true"): "",
    f"{POD}spec: {{containers: {{web: {{image: b}}}}}}": (
        "write a list: `- name: web`, with the other fields below `name`"
    ),
    # an entry of a list
    in_container("ports: [80]"): "write `- containerPort: 80`",
    in_container("ports: [http]"): "",
    in_container('ports: ["8080:80"]'): "write `- hostPort: 8080`, with `containerPort: 80` below `hostPort`",
    in_container('ports: ["127.0.0.1:8080:80"]'): "",
    in_container("env: [A=b]"): "write `- name: A`, with `value: b` below `name`",
    in_container('volumeMounts: ["data:/data"]'): "write `- name: data`, with `mountPath: /data` below `name`",
    f"{SERVICE}spec: {{ports: [80]}}": "write `- port: 80`",
    f"{SERVICE}spec: {{ports: ['80:8080']}}": "write `- port: 80`, with `targetPort: 8080` below `port`",
    f"{POD}spec: {{containers: [{{name: a, image: b}}], imagePullSecrets: [regcred]}}": "write `- name: regcred`",
    # a mapping
    in_container("envFrom: [{secretRef: a}]"): "write `name: a` below it",
    in_volume("persistentVolumeClaim: a"): "write `claimName: a` below it",
    in_volume("secret: a"): "write `secretName: a` below it",
    in_volume("emptyDir: true"): "write `{}`",
    in_container("livenessProbe: {tcpSocket: 80}"): "write `port: 80` below it",
    f"{DEPLOYMENT}spec: {{strategy: Recreate, selector: {{matchLabels: {{a: b}}}}, {TEMPLATE}}}": (
        "write `type: Recreate` below it"
    ),
    f"{INGRESS}spec: {{defaultBackend: web}}": "",
    f"{INGRESS}spec: {{defaultBackend: {{service: {{name: a, port: 80}}}}}}": "write `number: 80` below it",
    f"{INGRESS}spec: {{defaultBackend: {{service: {{name: a, port: http}}}}}}": "write `name: http` below it",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: [{a: b}]}": (
        "it is no list: write its fields without `- `"
    ),
    in_container("livenessProbe: {exec: cat /a}"): 'write `command: ["cat", "/a"]` below it',
    in_container("securityContext: {capabilities: [NET_ADMIN]}"): 'write `add: ["NET_ADMIN"]` below it',
    f"{SERVICE}spec: {{selector: app=web, ports: [{{port: 80}}]}}": "write `app: web` below it",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: b}": "write pairs below it, as `name: value`",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: [a=b]}": "write `a: b` below it",
    # numbers
    f"{POD}spec: {{containers: [{{name: a, image: b}}], terminationGracePeriodSeconds: 30s}}": "write `30`",
    in_container("securityContext: {runAsUser: root}"): (
        "write the number, which `id` prints in the container: a server knows no names of users and groups"
    ),
    # words
    f"apiVersion: v1\nkind: PersistentVolumeClaim\n{HEAD}"
    "spec: {accessModes: [RWO], resources: {requests: {storage: 1Gi}}}": "did you mean `ReadWriteOnce`?",
    # text
    in_container("env: [{name: A, value: {secretKeyRef: {name: a, key: b}}}]"): (
        "write `valueFrom` in place of `value` for a reference"
    ),
    in_container("workingDir: [/a]"): "there can be one only: write `/a` without `- ` and brackets",
    f"{CONFIG_MAP}data: {{a: {{b: c}}}}": "a value is text: write `|` after the key, and the text below it",
    f"{SERVICE}spec: {{selector: {{matchLabels: {{a: b}}}}, ports: [{{port: 80}}]}}": (
        "a Service selects by labels alone: write them directly below `selector`"
    ),
    f"{CONFIG_MAP}data: {{a: 5}}": 'put quotes around it: `"5"`',
    # quantities
    limits("256MB"): "did you mean `256M` or `256Mi`?",
    limits("1 Gi"): "did you mean `1Gi`?",
    limits("1gi"): "did you mean `1Gi`?",
    limits("'1,5GiB'"): "did you mean `1.5Gi`?",
    limits("100 m"): "did you mean `100m`?",
    limits("64K"): "did you mean `64k` or `64Ki`?",
    limits("512m"): "`m` is a thousandth: did you mean `512Mi`?",
    limits("0.5"): "",
    limits("lots"): "",
    # ports
    in_container('ports: [{containerPort: "80"}]'): "remove the quotes",
    in_container('livenessProbe: {httpGet: {port: "80"}}'): "remove the quotes",
    f"{SERVICE}spec: {{ports: [{{port: 80, targetPort: '80'}}]}}": "remove the quotes",
    # modes
    in_volume("configMap: {name: a, defaultMode: 644}"): "write it in octal, as `0644`, or in decimal, as `420`",
    in_volume("configMap: {name: a, defaultMode: 888}"): "",
    in_volume("configMap: {name: a, defaultMode: 7777}"): "",
    # names
    f"{INGRESS}spec: {{rules: [{{host: Foo.example.com}}]}}": "did you mean `foo.example.com`?",
    f"{INGRESS}spec: {{rules: [{{host: '*.Foo.example.com'}}]}}": "did you mean `*.foo.example.com`?",
    f"{INGRESS}spec: {{rules: [{{host: 'https://example.com/'}}]}}": "did you mean `example.com`?",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: My_App}": "did you mean `my-app`?",
    # what is missing
    f"{INGRESS}spec: {{rules: [{{http: {{paths: [{{backend: {{service: {{name: a, port: {{number: 80}}}}}}}}]}}}}]}}": (
        "add `pathType: Prefix`, or `Exact` for this path alone"
    ),
    # base64
    f"{SECRET}data: {{a: hello world}}": "put plain text below `stringData`, or encode it as base64",
    f"{CONFIG_MAP}binaryData: {{a: hello world}}": "put plain text below `data`, or encode it as base64",
}


@pytest.mark.parametrize(("text", "helped"), CASES.items(), ids=lambda each: each[-50:])
def test_the_way_out_is_shown(text: str, helped: str) -> None:
    assert [each.help for each in found(text)] == [helped]


@pytest.mark.parametrize(
    "data", ["stringData: {a: 12345}", "stringData: {a: [hunter2]}", "data: {a: {b: hunter2}}", "data: hunter2"]
)
def test_a_way_out_of_a_secret_does_not_show_it(data: str) -> None:
    (only,) = found(SECRET + data)
    assert "12345" not in only.help
    assert "hunter2" not in only.help


def test_a_selector_and_the_labels_that_it_does_not_find_are_shown() -> None:
    (only,) = found(f"{DEPLOYMENT}spec: {{selector: {{matchLabels: {{a: c}}}}, {TEMPLATE}}}")
    assert only.message.endswith('must match the `selector` of the workload, `{"a": "c"}`, but are `{"a": "b"}`')


@pytest.mark.parametrize(
    ("text", "helped"),
    [
        ("apiversion: v1\nkind: Service\n", "did you mean `apiVersion`?"),
        ("apiVersion: v1\nKind: Service\n", "did you mean `kind`?"),
        ("apiversion: v1\nKind: Service\n", "did you mean `apiVersion` and `kind`?"),
        ("kind: Service\n", ""),
    ],
)
def test_misspelt_first_fields_are_named(text: str, helped: str) -> None:
    (only,) = found(text + HEAD)
    assert (only.rule.name, only.help) == ("object-without-kind", helped)


def test_a_configmap_that_is_too_large_is_so_at_its_data() -> None:
    (only,) = found(f"{CONFIG_MAP}data: {{a: {'x' * 2**20}, b: z}}")
    assert only.message.startswith("`data` must have at most")
    assert only.at.field == "[]"


def test_of_a_custom_kind_nothing_is_guessed() -> None:
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "spec": {"ports": 80, "command": "a b"}}
    for key in ("ports", "command"):
        fault = Fault(keyword=Keyword.TYPE, message="must be a list, but is", path=("spec", key))
        assert hint(fault, widget, STORE, VERSION) == ""
