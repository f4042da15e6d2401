"""Dockerfiles of the user's own: what `kgen compile` finds in them, where, and what it leaves alone."""

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgen.check import catalogue
from kgen.check.catalogue import Entry
from kgen.check.dockerfile import programs
from kgen.commands.validate import Request
from kgen.commands.validate import run as validate
from kgen.diag import Diagnostic
from kgen.pipeline import Compiled, Options, compile_app
from kgen.report.json import render_all as render_json
from kgen.report.sarif import render_all as render_sarif
from kgen.report.text import render_all
from kgen.rules import ALL
from kgen.validate.dockerfiles import verdict
from kgen.validate.selection import Selection
from kgen.validate.workspace import Settings

ROOT = Path(__file__).parents[1]
SCRIPT = "XAPP008"
"""The row whose examples need a third file: ``test_scripts`` has it."""

ROWS = tuple(entry for row, entry in catalogue.family("dockerfile").items() if row.startswith("XAPP") and row != SCRIPT)
HEAD = "apiVersion: kgen/v1\nname: shop\nimage: ghcr.io/acme/shop:1.7.3\n"
APP = HEAD + "build: {dockerfile: Dockerfile}\ncomponents:\n  web: {type: web, port: 8000}\n"
GOOD = 'FROM python:3.13-slim-trixie\nUSER 65532\nCMD ["gunicorn", "shop:app"]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compiled(app: str, dockerfile: str | None, more: Mapping[str, str] | None = None) -> Compiled:
    """Compile ``app`` in the current folder, with ``dockerfile`` and more files beside it."""
    files = {"app.yaml": app, **({"Dockerfile": dockerfile} if dockerfile is not None else {}), **(more or {})}
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, "utf-8")
    return compile_app(Path("app.yaml"), Options())


def found(app: str, dockerfile: str | None, more: Mapping[str, str] | None = None) -> list[str]:
    """Return the names of the rules that are broken."""
    return [each.rule.name for each in compiled(app, dockerfile, more).found]


def only(app: str, dockerfile: str, more: Mapping[str, str] | None = None) -> Diagnostic:
    (one,) = compiled(app, dockerfile, more).found
    return one


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("entry", ROWS, ids=lambda entry: entry.row)
def test_the_example_that_fails_breaks_the_rule_and_no_other(entry: Entry) -> None:
    one = only(entry.fails, entry.examples["fails_dockerfile"])
    assert one.rule == entry.rule
    assert {one.at.file, *(label.file for label in one.related)} == {"app.yaml", "Dockerfile"}, "both places are shown"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("entry", ROWS, ids=lambda entry: entry.row)
def test_the_example_that_passes_breaks_none(entry: Entry) -> None:
    assert found(entry.passes, entry.examples["passes_dockerfile"]) == []


@pytest.mark.usefixtures("folder")
def test_a_dockerfile_that_is_not_there_is_an_error() -> None:
    assert found(APP, None) == ["file-not-readable"]


@pytest.mark.parametrize(
    ("command", "server"),
    [
        (["python", "manage.py", "runserver", "0.0.0.0:8000"], "Django's `runserver`"),
        (["python", "-m", "flask", "--app", "shop", "run"], "Flask's `flask run`"),
        (["sh", "-c", "alembic upgrade head && uvicorn shop:app --reload"], "`--reload`"),
        (["/venv/bin/fastapi", "dev", "main.py"], "`fastapi dev`"),
        (["npm", "run", "dev"], "a `dev` script"),
        (["flask", "db", "upgrade"], ""),
        (["fastapi", "run", "dev.py"], ""),
        (["gunicorn", "--reload-engine", "auto", "shop:app"], ""),
        (["celery", "-A", "flask", "worker"], ""),
        ([], ""),
    ],
)
def test_servers_for_developers_are_known(command: list[str], server: str) -> None:
    assert programs.development_server(command) == server


# Which stages and arguments count


STAGES = """\
FROM python:3.13-slim-trixie AS base
USER 1000

FROM base AS tool
WORKDIR tools

FROM base AS development
WORKDIR development

FROM base AS web
COPY --from=tool /x /y
CMD ["gunicorn", "shop:app"]
"""


