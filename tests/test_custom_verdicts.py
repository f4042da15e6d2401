"""
A second opinion: what a real API server answered to custom resources.

The recorded answers are no part of the project; the test is skipped where they are not at hand.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kgen.check.crd import CustomKind, custom_kinds
from kgen.check.crd_faults import definition_faults
from kgen.check.objects import Kind, Objects
from kgen.check.store import Store, default_directory
from kgen.validate.fields import Fields
from kgen.validate.judge import Problem
from test_crd import METADATA

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
VERDICTS = CORPUS / "custom-verdicts.jsonl.gz"
pytestmark = pytest.mark.skipif(not VERDICTS.is_file(), reason=f"no recorded answers in {CORPUS.name}/")

BEFORE = frozenset({"NoMatch", "MissingKind", "MissingApiVersion", "InvalidNamespace"})
"""Reasons for which the server never came to the schema."""


class Loader(yaml.CSafeLoader):
    """Reads ``=`` as the text that it is."""


Loader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)


def definitions() -> Iterator[dict[str, Any]]:
    for path in sorted((CORPUS / "crds").rglob("*.y*ml")):
        for document in yaml.load_all(path.read_bytes(), Loader):  # a safe loader
            if isinstance(document, dict) and document.get("kind") == "CustomResourceDefinition":
                yield document


def is_about_names(row: dict[str, Any]) -> bool:
    """Tell whether the server only minded names, labels and the like, which are not the schema's business."""
    causes = [cause for cause in row["causes"] if "some validation rules were not checked" not in cause["message"]]
    return row["reason"] == "Invalid" and all(cause["field"].startswith("metadata.") for cause in causes)


def fields(value: dict[str, Any], kind: CustomKind, objects: Objects) -> set[str]:
    """Return the fields that programs are told of."""
    faults = kind.verdict(value).faults
    known = Kind((), custom=kind, needs_name=True)
    written = Fields(Problem((), value, known, dict.fromkeys(faults, objects.versions)), objects, objects.versions[-1])
    return {written.named(fault) for fault in faults}


def test_verdicts_and_fields_are_those_of_the_server() -> None:
    objects = Objects(Store(default_directory()), ("1.36",), lambda *_: None)
    kinds: dict[tuple[str, str], CustomKind] = {}
    for document in definitions():
        kinds |= custom_kinds(document, METADATA)
    with gzip.open(VERDICTS, "rt") as file:
        rows = [row for row in map(json.loads, file) if row["reason"] not in BEFORE and not is_about_names(row)]
    passed: list[str] = []
    refused: list[str] = []
    named = 0
    for row in rows:
        kind = kinds[row["object"]["apiVersion"], row["object"]["kind"]]
        verdict = kind.verdict(row["object"])
        assert not verdict.unchecked, row["id"]
        if row["accepted"] and verdict.faults:
            refused.append(row["id"])
        if not row["accepted"] and not verdict.faults:
            passed.append(row["id"])
        if verdict.faults:
            named += bool(fields(row["object"], kind, objects) & {cause["field"] for cause in row["causes"]})
    assert len(rows) > 4000
    assert len(passed) + len(refused) <= len(rows) // 100, (passed, refused)
    assert len(refused) <= len(rows) * 3 // 1000, refused
    assert named > 0.98 * sum(not row["accepted"] for row in rows)


def test_definitions_that_a_server_took_have_no_faults() -> None:
    assert [fault for document in definitions() for fault in definition_faults(document, METADATA)] == []
