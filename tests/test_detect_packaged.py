"""Projects whose list of requirements is in the package that they are, which its own modules import by its name."""

from pathlib import Path

from detected import grown
from kgen.detect.proposal import propose

SHOP = {
    "shop/__init__.py": "",
    "shop/requirements.txt": "flask\ngunicorn\ncelery\n",
    "shop/rates.py": "RATES = {}\n",
    "shop/web.py": "from flask import Flask\nfrom shop.rates import RATES\napp = Flask(__name__)\n",
}
OWN = "FROM python:3.12\nWORKDIR /app\nCOPY . /app/shop\nEXPOSE 7000\nCMD gunicorn --bind 0.0.0.0:7000 shop.web:app\n"


def test_such_a_project_starts_above_its_package(tmp_path: Path) -> None:
    files = {**SHOP, "shop/Dockerfile": OWN, "lint.py": "", "plugin/a.py": "import os\nos.environ['TOKEN_FILE']\n"}
    (made,) = propose(grown(tmp_path, files)).value or ()
    assert made.folder == ""
    assert made.part.data["build"]["python"] == {
        "version": "3.12",
        "manager": "pip",
        "requirements": "shop/requirements.txt",
    }
    assert made.part.data["components"]["web"]["command"] == "gunicorn --bind 0.0.0.0:7000 shop.web:app"
    assert "env" not in made.part.data


def test_services_that_are_built_from_the_package_are_the_projects(tmp_path: Path) -> None:
    worker = "services:\n  worker:\n    build: ../shop\n    command: celery -A shop.jobs worker -Q mail\n"
    jobs = "from celery import Celery\napp = Celery('shop')\n"
    files = {**SHOP, "shop/Dockerfile": OWN, "shop/jobs.py": jobs, "deploy/compose.yaml": worker}
    (made,) = propose(grown(tmp_path, files)).value or ()
    assert made.part.data["components"]["worker"]["command"] == "celery -A shop.jobs worker -Q mail"


def test_a_package_that_is_imported_from_inside_starts_in_its_folder(tmp_path: Path) -> None:
    files = {**SHOP, "shop/web.py": "from flask import Flask\nfrom rates import RATES\napp = Flask(__name__)\n"}
    (made,) = propose(grown(tmp_path, files)).value or ()
    assert made.folder == "shop"
    assert made.part.data["components"]["web"]["command"].startswith("gunicorn web:app")


def test_projects_side_by_side_stay_where_they_are(tmp_path: Path) -> None:
    files = {**SHOP, "other/requirements.txt": "flask\n", "other/web.py": "from flask import Flask\napp = Flask('')\n"}
    assert [made.folder for made in propose(grown(tmp_path, files)).value or ()] == ["other", "shop"]
