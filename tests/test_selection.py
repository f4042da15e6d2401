"""Which rules count: profiles, names on the command line, comments in the files, and kgen.yaml."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from kgen.commands.validate import Request, run

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - name: web
      image: nginx
      resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}
"""
LATEST = "image-latest"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def answer(text: str = POD, **asked: Any) -> tuple[int, Any]:
    Path("pod.yaml").write_text(text)
    out, err = io.StringIO(), io.StringIO()
    request = Request(output_format="json", **{"paths": ("pod.yaml",), "profile": "strict", **asked})
    return run(request, io.BytesIO(), out, err), json.loads(out.getvalue())


def names(text: str = POD, **asked: Any) -> list[str]:
    _, made = answer(text, **asked)
    return [each["name"] for document in made["documents"] for each in document["findings"]]


def silenced(comment: str, line: str = "      image: nginx") -> str:
    return POD.replace(line, f"{line}  {comment}")


# --- profiles and names ---


def test_profiles_ask_more_and_more() -> None:
    assert names(profile="server") == []
    assert LATEST not in names(profile="default")
    assert LATEST in names(profile="strict")


def test_the_profile_can_stand_in_kgen_yaml_and_the_command_line_wins() -> None:
    Path("kgen.yaml").write_text("rules: {profile: strict}\n")
    assert LATEST in names(profile="")
    assert LATEST not in names(profile="default")


@pytest.mark.parametrize("word", [LATEST, "KG7151", "IMG01"])
def test_a_rule_is_called_by_name_code_or_row(word: str) -> None:
    assert names(select=[word]) == [LATEST]


def test_select_asks_only_these_whatever_the_profile() -> None:
    assert names(profile="server", select=["image-latest"]) == [LATEST]
    assert names(select=["KG7151,KG7152"]) == names(select=["KG7151", "KG7152"])


def test_select_takes_families() -> None:
    made = names(select=["KG71"])
    assert LATEST in made
    assert len(made) < len(names())


def test_what_a_server_refuses_stays_whatever_is_selected() -> None:
    assert "unknown-kubernetes-field" in names(POD.replace("image:", "imag:"), select=[LATEST])


def test_ignore_leaves_out() -> None:
    assert LATEST not in names(ignore=[LATEST])
    assert names(ignore=["KG7"]) == names(ignore=["KG7"])


def test_unknown_names_are_wrong_use_with_the_near_one() -> None:
    code, made = answer(select=["image-latset"])
    assert code == 2
    (found,) = made["findings"]
    assert (found["name"], found["message"], found["help"]) == (
        "unknown-rule",
        "there is no rule `image-latset`",
        "did you mean `image-latest`?",
    )


# --- comments ---


def test_a_comment_silences_what_starts_on_its_line() -> None:
    assert LATEST in names()
    assert LATEST not in names(silenced("# kgen: allow image-latest: the mirror has no tags"))


def test_a_comment_on_a_line_of_its_own_is_about_what_comes_next_and_all_inside() -> None:
    text = POD.replace("    - name: web", "    # kgen: allow image-latest: no tags yet\n    - name: web")
    assert LATEST not in names(text)
    assert LATEST in names(text + "    - {name: more, image: nginx}\n"), "the next container is another matter"


def test_a_comment_at_the_top_is_about_the_whole_document() -> None:
    text = f"# kgen: allow image-latest: no tags yet\n{POD}"
    assert LATEST not in names(text)
    assert names(f"{text}---\n{POD.replace('name: web,', 'name: other,')}").count(LATEST) == 1


def test_several_rules_stand_in_one_comment() -> None:
    text = silenced("# kgen: allow image-latest, image-without-digest: no tags yet")
    assert LATEST not in names(text, select=["image-latest", "image-without-digest"])


def test_a_comment_without_reason_silences_nothing() -> None:
    made = names(silenced("# kgen: allow image-latest"))
    assert {LATEST, "silence-without-reason"} <= set(made)


@pytest.mark.parametrize("comment", ["# kgen: ignore image-latest", "# kgen: allow image-latest until tomorrow: x"])
def test_what_cannot_be_read_is_said(comment: str) -> None:
    assert {LATEST, "malformed-silence"} <= set(names(silenced(comment)))


def test_a_comment_may_end_some_day() -> None:
    text = silenced("# kgen: allow image-latest until 2026-12-31: no tags yet")
    assert LATEST not in names(text)
    assert LATEST not in names(text, today="2026-12-31")
    assert {LATEST, "expired-silence"} <= set(names(text, today="2027-01-01"))


def test_a_wrong_day_is_wrong_use() -> None:
    code, made = answer(today="tomorrow")
    assert code == 2
    assert [each["name"] for each in made["findings"]] == ["wrong-date"]


