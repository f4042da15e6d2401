"""Which Python a project runs on, by what its files say."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import seen
from kgen.detect import undeclared
from kgen.detect.found import Fact
from kgen.detect.pythons import python, unsaid


def wheels(name: str, *minors: int) -> str:
    return "".join(
        f'url = "https://files.example.com/{name}-cp3{m}-cp3{m}-manylinux_2_17_x86_64.whl"\n' for m in minors
    )


RANGE = '[project]\nname = "shop"\nrequires-python = ">=3.9"\n'

CASES: Mapping[str, tuple[Mapping[str, str], str, str]] = {
    "nothing": ({"requirements.txt": "flask\n"}, "", ""),
    ".python-version": ({".python-version": "3.12.1\n"}, "3.12", ".python-version"),
    "the first of pyenv's list": ({".python-version": "# ours\n3.11.4\n3.9\n"}, "3.11", ".python-version"),
    "uv's long name": ({".python-version": "cpython-3.12.1-linux-x86_64-gnu\n"}, "3.12", ".python-version"),
    "no virtual environment of pyenv": ({".python-version": "shop-env\n"}, "", ""),
    ".python-version before the rest": (
        {".python-version": "3.11", "runtime.txt": "python-3.12.1", "Dockerfile": "FROM python:3.10\n"},
        "3.11",
        ".python-version",
    ),
    "runtime.txt": ({"runtime.txt": "python-3.10.x\n"}, "3.10", "runtime.txt"),
    "Pipfile": ({"Pipfile": '[requires]\npython_version = "3.11"\n'}, "3.11", "Pipfile:2"),
    "Pipfile with both": (
        {"Pipfile": '[requires]\npython_version = "3"\npython_full_version = "3.11.2"\n'},
        "3.11",
        "Pipfile:3",
    ),
    ".tool-versions": ({".tool-versions": "nodejs 20.1.0\npython 3.12.2 3.11.1\n"}, "3.12", ".tool-versions:2"),
    "mise.toml": ({"mise.toml": '[tools]\nnode = "22"\npython = "3.12"\n'}, "3.12", "mise.toml:3"),
    "mise.toml with a list": ({".mise.toml": '[tools]\npython = ["3.11", "3.12"]\n'}, "3.11", ".mise.toml:2"),
    "mise.toml with a table": ({"mise.toml": '[tools]\npython = {version = "3.11"}\n'}, "3.11", "mise.toml:2"),
    "the Dockerfile": ({"Dockerfile": "FROM python:3.11-slim\nCOPY . .\n"}, "3.11", "Dockerfile:1"),
    "the Dockerfile's last stage": (
        {"Dockerfile": "FROM python:3.10 AS build\nFROM docker.io/library/python:3.12-alpine\n"},
        "3.12",
        "Dockerfile:2",
    ),
    "the Dockerfile's argument": (
        {"Dockerfile": "ARG VERSION=3.12\nFROM python:${VERSION}-slim\n"},
        "3.12",
        "Dockerfile:2",
    ),
    "a stage before one without Python": (
        {"docker/Dockerfile": "FROM ghcr.io/astral-sh/uv:python3.13-bookworm-slim AS build\nFROM debian:trixie\n"},
        "3.13",
        "docker/Dockerfile:1",
    ),
    "the Dockerfile of a compose service": (
        {
            "compose.yaml": "services:\n  jobs: {build: {dockerfile: jobs/Dockerfile}}\n",
            "jobs/Dockerfile": "FROM python:3.12\n",
        },
        "3.12",
        "jobs/Dockerfile:1",
    ),
    "a Dockerfile without a version": ({"Dockerfile": "FROM python:slim\n"}, "", ""),
    "conda": ({"environment.yml": "dependencies:\n  - python=3.11.0\n  - numpy\n"}, "3.11", "environment.yml:2"),
    "a range": ({"pyproject.toml": RANGE}, "3.13", "pyproject.toml:3: >=3.9"),
    "a range with an end": (
        {"pyproject.toml": RANGE.replace(">=3.9", ">=3.9,<3.12")},
        "3.11",
        "pyproject.toml:3: >=3.9,<3.12",
    ),
    "a range above the usual": ({"pyproject.toml": RANGE.replace("3.9", "3.14")}, "3.14", "pyproject.toml:3: >=3.14"),
    "Poetry's caret": (
        {"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.10"\n'},
        "3.13",
        "pyproject.toml:2: ^3.10",
    ),
    "Poetry's tilde": (
        {"pyproject.toml": '[tool.poetry.dependencies]\npython = "~3.10"\n'},
        "3.10",
        "pyproject.toml:2: ~3.10",
    ),
    "setup.cfg": ({"setup.cfg": "[options]\npython_requires = >=3.12\n"}, "3.13", "setup.cfg:2: >=3.12"),
    "setup.py": (
        {"setup.py": 'from setuptools import setup\nsetup(name="shop", python_requires="<3.11")\n'},
        "3.10",
        "setup.py:2: <3.11",
    ),
    "wheels end before": (
        {"pyproject.toml": RANGE, "uv.lock": wheels("numpy-1.26.4", 10, 11, 12)},
        "3.12",
        "pyproject.toml:3: >=3.9; numpy 1.26.4 has no wheel for a newer Python",
    ),
    "wheels for any": (
        {
            "pyproject.toml": RANGE,
            "uv.lock": 'url = "https://e.com/psutil-7.0-cp36-abi3-manylinux_2_12_x86_64.whl"\n',
        },
        "3.13",
        "pyproject.toml:3: >=3.9",
    ),
    "a pure wheel beside": (
        {
            "pyproject.toml": RANGE,
            "poetry.lock": wheels("tomli-2.0", 11, 12) + '{file = "tomli-2.0-py3-none-any.whl"}\n',
        },
        "3.13",
        "pyproject.toml:3: >=3.9",
    ),
    "an old pin": (
        {"requirements.txt": "flask\nnumpy==1.21.2  # old\n"},
        "3.9",
        "numpy 1.21.2 in requirements.txt:2",
    ),
    "a pin of a pre-release": (
        {"requirements.txt": "sqlalchemy==2.0.0b3\n"},
        "3.12",
        "sqlalchemy 2.0.0b3 in requirements.txt:1",
    ),
    "the lock of a workspace": (
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["apps/*"]\n',
            "uv.lock": 'version = 1\nrequires-python = ">=3.14"\n\n[[package]]\nname = "six"\n',
        },
        "3.14",
        "uv.lock:2: >=3.14",
    ),
    "an upper bound": ({"requirements.txt": "numpy<2\n"}, "3.12", "numpy <2 in requirements.txt:1"),
    "pins of its time": ({"requirements.txt": "django==5.2.8\nnumpy==2.3.2\n"}, "", ""),
    "tested until": (
        {"pyproject.toml": RANGE, ".github/workflows/ci.yml": 'python-version: ["3.9", "3.10", "3.11"]\n'},
        "3.11",
        "pyproject.toml:3: >=3.9; tested in .github/workflows/ci.yml",
    ),
    "classifiers": (
        {"setup.py": 'setup(classifiers=["Programming Language :: Python :: 3.10"], name="shop")\n'},
        "3.10",
        "setup.py:1",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_version_and_where_it_came_from(case: str, tmp_path: Path) -> None:
    files, version, origin = CASES[case]
    fact, _ = python(seen(tmp_path, files))
    assert (fact.value if fact else "", fact.origin if fact else "") == (version, origin)


def test_the_version_of_a_folder_above_holds_below(tmp_path: Path) -> None:
    files = {".python-version": "3.12\n", "api/pyproject.toml": RANGE}
    fact, _ = python(seen(tmp_path, files, "api"))
    assert fact
    assert (fact.value, fact.origin) == ("3.12", ".python-version")


def test_what_the_metadata_forbids_is_not_taken_from_a_dockerfile(tmp_path: Path) -> None:
    files = {"pyproject.toml": RANGE.replace("3.9", "3.11"), "Dockerfile": "FROM python:3.9\n"}
    fact, doubts = python(seen(tmp_path, files))
    assert fact
    assert fact.value == "3.13"
    assert [each.question for each in doubts] == [
        "Dockerfile:1 says 3.9, but pyproject.toml:3: >=3.11 does not allow it"
    ]


def test_a_version_without_fixes_is_taken_with_a_doubt(tmp_path: Path) -> None:
    fact, doubts = python(seen(tmp_path, {"runtime.txt": "python-3.6.4"}))
    assert fact
    assert fact.value == "3.6"
    assert [each.question for each in doubts] == ["Python 3.6 has had no fixes since December 2021"]


def test_a_dockerfile_above_counts_if_it_copies_the_folder(tmp_path: Path) -> None:
    files = {"Dockerfile.api": "FROM python:3.10\nCOPY api/app.py ./\n", "api/requirements.txt": "flask\n"}
    found, _ = python(seen(tmp_path, files, "api"))
    assert found
    assert (found.value, found.origin) == ("3.10", "Dockerfile.api:1")
    other = {"Dockerfile.web": "FROM python:3.10\nCOPY web/app.py ./\n", "api/requirements.txt": "flask\n"}
    assert python(seen(tmp_path / "other", other, "api"))[0] is None


def test_kgens_default_is_written_down_unless_a_platform_has_its_own(tmp_path: Path) -> None:
    fact = unsaid(seen(tmp_path, {"requirements.txt": "flask\n"}))
    assert fact
    assert (fact.value, fact.origin) == ("3.13", "nothing says which; kgen's default")
    assert unsaid(seen(tmp_path, {"kgen.yaml": ""})) is None


@pytest.mark.parametrize(
    ("requirement", "is_told"),
    [
        ("psycopg2-binary==2.9.9", True),
        ("psycopg2-binary~=2.9.9", True),
        ("psycopg2-binary~=2.9", False),
        ("psycopg2-binary>=2.9.9", False),
        ("markupsafe==2.0.1", False),
        ("flask==3.0.0", False),
    ],
)
def test_what_has_to_be_compiled_for_a_newer_python_is_doubted(
    requirement: str, *, is_told: bool, tmp_path: Path
) -> None:
    files = {"requirements.txt": f"{requirement}\n", ".python-version": "3.13\n"}
    _, doubts = python(seen(tmp_path, files))
    assert ["Python 3.12 is the newest that it has wheels for" in each.question for each in doubts] == [True] * is_told


@pytest.mark.parametrize(
    ("requirements", "version", "is_told"),
    [
        ("gunicorn==20.1.0\n", "3.13", True),
        ("gunicorn==20.1.0\n", "3.11", False),
        ("gunicorn==21.2.0\n", "3.13", False),
        ("gunicorn\n", "3.13", False),
        ("gunicorn==20.1.0\nsetuptools==75.0.0\n", "3.13", False),
    ],
)
def test_packages_that_import_what_is_no_more_are_doubted(
    requirements: str, version: str, *, is_told: bool, tmp_path: Path
) -> None:
    doubts = undeclared.part(seen(tmp_path, {"requirements.txt": requirements}), version).doubts
    assert [each.question.startswith("gunicorn 20.1.0 in requirements.txt:1 imports") for each in doubts] == (
        [True] if is_told else []
    )


def test_distributions_of_python_2_are_doubted(tmp_path: Path) -> None:
    files = {"requirements.txt": "flask\nwsgiref==0.1.2\nfutures; python_version < '3'\n"}
    _, doubts = python(seen(tmp_path, files))

    assert [each.question for each in doubts] == ["wsgiref (requirements.txt:2) is for Python 2 only"]


def test_another_version_in_the_projects_own_image_is_doubted(tmp_path: Path) -> None:
    files = {"requirements.txt": "flask\n", ".python-version": "3.12\n", "Dockerfile": "FROM python:3.11\n"}
    fact, doubts = python(seen(tmp_path, files))

    assert fact == Fact("3.12", ".python-version")
    assert [[each.value for each in doubt.choices] for doubt in doubts] == [["3.12", "3.11"]]
