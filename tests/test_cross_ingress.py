"""Ingresses, certificates and the Gateway API: the corners of the rules."""

import pytest

from test_cross_rules import found_in, rows

OWN = "XING"


def told(text: str, profile: str = "default") -> list[str]:
    return [row for row in rows(found_in(text, profile=profile)) if row.startswith(OWN)]


def service(ports: str = "port: 80", spec: str = "selector: {app: web}, ", *, where: str = "") -> str:
    return f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: web{where}}}\nspec: {{{spec}ports: [{{{ports}}}]}}\n"


def ingress(
    port: str = "number: 80", *, name: str = "web", spec: str = "", annotations: str = "", path: str = "/"
) -> str:
    backend = f"backend: {{service: {{name: web, port: {{{port}}}}}}}"
    return (
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        f"metadata: {{name: {name}, annotations: {{{annotations}}}}}\nspec: {{rules: [{{host: a.example,"
        f" http: {{paths: [{{path: {path}, pathType: Prefix, {backend}}}]}}}}]{spec}}}\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ingress() + service(), []),
        (ingress() + service(where=", namespace: default"), []),
        # neither has a name, and that is no match
        (ingress("number: 8080") + service(), ["XING002"]),
        (ingress("name: http") + service(), ["XING002"]),
        (ingress("name: http") + service("port: 80, name: http"), []),
        (ingress("name: use-annotation"), []),
        # an Ingress without namespace may be put into that one
        (ingress() + service(where=", namespace: other"), []),
        (
            ingress().replace("{name: web,", "{name: web, namespace: shop,", 1) + service(where=", namespace: other"),
            ["XING001"],
        ),
        # the set has no Service at all: nobody can say that this one is missing
        (ingress(), []),
        (ingress(spec=", defaultBackend: {service: {name: wbe, port: {number: 80}}}") + service(), ["XING001"]),
    ],
)
def test_backends(text: str, expected: list[str]) -> None:
    assert told(text) == expected


def test_the_port_of_the_pods_is_told_from_that_of_the_service() -> None:
    text = ingress("number: 8080") + service("port: 80, targetPort: 8080, name: http")
    found = [each.fault for each in found_in(text, profile="default") if each.fault.row == "XING002"]
    assert [fault.help for fault in found] == ["8080 is the port of the pods: name that of the Service, 80, `http`"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ingress() + ingress(name="b"), ["XING004"]),
        (ingress() + ingress(name="b", spec=", ingressClassName: other"), []),
        (ingress() + ingress(name="b", annotations="nginx.ingress.kubernetes.io/canary: 'true'"), []),
        (ingress(path="/a") + ingress(name="b", path="/a/"), ["XING004"]),
        (ingress(path="/a") + ingress(name="b", path="/ab"), []),
    ],
)
def test_routes_of_two_ingresses(text: str, expected: list[str]) -> None:
    assert told(text + service()) == expected


@pytest.mark.parametrize(
    ("hosts", "default", "strict"),
    [
        ("a.example", [], []),
        ("'*.example'", [], []),
        ("b.example", ["XING006"], ["XING006"]),
        ("'*.a.example'", ["XING006"], ["XING006"]),
        # which hosts a certificate is good for is not said
        ("", [], []),
    ],
)
def test_hosts_of_certificates(hosts: str, default: list[str], strict: list[str]) -> None:
    made = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: tls}\n"
    text = ingress(spec=f", tls: [{{hosts: [{hosts}], secretName: tls}}]") + service() + made
    assert told(text) == default
    assert told(text, "strict") == strict


def certificate(name: str, issuer: str = "name: ca") -> str:
    return (
        f"---\napiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {{name: {name}}}\n"
        f"spec: {{secretName: tls, dnsNames: [a.example], issuerRef: {{{issuer}}}}}\n"
    )


def issuer(kind: str, name: str) -> str:
    return (
        f"---\napiVersion: cert-manager.io/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{selfSigned: {{}}}}\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (certificate("a") + issuer("Issuer", "ca"), []),
        (certificate("a") + issuer("ClusterIssuer", "ca"), ["XING009"]),
        (certificate("a", issuer="name: ca, kind: ClusterIssuer") + issuer("ClusterIssuer", "ca"), []),
        # issuers of the cluster come with it
        (certificate("a", issuer="name: ca, kind: ClusterIssuer"), []),
        (certificate("a", issuer="name: ca, group: example.com, kind: Vault") + issuer("Issuer", "x"), []),
        (certificate("a") + certificate("b") + issuer("Issuer", "ca"), ["XING008"]),
    ],
)
def test_certificates(text: str, expected: list[str]) -> None:
    assert told(text) == expected


