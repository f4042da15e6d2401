"""``kgen init``: what it writes, what it asks, and what it never does."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from kgen.commands.init import Request, run
from kgen.record import replace

FLASK = {
    "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
    "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
}
TWO = FLASK | {"other.py": "from flask import Flask\n\nadmin = Flask(__name__)\n"}
TRAP = 'import pathlib\npathlib.Path(__file__).with_name("SPRUNG").touch()\nraise SystemExit(1)\n'


def grow(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def init(folder: Path, answers: str = "", **options: Any) -> tuple[int, str, str]:
    """Return exit code, what was printed, and what was said besides."""
    out, err = io.StringIO(), io.StringIO()
    code = run(replace(Request(folder=str(folder)), **options), io.StringIO(answers), out, err)
    return code, out.getvalue(), err.getvalue()


def test_a_project_becomes_an_app_file_that_compiles(tmp_path: Path) -> None:
    code, out, err = init(grow(tmp_path / "Shop", FLASK))
    assert (code, err) == (0, "")
    assert "wrote " in out
    app = yaml.safe_load((tmp_path / "Shop/app.yaml").read_text("utf-8"))
    assert app["name"] == "shop"
    assert app["build"]["python"]["manager"] == "pip"
    assert app["components"]["web"]["command"].startswith("gunicorn app:app --bind 0.0.0.0:8000")
    command = [sys.executable, "-m", "kgen", "compile", str(tmp_path / "Shop")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_every_value_says_where_it_came_from(tmp_path: Path) -> None:
    code, out, _ = init(grow(tmp_path, FLASK), stdout=True)
    assert code == 0
    assert "manager: pip  # requirements.txt" in out
    assert "# app.py:3" in out
    assert not (tmp_path / "app.yaml").exists()


def test_nothing_of_the_project_is_run(tmp_path: Path) -> None:
    """Traps lie wherever a tool might import: only their text may be looked at."""
    traps = ("setup.py", "conftest.py", "sitecustomize.py", "manage.py", "app/__init__.py", "yaml.py", "packaging.py")
    grow(tmp_path, FLASK | dict.fromkeys(traps, TRAP))
    command = [sys.executable, "-m", "kgen.main", "init", "--yes", "."]
    root = str(Path(__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root, "PYTHONSAFEPATH": "1"}  # `-m` would put the folder on the path
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert result.returncode == 0, result.stderr
    assert not list(tmp_path.rglob("SPRUNG"))


def test_nothing_outside_of_the_folder_is_read(tmp_path: Path) -> None:
    grow(tmp_path / "outside", {"secret.py": "from flask import Flask\nsecret = Flask('')\n", ".python-version": "3.9"})
    grow(tmp_path / "inside", FLASK)
    (tmp_path / "inside/linked").symlink_to(tmp_path / "outside")
    (tmp_path / "inside/linked.py").symlink_to(tmp_path / "outside/secret.py")
    (tmp_path / "inside/.python-version").symlink_to("../outside/.python-version")
    (tmp_path / "inside/round").symlink_to(tmp_path / "inside")
    code, out, _ = init(tmp_path / "inside", stdout=True)
    assert code == 0
    assert "secret" not in out
    assert "3.9" not in out


def test_a_question_without_anybody_to_answer_is_an_error(tmp_path: Path) -> None:
    code, _, err = init(grow(tmp_path, TWO))
    assert code == 1
    assert "rule: unanswered-question" in err
    assert "app:app" in err
    assert "other:admin" in err
    assert not (tmp_path / "app.yaml").exists()


def test_the_best_answer_is_taken_with_its_doubt(tmp_path: Path) -> None:
    code, _, _ = init(grow(tmp_path, TWO), yes=True)
    text = (tmp_path / "app.yaml").read_text("utf-8")
    assert code == 0
    assert "# doubt: several programs were found" in text
    assert "other:admin" in text
    assert "app:app" in yaml.safe_load(text)["components"]["web"]["command"]


@pytest.mark.parametrize(
    ("answer", "target"), [("2\n", "other:admin"), ("\n", "app:app"), ("7\nx\n2\n", "other:admin")]
)
def test_a_person_is_asked_until_the_answer_is_one(tmp_path: Path, answer: str, target: str) -> None:
    code, _, err = init(grow(tmp_path, TWO), answer, is_terminal=True)
    text = (tmp_path / "app.yaml").read_text("utf-8")
    assert code == 0
    assert "which one?" in err
    assert target in yaml.safe_load(text)["components"]["web"]["command"]
    assert "several programs" not in text


def test_an_app_file_is_not_replaced_unasked(tmp_path: Path) -> None:
    grow(tmp_path, FLASK | {"app.yaml": "mine"})
    code, _, err = init(tmp_path)
    assert code == 1
    assert "rule: app-file-exists" in err
    assert (tmp_path / "app.yaml").read_text("utf-8") == "mine"
    assert init(tmp_path, force=True)[0] == 0
    assert (tmp_path / "app.yaml").read_text("utf-8") != "mine"


@pytest.mark.parametrize(
    ("files", "rule", "said"),
    [
        ({"README.md": "prose"}, "no-python-project", "no Python project"),
        ({"requirements.txt": "requests\n", "lib/__init__.py": "x = 1\n"}, "nothing-to-run", "no program was found"),
        (FLASK | {"uv.lock": "", "poetry.lock": ""}, "several-managers", "`poetry.lock` and `uv.lock` are both there"),
    ],
)
def test_what_cannot_be_an_app_is_said(tmp_path: Path, files: dict[str, str], rule: str, said: str) -> None:
    code, _, err = init(grow(tmp_path, files), yes=True)
    assert code == 1
    assert f"rule: {rule}" in err
    assert said in err
    assert not (tmp_path / "app.yaml").exists()


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    code, _, err = init(tmp_path / "nowhere")
    assert code == 2
    assert "there is no such file" in err


OWN_FILES = {
    "Dockerfile": "FROM scratch\n",
    ".dockerignore": ".git\n",
    "docker-compose.yml": "services: {}\n",
    ".env.example": "A=\n",
}


def test_files_of_the_projects_own_stay(tmp_path: Path) -> None:
    grow(tmp_path, FLASK | OWN_FILES)
    assert init(tmp_path)[0] == 0
    command = [sys.executable, "-m", "kgen", "compile", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert {name: (tmp_path / name).read_text("utf-8") for name in OWN_FILES} == OWN_FILES
    assert (tmp_path / "Dockerfile.kgen").exists()
    assert (tmp_path / "compose.kgen.yaml").exists()


def test_files_that_kgen_made_keep_their_names(tmp_path: Path) -> None:
    grow(tmp_path, FLASK)
    assert init(tmp_path)[0] == 0
    before = (tmp_path / "app.yaml").read_text("utf-8")
    subprocess.run([sys.executable, "-m", "kgen", "compile", str(tmp_path)], capture_output=True, check=True)
    assert init(tmp_path, force=True)[0] == 0
    assert (tmp_path / "app.yaml").read_text("utf-8") == before


WATCHED = """
import json, os, sys
from kgen.commands.init import Request, run
folder = os.path.realpath(sys.argv[1])
homes = tuple(map(os.path.realpath, (folder, sys.prefix, sys.base_prefix, *filter(None, sys.path))))
seen = []
def watch(event, given):
    if event in {"open", "os.scandir", "os.listdir"} and isinstance(given[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(given[0]))
        if not path.startswith(homes):
            seen.append([event, path])
    elif event == "exec" and os.path.realpath(given[0].co_filename).startswith(folder):
        seen.append([event, given[0].co_filename])
    elif event in {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect"}:
        seen.append([event, str(given)])
sys.addaudithook(watch)
code = run(Request(folder=folder, yes=True, stdout=True), sys.stdin, sys.stdout, sys.stderr)
json.dump([code, seen], sys.stderr)
"""


def test_python_itself_says_that_nothing_else_is_opened_or_run(tmp_path: Path) -> None:
    """The interpreter reports every file that is opened, every code that runs, every program that starts."""
    folder = grow(tmp_path / "inside", FLASK | OWN_FILES | {"setup.py": TRAP, "Procfile": "web: gunicorn app:app\n"})
    (folder / "passwd.py").symlink_to("/etc/passwd")
    command = [sys.executable, "-P", "-c", WATCHED, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert "gunicorn app:app" in result.stdout
    assert json.loads(result.stderr) == [0, []]


def test_python_without_a_script_is_no_crash(tmp_path: Path) -> None:
    code, _, err = init(
        grow(tmp_path, FLASK | {"Dockerfile": 'FROM python:3.12\nCMD ["python"]\n'}), stdout=True, yes=True
    )
    assert (code, err) == (0, "")