def built(**build: object) -> str:
    """Return an app whose image is built so."""
    settings = ", ".join(f"{name}: {value}" for name, value in {"dockerfile": "Dockerfile", **build}.items())
    return APP.replace("{dockerfile: Dockerfile}", f"{{{settings}}}")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("build", [{"target": "web"}, {}])
def test_only_stages_that_the_target_needs_count(build: Mapping[str, str]) -> None:
    """The user is that of the base; the tool's relative folder is found, the developers' is not."""
    app = built(**build)
    lines = [(each.rule.name, each.at.span.line) for each in compiled(app, STAGES).found if each.at.span]
    assert lines == [("relative-workdir", 5), ("user-other-than-the-image-has", 2)]


@pytest.mark.usefixtures("folder")
def test_the_last_stage_is_the_target_by_default() -> None:
    last = STAGES + "\nFROM base AS last\n"
    assert found(built(), last) == ["user-other-than-the-image-has", "image-runs-nothing"]
    assert found(built(target="web"), last) == ["relative-workdir", "user-other-than-the-image-has"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("args", "dockerfile", "rules"),
    [
        ("{TAG: 3.13-slim}", "ARG TAG\nFROM python:${TAG}\nUSER 65532\nCMD ['x']\n", []),
        ("{}", "ARG TAG\nFROM python:${TAG}\nUSER 65532\nCMD ['x']\n", ["base-image-needs-argument"]),
        ("{TAG: latest}", "ARG TAG=3.13\nFROM python:${TAG}\nUSER 65532\nCMD ['x']\n", ["latest-base-image"]),
        ("{UID: 1000}", "FROM python:3.13\nARG UID=65532\nUSER ${UID}\nCMD ['x']\n", ["user-other-than-the-image-has"]),
        ("{UID: 65532}", "FROM python:3.13\nARG UID=1000\nUSER ${UID}\nCMD ['x']\n", []),
        ("{HTTP_PROXY: x, BUILDKIT_INLINE_CACHE: 1, TARGETARCH: x}", GOOD, []),
        ("{http_proxy: x, SOURCE_DATE_EPOCH: 0}", GOOD, []),
        (
            "{Y: 1}",
            "FROM python:3.13 AS a\nARG Y\nFROM python:3.13\nUSER 65532\nCMD ['x']\n",
            ["undeclared-build-argument"],
        ),
    ],
)
def test_arguments_count(args: str, dockerfile: str, rules: list[str]) -> None:
    assert found(built(args=args), dockerfile.replace("'", '"')) == rules


@pytest.mark.usefixtures("folder")
def test_one_file_for_several_builds_is_looked_at_for_each() -> None:
    app = (
        HEAD
        + "components:\n"
        + "  web: {type: web, port: 8000, image: a/web:1, build: {dockerfile: Dockerfile, target: web}}\n"
        + "  worker: {type: worker, image: a/worker:1, build: {dockerfile: Dockerfile, target: development}}\n"
    )
    made = compiled(app, STAGES + 'FROM base AS other\nWORKDIR other\nCMD ["x"]\n').found
    assert [(each.rule.name, each.at.span.line) for each in made if each.at.span] == [
        ("relative-workdir", 5),
        ("relative-workdir", 8),
        ("user-other-than-the-image-has", 2),
        ("image-runs-nothing", 7),
    ]
    (user,) = (each for each in made if each.rule.name == "user-other-than-the-image-has")
    assert [label.text for label in user.related] == ["`web` runs as 65532", "`worker` runs as 65532"]


# What nobody can know, and what is no Dockerfile of Docker's


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "dockerfile",
    [
        "FROM ghcr.io/acme/base:1\n",
        "FROM ghcr.io/acme/base:1\nUSER $WHO\n",
        "FROM ghcr.io/acme/base:1\nEXPOSE $PORT\n",
        "# syntax=ghcr.io/acme/frontend:1\nAPP shop\nRUNN x\n",
        'FROM mcr.microsoft.com/windows/servercore:ltsc2025\nUSER ContainerUser\nCMD ["x"]\n',
        'ARG BASE=ghcr.io/acme/base:1\nFROM ${BASE}\nCOPY --from=ghcr.io/acme/x:1 /a /b\nCMD ["x"]\n',
        'FROM python:3.13\nCOPY <<EOF /srv/x\nhello\nEOF\nADD https://example.com/a.tgz /srv/\nUSER 65532\nCMD ["x"]\n',
        'FROM python:3.13\nARG WHERE\nCOPY $WHERE /srv/\nUSER 65532\nCMD ["x"]\n',
        "\ufeff" + GOOD.replace("\n", "\r\n"),
    ],
)
def test_nothing_is_said_about_what_cannot_be_known(dockerfile: str) -> None:
    assert found(APP, dockerfile) == []


