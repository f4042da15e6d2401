"""``kgen schema add``: definitions of custom kinds come into the workspace, whole, and only if they are right."""

import io
import json
from pathlib import Path

import pytest

from kgen.commands.definitions import add
from kgen.commands.schema import Output
from kgen.commands.validate import Request, run

ROOT = Path(__file__).parents[1]
DEFINITION = (ROOT / "golden" / "validate" / "custom-kind" / "crd.yaml").read_text("utf-8")
QUEUE = "apiVersion: example.com/v1\nkind: Queue\nmetadata: {name: orders}\nspec: {size: 0, mode: fifo}\n"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def added(*paths: str, as_json: bool = False) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    code = add(paths, Output(out=out, err=err, as_json=as_json))
    return code, out.getvalue() + err.getvalue()


def validated(*paths: str) -> tuple[int, str]:
    out = io.StringIO()
    return run(Request(paths=paths, cached=False), io.BytesIO(), out, out), out.getvalue()


def test_an_added_kind_is_known_from_then_on(workspace: Path) -> None:
    Path("crd.yaml").write_text(DEFINITION, "utf-8")
    Path("queue.yaml").write_text(QUEUE, "utf-8")
    assert "unknown-kubernetes-kind" in validated("queue.yaml")[1]
    code, said = added("crd.yaml")
    assert (code, said.splitlines()[0]) == (0, "added .kgen/crds/queues.example.com.yaml: Queue in example.com (v1)")
    assert (workspace / ".kgen/crds/queues.example.com.yaml").read_text("utf-8") == DEFINITION
    assert "`spec.size` must be at least 1, but is 0" in validated("queue.yaml")[1]


def test_adding_again_says_what_changed() -> None:
    Path("crd.yaml").write_text(DEFINITION, "utf-8")
    added("crd.yaml")
    assert added("crd.yaml")[1].startswith("unchanged ")
    Path("crd.yaml").write_text("# newer\n" + DEFINITION, "utf-8")
    assert added("crd.yaml")[1].startswith("changed ")


def test_a_folder_is_found_from_below_the_workspace(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("crds").mkdir()
    Path("crds/all.yaml").write_text(
        f"kind: Namespace\napiVersion: v1\nmetadata: {{name: x}}\n---\n{DEFINITION}", "utf-8"
    )
    Path("sub").mkdir()
    monkeypatch.chdir("sub")
    assert added("../crds")[0] == 0
    assert [path.name for path in (workspace / ".kgen/crds").iterdir()] == ["queues.example.com.yaml"]


def test_definitions_of_a_list_are_taken_apart(workspace: Path) -> None:
    items = "".join(f"{'- ' if not at else '  '}{line}\n" for at, line in enumerate(DEFINITION.splitlines()))
    Path("list.yaml").write_text(f"apiVersion: v1\nkind: List\nitems:\n{items}", "utf-8")
    assert added("list.yaml")[0] == 0
    Path("queue.yaml").write_text(QUEUE.replace("size: 0", "size: 1"), "utf-8")
    assert validated("queue.yaml")[0] == 0
    assert (workspace / ".kgen/crds/queues.example.com.yaml").is_file()


def test_nothing_is_added_if_one_is_broken(workspace: Path) -> None:
    Path("crd.yaml").write_text(DEFINITION, "utf-8")
    Path("broken.yaml").write_text(DEFINITION.replace("type: integer, minimum", "type: whole, minimum"), "utf-8")
    code, said = added("crd.yaml", "broken.yaml")
    assert code == 1
    assert " --> broken.yaml:" in said
    assert said.endswith("nothing was added\n")
    assert not (workspace / ".kgen").exists()


def test_a_file_without_a_definition_is_wrong_use(workspace: Path) -> None:
    Path("queue.yaml").write_text(QUEUE, "utf-8")
    code, said = added("queue.yaml")
    assert (code, "no-custom-resource-definition" in said) == (2, True)
    code, said = added("missing.yaml", as_json=True)
    assert (code, json.loads(said)["findings"][0]["name"]) == (2, "unreadable-file")
    assert not (workspace / ".kgen").exists()
