"""Where programs start: what was written to run in a folder does so, and finds what is in there."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from detected import grown
from kgen.commands.questions import answered
from kgen.detect.proposal import propose
from kgen.pipeline import Options, compile_app
from test_detect_django import GUNICORN, site
from test_init import init

FLASK = "from flask import Flask\n\napp = Flask(__name__)\n"
BASE = {"requirements.txt": "flask\ngunicorn\n", "src/shop.py": FLASK}
BIND = "--bind 0.0.0.0:8000"


def written(folder: Path, files: Mapping[str, str]) -> dict[str, Any]:
    """Return the app file for ``files``."""
    (made,) = propose(grown(folder, files)).value or ()
    return dict(made.part.data)


def starts(folder: Path, files: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return component → command and the folder that it starts in; the release among them."""
    data = written(folder, files)
    parts = data["components"] | ({"release": data["release"]} if isinstance(data.get("release"), dict) else {})
    return {name: (str(each["command"]), each.get("workingDir", "")) for name, each in parts.items()}


SERVED = f"gunicorn shop:app {BIND}"
FOLDERS: Mapping[str, tuple[Mapping[str, str], dict[str, tuple[str, str]]]] = {
    "the Dockerfile's": (
        {**BASE, "Dockerfile": "FROM python:3.13\nCOPY . /code\nWORKDIR /code/src\nCMD gunicorn shop:app"},
        {"web": (SERVED, "/app/src")},
    ),
    "what the Dockerfile copies alone": (
        {
            **BASE,
            "Dockerfile": "FROM python:3.13\nWORKDIR /code\nCOPY requirements.txt start.sh ./\nCOPY src .\n"
            "CMD gunicorn shop:app",
        },
        {"web": (SERVED, "/app/src")},
    ),
    "what the Dockerfile copies, part by part": (
        {
            **BASE,
            "src/static/a.css": "",
            "Dockerfile": "FROM python:3.13\nWORKDIR /code\nCOPY requirements.txt /code/\nCOPY src/shop.py /code/\n"
            "COPY src/static /code/static\nCMD gunicorn shop:app",
        },
        {"web": (SERVED, "/app/src")},
    ),
    "that of the last WORKDIR": (
        {
            **BASE,
            "Dockerfile": "FROM python:3.13\nWORKDIR /code\nCOPY . .\nWORKDIR /code/src/\nCMD gunicorn shop:app",
        },
        {"web": (SERVED, "/app/src")},
    ),
    "none for one more file": (
        {
            **BASE,
            "shop.py": FLASK,
            "docker/env.py": "",
            "Dockerfile": "FROM python:3.13\nWORKDIR /code\nCOPY . .\nCOPY docker/env.py .\nCMD gunicorn shop:app",
        },
        {"web": (SERVED, "")},
    ),
    "none for settings of a server alone": (
        {
            **BASE,
            "shop.py": FLASK,
            "docker/conf.ini": "",
            "Dockerfile": "FROM python:3.13 AS all\nWORKDIR /code\nCOPY . .\nFROM python:3.13\nWORKDIR /code\n"
            "COPY docker/conf.ini .\nCOPY --from=all /code /code\nCMD gunicorn shop:app",
        },
        {"web": (SERVED, "")},
    ),
    "none for a script beside what another stage has": (
        {
            **BASE,
            "shop.py": FLASK,
            "docker/look.py": "",
            "Dockerfile": "FROM python:3.13 AS all\nWORKDIR /code\nCOPY . .\nFROM python:3.13\nWORKDIR /code\n"
            "COPY docker/look.py .\nCOPY --from=all /code/ /code/\nCMD gunicorn shop:app",
        },
        {"web": (SERVED, "")},
    ),
    "the compose file's": (
        {
            **BASE,
            "Dockerfile": "FROM python:3.13\nWORKDIR /code\nCOPY . .\n",
            "compose.yaml": "services:\n  web:\n    build: .\n    command: gunicorn shop:app\n"
            "    working_dir: /code/src\n",
        },
        {"web": (SERVED, "/app/src")},
    ),
    "the Dockerfile's, with a script": (
        {
            "requirements.txt": "requests\n",
            "bot/main.py": "import time\nwhile True:\n    time.sleep(1)\n",
            "Dockerfile": 'FROM python:3.13\nCOPY . /code\nWORKDIR /code/bot\nCMD ["python", "main.py"]',
        },
        {"main": ("python main.py", "/app/bot")},
    ),
    "the Procfile's, of one process": (
        {
            **BASE,
            "jobs/work.py": "import time\nwhile True:\n    time.sleep(1)\n",
            "data/list.json": "[]",
            "Procfile": "web: cd src && gunicorn shop:app\nworker: cd jobs && python work.py -f ../data/list.json\n",
        },
        {"web": (SERVED, "/app/src"), "worker": ("python work.py -f ../data/list.json", "/app/jobs")},
    ),
    "a script's": (
        {
            **BASE,
            "start.sh": "#!/bin/sh\ncd src\nexec gunicorn --config conf.py shop:app\n",
            "src/conf.py": "bind = ':9000'",
        },
        {"web": ("gunicorn --config conf.py shop:app", "/app/src")},
    ),
    "none, where it does not matter": (
        {**BASE, "shop.py": FLASK, "Dockerfile": "FROM python:3.13\nWORKDIR /code\nCOPY . .\nCMD gunicorn shop:app"},
        {"web": (SERVED, "")},
    ),
    "none that is not there": (
        {**BASE, "shop.py": FLASK, "Procfile": "web: cd none && gunicorn shop:app\n"},
        {"web": (SERVED, "")},
    ),
    "that of what is imported": (
        {**BASE, "src/shop.py": f"import orders\n{FLASK}", "src/orders.py": ""},
        {"web": (f"{SERVED} --worker-tmp-dir /dev/shm", "/app/src")},
    ),
    "that of a spider": (
        {
            "requirements.txt": "scrapy\n",
            "news/scrapy.cfg": "[settings]\ndefault = news.settings\n",
            "news/news/spiders/daily.py": "import scrapy\n\n\nclass Daily(scrapy.Spider):\n    name = 'daily'\n",
        },
        {"daily": ("scrapy crawl daily", "/app/news")},
    ),
}


