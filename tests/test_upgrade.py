"""
What ``kgen upgrade`` prints is what a person has reviewed, and what it writes differs in API versions only.

A case is a folder ``golden/upgrade/<case>`` with ``objects.yaml``; ``upgrade.txt``, all that is printed without
and with ``--write``; and ``written.yaml``, what the file is then, if it is another one.

Update: ``pytest tests/test_upgrade.py --update-golden``.
"""

import io
import json
import os
import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from kgen.check.lifecycle.removals import removals
from kgen.check.store import Store, default_directory
from kgen.cli import app
from kgen.commands.upgrade import Request, run
from kgen.read.split import chunks
from kgen.upgrade.comparison import Comparison
from kgen.upgrade.items import Edit
from kgen.upgrade.rewriting import rewritten
from kgen.validate.judge import document
from kgen.validate.run import separate
from kgen.write.lock import NAME, digest, dump
from kgen.write.rewritten import save

GOLDEN = Path(__file__).parents[1] / "golden" / "upgrade"
CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "manifests"
VERSIONS: Mapping[str, tuple[str, str]] = {
    "deprecated-fields": ("1.30", "1.37"),
    "fields-that-go": ("1.30", "1.37"),
    "in-a-list": ("1.25", "1.37"),
    "left-to-a-person": ("1.25", "1.37"),
    "not-served-yet": ("1.30", "1.37"),
    "nothing-changes": ("1.25", "1.37"),
    "only-another-api-version": ("1.30", "1.37"),
    "other-fields": ("1.30", "1.37"),
    "references": ("1.30", "1.36"),
    "skipped": ("1.30", "1.37"),
}
"""Case → from which Kubernetes version to which one."""

BUDGET = b"""\
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: shop}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: shop}}}
"""


def asked(*paths: str, current: str = "1.34", target: str = "1.37", writes: bool = False, **words: Any) -> str:
    """Return all that is printed, and the exit code on a line of its own."""
    out, err = io.StringIO(), io.StringIO()
    stdin = io.BytesIO(words.pop("stdin", b""))
    request = Request(paths=paths, current=current, target=target, writes=writes, **words)
    code = run(request, stdin, out, err)
    return f"{out.getvalue()}{err.getvalue()}exit code {int(code)}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_folder_is_a_case() -> None:
    assert {case.name for case in GOLDEN.iterdir()} == VERSIONS.keys()


@pytest.mark.parametrize("case", VERSIONS)
def test_golden(case: str, folder: Path, request: pytest.FixtureRequest) -> None:
    before = (GOLDEN / case / "objects.yaml").read_bytes()
    (folder / "objects.yaml").write_bytes(before)
    current, target = VERSIONS[case]
    printed = "$ kgen upgrade\n" + asked("objects.yaml", current=current, target=target)
    assert (folder / "objects.yaml").read_bytes() == before
    printed += "\n$ kgen upgrade --write\n" + asked("objects.yaml", current=current, target=target, writes=True)
    after = (folder / "objects.yaml").read_bytes()
    actual = {"upgrade.txt": printed.encode()} | ({} if after == before else {"written.yaml": after})
    if request.config.getoption("--update-golden"):
        for path in GOLDEN.joinpath(case).iterdir():
            if path.name != "objects.yaml":
                path.unlink()
        for name, content in actual.items():
            (GOLDEN / case / name).write_bytes(content)
    assert actual == {path.name: path.read_bytes() for path in (GOLDEN / case).iterdir() if path.name != "objects.yaml"}
    for words in re.findall(r"(?m)^ +\S+:\d+:\d+: \w+: (.+)$", printed):
        assert words.count("`") % 2 == 0
        assert not words.endswith(".")


@pytest.mark.parametrize("case", VERSIONS)
def test_only_scalars_after_api_version_are_rewritten(case: str) -> None:
    written = GOLDEN / case / "written.yaml"
    if not written.exists():
        return
    old = (GOLDEN / case / "objects.yaml").read_text("utf-8").splitlines()
    new = written.read_text("utf-8").splitlines()
    assert len(old) == len(new)
    for before, after in zip(old, new, strict=True):
        if before != after:
            place = re.compile(r"(\"?apiVersion\"?: [\"']?)[\w./]+")
            assert place.sub(r"\1", before) == place.sub(r"\1", after)


def test_a_second_run_has_nothing_left_to_write(folder: Path) -> None:
    path = folder / "objects.yaml"
    path.write_bytes((GOLDEN / "only-another-api-version" / "objects.yaml").read_bytes())
    asked("objects.yaml", writes=True)
    once = path.read_bytes()
    assert asked("objects.yaml", writes=True).splitlines()[-2:] == [
        "3 documents in 1 file, Kubernetes 1.34 to 1.37: nothing changes",
        "exit code 0",
    ]
    assert path.read_bytes() == once


