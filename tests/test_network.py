"""What NetworkPolicies let through, asked as a cluster asks: both ends of a connection have to agree."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kgen.addresses import is_within
from kgen.pipeline import Compiled, Options, compile_app

HEAD = "apiVersion: kgen/v1\nname: {name}\nimage: ghcr.io/acme/x:1.0.0\n"


def compiled(folder: Path, body: str, *, name: str = "shop", kgen: str = "") -> Compiled:
    """Compile an app file with ``body`` in a folder of its own."""
    here = folder / name
    (here / ".git").mkdir(parents=True)
    (here / "app.yaml").write_text(HEAD.format(name=name) + body)
    if kgen:
        (here / "kgen.yaml").write_text(kgen)
    return compile_app(here / "app.yaml", Options())


def policies(made: Compiled) -> dict[str, Mapping[str, Any]]:
    """Return component → what its policy says."""
    assert made.environments, [each.message for each in made.found]
    objects = [each.manifest for each in made.environments[0].objects]
    return {
        each["metadata"]["labels"]["app.kubernetes.io/component"]: each["spec"]
        for each in objects
        if each["kind"] == "NetworkPolicy"
    }


def findings(made: Compiled) -> list[str]:
    return [f"{each.rule.name}: {each.message}" for each in made.found]


def numbers(rules: list[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    for rule in rules:
        for port in rule.get("ports", ()):
            yield port.get("protocol", "TCP"), port["port"]


def test_a_reference_opens_both_ends(tmp_path: Path) -> None:
    made = policies(
        compiled(
            tmp_path,
            """\
components:
  web: {type: web, port: 8000, env: {API: "${components.api.url}"}}
  api: {type: web, ports: {http: {port: 9000, servicePort: 80}}}
  other: {type: worker}
""",
        )
    )
    (let_in,) = made["api"]["ingress"]
    (_, let_out) = made["web"]["egress"]
    assert let_in["from"] == [{"podSelector": {"matchLabels": made["web"]["podSelector"]["matchLabels"]}}]
    assert let_out["to"] == [{"podSelector": {"matchLabels": made["api"]["podSelector"]["matchLabels"]}}]
    assert let_out["ports"] == [{"port": 9000}], "policies see the port of the pod, not of the Service"
    assert "ingress" not in made["web"]
    assert list(numbers(made["other"]["egress"])) == [("UDP", 53), ("TCP", 53)]


def test_the_internet_is_without_private_addresses(tmp_path: Path) -> None:
    made = policies(compiled(tmp_path, "components:\n  web: {type: worker, network: {egress: [internet]}}\n"))
    blocks = {peer["ipBlock"]["cidr"]: peer["ipBlock"]["except"] for peer in made["web"]["egress"][1]["to"]}
    for secret in ("169.254.169.254/32", "10.96.0.1/32", "100.64.3.0/24", "168.63.129.16/32", "192.168.1.1/32"):
        assert any(secret == each or is_within(secret, each) for each in blocks["0.0.0.0/0"])
    assert any(is_within("fd00:ec2::254/128", each) for each in blocks["::/0"])
    for kind, parts in blocks.items():
        assert all(is_within(each, kind) for each in parts), "the API server refuses others"


def test_apps_that_call_each_other_name_the_same_pods(tmp_path: Path) -> None:
    """What one app writes for the other is what that one calls itself."""
    shop = compiled(
        tmp_path,
        """\
apps: {billing: {component: api, port: 80, containerPort: 8080}}
components:
  web: {type: worker, env: {BILLING: "${apps.billing.url}"}}
environments: {production: {}}
""",
    )
    billing = compiled(
        tmp_path,
        """\
components:
  api:
    type: web
    ports: {http: {port: 8080, servicePort: 80}}
    network: {ingress: [{app: shop, component: web}]}
