"""Which processes a project has, by what people wrote down and by what its source says."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import commands, grown
from kgen.detect.proposal import propose

CELERY = {"requirements.txt": "celery[redis]==5.5.3\n", "shop/__init__.py": ""}
APP = 'from celery import Celery\n\napp = Celery("shop", broker="redis://cache")\n'
FLASK = {
    "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
    "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
}
BOT = 'import discord\n\nclient = discord.Client(intents=None)\nclient.run("token")\n'
CLI = '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n'
SCRIPT = 'if __name__ == "__main__":\n    print("done")\n'

Found = set[tuple[str, str, str]]
CASES: Mapping[str, tuple[Mapping[str, str], Found]] = {
    "Procfile": (
        {
            **FLASK,
            "Procfile": "web: gunicorn app:app\nworker: python -u worker.py\nrelease: flask db upgrade\n",
            "worker.py": "while True:\n    pass\n",
        },
        {("web", "web", "gunicorn app:app --bind 0.0.0.0:8000"), ("worker", "worker", "python worker.py")},
    ),
    "Procfile with the platform's port": (
        {**FLASK, "Procfile": "web: gunicorn app:app --bind 0.0.0.0:${PORT:-5000} --log-file -\n"},
        {("web", "web", "gunicorn app:app --bind 0.0.0.0:8000 --log-file -")},
    ),
    "a bot in a Procfile, and another script": (
        {"requirements.txt": "discord.py\n", "Procfile": "bot: python3 new.py\n", "new.py": BOT, "main.py": BOT},
        {("bot", "worker", "python new.py")},
    ),
    "a bot without anything else": (
        {"requirements.txt": "discord.py\n", "bot.py": BOT},
        {("bot", "worker", "python bot.py")},
    ),
    "a bot that keeps itself awake with Flask": (
        {
            "requirements.txt": "discord.py\nflask\n",
            "main.py": f"from keep_alive import keep_alive\n\nkeep_alive()\n{BOT}",
            "keep_alive.py": 'from threading import Thread\nfrom flask import Flask\n\napp = Flask("")\n\n\n'
            "def run():\n    app.run()\n\n\ndef keep_alive():\n    Thread(target=run).start()\n",
        },
        {("main", "worker", "python main.py")},
    ),
    "a Dockerfile": (
        {
            "requirements.txt": "requests\n",
            "run.py": SCRIPT,
            "Dockerfile": 'FROM python:3.12\nCMD ["python", "run.py"]\n',
        },
        {("run", "job", "python run.py")},
    ),
    "a Dockerfile that copies a folder to the root": (
        {
            "requirements.txt": "requests\n",
            "src/run.py": SCRIPT,
            "Dockerfile": 'FROM python:3.12\nWORKDIR /app\nCOPY src .\nCMD ["python", "run.py"]\n',
        },
        {("run", "job", "python run.py")},
    ),
    "an entry point that takes arguments": (
        {
            **FLASK,
            "start.sh": '#!/bin/sh\nset -e\nflask db upgrade\nexec "$@"\n',
            "Dockerfile": 'FROM python:3.12\nCOPY . /app\nENTRYPOINT ["/app/start.sh"]\nCMD ["gunicorn", "app:app"]\n',
        },
        {("web", "web", "gunicorn app:app --bind 0.0.0.0:8000")},
    ),
    "supervisord": (
        {
            **FLASK,
            "worker.py": "while True:\n    pass\n",
            "supervisord.conf": "[program:web]\ncommand=gunicorn app:app\n[program:nginx]\ncommand=nginx\n"
            "[program:worker]\ncommand=python worker.py\n",
            "Dockerfile": 'FROM python:3.12\nCOPY . /app\nCMD ["supervisord", "-c", "/app/supervisord.conf"]\n',
        },
        {("web", "web", "gunicorn app:app --bind 0.0.0.0:8000"), ("worker", "worker", "python worker.py")},
    ),
    "commands of one script": (
        {
            **FLASK,
            "manager.py": "import uvicorn\n\n\ndef api():\n    uvicorn.run('app:app')\n\n\napi()\n",
            "supervisord.conf": "[program:web]\ncommand=gunicorn app:app\n"
            "[program:clock]\ncommand=python manager.py run-beat\n",
            "Dockerfile": "FROM python:3.12\nCOPY . /app\nEXPOSE 8000\nCMD supervisord -c /app/supervisord.conf\n",
        },
        {("web", "web", "gunicorn app:app --bind 0.0.0.0:8000"), ("beat", "worker", "python manager.py run-beat")},
    ),
    "cron in a container": (
        {
            "requirements.txt": "requests\n",
            "job.py": SCRIPT,
            "crontab": "# nightly\n15 3 * * * python /app/job.py\n",
            "Dockerfile": 'FROM python:3.12\nCOPY . /app\nCMD ["supercronic", "/app/crontab"]\n',
        },
        {("job", "cron", "python job.py")},
    ),
    "Celery": (
        {**CELERY, "shop/celery.py": APP, "shop/tasks.py": "from celery import shared_task\n"},
        {("worker", "worker", "celery -A shop worker --loglevel info")},
    ),
    "Celery with a schedule": (
        {**CELERY, "shop/queue.py": APP.replace("app =", "queue =") + "queue.conf.beat_schedule = {}\n"},
        {
            ("worker", "worker", "celery -A shop.queue:queue worker --loglevel info"),
            ("beat", "worker", "celery -A shop.queue:queue beat --loglevel info --schedule /tmp/celerybeat-schedule"),
        },
    ),
    "compose services of one image": (
        {
            **CELERY,
            "shop/celery.py": APP,
            "Dockerfile": "FROM python:3.12\nWORKDIR /app\nCOPY . .\n",
            "docker-compose.yml": "services:\n  cache: {image: redis}\n"
            "  jobs: {build: ., command: celery -A shop worker -Q mail}\n"
            "  clock:\n    build: .\n    command: celery -A shop beat -S redbeat.RedBeatScheduler\n",
        },
        {
            ("worker", "worker", "celery -A shop worker -Q mail"),
            ("beat", "worker", "celery -A shop beat -S redbeat.RedBeatScheduler"),
        },
    ),
    "compose services with an entry point": (
        {
            **CELERY,
            "shop/celery.py": APP,
            "compose.yaml": "services:\n  jobs: {build: ., entrypoint: celery, command: -A shop worker}\n"
            "  page: {build: ., entrypoint: [celery], command: [-A, shop, flower]}\n",
        },
        {("worker", "worker", "celery -A shop worker"), ("flower", "web", "celery -A shop flower")},
    ),
    "RQ": (
        {"requirements.txt": "rq\n", "jobs.py": 'from rq import Queue\n\nmail = Queue("mail")\nmail.enqueue(print)\n'},
        {("worker", "worker", "rq worker mail")},
    ),
    "Dramatiq": (
        {"requirements.txt": "dramatiq[redis]\n", "jobs.py": "import dramatiq\n\n\n@dramatiq.actor\ndef send(): ...\n"},
        {("worker", "worker", "dramatiq jobs")},
    ),
    "arq": (
        {"requirements.txt": "arq\n", "jobs.py": "class Worker:\n    functions = [print]\n"},
        {("worker", "worker", "arq jobs.Worker")},
    ),
    "Huey": (
        {"requirements.txt": "huey\n", "jobs.py": "from huey import RedisHuey\n\nhuey = RedisHuey()\n"},
        {("worker", "worker", "huey_consumer jobs.huey")},
    ),
    "Scrapy": (
        {
            "requirements.txt": "scrapy\n",
            "scrapy.cfg": "[settings]\ndefault = news.settings\n",
            "news/spiders/front_page.py": 'import scrapy\n\n\nclass Front(scrapy.Spider):\n    name = "front_page"\n',
        },
        {("front-page", "job", "scrapy crawl front_page")},
    ),
    "an installed command": (
        {"pyproject.toml": CLI, "shop/cli.py": "def main():\n    print()\n"},
        {("main", "job", "shop")},
    ),
    "a package that can be started": (
        {"requirements.txt": "requests\n", "shop/__init__.py": "", "shop/__main__.py": SCRIPT},
        {("main", "job", "python -m shop")},
    ),
    "the script that the README names": (
        {
            "requirements.txt": "requests\n",
            "fetch.py": SCRIPT,
            "other.py": SCRIPT,
            "README.md": "# Shop\n\n    $ pip install -r requirements.txt\n    $ python fetch.py --all\n",
        },
        {("fetch", "job", "python fetch.py")},
    ),
    "what Fly starts": (
        {
            **FLASK,
            "fly.toml": '[processes]\napp = "gunicorn app:app -b :9000"\nworker = "python worker.py"\n',
            "worker.py": "while True:\n    pass\n",
        },
        {("web", "web", "gunicorn app:app -b :9000"), ("worker", "worker", "python worker.py")},
    ),
    "what Render starts": (
        {
            **FLASK,
            "job.py": SCRIPT,
            "render.yaml": "services:\n  - {type: web, name: site, startCommand: 'gunicorn app:app'}\n"
            "  - {type: cron, name: nightly, schedule: '0 3 * * *', startCommand: python job.py}\n",
        },
        {("web", "web", "gunicorn app:app --bind 0.0.0.0:8000"), ("nightly", "cron", "python job.py")},
    ),
    "Flower with the broker of its app": (
        {
            "requirements.txt": "celery\nflower\nredis\n",
            "shop/tasks.py": "from celery import Celery\n\napp = Celery()\n",
            "Procfile": "worker: celery -A shop.tasks worker\n"
            "flower: celery -A shop.tasks flower --broker=redis://redis:6379/0 --port=5555\n",
        },
        {
            ("worker", "worker", "celery -A shop.tasks worker"),
            ("flower", "web", "celery -A shop.tasks flower --port=5555"),
        },
    ),
    "Flower without an app": (
        {
            "requirements.txt": "celery\nflower\nredis\n",
            "shop/tasks.py": "from celery import Celery\n\napp = Celery()\n",
            "compose.yaml": "services:\n  worker: {build: ., command: celery -A shop.tasks worker}\n"
            "  page:\n    build: .\n    command: celery --broker=redis://redis:6379/0 flower --port=5555\n"
            "    environment: [CELERY_BROKER_URL=redis://redis:6379/0]\n",
        },
        {("worker", "worker", "celery -A shop.tasks worker"), ("flower", "web", "celery flower --port=5555")},
    ),
    "tasks that are called like processes": (
        {
            "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["celery"]\n[tool.pdm.scripts]\n'
            'test = "pytest"\nstart = "python shop/bot.py"\n'
            'worker = {cmd = ["celery", "-A", "shop.tasks", "worker"]}\n',
            "shop/bot.py": "while True:\n    pass\n",
            "shop/tasks.py": "from celery import Celery\n\napp = Celery()\n",
        },
        {("start", "worker", "python shop/bot.py"), ("worker", "worker", "celery -A shop.tasks worker")},
    ),
    "no notebook beside a program": (
        {
            "requirements.txt": "jupyter\nrequests\n",
            "trade.py": "while True:\n    pass\n",
            "Dockerfile": 'FROM python:3.12\nCMD ["python", "trade.py"]\n',
            "docker/Dockerfile.jupyter": "FROM python:3.12\n",
            "docker/docker-compose-jupyter.yml": "services:\n  lab:\n    build: {context: .., dockerfile: "
            "docker/Dockerfile.jupyter}\n    command: jupyter lab --ip 0.0.0.0\n",
        },
        {("trade", "worker", "python trade.py")},
    ),
    "a script that waits, and a service with the image of another": (
        {
            "requirements.txt": "celery\n",
            "shop/tasks.py": "from celery import Celery\n\napp = Celery()\n",
            "Dockerfile": "FROM python:3.12\nWORKDIR /app\nCOPY . .\n",
            "wait-for-it.sh": 'exec "$0" --quiet\n',
            "work.sh": "./wait-for-it.sh $REDIS\n: ${SIZE:=2}\ncelery -A shop.tasks worker -c $SIZE\n",
            "compose.yaml": "services:\n  beat: {build: ., image: shop, command: celery -A shop.tasks beat -s /tmp/a}\n"
            "  worker: {image: shop, command: ./work.sh}\n",
        },
        {
            ("worker", "worker", "celery -A shop.tasks worker -c 2"),
            ("beat", "worker", "celery -A shop.tasks beat -s /tmp/a"),
        },
    ),
    "no shell is left": (
        {**FLASK, "Procfile": 'web: bash -c "flask db upgrade && exec poetry run gunicorn app:app --reload"\n'},
        {("web", "web", "gunicorn app:app --bind 0.0.0.0:8000")},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_programs(case: str, tmp_path: Path) -> None:
    files, wanted = CASES[case]
    made = propose(grown(tmp_path, files)).value
    assert made
    components = made[0].part.data["components"]
    assert {(name, each["type"], each["command"]) for name, each in components.items()} == wanted


UNIT = "[Service]\nWorkingDirectory=/opt/shop\nExecStart=/opt/shop/.venv/bin/{}\n"
UNITS = {
    **FLASK,
    "mail.py": "import sys\n\nwhile True:\n    print(sys.argv)\n",
    "etc/shop@.service": UNIT.format("gunicorn --bind unix:/run/shop/%i.sock app:app"),
    "etc/mail@.service": UNIT.format('python3 mail.py --config "etc/%i.ini"'),
}


def test_units_of_systemd_say_what_goes_on_beside_a_server(tmp_path: Path) -> None:
    made = propose(grown(tmp_path, UNITS)).value or ()
    components = made[0].part.data["components"]
    assert {name: (each["type"], each["command"]) for name, each in components.items()} == {
        "web": ("web", "gunicorn app:app --bind 0.0.0.0:8000 --worker-tmp-dir /dev/shm"),
        "mail": ("worker", "python mail.py --config etc/%i.ini"),
    }
    assert "`etc/%i.ini` is for systemd to fill in" in [each.question for each in made[0].part.doubts]


def test_units_of_systemd_count_only_where_nothing_says_how_a_container_starts(tmp_path: Path) -> None:
    assert list(commands(tmp_path, {**UNITS, "Procfile": "web: gunicorn app:app\n"})) == ["web"]


def test_what_a_start_does_before_is_the_release(tmp_path: Path) -> None:
    made = propose(grown(tmp_path, CASES["an entry point that takes arguments"][0])).value
    assert made
    assert made[0].part.data["release"] == "flask db upgrade"
    assert made[0].part.comments[("release",)].startswith("Dockerfile:")


def test_a_web_program_that_only_a_dockerfile_names_has_the_release_of_its_migrations(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "aiohttp\nalembic\ngunicorn\n",
        "alembic.ini": "[alembic]\nscript_location = migrations\n",
        "shop/__init__.py": "from aiohttp import web\n\n\nasync def make():\n    return web.Application()\n",
        "Dockerfile": "FROM python:3.12\nCMD gunicorn shop:make --bind=0.0.0.0:8000 -k aiohttp.GunicornWebWorker\n",
    }

    made = propose(grown(tmp_path, files)).value

    assert made
    assert made[0].part.data["release"] == "alembic upgrade head"


def test_a_development_server_is_never_taken(tmp_path: Path) -> None:
    files = {**FLASK, "Dockerfile": 'FROM python:3.12\nCMD ["flask", "run", "--host", "0.0.0.0"]\n'}
    made = propose(grown(tmp_path, files)).value
    assert made
    assert made[0].part.data["components"]["web"]["command"].startswith("gunicorn app:app")


def test_flasks_server_behind_a_script_is_never_taken(tmp_path: Path) -> None:
    script = "from flask.cli import FlaskGroup\n\nfrom app import app\n\nFlaskGroup(create_app=lambda: app)()\n"
    files = {**FLASK, "manage.py": script, "Procfile": "web: python manage.py run -h 0.0.0.0\n"}
    made = propose(grown(tmp_path, files)).value
    assert made
    assert made[0].part.data["components"]["web"]["command"].startswith("gunicorn app:app")


def test_the_command_of_a_service_is_the_arguments_of_its_images_program(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": CLI,
        "shop/cli.py": "def main():\n    print()\n",
        "Dockerfile": 'FROM python:3.12\nENTRYPOINT ["shop"]\nCMD ["help"]\n',
        "compose.yaml": "services:\n  trade: {build: ., command: trade --all, restart: always}\n",
    }
    made = propose(grown(tmp_path, files)).value
    assert made
    doubts = made[0].part.doubts
    assert [one.value for each in doubts for one in each.choices] == ["shop help", "shop trade --all"]
    assert "nothing says that it goes on, and a job runs once after each deployment" in [
        each.question for each in doubts
    ]


def test_a_log_in_the_folder_of_the_app_is_doubted(tmp_path: Path) -> None:
    source = 'import logging\n\nhandler = logging.FileHandler(filename="bot.log")\nwhile True:\n    pass\n'
    made = propose(grown(tmp_path, {"requirements.txt": "requests\n", "bot.py": source})).value
    assert made
    assert "bot.py:3 writes bot.log, which it cannot in the image" in [each.question for each in made[0].part.doubts]


def test_a_log_that_can_be_written_is_not_doubted(tmp_path: Path) -> None:
    source = (
        "import logging\n\nlogging.FileHandler('/tmp/bot.log')\n\n\n"
        "def debug():\n    logging.FileHandler('a.log')\n\n\nwhile True:\n    pass\n"
    )
    made = propose(grown(tmp_path, {"requirements.txt": "requests\n", "bot.py": source})).value
    assert made
    assert not [each.question for each in made[0].part.doubts if "writes" in each.question]


def test_a_command_that_nothing_brings_is_doubted(tmp_path: Path) -> None:
    made = propose(grown(tmp_path, {"requirements.txt": "requests\n", "Procfile": "worker: python gone.py\n"})).value
    assert made
    assert "`gone.py` was not found" in [each.question for each in made[0].part.doubts]


def test_a_library_has_nothing_to_run(tmp_path: Path) -> None:
    outcome = propose(grown(tmp_path, {"pyproject.toml": '[project]\nname = "shop"\n', "shop/__init__.py": "PI = 3\n"}))
    assert [each.rule.name for each in outcome.found] == ["nothing-to-run"]


def test_a_program_that_one_file_starts_twice_is_one_component(tmp_path: Path) -> None:
    service = "{build: ., command: gunicorn shop:app --bind 0.0.0.0:8000}"
    other = service.replace("shop:app", "shop:admin")
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "shop.py": "from flask import Flask\napp = Flask(__name__)\nadmin = Flask(__name__)\n",
        "compose.yaml": f"services:\n  one: {service}\n  two: {service}\n  admin: {other}\n",
    }
    assert sorted(commands(tmp_path, files).values()) == [
        "gunicorn shop:admin --bind 0.0.0.0:8000",
        "gunicorn shop:app --bind 0.0.0.0:8000",
    ]
