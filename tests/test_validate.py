"""What users of `kgen validate` rely on: what it looks at, where it points, how it ends."""

import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import kgen.commands.validate
import kgen.validate.files
import kgen.validate.run
import kgen.validate.workspace
from kgen.commands.validate import Request, run
from kgen.model.platform import Platform
from kgen.rules import ALL
from kgen.validate import workers, workspace

ROOT = Path(__file__).parents[1]
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
WRONG = CONFIG_MAP + "dta: {}\n"
CRON_JOB = "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(workers, "idle_cores", lambda: 1)
    return tmp_path


def write(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def validate(*paths: str, stdin: bytes = b"", **options: Any) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run(Request(paths=paths, **options), io.BytesIO(stdin), out, err)
    return code, out.getvalue(), err.getvalue()


def report(*paths: str, stdin: bytes = b"", **options: Any) -> dict[str, Any]:
    """Return the JSON of a run, and its exit code as ``code``."""
    code, out, _ = validate(*paths, stdin=stdin, output_format="json", **options)
    made: dict[str, Any] = json.loads(out)
    return made | {"code": code}


def found(text: str | bytes, **options: Any) -> list[tuple[str, int, int, int]]:
    """Return name and place of each finding in ``text``, by line, column and last column."""
    options = {"profile": "server", **options}
    made = report("-", stdin=text.encode() if isinstance(text, str) else text, **options)
    return [
        (each["name"], each["line"], each["column"], each["end_column"])
        for document in made["documents"]
        for each in document["findings"]
    ]


def files_of(made: dict[str, Any]) -> list[str]:
    return [document["file"] for document in made["documents"]]


# --- which files ---


def test_a_folder_is_searched_without_hidden_folders_and_packages() -> None:
    names = ["a.yaml", "b.yml", "c.json", "d/e.yaml", "d/f/g.yaml", "z.yaml"]
    hidden = [
        ".git/x.yaml",
        ".x.yaml",
        "node_modules/x.yaml",
        "d/.cache/x.yaml",
        "d/venv/x.yaml",
        "x.txt",
        "x.yaml.bak",
    ]
    write(
        dict.fromkeys(
            [*names, *hidden], json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}})
        )
    )
    assert files_of(report(".")) == names
    assert files_of(report()) == names
    assert files_of(report("d")) == ["d/e.yaml", "d/f/g.yaml"]
    assert report(".")["code"] == 0


def test_links_that_lead_back_are_not_followed(folder: Path) -> None:
    write({"d/a.yaml": CONFIG_MAP})
    (folder / "d" / "up").symlink_to(folder)
    (folder / "d" / "b.yaml").symlink_to("a.yaml")
    (folder / "d" / "gone.yaml").symlink_to("nowhere")
    (folder / "d" / "self.yaml").symlink_to("self.yaml")
    assert files_of(report(".")) == ["d/a.yaml", "d/b.yaml"]


def test_a_file_that_is_named_twice_is_looked_at_once() -> None:
    write({"a.yaml": CONFIG_MAP, "d/b.yaml": CONFIG_MAP})
    assert files_of(report("a.yaml", ".", "a.yaml", "d")) == ["a.yaml", "d/b.yaml"]


def test_a_file_that_is_named_in_two_ways_is_looked_at_once() -> None:
    write({"a.yaml": CONFIG_MAP})
    assert files_of(report("a.yaml", "./a.yaml")) == ["a.yaml"]


def test_patterns_that_the_shell_left_are_expanded() -> None:
    write({"a.yaml": CONFIG_MAP, "d/b.yaml": CONFIG_MAP, "d/e/c.yaml": CONFIG_MAP, "[x].yaml": CONFIG_MAP})
    assert files_of(report("d/*.yaml")) == ["d/b.yaml"]
    assert files_of(report("**/*.yaml")) == ["[x].yaml", "a.yaml", "d/b.yaml", "d/e/c.yaml"]
    assert files_of(report("[x].yaml")) == ["[x].yaml"]
    code, _, said = validate("no*.yaml")
    assert (code, "nothing-to-validate" in said) == (2, True)


def test_a_named_file_is_read_whatever_its_name() -> None:
    write({"a.txt": CONFIG_MAP, ".hidden.yaml": WRONG})
    assert report("a.txt", ".hidden.yaml")["summary"]["valid"] == 1
    assert report("a.txt", ".hidden.yaml")["code"] == 1


