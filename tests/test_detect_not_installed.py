"""When a project with requirements files is left at them, and when it is installed as well."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import grown
from kgen.detect.proposal import propose

SETUP = """\
from setuptools import setup
setup(name="shop", entry_points={"console_scripts": ["shop-admin = shop.admin:main"]})
"""
APP = {
    "requirements.txt": "flask\ngunicorn\n",
    "setup.py": SETUP,
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
}
PLUGIN = SETUP.replace(
    '"console_scripts"', '\n    "celery.commands": ["shop = shop.command:shop"],\n    "console_scripts"'
)

CASES: Mapping[str, tuple[Mapping[str, str], bool]] = {
    "a setup.py that nobody needs": ({}, False),
    "a build system that nobody needs": (
        {"setup.py": "", "pyproject.toml": '[build-system]\nrequires = ["hatchling"]\n[project]\nname = "shop"\n'},
        False,
    ),
    "the Procfile starts its script": ({"Procfile": "web: shop-admin serve --port 8000\n"}, True),
    "its own Dockerfile installs it": (
        {"Dockerfile": "FROM python:3.13\nRUN pip install .\nCMD gunicorn app:app\n"},
        True,
    ),
    "its own Dockerfile installs more": (
        {"Dockerfile": "FROM python:3.13\nRUN pip install -r requirements.txt gunicorn\nCMD gunicorn app:app\n"},
        False,
    ),
    "it is a plugin of another program": ({"setup.py": PLUGIN}, True),
    "it asks for its own version": (
        {"app.py": "import importlib.metadata\n" + APP["app.py"] + "VERSION = importlib.metadata.version('shop')\n"},
        True,
    ),
    "it asks for another's version": (
        {"app.py": "import importlib.metadata\n" + APP["app.py"] + "VERSION = importlib.metadata.version('flask')\n"},
        False,
    ),
    "it can do without its own version": (
        {
            "app.py": "from importlib.metadata import PackageNotFoundError, version\n"
            + APP["app.py"]
            + "try:\n    VERSION = version('shop')\nexcept PackageNotFoundError:\n    VERSION = '0'\n"
        },
        False,
    ),
    "it asks for more than its requirements": (
        {
            "setup.py": "from setuptools import setup\nsetup(name='shop', install_requires=['flask', 'kit-tool'])\n",
            "app.py": f"import kit_tool\n{APP['app.py']}",
        },
        True,
    ),
    "it asks for more than its requirements, which nothing imports": (
        {"setup.py": "from setuptools import setup\nsetup(name='shop', install_requires=['flask', 'flask-kit'])\n"},
        False,
    ),
    "its packages are below src": (
        {"app.py": "", "src/shop/__init__.py": "", "src/shop/app.py": APP["app.py"]},
        True,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_project_is_installed_only_where_something_needs_it(case: str, tmp_path: Path) -> None:
    files, is_installed = CASES[case]
    (made,) = propose(grown(tmp_path, {**APP, **files})).value or ()
    assert made.part.data["build"]["python"].get("installProject", True) is is_installed


def test_what_is_not_installed_needs_no_packages_of_debian(tmp_path: Path) -> None:
    setup = "from setuptools import setup\nsetup(name='shop', install_requires=['flask', 'psycopg2'])\n"
    (made,) = propose(grown(tmp_path, {**APP, "setup.py": setup})).value or ()
    assert {"installProject", "systemPackages"} & set(made.part.data["build"]["python"]) == {"installProject"}


def test_a_project_without_metadata_says_nothing_of_its_installation(tmp_path: Path) -> None:
    (made,) = propose(grown(tmp_path, {name: text for name, text in APP.items() if name != "setup.py"})).value or ()
    assert "installProject" not in made.part.data["build"]["python"]


def test_what_is_not_installed_is_found_by_its_folder(tmp_path: Path) -> None:
    said = """\
[build-system]
requires = ["setuptools"]
[project]
name = "shop"
[tool.setuptools]
package-dir = {"" = "lib"}
"""
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "pyproject.toml": said,
        "lib/shop/__init__.py": "",
        "lib/shop/models.py": "",
        "lib/shop/app.py": "from flask import Flask\nfrom shop.models import all\napp = Flask(__name__)\n",
    }
    (made,) = propose(grown(tmp_path, files)).value or ()
    assert made.part.data["build"]["python"]["installProject"] is False
    assert made.part.data["components"]["web"]["workingDir"] == "/app/lib"


def test_a_build_backend_that_calls_npm_is_doubted(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[build-system]\nbuild-backend = "backend"\nbackend-path = ["_build"]\nrequires = []\n'
        '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n',
        "_build/backend.py": "def build_wheel(*_):\n    from shop.front import build\n\n    build()\n",
        "src/shop/__init__.py": "",
        "src/shop/front.py": "import subprocess\n\n\ndef build():\n    subprocess.run(['npm', 'ci'])\n",
        "src/shop/web.py": "from flask import Flask\napp = Flask(__name__)\n",
    }
    (made,) = propose(grown(tmp_path, files)).value or ()

    assert [each.question for each in made.part.doubts if "is installed" in each.question] == [
        "src/shop/front.py:5 calls npm when the project is installed, which the image has not"
    ]


@pytest.mark.parametrize(("listed", "is_large"), [("torch", True), ("tensorflow-cpu", True), ("numpy", False)])
def test_packages_that_take_more_memory_than_pods_get_are_doubts(
    listed: str, tmp_path: Path, *, is_large: bool
) -> None:
    files = {"requirements.txt": f"flask\ngunicorn\n{listed}\n", "app.py": APP["app.py"]}
    (made,) = propose(grown(tmp_path, files)).value or ()
    found = [each.question for each in made.part.doubts if "memory" in each.question]

    assert found == [f"requirements.txt:3: {listed} takes far more memory than the 256Mi that a pod gets"] * is_large
