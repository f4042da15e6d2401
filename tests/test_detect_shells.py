"""Shell scripts that images start with, as `kgen init` understands them."""

from pathlib import Path
from typing import Any

import pytest

from detected import commands, grown
from kgen.detect.commands.shell import commands as of_script
from kgen.detect.proposal import propose

DOCKERFILE = 'FROM python:3.13\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["./entry.sh"]\n'
WEB = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
SITE = "from aiohttp import web\n\napp = web.Application()\nweb.run_app(app, host=host, port=port)\n"


def first(folder: Path, files: dict[str, str]) -> Any:
    """Return the first program that is found."""
    found: Any = propose(grown(folder, files)).value
    return found[0].programs[0]


SCRIPTS = {
    "functions that run what they are given": (
        'keep() {\n  while true; do\n    "$@" &\n    child=$!\n'
        '    trap \'kill "$child" 2>/dev/null; wait "$child" 2>/dev/null\' TERM\n    wait\n  done\n}\n'
        "if [ `id -u` -eq 0 ]; then\n  keep gosu web gunicorn app:app\nelse\n  keep gunicorn app:app\nfi\n"
    ),
    "functions that switch the user": (
        'function run() {\n  if [[ "$EUID" -ne 0 ]]; then\n    eval "$@"\n  else\n    gosu web "$@"\n  fi\n}\n'
        "if ! run test -r /data -a -x /data; then\n  exit 1\nfi\nexec gunicorn app:app\n"
    ),
    "words of an array": (
        'HELP=(\n  "if it fails see"\n  "details."\n)\necho "${HELP[@]}"\n'
        'ARGS=(\n  app:app\n)\nexec gunicorn "${ARGS[@]}"\n'
    ),
    "an array that has the usual arguments": (
        'if [[ "$*" == "" ]]; then\n  CMD=("app:app")\nelse\n  CMD=( "${@}" )\nfi\nexec gunicorn "${CMD[@]}"\n'
    ),
    "conditions with parts": (
        'if [[ "$EUID" -ne 0 && "$EUID" -ne $(id -u web) ]]; then\n  echo no\nfi\nexec gunicorn app:app\n'
    ),
    "settings of the shell": 'shopt -s nocasematch\nif [ "$GO" = yes ]; then\n  gunicorn app:app\nfi\nyq e -i .a b\n',
    "a line that is put together": 'eval "gunicorn app:app"\n',
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_scripts_are_read_as_shells_run_them(tmp_path: Path, script: str) -> None:
    found = commands(tmp_path, {**WEB, "Dockerfile": DOCKERFILE, "entry.sh": f"#!/bin/bash\nset -e\n{script}"})

    assert found == {"web": "gunicorn app:app --bind 0.0.0.0:8000"}


def test_arguments_that_the_image_has_go_before_those_of_the_script(tmp_path: Path) -> None:
    script = (
        '#!/bin/bash\nif [[ "$*" == "" ]]; then\n  CMD=("a:a")\nelse\n  CMD=( "${@}" )\nfi\nexec gunicorn "${CMD[@]}"\n'
    )
    files = {**WEB, "Dockerfile": f'{DOCKERFILE}CMD ["app:app"]\n', "entry.sh": script}

    assert commands(tmp_path, files) == {"web": "gunicorn app:app --bind 0.0.0.0:8000"}


def test_what_each_branch_runs_is_no_doubt(tmp_path: Path) -> None:
    script = '#!/bin/sh\nif [ -n "$A" ]; then\n  A=1 python main.py\nelse\n  python main.py\nfi\n'
    files = {"requirements.txt": "aiohttp\n", "main.py": SITE, "Dockerfile": DOCKERFILE, "entry.sh": script}
    found = first(tmp_path, files)

    assert found.command.value == "python main.py"
    assert not any("under a condition" in each.question for each in found.doubts)


def test_a_script_that_something_comes_after_ends(tmp_path: Path) -> None:
    script = '#!/bin/sh\npython make_tables.py\nif [ "$GO" != no ]; then\n  python -m shop\nfi\n'
    files = {
        "requirements.txt": "discord.py\n",
        "make_tables.py": "print(1)\n",
        "shop/__init__.py": "",
        "shop/__main__.py": "import discord\n\ndiscord.Client().run('a')\n",
        "Dockerfile": DOCKERFILE,
        "entry.sh": script,
    }
    found = first(tmp_path, files)

    assert (found.command.value, found.type) == ("python -m shop", "worker")
    assert any("`python make_tables.py` before" in each.question for each in found.doubts)


def test_quotes_end_where_a_redirection_stands_in_them() -> None:
    assert [each.words for each in of_script("trap 'kill 1 2>/dev/null; x' TERM\npython app.py > \"$LOG\"\n")] == [
        ("python", "app.py")
    ]


BRANCHES = {
    "development or nothing": 'if [ "$DEV_MODE" == "TRUE" ]; then\n  O="--reload"\nelse\n  O=""\nfi\n',
    "nothing, but for debugging": 'O=""\nif [ "$DEBUG" = 1 ]; then\n  O="--reload"\nfi\n',
    "nothing in production": 'if [ "$ENV" != production ]; then\n  O="--reload"\nelse\n  O=\nfi\n',
}


@pytest.mark.parametrize("script", BRANCHES.values(), ids=BRANCHES)
def test_options_are_those_of_production(script: str) -> None:
    assert [each.words for each in of_script(f"{script}exec gunicorn app:app $O\n")] == [("gunicorn", "app:app")]


def test_options_in_a_variable_are_words_each() -> None:
    script = 'if [ "$ENV" = production ]; then\n  O="--workers 2"\nelse\n  O=--reload\nfi\ngunicorn $O app:app\n'
    assert [each.words for each in of_script(script)] == [("gunicorn", "--workers", "2", "app:app")]


def test_a_loop_that_counts_starts_nothing() -> None:
    assert of_script("for (( i=0; i<9; i++ )); do\n  echo $i\ndone\n") == []


def test_an_empty_script_is_none() -> None:
    assert of_script("A=()\nf() {\n}\n") == []


def test_what_a_loop_starts_several_times_has_no_number() -> None:
    script = 'for i in $(seq 1 $COUNT); do\n  rq worker mail --name "worker-$i" &\ndone\nwait\n'

    assert [each.words for each in of_script(script)] == [("rq", "worker", "mail")]
