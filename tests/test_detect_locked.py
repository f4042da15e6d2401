"""Servers that nobody asks for by name, but that a lock file installs."""

from pathlib import Path

import pytest

from detected import grown
from kgen.detect.proposal import propose

APP = "from litestar import Litestar\n\napp = Litestar([])\n"
UV = (
    '[[package]]\nname = "shop"\nsource = { virtual = "." }\ndependencies = [\n    { name = "web-kit" },\n]\n\n'
    '[package.dev-dependencies]\ndev = [\n    { name = "tool-kit" },\n]\n\n'
    '[[package]]\nname = "KIT"\nversion = "1"\ndependencies = [\n    { name = "uvicorn" },\n]\n\n'
    '[[package]]\nname = "uvicorn"\nversion = "1"\n'
)
PROJECT = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["litestar", "web-kit"]\n'
POETRY = '[tool.poetry]\nname = "shop"\nversion = "1"\n\n[tool.poetry.dependencies]\nlitestar = "*"\n'
POETRY_LOCK = '[[package]]\nname = "uvicorn"\nversion = "1"\noptional = OPTIONAL\nGROUP\n\n[package.dependencies]\n'


def doubted(folder: Path, files: dict[str, str]) -> bool:
    (made,) = propose(grown(folder, {"app.py": APP, **files})).value or ()
    assert made.part.data["components"]["web"]["command"] == "uvicorn app:app --host 0.0.0.0 --port 8000"
    return any("uvicorn" in each.question for each in made.part.doubts)


@pytest.mark.parametrize(("kit", "is_doubted"), [("web-kit", False), ("tool-kit", True)])
def test_a_server_that_a_dependency_brings_is_there(tmp_path: Path, kit: str, *, is_doubted: bool) -> None:
    assert doubted(tmp_path, {"pyproject.toml": PROJECT, "uv.lock": UV.replace("KIT", kit)}) is is_doubted


@pytest.mark.parametrize(
    ("optional", "group", "is_doubted"),
    [
        ("false", 'groups = ["main", "dev"]', False),
        ("false", 'category = "main"', False),
        ("false", "", False),
        ("false", 'groups = ["dev"]', True),
        ("true", 'groups = ["main"]', True),
    ],
)
def test_poetry_says_for_whom_a_server_is(tmp_path: Path, optional: str, group: str, *, is_doubted: bool) -> None:
    lock = POETRY_LOCK.replace("OPTIONAL", optional).replace("GROUP", group)
    assert doubted(tmp_path, {"pyproject.toml": POETRY, "poetry.lock": lock}) is is_doubted


@pytest.mark.parametrize(("section", "is_doubted"), [("default", False), ("develop", True)])
def test_pipenv_says_for_whom_a_server_is(tmp_path: Path, section: str, *, is_doubted: bool) -> None:
    lock = f'{{"{section}": {{"uvicorn": {{}}}}}}'
    assert doubted(tmp_path, {"Pipfile": '[packages]\nlitestar = "*"\n', "Pipfile.lock": lock}) is is_doubted


def test_an_extra_for_the_command_line_brings_a_server(tmp_path: Path) -> None:
    assert not doubted(tmp_path, {"requirements.txt": "litestar[cli]\n"})
