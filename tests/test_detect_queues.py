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
    "Huey in Django, with an object of its own that nobody uses": (
        {
            **DJANGO,
            "requirements.txt": "django\ngunicorn\nhuey\n",
            "shop/settings.py": 'INSTALLED_APPS = ["huey.contrib.djhuey"]\n',
            "shop/queue.py": "from huey import RedisHuey\nhuey = RedisHuey()\n",
        },
        {"worker": "python manage.py run_huey"},
    ),
    "Celery in a class of somebody else's": (
        {
            "requirements.txt": "celery\nacme\n",
            "shop/__init__.py": "from acme.queues import AcmeCelery\nqueue = AcmeCelery()\n",
        },
        {"worker": "celery -A shop:queue worker --loglevel info"},
    ),
    "Celery in a template for Cloud Foundry": (
        {
            "requirements.txt": "celery\n",
            "tasks.py": "from celery import Celery\nqueue = Celery('shop')\n",
            "manifest.yml.j2": "applications:\n- name: shop-{{ place }}\n{% if big %}\n  memory: 2G\n{% endif %}\n"
            "  processes:\n  - type: web\n    command: celery -A tasks:queue worker --concurrency=1\n",
        },
        {"worker": "celery -A tasks:queue worker --concurrency=1"},
    ),
    "Temporal": (
        {
            "requirements.txt": "temporalio\n",
            "run_worker.py": "import asyncio\nfrom temporalio.worker import Worker\n\n\nasync def main():\n"
            "    await Worker(None, task_queue='a').run()\n\n\nasyncio.run(main())\n",
            "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD python run_worker.py\n",
        },
        {"run-worker": "python run_worker.py"},
    ),
    "Kafka beside a scheduler": (
        {
            "requirements.txt": "kafka-python\napscheduler\n",
            "a.py": "from kafka import KafkaConsumer\nimport apscheduler\n\n"
            "consumer = KafkaConsumer('a')\nfor each in consumer:\n    print(each)\n",
            "Dockerfile": "FROM python:3.13\nCOPY . .\nCMD python a.py\n",
        },
        {"a": "python a.py"},
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


def test_what_a_script_starts_besides_has_its_own_name_and_a_doubt_about_where_it_looks(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "dash\ngunicorn\ndistributed\n",
        "app.py": "from dash import Dash\nserver = Dash(__name__).server\n",
        "Procfile": "web: ./run.sh\n",
        "run.sh": "dask-scheduler &\ndask-worker 127.0.0.1:8786 &\nacme-agent &\ngunicorn app:server\n",
    }
    found = propose(grown(tmp_path, files)).value
    assert found
    made = {each.name: each for each in found[0].programs}

    assert list(made) == ["web", "dask-scheduler", "dask-worker"]
    assert any("`127.0.0.1:8786` is where" in each.question for each in made["dask-worker"].doubts)
    assert any("also starts `acme-agent`, which nothing here brings" in each.question for each in made["web"].doubts)


def test_a_function_that_a_cloud_calls_is_served(tmp_path: Path) -> None:
    source = "import functions_framework\n\n\n@functions_framework.cloud_event\ndef take(event):\n    print(event)\n"
    files = {"requirements.txt": "functions-framework\n", "main.py": source}

    expected = "functions-framework --target take --signature-type cloudevent --port 8080"
    assert commands(tmp_path, files) == {"web": expected}


def test_a_program_that_looks_at_the_queues_of_others_has_no_worker(tmp_path: Path) -> None:
    source = "from flask import Flask\nfrom rq import Queue\n\napp = Flask(__name__)\nqueue = Queue('default')\n"

    assert list(commands(tmp_path, {"requirements.txt": "flask\ngunicorn\nrq\n", "app.py": source})) == ["web"]


def test_of_several_applications_of_faust_somebody_has_to_say_which(tmp_path: Path) -> None:
    files = {"requirements.txt": "faust-streaming\n"}
    files |= {f"a-{name}/{name}.py": f"import faust\napp = faust.App('{name}')\n" for name in ("one", "two")}
    (made,) = propose(grown(tmp_path, files)).value or ()
    (program,) = made.programs

    assert [each.value for doubt in program.doubts for each in doubt.choices] == [
        "faust -A one worker -l info",
        "faust -A two worker -l info",
    ]
