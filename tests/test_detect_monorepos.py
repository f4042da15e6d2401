"""Repositories with several projects, as `kgen init` sees them: which folders are one, and what each image needs."""

from pathlib import Path
from typing import Any

import pytest

from detected import commands, grown
from kgen.detect.proposal import propose

WEB = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}
SETTINGS = {
    "of a linter": {"pyproject.toml": "[tool.ruff]\nline-length = 100\n"},
    "without packages": {"Pipfile": '[packages]\n\n[requires]\npython_version = "3.12"\n'},
}
UV = '[project]\nname = "{}"\nversion = "1"\ndependencies = ["fastapi", "uvicorn"]\n'


def folders(folder: Path, files: dict[str, str]) -> list[str]:
    """Return the folders that get an app file."""
    return [each.folder for each in propose(grown(folder, files)).value or ()]


def inside(*names: str) -> dict[str, str]:
    """Return the files of a web application in each of some folders."""
    return {f"{name}/{file}": text for name in names for file, text in WEB.items()}


@pytest.mark.parametrize("case", SETTINGS)
def test_a_root_with_settings_only_is_no_project(case: str, tmp_path: Path) -> None:
    assert folders(tmp_path, {**SETTINGS[case], **inside("api", "shop")}) == ["api", "shop"]


def test_a_root_that_starts_something_is_a_project(tmp_path: Path) -> None:
    files = {**SETTINGS["of a linter"], **inside("api")}

    assert folders(tmp_path, {**files, "Procfile": "web: uvicorn api.main:app\n"}) == [""]


def test_a_root_with_the_only_source_is_a_project(tmp_path: Path) -> None:
    files = {
        **SETTINGS["of a linter"],
        "main.py": WEB["main.py"],
        "requirements/requirements.txt": "fastapi\nuvicorn\n",
    }

    assert folders(tmp_path, files) == [""]


def test_a_root_that_only_lists_what_its_parts_need_is_no_project(tmp_path: Path) -> None:
    images = {f"{name}/Dockerfile": "FROM python:3.13\nCOPY . .\nCMD uvicorn main:app\n" for name in ("api", "shop")}
    files = {"requirements.txt": "fastapi\nuvicorn\n", **inside("api", "shop"), **images}

    assert folders(tmp_path, files) == ["api", "shop"]
    assert folders(tmp_path / "other", {**files, "main.py": WEB["main.py"]}) == [""]


def test_what_is_taken_from_a_folder_beside_is_doubted(tmp_path: Path) -> None:
    poetry = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\nfastapi = "*"\ncommon = {path = "../common"}\n'
    files = {
        **inside("shop"),
        "shop/pyproject.toml": poetry,
        "shop/poetry.lock": "",
        "common/pyproject.toml": '[tool.poetry]\nname = "common"\n',
        "common/common/__init__.py": "",
        "Dockerfile": "FROM python:3.13\nCOPY shop/ shop/\nCMD uvicorn main:app\n",
    }
    (made,) = [each for each in propose(grown(tmp_path, files)).value or () if each.folder == "shop"]
    (doubt,) = [each for each in made.part.doubts if "outside" in each.question]

    assert doubt.question.startswith("../common (pyproject.toml:5): outside of the folder that is built")
    assert doubt.help
    assert "{context: .., dockerfile: Dockerfile}" in doubt.help


def test_packages_of_a_workspace_find_their_own_modules(tmp_path: Path) -> None:
    names = ("desk", "signs")
    files = {f"apps/{name}/pyproject.toml": UV.format(name) for name in names}
    files |= {f"apps/{name}/src/{name}/main.py": WEB["main.py"] for name in names}
    root = '[project]\nname = "shop"\nversion = "1"\n[tool.uv.workspace]\nmembers = ["apps/*"]\n'
    found: Any = propose(grown(tmp_path, {**files, "pyproject.toml": root, "uv.lock": ""})).value
    components = found[0].part.data["components"]

    assert {name: each["workingDir"] for name, each in components.items()} == {
        "desk": "/app/apps/desk/src",
        "signs": "/app/apps/signs/src",
    }


def test_packages_that_files_of_their_own_start_are_components_beside_the_roots(tmp_path: Path) -> None:
    root = '[project]\nname = "shop"\nversion = "1"\n[tool.uv.workspace]\nmembers = ["apps/*"]\n'
    files = {f"apps/{name}/pyproject.toml": UV.format(name) for name in ("desk", "bell", "clock")}
    files |= {
        "pyproject.toml": root,
        "uv.lock": "",
        "railway.json": '{"deploy": {"startCommand": "uvicorn desk.main:app --host 0.0.0.0 --port $PORT"}}',
        "apps/desk/src/desk/main.py": WEB["main.py"],
        "apps/bell/railway.json": '{"deploy": {"startCommand": "/app/.venv/bin/python -m bell"}}',
        "apps/bell/src/bell/__main__.py": "import os\nTOKEN = os.environ['BELL_TOKEN']\nwhile True:\n    pass\n",
        "apps/desk/src/desk/keys.py": "import os\nTOKEN = os.environ['DESK_TOKEN']\n",
        "apps/clock/src/clock/__main__.py": "while True:\n    pass\n",
    }
    found: Any = propose(grown(tmp_path, files)).value
    components = found[0].part.data["components"]

    assert {name: (each["type"], each["command"]) for name, each in components.items()} == {
        "desk": ("web", "uvicorn desk.main:app --host 0.0.0.0 --port 8000"),
        "bell": ("worker", "python -m bell"),
    }
    assert [each["keys"] for each in found[0].part.data["secrets"].values()] == [["desk-token", "bell-token"]]