@pytest.mark.usefixtures("folder")
def test_a_file_that_cannot_be_read_is_not_compared() -> None:
    assert found(APP, "FROM python:3.13\nRUNN x\nEXPOSE 9000\nUSER 7\n") == ["invalid-dockerfile"]
    assert found(APP, "USER 7\n")[0] == "invalid-dockerfile"
    Path("Dockerfile").write_bytes(b"FROM \xff\n")
    assert [each.rule.name for each in compile_app(Path("app.yaml"), Options()).found] == ["file-not-readable"]


# Users


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("security", "user", "rules"),
    [
        ("", "USER 65532", []),
        ("", "USER 65532:0", []),
        ("", "USER 1000", ["user-other-than-the-image-has"]),
        ("", "USER root", ["image-runs-as-root"]),
        ("", "USER 0", ["image-runs-as-root"]),
        ("", "USER daemon", ["image-user-without-number"]),
        ("", "RUN useradd -u 65532 shop\nUSER shop", []),
        ("", "RUN adduser --disabled-password --uid 1000 shop\nUSER shop", ["user-other-than-the-image-has"]),
        ("", "ENV ID=1000\nRUN useradd -m -u $ID shop\nUSER shop", ["user-other-than-the-image-has"]),
        ("", "RUN chown -R 1000:1000 /srv\nUSER 1000", ["user-without-its-files"]),
        ("security: {runAsUser: 1000}\n", "USER 1000", []),
        (
            "security: {runAsUser: 0, exceptions: {run-as-root: it has to}}\n",
            "USER root",
            ["exception-from-restricted"],
        ),
        (
            "security: {runAsUser: 0, exceptions: {run-as-root: it has to}}\n",
            "USER 1000",
            ["exception-from-restricted"],
        ),
    ],
)
def test_users(security: str, user: str, rules: list[str]) -> None:
    assert found(APP + security, GOOD.replace("USER 65532", user)) == rules


@pytest.mark.usefixtures("folder")
def test_what_several_components_have_in_common_is_said_once() -> None:
    app = (
        APP
        + "  worker: {type: worker, command: celery worker}\n"
        + "  nightly: {type: cron, schedule: 0 3 * * *, args: report}\n"
    )
    one = only(app, GOOD.replace("65532", "1000"))
    assert [label.text for label in one.related] == [f"`{name}` runs as 65532" for name in ("web", "worker", "nightly")]


