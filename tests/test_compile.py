"""`kgen compile` as its users meet it: exit codes, what is written, what is left alone."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kgen.commands.compile import Request, run

EXAMPLES = Path(__file__).parent.parent / "examples"

APP = """\
apiVersion: kgen/v1
name: demo
image: ghcr.io/acme/demo:1.0.0
components:
  web: {type: web, port: 8000}
"""


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def kgen(*paths: str, **options: object) -> Done:
    """Run `kgen compile` in this process, in the current folder."""
    out, err = io.StringIO(), io.StringIO()
    request = Request(paths=[Path(path) for path in paths or (".",)], **options)  # type: ignore[arg-type]  # by name
    return Done(run(request, out, err), out.getvalue(), err.getvalue())


def tree(folder: Path) -> dict[str, bytes]:
    """Return all files below ``folder``."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shop(here: Path) -> Path:
    shutil.copytree(EXAMPLES / "shop", here / "shop")
    return here / "shop"


def test_the_shop_becomes_more_than_25_objects_in_two_environments(shop: Path) -> None:
    done = kgen("shop")
    assert (done.code, done.err) == (0, "")
    manifests = [path.relative_to(shop / "deploy").parts for path in shop.glob("deploy/*/shop/*.yaml")]
    assert len(manifests) >= 25
    assert {environment for environment, _, _ in manifests} == {"staging", "production"}
    assert "docker compose" in done.out
    assert "shop-staging/shop-db: url" in done.out


def test_a_second_run_writes_nothing_and_says_so(shop: Path) -> None:
    kgen("shop")
    before = {path: path.stat().st_mtime_ns for path in shop.rglob("*")}
    done = kgen("shop")
    assert done.code == 0
    assert "nothing was written" in done.out
    assert {path: path.stat().st_mtime_ns for path in shop.rglob("*")} == before


def test_check_tells_whether_the_output_is_up_to_date(shop: Path) -> None:
    kgen("shop")
    assert kgen("shop", mode="check").code == 0
    app = shop / "app.yaml"
    app.write_text(app.read_text("utf-8").replace("max: 12", "max: 13"), "utf-8")
    before = tree(shop)
    done = kgen("shop", mode="check")
    assert done.code == 3
    assert "horizontalpodautoscaler-shop-web.yaml" in done.out
    assert tree(shop) == before


def test_five_mistakes_are_five_findings_and_nothing_is_touched(shop: Path) -> None:
    kgen("shop")
    app = shop / "app.yaml"
    good = app.read_text("utf-8")
    changes = {
        "type: worker": "type: wroker",
        "port: 8000": 'port: "8000"',
        "memory: 512Mi}\n    replicas: {": "memory: 512MB}\n    replicas: {",
        "stopGracePeriod: 2m": "stopGracePeriod: 120",
        "schedule:": "shedule:",
    }
    bad = good
    for old, new in changes.items():
        assert bad.count(old) == 1, old
        bad = bad.replace(old, new)
    app.write_text(bad, "utf-8")
    before = tree(shop)
    done = kgen("shop")
    assert done.code == 1
    assert tree(shop) == before
    places = re.findall(r"--> shop/app.yaml:(\d+):(\d+)", done.err)

    def place(text: str, word: str) -> tuple[str, str]:
        number, line = next((number, line) for number, line in enumerate(bad.splitlines(), 1) if text in line)
        return str(number), str(line.index(word) + 1)

    assert places == [
        place('"8000"', '"8000"'),
        place("512MB", "512MB"),
        place("wroker", "wroker"),
        place("stopGracePeriod", "120"),
        place("shedule", "shedule"),
    ]
    assert done.err.count("error[") == 5
    assert "5 errors; nothing was written" in done.err