BREAKS = st.sampled_from(["\n", "\r\n"])
QUOTES = st.sampled_from(["", "'", '"'])
NOISE = st.sampled_from(["", "# ä 😀 apiVersion: policy/v1beta1", "# ---", "#\tpolicy/v1beta1", "  # x"])
KINDS = {
    "policy/v1beta1": ("PodDisruptionBudget", "spec: {maxUnavailable: 1, selector: {matchLabels: {app: a}}}"),
    "storage.k8s.io/v1beta1": ("StorageClass", "provisioner: csi.example.com"),
    "rbac.authorization.k8s.io/v1beta1": ("Role", 'rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]'),
    "v1": ("ConfigMap", "data: {apiVersion: policy/v1beta1}"),
}


@st.composite
def manifests(draw: st.DrawFn) -> bytes:
    """Return a file with comments, quotes and line ends of all sorts; some objects go, some stay."""
    texts = []
    for _ in range(draw(st.integers(1, 4))):
        api_version = draw(st.sampled_from(sorted(KINDS)))
        kind, rest = KINDS[api_version]
        quote = draw(QUOTES)
        lines = [
            draw(NOISE),
            *draw(st.permutations([f"apiVersion: {quote}{api_version}{quote} {draw(NOISE)}", f"kind: {kind}"])),
            draw(NOISE),
            "metadata: {name: shop, annotations: {was: policy/v1beta1, note: 'ä😀'}}",
            rest,
        ]
        texts.append(draw(BREAKS).join([*lines, ""]))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return (mark + f"---{draw(BREAKS)}".join(texts)).encode()


def values(data: bytes) -> list[Any]:
    return [document(chunk, "")[0] for chunk in separate(chunks(data))]


@given(manifests())
def test_a_rewritten_file_differs_in_api_versions_only(data: bytes) -> None:
    old = values(data)
    edits = {
        index: [Edit(path=("apiVersion",), old=value["apiVersion"], new=value["apiVersion"].replace("v1beta1", "v1"))]
        for index, value in enumerate(old)
        if value["apiVersion"] != "v1"
    }
    made = rewritten(data, edits)
    assert made is not None
    assert values(made) == [value | {"apiVersion": value["apiVersion"].replace("v1beta1", "v1")} for value in old]
    pattern = re.compile(rb"(?m)^(apiVersion: [\"']?)[\w./]+")
    assert pattern.sub(rb"\1", made) == pattern.sub(rb"\1", data)


NAMES = st.sampled_from([*removals(), ("v1", "List"), ("v1", "Service"), ("v1", ""), ("example.com/v1", "Bundle")])
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["policy/v1beta1", "web"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["apiVersion", "kind", "metadata", "spec", "items", "volumes", "a"]), inner)
    ),
    max_leaves=12,
)


@st.composite
def objects(draw: st.DrawFn) -> Any:
    """Return something that is nearly an object, with others in it."""
    api_version, kind = draw(NAMES)
    inner = draw(TREES | st.lists(objects(), max_size=2))
    return {"apiVersion": api_version, "kind": kind, draw(st.sampled_from(["items", "spec", "x"])): inner}


COMPARISON = Comparison(Store(default_directory()), "1.25", "1.37")


@given(st.lists(objects(), min_size=1, max_size=3), st.sampled_from([None, 1]))
def test_whatever_is_promised_can_be_written(values_: list[Any], indent: int | None) -> None:
    data = "\n---\n".join(json.dumps(value, indent=indent) for value in values_).encode()
    plans = [COMPARISON.plan(chunk, index, "x.yaml") for index, chunk in enumerate(separate(chunks(data)))]
    edits = {plan.index: found for plan in plans if (found := [item.edit for item in plan.items if item.edit])}
    made = rewritten(data, edits)
    assert made is not None
    again = [COMPARISON.plan(chunk, index, "x.yaml") for index, chunk in enumerate(separate(chunks(made)))]
    assert [item for plan in again for item in plan.items if item.edit] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"apiVersion": "policy/v1beta1", "kind": "X"}', b'{"apiVersion": "policy/v1", "kind": "X"}'),
        (b'{\n\t"apiVersion":"policy/v1beta1"}', b'{\n\t"apiVersion":"policy/v1"}'),
        (b'{"apiVersion": "policy\\/v1beta1", "kind": "X"}', None),
        (b"apiVersion: !!str policy/v1beta1\n", None),
        (b"apiVersion: &a policy/v1beta1\nb: *a\n", None),
        (b"apiVersion: >-\n  policy/v1beta1\n", None),
        (b"a: &a {apiVersion: policy/v1beta1}\n<<: *a\n", None),
        (b"apiVersion: policy/v1beta1\nkind: [X\n", None),
    ],
)
def test_text_that_is_not_plain_is_left_alone(text: bytes, expected: bytes | None) -> None:
    assert rewritten(text, {0: [Edit(path=("apiVersion",), old="policy/v1beta1", new="policy/v1")]}) == expected


