"""Command line tools and small daemons: how their images have them, what they are given, when they go on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from detected import commands, grown, seen
from kgen.detect.packages import installed
from kgen.detect.proposal import propose

CLI = '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n'
WRITING = 'RUN echo \'#!/bin/sh\' > /run.sh && \\\n    echo "exec shop --config \\"\\$1\\" --all" >> /run.sh\n'
JOB = 'if __name__ == "__main__":\n    print("done")\n'


def _made(folder: Path, files: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the app file as data, and all doubts."""
    (made,) = propose(grown(folder, files)).value or ()
    return dict(made.part.data), [each.question for each in made.part.doubts]


def _command(folder: Path, files: Mapping[str, str]) -> tuple[str, str]:
    """Return type and command of the only component."""
    (about,) = _made(folder, files)[0]["components"].values()
    return about["type"], about["command"]


@pytest.mark.parametrize(
    "points",
    [
        '"""\n    [console_scripts]\n    shop = shop.cli:main\n    """',
        "dict(console_scripts=['shop = shop.cli:main'])",
        "{'console_scripts': ['shop = shop.cli:main']}",
    ],
)
def test_commands_of_setup_py_however_they_are_written(points: str, tmp_path: Path) -> None:
    text = f"from setuptools import setup\n\nsetup(name='shop', entry_points={points})\n"
    assert list(installed.scripts(seen(tmp_path, {"setup.py": text}))) == ["shop"]


def test_a_command_whose_code_is_one_of_tests_is_none_of_the_app(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": f'{CLI}shop-server = "tests.server:main"\n',
        "shop/cli.py": "def main(): ...\n",
        "tests/server.py": "from http.server import HTTPServer\n\n\ndef main():\n    HTTPServer(('', 8080), None)\n",
    }
    assert _command(tmp_path, files) == ("job", "shop")


IMAGES: Mapping[str, tuple[str, tuple[str, str]]] = {
    "copied to another name": (
        'COPY relay.py /usr/local/bin/shop-relay\nCMD ["shop-relay", "--all"]\n',
        ("job", "python relay.py --all"),
    ),
    "linked to another name": (
        "COPY . /srv\nRUN chmod +x /srv/relay.py && ln -s /srv/relay.py /usr/bin/shop-relay\nENTRYPOINT shop-relay\n",
        ("job", "python relay.py"),
    ),
    "a binary that is made of the project's command": (
        'RUN pyinstaller shop.spec\nENTRYPOINT ["/dist/shop"]\n',
        ("job", "shop"),
    ),
    "a script that the image writes itself": (
        f"{WRITING}ENTRYPOINT /run.sh\n",
        ("job", "shop --config --all"),
    ),
    "a script without a first line": (
        "RUN echo 'python3 /srv/relay.py -a' > /relay.run\nCOPY . /srv\nCMD [\"/relay.run\"]\n",
        ("job", "python relay.py -a"),
    ),
    "Python's name for a folder's program": (
        "WORKDIR /srv\nCOPY . .\nCMD python __main__.py $TIMES\n",
        ("job", "python __main__.py 3"),
    ),
}


@pytest.mark.parametrize("case", IMAGES)
def test_programs_that_an_image_has_under_another_name(case: str, tmp_path: Path) -> None:
    lines, expected = IMAGES[case]
    files = {
        "pyproject.toml": CLI,
        "shop/__init__.py": "",
        "shop/cli.py": "def main(): ...\n",
        "relay.py": JOB,
        "__main__.py": JOB,
        "Dockerfile": f"FROM python:3.13\nENV TIMES=3\n{lines}",
    }
    assert _command(tmp_path, files) == expected


LOOPS: Mapping[str, tuple[str, str]] = {
    "pages": ("while True:\n    page = read()\n    if not page:\n        break\n    time.sleep(1)\n", "job"),
    "tries": (
        "def get():\n  while True:\n    try:\n      return a()\n    except OSError:\n      b.wait()\n\n\nget()",
        "job",
    ),
    "stopped": ("while True:\n    work()\n    if stopping:\n        break\n    time.sleep(1)\n", "worker"),
    "interrupted": (
        "while True:\n    try:\n        time.sleep(1)\n    except KeyboardInterrupt:\n        break\n",
        "worker",
    ),
    "while it runs": ("while shop.running:\n    shop.sleep_for(3)\n", "worker"),
}


