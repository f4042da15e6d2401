"""The benchmark of ``kgen validate`` works, and compares what it says that it compares."""

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft4Validator

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
TABLES = 8
ROWS = {
    "CSafeLoader, reads only": 8,
    "kgen, schemas only": 8,
    "kgen -j 1 --no-cache": 4,
    "kgen -j 1, cold": 2,
    "kgen -j 1, warm": 2,
    "kgen, cold": 2,
    "kgen, warm": 2,
    "kgen": 1,
    "python -c pass": 2,
    "kubernetes-validate": 4,
    "kubernetes-validate, from 9 documents": 2,
}


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return what imports a module of the benchmarks."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    yield importlib.import_module
    for name in [path.stem for path in BENCHMARKS.glob("*.py")]:
        sys.modules.pop(name, None)


def names(output: str) -> list[str]:
    """Return the first columns of all rows, a line of figures each."""
    rows = re.findall(r"^(\S.*?) +~?[\d,]+ +\d+\.\d\d ", output, re.MULTILINE)
    return [str(row) for row in rows]


def quick(folder: Path) -> str:
    """Run the benchmark with a handful of documents, and with a kubeconform that likes everything."""
    program = folder / "kubeconform"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {folder}/arguments\n', "utf-8")
    program.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, str(BENCHMARKS / "validate.py"), "--quick"]
    done = subprocess.run(command, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_tool_is_in_the_tables_and_the_verdicts_are_equal(tmp_path: Path) -> None:
    output = quick(tmp_path)
    found = names(output)
    assert {name: found.count(name) for name in found} == ROWS | {"kubeconform": TABLES}
    assert "kgen and kubernetes-validate give the same verdicts: 24 documents without fault" in output
    assert len(re.findall(r"^  (?:met|NOT MET) ", output, re.MULTILINE)) == 13
    arguments = (tmp_path / "arguments").read_text("utf-8").split("\n")
    assert arguments[:4] == ["-strict", "-kubernetes-version", "1.34.0", "-schema-location"]
    assert arguments[5:] == [".", ""]


def test_a_verdict_that_differs_is_an_error(modules: Any, tmp_path: Path) -> None:
    verdicts = modules("verdicts")
    nameless = "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n"  # no schema says that a name is needed
    with pytest.raises(verdicts.DisagreementError, match="1 of 2 verdicts differ; the first:\nnone: kgen says invalid"):
        verdicts.compare(tmp_path / "work", [nameless.replace("{}", "{name: a}")], [nameless])


def test_a_plain_document_has_to_be_valid_for_all_of_kgen(modules: Any, tmp_path: Path) -> None:
    verdicts = modules("verdicts")
    misnamed = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A}\n"  # schemas know no form of names
    with pytest.raises(verdicts.DisagreementError, match="kgen validate finds something in a plain document"):
        verdicts.compare(tmp_path / "work", [misnamed], [])
    assert "2 documents without fault" in verdicts.compare(tmp_path / "other", [misnamed.replace("A", "a")], [misnamed])


@pytest.mark.parametrize("form", ["files", "one file"])
def test_reading_and_schemas_alone_find_what_schemas_know(modules: Any, tmp_path: Path, form: str) -> None:
    tools = modules("tools")
    valid = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A}\n"
    for name, texts, code in (("valid", [valid] * 9, 0), ("faulty", [valid] * 8 + [f"{valid}data: []\n"], 1)):
        given = tools.written(tmp_path / name, tools.EVERY, texts, one_file=form == "one file")
        command = next(
            each.command for each in tools.tools(given, most_upstream=0, kubeconform=()) if "schemas" in each.name
        )
        assert subprocess.run(command, cwd=given.folder, check=False).returncode == code


def test_documents_are_as_long_as_they_are_said_to_be_and_have_names_of_their_own(modules: Any) -> None:
    plain = modules("plain").documents(150)
    every = modules("every_field").documents(150, distinct=50)
    lengths = [len(text.splitlines()) for text in plain]
    assert 10 < min(lengths) < 20
    assert 40 < max(lengths) < 50
    assert 150 < sum(len(text.splitlines()) for text in every) / len(every) < 300
    for texts in (plain, every):
        values = [yaml.safe_load(text) for text in texts]
        assert len({(value["kind"], value["metadata"]["name"]) for value in values}) == 150
        assert len({value["kind"] for value in values}) >= 15


def test_the_schemas_for_kubeconform_say_the_same_as_kgen(modules: Any, tmp_path: Path) -> None:
    *_, location = modules("schema_folder").write(tmp_path)
    template = "{{.NormalizedKubernetesVersion}}-standalone{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json"
    assert location == f"{tmp_path}/{template}"
    folder = tmp_path / "v1.34.0-standalone-strict"
    assert {"deployment-apps-v1.json", "configmap-v1.json", "role-rbac-v1.json"} <= {
        path.name for path in folder.iterdir()
    }
    made = modules("every_field")
    faults = modules("faults")
    for key in (("apps/v1", "Deployment"), ("v1", "Service"), ("networking.k8s.io/v1", "NetworkPolicy")):
        value = made.Maker(made.Schemas(), seed=1).object(*key, "a")
        path = folder / f"{key[1].lower()}-{key[0].replace('.k8s.io', '').replace('/', '-')}.json"
        schema = json.loads(path.read_text("utf-8"))
        assert "$ref" not in path.read_text("utf-8")
        Draft4Validator.check_schema(schema)
        assert Draft4Validator(schema).is_valid(value)
        for _, broken in faults.faulty(value, made.Schemas(), seed=2):
            assert not Draft4Validator(schema).is_valid(broken)