def test_a_comment_that_silences_nothing_is_a_finding() -> None:
    text = silenced("# kgen: allow image-latest: no tags yet").replace("image: nginx ", "image: nginx:1.29.1 ")
    assert "unused-silence" in names(text)
    assert names(text, profile="server") == [], "of rules that nobody asks, nothing is known"
    assert "unused-silence" not in names(text, profile="default")


def test_unknown_rules_are_said_with_the_near_one() -> None:
    made = answer(silenced("# kgen: allow image-latset: no tags yet"))[1]["documents"][0]["findings"]
    (found,) = [each for each in made if each["name"] == "unknown-rule-silenced"]
    assert found["help"] == "did you mean `image-latest`?"
    assert (found["line"], found["column"]) == (7, 21)


def test_what_a_server_refuses_cannot_be_silenced() -> None:
    text = POD.replace("    - name: web", "    - name: Web  # kgen: allow KG5301: it is mine")
    made = names(text, profile="default")
    assert "server-rule-silenced" in made
    assert len(made) == 2


def test_a_comment_in_a_text_is_text() -> None:
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n"
    text = f"{head}data:\n  run: |\n    # kgen: allow it\n    ls\n"
    assert "malformed-silence" not in names(text)


# --- kgen.yaml ---

IGNORE = "rules:\n  ignore:\n    - {{rule: image-latest, reason: no tags yet, {}}}\n"


@pytest.mark.parametrize(
    ("where", "is_silenced"),
    [
        ("paths: ['*.yaml']", True),
        ("paths: [deploy]", False),
        ("kinds: [Pod]", True),
        ("kinds: [Deployment]", False),
        ("until: 2026-12-31", True),
    ],
)
def test_kgen_yaml_silences_by_path_and_kind(where: str, is_silenced: bool) -> None:  # noqa: FBT001
    Path("kgen.yaml").write_text(IGNORE.format(where))
    assert (LATEST not in names()) is is_silenced


def test_what_kgen_yaml_says_ends_some_day() -> None:
    Path("kgen.yaml").write_text(IGNORE.format("until: 2026-12-31"))
    assert LATEST in names(today="2027-01-01")


def test_kgen_yaml_asks_more_rules_and_weighs_them() -> None:
    Path("kgen.yaml").write_text("rules: {also: [image-latest], severity: {image-latest: info}}\n")
    code, made = answer(profile="default")
    (found,) = made["documents"][0]["findings"]
    assert (code, found["name"], found["severity"]) == (0, LATEST, "info")


@pytest.mark.parametrize(
    "rules",
    ["also: [image-latset]", "ignore: [{rule: image-latset, reason: x}]", "severity: {image-latset: info}"],
)
def test_unknown_rules_in_kgen_yaml_are_wrong_use(rules: str) -> None:
    Path("kgen.yaml").write_text(f"rules: {{{rules}}}\n")
    code, made = answer()
    assert code == 2
    assert [each["help"] for each in made["findings"]] == ["did you mean `image-latest`?"]


def test_what_exists_outside_is_declared() -> None:
    text = POD.replace("      image", "      envFrom: [{secretRef: {name: db}}]\n      image")
    assert "object-of-elsewhere" in names(text, profile="default")
    Path("kgen.yaml").write_text("external: [Secret/db]\n")
    assert "object-of-elsewhere" not in names(text, profile="default")


def test_entries_of_kgen_yaml_without_use_are_said_when_all_was_looked_at() -> None:
    Path("kgen.yaml").write_text(IGNORE.format("paths: [deploy]"))
    made = json.dumps(answer(paths=("pod.yaml",))[1])
    assert "unused-silence" not in made
    documents = answer(paths=(".",))[1]["documents"]
    (found,) = [each for each in documents if any(made["name"] == "unused-silence" for made in each["findings"])]
    assert (found["file"], found["findings"][0]["line"]) == ("kgen.yaml", 3)


def test_entries_of_kgen_yaml_that_are_over_are_said() -> None:
    Path("kgen.yaml").write_text(IGNORE.format("until: 2026-12-31"))
    assert "expired-silence" in json.dumps(answer(today="2027-01-01")[1])


def test_what_is_applied_now_does_not_go_with_the_profile_that_only_creates() -> None:
    code, made = answer(before="pod.yaml", profile="server")
    assert code == 2
    assert [each["name"] for each in made["findings"]] == ["option-without-effect"]


def test_a_folder_without_objects_is_no_earlier_revision() -> None:
    Path("empty").mkdir()
    code, made = answer(before="empty")
    assert (code, [each["name"] for each in made["findings"]]) == (2, ["nothing-to-validate"])
