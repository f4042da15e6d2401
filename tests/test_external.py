"""Hosts outside: what a component without pods takes part in, and what it does not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kgen.pipeline import Compiled, Options, compile_app

APP = """\
apiVersion: kgen/v1
name: shop
image: ghcr.io/acme/shop:1.0.0
env: {{MODE: fast}}
pullSecrets: [registry]
components:
  web: {{type: web, port: 8000{web}}}
  db: {{type: external, host: db.example.com{db}}}
"""
KGEN = "defaults: {env: {TEAM: shop}, resources: {cpu: 50m}}\noverrides: {security: {runAsUser: 1000}}\n"


def compiled(folder: Path, *, web: str = "", db: str = ", port: 5432") -> Compiled:
    (folder / ".git").mkdir()
    (folder / "kgen.yaml").write_text(KGEN)
    (folder / "app.yaml").write_text(APP.format(web=web, db=db))
    return compile_app(folder / "app.yaml", Options())


def objects(made: Compiled) -> dict[tuple[str, str], Mapping[str, Any]]:
    assert not made.found, [each.message for each in made.found]
    return {
        (each.manifest["kind"], each.manifest["metadata"]["name"]): each.manifest
        for each in made.environments[0].objects
    }


def egress(made: Compiled) -> list[Mapping[str, Any]]:
    """Return what the web component may call besides DNS."""
    rules: list[Mapping[str, Any]] = objects(made)["NetworkPolicy", "shop-web"]["spec"]["egress"]
    return rules[1:]


def test_what_all_inherit_is_not_for_a_host_outside(tmp_path: Path) -> None:
    made = objects(compiled(tmp_path))
    assert [kind for kind, name in made if name.startswith("shop-db")] == ["Service"]
    assert made["Service", "shop-db"]["spec"] == {"type": "ExternalName", "externalName": "db.example.com"}


@pytest.mark.parametrize(
    ("web", "ports"),
    [
        ("", []),  # nobody refers to it
        (", env: {DB: '${components.db.host}'}", [[{"port": 5432}]]),
        (", network: {egress: [{component: db}]}", [[{"port": 5432}]]),
        (", network: {egress: [{component: db, ports: [6432]}]}", [[{"port": 6432}]]),
        (", sidecars: {pool: {image: 'pool:1', env: {DB: '${components.db.host}'}}}", [[{"port": 5432}]]),
    ],
)
def test_callers_reach_it_at_any_address(tmp_path: Path, web: str, ports: list[Any]) -> None:
    assert egress(compiled(tmp_path, web=web)) == [{"ports": each} for each in ports]


def test_the_protocol_of_its_port_counts(tmp_path: Path) -> None:
    web = ", env: {SYSLOG: '${components.db.host}:${components.db.port}'}"
    made = compiled(tmp_path, web=web, db=", ports: {syslog: {port: 514, protocol: UDP}}")
    assert egress(made) == [{"ports": [{"protocol": "UDP", "port": 514}]}]


@pytest.mark.parametrize(
    ("web", "db", "found"),
    [
        (", affinity: {with: [db]}", "", ["`db` is a host outside and has no pods"]),
        (", network: {ingress: [{component: db}]}", "", ["`db` is a host outside and has no pods"]),
        (
            "",
            ", image: 'postgres:17', replicas: 1",
            [
                "`image` is for components with pods, `db` is an `external`",
                "`replicas` is for `web`, `worker` and `stateful` components, `db` is an `external`",
            ],
        ),
        (
            ", env: {A: '${components.db.url}', B: '$${components.db.url}', C: 'https://${components.db.host}'}",
            ", port: 443",
            ["this URL names `shop-db`, which no certificate of `db.example.com` is for"],
        ),
        (", env: {A: '${components.db.url}'}", ", port: 8443", []),
    ],
)
def test_what_makes_no_sense_is_found_once(tmp_path: Path, web: str, db: str, found: list[str]) -> None:
    assert [each.message for each in compiled(tmp_path, web=web, db=db).found] == found
