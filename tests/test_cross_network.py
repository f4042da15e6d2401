"""NetworkPolicies: the corners of the rules."""

import pytest

from test_cross_rules import found_in, rows

OWN = "XNET"


def told(text: str, profile: str = "default") -> list[str]:
    return [row for row in rows(found_in(text, profile=profile)) if row.startswith(OWN)]


def pod(name: str = "web", *, port: int = 8080, spec: str = "", namespace: str = "shop") -> str:
    return (
        f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}\n"
        f"spec: {{containers: [{{name: {name}, image: example.com/a:1,"
        f" ports: [{{containerPort: {port}, name: http}}]}}]{spec}}}\n"
    )


def policy(spec: str, selector: str = "matchLabels: {app: web}", *, name: str = "web") -> str:
    return (
        f"---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: shop}}\n"
        f"spec: {{podSelector: {{{selector}}}{spec}}}\n"
    )


def source(*peers: str) -> str:
    return f", ingress: [{{from: [{', '.join(peers)}]}}]"


def pods(app: str) -> str:
    return f"{{podSelector: {{matchLabels: {{app: {app}}}}}}}"


def namespace(pair: str) -> str:
    return f"{{namespaceSelector: {{matchLabels: {{{pair}}}}}}}"


DATABASE = "---\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db, namespace: shop}\nspec: {}\n"
NAMED = "kubernetes.io/metadata.name"


@pytest.mark.parametrize(
    ("text", "default", "strict"),
    [
        (policy("") + pod(), [], []),
        (policy("", "matchLabels: {app: wbe}") + pod(), ["XNET001"], ["XNET001", "XNET008"]),
        # the pods of the namespace are not in the set
        (policy(""), [], ["XNET001"]),
        (policy("", "matchLabels: {cnpg.io/cluster: db}") + pod() + DATABASE, [], ["XNET008"]),
        (policy(source(pods("api"))) + pod() + pod("api"), [], ["XNET008"]),
        (policy(source(pods("api"))) + pod(), ["XNET002"], ["XNET002"]),
        # a program gives the label to pods that it makes; or it is a slip
        (policy("", "matchLabels: {acme.example/part: worker}") + pod(), [], ["XNET001", "XNET008"]),
        (policy(source("{podSelector: {matchLabels: {acme.example/part: worker}}}")) + pod(), [], []),
        (
            policy("", "matchExpressions: [{key: acme.example/part, operator: Exists}]") + pod(),
            [],
            ["XNET001", "XNET008"],
        ),
        (policy("", "matchLabels: {acme.example/part: web}") + pod(), ["XNET001"], ["XNET001", "XNET008"]),
        # each of two may be meant, but one is enough for a connection
        (policy(source(pods("api"), namespace("team: a"))) + pod(), ["XNET004"], ["XNET004"]),
        (policy(source(namespace("team: a"), pods("api"))) + pod(), ["XNET004"], ["XNET004"]),
        (policy(source(pods("web"), namespace("team: a"))) + pod(), [], []),
        (policy("", "") + pod(spec=", hostNetwork: true"), [], []),
        (policy("") + pod(spec=", hostNetwork: true"), [], ["XNET012"]),
    ],
)
def test_who_is_selected(text: str, default: list[str], strict: list[str]) -> None:
    assert told(text) == default
    assert told(text, "strict") == strict


def known(name: str, labels: str = "") -> str:
    return f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n"


@pytest.mark.parametrize(
    ("peer", "default", "strict"),
    [
        (namespace(f"{NAMED}: other"), [], []),
        (namespace("name: other"), ["XNET003"], ["XNET003"]),
        (namespace("team: black"), ["XNET003"], ["XNET003"]),
        (namespace("team: red"), [], ["XNET003"]),
        # a namespace of the platform
        (namespace(f"{NAMED}: ingress-nginx"), [], []),
        (namespace("zone: outer"), [], []),
        ("{namespaceSelector: {}}", [], []),
    ],
)
def test_namespaces(peer: str, default: list[str], strict: list[str]) -> None:
    text = policy(source(peer)) + pod() + known("other", "team: blakc")
    assert told(text) == default
    assert told(text, "strict") == strict


