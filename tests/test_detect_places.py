"""Start commands that somebody wrote down: what they need so that they work in the image that kgen builds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from detected import grown
from kgen.detect.proposal import propose

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
WEB = {"requirements.txt": "flask\ngunicorn\nuvicorn\n"}
OWN = "FROM python:3.13\nWORKDIR /srv/shop\nCOPY . .\n"

CASES: Mapping[str, tuple[Mapping[str, str], str, dict[str, str]]] = {
    "a module at hand": (
        {"shop/web.py": FLASK, "Dockerfile": f'{OWN}CMD ["gunicorn", "shop.web:app"]\n'},
        "gunicorn shop.web:app --bind 0.0.0.0:8000",
        {},
    ),
    "a module in a folder": (
        {"backend/shop/web.py": FLASK, "Procfile": "web: gunicorn shop.web:app\n"},
        "gunicorn shop.web:app --bind 0.0.0.0:8000",
        {"PYTHONPATH": "/app/backend"},
    ),
    "a module in a folder that the command names": (
        {"backend/shop/web.py": FLASK, "Procfile": "web: gunicorn --chdir backend shop.web:app\n"},
        "gunicorn --chdir backend shop.web:app --bind 0.0.0.0:8000",
        {},
    ),
    "a folder of the image that the server is told to go to": (
        {"web/shop.py": FLASK, "Dockerfile": "FROM python:3.13\nCOPY web /srv/\nCMD gunicorn shop:app --chdir /srv\n"},
        "gunicorn shop:app --bind 0.0.0.0:8000",
        {},
    ),
    "an address and counts that only the image has": (
        {
            "shop.py": FLASK,
            "start.sh": "eval $(./settings)\n"
            "exec gunicorn --workers $N --threads=$M -t 30 --bind $HOST_:$PORT_ shop:app\n",
            "Dockerfile": f"{OWN}EXPOSE 5000\nCMD ./start.sh\n",
        },
        "gunicorn -t 30 --bind 0.0.0.0:5000 shop:app",
        {},
    ),
    "a folder that only the image has": (
        {"shop.py": FLASK, "Dockerfile": f"{OWN}CMD gunicorn shop:app --chdir=/data\n"},
        "gunicorn shop:app --chdir=/data --bind 0.0.0.0:8000",
        {},
    ),
    "the module of a worker in a folder": (
        {"shop/jobs.py": "from celery import Celery\napp = Celery()\n", "Procfile": "worker: celery -A jobs worker\n"},
        "celery -A jobs worker",
        {"PYTHONPATH": "/app/shop"},
    ),
    "a module in src": (
        {"src/main.py": FLASK, "src/shop/db.py": "", "Procfile": "web: gunicorn main:app\n"},
        "gunicorn main:app --bind 0.0.0.0:8000",
        {"PYTHONPATH": "/app/src"},
    ),
    "a script in src that nobody installs": (
        {"src/shop/main.py": "print('hello')\n", "Dockerfile": f'{OWN}ENTRYPOINT ["python", "-m", "shop.main"]\n'},
        "python -m shop.main",
        {"PYTHONPATH": "/app/src"},
    ),
    "settings of Gunicorn with a port": (
        {"run.py": FLASK, "conf.py": "bind = '0.0.0.0:5005'\n", "Procfile": "web: gunicorn -c conf.py run:app\n"},
        "gunicorn -c conf.py run:app",
        {},
    ),
    "settings of Gunicorn with a socket": (
        {"run.py": FLASK, "conf.py": "bind = 'unix:/tmp/a'\n", "Procfile": "web: gunicorn -c conf.py run:app\n"},
        "gunicorn -c conf.py run:app --bind 0.0.0.0:8000",
        {},
    ),
    "variables of a script that build on one another": (
        {
            "shop/web.py": FLASK,
            "start.sh": "fail() {\n  echo $1\n}\nif [ -z $A ]; then fail 'no A'; fi\ncat > x <<EOF\nlisten 80\nEOF\n"
            'MODULE=shop.web\nNAME=${NAME:-$MODULE}\nexport APP=${APP:-"$NAME:app"}\nexport DATA=/srv/shop/data\n'
            "useradd shop\nexec gunicorn $APP\n",
            "Dockerfile": f'{OWN}CMD ["./start.sh"]\n',
        },
        "gunicorn shop.web:app --bind 0.0.0.0:8000",
        {"APP": "shop.web:app", "DATA": "/app/data"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_somebody_wrote_down_starts(case: str, tmp_path: Path) -> None:
    files, command, env = CASES[case]
    found: Any = propose(grown(tmp_path, {**WEB, **files})).value
    program = found[0].programs[0]

    assert program.command.value == command
    assert {name: fact.value for name, fact in program.env.items()} == env
    assert not [each.question for each in program.doubts if " before" in each.question]


def test_a_server_that_is_told_to_go_to_a_folder_starts_there(tmp_path: Path) -> None:
    files = CASES["a folder of the image that the server is told to go to"][0]
    found: Any = propose(grown(tmp_path, {**WEB, **files})).value

    assert found[0].part.data["components"]["web"]["workingDir"] == "/app/web"


LACKING = {
    "an object": ("app = Flask(__name__)\n", False),
    "what another module has": ("from shop import server\n", False),
    "all that another module has": ("from shop import *\n", False),
    "what is made when it is asked for": ("def __getattr__(name):\n    return 1\n", False),
    "what a function gives the module": ("def make():\n    global server\n    server = 1\nmake()\n", False),
    "an object under a condition": ("if 1:\n    server = Flask(__name__)\n", False),
    "an object of a function": ("def make():\n    server = Flask(__name__)\n", True),
    "another object": ("site = 1\n", True),
}


@pytest.mark.parametrize("case", LACKING)
def test_an_object_that_a_module_lacks_is_doubted(case: str, tmp_path: Path) -> None:
    source, is_doubted = LACKING[case]
    command = "app" if case == "an object" else "server"
    files = {**WEB, "web.py": f"from flask import Flask\n{source}", "Procfile": f"web: gunicorn web:{command}\n"}
    (made,) = propose(grown(tmp_path, files)).value or ()

    question = f"web.py has no `{command}`, which it is to serve"
    assert (question in {each.question for each in made.part.doubts}) is is_doubted


def test_an_object_that_is_there_is_better_than_one_that_is_written_down(tmp_path: Path) -> None:
    (made,) = propose(grown(tmp_path, {**WEB, "web.py": FLASK, "Procfile": "web: gunicorn web:server\n"})).value or ()

    assert made.part.data["components"]["web"]["command"].startswith("gunicorn web:app --bind")


def test_the_port_of_gunicorns_settings(tmp_path: Path) -> None:
    found: Any = propose(grown(tmp_path, {**WEB, **CASES["settings of Gunicorn with a port"][0]})).value

    assert found[0].programs[0].port.value == 5005


def test_a_worker_names_the_object_that_celery_would_not_find(tmp_path: Path) -> None:
    source = f'from celery import Celery\n{FLASK}celery = Celery("shop", broker="redis://localhost")\n'
    found: Any = propose(grown(tmp_path, {"requirements.txt": "flask\ngunicorn\ncelery\n", "app.py": source})).value

    commands = {each.name: each.command.value for each in found[0].programs}
    assert commands["worker"] == "celery -A app.celery worker --loglevel info"


def test_comments_in_apt_lists_are_no_packages(tmp_path: Path) -> None:
    run = "RUN apt-get update && apt-get install -y `# for the shop` sox\n"
    files = {**WEB, "app.py": FLASK, "Dockerfile": f'{OWN}{run}CMD ["gunicorn", "app:app"]\n'}
    found: Any = propose(grown(tmp_path, files)).value

    assert "Dockerfile also installs sox" in [each.question for each in found[0].part.doubts]


def test_a_file_in_a_folder_that_is_not_looked_through_is_read(tmp_path: Path) -> None:
    remote = '[remote "origin"]\n\turl = git@github.com:acme/shop.git\n'
    tree = grown(tmp_path, {"app.py": "", ".git/config": remote, "node_modules/x.json": "{}"})

    assert tree.text(".git/config") == remote
    assert (tree.text("node_modules/x.json"), tree.text(".git/other"), tree.files) == (None, None, ("app.py",))