def test_two_objects_on_one_line_of_json_are_told_apart() -> None:
    one = b'{"apiVersion": "policy/v1beta1", "kind": "X", "n": "\\ud83d\\ude00"}'
    edits = {1: [Edit(path=("apiVersion",), old="policy/v1beta1", new="policy/v1")]}
    new = one.replace(b"v1beta1", b"v1")
    assert rewritten(one + b" " + new, {0: edits[1]}) == new + b" " + new
    assert rewritten(b"\n".join([new, one, new]), edits) == b"\n".join([new, new, new])


def test_the_mode_of_a_file_stays(folder: Path) -> None:
    path = folder / "pdb.yaml"
    path.write_bytes(BUDGET)
    path.chmod(0o640)
    asked("pdb.yaml", writes=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_bytes() == BUDGET.replace(b"v1beta1", b"v1")
    assert os.listdir(folder) == ["pdb.yaml"]


@pytest.mark.parametrize("call", ["replace", "fsync", "fchmod"])
def test_a_crash_leaves_the_old_file(call: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "pdb.yaml"
    path.write_bytes(BUDGET)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    printed = asked("pdb.yaml", writes=True)
    assert path.read_bytes() == BUDGET
    assert os.listdir(folder) == ["pdb.yaml"]
    assert "error[KG1002]: the file cannot be rewritten: no space left on device\n" in printed
    assert "1 could not be rewritten" in printed
    assert printed.endswith("exit code 1\n")


def test_a_file_that_has_changed_meanwhile_is_left_alone(folder: Path) -> None:
    path = folder / "pdb.yaml"
    path.write_bytes(BUDGET)
    with pytest.raises(OSError, match="changed while kgen was at work"):
        save(str(path), BUDGET + b"#", b"")
    assert path.read_bytes() == BUDGET


def test_nothing_is_written_through_a_link(folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "real" / "pdb.yaml").write_bytes(BUDGET)
    (folder / "link.yaml").symlink_to(folder / "real" / "pdb.yaml")
    printed = asked("link.yaml", writes=True)
    assert "the file was not rewritten: it is a symbolic link, which kgen does not write through" in printed
    assert (folder / "link.yaml").is_symlink()
    assert (folder / "real" / "pdb.yaml").read_bytes() == BUDGET


def test_what_kgen_made_is_named_and_not_rewritten(folder: Path) -> None:
    made = folder / "deploy" / "default" / "shop"
    made.mkdir(parents=True)
    (made / "pdb.yaml").write_bytes(BUDGET)
    (made / "own.yaml").write_bytes(BUDGET)
    (made / NAME).write_text(dump({"pdb.yaml": digest(BUDGET)}, {"app.yaml": ""}), "utf-8")
    printed = asked("deploy", writes=True)
    assert (made / "pdb.yaml").read_bytes() == BUDGET
    assert (made / "own.yaml").read_bytes() != BUDGET
    assert (
        "made by kgen: deploy/default/shop/pdb.yaml: set `kubernetes:` in kgen.yaml and run `kgen compile`" in printed
    )
    assert printed.endswith("exit code 1\n")


def test_the_version_to_come_from_is_that_of_the_workspace(folder: Path) -> None:
    (folder / "a.yaml").write_bytes(BUDGET)
    (folder / "kgen.yaml").write_text('kubernetes: ["1.33", "1.31"]\n', "utf-8")
    assert "Kubernetes 1.31 to 1.36" in asked("a.yaml", current="", target="1.36")
    # a workspace that is ahead of the question: what the version itself has changed
    assert "Kubernetes 1.29 to 1.30" in asked("a.yaml", current="", target="1.30")
    (folder / "kgen.yaml").write_text("kubernetes: [1.99]\n", "utf-8")
    printed = asked("a.yaml", current="", target="1.36")
    assert "kgen.yaml:1" in printed
    assert printed.endswith("exit code 2\n")


def test_without_a_workspace_it_is_the_default_and_the_newest(folder: Path) -> None:
    (folder / "a.yaml").write_bytes(BUDGET)
    assert "Kubernetes 1.34 to 1.37" in asked("a.yaml", current="", target="")
    assert "Kubernetes 1.25 to 1.25" in asked("a.yaml", current="", target="1.25")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"target": "1.99"}, "kgen has no schemas of Kubernetes `1.99`"),
        ({"target": "v1.36.2"}, "did you mean `1.36`?"),
        ({"current": "1.9"}, "kgen has no schemas of Kubernetes `1.9`"),
        ({"paths": ["missing.yaml"]}, "there is no such file"),
        ({"paths": ["*.json"]}, "no file fits `*.json`"),
        ({"paths": ["."]}, "there is no YAML or JSON file in `.` or below"),
    ],
)
def test_wrong_use_is_said_as_by_validate(words: dict[str, Any], message: str, folder: Path) -> None:
    del folder
    paths: Sequence[str] = words.pop("paths", ["-"])
    printed = asked(*paths, stdin=BUDGET, **words)
    assert message in printed
    assert printed.endswith("exit code 2\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--write", "-"], "--write changes files, and standard input is none"),
        (["--from", "1.37", "--to", "1.30"], "--from 1.37 is not older than --to 1.30"),
        (["--from", "1.30", "--to", "1.30"], "--from 1.30 is not older than --to 1.30"),
    ],
)
def test_options_that_do_not_fit(arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(app, ["upgrade", *arguments])
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())


