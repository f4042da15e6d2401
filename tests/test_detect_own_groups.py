"""Extras and groups that the project's own Dockerfile installs, as `kgen init` writes them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from detected import grown
from kgen.detect.proposal import propose

APP = {"main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}
PROJECT = (
    '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi", "uvicorn"]\n'
    '[project.optional-dependencies]\npay = ["stripe"]\nmail = ["aiosmtplib"]\n'
)
GROUPS = '[dependency-groups]\nsite = ["jinja2"]\ndev = ["pytest"]\n'
POETRY = (
    '[tool.poetry]\nname = "shop"\nversion = "1"\n[tool.poetry.dependencies]\nfastapi = "*"\nuvicorn = "*"\n'
    '[tool.poetry.group.site.dependencies]\njinja2 = "*"\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n'
)

CASES: Mapping[str, tuple[Mapping[str, str], str, dict[str, list[str]]]] = {
    "uv": (
        {"pyproject.toml": PROJECT + GROUPS, "uv.lock": ""},
        "uv sync --locked --extra pay --group=site --group dev",
        {"extras": ["pay"], "groups": ["site"]},
    ),
    "uv, all extras": (
        {"pyproject.toml": PROJECT, "uv.lock": ""},
        "cd /app && uv sync --all-extras",
        {"extras": ["mail", "pay"]},
    ),
    "pip": ({"pyproject.toml": PROJECT}, "pip install --no-cache-dir '.[pay,mail]'", {"extras": ["pay", "mail"]}),
    "pip, a group": (
        {"pyproject.toml": PROJECT + GROUPS, "uv.lock": ""},
        "python -m pip install --prefix=/install --group site",
        {"groups": ["site"]},
    ),
    "Poetry": ({"pyproject.toml": POETRY, "poetry.lock": ""}, "poetry install --with site,dev", {"groups": ["site"]}),
    "pip, from an index, by another spelling": (
        {"pyproject.toml": PROJECT},
        "pip install shop[PAY] acme[mail]",
        {"extras": ["pay"]},
    ),
    "pip, a wheel": ({"pyproject.toml": PROJECT}, "pip wheel --wheel-dir=/w . .[mail]", {"extras": ["mail"]}),
    "Poetry, as usual": (
        {"pyproject.toml": POETRY, "poetry.lock": ""},
        "poetry install --no-root",
        {"groups": ["site"]},
    ),
    "Poetry, no groups": ({"pyproject.toml": POETRY, "poetry.lock": ""}, "poetry install --only main", {}),
    "what a variable has": (
        {"pyproject.toml": PROJECT, "uv.lock": ""},
        "uv sync ${PAY} --no-dev",
        {"extras": ["pay"]},
    ),
    "nothing besides": ({"pyproject.toml": PROJECT, "uv.lock": ""}, "uv sync --no-dev", {}),
}


def build(folder: Path, files: Mapping[str, str], run: str) -> Any:
    dockerfile = (
        f'FROM python:3.13\nARG PAY="--extra pay"\nWORKDIR /app\nCOPY . .\nRUN {run}\nCMD ["uvicorn", "main:app"]\n'
    )
    (made,) = propose(grown(folder, {**APP, **files, "Dockerfile": dockerfile})).value or ()
    return made.part


@pytest.mark.parametrize("case", CASES)
def test_what_the_image_installs_besides(case: str, tmp_path: Path) -> None:
    files, run, wanted = CASES[case]
    python = build(tmp_path, files, run).data["build"]["python"]

    assert {field: python[field] for field in ("extras", "groups") if field in python} == wanted


def test_what_a_variable_names_is_doubted(tmp_path: Path) -> None:
    part = build(tmp_path, {"pyproject.toml": PROJECT, "uv.lock": ""}, "uv sync --no-dev $EXTRAS")

    assert any("also installs what `$EXTRAS` names" in each.question for each in part.doubts)


def test_extras_beside_a_requirements_file_are_doubted(tmp_path: Path) -> None:
    part = build(tmp_path, {"pyproject.toml": PROJECT, "requirements.txt": "fastapi\nuvicorn\n"}, "pip install .[pay]")

    assert "extras" not in part.data["build"]["python"]
    assert [each.help for each in part.doubts if "also installs the extra `pay`" in each.question] == [
        "put what it names into requirements.txt"
    ]


def test_an_extra_that_no_file_names_is_doubted(tmp_path: Path) -> None:
    part = build(tmp_path, {"pyproject.toml": PROJECT}, "pip install .[everything,pay]")

    assert part.data["build"]["python"]["extras"] == ["pay"]
    assert [each.question for each in part.doubts if "extra" in each.question] == [
        "Dockerfile:5 also installs the extra `everything`, which no file names"
    ]
