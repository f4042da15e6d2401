"""A committed sample of objects with the verdict and the fields of an API server, which kgen has to give as well."""

import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kgen.check import catalogue
from kgen.check.objects import Objects
from kgen.check.server.kinds import KINDS
from kgen.check.store import Store, default_directory
from kgen.diag import Severity
from kgen.read.split import Chunk
from kgen.validate.judge import Judge

ROOT = Path(__file__).parents[1]
OBJECTS = ROOT / "tests" / "data" / "sample" / "objects"
FILES = sorted(path.name for path in OBJECTS.glob("*.jsonl"))
VERSION = "1.36"
FEWEST = 1500

DIFFERENCES: Mapping[str, str] = {
    "CRD020": "kgen takes a default of the wrong type for one that cannot be decoded, and names it so",
    "CRD022": "kgen does not know that a sum is no boolean",
    "VOL005": "a server does not look into a second source of a volume, so it misses no field there",
}
"""Rules of which kgen says something else, and what; strict both ways."""

UNSTATED: Mapping[str, str] = {
    "VOL032": "no manifest shows it: an API server gives a service account to every pod, or refuses it before",
    "VOL034": "a server of this version drops the source",
}
"""Rules that no object of the sample shows."""

UNSERVED = {("", "Event"), ("events.k8s.io", "Event"), ("coordination.k8s.io", "LeaseCandidate")}
"""Kinds with rules that nobody writes by hand, or that a server has only if it is told to."""


@cache
def judge() -> Judge:
    return Judge(Objects(Store(default_directory()), (VERSION,), lambda *_: None), profile="server")


def rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (OBJECTS / name).read_text("utf-8").splitlines():
        yield json.loads(line)


def difference(row: Mapping[str, Any]) -> str:
    """Return in what kgen does not agree with a server."""
    made = judge().document(Chunk(json.dumps(row["object"]).encode()), 0, "a.yaml")
    if made.is_valid is not row["accepted"]:
        return "accepts it" if made.is_valid else f"refuses it: {made.found[0].message}"
    fields = {found.at.field for found in made.found}
    return "" if row["accepted"] or fields.issuperset(row["fields"]) else f"names {sorted(fields)}"


@pytest.mark.parametrize("name", FILES)
def test_verdicts_and_fields_are_those_of_a_server(name: str) -> None:
    found = [(row["rule"], row["object"], row["fields"], said) for row in rows(name) if (said := difference(row))]
    assert [each for each in found if each[0] not in DIFFERENCES] == []


def test_known_differences_are_there() -> None:
    families = [name for name in FILES if name != "originals.jsonl"]
    known = (row for name in families for row in rows(name) if row["rule"] in DIFFERENCES)
    assert {row["rule"] for row in known if difference(row)} == DIFFERENCES.keys()


def test_every_rule_and_every_kind_with_rules_is_there() -> None:
    made = [row for name in FILES for row in rows(name)]
    assert len(made) >= FEWEST
    groups = {(str(row["object"].get("apiVersion")).rpartition("/")[0], row["object"].get("kind")) for row in made}
    assert KINDS.keys() - groups == UNSERVED
    stated = {row["rule"] for row in made}
    errors = {
        row
        for row, entry in catalogue.family("server").items()
        if entry.fails and entry.rule.severity is Severity.ERROR
    }
    assert errors - stated == UNSTATED.keys()


def test_files_are_those_that_the_script_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    monkeypatch.delitem(sys.modules, "build_sample", raising=False)
    import build_sample  # noqa: PLC0415  # a script is not on the path before

    for name, text in build_sample.sample():
        if name != "originals.jsonl":  # goldens change, the objects once taken from them stay good
            assert (OBJECTS / name).read_text("utf-8") == text, "run python scripts/build_sample.py"