def test_standard_input_is_a_file_among_others() -> None:
    write({"a.yaml": CONFIG_MAP})
    assert files_of(report("-", "a.yaml", stdin=CONFIG_MAP.encode())) == ["<stdin>", "a.yaml"]
    assert report("-")["summary"]["skippedBecause"] == {"empty document": 1}


def test_a_pipe_with_a_name_is_read(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    writer = threading.Thread(target=(folder / "pipe").write_text, args=(CONFIG_MAP,))
    writer.start()
    made = report("pipe")
    writer.join()
    assert (files_of(made), made["summary"]["valid"]) == (["pipe"], 1)


@pytest.mark.parametrize("path", ["missing.yaml", "empty", "missing/*.yaml", "/dev/null"])
def test_nothing_to_look_at_is_wrong_use(path: str, folder: Path) -> None:
    (folder / "empty").mkdir()
    write({"a.yaml": CONFIG_MAP})
    code, out, err = validate("a.yaml", path)
    assert (code, out) == (2, "")
    assert path in err
    for name in ("json", "sarif", "github", "junit"):
        code, out, _ = validate("a.yaml", path, output_format=name, rules=ALL)
        assert code == 2
        assert path in out


def test_a_file_that_cannot_be_read_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    write({"a.yaml": CONFIG_MAP, "b.yaml": CONFIG_MAP, "c.yaml": WRONG})
    read = kgen.validate.files.read

    def refused(path: str) -> bytes | None:
        if path == "b.yaml":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(kgen.validate.run, "read", refused)
    made = report("a.yaml", "b.yaml")
    assert (made["code"], made["summary"]["valid"]) == (2, 1)
    assert [(each["file"], each["name"]) for each in made["findings"]] == [("b.yaml", "unreadable-file")]
    assert report(".")["code"] == 1


# --- documents ---


def test_every_document_of_a_file_is_judged() -> None:
    made = report("-", stdin=f"# x\n---\n{CONFIG_MAP}---\n{WRONG}---\n---\n{CONFIG_MAP}".encode(), profile="server")
    assert [(each["index"], each["line"], each["valid"]) for each in made["documents"]] == [
        (0, 3, True),
        (1, 7, False),
        (2, 12, None),
        (3, 13, True),
    ]
    assert made["summary"] | {"valid": 2, "invalid": 1, "skipped": 1} == made["summary"]


def test_a_fault_inside_a_list_is_at_its_place() -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n"
    text += "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: b}\n  dta: {}\n"
    assert found(text) == [("unknown-kubernetes-field", 10, 3, 6)]
    typed = "apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\n  dta: {}\n"
    assert found(typed) == [("unknown-kubernetes-field", 6, 3, 6)]
    (document,) = report("-", stdin=text.encode())["documents"]
    assert document["findings"][0]["field"] == "items[1].dta"


def test_a_name_can_be_generated() -> None:
    assert found("apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n") == []
    assert [name for name, *_ in found("apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {}}\n")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: ConfigMap\nmetadata: {name: a}\n", "`apiVersion`"),
        ("apiVersion: v1\nmetadata: {name: a}\n", "`kind`"),
        ("apiVersion: v1\nkind:\n", "`kind`"),
        ("apiVersion: v1\nkind: 1\n", "must be a string"),
        ("apiVersion: [v1]\nkind: x\n", "must be a string"),
        ("apiVersion: v1\nkind: List\nitems:\n- metadata: {}\n- 1\n", "`items[1]` must be a mapping"),
    ],
)
def test_an_object_has_to_say_what_it_is(text: str, message: str) -> None:
    code, out, _ = validate("-", stdin=text.encode())
    assert code == 1
    assert message in out


def test_a_misspelt_kind_comes_with_the_right_one() -> None:
    _, out, _ = validate("-", stdin=b"apiVersion: apps/v1\nkind: Deploymnet\nmetadata: {name: a}\n")
    assert "did you mean `Deployment`?" in out
    _, out, _ = validate("-", stdin=b"apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\n")
    assert "networking.k8s.io/v1" in out
    _, out, _ = validate("-", stdin=b"apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: a}\n")
    assert "--crds" in out


# --- versions ---


