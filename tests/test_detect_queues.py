"""Task queues and brokers: which workers and schedulers belong to what the source has."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import commands, grown
from kgen.detect.proposal import propose

MANAGE = "import os\nfrom django.core.management import execute_from_command_line\n"
DJANGO = {"manage.py": MANAGE, "shop/__init__.py": "", "shop/settings.py": "INSTALLED_APPS = []\n"}
BROKER = "from taskiq_redis import ListQueueBroker\n\nbroker = ListQueueBroker(URL).with_result_backend(None)\n"
PROCRASTINATE = "import procrastinate\n\napp = procrastinate.App(connector=None)\n"

CASES: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "Taskiq, with tasks beside the broker, and a scheduler": (
        {
            "requirements.txt": "taskiq\ntaskiq-redis\n",
            "shop/broker.py": BROKER,
            "shop/tasks.py": "from shop.broker import broker\n\n\n@broker.task\nasync def send(): ...\n",
            "shop/clock.py": "from taskiq import TaskiqScheduler\nfrom shop.broker import broker\n\n"
            "scheduler = TaskiqScheduler(broker, sources=[])\n",
            "shop/__init__.py": "",
        },
        {
            "worker": "taskiq worker shop.broker:broker shop.tasks",
            "scheduler": "taskiq scheduler shop.clock:scheduler",
        },
    ),
    "procrastinate": (
        {"requirements.txt": "procrastinate\n", "jobs.py": PROCRASTINATE},
        {"worker": "procrastinate --app=jobs.app worker"},
    ),
    "procrastinate in Django": (
        {
            **DJANGO,
            "requirements.txt": "django\ngunicorn\nprocrastinate\n",
            "shop/settings.py": 'INSTALLED_APPS = ["procrastinate.contrib.django"]\n',
        },
        {"worker": "python manage.py procrastinate worker"},
    ),
    "Django Q": (
        {**DJANGO, "requirements.txt": "django\ngunicorn\ndjango-q2\n"},
        {"worker": "python manage.py qcluster"},
    ),
    "Django Q below the root": (
        {f"site/{name}": text for name, text in DJANGO.items()} | {"requirements.txt": "django\ngunicorn\ndjango-q\n"},
        {"worker": "python site/manage.py qcluster"},
    ),
    "Huey in Django": (
        {
            **DJANGO,
            "requirements.txt": "django\ngunicorn\nhuey\n",
            "shop/settings.py": 'INSTALLED_APPS = ["huey.contrib.djhuey"]\n',
        },
        {"worker": "python manage.py run_huey"},
    ),
    "SAQ": (
        {"requirements.txt": "saq\n", "jobs.py": 'settings = {"queue": None, "functions": [], "concurrency": 2}\n'},
        {"worker": "saq jobs.settings"},
    ),
    "FastStream": (
        {
            "requirements.txt": "faststream[cli]\n",
            "main.py": "from faststream import FastStream\n\napp = FastStream()\n",
        },
        {"consumer": "faststream run main:app"},
    ),
    "Faust": (
        {"requirements.txt": "faust-streaming\n", "shop.py": 'import faust\n\napp = faust.App("shop")\n'},
        {"worker": "faust -A shop worker -l info"},
    ),
    "RQ with a script of its own, and a scheduler": (
        {
            "requirements.txt": "rq\nrq-scheduler\nredis\n",
            "jobs.py": "from rq import Queue\nfrom rq_scheduler import Scheduler\n\nqueue = Queue()\n",
            "work.py": "from rq import Worker\n\nWorker(['mail']).work()\n",
        },
        {"worker": "python work.py", "scheduler": "rqscheduler"},
    ),
    "Dramatiq with a clock": (
        {
            "requirements.txt": "dramatiq[redis]\nperiodiq\n",
            "jobs.py": "import dramatiq\nfrom periodiq import cron\n\n\n"
            "@dramatiq.actor(periodic=cron('* * * * *'))\ndef send(): ...\n",
        },
        {"worker": "dramatiq jobs", "scheduler": "periodiq jobs"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_workers(case: str, tmp_path: Path) -> None:
    files, wanted = CASES[case]
    assert {name: line for name, line in commands(tmp_path, files).items() if name != "web"} == wanted


def test_the_tables_of_procrastinate_are_missed(tmp_path: Path) -> None:
    made = propose(grown(tmp_path, CASES["procrastinate"][0])).value
    assert made
    assert "procrastinate's tables have to be in the database" in [each.question for each in made[0].part.doubts]


def test_a_program_that_works_its_queue_off_itself_has_no_worker(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "procrastinate\nfastapi\nuvicorn\n",
        "jobs.py": PROCRASTINATE,
        "main.py": "from fastapi import FastAPI\nfrom jobs import app as queue\n\napp = FastAPI()\n\n\n"
        "async def start():\n    await queue.run_worker_async()\n",
    }
    assert set(commands(tmp_path, files)) == {"web"}


def test_a_scheduler_that_somebody_starts_is_one(tmp_path: Path) -> None:
    files = {**CASES["Taskiq, with tasks beside the broker, and a scheduler"][0]}
    files["Procfile"] = "worker: taskiq worker shop.broker:broker\nclock: taskiq scheduler shop.clock:scheduler\n"
    made = propose(grown(tmp_path, files)).value
    assert made
    assert made[0].part.data["components"]["scheduler"] == {
        "type": "worker",
        "command": "taskiq scheduler shop.clock:scheduler",
        "replicas": 1,
    }


def test_the_address_of_a_server_that_only_compose_knows_is_doubted(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "rq\n",
        "compose.yaml": "services:\n  worker: {build: ., command: 'rq worker -u redis://queue:6379'}\n",
    }
    made = propose(grown(tmp_path, files)).value
    assert made
    question = "`redis://queue:6379` has an address that only compose.yaml knows"
    assert question in [each.question for each in made[0].part.doubts]


def test_an_argument_that_nobody_gives_a_script_is_left_out(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "dramatiq[redis]\n",
        "jobs.py": "import dramatiq\n\n\n@dramatiq.actor\ndef send(): ...\n",
        "work.sh": "dramatiq jobs $1\n",
        "Procfile": "worker: ./work.sh\n",
    }
    assert commands(tmp_path, files) == {"worker": "dramatiq jobs"}


def test_spiders_without_a_component_are_counted(tmp_path: Path) -> None:
    spider = 'import scrapy\n\n\nclass Spider{0}(scrapy.Spider):\n    name = "news{0}"\n'
    files = {"requirements.txt": "scrapy\n", "scrapy.cfg": "[settings]\ndefault = news.settings\n"}
    files |= {f"news/spiders/news{number}.py": spider.format(number) for number in range(10)}
    made = propose(grown(tmp_path, files)).value
    assert made
    assert "2 more spiders have no component" in [each.question for each in made[0].part.doubts]


def test_the_script_of_django_is_found_wherever_another_image_has_it(tmp_path: Path) -> None:
    files = {f"site/{name}": text for name, text in DJANGO.items()}
    files |= {"requirements.txt": "django\ngunicorn\ndjango-q2\n", "Procfile": "worker: python manage.py qcluster\n"}
    assert commands(tmp_path, files)["worker"] == "python site/manage.py qcluster"
