"""Programs of the project's own: which one is started and how, and what is doubted where that is a guess."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import commands, grown
from kgen.detect.proposal import propose

LOOP = "import time\n\nwhile True:\n    time.sleep(60)\n"
BOT = 'import discord\n\nfrom src import words\n\nclient = discord.Client(intents=None)\nclient.run("token")\n'
MQTT = "import paho.mqtt.client as mqtt\n\n\ndef main():\n    mqtt.Client().loop_forever()\n"
EXPORTER = (
    "import time\n\nfrom prometheus_client import start_http_server\n\nfrom settings import PORT\n\n"
    "start_http_server(PORT)\nwhile True:\n    time.sleep(1)\n"
)
GUNICORN = (
    "from gunicorn.app.base import BaseApplication\n\n\nclass Server(BaseApplication):\n    pass\n\n\n"
    "def main():\n    Server().run()\n"
)
CLI = '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n'
SETUP = "from setuptools import setup\n\nsetup(entry_points={'console_scripts': ['shop=shop.__main__:main']})\n"
ENDS = "nothing says that it goes on, and a job runs once after each deployment"


def _seen(folder: Path, files: Mapping[str, str]) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """Return component → type and command, and what is doubted about the components."""
    made = propose(grown(folder, files)).value
    assert made
    components = made[0].part.data["components"]
    doubts = [each.question for each in made[0].part.doubts if each.path[0] == "components"]
    return {name: (each["type"], each["command"]) for name, each in components.items()}, doubts


def test_a_script_in_a_folder_that_it_imports_from_is_started_as_a_module(tmp_path: Path) -> None:
    files = {"requirements.txt": "discord.py\n", "src/main.py": BOT, "src/words.py": ""}
    assert _seen(tmp_path, files) == ({"main": ("worker", "python -m src.main")}, [])


def test_the_bot_that_the_readme_starts(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "discord.py\n",
        "main.py": BOT.replace("from src import words\n\n", ""),
        "new.py": BOT.replace("from src import words\n\n", ""),
        "README.md": "Start it:\n\n    python new.py\n",
    }
    found, doubts = _seen(tmp_path, files)
    assert found == {"new": ("worker", "python new.py")}
    assert doubts == ["several programs were found"]


def test_a_consumer_is_one_program_however_it_is_started(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "paho-mqtt\n",
        "pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.main:main"\n',
        "shop/__init__.py": "",
        "shop/main.py": MQTT,
        "run.py": "from shop.main import main\n\nmain()\n",
        "Dockerfile": 'FROM python:3.12\nCOPY . /srv\nCMD ["python", "/srv/run.py"]\n',
    }
    assert _seen(tmp_path, files) == ({"run": ("worker", "python run.py")}, [])


def test_consumers_beside_each_other_stay_two(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "paho-mqtt\nflask\ngunicorn\n",
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "consumer.py": f"{MQTT}\n\nmain()\n",
        "Procfile": "web: gunicorn app:app\n",
    }
    assert set(_seen(tmp_path, files)[0]) == {"web", "consumer"}


def test_an_exporter_is_called_by_prometheus(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "prometheus-client\n",
        "settings.py": 'import os\n\nPORT = int(os.getenv("METRICS_PORT", "9102"))\n',
        "exporter.py": EXPORTER,
    }
    made = propose(grown(tmp_path, files)).value
    assert made
    assert made[0].part.data["components"] == {
        "exporter": {
            "type": "web",
            "command": "python exporter.py",
            "port": 9102,
            "replicas": 1,
        }
    }
    assert "nothing lets Prometheus call it" in [each.question for each in made[0].part.doubts]


def test_the_port_of_an_exporter_may_be_in_the_dockerfile(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "prometheus-client\n",
        "exporter.py": EXPORTER.replace("from settings import PORT", "import settings").replace(
            "PORT", "settings.port()"
        ),
        "Dockerfile": 'FROM python:3.12\nEXPOSE 9200\nCMD ["python", "exporter.py"]\n',
    }
    made = propose(grown(tmp_path, files)).value
    assert made
    assert made[0].part.data["components"]["exporter"]["port"] == 9200
    (tmp_path / "Dockerfile").unlink()
    assert "exporter.py:7 does not say which port it listens on" in _seen(tmp_path, {})[1]


def test_a_bot_with_metrics_is_no_exporter(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "discord.py\nprometheus-client\n",
        "bot.py": "import discord\nfrom prometheus_client import start_http_server\n\nstart_http_server(9000)\n"
        'discord.Client(intents=None).run("token")\n',
    }
    assert _seen(tmp_path / "shop", files)[0] == {"bot": ("worker", "python bot.py")}


def test_a_program_that_is_its_own_gunicorn_serves(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": CLI.replace("[project.scripts]", 'dependencies = ["gunicorn"]\n[project.scripts]'),
        "shop/__init__.py": "",
        "shop/cli.py": GUNICORN,
        "Dockerfile": 'FROM python:3.12\nEXPOSE 9221\nENTRYPOINT ["shop"]\n',
    }
    assert _seen(tmp_path, files)[0] == {"web": ("web", "shop")}


@pytest.mark.parametrize(
    "script",
    [
        LOOP,
        "import signal\n\nsignal.pause()\n",
        "import asyncio\n\n\nasync def main():\n    await asyncio.Event().wait()\n\n\nasyncio.run(main())\n",
        "import asyncio\n\n\nasync def main():\n    await asyncio.Future()\n\n\nasyncio.run(main())\n",
        "import time\n\nrunning = True\nwhile running:\n    time.sleep(1)\n",
        "import news\n\nfor each in news.channel().listen():\n    print(each)\n",
        'from kafka import KafkaConsumer\n\nconsumer = KafkaConsumer("a")\nfor each in consumer:\n    print(each)\n',
        "import socketserver\n\nsocketserver.UDPServer(('', 5140), None).serve_forever()\n",
    ],
)
def test_what_goes_on_is_a_worker_without_doubt(script: str, tmp_path: Path) -> None:
    found, doubts = _seen(tmp_path, {"requirements.txt": "kafka-python\n", "main.py": script})
    assert list(found.values()) == [("worker", "python main.py")]
    assert doubts == []


@pytest.mark.parametrize("test", ["n < 3", "not done", "running and n"])
def test_a_loop_that_comes_to_an_end_is_a_job(test: str, tmp_path: Path) -> None:
    script = f"import time\n\nn = 0\nwhile {test}:\n    time.sleep(1)\n    n += 1\n"
    found, doubts = _seen(tmp_path, {"requirements.txt": "requests\n", "main.py": script})
    assert found == {"main": ("job", "python main.py")}
    assert doubts == [ENDS]


@pytest.mark.parametrize(
    "parser",
    [
        'import argparse\n\nparser = argparse.ArgumentParser()\nparser.add_argument("name", nargs="+")\n',
        'import argparse\n\nparser = argparse.ArgumentParser()\nparser.add_argument("--name", required=True)\n',
        "import click\n\n\n@click.group()\ndef main(): ...\n",
        'import click\n\n\n@click.command()\n@click.argument("name")\ndef main(): ...\n',
        "import typer\n\n\ndef main(name: str = typer.Argument(...)): ...\n",
        "import sys\n\nname = sys.argv[1]\n",
    ],
)
def test_arguments_that_a_program_asks_for_are_missed(parser: str, tmp_path: Path) -> None:
    files = {"pyproject.toml": CLI, "shop/__init__.py": "", "shop/cli.py": parser}
    found, doubts = _seen(tmp_path, files)
    assert found == {"main": ("job", "shop")}
    assert [each.partition(" (")[0] for each in doubts] == ["`shop` asks for arguments", ENDS]


@pytest.mark.parametrize(
    "parser",
    [
        'import argparse\n\nparser = argparse.ArgumentParser()\nparser.add_argument("name", default="a", nargs="?")\n',
        "import sys\n\nif len(sys.argv) > 1:\n    name = sys.argv[1]\n",
    ],
)
def test_arguments_that_may_be_left_out_are_not_missed(parser: str, tmp_path: Path) -> None:
    files = {"pyproject.toml": CLI, "shop/__init__.py": "", "shop/cli.py": parser}
    assert _seen(tmp_path, files)[1] == [ENDS]


def test_a_dockerfile_may_give_the_arguments(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "requests\n",
        "fetch.py": "import sys\n\nprint(sys.argv[1])\n",
        "Dockerfile": 'FROM python:3.12\nCOPY . .\nCMD ["python", "fetch.py", "all"]\n',
    }
    assert _seen(tmp_path, files) == ({"all": ("job", "python fetch.py all")}, [ENDS])


def test_scripts_that_start_one_another_are_one_program_each(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "fastapi\nuvicorn\ndramatiq\n",
        "main.py": "import uvicorn\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n"
        'if __name__ == "__main__":\n    uvicorn.run("main:app", port=5000)\n',
        "entrypoint.sh": "./start_api.sh &\n./start_work.sh &\nwait -n\n",
        "start_api.sh": "exec uvicorn main:app --port 5000\n",
        "start_work.sh": "dramatiq main\n",
    }
    found, doubts = _seen(tmp_path, files)
    assert found == {
        "web": ("web", "uvicorn main:app --port 5000 --host 0.0.0.0"),
        "worker": ("worker", "dramatiq main"),
    }
    assert doubts == []


def test_a_server_that_somebody_names_is_kept_if_there_is_no_other(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\n",
        "run.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "Procfile": "web: gunicorn --preload run:app\n",
    }
    found, doubts = _seen(tmp_path, files)
    assert found == {"web": ("web", "gunicorn --preload run:app --bind 0.0.0.0:8000")}
    assert doubts == ["gunicorn is not among the dependencies"]


def test_names_leave_room_for_each_other(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "requests\n",
        "trade.py": LOOP,
        "Procfile": "a-very-long-name-of-a-program: python trade.py\n",
    }
    assert list(_seen(tmp_path, files)[0]) == ["a-very-long-name-of-a"]


def test_a_server_that_an_option_asks_for_is_not_what_a_command_is_for(tmp_path: Path) -> None:
    source = (
        "import argparse\nfrom flask import Flask\n\n\ndef main():\n"
        "    args = argparse.ArgumentParser().parse_args()\n"
        "    if args.web is not None:\n        Flask('shop').run(port=args.web)\n    print(args)\n"
    )
    files = {"pyproject.toml": CLI, "shop/__init__.py": "", "shop/cli.py": source}
    found, doubts = _seen(tmp_path, files)
    assert found == {"main": ("job", "shop")}
    assert doubts == [ENDS]


def test_a_folder_that_python_starts(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "discord.py\n",
        "shop/__init__.py": "",
        "shop/__main__.py": BOT.replace("from src import words", "from shop import words"),
        "shop/words.py": "",
        "Procfile": "bot: python3 shop --all\n",
    }
    assert _seen(tmp_path, files) == ({"bot": ("worker", "python -m shop --all")}, [])


def test_an_application_that_a_dockerfile_names_and_nobody_has_is_none(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "fastapi\nuvicorn\n",
        "app.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
        "Dockerfile": 'FROM python:3.12\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0"]\n',
    }
    assert _seen(tmp_path, files)[0] == {"web": ("web", "uvicorn app:app --host 0.0.0.0 --port 8000")}
    (tmp_path / "app.py").unlink()
    found, doubts = _seen(tmp_path, {"shop.py": ""})
    assert found == {"web": ("web", "uvicorn main:app --host 0.0.0.0 --port 8000")}
    assert doubts == ["the module that it serves was not found"]


def test_an_application_of_a_framework_that_is_not_installed_is_none(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "discord.py\n",
        "bot.py": BOT.replace("from src import words\n\n", ""),
        "api/app.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
        "compose.yaml": "services:\n  bot: {build: ., command: python bot.py, restart: always}\n",
    }
    assert set(_seen(tmp_path, files)[0]) == {"bot"}


SPINNER = (
    "import threading\n\n\nclass Spinner:\n    def start(self):\n"
    "        threading.Thread(target=self._spin, daemon=True).start()\n\n"
    "    def _spin(self):\n        while not self.stopped.is_set():\n            self.stopped.wait(1)\n"
)


@pytest.mark.parametrize(
    "beside", ["from flask import Flask\n\nif __name__ == '__main__':\n    Flask('shop').run()\n", SPINNER]
)
def test_what_others_import_does_not_go_on_by_its_main_part_or_in_the_background(beside: str, tmp_path: Path) -> None:
    files = {
        "requirements.txt": "requests\n",
        "main.py": "import shop.beside\n\nshop.beside.work()\n",
        "shop/beside.py": beside,
    }
    assert _seen(tmp_path, files)[0] == {"main": ("job", "python main.py")}


def test_pipenv_installs_no_commands_of_the_project(tmp_path: Path) -> None:
    files = {"Pipfile": "", "Pipfile.lock": "{}", "setup.py": SETUP, "shop/__init__.py": "", "shop/__main__.py": LOOP}
    assert _seen(tmp_path, files)[0] == {"main": ("worker", "python -m shop")}


def test_a_program_for_a_terminal_is_no_worker(tmp_path: Path) -> None:
    source = "from prompt_toolkit import prompt\n\n\ndef main():\n    while True:\n        one(prompt())\n"
    files = {"pyproject.toml": CLI, "shop/__init__.py": "", "shop/cli.py": source}
    assert _seen(tmp_path, files) == ({"main": ("job", "shop")}, [ENDS])


def test_an_image_that_only_says_how_it_is_used_wants_arguments(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": CLI,
        "shop/__init__.py": "",
        "shop/cli.py": f"{LOOP}\n\ndef main(): ...\n",
        "Dockerfile": 'FROM python:3.12\nENTRYPOINT ["shop"]\nCMD ["--help"]\n',
    }
    assert _seen(tmp_path, files) == ({"shop": ("worker", "shop")}, ["Dockerfile:3 only asks for its help"])


def test_a_program_that_is_its_own_gunicorn_is_started_as_somebody_wrote(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "serve.py": GUNICORN.replace("def main():\n    Server", "if __name__ == '__main__':\n    Server"),
        "Dockerfile": 'FROM python:3.12\nCOPY . .\nEXPOSE 8080\nCMD ["python", "serve.py"]\n',
    }
    assert _seen(tmp_path, files)[0] == {"web": ("web", "python serve.py")}


@pytest.mark.parametrize(("name", "wanted"), [("bot", None), ("shop_bot", False)])
def test_a_package_of_poetry_that_is_not_there_is_not_installed(name: str, wanted: object, tmp_path: Path) -> None:
    project = f'[tool.poetry]\nname = "shop-bot"\npackages = [{{include = "{name}"}}]\n[tool.poetry.dependencies]\n'
    files = {"pyproject.toml": f'{project}python = "^3.12"\n', "poetry.lock": "", "bot/__main__.py": LOOP}
    made = propose(grown(tmp_path, files)).value
    assert made
    assert made[0].part.data["build"]["python"].get("installProject") is wanted


DAEMON = "FROM python:3.13-alpine\nRUN apk add --no-cache ffmpeg tzdata\nCMD /usr/sbin/inotifyd watch\n"


def test_what_only_another_image_has_is_doubted(tmp_path: Path) -> None:
    files = {
        "Dockerfile": DAEMON,
        "compose.yaml": "services:\n  app: {build: ., command: /usr/sbin/inotifyd watch, restart: always}\n",
        "requirements.txt": "requests\n",
    }
    (made,) = propose(grown(tmp_path, files)).value or ()
    said = [each.question for each in made.part.doubts]
    assert "`/usr/sbin/inotifyd` is not in the image" in said
    assert "Dockerfile also installs ffmpeg" in said


def test_packages_that_an_image_removes_again_are_not_asked_for(tmp_path: Path) -> None:
    removed = DAEMON.replace("--no-cache", "--no-cache --virtual .build").replace(
        "/usr/sbin/inotifyd watch", "python script.py"
    )
    files = {"Dockerfile": removed, "requirements.txt": "requests\n", "script.py": "print('done')\n"}
    (made,) = propose(grown(tmp_path, files)).value or ()
    assert not [each.question for each in made.part.doubts if "also installs" in each.question]


def test_a_command_that_pipenv_does_not_install_is_started_as_a_module(tmp_path: Path) -> None:
    files = {
        "Pipfile": '[packages]\nrequests = "*"\n',
        "pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n',
        "shop/__init__.py": "",
        "shop/cli.py": "from shop import api\n\n\ndef main():\n    pass\n\n\nif __name__ == '__main__':\n    main()\n",
        "shop/api.py": "",
    }
    assert list(commands(tmp_path, files).values()) == ["python -m shop.cli"]


def test_a_script_of_the_package_in_a_folder_needs_the_package(tmp_path: Path) -> None:
    files = {
        "Dockerfile": 'FROM python:3.13\nCOPY . /app\nWORKDIR /app\nENTRYPOINT ["bin/shop"]\n',
        "requirements.txt": "requests\n",
        "setup.py": "from setuptools import setup\nsetup(name='shop', scripts=['bin/shop'])\n",
        "bin/shop": "#!/usr/bin/env python\nimport shop\n",
        "shop/__init__.py": "",
    }
    (made,) = propose(grown(tmp_path, files)).value or ()
    assert "installProject" not in made.part.data["build"]["python"]


@pytest.mark.parametrize("lock", ["requirements.txt", "Pipfile.lock", "poetry.lock"])
@pytest.mark.parametrize(("version", "path"), [("0.80.0", "/healthz"), ("1.40.0", "/_stcore/health")])
def test_the_health_check_of_streamlit_is_that_of_its_version(
    version: str, path: str, lock: str, tmp_path: Path
) -> None:
    said = {
        "requirements.txt": f"streamlit=={version}\n",
        "Pipfile.lock": f'{{"default": {{"streamlit": {{"version": "=={version}"}}}}}}',
        "poetry.lock": f'[[package]]\nname = "streamlit"\nversion = "{version}"\n',
    }
    asked = {
        "Pipfile.lock": {"Pipfile": '[packages]\nstreamlit = "*"\n'},
        "poetry.lock": {"pyproject.toml": '[tool.poetry.dependencies]\nstreamlit = "*"\n'},
    }
    files = {lock: said[lock], **asked.get(lock, {}), "app.py": "import streamlit as st\nst.title('shop')\n"}
    (made,) = propose(grown(tmp_path, files)).value or ()
    assert made.part.data["components"]["web"]["probes"] == path


def test_a_program_that_fills_a_terminal_is_doubted(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": CLI,
        "shop/__init__.py": "",
        "shop/cli.py": "from shop.page import draw\n\n\ndef main():\n    draw()\n",
    }
    _, doubts = _seen(
        tmp_path, {**files, "shop/page.py": "import curses\n\n\ndef draw():\n    curses.wrapper(print)\n"}
    )

    assert "shop/page.py draws on a terminal, which a container has not" in doubts


def test_of_two_commands_the_daemon_goes_on(tmp_path: Path) -> None:
    server = (
        "import argparse\nfrom cheroot import wsgi\n\n\ndef serve():\n    parser = argparse.ArgumentParser()\n"
        "    parser.add_argument('--port', default=8082)\n    wsgi.Server(('', 1), None).start()\n"
    )
    project = (
        '[project]\nname = "shop"\ndependencies = ["cheroot"]\n[project.scripts]\n'
        'shop = "shop.c:ask"\nshopd = "shop.c:serve"\n'
    )
    made = (
        propose(grown(tmp_path, {"pyproject.toml": project, "shop/__init__.py": "", "shop/c.py": server})).value or ()
    )
    found = made[0].programs[0]

    assert (found.command.value, found.port and found.port.value) == ("shopd", 8082)
