"""Corners of rules of practice that one example for each row does not show."""

import pytest

from kgen.check.practice import families, starting
from kgen.check.resource import Resource
from kgen.read import careful

NEWEST = (1, 36)


def rows(resource: Resource, profile: str = "strict", version: tuple[int, int] = NEWEST) -> set[str]:
    return {fault.row for rule in families.checks(resource.key, profile) for fault in rule(resource, version)}


def of(text: str) -> Resource:
    return Resource(careful.read(text.encode())[0])


def container(text: str) -> Resource:
    return of(f"{{apiVersion: v1, kind: Pod, metadata: {{name: web}}, spec: {{containers: [{text}]}}}}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # what breaks an app: only if it is certain
        ('env: [{name: A, value: "$(B)"}, {name: B, value: b}]', {"REL17"}),
        ('env: [{name: A, value: "$(B)"}, {name: B, value: b}], envFrom: [{configMapRef: {name: a}}]', set()),
        ('env: [{name: A, value: "$$(B)"}, {name: B, value: b}]', set()),
        ('env: [{name: B, value: a}, {name: A, value: "$(B)"}, {name: B, value: b}]', set()),
        ('env: [{name: A, value: "$(A):/bin"}]', set()),
        ('env: [{name: A, value: "$(DB_SERVICE_HOST)"}, {name: DB_SERVICE_HOST, value: b}]', set()),
        ("resources: {limits: {memory: 512}}", {"RSC07"}),
        ('resources: {requests: {memory: "512"}}', {"RSC07"}),
        ("resources: {limits: {memory: 134217728}}", set()),
        ("resources: {limits: {memory: 0}}", set()),
        ("resources: {limits: {memory: 512m}}", set()),
        ("resources: {limits: {cpu: 1Gi}}", {"RSC07"}),
        ("resources: {limits: {cpu: 500}}", {"RSC13"}),
        ("resources: {requests: {cpu: 1}, limits: {cpu: 500}}", set()),
        ('resources: {requests: {cpu: "250"}, limits: {cpu: 500}}', {"RSC13"}),
        ("resources: {requests: {cpu: 100}, limits: {cpu: 100}}", set()),
        ('resources: {requests: {cpu: "99999999999999999999999999"}}', set()),
        ("securityContext: {runAsNonRoot: true, runAsUser: 0}", {"SEC36"}),
        ("securityContext: {runAsNonRoot: false, runAsUser: 0}", set()),
        ("securityContext: {runAsNonRoot: true, runAsUser: 1}", set()),
        ("securityContext: {runAsNonRoot: true}", set()),
        ('command: ["python app.py"]', {"REL22"}),
        ('command: ["sh -c", "echo"]', {"REL22"}),
        ('command: ["/bin/sh -c"]', {"REL22"}),
        ('command: ["./run.sh now"]', {"REL22"}),
        ('command: ["/opt/My App/run"]', set()),
        ('command: ["python", "my app.py"]', set()),
        ("livenessProbe: {exec: {command: [curl localhost]}}", {"REL22"}),
        ("lifecycle: {preStop: {exec: {command: [sleep 5]}}}", {"REL22"}),
        ("image: '{{ .Values.image }}'", {"IMG04"}),
        ("image: ghcr.io/CHANGEME/web", {"IMG04"}),
        ("image: ko://example.com/acme/cmd/web", {"IMG04"}),
        ("image: ghcr.io/todolist/web:1", set()),
        ("image: registry.example.com/web:1", set()),
        ("image: quay.io/coreos/etcd:v3", {"IMG08"}),
        ("image: quay.io/coreos/flannel:v0.26.0", set()),
        ("image: quay.io/coreos/etcd-operator:v0.9.4", set()),
    ],
)
def test_default_profile(text: str, found: set[str]) -> None:
    assert rows(container(f"{{name: web, {text}}}"), "default") == found


