"""Every query in the goldens is PromQL: a parser of Prometheus' language reads it, and it asks for this app alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

GOLDEN = Path(__file__).parents[1] / "golden"
promql = pytest.importorskip("promql_parser")


def _queries(path: Path) -> Iterator[str]:
    made = YAML(typ="safe").load(path.read_text("utf-8"))
    if made["kind"] == "PrometheusRule":
        for group in made["spec"]["groups"]:
            yield from (rule["expr"] for rule in group["rules"])
    elif "dashboard" in path.name:
        for text in (made.get("data") or {}).values():
            yield from _targets(json.loads(text))


def _targets(board: Any) -> Iterator[str]:
    for panel in board["panels"]:
        yield from (target["expr"].replace("$__rate_interval", "5m") for target in panel.get("targets", ()))


FILES = sorted(
    path
    for pattern in ("prometheusrule-*.yaml", "configmap-*dashboard*.yaml")
    for path in GOLDEN.glob(f"*/*/out/deploy/**/{pattern}")
    if "validate" not in path.parts
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(GOLDEN).as_posix())
def test_queries_can_be_read(path: Path) -> None:
    queries = list(_queries(path))
    assert queries
    for query in queries:
        promql.parse(query)


def test_the_parser_finds_faults() -> None:
    with pytest.raises(ValueError, match="paren"):
        promql.parse("sum(rate(x[5m])")
