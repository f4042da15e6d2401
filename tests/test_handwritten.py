"""Dockerfiles of the user's own: what `kgen compile` finds in them, where, and what it leaves alone."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kgen.check import catalogue
from kgen.check.catalogue import Entry
from kgen.check.dockerfile import programs
from kgen.diag import Diagnostic
from kgen.pipeline import Compiled, Options, compile_app

ROWS = tuple(entry for row, entry in catalogue.family("dockerfile").items() if row.startswith("XAPP"))
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