@pytest.mark.parametrize(
    ("of_pod", "of_containers", "places"),
    [
        ("{runAsNonRoot: true, runAsUser: 0}", "{}, {}", ["spec"]),
        ("{runAsNonRoot: true, runAsUser: 0}", "{runAsUser: 1}, {runAsNonRoot: false}", []),
        ("{runAsNonRoot: true}", "{runAsUser: 0}, {runAsUser: 1}, {runAsUser: 0}", ["0", "2"]),
        ("{runAsUser: 0}", "{runAsNonRoot: true}, {}", ["spec"]),
    ],
)
def test_the_user_of_a_container_goes_before_that_of_the_pod(
    of_pod: str, of_containers: str, places: list[str]
) -> None:
    contexts = of_containers.replace("{", "{name: a, securityContext: {").replace("}", "}}")
    text = f"{{apiVersion: v1, kind: Pod, spec: {{securityContext: {of_pod}, containers: [{contexts}]}}}}"
    found = [each.path for each in starting.root_users_that_are_refused(of(text), NEWEST)]
    assert [str(path[2]) if len(path) > 3 else "spec" for path in found] == places


def test_a_command_in_one_word_is_shown_as_the_list_that_is_meant() -> None:
    texts = {
        "python app.py --port '80 1'": 'write `["python", "app.py", "--port", "80 1"]`',
        "node a.js && exit": 'write `["sh", "-c", "node a.js && exit"]`',
        "echo 'a": """write `["sh", "-c", "echo 'a"]`""",
    }
    for text, helped in texts.items():
        pod = Resource({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"command": [text]}]}})
        assert [each.help for each in starting.commands_in_one_word(pod, NEWEST)] == [helped]


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ("policyTypes: [Ingress], ingress: [{}], egress: [{}]", ["egress"]),
        ("policyTypes: [Egress], ingress: [{}], egress: [{}]", ["ingress"]),
        ("policyTypes: [Ingress], egress: []", []),
        ("ingress: [{}], egress: [{}]", []),
        ("policyTypes: [Ingress, Egress], egress: [{}]", []),
    ],
)
def test_rules_of_policies_without_effect(spec: str, found: list[str]) -> None:
    policy = of(f"{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, spec: {{podSelector: {{}}, {spec}}}}}")
    faults = [each for rule in families.checks(policy.key, "default") for each in rule(policy, NEWEST)]
    assert [each.path[-1] for each in faults] == found


@pytest.mark.parametrize(
    ("text", "row", "is_found"),
    [
        ('env: [{name: A, value: "$(A):/bin"}]', "REL21", True),
        ('env: [{name: A, value: "$(date +%s)"}]', "REL21", False),
        ("imagePullPolicy: Never, image: web:main", "IMG05", True),
        ("image: web:main", "IMG05", False),
        ("securityContext: {capabilities: {drop: [all]}}", "SEC09", False),
        ("securityContext: {capabilities: {add: [CAP_NET_ADMIN]}}", "SEC09", True),
        ("securityContext: {capabilities: {add: [NET_ADMIM]}}", "SEC09", True),
        (
            "livenessProbe: {httpGet: {port: 1}, periodSeconds: 20}, readinessProbe: {httpGet: {port: 1}}",
            "PRO03",
            False,
        ),
        ("livenessProbe: {httpGet: {port: 1}}, readinessProbe: {httpGet: {port: 2}}", "PRO03", False),
        ("livenessProbe: {tcpSocket: {port: 1}}, readinessProbe: {tcpSocket: {port: 1}}", "PRO03", True),
        ('livenessProbe: {exec: {command: [sh, -c, "a || /usr/bin/curl b"]}}', "PRO06", True),
        ("livenessProbe: {exec: {command: [cat, /tmp/curl]}}", "PRO06", False),
        ("livenessProbe: {initialDelaySeconds: 90, exec: {}}, startupProbe: {exec: {}}", "PRO04", False),
        ("resources: {limits: {memory: 512}}", "RSC09", False),
        ("resources: {limits: {memory: 1Gi}}", "RSC10", False),
        ("resources: {limits: {cpu: 2}, requests: {cpu: 100m}}", "RSC10", True),
    ],
)
def test_containers(text: str, row: str, is_found: bool) -> None:  # noqa: FBT001  # a column of the table
    assert (row in rows(container(f"{{name: web, {text}}}"))) is is_found