def test_faults_of_meaning_are_shown_beside_those_of_form(here: Path) -> None:
    (here / "app.yaml").write_text(
        """\
apiVersion: kgen/v1
name: shop
image: ghcr.io/acme/shop:1.0.0
env: {DATABASE_URL: "${needs.db.url}"}
components:
  web:
    type: web
    port: 99999
    replica: 3
    replicas: {min: 5, max: 3}
    env: {WORKER: "${components.worker.url}", SELF: "${components.web.url}"}
  worker:
    type: worker
    schedule: "@daily"
  report: {typ: cron}
""",
        "utf-8",
    )
    done = kgen()
    assert done.code == 1
    assert re.findall(r"app.yaml:(\d+:\d+)[\s\S]*?= rule: (\S+)", done.err) == [
        ("4:21", "unknown-reference"),
        ("8:11", "out-of-range"),
        ("9:5", "unknown-field"),
        ("10:21", "autoscaling-min-above-max"),
        ("11:19", "unknown-reference"),
        ("14:5", "field-not-for-type"),
        ("15:12", "unknown-field"),
    ]


def test_a_key_that_is_set_twice_does_not_hide_the_other_faults(here: Path) -> None:
    (here / "app.yaml").write_text(
        APP + "  web: {type: web, port: 8000}\n  worker: {type: wroker, schedul: x}\n", "utf-8"
    )
    done = kgen()
    assert re.findall(r"app.yaml:(\d+:\d+)[\s\S]*?= rule: (\S+)", done.err) == [
        ("6:3", "duplicate-key"),
        ("7:18", "value-not-allowed"),
        ("7:26", "unknown-field"),
    ]


def test_a_misspelt_section_is_one_finding(here: Path) -> None:
    text = APP + 'neds: {db: {type: postgres}}\nenv: {URL: "${needs.db.url}"}\n'
    (here / "app.yaml").write_text(text, "utf-8")
    assert re.findall(r"= rule: (\S+)", kgen().err) == ["unknown-field"]