@pytest.mark.parametrize("case", LOOPS)
def test_loops_that_go_on_and_those_that_end(case: str, tmp_path: Path) -> None:
    body, expected = LOOPS[case]
    files = {"requirements.txt": "requests\n", "main.py": f"import time\n\n{body}"}
    assert _command(tmp_path, files) == (expected, "python main.py")


def test_a_server_whose_options_say_where_it_listens(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "twisted\n",
        "server.py": "import argparse\n\nfrom twisted.internet import endpoints, reactor\n\n"
        "p = argparse.ArgumentParser()\np.add_argument('-a', '--address', default='')\n"
        "p.add_argument('-p', '--port', type=int, default=9272)\nargs = p.parse_args()\n"
        "endpoints.TCP4ServerEndpoint(reactor, args.port, interface=args.address)\nreactor.run()\n",
    }
    data, doubts = _made(tmp_path, files)
    assert [(each["type"], each["port"]) for each in data["components"].values()] == [("web", 9272)]
    assert not [each for each in doubts if "listen" in each]


def test_a_page_for_prometheus_that_only_an_option_asks_for_makes_no_exporter(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": CLI,
        "shop/__init__.py": "",
        "shop/cli.py": "from shop.page import start\n\n\ndef main(args):\n"
        "    if args.metrics:\n        start(args.metrics)\n",
        "shop/page.py": "import prometheus_client as page\n\n\ndef start(port):\n    page.start_http_server(port)\n",
    }
    assert _command(tmp_path, files) == ("job", "shop")


def test_an_image_for_a_tool_is_not_for_the_pages_beside_it(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": f'{CLI}[project.optional-dependencies]\nweb = ["streamlit"]\n',
        "shop/__init__.py": "",
        "shop/cli.py": "def main(): ...\n",
        "misc/page.py": "import streamlit as st\n\nst.title('shop')\n",
        "Dockerfile": 'FROM python:3.13\nCOPY . /app\nRUN pip install "/app[web]"\nENTRYPOINT ["shop"]\n',
    }
    data, doubts = _made(tmp_path, files)
    assert [(each["type"], each["command"]) for each in data["components"].values()] == [("job", "shop")]
    assert any("misc/page.py" in each and "your image does not start it" in each for each in doubts)


def test_an_application_beside_what_the_image_starts_is_doubted(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "api.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "main.py": "import time\n\nwhile True:\n    time.sleep(1)\n",
        "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD python main.py\n",
    }
    data, doubts = _made(tmp_path, files)
    assert {each["command"] for each in data["components"].values()} >= {"python main.py"}
    assert [each for each in doubts if "nothing that is written down starts it" in each]


ASKING: Mapping[str, tuple[str, str]] = {
    "as many as there are": (
        "import click\n\n\n@click.command()\n@click.argument('names', nargs=-1)\ndef main(names): ...\n",
        "`shop` takes any number of arguments (shop/cli.py:5), and is given none",
    ),
    "one that it must have": (
        "import click\n\nimport shop.more\n\n\n@click.command()\n@click.argument('name')\ndef main(name): ...\n",
        "`shop` asks for arguments (shop/cli.py:7)",
    ),
}


@pytest.mark.parametrize("case", ASKING)
def test_arguments_of_the_command_itself(case: str, tmp_path: Path) -> None:
    text, expected = ASKING[case]
    files = {
        "pyproject.toml": f'{CLI}dependencies = ["click"]\n',
        "shop/__init__.py": "",
        "shop/cli.py": text,
        "shop/more.py": "import click\n\n\n@click.group()\ndef more(): ...\n\n\n"
        "@more.command()\ndef start(): ...\n\n\n@more.command()\ndef stop(): ...\n",
    }
    _, doubts = _made(tmp_path, files)
    assert [each for each in doubts if each.startswith("`shop`")] == [expected]


