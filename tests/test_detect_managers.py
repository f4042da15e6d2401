"""How a project is installed, and what it depends on."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import grown, seen
from kgen.detect.packages import managers
from kgen.detect.proposal import propose

PROJECT = '[project]\nname = "shop"\ndependencies = ["flask>=3"]\n'
POETRY = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.10"\nflask = "^3"\n'

SETUP = "from setuptools import setup\nsetup(name='shop', install_requires=['six'])\n"
MANAGERS: Mapping[str, tuple[Mapping[str, str], str, str, list[str]]] = {
    "uv": ({"uv.lock": "", "pyproject.toml": PROJECT}, "uv", "uv.lock", []),
    "Poetry": ({"poetry.lock": "", "pyproject.toml": POETRY}, "poetry", "poetry.lock", []),
    "PDM": ({"pdm.lock": "", "pyproject.toml": PROJECT}, "pdm", "pdm.lock", []),
    "Pipenv": ({"Pipfile.lock": "{}", "Pipfile": ""}, "pipenv", "Pipfile.lock", []),
    "pylock.toml": ({"pylock.toml": "", "pyproject.toml": PROJECT}, "pip", "pylock.toml", []),
    "requirements.txt": ({"requirements.txt": "", "pyproject.toml": PROJECT}, "pip", "requirements.txt", []),
    "uv without a lock file": (
        {"pyproject.toml": PROJECT, "Dockerfile": "FROM python:3.13\nCOPY . .\nRUN uv sync --no-dev\n"},
        "pip",
        "pyproject.toml",
        ["Dockerfile:3 calls uv, and there is no uv.lock: here pip takes the newest versions that fit"],
    ),
    "groups alone": ({"pyproject.toml": '[dependency-groups]\nmain = ["flask"]\n'}, "pip", "pyproject.toml", []),
    "requirements beside a lock": (
        {"uv.lock": "", "requirements.txt": ""},
        "uv",
        "uv.lock",
        ["requirements.txt is there too; uv.lock is what counts"],
    ),
    "an export of the lock": ({"uv.lock": "", "pylock.toml": 'created-by = "uv"\n'}, "uv", "uv.lock", []),
    "a lock of somebody else": (
        {"poetry.lock": "", "pylock.toml": 'created-by = "pip"\n'},
        "poetry",
        "poetry.lock",
        ["pylock.toml is there too; poetry.lock is what counts"],
    ),
    "a lock that nobody uses any more": (
        {
            "poetry.lock": "",
            "pyproject.toml": PROJECT,
            "requirements.txt": "flask\n",
            "Dockerfile": "FROM python:3.13\nCOPY . .\nRUN pip --no-cache-dir install -r requirements.txt\n",
        },
        "pip",
        "requirements.txt",
        ["poetry.lock is there too; Dockerfile:3 installs requirements.txt, which is what counts"],
    ),
    "a lock that the image makes its requirements of": (
        {
            "pdm.lock": "",
            "pyproject.toml": PROJECT,
            "requirements.txt": "flask\n",
            "Dockerfile": "FROM python:3.13\nCOPY . .\nRUN pdm export -o requirements.txt\n"
            "RUN pip install -r requirements.txt\n",
        },
        "pdm",
        "pdm.lock",
        ["requirements.txt is there too; pdm.lock is what counts"],
    ),
    "a lock out of date": (
        {"pdm.lock": '[metadata]\nlock_version = "4.5.0"\ncontent_hash = "sha256:00"\n', "pyproject.toml": PROJECT},
        "pdm",
        "pdm.lock",
        ["pdm.lock is out of date: it was made for another pyproject.toml"],
    ),
    "a Pipfile that Pipenv refuses": (
        {
            "Pipfile.lock": '{"_meta": {"hash": {"sha256": "%s"}}}' % ("0" * 64),
            "Pipfile": '[[source]]\nurl = "https://pypi.org/simple"\n',
        },
        "pipenv",
        "Pipfile.lock",
        ["Pipfile is not as Pipenv wants it: a `[[source]]` has no `name`"],
    ),
    "requirements with another name": (
        {"requirements/prod.txt": "flask\n", "a.py": ""},
        "pip",
        "requirements/prod.txt",
        [],
    ),
    "Poetry without a lock": ({"pyproject.toml": POETRY}, "poetry", "pyproject.toml", ["its lock file is not there"]),
    "a bare project": ({"pyproject.toml": PROJECT}, "pip", "pyproject.toml", []),
    "setup.py": ({"setup.py": "from setuptools import setup\nsetup()\n"}, "pip", "setup.py", []),
    "settings of tools only": ({"pyproject.toml": "[tool.ruff]\nline-length = 99\n"}, "", "", []),
    "conda": (
        {"environment.yml": "dependencies: [python=3.11]\n"},
        "conda",
        "environment.yml",
        ["environment.yml is conda's, which kgen does not install from"],
    ),
    "requirements of developers beside a package": (
        {"setup.py": SETUP, "requirements.txt": "pytest\ntwine\n"},
        "pip",
        "setup.py",
        [],
    ),
    "requirements of developers and the package": (
        {"setup.py": SETUP, "requirements.txt": "-e .\npytest\n"},
        "pip",
        "requirements.txt",
        [],
    ),
    "conda with requirements": ({"environment.yml": "", "requirements.txt": "flask\n"}, "pip", "requirements.txt", []),
}


@pytest.mark.parametrize("case", MANAGERS)
def test_the_manager(case: str, tmp_path: Path) -> None:
    files, manager, origin, doubts = MANAGERS[case]
    made = managers.managed(grown(tmp_path, files), "")
    assert (made.manager.value if made else "", made.manager.origin if made else "") == (manager, origin)
    assert [each.question for each in made.doubts] == doubts if made else not doubts


def test_a_project_that_its_own_image_installs_by_pip_is_pips(tmp_path: Path) -> None:
    project = '[project]\nname = "shop"\ndependencies = ["flask"]\n[tool.pdm]\ndistribution = false\n'
    files = {"pyproject.toml": project, "Dockerfile": 'FROM python:3.13\nCOPY . .\nRUN pip install ".[web]"\n'}
    found = managers.managed(grown(tmp_path, files), "")

    assert found
    assert (found.manager.value, found.doubts) == ("pip", ())


def test_requirements_beside_a_lock_that_nobody_uses_are_what_is_installed(tmp_path: Path) -> None:
    files = {
        "poetry.lock": '[[package]]\nname = "celery"\n',
        "requirements.txt": "flask\n",
        "Dockerfile": "FROM python:3.13\nRUN pip install -r requirements.txt\n",
    }
    assert list(seen(tmp_path, files).dependencies) == ["flask"]


def test_two_lock_files_are_an_error_that_names_both(tmp_path: Path) -> None:
    found = propose(grown(tmp_path, {"uv.lock": "", "poetry.lock": "", "main.py": ""})).found
    assert [each.message for each in found] == ["`poetry.lock` and `uv.lock` are both there"]


DEPENDENCIES: Mapping[str, tuple[Mapping[str, str], dict[str, str]]] = {
    "requirements": (
        {
            "requirements.txt": "# ours\nFlask[async]==3.1 ; python_version > '3.8' --hash=sha256:1 \\\n"
            "  --hash=sha256:2\n"
            "-r more/base.txt\n-c limits.txt\n-e .\n--index-url https://example.com\n"
            "pywin32; sys_platform == 'win32'\n",
            "more/base.txt": "redis # a cache\n-r ../requirements.txt\ndjango-environ\n",
            "limits.txt": "django==5\n",
        },
        {"flask": "requirements.txt:2", "redis": "more/base.txt:1", "django-environ": "more/base.txt:3"},
    ),
    "requirements for developers": (
        {"requirements.txt": "flask\n", "requirements-dev.txt": "pytest\n", "requirements/test.txt": "tox\n"},
        {"flask": "requirements.txt:1"},
    ),
    "pyproject": (
        {
            "pyproject.toml": '[project]\ndependencies = [\n  "flask",\n]\n[project.optional-dependencies]\n'
            'server = ["gunicorn"]\n'
            'dev = ["ipython"]\n[dependency-groups]\ntest = ["pytest"]\nworker = ["celery", {include-group = "test"}]\n'
        },
        {"flask": "pyproject.toml:3", "gunicorn": "pyproject.toml:6", "celery": "pyproject.toml:10"},
    ),
    "Poetry": (
        {
            "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.10"\nflask-login = "^1"\n'
            'flask = {version = "^3", extras = ["async"]}\n'
            'redis = {version = "^5", optional = true}\nboto3 = {version = "1", optional = true}\n'
            '[tool.poetry.extras]\ncache = ["redis"]\n'
            '[tool.poetry.dev-dependencies]\npytest = "*"\n[tool.poetry.group.web.dependencies]\ngunicorn = "*"\n'
        },
        {
            "flask-login": "pyproject.toml:3",
            "flask": "pyproject.toml:4",
            "redis": "pyproject.toml:5",
            "gunicorn": "pyproject.toml:12",
        },
    ),
    "Pipfile": (
        {"Pipfile": '[packages]\nflask = "*"\n"discord.py" = {version = "*"}\n[dev-packages]\npytest = "*"\n'},
        {"flask": "Pipfile:2", "discord-py": "Pipfile:3"},
    ),
    "setup.cfg": (
        {
            "setup.cfg": "[options]\ninstall_requires =\n    flask\n    redis>5\n[options.extras_require]\n"
            "test = pytest\n"
        },
        {"flask": "setup.cfg:3", "redis": "setup.cfg:4"},
    ),
    "setup.py": (
        {
            "setup.py": 'from setuptools import setup\n\nBASE = ["flask"]\nraise SystemExit\n'
            'setup(install_requires=BASE + ["redis"], extras_require={"dev": ["pytest"]})\n'
        },
        {"flask": "setup.py:3", "redis": "setup.py:5"},
    ),
    "setup.py that reads a file": ({"setup.py": "setup(install_requires=open('requirements.txt').read())\n"}, {}),
    "conda": (
        {"environment.yml": "dependencies:\n  - python=3.11\n  - conda-forge::numpy=1.26\n  - pip:\n    - flask==3\n"},
        {"numpy": "environment.yml:3", "flask": "environment.yml:5"},
    ),
}


@pytest.mark.parametrize("case", DEPENDENCIES)
def test_the_dependencies_and_where_they_are_named(case: str, tmp_path: Path) -> None:
    files, wanted = DEPENDENCIES[case]
    found = seen(tmp_path, files).dependencies
    assert {name: each.origin for name, each in found.items()} == wanted


WORKSPACE = {
    "uv.lock": "",
    "pyproject.toml": '[project]\nname = "office"\n[tool.uv]\npackage = false\n[tool.uv.workspace]\n'
    'members = ["apps/*", "libs/*"]\nexclude = ["apps/old"]\n',
    "apps/desk/pyproject.toml": '[project]\nname = "desk"\ndependencies = ["fastapi", "uvicorn"]\n'
    '[build-system]\nrequires = ["hatchling"]\n',
    "apps/desk/src/desk/__init__.py": "",
    "apps/desk/src/desk/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "apps/old/pyproject.toml": '[project]\nname = "old"\n',
    "apps/old/main.py": 'if __name__ == "__main__":\n    print()\n',
    "libs/rooms/pyproject.toml": '[project]\nname = "rooms"\n',
    "libs/rooms/rooms/__init__.py": "",
}
SIGNS = {
    "apps/signs/pyproject.toml": '[project]\nname = "signs"\ndependencies = ["flask", "gunicorn"]\n',
    "apps/signs/app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
}


def test_the_only_program_of_a_workspace_is_built_from_its_package(tmp_path: Path) -> None:
    made = propose(grown(tmp_path, WORKSPACE)).value
    assert made
    data = made[0].part.data
    assert data["build"]["python"] == {"package": "desk", "version": "3.13", "manager": "uv"}
    assert data["components"]["web"]["command"] == "uvicorn desk.main:app --host 0.0.0.0 --port 8000"


def test_an_example_is_a_program_only_if_there_is_no_other(tmp_path: Path) -> None:
    moved = {name.replace("apps/desk", "apps/example"): text for name, text in WORKSPACE.items()}
    made = propose(grown(tmp_path, moved)).value
    assert made
    assert made[0].part.data["build"]["python"]["package"] == "desk"


def test_packages_of_a_workspace_that_run_have_an_image_each(tmp_path: Path) -> None:
    made = propose(grown(tmp_path, {**WORKSPACE, **SIGNS})).value
    assert made
    components = made[0].part.data["components"]
    assert {name: each["build"]["python"]["package"] for name, each in components.items()} == {
        "desk": "desk",
        "signs": "signs",
    }
    assert {each["build"]["output"] for each in components.values()} == {"Dockerfile.desk", "Dockerfile.signs"}
    assert len({each["image"] for each in components.values()}) == 2
    assert {name: each.get("workingDir") for name, each in components.items()} == {
        "desk": None,
        "signs": "/app/apps/signs",
    }
    assert not any("env" in each for each in components.values())
    assert "env" not in made[0].part.data


def test_a_start_of_the_root_may_serve_a_package_of_the_workspace(tmp_path: Path) -> None:
    dockerfile = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD cd apps/desk/src/desk && uvicorn main:app --workers 2\n"
    made = propose(grown(tmp_path, {**WORKSPACE, "Dockerfile": dockerfile})).value
    assert made
    assert str(made[0].part.data["components"]["web"]["command"]).startswith("uvicorn main:app --workers 2 ")
