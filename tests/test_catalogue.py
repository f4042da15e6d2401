"""The catalogue of rules: nothing is missing, and every row has what its page shows."""

import csv
import re
from pathlib import Path

import pytest

from kgen.check import catalogue
from kgen.check.catalogue import Entry
from kgen.check.lifecycle.removals import removals

ROOT = Path(__file__).parents[1]
TABLES = ROOT.parent / "shared" / "rules"
ENTRIES = tuple(catalogue.entries().values())
FEWEST_EXAMPLES = 1500


@pytest.mark.skipif(not TABLES.is_dir(), reason="the tables that the rules were written from are not here")
@pytest.mark.parametrize("table", ["apiserver", "cross", "practice"])
def test_every_row_of_the_tables_is_in_the_catalogue(table: str) -> None:
    with (TABLES / f"{table}.csv").open(encoding="utf-8") as file:
        wanted = {row["id"].partition("-")[0] for row in csv.DictReader(file)}
    assert wanted - catalogue.entries().keys() == set()


@pytest.mark.skipif(not TABLES.is_dir(), reason="the tables that the rules were written from are not here")
def test_every_removal_is_known() -> None:
    with (TABLES / "deprecations.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if "[" not in row["kind"] and "." not in row["kind"]]
    kinds = {(row["apiVersion"], row["kind"]) for row in rows if re.fullmatch(r"[A-Za-z]+", row["kind"])}
    assert kinds - removals().keys() == set()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.row)
def test_every_row_says_why_and_shows_it(entry: Entry) -> None:
    assert entry.upstream
    assert not (entry.offline and entry.elsewhere)
    if entry.elsewhere:
        assert any(entry.elsewhere == each.rule.code for each in ENTRIES) or entry.elsewhere.startswith("KG50")
    elif not entry.offline and entry.row not in NEED_FILES:
        has = entry.examples.keys()
        assert {"fails", "passes"} <= has or {"fails_dockerfile", "passes_dockerfile"} <= has


NEED_FILES = frozenset({"XDUP015"})
"""Rules about several files, which an example cannot show; tests of their own do."""


def test_there_are_many_examples() -> None:
    examples = [text for entry in ENTRIES for key, text in entry.examples.items() if key in {"fails", "passes"}]
    assert len(examples) >= FEWEST_EXAMPLES


def test_names_and_codes_are_unique() -> None:
    for words in ([entry.rule.name for entry in ENTRIES], [entry.rule.code for entry in ENTRIES]):
        assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("family", catalogue.FAMILIES)
def test_every_rule_is_on_a_page(family: str) -> None:
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "docs" / "rules").glob(f"{family}-*.md"))
    assert [row for row, entry in catalogue.family(family).items() if f"## {entry.rule.name}\n" not in pages] == []