RUNNING = "import subprocess\n\nsubprocess.run(['ffmpeg', '-i', 'a'])\nsubprocess.check_output('git log')\n"


def test_programs_that_the_source_runs_and_the_image_has(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "requests\n",
        "main.py": RUNNING,
        "Dockerfile": 'FROM python:3.13-alpine\nRUN apk add --no-cache "ffmpeg>5.1" git\nCMD python main.py\n',
    }
    data, doubts = _made(tmp_path, files)
    assert data["build"]["python"]["systemPackages"] == ["ffmpeg", "git"]
    assert not [each for each in doubts if "installs" in each or "runs ffmpeg" in each]


def test_programs_that_the_source_runs_and_nothing_installs(tmp_path: Path) -> None:
    _, doubts = _made(tmp_path, {"requirements.txt": "requests\n", "main.py": RUNNING})
    assert "the source runs ffmpeg (main.py:3), git (main.py:4), which the image has not" in doubts


def test_what_containers_get_from_their_machine(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "requests\n",
        "main.py": "import os\n\nprint(os.getenv('LOGS'), open('conf/config.txt'))\n",
        "present.yaml": "",
        ".gitignore": "config.txt\n",
        "Dockerfile": "FROM python:3.13\nENV LOGS=/logs CACHE=/cache\nWORKDIR /srv\nCOPY . .\nCMD python main.py\n",
        "compose.yaml": "services:\n  app:\n    build: .\n    volumes: [./users.txt:/srv/users.txt, "
        "./present.yaml:/srv/a.yaml, '/var/run/docker.sock:/var/run/docker.sock:ro']\n",
    }
    _, doubts = _made(tmp_path, files)
    assert "compose.yaml mounts users.txt, which the repository has not" in doubts
    assert "it talks to Docker (compose.yaml), whose socket pods have not" in doubts
    assert "Dockerfile sets LOGS to /logs, which is not in the image here" in doubts
    assert "main.py needs config.txt, which `.gitignore` keeps out of the repository" in doubts


def test_files_of_workflows_are_no_part_of_the_program(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "requests\n",
        "main.py": JOB,
        ".github/python/update.py": "import os\n\nopen('README.md', 'w').write(os.environ['GITHUB_PAT'])\n",
    }
    data, doubts = _made(tmp_path, files)
    assert "env" not in data
    assert not [each for each in doubts if "README" in each]


def test_a_script_in_any_folder_if_nothing_else_is_there(tmp_path: Path) -> None:
    assert _command(tmp_path, {"requirements.txt": "requests\n", "jobs/nightly/batch.py": JOB}) == (
        "job",
        "python -m jobs.nightly.batch",
    )


def test_the_modules_of_a_library_are_no_programs(tmp_path: Path) -> None:
    about = '[project]\nname = "shop"\nclassifiers = ["Programming Language :: Python :: 3"]\n'
    files = {"pyproject.toml": about, "src/shop/__init__.py": "", "src/shop/batch.py": JOB}
    assert not commands(tmp_path, files)


def test_a_script_that_goes_on_counts_more_than_one_that_ends(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "schedule\n",
        "scraper.py": JOB,
        "every_day.py": "import time\n\nimport schedule\n\nwhile True:\n    schedule.run_pending()\n    time.sleep(9)",
    }
    assert _command(tmp_path, files) == ("worker", "python every_day.py")


def test_packages_that_only_the_image_installs(tmp_path: Path) -> None:
    installs = "RUN pip install -U pip -r requirements.txt $(find . -type file) 'shop-plugin>=1' ./dist/a.whl\n"
    files = {
        "requirements.txt": "requests\n",
        "main.py": JOB,
        "Dockerfile": f"FROM python:3.13\nCOPY . .\n{installs}CMD python main.py\n",
    }
    _, doubts = _made(tmp_path, files)
    assert "Dockerfile:3 also installs shop-plugin with pip, which nothing else asks for" in doubts


