"""What only shows when all objects of a run are there: in files, folders and streams, cached and in parallel."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from kgen.commands.validate import Request, run

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports:
    - port: 80
      targetPort: htpp
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/web:1.0
          ports: [{name: http, containerPort: 8000}]
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d}\n"
WRONG_PORT = "target-port-name-unknown"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()


def write(files: dict[str, str]) -> None:
    for path, text in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)


def answer(*paths: str, stdin: str = "", **asked: Any) -> Any:
    out, err = io.StringIO(), io.StringIO()
    request = Request(paths=paths or (".",), output_format="json", **asked)
    run(request, io.BytesIO(stdin.encode()), out, err)
    assert err.getvalue() == ""
    return json.loads(out.getvalue())


def found(*paths: str, **asked: Any) -> list[tuple[str, int, str]]:
    made = answer(*paths, **asked)
    return [
        (each["file"], each["index"], finding["name"]) for each in made["documents"] for finding in each["findings"]
    ]


def test_a_finding_names_both_places() -> None:
    write({"a.yaml": SERVICE, "b.yaml": DEPLOYMENT})
    (document, other) = answer()["documents"]
    (finding,) = document["findings"]
    assert (document["valid"], other["valid"], other["findings"]) == (False, True, [])
    assert (finding["name"], finding["field"], finding["line"]) == (WRONG_PORT, "spec.ports[0].targetPort", 8)
    assert finding["help"] == "did you mean `http`?"
    assert [each["file"] for each in finding["related"]] == ["b.yaml"]


def test_documents_of_one_file_and_of_a_stream_know_each_other() -> None:
    text = f"{DEPLOYMENT}---\n{SERVICE}"
    write({"a.yaml": text})
    assert found() == [("a.yaml", 1, WRONG_PORT)]
    assert found("-", stdin=text) == [("<stdin>", 1, WRONG_PORT)]


def test_objects_of_a_list_know_each_other_and_findings_point_into_it() -> None:
    items = "".join(f"- {text.replace(chr(10), chr(10) + '  ').rstrip()}\n" for text in (SERVICE, DEPLOYMENT))
    write({"a.yaml": f"apiVersion: v1\nkind: List\nitems:\n{items}"})
    (document,) = answer()["documents"]
    assert [each["field"] for each in document["findings"]] == ["items[0].spec.ports[0].targetPort"]


def test_the_server_does_not_compare() -> None:
    write({"a.yaml": SERVICE, "b.yaml": DEPLOYMENT})
    assert found(profile="server") == []


def test_folders_of_environments_are_sets_of_their_own() -> None:
    right = SERVICE.replace("htpp", "http")
    write({"dev/a.yaml": right, "dev/b.yaml": DEPLOYMENT, "prod/a.yaml": SERVICE, "prod/b.yaml": DEPLOYMENT})
    assert found() == [("prod/a.yaml", 0, WRONG_PORT)]


def test_processes_say_the_same_as_one() -> None:
    many = {f"many/{number:03}.yaml": CONFIG_MAP % number for number in range(200)}
    write({"a.yaml": SERVICE, "z.yaml": DEPLOYMENT} | many)
    assert found(jobs=2) == found(jobs=1, cached=False) == [("a.yaml", 0, WRONG_PORT)]


def test_what_is_remembered_is_compared_again_when_something_changes() -> None:
    right = SERVICE.replace("htpp", "http")
    write({"a.yaml": right, "b.yaml": DEPLOYMENT} | {f"{number}.yaml": CONFIG_MAP % number for number in range(10)})
    assert found() == []
    assert found() == []
    write({"b.yaml": DEPLOYMENT.replace("name: http", "name: web")})
    assert found() == [("a.yaml", 0, WRONG_PORT)], "a.yaml itself has not changed"
    write({"b.yaml": DEPLOYMENT})
    assert found() == []


def test_what_was_compared_once_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from kgen.validate import together  # noqa: PLC0415

    write({f"{number}.yaml": CONFIG_MAP % number for number in range(10)})
    assert found() == []
    monkeypatch.setattr(together, "findings", lambda *_: pytest.fail("compared again"))
    assert found() == []


def test_broken_objects_are_compared_as_far_as_they_are_sound() -> None:
    write({"a.yaml": SERVICE, "b.yaml": DEPLOYMENT.replace("image:", "imag:")})
    names = {name for _, _, name in found()}
    assert {WRONG_PORT, "unknown-kubernetes-field"} <= names


def test_above_the_limit_the_run_says_that_nothing_was_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    from kgen.validate import together  # noqa: PLC0415

    monkeypatch.setattr(together, "MOST_OBJECTS", 1)
    write({"a.yaml": SERVICE, "b.yaml": DEPLOYMENT})
    made = answer()
    assert made["summary"]["warnings"] == 1
    assert [each["findings"] for each in made["documents"][:2]] == [[], []]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_unknown_kind_beside_changes_nothing(jobs: int) -> None:
    """Documents of unknown kinds are held back until the end: those that an earlier run has looked at are no less."""
    right = SERVICE.replace("htpp", "http")
    unknown = "apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: foo}\n"
    files = {"a.yaml": unknown, "b.yaml": DEPLOYMENT, "c.yaml": f"# kgen: allow x\n{right}"}
    write(files | {f"{number:03}.yaml": CONFIG_MAP % number for number in range(200)})
    first = found(cached=False, jobs=jobs)
    assert [name for _, _, name in first] == ["unknown-kubernetes-kind", "silence-without-reason"]
    assert [found(jobs=jobs) for _ in range(3)] == [first] * 3


def test_a_file_that_is_too_long_to_be_held_is_compared() -> None:
    filler = "".join(f"---\n{CONFIG_MAP % number}data: {{a: {'x' * 10_000}}}\n" for number in range(150))
    write({"a.yaml": f"{SERVICE}---\n{DEPLOYMENT}{filler}"})
    assert found() == [("a.yaml", 0, WRONG_PORT)]


def test_nothing_of_a_secret_is_shown() -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nimmutable: true\nstringData: {password: hunter%d}\n"
    write({"old/a.yaml": text % 1, "new/a.yaml": text % 2})
    out = io.StringIO()
    run(Request(paths=("new",), before="old"), io.BytesIO(), out, out)
    assert "immutable-data-changed" in out.getvalue()
    assert "hunter" not in out.getvalue()
