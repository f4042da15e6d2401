"""Where servers of a program's own listen, and images that start them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from detected import grown
from kgen.detect.proposal import propose

SERVER = "import os\nimport http.server\n\nhttpd = http.server.HTTPServer(('', PORT), Handler)\nhttpd.serve_forever()\n"
SCRIPT = (
    'if [ "$PROD" = 1 ]; then\n  exec gosu shop "$@"\nelse\n  for tool in a b; do\n    $tool app.py &\n  done\nfi\n'
)


def component(folder: Path, files: Mapping[str, str]) -> tuple[Any, Any, list[str]]:
    (made,) = propose(grown(folder, files)).value or ()
    (found,) = made.part.data["components"].values()
    return found, made.part.data.get("env", {}), [each.question for each in made.part.doubts]


@pytest.mark.parametrize(
    ("port", "variable"),
    [
        ("int(os.environ['PORT'])", "PORT"),
        ("int(os.getenv('APP_PORT', 80))", "APP_PORT"),
        ("int(os.getenv('PORT', 9001))", ""),
        ("9001", ""),
    ],
)
def test_a_port_that_a_variable_says_is_set(port: str, variable: str, tmp_path: Path) -> None:
    files = {"requirements.txt": "requests\n", "server.py": SERVER.replace("PORT)", f"{port})")}
    for name, text in (("script", {}), ("written", {"Procfile": "web: python server.py\n"})):
        found, variables, doubts = component(tmp_path / name, {**files, **text})
        assert variables == ({variable: str(found["port"])} if variable else {})
        assert variable or found["port"] == 9001
        assert not [each for each in doubts if "port" in each]


def test_what_an_image_starts_by_its_entry_point_stays_whatever_comes_first(tmp_path: Path) -> None:
    image = 'FROM python:3.13 AS base\nCMD ["python"]\nFROM base\nWORKDIR /srv\nCOPY . .\nCMD ["python", "app.py"]\n'
    files = {
        "requirements.txt": "cherrypy\n",
        "app.py": "import cherrypy\ncherrypy.quickstart()\n",
        "start.sh": SCRIPT,
        "Dockerfile": f'{image}ENTRYPOINT ["./start.sh"]\nEXPOSE 8181\n',
    }
    found, _, doubts = component(tmp_path, files)
    assert (found["command"], found["type"], found["port"]) == ("python app.py", "web", 8181)
    assert not [each for each in doubts if "$tool" in each]


def test_a_server_with_a_schedule_in_it_is_one(tmp_path: Path) -> None:
    source = (
        "import time\nimport cherrypy\nfrom apscheduler.schedulers.background import BackgroundScheduler\n"
        "BackgroundScheduler().start()\nwhile True:\n    time.sleep(1)\n"
    )
    files = {
        "requirements.txt": "cherrypy\napscheduler\n",
        "app.py": source,
        "Dockerfile": 'FROM python:3.13\nWORKDIR /srv\nCOPY . .\nEXPOSE 8181\nCMD ["python", "app.py"]\n',
    }
    found, _, _ = component(tmp_path, files)
    assert (found["type"], found["port"], found["replicas"]) == ("web", 8181, 1)


@pytest.mark.parametrize("kind", ["BackgroundScheduler", "AsyncIOScheduler"])
def test_an_application_that_starts_a_schedule_is_one(kind: str, tmp_path: Path) -> None:
    jobs = f"from apscheduler.schedulers.any import {kind}\nscheduler = {kind}()\n"
    source = (
        "from fastapi import FastAPI\nfrom shop.jobs import scheduler\napp = FastAPI()\n"
        "@app.on_event('startup')\ndef begin():\n    scheduler.start()\n"
    )
    files = {
        "requirements.txt": "fastapi\nuvicorn\napscheduler\n",
        "shop/__init__.py": "",
        "shop/jobs.py": jobs,
        "shop/main.py": source,
    }
    found, _, _ = component(tmp_path / "one", files)
    assert (found["type"], found["replicas"]) == ("web", 1)

    line = "web: uvicorn shop.main:app --host 0.0.0.0 --workers 4\n"
    found, _, doubts = component(tmp_path / "many", {**files, "Procfile": line})
    assert found["replicas"] == 1
    assert "`--workers 4` starts several processes, and each runs the jobs of shop/jobs.py" in doubts


def test_a_schedule_of_another_program_is_not_the_applications(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "fastapi\nuvicorn\napscheduler\n",
        "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "jobs.py": "from apscheduler.schedulers.background import BackgroundScheduler\nBackgroundScheduler().start()\n",
        "Procfile": "web: uvicorn main:app --host 0.0.0.0\n",
    }
    found, _, _ = component(tmp_path, files)
    assert "replicas" not in found