# Commands


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("component", "start", "rules"),
    [
        ("", "", ["image-runs-nothing"]),
        (", command: x", "", []),
        (", args: x", "", []),
        ("", "ENTRYPOINT []\n", ["image-runs-nothing"]),
        ("", "CMD x\n", ["command-in-shell-form"]),
        ("", "CMD exec x\n", []),
        (", command: x", "CMD y\n", []),
        (", command: x", 'CMD ["flask", "run"]\n', []),
        ("", 'CMD ["flask", "run"]\n', ["development-server"]),
        (", command: python -m shop", 'ENTRYPOINT ["/usr/bin/python", "-m", "shop"]\n', []),
        (", command: x", 'ENTRYPOINT ["y"]\n', ["entrypoint-replaced"]),
        (", command: x", "ENTRYPOINT []\n", []),
        (", args: x", 'ENTRYPOINT ["y"]\nCMD ["./manage.py", "migrate"]\n', []),
        (", args: x", 'ENTRYPOINT ["./manage.py", "migrate"]\n', ["migration-at-every-start"]),
        ("", 'ENTRYPOINT ["tini", "--"]\nCMD ["sh", "-c", "flask db upgrade; exec x"]\n', ["migration-at-every-start"]),
        (", command: x", 'CMD ["sh", "-c", "flask db upgrade; exec x"]\n', []),
    ],
)
def test_commands(component: str, start: str, rules: list[str]) -> None:
    dockerfile = f"FROM python:3.13-slim-trixie\nUSER 65532\n{start}"
    assert found(APP.replace(", port: 8000", f", port: 8000{component}"), dockerfile) == rules


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("start", "script", "rules"),
    [
        ('["/srv/boot.sh"]', "gunicorn shop:app", ["script-without-exec"]),
        ('["/srv/boot.sh"]', "#!/bin/sh\nset -e\nexec gunicorn \\\n  shop:app\n", []),
        ('["/srv/boot.sh"]', "# exec is for others\ngunicorn shop:app &\nwait\n", ["script-without-exec"]),
        ('["/srv/boot.sh"]', "trap 'kill $child' TERM\ngunicorn shop:app & child=$!\nwait\n", []),
        ('["/srv/boot.sh"]', 'if [ "$1" = web ]; then\n  exec gunicorn shop:app\nfi\n', []),
        ('["/srv/boot.sh"]', "./manage.py migrate\nexec gunicorn shop:app\n", ["migration-at-every-start"]),
        (
            '["/srv/boot.sh"]',
            "flask db \\\n  upgrade\nflask run\n",
            ["migration-at-every-start", "script-without-exec"],
        ),
        ('["/srv/boot.sh"]', 'if [ "$MIGRATE" ]; then\n  alembic upgrade head\nfi\nexec gunicorn shop:app\n', []),
        ('["/srv/boot.sh"]', 'if [ "$X" ]; then alembic upgrade head; fi\nexec gunicorn shop:app\n', []),
        (
            '["/srv/boot.sh"]',
            'if [ "$X" ]; then\n  x\nfi\nwhile ! alembic upgrade head; do y; done\nexec gunicorn shop:app\n',
            ["migration-at-every-start"],
        ),
        ('["bash", "/srv/boot.sh"]', "gunicorn shop:app", ["script-without-exec"]),
        ('["tini", "-g", "--", "/srv/boot.sh"]', "gunicorn shop:app", []),
        ("exec /srv/boot.sh", "alembic upgrade head; exec gunicorn shop:app", ["migration-at-every-start"]),
        ('["/srv/other.sh"]', "gunicorn shop:app", []),
        ('["/srv/boot.sh"]', "", []),
    ],
)
def test_scripts(start: str, script: str, rules: list[str]) -> None:
    dockerfile = f"FROM python:3.13-slim\nCOPY docker /srv/\nUSER 65532\nCMD {start}\n"
    assert sorted(found(APP, dockerfile, {"docker/boot.sh": script})) == rules
    assert found(APP.replace("8000}", "8000, command: x}"), dockerfile) == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("copied", "script"),
    [
        ("deploy/boot.sh /boot.sh", "/boot.sh"),
        ("deploy/boot.sh ./", "./boot.sh"),
        (". .", "deploy/boot.sh"),
        (". /srv", "/srv/deploy/boot.sh"),
        ("deploy /srv/deploy", "/srv/deploy/boot.sh"),
        ("deploy/*.sh /srv/", "/srv/boot.sh"),
    ],
)
def test_scripts_are_found_where_they_come_from(copied: str, script: str) -> None:
    dockerfile = f'FROM python:3.13-slim\nWORKDIR /srv\nCOPY {copied}\nUSER 65532\nENTRYPOINT ["{script}"]\n'
    app = APP.replace("{dockerfile: Dockerfile}", "{context: src, dockerfile: docker/web}")
    one = only(app, "", {"src/docker/web": dockerfile, "src/deploy/boot.sh": "\n  gunicorn shop:app\n"})
    assert [label.file for label in one.related] == ["src/deploy/boot.sh", "app.yaml"]
    assert one.related[0].span
    assert (one.related[0].span.line, one.related[0].span.column) == (2, 3)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("ports", "exposed", "rules"),
    [
        ("port: 8000", "8000", []),
        ("port: 8000", "8000/tcp", []),
        ("port: 8000", "8000/udp", ["port-not-exposed"]),
        ("port: 8000", "9000", ["port-not-exposed"]),
        ("port: 8000", "8000-8010", ["port-not-exposed"]),
        ("ports: {http: 8000, metrics: 9000}", "8000 9000", []),
        ("ports: {http: 8000, metrics: 9000}", "8000", ["port-not-exposed"]),
        ("ports: {http: 8000}", "8000 9000", ["port-not-exposed"]),
    ],
)
def test_ports(ports: str, exposed: str, rules: list[str]) -> None:
    dockerfile = GOOD.replace("USER", f"EXPOSE {exposed}\nUSER")
    assert found(APP.replace("port: 8000", ports), dockerfile) == rules


