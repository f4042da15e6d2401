"""Every rule of the API server has an example that breaks it, and one that does not: both are in its row."""

import re
from functools import cache
from itertools import pairwise

import pytest

from kgen.check import catalogue
from kgen.check.catalogue import Entry
from kgen.check.fault import Fault, Keyword
from kgen.check.objects import Objects
from kgen.check.store import Store, default_directory
from kgen.read import careful

ENTRIES = tuple(catalogue.family("server").values())
SHOWN = tuple(entry for entry in ENTRIES if not entry.offline)
NEWEST = "1.36"


@cache
def objects(version: str) -> Objects:
    return Objects(Store(default_directory()), (version,), lambda *_: None)


def faults(text: str, version: str) -> list[Fault]:
    value, unreadable = careful.read(text.encode())
    assert not unreadable
    known = objects(version)
    return list(known.faults(value, known.kind(value["apiVersion"], value["kind"])))


def version_of(entry: Entry) -> str:
    return getattr(entry, "version", "") or NEWEST


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.row)
def test_the_example_that_fails_breaks_the_rule(entry: Entry) -> None:
    found = faults(entry.fails, version_of(entry))
    assert [fault for fault in found if fault.row == entry.row], found
    others = [fault for fault in found if not fault.row and fault.keyword is not Keyword.DUPLICATE]
    assert others == [], "the rules of the schema are another matter"


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.row)
def test_the_example_that_passes_has_no_fault(entry: Entry) -> None:
    assert faults(entry.passes, version_of(entry)) == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.row)
def test_rows_are_well_formed(entry: Entry) -> None:
    assert re.fullmatch(r"[A-Z]{3,4}\d{3}", entry.row)
    assert re.fullmatch(r"KG\d{4}", entry.rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", entry.rule.name)
    assert re.fullmatch(r"\S.*\.", entry.rule.explain), "a sentence ends with a full stop"
    assert entry.upstream
    assert bool(entry.offline) is not bool(entry.fails and entry.passes), "examples, or why there are none"


@pytest.mark.parametrize("word", ["code", "name"])
def test_no_two_rows_share(word: str) -> None:
    words = [getattr(entry.rule, word) for entry in ENTRIES]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("family", sorted({entry.row.rstrip("0123456789") for entry in ENTRIES}))
def test_codes_rise_with_the_rows(family: str) -> None:
    codes = [entry.rule.code for entry in ENTRIES if entry.row.rstrip("0123456789") == family]
    assert all(one < other for one, other in pairwise(codes))