def service(text: str) -> Resource:
    return of(f"{{apiVersion: v1, kind: Service, metadata: {{name: web, namespace: shop}}, spec: {{{text}}}}}")


@pytest.mark.parametrize(
    ("text", "version", "found"),
    [
        ("type: ExternalName, externalName: 127.0.0.53", NEWEST, {"SEC35"}),
        ("type: ExternalName, externalName: LOCALHOST.", NEWEST, {"SEC35"}),
        ("type: ExternalName, externalName: 127.example.com", NEWEST, set()),
        ("externalName: localhost", NEWEST, set()),
        ("externalIPs: [203.0.113.7]", (1, 35), {"SEC29"}),
        ("externalIPs: [203.0.113.7]", (1, 36), set()),
        ("ports: [{name: ssh, port: 22, targetPort: 22}]", NEWEST, {"SEC21"}),
        ("ports: [{port: 80, appProtocol: http}]", NEWEST, set()),
        ("type: LoadBalancer, loadBalancerClass: example.com/internal", NEWEST, set()),
    ],
)
def test_services(text: str, version: tuple[int, int], found: set[str]) -> None:
    assert rows(service(text), version=version) == found


@pytest.mark.parametrize(
    "annotation",
    [
        'service.beta.kubernetes.io/aws-load-balancer-internal: "true"',
        "service.beta.kubernetes.io/aws-load-balancer-scheme: internal",
        "networking.gke.io/load-balancer-type: Internal",
        'service.beta.kubernetes.io/azure-load-balancer-internal: "true"',
    ],
)
def test_internal_load_balancers_are_not_open(annotation: str) -> None:
    made = service("type: LoadBalancer")
    made.value["metadata"]["annotations"] = careful.read(annotation.encode())[0]
    assert rows(made) == set()


@pytest.mark.parametrize(
    ("kind", "rule", "found"),
    [
        ("Role", "{apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [web]}", set()),
        ("Role", "{apiGroups: [''], resources: [secrets], verbs: [create]}", set()),
        ("Role", "{apiGroups: [''], resources: [secrets], verbs: ['*']}", {"RBP01", "RBP03"}),
        ("Role", "{apiGroups: [example.com], resources: [secrets], verbs: [get]}", set()),
        ("Role", "{apiGroups: ['*'], resources: ['*'], verbs: ['*']}", {"RBP01"}),
        ("Role", "{apiGroups: [apps], resources: [pods], verbs: [create]}", set()),
        ("Role", "{apiGroups: [''], resources: [nodes/proxy], verbs: [get]}", set()),
        ("ClusterRole", "{apiGroups: [''], resources: [nodes/proxy], verbs: [get]}", {"RBP07"}),
        ("ClusterRole", "{apiGroups: [certificates.k8s.io], resources: [signers], verbs: [approve]}", {"RBP09"}),
        ("ClusterRole", "{nonResourceURLs: ['*'], verbs: [get]}", set()),
    ],
)
def test_roles(kind: str, rule: str, found: set[str]) -> None:
    api = "rbac.authorization.k8s.io/v1"
    assert rows(of(f"{{apiVersion: {api}, kind: {kind}, metadata: {{name: web}}, rules: [{rule}]}}")) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{apiVersion: v1, kind: Namespace, metadata: {name: default, creationTimestamp: null}}", set()),
        ("{apiVersion: apiextensions.k8s.io/v1, kind: A, metadata: {name: a}, status: {conditions: [], a: ''}}", set()),
        ("{apiVersion: v1, kind: A, metadata: {name: a}, status: {phase: Active}}", {"MTP03"}),
        ("{apiVersion: example.com/v1, kind: A, metadata: {name: a}, status: {phase: Active}}", set()),
        ("{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, components: null}", set()),
    ],
)
def test_objects(text: str, found: set[str]) -> None:
    assert rows(of(text)) == found