def test_an_application_for_those_who_ask_for_an_extra(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": f'{CLI}[project.optional-dependencies]\nweb = ["flask"]\n',
        "shop/__init__.py": "",
        "shop/cli.py": "def main(): ...\n",
        "shop/web.py": "from flask import Flask\n\napp = Flask(__name__)\n",
    }
    assert _command(tmp_path, files) == ("job", "shop")


def test_an_image_for_tests_says_nothing_of_the_program(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": CLI,
        "shop/__init__.py": "",
        "shop/cli.py": "def main(): ...\n",
        "run.py": JOB,
        "run-tests.dockerfile": 'FROM python:3.9\nCOPY . .\nENTRYPOINT ["python", "run.py"]\n',
    }
    assert _command(tmp_path, files) == ("job", "shop")


def test_arguments_that_a_command_line_has_too_few_of(tmp_path: Path) -> None:
    text = (
        "from optparse import OptionParser\n\n\ndef main():\n    options, args = OptionParser().parse_args()\n"
        "    if len(args) < 1:\n        raise SystemExit(1)\n"
    )
    _, doubts = _made(tmp_path, {"pyproject.toml": CLI, "shop/__init__.py": "", "shop/cli.py": text})
    assert "`shop` asks for arguments (shop/cli.py:6)" in doubts


def test_scripts_that_go_on_beside_what_is_written_down(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\nschedule\n",
        "app.py": "from flask import Flask\n\nimport used\n\napp = Flask(__name__)\n",
        "used.py": "import time\n\nwhile True:\n    time.sleep(1)\n",
        "every_day.py": "import schedule\n\nwhile True:\n    schedule.run_pending()\n",
        "Procfile": "web: gunicorn app:app\n",
    }
    _, doubts = _made(tmp_path, files)
    assert [each for each in doubts if "goes on, and nothing" in each] == [
        "`every_day.py` goes on, and nothing starts it"
    ]


def test_what_a_start_script_has_for_its_own_image(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "requests\n",
        "main.py": JOB,
        "entrypoint.sh": "#!/bin/sh\nexport HOME=/home/shop\nmkdir -p /data/files /app/cache\nexec python main.py\n",
        "Dockerfile": 'FROM python:3.13\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["./entrypoint.sh"]\n',
    }
    data, doubts = _made(tmp_path, files)
    assert "env" not in data
    assert "entrypoint.sh makes /data/files, which is not in the image here" in doubts


def test_the_port_that_an_image_has_in_a_variable(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "prometheus-client\n",
        "exporter.py": "import time\n\nfrom prometheus_client import start_http_server\n\nfrom config import load\n\n"
        "start_http_server(load()['port'])\nwhile True:\n    time.sleep(1)\n",
        "config.py": "def load(): ...\n",
        "Dockerfile": "FROM python:3.13\nENV EXPORTER_PORT=9150\nWORKDIR /app\nCOPY . .\nCMD python exporter.py\n",
    }
    data, _ = _made(tmp_path, files)
    assert [each["port"] for each in data["components"].values()] == [9150]


def test_a_factory_that_needs_something_is_a_part_of_the_command(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": f'{CLI}dependencies = ["flask"]\n',
        "shop/__init__.py": "",
        "shop/cli.py": "def main(): ...\n",
        "shop/web.py": "from flask import Flask\n\n\ndef serve(state):\n    app = Flask(__name__)\n    return app\n",
    }
    assert _command(tmp_path, files) == ("job", "shop")


def test_the_python_of_the_image_that_has_the_folder(tmp_path: Path) -> None:
    files = {
        "src/app/api/requirements.txt": "requests\n",
        "src/app/api/main.py": JOB,
        "src/app/worker/requirements.txt": "requests\n",
        "src/app/worker/main.py": JOB,
        "deploy/Containerfile.api": "FROM python:3.12\nRUN mkdir /app/db\nCOPY /src/app/api /app/api\n",
        "deploy/Containerfile.worker": "FROM python:3.11\nCOPY /src/app/worker /app/worker\n",
    }
    made = propose(grown(tmp_path, files)).value or ()
    versions = {each.folder: each.part.data["build"]["python"]["version"] for each in made}
    assert versions == {"src/app/api": "3.12", "src/app/worker": "3.11"}
