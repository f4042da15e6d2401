"""Packages that are imported when a program starts, and that nothing installs."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import grown
from kgen.detect.proposal import propose

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
ASKED = {"requirements.txt": "flask\ngunicorn\n"}
PIPENV = {
    "requirements.txt": "",
    "Pipfile": '[packages]\nflask = "*"\ngunicorn = "*"\n',
    "Pipfile.lock": '{\n    "default": {\n        "flask": {\n        },\n        "requests": {\n        }\n    }\n}\n',
}
UV = {
    "requirements.txt": "",
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n',
    "uv.lock": 'version = 1\n\n[[package]]\nname = "flask"\n\n[[package]]\nname = "kit-tool"\n',
}

CASES: Mapping[str, tuple[Mapping[str, str], str]] = {
    "a package": ({"app.py": f"import kit\n{FLASK}"}, "kit (app.py:1)"),
    "a package of a module that is imported": (
        {"app.py": f"from shop import rate\n{FLASK}", "shop/__init__.py": "", "shop/rate.py": "from kit.a import b\n"},
        "kit (shop/rate.py:1)",
    ),
    "one that is named": ({"app.py": f"import kit\n{FLASK}", "requirements.txt": "flask\ngunicorn\npython-kit\n"}, ""),
    "one that is called otherwise": (
        {"app.py": f"import bs4\n{FLASK}", "requirements.txt": "flask\ngunicorn\nbeautifulsoup4\n"},
        "",
    ),
    "one of an address": (
        {
            "app.py": f"import kit\n{FLASK}",
            "requirements.txt": "flask\ngunicorn\nhttps://example.com/acme/pykit/archive/master.zip\n",
        },
        "",
    ),
    "one that many bring": ({"app.py": f"import requests\n{FLASK}"}, ""),
    "one with a name like an option in it": (
        {"app.py": f"import flask_eggs\n{FLASK}", "requirements.txt": "flask\ngunicorn\nflask-eggs\n"},
        "",
    ),
    "one that it can do without": ({"app.py": f"try:\n    import kit\nexcept ImportError:\n    kit = 0\n{FLASK}"}, ""),
    "one for a type checker": ({"app.py": f"import typing\nif typing.TYPE_CHECKING:\n    import kit\n{FLASK}"}, ""),
    "one of a function": ({"app.py": f"def rate():\n    import kit\n{FLASK}"}, ""),
    "one of its own": ({"app.py": f"import kit\n{FLASK}", "lib/kit/__init__.py": ""}, ""),
    "one that git keeps out": ({"app.py": f"import kit\n{FLASK}", ".gitignore": "/kit.py\n"}, ""),
    "one of a file that nothing imports": ({"app.py": FLASK, "chart.py": "import kit\n"}, ""),
    "one that Pipenv locks": ({**PIPENV, "app.py": f"import requests\n{FLASK}"}, ""),
    "one that Pipenv does not lock": ({**PIPENV, "app.py": f"import yaml\n{FLASK}"}, "yaml (app.py:1)"),
    "one that uv locks": ({**UV, "app.py": f"import kit_tool\n{FLASK}"}, ""),
    "one that uv does not lock": ({**UV, "app.py": f"import requests\n{FLASK}"}, "requests (app.py:1)"),
    "one of a conda environment": (
        {"app.py": f"import kit\n{FLASK}", "requirements.txt": "", "environment.yml": "dependencies:\n  - flask\n"},
        "",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_imported_and_not_installed_is_doubted(case: str, tmp_path: Path) -> None:
    files, expected = CASES[case]
    given = {name: text for name, text in {**ASKED, **files}.items() if text or name != "requirements.txt"}
    (made,) = propose(grown(tmp_path, given)).value or ()
    asked = next((name for name in ("Pipfile.lock", "uv.lock") if name in given), "requirements.txt")
    found = [each.question for each in made.part.doubts if each.question.startswith("the source imports")]
    assert found == ([f"the source imports {expected}, which nothing in {asked} is called like"] if expected else [])


def test_of_a_site_all_models_and_addresses_are_looked_at(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "django\ngunicorn\n",
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n"
        "from django.core.management import execute_from_command_line\nexecute_from_command_line()\n",
        "site1/settings.py": "INSTALLED_APPS = []\nROOT_URLCONF = 'site1.urls'\n",
        "site1/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        "shop/models.py": "import kit\n",
    }
    (made,) = propose(grown(tmp_path, files)).value or ()
    assert any("imports kit (shop/models.py:1)" in each.question for each in made.part.doubts)


OPTIONAL = (
    '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n'
    '[project.optional-dependencies]\nserver = ["kit-tool", "arrow"]\n'
)


def test_what_only_an_extra_has_is_doubted(tmp_path: Path) -> None:
    files = {"pyproject.toml": OPTIONAL, "app.py": f"import arrow\nimport kit_tool\n{FLASK}"}
    (made,) = propose(grown(tmp_path, files)).value or ()
    found = [(each.question, each.help) for each in made.part.doubts if each.question.startswith("the source imports")]

    assert found == [
        (
            "the source imports arrow (app.py:1), kit_tool (app.py:2), which only `server` has (pyproject.toml:6)",
            "if the app needs it: `build: {python: {extras: [server]}}`",
        )
    ]


def test_an_extra_is_the_projects_wherever_its_image_has_it(tmp_path: Path) -> None:
    dockerfile = "FROM python:3.13\nCOPY . /shop\nRUN pip install -U gunicorn /shop[server]\nCMD gunicorn app:app\n"
    files = {"pyproject.toml": OPTIONAL, "app.py": f"import arrow\n{FLASK}", "Dockerfile": dockerfile}
    (made,) = propose(grown(tmp_path, files)).value or ()

    assert made.part.data["build"]["python"]["extras"] == ["server"]
    assert not [each for each in made.part.doubts if each.question.startswith("the source imports")]


def test_what_is_imported_on_certain_systems_only_is_not_doubted(tmp_path: Path) -> None:
    files = {
        **ASKED,
        "app.py": f"import sys\nimport shop\n{FLASK}",
        "shop/__init__.py": "import sys\n\nif sys.platform == 'darwin':\n    from . import menu\n",
        "shop/menu.py": "import objc\n",
    }
    (made,) = propose(grown(tmp_path, files)).value or ()

    assert not [each for each in made.part.doubts if each.question.startswith("the source imports")]
