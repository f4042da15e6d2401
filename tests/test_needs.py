"""Backing services: what docs say of them is what the code does, and no output leads nowhere."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from kgen.model.app import App
from kgen.model.needs import KINDS, PORTS, NeedType
from kgen.model.plan import Address, SecretKey
from kgen.model.platform import Platform
from kgen.model.providers import PROVIDERS, NeedClass, Needs
from kgen.resolve import needs
from kgen.resolve.servers import SERVERS, SIZES

PAGE = (Path(__file__).parents[1] / "docs" / "needs.md").read_text("utf-8")
PAIRS = [(kind, provider) for kind, providers in PROVIDERS.items() for provider in providers]


def rows(first: str) -> dict[str, list[str]]:
    """Return the rows of the table whose first heading is ``first``, by their first cell."""
    table = PAGE.partition(f"| {first} |")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {name.strip("`"): rest for name, *rest in cells}


def app(kind: str) -> App:
    data: dict[str, Any] = {"apiVersion": "kgen/v1", "name": "shop", "components": {}, "needs": {"it": {"type": kind}}}
    return App.model_validate(data)


def platform(kind: str, provider: Any) -> Platform:
    return Platform(needs=Needs.model_validate({kind: {"default": NeedClass(provider=provider)}}))


def test_every_type_is_in_every_table() -> None:
    kinds = set(get_args(NeedType))
    for table in (KINDS, PORTS, SERVERS, SIZES, PROVIDERS, Needs.model_fields):
        assert set(table) == kinds


def test_the_page_has_all_outputs() -> None:
    assert {
        kind: (re.findall(r"`(\w+)`", outputs), url.strip("`")) for kind, (outputs, url) in rows("type").items()
    } == {kind: (list(known.outputs), known.outputs["url"]) for kind, known in KINDS.items()}


def test_the_page_has_all_providers() -> None:
    assert set(rows("provider")) == {provider for _, provider in PAIRS}


@pytest.mark.parametrize(("kind", "provider"), PAIRS)
def test_the_outputs_of_a_type_are_the_same_whoever_runs_it(kind: NeedType, provider: str) -> None:
    assert set(needs.outputs(app(kind), platform(kind, provider), "it")) == set(KINDS[kind].outputs)
    assert set(needs.backing(app(kind), "it").outputs) == set(KINDS[kind].outputs)


@pytest.mark.parametrize(("kind", "provider"), PAIRS)
def test_what_kgen_runs_asks_for_user_and_password_alone(kind: NeedType, provider: str) -> None:
    outputs = needs.outputs(app(kind), platform(kind, provider), "it")
    keys = {part.key for parts in outputs.values() for part in parts if isinstance(part, SecretKey)}
    by_hand = {
        part.key for parts in outputs.values() for part in parts if isinstance(part, SecretKey) and not part.by_operator
    }
    assert by_hand <= {"username", "password"} if provider != "external" else keys == set(outputs)


@pytest.mark.parametrize(("kind", "provider"), [pair for pair in PAIRS if pair[1] != "external"])
def test_a_host_in_the_cluster_is_another_one_in_compose(kind: NeedType, provider: str) -> None:
    (host,) = needs.outputs(app(kind), platform(kind, provider), "it")["host"]
    assert isinstance(host, Address)
    assert host.in_compose == "it"
    assert host.in_cluster.startswith("shop-it")
