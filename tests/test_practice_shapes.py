"""Rules of practice look at objects of any shape, and never fail."""

import csv
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from kgen.check import catalogue
from kgen.check.catalogue import Entry
from kgen.check.practice import families
from kgen.check.reading import at
from kgen.check.resource import Resource
from kgen.read import careful, split

ODD: tuple[Any, ...] = (None, -1, True, "x", [None], [[]], {"": None})
TABLE = Path(__file__).parents[2] / "shared" / "rules" / "practice.csv"
LONG = 2000
"""Characters; an example that is about size takes too long with each of its parts changed."""

ELSEWHERE = ("DKF", "LIF")


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield (*path, key)
        yield from places(each, (*path, key))


EXAMPLES = [each for each in catalogue.family("practice").values() if 0 < len(each.fails) < LONG]


@pytest.mark.parametrize("entry", EXAMPLES, ids=lambda entry: entry.row)
def test_no_shape_stops_a_rule(entry: Entry) -> None:
    for chunk in split.chunks(entry.fails.encode()):
        value = careful.read(chunk.text)[0]
        for path in places(value):
            for odd in ODD:
                changed = deepcopy(value)
                at(changed, path[:-1])[path[-1]] = odd
                resource = Resource(changed)
                for rule in families.checks(resource.key, "off"):
                    for fault in rule(resource, (1, 36)):
                        assert fault.message


@pytest.mark.skipif(not TABLE.exists(), reason="the table is not part of the repository")
def test_every_row_of_the_table_is_there() -> None:
    with TABLE.open(encoding="utf-8") as file:
        wanted = {line["id"].partition("-")[0]: line["default"] for line in csv.DictReader(file)}
    known = catalogue.entries()
    assert [row for row in wanted if not row.startswith(ELSEWHERE) and row not in known] == []
    off = {row for row, default in wanted.items() if default == "off" and not row.startswith(ELSEWHERE)}
    assert [row for row in off if known[row].profile != "off"] == []


def test_every_rule_is_in_one_profile() -> None:
    for name in families.MODULES:
        module = __import__(f"kgen.check.practice.{name}", fromlist=["DEFAULT"])
        rules = [*module.DEFAULT, *module.STRICT, *module.OFF]
        assert len(rules) == len(set(rules))
        assert not module.DEFAULT or name in families.DEFAULT