def test_what_only_some_versions_refuse_is_said_of_them() -> None:
    _, out, _ = validate("-", stdin=CRON_JOB.encode(), versions=("1.33", "1.34"))
    assert "Kubernetes 1.33 and 1.34 have no `CronJob`" in out
    text = "apiVersion: networking.k8s.io/v1\nkind: IPAddress\nmetadata: {name: 10.0.0.1}\n"
    text += "spec: {parentRef: {resource: services, name: a, namespace: b}}\n"
    code, out, _ = validate("-", stdin=text.encode(), versions=("1.30", "1.34"))
    assert code == 1
    assert "Kubernetes 1.30 has no `IPAddress`" in out
    assert validate("-", stdin=text.encode(), versions=("1.34",))[0] == 0


@pytest.mark.parametrize(
    "line", ["kubernetes: 1.30", "kubernetes: '1.30'", "kubernetes: [1.30]", "output: {}\nkubernetes:\n- 1.30"]
)
def test_the_versions_of_kgen_yaml_are_the_default(line: str) -> None:
    text = b"apiVersion: networking.k8s.io/v1\nkind: IPAddress\nmetadata: {name: 10.0.0.1}\n"
    write({"kgen.yaml": line + "\n"})
    _, out, _ = validate("-", stdin=text)
    assert "Kubernetes 1.30 has no" in out
    assert "has no" not in validate("-", stdin=text, versions=("1.34",))[1]


@pytest.mark.parametrize(
    "text", ["kubernetes: [1.36", "kubernets: 1.36", "kubernetes: 9.9", "- a", "kubernetes: {a: b}"]
)
def test_a_fault_in_kgen_yaml_is_wrong_use_at_its_line(text: str) -> None:
    write({"kgen.yaml": text + "\n", "a.yaml": CONFIG_MAP})
    code, out, err = validate("a.yaml")
    assert (code, out) == (2, "")
    assert "--> kgen.yaml:1:" in err
    assert report("a.yaml")["findings"][0]["line"] == 1


def test_the_fields_of_kgen_yaml_are_those_of_its_model() -> None:
    assert Platform.model_fields.keys() == workspace.FIELDS


def test_a_stream_without_objects_is_wrong_use() -> None:
    for text in (b"", b"# only\n", b"Error: chart not found\n"):
        code, out, _ = validate("-", stdin=text)
        assert (code, "nothing-to-validate" in out) == (2, True)


def test_a_version_without_schemas_is_wrong_use() -> None:
    write({"a.yaml": CONFIG_MAP})
    for versions in (("1.3",), ("1.34", "9.9"), ("",), ("v1.34",)):
        code, _, err = validate("a.yaml", versions=versions)
        assert (code, "-k" in err) == (2, True)
    write({"kgen.yaml": "kubernetes: 1.3\n"})
    code, _, err = validate("a.yaml")
    assert (code, "kgen.yaml" in err) == (2, True)


# --- what is skipped ---

SKIPPED = {
    "tsconfig.json": ('{\n  // a comment\n  "a": 1\n}\n', "broken text"),
    "kustomization.yaml": ("resources: [a.yaml]\n", "kustomization file"),
    "k.yaml": ("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", "kustomization file"),
    "chart/Chart.yaml": ("apiVersion: v2\nname: a\n", "Helm chart metadata"),
    "chart/values.yaml": ("a: 1\n", "Helm values"),
    "chart/values-prod.yaml": (": [", "Helm values"),
    "chart/templates/a.yaml": ("apiVersion: v1\nkind: {{ .Values.kind }}\n{{- if x }}\n", "template"),
    "chart/templates/b.yaml": (CONFIG_MAP + "data: {a: '{{ x }}'}\n", "template"),
    "t.yaml": ("{{- if x }}\na: 1\n", "template"),
    "sops.yaml": (CONFIG_MAP + "sops: {mac: x, version: 1}\n", "SOPS-encrypted file"),
    "app.yaml": ("apiVersion: kgen/v1\nname: a\n", "app file of kgen"),
    "kgen.yaml": ("output: {compose: false}\n", "settings of kgen"),
    "compose.yaml": ("services: {a: {image: b}}\n", "compose file"),
    "kubeconfig.yaml": ("apiVersion: v1\nkind: Config\nclusters: []\n", "configuration of a tool"),
    "kubeadm.yaml": ("apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n", "configuration of a tool"),
    "patch.yaml": ("$patch: delete\napiVersion: v1\nkind: ConfigMap\n", "strategic merge patch"),
    "empty.yaml": ("", "empty document"),
    "comment.yaml": ("# nothing\n", "empty document"),
    "list.yaml": ("- a\n", "no Kubernetes object"),
    "text.yaml": ("hello\n", "no Kubernetes object"),
    "other.yaml": ("a: 1\n", "no Kubernetes object"),
    "Dockerfile": ("FROM {{ base }}\n", "template of a Dockerfile"),
    "Dockerfile.part": ("{% if x %}\nRUN a\n", "template of a Dockerfile"),
    "Dockerfile.inc": ("RUN a\nRUNN b\n", "part of a Dockerfile"),
}


