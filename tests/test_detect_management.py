"""Commands of manage.py that go on: they are components if somebody starts them, and doubted if nobody does."""

from pathlib import Path

import pytest

from detected import grown
from kgen.detect.proposal import Proposal, propose
from test_detect_django import site

COMPOSE = (
    "services:\n  web:\n    build: .\n    command: gunicorn shop.wsgi\n  other:\n    build: .\n    command: {command}\n"
)
DOCKERFILE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD gunicorn shop.wsgi\n"
COMMAND = (
    "from django.core.management.base import BaseCommand\n\n\nclass Command(BaseCommand):\n"
    "    def handle(self, *args, **options):\n        {body}\n"
)
FOR_EVER = COMMAND.format(body="while True:\n            pass")
ONCE = COMMAND.format(body="print(1)")


def made(folder: Path, files: dict[str, str]) -> Proposal:
    (found,) = propose(grown(folder, site() | files)).value or ()
    return found


def started(folder: Path, command: str, **more: str) -> Proposal:
    compose = {"compose.yaml": COMPOSE.format(command=f"python manage.py {command}"), "Dockerfile": DOCKERFILE}
    return made(folder, compose | {f"shop/management/commands/{name}.py": text for name, text in more.items()})


@pytest.mark.parametrize(
    ("command", "name"),
    [
        *(("rqworker default", "worker"), ("rq worker", "worker"), ("qcluster", "worker"), ("run_huey", "worker")),
        *(("db_worker", "worker"), ("celery_worker", "worker"), ("celery_beat", "beat"), ("consume_events", "other")),
    ],
)
def test_a_command_that_goes_on_by_its_name_is_a_worker(tmp_path: Path, command: str, name: str) -> None:
    found = started(tmp_path, command).part.data["components"][name]
    assert (found["type"], found["command"].partition(" --schedule")[0]) == ("worker", f"python manage.py {command}")


def test_a_command_of_the_project_that_goes_on_is_a_worker(tmp_path: Path) -> None:
    found = started(tmp_path, "sell", sell=FOR_EVER).part.data["components"]["other"]
    assert found == {"type": "worker", "command": "python manage.py sell", "replicas": 1}


@pytest.mark.parametrize("more", [{"sell_worker": ONCE}, {}])
def test_a_command_that_ends_is_left_out_with_a_doubt(tmp_path: Path, more: dict[str, str]) -> None:
    command = "sell_worker" if more else "createcachetable"
    found = started(tmp_path, command, **more).part
    assert list(found.data["components"]) == ["web"]
    wanted = f"`python manage.py {command}` (compose.yaml:5) seems to end, and is no component"
    assert wanted in [each.question for each in found.doubts]


def test_a_command_that_goes_on_and_that_nobody_starts_is_doubted(tmp_path: Path) -> None:
    files = {"shop/management/commands/sell.py": FOR_EVER, "shop/management/commands/seed.py": ONCE}
    wanted = "commands of manage.py that go on, and that nothing starts: `sell` (shop/management/commands/sell.py)"
    assert wanted in [each.question for each in made(tmp_path, files).part.doubts]
    assert not any("go on" in each.question for each in started(tmp_path, "sell", sell=FOR_EVER).part.doubts)
