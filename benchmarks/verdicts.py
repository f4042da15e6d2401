"""kgen and kubernetes-validate have to say the same about every document, or comparing their speed means nothing."""

import functools
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import every_field
import faults
import yaml
from kubernetes_validate import utils as upstream

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
        DisagreementError: They differ, or both are wrong.
    """
    valid = [*plain, *every]
    broken = list(_broken(_spread(plain, FAULTY))) + list(_broken(_spread(every, FAULTY)))
    _agree(folder, [("none", text) for text in valid])
    _agree(folder, broken)
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


def _agree(folder: Path, documents: Sequence[tuple[str, str]]) -> None:
    folder.mkdir()
    for index, (_, text) in enumerate(documents):
        (folder / f"{index:05}.yaml").write_text(text, "utf-8")
    ours = _ours(folder)
    theirs = _theirs([text for _, text in documents])
    wrong = [
        f"{fault}: kgen says {'valid' if our else 'invalid'}, kubernetes-validate {their or 'valid'}:\n{text}"
        for (fault, text), our, their in zip(documents, ours, theirs, strict=True)
        if not our == (not their) == (fault == "none")
    ]
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    if wrong:
        raise DisagreementError(f"{len(wrong)} of {len(documents)} verdicts differ; the first:\n{wrong[0]}")


def _ours(folder: Path) -> list[bool]:
    """Return kgen's verdicts, in the order of the files."""
    kgen = Path(sys.executable).with_name("kgen")
    command = [str(kgen), "validate", "-k", every_field.VERSION, "-j", "1", "--no-cache", "--format", "json", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1}:
        raise DisagreementError(done.stderr)
    found = {each["file"]: each["valid"] for each in json.loads(done.stdout)["documents"]}
    return [found[name] for name in sorted(found)]


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
