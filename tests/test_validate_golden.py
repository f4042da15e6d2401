"""
What ``kgen validate`` prints is what a person has reviewed.

A case is a folder ``golden/validate/<case>`` with ``objects.yaml``, perhaps ``crd.yaml`` for ``--crds``, and all that
is printed, in ``diagnostics.txt``.

Update: ``pytest tests/test_validate_golden.py --update-golden``.
"""

import io
import shutil
from pathlib import Path

import pytest

from kgen.commands.validate import Request, run

GOLDEN = Path(__file__).parents[1] / "golden" / "validate"
CASES = sorted(case.name for case in GOLDEN.iterdir())


@pytest.mark.parametrize("case", CASES)
def test_golden(case: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("objects.yaml", "crd.yaml"):
        if (GOLDEN / case / name).exists():
            shutil.copy(GOLDEN / case / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    out, err = io.StringIO(), io.StringIO()
    crds = ["crd.yaml"] if Path("crd.yaml").exists() else []
    asked = Request(paths=["objects.yaml"], versions=["1.36"], crds=crds, cached=False)
    code = run(asked, io.BytesIO(), out, err)
    printed = f"{out.getvalue()}{err.getvalue()}exit code {int(code)}\n"
    expected = GOLDEN / case / "diagnostics.txt"
    if request.config.getoption("--update-golden"):
        expected.write_bytes(printed.encode())
    assert printed == expected.read_bytes().decode()