def test_an_image_for_whichever_package_is_no_program_of_the_root(tmp_path: Path) -> None:
    files = {"apps/desk/pyproject.toml": UV.format("desk"), "apps/desk/src/desk/main.py": WEB["main.py"]}
    root = '[project]\nname = "shop"\nversion = "1"\n[tool.uv.workspace]\nmembers = ["apps/*"]\n'
    dockerfile = 'FROM python:3.13\nARG APP\nENV APP=$APP\nCOPY . .\nCMD exec uvicorn "$APP.main:app" --host 0.0.0.0\n'

    assert commands(tmp_path, {**files, "pyproject.toml": root, "uv.lock": "", "Dockerfile": dockerfile}) == {
        "web": "uvicorn desk.main:app --host 0.0.0.0 --port 8000"
    }


def test_what_a_script_imports_is_no_program_beside_it(tmp_path: Path) -> None:
    consumer = "import pika\n\ndef start(it):\n    it.start_consuming()\n\n\nif __name__ == '__main__':\n    start()\n"
    files = {
        "requirements.txt": "pika\n",
        "main.py": "import take\n\ntake.start(None)\n",
        "take.py": consumer,
        "Dockerfile": 'FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD ["python", "main.py"]\n',
    }

    assert list(commands(tmp_path, files).values()) == ["python main.py"]


def test_projects_at_any_depth_get_an_app_file(tmp_path: Path) -> None:
    assert folders(tmp_path, inside("api", "services/mail", "services/mail/worker")) == ["api", "services/mail"]


def test_apps_of_folders_that_are_called_alike_have_names_that_differ(tmp_path: Path) -> None:
    found: Any = propose(grown(tmp_path, inside("shop/app", "desk/app", "mail"))).value

    assert [each.part.data["name"] for each in found] == ["desk-app", "mail", "shop-app"]


def test_settings_of_tools_make_no_package(tmp_path: Path) -> None:
    files = {"setup.cfg": "[flake8]\nmax-line-length = 100\n", **inside("api")}

    assert folders(tmp_path, files) == ["api"]


def test_flags_of_a_model_are_no_functions_of_a_worker(tmp_path: Path) -> None:
    model = "class Wanted:\n    functions: bool = True\n"
    files = {**WEB, "requirements.txt": "fastapi\nuvicorn\narq\n", "wanted.py": model}

    assert list(commands(tmp_path, files)) == ["web"]


def test_a_workspace_without_a_version_has_that_of_its_package(tmp_path: Path) -> None:
    package = UV.format("desk").replace('version = "1"', 'version = "2.3"')
    files = {"apps/desk/pyproject.toml": package, "apps/desk/src/desk/main.py": WEB["main.py"], "uv.lock": ""}
    root = '[project]\nname = "shop"\nversion = "0"\n[tool.uv.workspace]\nmembers = ["apps/*"]\n'
    found: Any = propose(grown(tmp_path, {**files, "pyproject.toml": root})).value

    assert found[0].part.data["image"] == "registry.example.com/shop:2.3"


def test_what_another_dockerfile_starts_is_doubted(tmp_path: Path) -> None:
    start = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD "
    files = {
        **WEB,
        "admin.py": WEB["main.py"],
        "Dockerfile": f"{start}uvicorn main:app\n",
        "admin.Dockerfile": f"{start}uvicorn admin:app\n",
        "slim.Dockerfile": f"{start}uvicorn main:app --workers 4\n",
        "dev.Dockerfile": f"{start}python admin.py\n",
    }
    found: Any = propose(grown(tmp_path, files)).value

    assert [each.question for each in found[0].programs[0].doubts] == [
        "admin.Dockerfile:4 starts something else: `uvicorn admin:app --host 0.0.0.0 --port 8000`"
    ]


def test_of_two_consumers_the_one_that_imports_the_other_is_the_program(tmp_path: Path) -> None:
    consumer = (
        "import pika\n\n\ndef start(it):\n    it.start_consuming()\n\n\nif __name__ == '__main__':\n    start(0)\n"
    )
    files = {
        "requirements.txt": "pika\n",
        "app/main.py": "import early\n\nif __name__ == '__main__':\n    early.start(0)\n",
        "app/early.py": consumer,
    }

    assert list(commands(tmp_path, files).values()) == ["python app/main.py"]


def test_a_version_that_a_file_is_run_for_is_none(tmp_path: Path) -> None:
    setup = (
        "from setuptools import setup\n__version__ = 'UNKNOWN'\nexec(open('shop/version.py').read())\n"
        "setup(name='shop', version=__version__, install_requires=['flask', 'gunicorn'])\n"
    )
    found: Any = propose(
        grown(tmp_path, {"setup.py": setup, "app.py": "from flask import Flask\napp = Flask(__name__)\n"})
    ).value

    assert found[0].part.data["image"] == "registry.example.com/shop:0.1.0"
