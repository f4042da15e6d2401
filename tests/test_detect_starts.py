"""Starts that people wrote down in odd ways, as `kgen init` understands them."""

from pathlib import Path
from typing import Any

import pytest

from detected import commands, grown
from kgen.detect.proposal import propose
from kgen.detect.wrappers import unwrapped

FLASK = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
DOCKERFILE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"
WEB = "gunicorn app:app --bind 0.0.0.0:8000"


def first(folder: Path, files: dict[str, str]) -> Any:
    """Return the first program that is found."""
    found: Any = propose(grown(folder, files)).value
    return found[0].programs[0]


def questions(program: Any) -> list[str]:
    return [each.question for each in program.doubts]


def test_supervisord_runs_what_its_own_settings_file_says(tmp_path: Path) -> None:
    production = "[supervisord]\nnodaemon=true\n[program:web]\ncommand=gunicorn app:app\n"
    files = {
        **FLASK,
        "conf/supervisord.conf": production,
        "conf/supervisord-dev.conf": "[program:web]\ncommand=gunicorn app:app --config dev.py\n",
        "Dockerfile": f'{DOCKERFILE}CMD ["supervisord", "-c", "conf/supervisord.conf"]\n',
    }

    assert commands(tmp_path, files) == {"web": WEB}


def test_supervisord_runs_what_its_settings_file_includes(tmp_path: Path) -> None:
    files = {
        **FLASK,
        "worker.py": "while True:\n    pass\n",
        "supervisord.conf": "[supervisord]\n[include]\nfiles = /etc/supervisor/conf.d/*.conf\n",
        "conf.d/web.conf": "[program:web]\ncommand=gunicorn app:app\n",
        "conf.d/worker.conf": "[program:worker]\ncommand=python worker.py\n",
        "Dockerfile": f"{DOCKERFILE}CMD supervisord\n",
    }

    assert commands(tmp_path, files) == {"web": WEB, "worker": "python worker.py"}


def test_all_steps_of_a_release_are_run(tmp_path: Path) -> None:
    script = "#!/bin/bash\nset -e\npython -m app db upgrade head\npython -m app sync\n"
    files = {**FLASK, "Procfile": "release: bin/release\nweb: gunicorn app:app\n", "bin/release": script}

    assert first(tmp_path, files).release.value == "sh -c 'python -m app db upgrade head && python -m app sync'"


def test_a_release_that_another_file_names_is_the_projects(tmp_path: Path) -> None:
    script = "#!/bin/sh\nwhile true; do\n    flask deploy && break\ndone\nexec gunicorn app:app\n"
    files = {
        **FLASK,
        "Procfile": "web: gunicorn app:app\n",
        "boot.sh": script,
        "Dockerfile": f'{DOCKERFILE}ENTRYPOINT ["./boot.sh"]\n',
    }

    assert first(tmp_path, files).release.value == "flask deploy"


def test_a_job_before_a_deployment_is_the_release(tmp_path: Path) -> None:
    spec = (
        "services:\n- name: web\n  run_command: gunicorn app:app\n"
        "jobs:\n- name: migrate\n  kind: PRE_DEPLOY\n  run_command: flask db upgrade\n"
    )
    assert first(tmp_path, {**FLASK, ".do/app.yaml": spec}).release.value == "flask db upgrade"


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("python -m gunicorn.app.wsgiapp shop:app", "gunicorn shop:app"),
        ("ddtrace-run python3 -m gunicorn.app.wsgiapp shop:app", "ddtrace-run gunicorn shop:app"),
        ("hupper --shutdown-interval 10 -m celery -A shop worker", "python -m celery -A shop worker"),
        ("python3 -um shop --port 5000", "python -m shop --port 5000"),
        ("gunicorn --reload-extra-file=a.yaml shop:app", "gunicorn shop:app"),
    ],
)
def test_a_program_is_what_it_is_whoever_calls_it(given: str, made: str) -> None:
    assert " ".join(unwrapped(given.split())[1]) == made


def test_a_default_in_a_default_is_the_value(tmp_path: Path) -> None:
    script = '#!/bin/sh\nexec gunicorn --bind "0.0.0.0:${PORT_OF_APP:-"${OTHER:-5000}"}" app:app\n'
    files = {**FLASK, "run": script, "Dockerfile": f'{DOCKERFILE}CMD ["./run"]\n'}

    assert commands(tmp_path, files) == {"web": "gunicorn --bind 0.0.0.0:5000 app:app"}


def test_a_variable_of_one_command_is_its_own(tmp_path: Path) -> None:
    found = first(tmp_path, {**FLASK, "Procfile": "web: env SHOP_MODE=live gunicorn app:app\n"})

    assert (found.command.value, found.env["SHOP_MODE"].value) == (WEB, "live")


@pytest.mark.parametrize(
    "files",
    [
        {"Procfile": "web: gunicorn app:app\n", "Dockerfile": f"{DOCKERFILE}CMD gunicorn --workers 4 app:app\n"},
        {"start.sh": "python -m gunicorn app:app\n", "main.py": "from app import app\napp.run()\n"},
        {"start.sh": "gunicorn app:app --threads 2\n"},
    ],
)
def test_one_program_with_other_options_is_no_rival(tmp_path: Path, files: dict[str, str]) -> None:
    assert "several programs were found" not in questions(first(tmp_path, {**FLASK, **files}))


def test_another_application_is_a_rival(tmp_path: Path) -> None:
    other = {**FLASK, "admin.py": FLASK["app.py"], "Procfile": "web: gunicorn app:app\n"}
    found = first(tmp_path, {**other, "Dockerfile": f"{DOCKERFILE}CMD gunicorn admin:app\n"})

    assert questions(found) == ["several programs were found"]
