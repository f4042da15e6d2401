"""docs/seeds.md: every row leads to an example or a golden, and that makes the kinds that the row names."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).parents[1]
PAGE: Final = (ROOT / "docs/seeds.md").read_text("utf-8")
SEEDS = ROOT.parent / "shared/seeds/README.md"

FEATURES: Final = re.findall(r"^\| [^|]+ \| ([A-Za-z, ]+) \| \[[^\]]+\]\(\.\./([a-z0-9/-]+)\) \|$", PAGE, re.MULTILINE)
ROWS: Final = re.findall(r"^\| (\d+) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)

ELSEWHERE: Final = {"21", "22", "23", "24"}
"""Rows that are not about compiling for Kubernetes: pipelines, Python, Helm, import."""


@pytest.mark.parametrize(("kinds", "folder"), FEATURES, ids=lambda each: each)
def test_the_golden_of_a_feature_makes_its_kinds(kinds: str, folder: str) -> None:
    files = [path.name for path in (ROOT / folder / "out").rglob("*.yaml")]
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / folder / "out").rglob("*.yaml"))
    assert files, f"{folder} makes nothing"
    for kind in kinds.split(", "):
        assert re.search(rf"^kind: {kind}$", text, re.MULTILINE), f"{folder} makes no {kind}"


def test_every_row_has_something_that_compiles() -> None:
    assert [number for number, *_ in ROWS] == [str(number) for number in range(1, 28)]
    for number, what, where in ROWS:
        links = re.findall(r"\]\(\.\./((?:golden|examples)/[a-z0-9/-]+)\)", where)
        assert links or number in ELSEWHERE or number == "10", what
        assert [link for link in links if not (ROOT / link).is_dir()] == []


@pytest.mark.skipif(not SEEDS.is_file(), reason="the list of what must work is not here")
def test_the_rows_are_those_of_the_list() -> None:
    numbers = re.findall(r"^\| (\d+) \|", SEEDS.read_text("utf-8"), re.MULTILINE)
    assert numbers == [number for number, *_ in ROWS]
