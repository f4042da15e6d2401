"""What kgen compiles passes its own strictest profile, with nothing silenced."""

import io
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kgen.commands import compile as compile_command
from kgen.commands.validate import Request, run

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/app.yaml"))
GOLDENS = sorted({path.parent for path in (ROOT / "golden").glob("*/*/out/deploy") if "faults" not in path.parts})

INFOS = {
    "single-replica": "staging runs one pod on purpose",
}
"""What is said of the examples all the same, and why it stays."""

ALLOWED = {
    "image-in-two-versions": "the golden shows several ways to name one image",
    "ingress-for-any-host": "the app has a route without host",
    "ingress-host-without-tls": "the app turns TLS off for one host",
    "ingress-without-tls": "the platform has no issuer",
    "namespace-undeclared": "objects for Argo CD and the like are in the namespace of those",
    "node-port": "the app asks for a port of every node, or the platform has nothing else",
    "route-gateway-missing": "the Gateway is the platform's, and not declared here",
    "network-policy-peer-without-pods": "an operator runs in a namespace of its own",
    "readiness-probe-missing": "the app has a port, and no probe",
    "secret-missing": "in one of two environments somebody puts the Secret there by hand",
    "tls-secret-missing": "certificates are put into the namespace by somebody else, and not declared here",
    "writable-root-file-system": "the app asks for it",
}
"""Warnings in goldens, which show one feature each: rule → why it may stay."""


def strict(folder: Path) -> list[dict[str, Any]]:
    """Return all findings below ``folder``."""
    out, err = io.StringIO(), io.StringIO()
    request = Request(paths=[str(folder)], profile="strict", output_format="json", cached=False)
    run(request, io.BytesIO(), out, err)
    made = json.loads(out.getvalue())
    assert made["summary"]["valid"] > 0
    return [finding for document in made["documents"] for finding in document["findings"]]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_pass_strict(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples" / name, tmp_path / name)
    monkeypatch.chdir(tmp_path / name)
    request = compile_command.Request(paths=[Path()])
    assert compile_command.run(request, io.StringIO(), io.StringIO()) == 0
    found = strict(Path())
    assert [each for each in found if each["severity"] != "info"] == []
    assert {each["name"] for each in found} <= INFOS.keys()


def test_goldens_pass_strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # no kgen.yaml
    found: Counter[tuple[str, str]] = Counter()
    for golden in GOLDENS:
        found.update((each["severity"], each["name"]) for each in strict(golden))
    # custom kinds: `compile` knows those that it makes, and has checked them
    assert {name for severity, name in found if severity == "error"} <= {"unknown-kubernetes-kind"}
    assert {name for severity, name in found if severity == "warning"} == ALLOWED.keys()