def test_a_hand_edit_is_not_overwritten_without_force(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    kgen()
    service = here / "deploy/default/demo/service-demo-web.yaml"
    made = service.read_text("utf-8")
    service.write_text(made.replace("8000", "80"), "utf-8")
    (here / "app.yaml").write_text(APP.replace("1.0.0", "1.0.1"), "utf-8")
    before = tree(here)
    done = kgen()
    assert done.code == 1
    assert "service-demo-web.yaml" in done.err
    assert tree(here) == before
    assert kgen(force=True).code == 0
    assert service.read_text("utf-8") == made


def test_a_dockerfile_of_the_users_own_is_left_alone(here: Path) -> None:
    app = APP.replace("components", "build: .\ncomponents").replace("8000", "8000, command: flask run")
    (here / "app.yaml").write_text(app, "utf-8")
    (here / "requirements.txt").write_text("flask==3.1.0\n", "utf-8")
    (here / "Dockerfile").write_text("FROM scratch\n", "utf-8")
    done = kgen()
    assert done.code == 1
    assert "Dockerfile" in done.err
    assert (here / "Dockerfile").read_text("utf-8") == "FROM scratch\n"
    assert not (here / "deploy").exists()


OWN = {
    "Dockerfile": "FROM scratch\n",
    ".dockerignore": "*\n",
    "compose.yaml": "services: {}\n",
    "requirements.txt": "flask==3.1.0\n",
}
"""Files that people have before they know kgen."""


def beside(folder: Path, more: str) -> None:
    """Write an app with ``more`` on top, and files of the user's own beside it."""
    for name, text in OWN.items():
        (folder / name).write_text(text, "utf-8")
    app = APP.replace("components", f"{more}components").replace("8000", "8000, command: flask run")
    (folder / "app.yaml").write_text(app, "utf-8")


def own_files(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text("utf-8") for name in OWN}


def test_output_under_other_names_leaves_files_of_the_users_own_alone(here: Path) -> None:
    beside(here, "build: {output: Dockerfile.kgen}\ncompose: {output: compose.kgen.yaml}\n")
    done = kgen()
    assert (done.code, done.err) == (0, "")
    assert own_files(here) == OWN
    made = {"Dockerfile.kgen", "Dockerfile.kgen.dockerignore", "compose.kgen.yaml"}
    assert {path.name for path in here.iterdir()} == {*OWN, *made, "app.yaml", "deploy", ".kgen.lock"}
    assert {*json.loads((here / ".kgen.lock").read_text("utf-8"))["files"]} == made
    assert "dockerfile: Dockerfile.kgen" in (here / "compose.kgen.yaml").read_text("utf-8")
    assert "docker compose --file ./compose.kgen.yaml up --build" in done.out
    assert "docker build --file ./Dockerfile.kgen --tag ghcr.io/acme/demo:1.0.0 ." in done.out
    assert kgen(mode="check").code == 0


def test_the_build_is_told_where_its_secrets_are(here: Path) -> None:
    beside(
        here, "build: {output: two.Dockerfile, secrets: {acme: ACME_PASSWORD, netrc: /root/.netrc}}\ncompose: false\n"
    )
    secrets = "--secret id=acme,env=ACME_PASSWORD --secret id=netrc,src=$HOME/.netrc"
    assert f"docker build --file ./two.Dockerfile {secrets} --tag ghcr.io/acme/demo:1.0.0 ." in kgen().out


def test_files_of_old_names_go_when_the_output_is_renamed(here: Path) -> None:
    beside(here, "build: {output: Dockerfile.kgen}\ncompose: {output: compose.kgen.yaml}\n")
    kgen()
    beside(here, "build: {output: api.Dockerfile}\ncompose: false\n")
    before = tree(here)
    done = kgen(mode="check")
    assert done.code == 3
    assert all(sign in done.out for sign in ("+ api.Dockerfile", "- Dockerfile.kgen", "- compose.kgen.yaml"))
    assert tree(here) == before
    assert kgen().code == 0
    assert own_files(here) == OWN
    made = {"api.Dockerfile", "api.Dockerfile.dockerignore"}
    assert {path.name for path in here.iterdir()} == {*OWN, *made, "app.yaml", "deploy", ".kgen.lock"}
    assert kgen(mode="check").code == 0


def test_a_file_of_the_users_own_is_kept_by_what_the_finding_says(here: Path) -> None:
    beside(here, "build: .\n")
    done = kgen()
    assert done.code == 1
    assert done.err.count("error[") == 3
    for way_out in ("build: {output: Dockerfile.kgen}", "compose: {output: compose.kgen.yaml}", "compose: false"):
        assert f"`{way_out}`" in done.err


def test_the_example_of_env_follows_the_compose_file_and_leaves_one_of_the_users_own_alone(here: Path) -> None:
    mine = "DJANGO_SECRET_KEY=change-me\n"
    (here / ".env.example").write_text(mine, "utf-8")
    sentry = "secrets: {sentry: [dsn]}\nenv: {SENTRY_DSN: {secret: sentry/dsn}}\n"
    (here / "app.yaml").write_text(APP + sentry, "utf-8")
    done = kgen()
    assert done.code == 1
    assert "to keep it, say `compose: {envExample: .env.kgen.example}`" in done.err
    for said, name in (
        ("{envExample: .env.kgen.example}", ".env.kgen.example"),
        ("{output: compose.kgen.yaml}", ".env.kgen.example"),
        ("{output: docker-compose.local.yml}", ".env.local.example"),
    ):
        (here / "app.yaml").write_text(APP + sentry + f"compose: {said}\n", "utf-8")
        done = kgen()
        assert (done.code, done.err) == (0, "")
        assert [path.name for path in here.glob(".env*") if path.name != ".env.example"] == [name]
        assert "\nSENTRY_DSN=\n" in (here / name).read_text("utf-8")
    assert (here / ".env.example").read_text("utf-8") == mine


def test_what_the_app_says_about_its_compose_file_counts_before_kgen_yaml(here: Path) -> None:
    (here / "kgen.yaml").write_text("output: {compose: false}\n", "utf-8")
    (here / "app.yaml").write_text(APP + "compose: {output: compose.kgen.yaml}\n", "utf-8")
    kgen()
    assert (here / "compose.kgen.yaml").is_file()
    (here / "app.yaml").write_text(APP, "utf-8")
    kgen()
    assert not (here / "compose.kgen.yaml").exists()


def test_what_is_no_longer_made_is_removed_and_nothing_else(here: Path) -> None:
    environments = "environments: {staging: {}, production: {}}\n"
    (here / "app.yaml").write_text(APP + "  old: {type: worker}\n" + environments, "utf-8")
    kgen()
    mine = here / "deploy/staging/demo/notes.txt"
    mine.write_text("mine\n", "utf-8")
    (here / "app.yaml").write_text(APP + environments.replace(", production: {}", ""), "utf-8")
    done = kgen()
    assert done.code == 0
    assert "- deployment-demo-old.yaml" in done.out
    assert not list(here.glob("deploy/*/demo/*old*"))
    assert not (here / "deploy/production/demo").exists()
    assert mine.read_text("utf-8") == "mine\n"


def test_another_app_of_the_same_name_keeps_its_output(here: Path) -> None:
    (here / "kgen.yaml").write_text("kubernetes: 1.34\n", "utf-8")
    for folder, environment in (("one", "staging"), ("two", "production")):
        (here / folder).mkdir()
        (here / folder / "app.yaml").write_text(APP + f"environments: {{{environment}: {{}}}}\n", "utf-8")
        assert kgen(folder).code == 0
    assert kgen("one").code == 0
    assert (here / "deploy/production/demo/.kgen.lock").exists()


def test_two_apps_that_would_write_one_folder_are_refused(here: Path) -> None:
    (here / "kgen.yaml").write_text("", "utf-8")
    for folder in ("one", "two"):
        (here / folder).mkdir()
        (here / folder / "app.yaml").write_text(APP, "utf-8")
    done = kgen()
    assert done.code == 1
    assert "one/app.yaml" in done.err
    assert "two/app.yaml" in done.err
    assert not (here / "deploy").exists()


def test_apps_of_one_name_meet_in_any_environment_and_in_any_run(here: Path) -> None:
    (here / "kgen.yaml").write_text("", "utf-8")
    for folder, environments in (("one", "staging: {}, production: {}"), ("two", "production: {}")):
        (here / folder).mkdir()
        (here / folder / "app.yaml").write_text(APP + f"environments: {{{environments}}}\n", "utf-8")
    assert "`one/app.yaml` and `two/app.yaml` would both write `deploy/production/demo`" in kgen().err
    assert kgen("one").code == 0
    before = tree(here)
    done = kgen("two")
    assert done.code == 1
    assert "from another app file" in done.err
    assert "= rule: output-of-another-app" in done.err
    assert tree(here) == before


def test_two_app_files_in_one_folder_do_not_fight_over_compose(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    (here / "other.yaml").write_text(APP.replace("demo", "other"), "utf-8")
    done = kgen("app.yaml", "other.yaml")
    assert done.code == 1
    assert "would both write `compose.yaml`" in done.err
    assert not (here / "deploy").exists()


def test_an_app_with_a_new_name_leaves_nothing_behind(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    kgen()
    (here / "app.yaml").write_text(APP.replace("name: demo", "name: store"), "utf-8")
    assert kgen(mode="check").code == 3
    done = kgen()
    assert "removed deploy/default/demo/: Argo CD deletes" in done.out
    assert [path.name for path in (here / "deploy/default").iterdir()] == ["store"]


def test_files_outside_of_the_folder_do_not_get_into_a_configmap(here: Path) -> None:
    secret = here / "secret"
    secret.write_text("hunter2", "utf-8")
    (here / "app").mkdir()
    (here / "app/link").symlink_to(secret)
    os.mkfifo(here / "app/pipe")
    for source in ("link", "pipe"):
        app = APP.replace("port: 8000", f"port: 8000, files: {{/etc/x: {{source: {source}}}}}")
        (here / "app/app.yaml").write_text(app, "utf-8")
        done = kgen("app", mode="stdout")
        assert done.code == 1
        assert "hunter2" not in done.out + done.err


def test_line_ends_of_windows_are_no_change(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    kgen()
    (here / "app.yaml").write_bytes(APP.replace("\n", "\r\n").encode())
    assert kgen(mode="check").code == 0


def test_a_comment_changes_the_lock_alone_and_check_says_so(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    kgen()
    (here / "app.yaml").write_text(APP + "# a comment\n", "utf-8")
    done = kgen(mode="check")
    assert done.code == 3
    assert "only .kgen.lock" in done.out


def test_only_one_environment_is_printed(shop: Path) -> None:  # noqa: ARG001  # in the current folder
    done = kgen("shop", mode="stdout")
    assert (done.code, done.out) == (2, "")
    assert "--env staging" in done.err
    done = kgen("shop", mode="stdout", environments=["production"])
    assert done.code == 0
    assert "namespace: shop-staging" not in done.out


def test_a_file_in_the_place_of_the_output_folder_is_named(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    (here / "deploy").write_text("mine\n", "utf-8")
    done = kgen()
    assert done.code == 1
    assert "`deploy` has to be a folder" in done.err
    (here / "deploy").unlink()
    (here / "elsewhere").mkdir()
    (here / "deploy").mkdir()
    (here / "deploy/default").symlink_to(here / "elsewhere")
    done = kgen()
    assert done.code == 1
    assert "`deploy/default` is a symbolic link" in done.err
    assert list((here / "elsewhere").iterdir()) == []


def test_diff_shows_a_hand_edit_and_says_that_it_is_in_the_way(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    kgen()
    service = here / "deploy/default/demo/service-demo-web.yaml"
    service.write_text(service.read_text("utf-8").replace("8000", "80"), "utf-8")
    done = kgen(mode="diff")
    assert done.code == 1
    assert "+      port: 8000" in done.out
    assert "was edited by hand" in done.err


@pytest.mark.parametrize("option", ["--stdout", "--diff"])
def test_json_goes_with_writing_and_checking_only(here: Path, option: str) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    command = [sys.executable, "-m", "kgen", "compile", "--format", "json", option]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


def test_a_full_disk_is_no_bug_of_kgen(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "kgen", "compile", "--stdout"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "kgen: cannot print the output: no space left on device\n")


def test_set_names_components_that_are_there(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    done = kgen(settings=["components.wbe.image.tag=2"])
    assert done.code == 2
    assert "did you mean `web`?" in done.err
    assert "`image.tag` has no value" in kgen(settings=["image.tag="]).err


def test_one_environment_can_be_compiled_alone(shop: Path) -> None:
    assert kgen("shop", environments=["staging"]).code == 0
    assert [path.name for path in (shop / "deploy").iterdir()] == ["staging"]
    done = kgen("shop", environments=["stagin"])
    assert done.code == 2
    assert "did you mean `staging`?" in done.err


def test_a_pipeline_sets_the_tag(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    done = kgen(settings=["image.tag=2.0"], mode="stdout")
    assert "image: ghcr.io/acme/demo:2.0\n" in done.out
    done = kgen(settings=["components.web.image.tag=3.0", "image.tag=2.0"], mode="stdout")
    assert "image: ghcr.io/acme/demo:3.0\n" in done.out
    done = kgen(settings=["replicas=3"])
    assert done.code == 2
    assert "`replicas=3` cannot be set" in done.err


def test_stdout_prints_documents_and_writes_nothing(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    done = kgen(mode="stdout")
    assert done.out.count("\nkind: ") == done.out.count("---\n") > 5
    assert [path.name for path in here.iterdir()] == ["app.yaml"]


def test_diff_shows_the_change_of_one_line(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    kgen()
    before = tree(here)
    (here / "app.yaml").write_text(APP.replace("1.0.0", "1.0.1"), "utf-8")
    done = kgen(mode="diff")
    changed = [line for line in done.out.splitlines() if re.match(r"[-+] {10}image:", line)]
    assert changed == ["-          image: ghcr.io/acme/demo:1.0.0", "+          image: ghcr.io/acme/demo:1.0.1"]
    assert before.keys() == tree(here).keys()


def test_out_puts_the_manifests_elsewhere(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    assert kgen(out=Path("elsewhere")).code == 0
    assert (here / "elsewhere/default/demo/deployment-demo-web.yaml").exists()
    assert not (here / "deploy").exists()


def test_json_has_findings_and_results(here: Path) -> None:
    (here / "app.yaml").write_text(APP.replace("8000", "80000"), "utf-8")
    done = kgen(output_format="json")
    (finding,) = json.loads(done.out)["findings"]
    assert (done.code, done.err) == (1, "")
    assert (finding["name"], finding["file"], finding["line"], finding["column"]) == ("out-of-range", "app.yaml", 5, 26)
    (here / "app.yaml").write_text(APP, "utf-8")
    made = json.loads(kgen(output_format="json").out)
    assert made["version"] == 1
    assert made["findings"] == []
    assert made["apps"][0]["folders"][0]["objects"] == 6


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (lambda _: None, 2, "there is no app.yaml"),
        (lambda here: (here / "app.yaml").write_bytes(b"\x89PNG\r\n\x1a\n\0\0"), 2, "app.yaml"),
        (lambda here: (here / "app.yaml").write_bytes(b""), 1, "empty"),
        (lambda here: (here / "app.yaml").write_text("a: b: c\n", "utf-8"), 1, "app.yaml:1"),
        (lambda here: (here / "app.yaml").write_text("apiVersion: v1\nkind: Pod\n", "utf-8"), 1, "Kubernetes object"),
    ],
    ids=["nothing", "binary", "empty", "syntax", "manifest"],
)
def test_what_is_no_app_file_gets_a_friendly_answer(
    here: Path, make: Callable[[Path], object], code: int, words: str
) -> None:
    make(here)
    done = kgen()
    assert done.code == code
    assert words in done.err
    assert "Traceback" not in done.err


def test_a_missing_file_is_wrong_use(here: Path) -> None:  # noqa: ARG001  # an empty current folder
    done = kgen("nowhere.yaml")
    assert done.code == 2
    assert "there is no such file" in done.err


def test_kgen_yaml_is_found_above_and_its_faults_are_shown_there(here: Path) -> None:
    (here / "kgen.yaml").write_text("kubernetes: '1.99'\nouput: {root: x}\n", "utf-8")
    (here / "apps").mkdir()
    (here / "apps/app.yaml").write_text(APP, "utf-8")
    done = kgen("apps")
    assert done.code == 1
    assert "kgen.yaml:2:1" in done.err
    (here / "kgen.yaml").write_text("kubernetes: [1.30, 1.99]\noutput: {root: k8s, compose: false}\n", "utf-8")
    done = kgen("apps")
    assert "kgen.yaml:1:20" in done.err
    (here / "kgen.yaml").write_text("kubernetes: 1.30\noutput: {root: k8s, compose: false}\n", "utf-8")
    assert kgen("apps").code == 0
    assert (here / "k8s/default/demo/deployment-demo-web.yaml").exists()
    assert not (here / "apps/compose.yaml").exists()


def test_the_command_line_runs_as_a_program(here: Path) -> None:
    (here / "app.yaml").write_text(APP, "utf-8")
    command = [sys.executable, "-m", "kgen"]
    shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout
    assert re.fullmatch(r"kgen \d+\.\d+\.\d+\n", shown)
    done = subprocess.run([*command, "compile", "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, "")
    wrong = subprocess.run([*command, "compile", "--check", "--diff"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "choose one" in wrong.stderr


def test_help_imports_no_stage() -> None:
    script = "import sys, kgen.cli; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pydantic", "ruamel.yaml", "rich", "kgen.pipeline"} & set(loaded)