environments: {production: {}}
""",
        name="billing",
    )
    (to,) = policies(shop)["web"]["egress"][1]["to"]
    (caller,) = policies(billing)["api"]["ingress"][0]["from"]
    namespaces = [each.environments[0].namespace for each in (billing, shop)]
    assert [
        peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for peer in (to, caller)
    ] == namespaces
    assert to["podSelector"] == policies(billing)["api"]["podSelector"]
    assert caller["podSelector"] == policies(shop)["web"]["podSelector"]
    service = next(each.manifest for each in billing.environments[0].objects if each.manifest["kind"] == "Service")
    host = f"{service['metadata']['name']}.{service['metadata']['namespace']}.svc"
    config = next(each.manifest for each in shop.environments[0].objects if each.manifest["kind"] == "ConfigMap")
    assert config["data"]["BILLING"] == f"http://{host}:{service['spec']['ports'][0]['port']}"


@pytest.mark.parametrize(
    ("variable", "network", "said"),
    [
        ("https://api.example.com/v1", "", "`api.example.com:443`"),
        ("https://api.example.com/v1", "internet", ""),
        ("https://api.example.com:8443", "internet", "`api.example.com:8443`"),
        ("https://api.example.com:8443", "anywhere", ""),
        ("https://api.example.com:8443", "10.0.0.0/8", ""),
        ("https://api.example.com:8443", "{cidr: 10.0.0.0/8, ports: [443]}", "`api.example.com:8443`"),
        ("http://shop.example.com/back", "", ""),  # a route of its own: for browsers
        ("http://localhost:9000 http://127.0.0.1", "", ""),
        ("amqp://queue.mail.svc.cluster.local:5672", "", "`queue.mail.svc.cluster.local:5672`"),
        ("amqp://queue.mail.svc.cluster.local:5672", "internet", "`queue.mail.svc.cluster.local:5672`"),
        ("amqp://queue.mail.svc.cluster.local:5672", "{namespace: mail}", ""),
        ("http://billing-api.billing.svc", "{app: billing}", ""),
        ("http://shop-web", "", "`shop-web:80`"),
        ("http://shop-web", "{component: web}", ""),
        ("http://$(HOST)/ http://${components.web.host}:8000/x", "", ""),
        ("see https:// and http://…", "", ""),
    ],
)
def test_hosts_out_of_reach_are_pointed_out(tmp_path: Path, variable: str, network: str, said: str) -> None:
    made = compiled(
        tmp_path,
        f"""\
components:
  web: {{type: web, port: 8000, routes: [{{host: shop.example.com}}]}}
  worker: {{type: worker, env: {{URL: "{variable}"}}, network: {{egress: [{network}]}}}}
""",
    )
    expected = [f"host-out-of-reach: {said} is not declared, so `worker` cannot call it"] if said else []
    assert findings(made) == expected


@pytest.mark.parametrize("choice", ["egress: allow", "policies: false"])
def test_hosts_are_in_reach_where_all_is_open(tmp_path: Path, choice: str) -> None:
    body = "components:\n  worker: {type: worker, env: {URL: https://api.example.com}}\n"
    assert findings(compiled(tmp_path, body, kgen=f"network: {{{choice}}}\n")) == []


def test_a_url_with_a_password_is_not_shown(tmp_path: Path) -> None:
    made = compiled(
        tmp_path, 'components:\n  w: {type: worker, env: {URL: "https://u:hunter2hunter2@db.example.com"}}\n'
    )
    assert "host-out-of-reach" not in {each.rule.name for each in made.found}


def test_what_is_inherited_is_found_once(tmp_path: Path) -> None:
    made = compiled(
        tmp_path,
        """\
network: {egress: [{cidr: 10.0.0.0/8, except: [192.168.0.0/16]}]}
release: ./migrate
components:
  a: {type: worker}
  b: {type: worker}
environments: {staging: {}, production: {}}
""",
    )
    assert findings(made) == ["exception-outside-range: `192.168.0.0/16` is not a part of `10.0.0.0/8`"]


def test_the_rest_of_the_network_may_be_inherited_by_what_has_no_port(tmp_path: Path) -> None:
    made = policies(
        compiled(
            tmp_path,
            """\
network: {ingress: [{namespace: monitoring}]}
components:
  web: {type: web, port: 8000}
  worker: {type: worker}
""",
        )
    )
    assert len(made["web"]["ingress"]) == 1
    assert "ingress" not in made["worker"]


def test_public_ports_are_open_to_anybody(tmp_path: Path) -> None:
    made = policies(
        compiled(
            tmp_path,
            """\
components:
  mqtt: {type: worker, ports: {mqtt: {port: 1883, public: load-balancer}, admin: 8080}}
""",
        )
    )
    assert made["mqtt"]["ingress"] == [{"ports": [{"port": "mqtt"}]}]
