"""
What a real API server (v1.36) said about 9,418 objects, what kgen says, and what kubernetes-validate says.

The recorded answers are in ``../shared``, beside a checkout of this project, and not a part of it; without them,
these tests are skipped.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kgen.check import catalogue
from kgen.check.fault import Keyword
from kgen.check.objects import Objects
from kgen.check.store import Store, default_directory
from kgen.diag import Severity
from kgen.read.split import Chunk
from kgen.validate.judge import Judge
from test_schema import oracle

RECORDED = Path(__file__).parents[2] / "shared" / "corpus" / "apiserver-verdicts.jsonl.gz"
pytestmark = pytest.mark.skipif(not RECORDED.is_file(), reason=f"needs {RECORDED.name}, which is no part of kgen")

VERSION = "1.36"
FEWEST_AGREED = 0.995
FEWEST_FIELDS = 0.98
MOST_WRONG_REJECTIONS = 3

DIFFERENCES = {
    (("name",), False): "kubernetes-validate does not ask for a name; the server rejects the object",
    (("format",), False): "kubernetes-validate takes any text for a quantity, a time or base64; the server does not",
    (("range",), False): "kubernetes-validate does not know how large an int32 is; the server does",
    ((), True): "upstream's `oneOf` refuses null for a quantity or a port; the server takes it for nothing",
}
"""What kgen finds where kubernetes-validate says the opposite, whether the server accepts the object, and why."""


@cache
def rows() -> list[dict[str, Any]]:
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@cache
def objects() -> Objects:
    return Objects(Store(default_directory()), (VERSION,), lambda *_: None)


def found(value: dict[str, Any], *, only_schema: bool = False) -> tuple[str, ...] | None:
    """Return the errors of ``--profile server``, by keyword; ``None`` if it is not known what the object is."""
    api_version, kind = value.get("apiVersion"), value.get("kind")
    if not (isinstance(api_version, str) and isinstance(kind, str)):
        return None
    known = objects().kind(api_version, kind)
    if known.lacking:
        return None
    faults = [fault for fault in objects().faults(value, known) if not (only_schema and fault.row)]
    errors = {each.keyword for each in faults if not each.row or catalogue.rule(each.row).severity is Severity.ERROR}
    return tuple(sorted(errors - {Keyword.DUPLICATE}))


def judged(*, only_schema: bool = False) -> Iterator[tuple[dict[str, Any], tuple[str, ...] | None]]:
    for row in rows():
        yield row, found(row["object"], only_schema=only_schema)


def test_verdicts_are_those_of_the_server() -> None:
    verdicts = Counter((row["accepted"], made == ()) for row, made in judged())
    assert verdicts[True, False] <= MOST_WRONG_REJECTIONS
    assert (verdicts[True, True] + verdicts[False, False]) / verdicts.total() >= FEWEST_AGREED


def fields(value: dict[str, Any]) -> set[str]:
    """Return the fields that programs are told of."""
    made = Judge(objects(), profile="server").document(Chunk(json.dumps(value).encode()), 0, "a.yaml")
    return {found.at.field for found in made.found if not made.is_valid}


def test_fields_are_those_that_the_server_names() -> None:
    both = [
        (named, made)
        for row in rows()
        if (named := {cause["field"] for cause in row["causes"]} - {""}) and (made := fields(row["object"]))
    ]
    assert len(both) > len(rows()) // 2
    assert sum(bool(named & made) for named, made in both) / len(both) >= FEWEST_FIELDS


def test_where_kubernetes_validate_says_otherwise_the_server_agrees_with_kgen() -> None:
    accepts = oracle(VERSION)
    differing = {
        (made, row["accepted"])
        for row, made in judged(only_schema=True)
        if made is not None and accepts(row["object"]) is not (made == ())
    }
    assert differing == DIFFERENCES.keys()
    assert all(accepted is (made == ()) for made, accepted in differing), "kgen is right each time"