@pytest.mark.parametrize(("files", "wanted"), FOLDERS.values(), ids=FOLDERS)
def test_programs_start_in_their_folder(
    files: Mapping[str, str], wanted: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    data = written(tmp_path, files)
    assert starts(tmp_path, {}) == wanted
    assert "PYTHONPATH" not in data.get("env", {})


def test_a_folder_of_several_sources_is_none_of_the_project(tmp_path: Path) -> None:
    """In that image, files of both stand side by side: here, they are found as imports alone."""
    dockerfile = "FROM python:3.13\nWORKDIR /code\nCOPY src .\nCOPY data ./data\nCMD gunicorn shop:app"
    data = written(tmp_path, {**BASE, "data/a.json": "{}", "Dockerfile": dockerfile})
    assert "workingDir" not in data["components"]["web"]
    assert data["env"]["PYTHONPATH"] == "/app/src"


def test_what_opens_files_from_the_root_starts_there(tmp_path: Path) -> None:
    shop = f"import orders\n{FLASK}\ndata = open('data/a.json')\n"
    data = written(tmp_path, {**BASE, "src/shop.py": shop, "src/orders.py": "", "data/a.json": "{}"})
    assert "workingDir" not in data["components"]["web"]
    assert data["env"]["PYTHONPATH"] == "/app/src"


def test_a_path_that_the_image_sets_stays(tmp_path: Path) -> None:
    dockerfile = "FROM python:3.13\nENV PYTHONPATH=/code/lib\nCOPY . /code\nWORKDIR /code/src\nCMD gunicorn shop:app"
    data = written(tmp_path, {**BASE, "lib/a.py": "", "Dockerfile": dockerfile})
    assert data["components"]["web"]["workingDir"] == "/app/src"
    assert data["env"]["PYTHONPATH"] == "/app/lib"


def test_what_is_imported_from_above_is_found(tmp_path: Path) -> None:
    dockerfile = "FROM python:3.13\nCOPY . /code\nWORKDIR /code/src\nCMD gunicorn src.shop:app"
    data = written(tmp_path, {**BASE, "src/__init__.py": "", "Dockerfile": dockerfile})
    assert data["components"]["web"]["workingDir"] == "/app/src"
    assert data["env"]["PYTHONPATH"] == "/app"


def test_the_release_of_a_site_starts_beside_it(tmp_path: Path) -> None:
    data = written(tmp_path, site("backend"))
    assert (data["components"]["web"]["command"], data["components"]["web"]["workingDir"]) == (GUNICORN, "/app/backend")
    assert data["release"] == "python manage.py migrate --noinput"
    assert data["build"]["commands"] == ["python backend/manage.py collectstatic --noinput"]


def test_a_release_of_another_folder_says_so(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\nalembic\n",
        "src/shop.py": FLASK,
        "Procfile": "web: cd src && gunicorn shop:app\n",
        "alembic.ini": "[alembic]\nscript_location = migrations\n",
        "migrations/env.py": "",
    }
    data = written(tmp_path, files)
    assert data["components"]["web"]["workingDir"] == "/app/src"
    assert data["release"] == {
        "command": "alembic upgrade head",
        "workingDir": "/app",
        "env": {"PYTHONPATH": "/app/src"},
    }


def test_a_path_for_the_release_is_one_for_all(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\nalembic\n",
        "src/shop.py": f"import orders\n{FLASK}",
        "src/orders.py": "",
        "alembic.ini": "[alembic]\nscript_location = migrations\n",
        "migrations/env.py": "",
    }
    data = written(tmp_path, files)
    assert (data["env"], data["release"]) == ({"PYTHONPATH": "/app/src"}, "alembic upgrade head")


def test_steps_of_a_release_in_several_folders_are_one_command(tmp_path: Path) -> None:
    procfile = "web: cd src && gunicorn shop:app\nrelease: cd src && flask db upgrade && cd ../jobs && python load.py\n"
    files = {**BASE, "jobs/load.py": "print()\n", "Procfile": procfile}
    assert written(tmp_path, files)["release"] == "sh -c 'flask db upgrade && cd /app/jobs && python load.py'"


def test_a_worker_that_the_source_has_starts_beside_the_others(tmp_path: Path) -> None:
    files = {**site("backend"), "requirements.txt": "django\ngunicorn\ndjango-rq\n"}
    assert starts(tmp_path, files)["worker"] == ("python manage.py rqworker default", "/app/backend")


def test_another_answer_has_a_folder_of_its_own(tmp_path: Path) -> None:
    files = {**BASE, "Procfile": "web: cd src && gunicorn shop:app\n", "admin/panel.py": FLASK}
    files["fly.toml"] = '[processes]\napp = "cd admin && gunicorn panel:app"\n'
    (made,) = propose(grown(tmp_path, files)).value or ()
    part = answered(made.part, io.StringIO("2\n"), io.StringIO())
    web = part.data["components"]["web"]
    assert (web["command"], web["workingDir"]) == (f"gunicorn panel:app {BIND}", "/app/admin")


def test_what_is_written_can_be_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(tmp_path, {**site("backend"), "requirements.txt": "django==5.2\ngunicorn==23.0.0\n"})
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    assert init(tmp_path, yes=True)[0] == 0
    made = compile_app(Path("app.yaml"), Options())
    assert not [each for each in made.found if each.rule.severity == "error"]