ASKING = "cert-manager.io/issuer: ca"
TLS = ", tls: [{hosts: [a.example], secretName: tls}]"


def test_an_ingress_and_a_certificate_for_one_secret() -> None:
    asking = ingress(annotations=ASKING, spec=TLS) + service() + issuer("Issuer", "ca")
    assert told(asking + certificate("other")) == ["XING008"]
    assert told(asking + certificate("tls")) == [], "the one that cert-manager would make"


GATEWAY = "gateway.networking.k8s.io"


def gateway(listener: str = "", *, namespace: str = "infra") -> str:
    return (
        f"---\napiVersion: {GATEWAY}/v1\nkind: Gateway\nmetadata: {{name: edge, namespace: {namespace}}}\n"
        f"spec: {{gatewayClassName: x, listeners: [{{name: http, port: 80, protocol: HTTP{listener}}}]}}\n"
    )


def route(parent: str = "", *, spec: str = "", backend: str = "name: web, port: 80") -> str:
    return (
        f"---\napiVersion: {GATEWAY}/v1\nkind: HTTPRoute\nmetadata: {{name: web, namespace: shop}}\n"
        f"spec: {{parentRefs: [{{name: edge, namespace: infra{parent}}}],"
        f" rules: [{{backendRefs: [{{{backend}}}]}}]{spec}}}\n"
    )


def allowed(how: str) -> str:
    return f", allowedRoutes: {{namespaces: {{from: {how}}}}}"


def by_label(pair: str) -> str:
    return allowed(f"Selector, selector: {{matchLabels: {{{pair}}}}}")


LABELLED = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {routes: 'yes'}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (gateway() + route(), ["XING015"]),
        (gateway(allowed("All")) + route(), []),
        (gateway(by_label("kubernetes.io/metadata.name: shop")) + route(), []),
        (gateway(by_label("kubernetes.io/metadata.name: other")) + route(), ["XING015"]),
        # the Namespace is not in the set, so its labels are not known
        (gateway(by_label("routes: 'yes'")) + route(), []),
        (gateway(by_label("routes: 'yes'")) + route() + LABELLED, []),
        (gateway(by_label("routes: 'no'")) + route() + LABELLED, ["XING015"]),
        (gateway(allowed("All")) + route(", sectionName: https"), ["XING018"]),
        (gateway(allowed("All")) + route(", port: 443"), ["XING018"]),
        (gateway(allowed("All") + ", hostname: '*.example'") + route(spec=", hostnames: [a.b.example]"), []),
        (gateway(allowed("All") + ", hostname: b.example") + route(spec=", hostnames: [a.example]"), ["XING012"]),
        # one of two environments is enough
        (
            gateway(allowed("All") + ", hostname: b.example")
            + gateway(allowed("All"))
            + route(spec=", hostnames: [a.example]"),
            [],
        ),
    ],
)
def test_routes_and_listeners(text: str, expected: list[str]) -> None:
    assert told(text + service(where=", namespace: shop")) == expected


GRANT = (
    f"---\napiVersion: {GATEWAY}/v1beta1\nkind: ReferenceGrant\nmetadata: {{name: shop, namespace: back}}\n"
    f"spec: {{from: [{{group: {GATEWAY}, kind: HTTPRoute, namespace: shop}}], to: [{{group: '', kind: Service}}]}}\n"
)


@pytest.mark.parametrize(
    ("backend", "more", "expected"),
    [
        ("name: web, port: 81", "", ["XING019"]),
        ("name: web, port: 80, namespace: back", "", ["XING014"]),
        ("name: web, port: 80, namespace: back", GRANT, []),
        ("name: web, port: 80, namespace: back", GRANT.replace("''", "'', name: api"), ["XING014"]),
        ("name: web, port: 80, kind: ServiceImport, group: multicluster.x-k8s.io", "", []),
    ],
)
def test_backends_of_routes(backend: str, more: str, expected: list[str]) -> None:
    services = service(where=", namespace: shop") + service(where=", namespace: back")
    assert told(gateway(allowed("All")) + route(backend=backend) + services + more) == expected


def test_in_a_mesh_a_client_needs_no_grant_for_the_service_that_it_asks_anyway() -> None:
    services = service(where=", namespace: shop") + service(where=", namespace: back")
    client = route(backend="name: web, port: 80, namespace: back").replace(
        "name: edge, namespace: infra", "group: '', kind: Service, name: web, namespace: back"
    )
    assert told(client + services) == []
    assert told(client.replace("web, namespace: back}]", "web, namespace: shop}]") + services) == ["XING014"]
