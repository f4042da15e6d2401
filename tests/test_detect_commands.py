"""Programs with commands of their own: each that somebody starts is a component, and none is guessed in silence."""

from pathlib import Path
from typing import Any

import pytest

from detected import grown
from kgen.detect.proposal import propose

CLI = (
    "import click\nimport uvicorn\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
    "@click.group()\ndef cli(): ...\n\n\n"
    "@cli.command()\ndef web():\n    uvicorn.run(app, host='0.0.0.0', port=8000)\n\n\n"
    "@cli.command('worker')\ndef work():\n    while True:\n        pass\n\n\n"
    "@cli.command()\ndef migrate():\n    print(1)\n\n\n"
    "if __name__ == '__main__':\n    cli()\n"
)
PACKAGE = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["click", "fastapi", "uvicorn"]\n'
    '[project.scripts]\nshop = "shop.cli:cli"\n'
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    "shop/__init__.py": "",
    "shop/cli.py": CLI,
}
SCRIPT = {"requirements.txt": "click\nfastapi\nuvicorn\n", "main.py": CLI}
START = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"


def part(folder: Path, files: dict[str, str]) -> Any:
    (made,) = propose(grown(folder, files)).value or ()
    return made.part


def compose(**commands: str) -> dict[str, str]:
    services = "".join(f"  {name}:\n    build: .\n    command: {text}\n" for name, text in commands.items())
    return {"compose.yaml": f"services:\n{services}"}


@pytest.mark.parametrize(
    ("files", "entrypoint", "wanted"),
    [
        (PACKAGE, '["shop"]\nCMD ["web"]', {"web": "shop web", "worker": "shop worker"}),
        (
            PACKAGE,
            '["python", "-m", "shop.cli"]',
            {"web": "python -m shop.cli web", "worker": "python -m shop.cli worker"},
        ),
        (
            SCRIPT | {"start.sh": '#!/bin/sh\nexec python main.py "$@"\n'},
            '["./start.sh"]',
            {"web": "uvicorn main:app --host 0.0.0.0 --port 8000", "worker": "python main.py worker"},
        ),
    ],
)
def test_services_with_arguments_of_one_entry_point_are_components(
    tmp_path: Path, files: dict[str, str], entrypoint: str, wanted: dict[str, str]
) -> None:
    services = compose(web="web", worker="worker", migrate="migrate")
    made = part(tmp_path, files | services | {"Dockerfile": f"{START}ENTRYPOINT {entrypoint}\n"})
    assert {name: each["command"] for name, each in made.data["components"].items()} == wanted
    assert any("migrate` (compose.yaml:8) seems to end" in each.question for each in made.doubts)


def test_services_with_options_of_one_entry_point_are_components(tmp_path: Path) -> None:
    files = {"requirements.txt": "pika\n", "main.py": "while True:\n    pass\n"}
    services = compose(orders="--queue orders", mails="--queue mails")
    made = part(tmp_path, files | services | {"Dockerfile": f'{START}ENTRYPOINT ["python", "main.py"]\n'})
    assert [each["command"] for each in made.data["components"].values()] == [
        "python main.py --queue orders",
        "python main.py --queue mails",
    ]


@pytest.mark.parametrize(
    ("files", "question"),
    [
        (PACKAGE, "`shop` has commands (shop/cli.py:13)"),
        (PACKAGE | {"Dockerfile": f'{START}ENTRYPOINT ["shop"]\n'}, "`shop` has commands (shop/cli.py:13)"),
    ],
)
def test_a_command_that_is_missing_is_doubted(tmp_path: Path, files: dict[str, str], question: str) -> None:
    doubts = {each.question: each.help for each in part(tmp_path, files).doubts}
    assert doubts[question] == "add one: web, worker, migrate"


def test_a_command_that_is_given_is_not(tmp_path: Path) -> None:
    made = part(tmp_path, PACKAGE | {"Dockerfile": f'{START}CMD ["shop", "web"]\n'})
    assert [each.question for each in made.doubts if each.path[0] == "components"] == []
    assert made.data["components"]["web"]["command"] == "shop web"
