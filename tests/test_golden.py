"""
Every output and every finding is the one that a person has reviewed.

A case is a folder ``golden/<group>/<case>`` with the inputs (``app.yaml``, ``kgen.yaml``, lock files…), ``out/`` with
all that kgen makes of them but lock files, and ``diagnostics.txt`` with its findings. What is not there must not be
made. The inputs of ``golden/examples/<name>`` are those of ``examples/<name>``.

Update: ``pytest tests/test_golden.py --update-golden``.
"""

import difflib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from kgen.pipeline import Options, compile_app
from kgen.report.text import render_all

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "golden"
OUT = "out"
DIAGNOSTICS = "diagnostics.txt"

NOT_COMPILED = {"upgrade", "validate"}
"""Goldens of other commands, which have tests of their own."""

CASES = sorted(
    case.relative_to(GOLDEN).as_posix() for case in GOLDEN.glob("*/*") if case.parent.name not in NOT_COMPILED
)
FAULTS = [case for case in CASES if case.startswith("faults/")]
SEVERAL = {"faults/many-at-once"}
"""Cases of more than one fault."""


def inputs_of(case: str) -> Path:
    group, name = case.split("/")
    return ROOT / "examples" / name if group == "examples" else GOLDEN / case


def expected(folder: Path) -> dict[str, str]:
    """Return what the case in ``folder`` says should be made, by path."""
    paths = [*(folder / OUT).rglob("*"), folder / DIAGNOSTICS]
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in paths if path.is_file()}


def made(inputs: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Compile a copy of ``inputs`` from within, so that findings say ``app.yaml:5:3``, and return what was made."""
    shutil.copytree(inputs, workspace, ignore=shutil.ignore_patterns(OUT, DIAGNOSTICS, "deploy"))
    (workspace / ".git").mkdir()  # where kgen stops to look for kgen.yaml
    monkeypatch.chdir(workspace)
    compiled = compile_app(Path("app.yaml"), Options())
    files = {
        f"{OUT}/{(tree.root / path).as_posix()}": text
        for tree in (*compiled.trees, *compiled.shared)
        for path, text in tree.files.items()
    }
    findings = render_all(compiled.found, compiled.sources)
    return files | ({DIAGNOSTICS: findings + "\n"} if findings else {})


def difference(wanted: Mapping[str, str], actual: Mapping[str, str]) -> str:
    """Return the first files that differ, as people read it; nothing if all are equal."""
    paths = [path for path in sorted({*wanted, *actual}) if wanted.get(path) != actual.get(path)]
    parts = []
    for path in paths[:3]:
        old, new = wanted.get(path), actual.get(path)
        lines = difflib.unified_diff(
            (old or "").splitlines(),
            (new or "").splitlines(),
            f"{path} (reviewed)" if old is not None else "nothing",
            f"{path} (made now)" if new is not None else "nothing",
            lineterm="",
        )
        parts.append("\n".join(lines) or f"{path}: only ends of lines differ, or an empty file is too much or missing")
    if len(paths) > len(parts):
        parts.append(f"... and {len(paths) - len(parts)} more files differ")
    return "\n\n".join(parts)


def write(folder: Path, files: Mapping[str, str]) -> None:
    shutil.rmtree(folder / OUT, ignore_errors=True)
    (folder / DIAGNOSTICS).unlink(missing_ok=True)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())


@pytest.mark.parametrize("case", CASES)
def test_what_is_made_is_what_was_reviewed(
    case: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    actual = made(inputs_of(case), tmp_path / "work", monkeypatch)
    if request.config.getoption("--update-golden"):
        write(GOLDEN / case, actual)
    found = difference(expected(GOLDEN / case), actual)
    assert not found, f"golden/{case}\n\n{found}\n\nif that is right: pytest tests/test_golden.py --update-golden"


def test_golden_holds_cases_and_nothing_else() -> None:
    for case in CASES:
        assert (inputs_of(case) / "app.yaml").is_file(), f"golden/{case} is no case"
        assert re.fullmatch(r"[a-z-]+/[a-z0-9-]+", case), f"golden/{case}: lower case and dashes"
    assert [path.name for path in GOLDEN.iterdir() if path.is_file()] == []


def test_every_example_is_a_golden() -> None:
    examples = {path.parent.name for path in (ROOT / "examples").glob("*/app.yaml")}
    assert examples == {case.removeprefix("examples/") for case in CASES if case.startswith("examples/")}


@pytest.mark.parametrize("case", [case for case in CASES if case not in FAULTS])
def test_building_cases_build_without_a_finding(case: str) -> None:
    assert (GOLDEN / case / OUT).is_dir()
    assert not (GOLDEN / case / DIAGNOSTICS).exists()


@pytest.mark.parametrize("case", [case for case in FAULTS if case not in SEVERAL])
def test_one_fault_is_one_finding(case: str) -> None:
    """The folder is named after the rule; ``--`` and a word tell several cases of one rule apart."""
    rule = case.removeprefix("faults/").partition("--")[0]
    text = (GOLDEN / case / DIAGNOSTICS).read_text("utf-8")
    assert re.findall(r"^ *= rule: (\S+)$", text, re.MULTILINE) == [rule]
    is_error = text.startswith("error[")
    assert (GOLDEN / case / OUT).exists() != is_error, "only an error leaves nothing to write"


@pytest.mark.parametrize(
    ("wanted", "actual", "shown"),
    [
        ({"a": "1\n"}, {"a": "1\n"}, ""),
        ({"a": "1\n"}, {"a": "2\n"}, "--- a (reviewed)\n+++ a (made now)\n@@ -1 +1 @@\n-1\n+2"),
        ({"a": "1\n"}, {}, "--- a (reviewed)\n+++ nothing\n@@ -1 +0,0 @@\n-1"),
        ({}, {"a": "1\n"}, "--- nothing\n+++ a (made now)\n@@ -0,0 +1 @@\n+1"),
        ({"a": "1\n"}, {"a": "1\r\n"}, "a: only ends of lines differ, or an empty file is too much or missing"),
        ({}, {"a": ""}, "a: only ends of lines differ, or an empty file is too much or missing"),
    ],
)
def test_differences_are_shown(wanted: dict[str, str], actual: dict[str, str], shown: str) -> None:
    assert difference(wanted, actual) == shown


def test_a_long_list_of_differences_is_cut() -> None:
    assert difference({}, {str(number): "1\n" for number in range(5)}).endswith("... and 2 more files differ")
