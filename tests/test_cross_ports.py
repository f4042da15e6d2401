"""Ports of Services, pods and nodes: the corners of the rules."""

import pytest

from kgen.check.cross.service_links import READERS, repository
from test_cross_rules import found_in, rows

OWN = "XPORT"


def service(port: str, *, name: str = "web", spec: str = "", namespace: str = "") -> str:
    where = f", namespace: {namespace}" if namespace else ""
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}{where}}}\n"
        f"spec: {{selector: {{app: web}}, ports: [{{{port}}}]{spec}}}\n"
    )


def pod(ports: str, *, name: str = "web", spec: str = "", container: str = "", where: str = "containers") -> str:
    main = "" if where == "containers" else ", containers: [{name: main, image: example.com/main:1}]"
    return (
        f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {{app: web}}}}\n"
        f"spec: {{{where}: [{{name: web, image: example.com/web:1, ports: [{ports}]{container}}}]{main}{spec}}}\n"
    )


def workload(kind: str, name: str, port: str, spec: str = "", pod_spec: str = "") -> str:
    return (
        f"---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}}}\n"
        f"spec: {{selector: {{matchLabels: {{app: {name}}}}}, template: {{metadata: {{labels: {{app: {name}}}}},"
        f" spec: {{containers: [{{name: web, image: example.com/web:1, ports: [{{{port}}}]}}]{pod_spec}}}}}{spec}}}\n"
    )


def told(text: str, profile: str = "default") -> list[str]:
    return [row for row in rows(found_in(text, profile=profile)) if row.startswith(OWN)]


NAMED = "{containerPort: 8080, name: http}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (service("port: 80, targetPort: http") + pod(NAMED), []),
        (service("port: 80, targetPort: http", namespace="default") + pod(NAMED), []),
        (service("port: 80, targetPort: web") + pod(NAMED), ["XPORT001"]),
        (service("port: 80, targetPort: http-envoy-prom") + pod(NAMED), []),
        # one pod of several is enough
        (service("port: 80, targetPort: http") + pod(NAMED) + pod("{containerPort: 1}", name="other"), []),
        # init containers only count if they go on running
        (service("port: 80, targetPort: http") + pod(NAMED, where="initContainers"), ["XPORT001"]),
        (
            service("port: 80, targetPort: http")
            + pod(NAMED, where="initContainers", container=", restartPolicy: Always"),
            [],
        ),
        (service("port: 53, targetPort: http, protocol: UDP") + pod(NAMED), ["XPORT003"]),
        (service("port: 80, targetPort: 9090") + pod(NAMED), ["XPORT002"]),
        (service("port: 80, targetPort: 9090") + pod(""), []),
        (service("port: 80, targetPort: 9090") + pod(f"{NAMED}, {{containerPort: 1}}"), []),
        (service("port: 8080, protocol: UDP") + pod(NAMED), ["XPORT002"]),
        # whoever asks a headless Service gets addresses and chooses the port
        (service("port: 80", spec=", clusterIP: None") + pod(NAMED), []),
        (service("port: 80, targetPort: web", spec=", type: ExternalName, externalName: a.example") + pod(NAMED), []),
    ],
)
def test_target_ports(text: str, expected: list[str]) -> None:
    assert told(text) == expected


def test_the_name_that_was_meant() -> None:
    (found,) = found_in(service("port: 80, targetPort: htpp") + pod(NAMED), profile="default")
    assert found.fault.path == ("spec", "ports", 0, "targetPort")
    assert found.fault.help == "did you mean `http`?"
    assert [str(each[0]) for each in found.related] == ["Pod `web`"]


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        (", livenessProbe: {httpGet: {port: http}}", []),
        (", livenessProbe: {httpGet: {port: web}}, readinessProbe: {tcpSocket: {port: api}}", ["XPORT006"] * 2),
        (", lifecycle: {preStop: {httpGet: {port: web}}}", ["XPORT006"]),
        (", livenessProbe: {httpGet: {port: web, host: shop.example}}", []),
        (", livenessProbe: {tcpSocket: {port: 1}}, startupProbe: {tcpSocket: {port: 1}}", ["XPORT013"]),
        (", livenessProbe: {grpc: {port: 1}}", ["XPORT013"]),
    ],
)
def test_probes(container: str, expected: list[str]) -> None:
    assert told(pod(NAMED, container=container), "strict") == expected


HOST = "containerPort: 80, hostPort: 80"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (workload("DaemonSet", "a", HOST) + workload("DaemonSet", "b", HOST), ["XPORT007"]),
        (workload("DaemonSet", "a", HOST) + workload("Deployment", "b", HOST), ["XPORT007"]),
        (workload("Deployment", "a", HOST) + workload("Deployment", "b", HOST), []),
        (workload("DaemonSet", "a", HOST) + workload("DaemonSet", "b", f"{HOST}, protocol: UDP"), []),
        (workload("DaemonSet", "a", f"{HOST}, hostIP: 10.0.0.1") + workload("DaemonSet", "b", HOST), ["XPORT007"]),
        (
            workload("DaemonSet", "a", f"{HOST}, hostIP: 10.0.0.1")
            + workload("DaemonSet", "b", f"{HOST}, hostIP: 10.0.0.2"),
            [],
        ),
        (
            workload("DaemonSet", "a", "containerPort: 80", pod_spec=", hostNetwork: true")
            + workload("DaemonSet", "b", HOST),
            ["XPORT008"],
        ),
        # one thing for two environments
        (workload("DaemonSet", "a", HOST) + workload("DaemonSet", "a", HOST), []),
    ],
)
def test_ports_of_the_node(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("", ["XPORT007"]),
        (", replicas: 1, strategy: {type: Recreate}", []),
        (", replicas: 1, strategy: {rollingUpdate: {maxSurge: 0}}", []),
        (", replicas: 2, strategy: {type: Recreate}", ["XPORT007"]),
        (", replicas: 0", []),
    ],
)
def test_several_pods_with_a_port_of_the_node(spec: str, expected: list[str]) -> None:
    assert told(workload("Deployment", "a", HOST, spec=spec), "strict") == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("port: 1, nodePort: 30001", "port: 1, nodePort: 30001, protocol: UDP", ["XPORT009"]),
        ("port: 1, nodePort: 30001", "port: 1, nodePort: 30002", []),
    ],
)
def test_node_ports(one: str, other: str, expected: list[str]) -> None:
    text = service(one, spec=", type: NodePort") + "---\n" + service(other, name="api", spec=", type: NodePort")
    assert told(text) == expected


def test_two_load_balancers_may_share_an_address_on_different_ports() -> None:
    def balancer(name: str, port: int) -> str:
        return service(f"port: {port}", name=name, spec=", type: LoadBalancer, loadBalancerIP: 192.0.2.1") + "---\n"

    assert told(balancer("a", 80) + balancer("b", 81)) == []
    assert told(balancer("a", 80) + balancer("b", 80)) == ["XPORT010"]


def test_images_are_known_by_name() -> None:
    assert all(repository(image) == image for image in READERS)


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ("", ["XPORT011"]),
        (", env: [{name: N8N_PORT, value: '5678'}]", []),
        (", envFrom: [{configMapRef: {name: n8n}}]", []),
    ],
)
def test_variables_of_services(container: str, expected: list[str]) -> None:
    text = service("port: 5678", name="n8n") + pod("{containerPort: 5678}", container=container)
    assert told(text.replace("example.com/web:1", "docker.io/n8nio/n8n:1")) == expected