@pytest.mark.usefixtures("folder")
def test_every_volume_is_shown_where_it_is_made() -> None:
    dockerfile = GOOD.replace("USER", 'ENV DATA=/data\nVOLUME ["/a", "/b"]\nVOLUME $DATA\nUSER')
    dockerfile = dockerfile.replace("shop:app", "/var/tmp/x")  # noqa: S108  # nothing is written
    app = APP.replace("port: 8000", "port: 8000, volumes: {a: {path: /a, type: ephemeral}}")
    made = compiled(app, dockerfile).found
    places = [(each.rule.name, each.at.span.line, each.at.span.column) for each in made if each.at.span]
    name = "image-volume-on-read-only-root"
    assert places == [(name, 3, 15), (name, 4, 8), (name, 6, 5)]


@pytest.mark.usefixtures("folder")
def test_practice_keeps_nothing_from_being_compiled() -> None:
    made = compiled(APP, "FROM python\nARG API_TOKEN\nWORKDIR srv\nUSER 65532\nCMD ['x']\n".replace("'", '"'))
    assert [(each.rule.name, each.rule.severity.value) for each in made.found] == [
        ("untagged-base-image", "warning"),
        ("secret-in-image", "warning"),
        ("relative-workdir", "warning"),
    ]
    assert made.app == "shop"


# Files of the context


COPY = 'FROM python:3.13-slim-trixie\nWORKDIR /srv\nCOPY {} /srv/\nUSER 65532\nCMD ["x"]\n'


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("sources", "ignored", "rules"),
    [
        ("app.yaml", "", []),
        ("/app.yaml", "", []),
        ("./app.yaml", "", []),
        ("../app.yaml", "", []),
        (".", "", []),
        ("*.yaml", "", []),
        ("*.toml", "", []),
        ("src/*.toml ./poetry.lock*", "", []),
        ("lib/*.py", "", ["copy-of-missing-file"]),
        ("src src/shop.py", "", []),
        ("s[a-s]c", "", []),
        ("nowhere", "", ["copy-of-missing-file"]),
        ("--from=busybox:1 nowhere", "", []),
        ("src", "src\n", ["copy-of-ignored-file"]),
        ("src", "*\n!src/*.py\n", []),
        ("nowhere", "nowhere\n", ["copy-of-ignored-file", "copy-of-missing-file"]),
    ],
)
def test_what_is_copied_has_to_be_there(sources: str, ignored: str, rules: list[str]) -> None:
    files = {"src/shop.py": "", **({".dockerignore": ignored} if ignored else {})}
    assert found(APP, COPY.format(sources), files) == rules


@pytest.mark.usefixtures("folder")
def test_the_ignore_file_of_a_dockerfile_wins_over_that_of_the_context() -> None:
    app = APP.replace("{dockerfile: Dockerfile}", "{context: src, dockerfile: docker/web}")
    files = {"src/docker/web": COPY.format("shop.py"), "src/shop.py": "", "src/.dockerignore": "shop.py\n"}
    assert found(app, None, files) == ["copy-of-ignored-file"]
    assert found(app, None, files | {"src/docker/web.dockerignore": "*.md\n"}) == []


def test_no_link_leads_out_of_the_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "Dockerfile"
    outside.write_text(GOOD, "utf-8")
    (folder / "Dockerfile").symlink_to(outside)
    assert found(APP, None) == ["file-not-readable"]