@pytest.mark.parametrize("name", SKIPPED)
def test_what_is_no_object_is_skipped_with_the_reason(name: str) -> None:
    write({path: text for path, (text, _) in SKIPPED.items()})
    text, reason = SKIPPED[name]
    (document,) = report(name)["documents"]
    assert (document["skipped"], document["valid"], document["findings"]) == (reason, None, [])
    code, out, _ = validate(name)
    assert code == 0
    assert f"skipped 1: {reason} ({name})" in out
    assert text is not None


def test_every_reason_is_seen() -> None:
    from kgen.validate.sorts import WAYS_OUT  # noqa: PLC0415

    assert {reason for _, reason in SKIPPED.values()} == set(WAYS_OUT)


# --- places ---


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (WRONG, (4, 1, 4)),
        (WRONG.replace("\n", "\r\n"), (4, 1, 4)),
        ("\ufeff" + WRONG, (4, 1, 4)),
        (WRONG.replace("dta: {}", "dta:\t{}\t# x"), (4, 1, 4)),
        (f"{CONFIG_MAP}---\n{CONFIG_MAP}---\n{WRONG}", (12, 1, 4)),
        (f"{CONFIG_MAP}---\r\n{CONFIG_MAP}---\r\n{WRONG}".replace("\n", "\r\n").replace("\r\r", "\r"), (12, 1, 4)),
        (f"\ufeff---\n{WRONG}", (5, 1, 4)),
        (f"# é🙂\n{WRONG}", (5, 1, 4)),
        (CONFIG_MAP + "'é🙂': 1\n", (4, 1, 5)),
        (CONFIG_MAP + "{é: 1}: 1\n", None),
    ],
)
def test_findings_point_at_their_place(text: str, wanted: tuple[int, int, int] | None) -> None:
    places = [place for _, *place in found(text)]
    assert places == [list(wanted)] if wanted else places


def test_text_after_a_separator_is_found_on_its_line() -> None:
    assert found(f"{CONFIG_MAP}--- # ok\n{CONFIG_MAP}") == []
    assert found(f"{CONFIG_MAP}--- x\n{CONFIG_MAP}") == [("text-after-separator", 4, 4, 6)]
    assert found("a: 1\n---x") == [("text-after-separator", 2, 4, 6)]
    assert "4 | --- x" in validate("-", stdin=f"{CONFIG_MAP}--- x\n{CONFIG_MAP}".encode())[1]


def test_json_is_read_at_its_places() -> None:
    text = '{\n "apiVersion": "v1",\n "kind": "ConfigMap",\n "metadata": {"name": "a"},\n'
    text += ' "data": {"c": "\\ud83d\\ude42", "b": 1}\n}'
    (one, *others) = found(text)
    assert others == []
    assert one[0] == "wrong-kubernetes-type"
    good = text.replace('"b": 1', '"b": "\\ud83d\\ude42 \\/"')
    assert found(good) == []
    plain = text.replace('"c": "\\ud83d\\ude42", ', "")
    assert found(plain) == [("wrong-kubernetes-type", 5, 16, 17)]
    assert found(plain.replace("1}", '"1"}, "kind": "x"'))[0][0] == "duplicate-key"


def test_duplicate_keys_are_found() -> None:
    assert found(f"{CONFIG_MAP}data: {{a: x, b: y, a: z}}\n") == [("duplicate-key", 4, 20, 21)]


def test_the_server_profile_takes_duplicate_entries() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, finalizers: [example.com/a, example.com/a]}\n"
    (one,) = found(text, profile="default")
    assert "duplicate" in one[0]
    assert found(text, profile="server") == []


def test_a_long_value_on_one_line_is_nothing_special() -> None:
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData: {{a: {'x' * 50_000}}}\n"
    assert found(text) == []


# --- sizes ---