SERVICE = (
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop, labels: {app: web}}\n"
    "spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}\n"
)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (", ingress: [{ports: [{port: 8080}, {port: http}]}]", []),
        (", ingress: [{ports: [{port: 80}]}]", ["XNET005"]),
        # a port that nobody knows may be there all the same
        (", ingress: [{ports: [{port: 9000}]}]", []),
        (", ingress: [{ports: [{port: 1, endPort: 9000}]}]", []),
        (", ingress: [{ports: [{port: metrics}]}]", ["XNET006"]),
        (", ingress: [{ports: [{port: http, protocol: UDP}]}]", ["XNET006"]),
    ],
)
def test_ports(spec: str, expected: list[str]) -> None:
    assert told(policy(spec) + pod() + SERVICE) == expected


def egress(*rules: str) -> str:
    return f", policyTypes: [Egress], egress: [{', '.join(rules)}]"


TO_API = f"{{to: [{pods('api')}]}}"
DNS = "{ports: [{port: 53, protocol: UDP}]}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (policy(egress(TO_API)), ["XNET007"]),
        (policy(egress(TO_API, DNS)), []),
        (policy(egress(TO_API, "{ports: [{port: 53}]}")), ["XNET007"]),
        (policy(egress(TO_API, "{ports: [{port: 1, endPort: 100, protocol: UDP}]}")), []),
        (policy(egress(TO_API, f"{{to: [{namespace(f'{NAMED}: kube-system')}]}}")), []),
        (policy(egress(TO_API, f"{{to: [{namespace(f'{NAMED}: prod')}]}}")), ["XNET007"]),
        # another policy is about the same pods
        (policy(egress(TO_API)) + policy(egress(DNS), "", name="dns"), []),
        (policy(egress(TO_API)) + policy(egress(DNS), name="dns"), []),
        (policy(egress(TO_API)) + policy(egress(DNS), "matchLabels: {app: api}", name="dns"), ["XNET007"]),
        # cut off on purpose, or by addresses only
        (policy(egress()), []),
        (policy(egress("{to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 443}]}")), []),
    ],
)
def test_looking_up_names(text: str, expected: list[str]) -> None:
    assert told(text + pod() + pod("api")) == expected


INGRESS = (
    "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop}\n"
    "spec: {rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix,"
    " backend: {service: {name: web, port: {number: 80}}}}]}}]}\n"
)
MONITOR = (
    "---\napiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: web, namespace: shop}\n"
    "spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: http}]}\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (policy(source(pods("api"))), ["XNET009"]),
        (policy(source(pods("api"), "{namespaceSelector: {}}")), []),
        (policy(source("{ipBlock: {cidr: 10.0.0.0/8}}")), []),
        (policy(", ingress: [{ports: [{port: 8080}]}]"), []),
        (policy(", ingress: []", ""), ["XNET009"]),
        (policy(", ingress: []", "") + policy(", ingress: [{}]", name="open"), []),
        (policy(", policyTypes: [Egress], egress: [{}]"), []),
    ],
)
def test_controllers(text: str, expected: list[str]) -> None:
    assert told(text + pod() + pod("api") + SERVICE + INGRESS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (policy(source(pods("api"))), ["XNET011"]),
        (policy(source("{podSelector: {matchLabels: {app: prometheus}}}")), []),
        (policy(", ingress: [{ports: [{port: 9090}], from: [{namespaceSelector: {}}]}]"), ["XNET011"]),
        (policy(", ingress: [{ports: [{port: 8080}], from: [{namespaceSelector: {}}]}]"), []),
        (policy(", ingress: [{ports: [{port: http}], from: [{namespaceSelector: {}}]}]"), []),
    ],
)
def test_scrapes(text: str, expected: list[str]) -> None:
    text += pod() + SERVICE + MONITOR
    assert [row for row in told(text, "strict") if row in ("XNET009", "XNET011")] == expected
