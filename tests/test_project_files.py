"""What is read of a Python project before its Dockerfile is written; none of its code runs."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kgen.load.project import project
from kgen.load.requirements import read
from kgen.load.setup import setup
from kgen.model.container import Build, PythonBuild
from kgen.model.facts import Lock, Project
from kgen.model.packages import Manager
from kgen.resolve.packages import packages

POETRY = '[tool.poetry]\nname = "my-shop"\n'
SETUPTOOLS = (
    '[project]\nname = "shop"\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
)


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """Write ``files`` into ``folder``."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("line", "is_postponed"),
    [
        ("-e .", True),
        ("--editable=./libs/prices", True),
        (".[web]", True),
        ("libs/prices", True),
        ("prices @ file:./libs/prices", True),
        ("-e git+https://github.com/acme/greet#egg=greet", False),
        ("greet @ git+https://github.com/acme/greet", False),
        ("https://example.com/greet-1.0.tar.gz", False),
        ("./vendor/greet-1.0-py3-none-any.whl", False),
        ("flask==3.1.0  # see ./docs/why.md", False),
        ("-r base.txt", False),
        ("--index-url https://example.com/simple", False),
    ],
)
def test_folders_wait_for_the_source(tmp_path: Path, line: str, *, is_postponed: bool) -> None:
    said = read(written(tmp_path, {"requirements.txt": f"{line}\n", "base.txt": ""}), ["requirements.txt"])
    assert bool(said.postponed) is is_postponed


def test_a_folder_without_hash_does_not_take_the_hashes_from_the_others(tmp_path: Path) -> None:
    text = "flask==3.1.0 \\\n    --hash=sha256:aa\n-e .\n"
    said = read(written(tmp_path, {"requirements.txt": text}), ["requirements.txt"])
    assert (said.hashes, said.postponed) == (True, ("-e .",))


def test_requirements_of_windows_are_read(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("flask==3.1.0\r\n-e .\r\n".encode("utf-16"))
    assert read(tmp_path, ["requirements.txt"]).postponed == ("-e .",)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.mkdir()
    (tmp_path / "secret.txt").write_text("flask==3.1.0\n", "utf-8")
    (context / "requirements.txt").symlink_to(tmp_path / "secret.txt")
    assert read(context, ["requirements.txt"]).missing == ("requirements.txt",)


def test_setup_py_is_read_and_not_run(tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    text = (
        f"open({str(trap)!r}, 'w')\nfrom setuptools import setup\nsetup(install_requires=['flask'], version=fail())\n"
    )
    assert setup(written(tmp_path, {"setup.py": text})).dependencies == ("flask",)
    assert not trap.exists()


@pytest.mark.parametrize(
    ("files", "installs"),
    [
        ({"pyproject.toml": POETRY}, False),
        ({"pyproject.toml": POETRY, "my_shop/__init__.py": ""}, True),
        ({"pyproject.toml": POETRY, "src/my_shop/__init__.py": ""}, True),
        ({"pyproject.toml": POETRY + 'packages = [{include = "shop"}]\n'}, True),
        ({"pyproject.toml": POETRY + "package-mode = false\n", "my_shop/__init__.py": ""}, False),
    ],
)
def test_poetry_installs_a_project_that_has_a_module(tmp_path: Path, files: dict[str, str], *, installs: bool) -> None:
    assert project(written(tmp_path, files)).packaging.installs["poetry"] is installs


@pytest.mark.parametrize(
    ("files", "installs"),
    [
        ({"shop/a.py": ""}, True),
        ({"shop/a.py": "", "tests/a.py": ""}, True),
        ({"shop/a.py": "", "static/a.css": ""}, False),
        ({"shop.py": "", "settings.py": ""}, False),
        ({"src/shop/a.py": "", "static/a.css": "", "other/a.py": ""}, True),
    ],
)
def test_pip_installs_a_project_that_setuptools_can_build(
    tmp_path: Path, files: dict[str, str], *, installs: bool
) -> None:
    """As setuptools: "Multiple top-level packages discovered in a flat-layout"."""
    assert project(written(tmp_path, {"pyproject.toml": SETUPTOOLS} | files)).packaging.installs["pip"] is installs


@pytest.mark.parametrize(
    ("lock", "asked", "tool"),
    [
        (Lock(name="poetry.lock", written_by="2.1.3"), None, "poetry==2.1.3"),
        (Lock(name="poetry.lock", written_by="1.4.2"), None, "poetry==1.8.5"),
        (Lock(name="poetry.lock", layout="2.1"), None, "poetry>=2.0,<2.6"),
        (Lock(name="poetry.lock", layout="1.1"), None, "poetry==1.8.5"),
        (Lock(name="poetry.lock", written_by="2.1.3"), "2.2.0", "poetry==2.2.0"),
    ],
)
def test_the_lock_file_decides_the_version_of_poetry(lock: Lock, asked: str | None, tool: str) -> None:
    manager: Manager = "poetry"
    build = Build(python=PythonBuild(manager=manager, managerVersion=asked))
    assert packages(build, Project(locks={manager: lock}), "0.13", "3.13").tool == tool