def peak(data: bytes, folder: Path) -> tuple[int, str, float]:
    """Run `kgen validate -` on ``data``; return exit code, output, and the most memory it took in MiB."""
    (folder / "input").write_bytes(data)
    program = (
        "import resource, subprocess, sys\n"
        "code = subprocess.run([sys.executable, '-m', 'kgen', 'validate', '-'], stdin=open('input')).returncode\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
        "sys.exit(code)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False, timeout=120
    )
    out, _, memory = done.stdout.rstrip().rpartition("\n")
    return done.returncode, out, float(memory)


def test_a_document_of_50_megabytes_is_a_finding(folder: Path) -> None:
    code, out, memory = peak(
        CONFIG_MAP.encode() + b"data: {a: " + b"x" * 50_000_000 + b"}\n---\n" + WRONG.encode(), folder
    )
    assert code == 1
    assert "document-too-large" in out
    assert "`dta`" in out
    assert memory < 100


def test_a_stream_of_many_documents_takes_little_memory(folder: Path) -> None:
    code, out, memory = peak(b"---\n" + CONFIG_MAP.encode().join([b"---\n"] * 200_001)[4:-4], folder)
    assert code == 0
    assert out.startswith("warning[KG1112]: there are more than 30,000 objects"), "they would not fit into memory"
    assert "200000 documents in 1 file: 200000 valid, 0 invalid, 0 skipped" in out
    assert memory < 100


# --- the cache ---


def cached() -> list[Path]:
    return sorted(Path(".kgen/cache").glob("*.lines")) if Path(".kgen").is_dir() else []


def many() -> dict[str, str]:
    return {f"d/{at}.yaml": CONFIG_MAP.replace("a}", f"a{at}}}") for at in range(20)} | {"kgen.yaml": ""}


def test_a_second_run_says_the_same() -> None:
    write(many() | {"d/wrong.yaml": WRONG, "d/empty.yaml": "", "d/two.yaml": f"{CONFIG_MAP}---\n{CONFIG_MAP}---\n"})
    for name in ("text", "json", "junit", "github"):
        first = validate("d", output_format=name)
        assert cached()
        assert validate("d", output_format=name) == first
        assert validate("d", output_format=name, cached=False) == first


def test_a_file_that_changed_is_looked_at_again() -> None:
    write(many())
    assert validate("d")[0] == 0
    write({"d/3.yaml": WRONG})
    assert validate("d")[0] == 1
    write({"d/3.yaml": CONFIG_MAP})
    assert validate("d")[0] == 0


def test_other_options_have_a_cache_of_their_own() -> None:
    write(
        many()
        | {
            "d/x.yaml": "apiVersion: networking.k8s.io/v1\nkind: IPAddress\nmetadata: {name: 10.0.0.1}\n"
            "spec: {parentRef: {resource: services, name: a, namespace: b}}\n"
        }
    )
    assert validate("d", versions=("1.34",))[0] == 0
    assert validate("d", versions=("1.30",))[0] == 1
    assert validate("d", versions=("1.34",))[0] == 0
    assert len(cached()) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-3],
        lambda data: b"\0" * len(data),
        lambda data: b"x" * 40 + data,
        lambda data: data.replace(b"[[", b"[["[:1]),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda _: b"",
        lambda data: data.replace(b"]]", b"]"),
        lambda data: data.replace(b"0,1", b"\xff\xff"),
        lambda data: data.replace(b"1 [", b"x ["),
    ],
)
def test_a_damaged_cache_is_none(damage: Any) -> None:
    write(many())
    for name in ("text", "json"):
        first = validate("d", output_format=name)
        (path,) = cached()
        path.write_bytes(damage(path.read_bytes()))
        assert validate("d", output_format=name) == first
        assert validate("d", output_format=name) == first


def test_a_cache_that_cannot_be_written_is_no_error(folder: Path) -> None:
    write(many())
    (folder / ".kgen").write_text("no folder")
    assert validate("d")[0] == 0


def test_no_cache_writes_nothing(folder: Path) -> None:
    write(many())
    assert validate("d", cached=False)[0] == 0
    assert not (folder / ".kgen").exists()


def test_a_folder_that_is_no_workspace_is_left_alone(folder: Path) -> None:
    write({name: text for name, text in many().items() if name != "kgen.yaml"})
    if kgen.validate.workspace.root(str(folder)) is None:
        assert validate("d")[0] == 0
        assert not (folder / ".kgen").exists()


