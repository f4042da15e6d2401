"""Mistakes that a review found in ``kgen validate``, each as a user would meet it."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kgen.commands.definitions import add
from kgen.commands.schema import Output
from kgen.commands.validate import Request, run

ROOT = Path(__file__).parents[1]
DEFINITION = (ROOT / "golden" / "validate" / "custom-kind" / "crd.yaml").read_text("utf-8")
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
QUEUE = "apiVersion: example.com/v1\nkind: Queue\nmetadata: {name: o}\nspec: {size: %s, mode: fifo}\n"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(*paths: str, stdin: bytes = b"", **options: Any) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    code = run(Request(paths=paths, output_format="json", **options), io.BytesIO(stdin), out, out)
    made: dict[str, Any] = json.loads(out.getvalue())
    return code, made


def names(made: dict[str, Any]) -> list[str]:
    return [each["name"] for document in made["documents"] for each in document["findings"]]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("cached", [True, False])
def test_a_broken_definition_is_told_in_every_run(jobs: int, cached: bool) -> None:  # noqa: FBT001
    Path("crd.yaml").write_text(DEFINITION.replace("storage: true", "storage: false"), "utf-8")
    Path("d").mkdir()
    for number in range(12):
        Path(f"d/{number}.yaml").write_text(QUEUE % 1, "utf-8")
    for _ in range(2):
        code, made = report("d", crds=["crd.yaml"], jobs=jobs, cached=cached)
        assert code == 1
        assert made["summary"]["invalid"] == 12
        assert {document["file"] for document in made["documents"]} >= {"crd.yaml", "d/0.yaml"}


@pytest.mark.parametrize(
    "text",
    [
        CONFIG_MAP + 'data:\n  rule: "{{ $labels.pod }}"\n  rule: x\n',  # a fault that no template explains
        CONFIG_MAP + 'data:\n\tnote: "{{ x }}"\n',
    ],
)
def test_braces_in_quotes_hide_no_fault(text: str) -> None:
    Path("a.yaml").write_text(text, "utf-8")
    assert report("a.yaml")[0] == 1


def test_what_was_rendered_is_no_template() -> None:
    assert report("-", stdin=(CONFIG_MAP + "data: {{ .x }}\n").encode())[0] == 1


def test_only_the_templates_of_a_chart_are_templates() -> None:
    Path("templates").mkdir()
    Path("templates/cm.yaml").write_text(CONFIG_MAP + 'dta: {a: "{{ x }}"}\n', "utf-8")
    assert names(report("templates")[1]) == ["unknown-kubernetes-field"]
    Path("Chart.yaml").write_text("name: x\n", "utf-8")
    assert report("templates")[1]["summary"]["skippedBecause"] == {"template": 1}


def test_a_definition_in_a_list_declares_its_kind() -> None:
    lines = "".join(f"{'  ' if at else '- '}{line}\n" for at, line in enumerate(DEFINITION.splitlines()))
    objects = "".join(f"{'  ' if at else '- '}{line}\n" for at, line in enumerate((QUEUE % 0).splitlines()))
    Path("list.yaml").write_text(f"apiVersion: v1\nkind: List\nitems:\n{lines}{objects}", "utf-8")
    assert names(report("list.yaml")[1]) == ["value-out-of-range"]


def test_a_definition_counts_however_late_it_comes() -> None:
    late = QUEUE % 0 + "".join(f"---\n{CONFIG_MAP}" for _ in range(25_000)) + f"---\n{DEFINITION}"
    assert names(report("-", stdin=late.encode(), profile="server")[1]) == ["value-out-of-range"]


def test_objects_of_a_json_stream_are_documents() -> None:
    one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    text = "\n".join(json.dumps(each) for each in (one, one | {"dta": 1}, one))
    Path("a.json").write_text(text, "utf-8")
    _, made = report("a.json", profile="server")
    assert [document["valid"] for document in made["documents"]] == [True, False, True]
    assert made["documents"][1]["findings"][0]["line"] == 2


def test_text_that_was_never_to_be_an_object_is_passed_over() -> None:
    Path("tsconfig.json").write_text('{\n  // strict\n  "strict": true,\n}\n', "utf-8")
    Path("twice.yaml").write_text("a: 1\na: 2\n", "utf-8")
    Path("lock.json").write_text('{"packages": {' + '"a": "b",' * 400_000 + '"a": 1}}', "utf-8")
    code, made = report(".")
    assert (code, made["summary"]["skipped"]) == (0, 3)


def test_a_list_of_objects_that_is_no_list_kind_is_a_fault() -> None:
    Path("a.yaml").write_text("- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n", "utf-8")
    assert names(report("a.yaml")[1]) == ["object-without-kind"]


def test_an_unknown_kind_is_not_asked_for_a_name() -> None:
    Path("a.yaml").write_text("apiVersion: example.com/v1\nkind: Queue\n", "utf-8")
    assert names(report("a.yaml")[1]) == ["unknown-kubernetes-kind"]


def test_verdicts_change_with_a_definition_whatever_its_time(workspace: Path) -> None:
    Path("crd.yaml").write_text(DEFINITION, "utf-8")
    Path("d").mkdir()
    for number in range(12):
        (workspace / "d" / f"{number}.yaml").write_text(QUEUE % 1, "utf-8")
    os.utime("crd.yaml", (10**9, 10**9))
    assert report("d", crds=["crd.yaml"])[0] == 0
    Path("crd.yaml").write_text(DEFINITION.replace("minimum: 1,", "minimum: 2,"), "utf-8")
    os.utime("crd.yaml", (10**9, 10**9))
    assert report("d", crds=["crd.yaml"])[0] == 1


def test_the_kind_that_was_probably_meant_is_named_among_the_declared() -> None:
    Path("crd.yaml").write_text(DEFINITION, "utf-8")
    text = (QUEUE % 1).replace("Queue", "Quue")
    _, made = report("-", stdin=text.encode(), crds=["crd.yaml"])
    assert made["documents"][0]["findings"][0]["help"] == "did you mean `Queue`?"


def test_a_definition_writes_nowhere_but_into_its_folder(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = workspace / "a" / "b" / "c" / "d"
    (inner / ".git").mkdir(parents=True)
    monkeypatch.chdir(inner)
    text = DEFINITION.replace("name: queues.example.com", "name: ../../../queues.example.com").replace(
        "plural: queues", "plural: ../../../queues"
    )
    Path("crd.yaml").write_text(text, "utf-8")
    out = io.StringIO()
    assert add(["crd.yaml"], Output(out=out, err=out)) != 0
    assert not list(workspace.glob("**/queues*"))


def test_a_cache_that_is_a_link_is_left_alone(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (workspace / ".kgen").symlink_to(elsewhere)
    for number in range(12):
        (workspace / f"{number}.yaml").write_text(CONFIG_MAP, "utf-8")
    assert report(".")[0] == 0
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_closed_streams_are_no_bug(closed: str) -> None:
    Path("a.yaml").write_text(CONFIG_MAP, "utf-8")
    command = f"exec '{sys.executable}' -m kgen validate a.yaml {closed}"
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    assert subprocess.run(["sh", "-c", command], env=env, check=False, capture_output=True).returncode == 0