def test_standard_input_is_read() -> None:
    assert "<stdin>:1:13: removed:" in asked("-", stdin=BUDGET)
    assert "no Kubernetes object came in" in asked("-")
    assert asked("-").endswith("exit code 2\n")


def test_a_file_that_cannot_be_read_is_no_reason_to_stop(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (folder / "a.yaml").write_bytes(BUDGET)
    (folder / "b.yaml").write_bytes(BUDGET)
    (folder / "a.yaml").chmod(0)
    printed = asked(".")
    assert "the file may not be read" in printed
    assert "b.yaml:1:13: removed:" in printed


def test_json_says_the_same(folder: Path) -> None:
    (folder / "a.yaml").write_bytes(BUDGET + b"---\n" + (GOLDEN / "other-fields" / "objects.yaml").read_bytes())
    content, _, code = asked("a.yaml", output_format="json").rpartition("exit code ")
    made = json.loads(content)
    assert code == "1\n"
    assert made["version"] == 1
    assert made["kubernetes"] == {"from": "1.34", "to": "1.37"}
    first, second, *_ = made["documents"]
    assert first["items"] == [
        {
            "state": "removed",
            "code": "KG8001",
            "name": "removed-api-version",
            "message": "`PodDisruptionBudget` in `policy/v1beta1` is gone since Kubernetes 1.25",
            "help": "write `policy/v1`, no field changes",
            "path": ["apiVersion"],
            "line": 1,
            "column": 13,
            "end_line": 1,
            "end_column": 27,
            "deprecated": "1.21",
            "removed": "1.25",
            "replacement": "policy/v1",
            "rewritable": True,
            "rewritten": False,
            "followed_by": [],
        }
    ]
    assert (second["kind"], second["line"], second["items"][0]["rewritable"]) == ("Ingress", 6, False)
    assert [each["line"] for each in second["items"][0]["followed_by"]] == [19, 20, 17]
    refused = asked("missing.yaml", output_format="json").rpartition("exit code ")[0]
    assert json.loads(refused)["findings"][0]["name"] == "unreadable-file"


def test_the_page_shows_what_is_printed(folder: Path) -> None:
    page = (GOLDEN.parents[1] / "docs" / "upgrade.md").read_text("utf-8")
    shown = re.search(r"\n```\n(PodDisruptionBudget.*?)```", page, re.DOTALL)
    assert shown
    ingress, _, _ = (GOLDEN / "other-fields" / "objects.yaml").read_text("utf-8").partition("---\n")
    spread = BUDGET.decode().replace("spec: {", "\n\n\n\nspec: {")
    (folder / "deploy").mkdir()
    (folder / "deploy" / "shop.yaml").write_text(f"# shop\n{spread}\n---\n{ingress}", "utf-8")
    assert asked("deploy") == shown[1] + "exit code 1\n"


def test_an_object_inside_of_too_many_others_is_skipped(folder: Path) -> None:
    (folder / "deep.json").write_text(
        '{"apiVersion": "v1", "kind": "X", "x": ' + "[" * 5000 + "]" * 5000 + "}", "utf-8"
    )
    assert "skipped 1: document with faults (deep.json)" in asked("deep.json")


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not part of the repository")
def test_what_others_wrote_is_read_and_its_removals_are_found() -> None:
    content = asked(str(CORPUS), current="1.25", output_format="json").rpartition("exit code ")[0]
    made = json.loads(content)
    assert made["summary"]["documents"] > 2000
    assert made["summary"]["removed"] >= 20
    assert all(each["line"] for document in made["documents"] for each in document["items"])