def test_two_runs_at_once_say_the_same(folder: Path) -> None:
    write(many())
    command = [sys.executable, "-m", "kgen", "validate", "d"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=folder) for _ in range(3)]
    answers = {(each.communicate()[0].partition(b" skipped")[0], each.returncode) for each in runs}
    assert answers == {(b"20 documents in 20 files: 20 valid, 0 invalid, 0", 0)}
    assert validate("d")[0] == 0


# --- processes ---


@pytest.mark.parametrize("name", ["text", "json", "junit", "github", "sarif"])
def test_several_processes_say_the_same(name: str) -> None:
    write(
        many()
        | {"d/wrong.yaml": WRONG, "d/10b.yaml": "a: [", "d/empty.yaml": "", "d/two.yaml": f"{WRONG}---\n{CRON_JOB}"}
    )
    one = validate("d", output_format=name, cached=False, jobs=1, rules=ALL)
    for jobs in (2, 3, 100):
        assert validate("d", output_format=name, cached=False, jobs=jobs, rules=ALL) == one
    assert validate("d", output_format=name, jobs=2, rules=ALL) == one
    assert validate("d", output_format=name, jobs=2, rules=ALL) == one


def test_a_process_that_dies_is_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    write(many() | {"d/wrong.yaml": WRONG})
    one = validate("d", cached=False, jobs=1)
    parent = os.getpid()
    judge = kgen.validate.run.Examiner.share

    def dying(self: Any, paths: Sequence[str]) -> Any:
        if os.getpid() != parent:
            os._exit(9)
        return judge(self, paths)

    monkeypatch.setattr(kgen.validate.run.Examiner, "share", dying)
    assert validate("d", cached=False, jobs=3) == one


# --- what is imported ---


def loaded(*arguments: str) -> tuple[int, set[str]]:
    program = (
        "import sys, os\nsys.argv = ['kgen', 'validate', *sys.argv[1:]]\nfrom kgen import main\n"
        "code = main._run()\nsys.stderr.write('\\n'.join(sys.modules))\nos._exit(code)"
    )
    command = [sys.executable, "-S", "-c", program, *arguments]
    path = os.pathsep.join([str(ROOT), *(entry for entry in sys.path if entry.endswith("site-packages"))])
    env = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, text=True, env=env, input=CONFIG_MAP, check=False)
    return done.returncode, set(done.stderr.split())


def test_a_run_without_findings_imports_little() -> None:
    write({"a.yaml": CONFIG_MAP, "b.yaml": "apiVersion: apps/v1\nkind: Deployment\n" + CONFIG_MAP[31:]} | many())
    heavy = {
        "pydantic",
        "typer",
        "rich",
        "jsonschema",
        "typing",
        "dataclasses",
        "ruamel",
        "ruamel.yaml",
        "pathlib",
        "click",
    }
    for arguments in (["a.yaml"], ["d"], ["d"], ["d", "-j", "2"], ["-"]):
        code, modules = loaded(*arguments)
        assert code == 0
        assert heavy & modules == set(), arguments


# --- formats ---


@pytest.fixture
def mixed() -> None:
    write({"a.yaml": f"{CONFIG_MAP}---\n{WRONG}---\n", "b.yaml": "a: [", "c.yaml": CRON_JOB, "e\u2028é.yaml": WRONG})


@pytest.mark.usefixtures("mixed")
def test_sarif_fits_its_schema() -> None:
    code, out, _ = validate(".", output_format="sarif", rules=ALL)
    schema = json.loads((ROOT / "tests" / "data" / "sarif-2.1.0.json").read_text())
    jsonschema.validate(json.loads(out), schema)
    assert code == 1
    summary = report(".")["summary"]
    counts = (summary[name] for name in ("errors", "warnings", "infos"))
    assert len(json.loads(out)["runs"][0]["results"]) == sum(counts)


@pytest.mark.usefixtures("mixed")
def test_json_keeps_its_contract() -> None:
    made = report(".")
    assert made["version"] == 1
    names = {"file", "index", "line", "apiVersion", "kind", "name", "namespace", "valid", "findings"}
    fields = {"code", "name", "severity", "message", "help", "field", "line", "column", "end_line", "end_column"}
    for document in made["documents"]:
        assert names <= set(document)
        assert type(document["index"]) is int
        assert all(fields <= set(each) for each in document["findings"])
        assert document["valid"] is (None if document["skipped"] else not document["findings"])
    summary = made["summary"]
    assert summary["valid"] + summary["invalid"] + summary["skipped"] == len(made["documents"])