# Silencing


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("# kgen: allow user-other-than-the-image-has: nothing is its own", []),
        ("# kgen: allow KG3273: nothing is its own", []),
        ("# kgen: allow user-other-than-the-image-has", ["silence-without-reason", "user-other-than-the-image-has"]),
        ("# kgen: allow user-of-mars: why", ["unknown-rule-silenced", "user-other-than-the-image-has"]),
        ("# kgen: allow image-runs-as-root: of no use here", ["user-other-than-the-image-has"]),
        ("# hadolint ignore=DL3002", ["user-other-than-the-image-has"]),
    ],
)
def test_comments_silence_as_in_validate(comment: str, rules: list[str]) -> None:
    dockerfile = f'FROM python:3.13-slim-trixie\nWORKDIR /srv\n{comment}\nUSER 1000\nCMD ["x"]\n'
    assert sorted(found(APP, dockerfile)) == rules


@pytest.mark.usefixtures("folder")
def test_validate_does_not_call_a_silence_of_compile_unused() -> None:
    text = '# kgen: allow user-other-than-the-image-has: why not\nFROM python:3.13-slim\nUSER 1000\nCMD ["x"]\n'
    one = verdict("Dockerfile", text.encode(), "strict")
    (shown,) = Selection("strict").applied([one], Settings(), is_whole=False)
    assert [each.rule.name for document in shown.documents for each in document.found] == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("head", "rules"),
    [
        ("# check=skip=JSONArgsRecommended\n", []),
        ("# check=skip=all\n", []),
        ("# check=skip=StageNameCasing;error=true\n", ["command-in-shell-form"]),
        ("# hadolint global ignore=DL3025,DL3006\n", []),
        ("# hadolint ignore=DL3025\n", ["command-in-shell-form"]),  # only of the next instruction
    ],
)
def test_comments_for_others_count(head: str, rules: list[str]) -> None:
    assert found(APP, head + "FROM python:3.13-slim-trixie\nUSER 65532\nCMD x\n") == rules


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("{profile: default}", [("user-other-than-the-image-has", "warning")]),
        ("{ignore: [{rule: KG32, reason: x}]}", [("command-in-shell-form", "warning")]),
        (
            "{ignore: [{rule: command-in-shell-form, reason: x, paths: [shop/Dockerfile]}]}",
            [("user-other-than-the-image-has", "warning")],
        ),
        (
            "{ignore: [{rule: KG78, reason: x, paths: [other/**]}], severity: {KG7806: error}}",
            [
                ("user-other-than-the-image-has", "warning"),
                ("command-in-shell-form", "error"),
            ],
        ),
        ("{ignore: [{rule: KG3, reason: x, kinds: [Dockerfile]}, {rule: KG78, reason: x}]}", []),
    ],
)
def test_kgen_yaml_chooses(rules: str, expected: list[tuple[str, str]]) -> None:
    files = {"kgen.yaml": f"rules: {rules}\n", "shop/Dockerfile": "FROM python:3.13\nUSER 1000\nCMD x\n"}
    app = APP.replace("{dockerfile: Dockerfile}", "{context: shop, dockerfile: Dockerfile}")
    made = compiled(app, None, files).found
    assert sorted((each.rule.name, each.rule.severity.value) for each in made) == sorted(expected)


# Reports


@pytest.mark.usefixtures("folder")
def test_programs_are_told_both_places() -> None:
    made = compiled(APP, GOOD.replace("65532", "1000"))
    (one,) = json.loads(render_json(made.found, made.sources))["findings"]
    assert (one["file"], one["line"]) == ("Dockerfile", 2)
    assert [(each["file"], each["line"]) for each in one["related"]] == [("app.yaml", 6)]
    located = json.loads(render_sarif(made.found, made.sources, ALL))["runs"][0]["results"][0]["relatedLocations"]
    assert [each["physicalLocation"]["artifactLocation"]["uri"] for each in located] == ["app.yaml"]


@pytest.mark.usefixtures("folder")
def test_environments_are_compared_each() -> None:
    app = APP.replace("port: 8000", "port: 8000") + (
        "environments:\n  staging: {}\n  production:\n    components:\n      web: {security: {runAsUser: 7}}\n"
    )
    one = only(app, GOOD)
    assert one.message == "the image is made for the user 65532, but `web` runs as 7 (in environment `production`)"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("target", "user"), [("web", "app"), ("tools", "")])
