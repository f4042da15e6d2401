"""
kgen and kubernetes-validate have to say the same about every document, or comparing their speed means nothing.

That is about schemas, which are all that kubernetes-validate knows. All of kgen has to like the plain documents.
"""

import functools
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import every_field
import faults
import yaml
from kubernetes_validate import utils as upstream
from tools import BIN, PLAIN, written

from kgen.check.fault import Keyword
from kgen.check.objects import Objects
from kgen.check.store import Store, default_directory
from kgen.read.quick import quick

FAULTY = 120
"""Documents of each sort that are looked at again with one fault."""


class DisagreementError(Exception):
    """The tools do not say the same, or not what they should."""


def compare(folder: Path, plain: Sequence[str], every: Sequence[str]) -> str:
    """
    Ask both tools about valid and faulty documents.

    Returns:
        What was compared, in words.

    Raises:
        DisagreementError: They differ, or both are wrong, or ``kgen validate`` finds something in a plain document.
    """
    valid = [*plain, *every]
    broken = list(_broken(_spread(plain, FAULTY))) + list(_broken(_spread(every, FAULTY)))
    _agree([("none", text) for text in valid])
    _agree(broken)
    _pass(folder, plain)
    counts = f"{len(valid):,} documents without fault, {len(broken):,} with one each"
    return f"kgen and kubernetes-validate give the same verdicts: {counts}"


def _spread(texts: Sequence[str], count: int) -> Sequence[str]:
    return texts[:: max(1, len(texts) // count)][:count]


def _broken(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield documents and the fault in each."""
    schemas = every_field.Schemas()
    for seed, text in enumerate(texts):
        value = yaml.load(text, yaml.CSafeLoader)
        for fault, made in faults.faulty(value, schemas, seed=seed):
            yield fault, "\n".join([*every_field.lines(made), ""])


def _agree(documents: Sequence[tuple[str, str]]) -> None:
    ours = _ours([text for _, text in documents])
    theirs = _theirs([text for _, text in documents])
    wrong = [
        f"{fault}: kgen says {our or 'valid'}, kubernetes-validate {their or 'valid'}:\n{text}"
        for (fault, text), our, their in zip(documents, ours, theirs, strict=True)
        if not (not our) == (not their) == (fault == "none")
    ]
    if wrong:
        raise DisagreementError(f"{len(wrong)} of {len(documents)} verdicts differ; the first:\n{wrong[0]}")


def _pass(folder: Path, texts: Sequence[str]) -> None:
    """Ask ``kgen validate``, all of it, about documents without fault."""
    written(folder, PLAIN, texts)
    command = [
        str(BIN / "kgen"),
        "validate",
        "-k",
        every_field.VERSION,
        "-j",
        "1",
        "--no-cache",
        "--format",
        "json",
        ".",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    shutil.rmtree(folder)
    if done.returncode not in {0, 1}:
        raise DisagreementError(done.stderr)
    found = json.loads(done.stdout)
    findings = [*found["findings"], *(each for document in found["documents"] for each in document["findings"])]
    if findings:
        raise DisagreementError(f"kgen validate finds something in a plain document: {findings[0]}")
    if found["summary"]["valid"] != len(texts):
        raise DisagreementError(f"kgen validate did not look at all documents: {found['summary']}")


def _ours(texts: Sequence[str]) -> list[str]:
    """
    Return what kgen's schemas say about each document, nothing if it is valid.

    The rules that the API server has beside its schemas, and entries that stand twice in a list, are kgen's alone.
    """
    objects = Objects(Store(default_directory()), (every_field.VERSION,), lambda *_: None)
    return [_fault(objects, quick(text.removeprefix("---\n").encode())[0]) for text in texts]


def _fault(objects: Objects, value: dict[str, Any]) -> str:
    known = objects.kind(value["apiVersion"], value["kind"])
    for fault in objects.faults(value, known):
        if not fault.row and fault.keyword is not Keyword.DUPLICATE:
            return f"invalid: {'.'.join(map(str, fault.path))} {fault.message}"
    return ""


def _theirs(texts: Sequence[str]) -> list[str]:
    """
    Return what kubernetes-validate says about each document, nothing if it is valid.

    It is kubernetes-validate's own function, but its schemas are read once instead of once per document.
    """
    upstream.schema_contents = functools.cache(upstream.schema_contents)
    return [_complaint(yaml.load(text, yaml.CSafeLoader)) for text in texts]


def _complaint(value: dict[str, Any]) -> str:
    try:
        upstream.validate(value, every_field.VERSION, strict=True)
    except upstream.ValidationError as error:
        return f"{error.json_path}: {error.message}"
    return ""