def test_validate_compares_pods_with_the_stage_that_is_built(target: str, user: str) -> None:
    files = {
        "app.yaml": built(target=target, args="{WHO: app}").replace("shop:1.7.3", "shop"),
        "Dockerfile": "FROM python:3.13-slim AS web\nARG WHO\nUSER $WHO\n\nFROM python:3.13-slim AS tools\nUSER 5\n",
        "pod.yaml": POD,
    }
    for name, text in files.items():
        Path(name).write_text(text, "utf-8")
    out = io.StringIO()
    request = Request(paths=["."], profile="strict", output_format="json", cached=False, jobs=1)
    validate(request, io.BytesIO(), out, out)
    documents = json.loads(out.getvalue())["documents"]
    found = [each for document in documents for each in document["findings"]]
    said = [each["message"] for each in found if each["name"] == "nonroot-with-user-name"]
    assert [f"as `{user}`" in message for message in said] == ([True] if user else [])


POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - {name: web, image: "ghcr.io/acme/shop:1.7.3", securityContext: {runAsNonRoot: true}}
"""


LINES = st.sampled_from(
    [
        *("FROM python:3.13-slim AS a", "FROM a AS b", "FROM b", "FROM scratch", "FROM $X", "from ${X:-a} as c"),
        *("ARG X=a", "ARG X", "ENV X=1 Y=$X", "ENV X $Y", "WORKDIR x", "WORKDIR /x", "USER $X", "USER a:b", "USER 5"),
        *("RUN useradd -u $X a", "RUN chown -R 5:5 /x", "RUN sudo x \\", "", "RUN <<EOF", "EOF", "EXPOSE 80-90 $X"),
        *("COPY a b c", "COPY --from=a /x y", "COPY --from=b . .", "ADD $X $Y", 'COPY ["x"', 'VOLUME ["/x"]'),
        *("VOLUME $X", "CMD x", 'CMD ["flask", "run"]', "ENTRYPOINT []", 'ENTRYPOINT ["manage.py", "migrate"]'),
        *("HEALTHCHECK CMD x", "STOPSIGNAL 9", "ONBUILD USER 0", 'SHELL ["x"]', "# hadolint ignore=DL3006,DL3025"),
        *("# check=skip=all", "# kgen: allow KG78: x", "# kgen: allow", "# syntax=docker/dockerfile:1", "'", '"', "\\"),
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, max_size=14), target=st.sampled_from(["", "a", "b", "c", "1"]))
def test_any_text_gives_findings_that_can_be_shown(folder: Path, lines: list[str], target: str) -> None:
    assert folder.is_dir()
    app = built(args="{X: a, Y: b}", **({"target": f'"{target}"'} if target else {}))
    made = compiled(app, "\n".join(lines))
    assert render_all(made.found, made.sources) or not made.found


# Docs


PAGE = (ROOT / "docs" / "dockerfiles.md").read_text("utf-8")


def test_the_page_shows_a_finding_as_it_is_printed() -> None:
    shown = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert shown
    golden = ROOT / "golden" / "faults" / "user-other-than-the-image-has" / "diagnostics.txt"
    assert shown[1] == golden.read_text("utf-8")


def test_the_tables_of_the_page_are_those_of_the_catalogue() -> None:
    rows = re.findall(r"^\| \[(\w+)\]\(https://\S+\) \| (.+) \|$", PAGE, re.MULTILINE)
    listed = {(peer, name) for peer, rules in rows for name in re.findall(r"\[`([a-z-]+)`\]", rules)}
    known = {
        (peer.partition(" ")[2], each.rule.name)
        for row, each in catalogue.family("dockerfile").items()
        for peer in each.peers
        if row.startswith("DKF")
    }
    assert listed == known


def test_the_page_names_every_rule_of_apps() -> None:
    assert {entry.rule.name for entry in ROWS} <= set(re.findall(r"\[`([a-z-]+)`\]\(rules/dockerfile-app", PAGE))
