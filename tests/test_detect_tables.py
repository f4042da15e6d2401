"""Tables that nothing makes before a server starts."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import grown
from kgen.detect.proposal import propose

APP = "from flask import Flask\nfrom db import db\napp = Flask(__name__)\n"
SHOP = {
    "requirements.txt": "flask\nflask-sqlalchemy\ngunicorn\n",
    "db.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
    "app.py": APP,
}
PROCFILE = "release: python create_db.py\nweb: gunicorn app:app\n"
MAIN = "if __name__ == '__main__':\n    db.create_all()\n    app.run()\n"

CASES: Mapping[str, tuple[Mapping[str, str], str]] = {
    "nowhere": ({}, ""),
    "when a script is started": ({"app.py": f"{APP}{MAIN}"}, "app.py:5"),
    "when a script is started that a server takes the place of": (
        {"app.py": f"{APP}{MAIN}", "Procfile": "web: python app.py\n"},
        "app.py:5",
    ),
    "when it is imported": ({"app.py": f"{APP}with app.app_context():\n    db.create_all()\n"}, ""),
    "by a function that makes the application": (
        {"app.py": f"{APP}def create_app():\n    db.create_all()\n    return app\n"},
        "",
    ),
    "by a function that somebody calls": (
        {"app.py": f"{APP}def fill():\n    db.create_all()\n", "run.py": "from app import fill\nfill()\n"},
        "",
    ),
    "by a function that only a script calls": (
        {"app.py": f"{APP}def fill():\n    db.create_all()\nif __name__ == '__main__':\n    fill()\n"},
        "app.py:5",
    ),
    "by a command": (
        {"manage.py": "from app import app, db\n@app.cli.command('createdb')\ndef make():\n    db.create_all()\n"},
        "manage.py:4",
    ),
    "by a script for it": ({"create_db.py": "from app import db\ndb.create_all()\n"}, "create_db.py:2"),
    "by that script, which runs before": (
        {"create_db.py": "from app import db\ndb.create_all()\n", "Procfile": PROCFILE},
        "",
    ),
    "by a command, and when it is imported": (
        {"app.py": f"{APP}db.create_all()\n", "create_db.py": "from app import db\ndb.create_all()\n"},
        "",
    ),
}


def doubts(folder: Path, files: Mapping[str, str]) -> list[str]:
    (made,) = propose(grown(folder, {**SHOP, **files})).value or ()
    return [each.question for each in made.part.doubts if "release" in each.help and each.path == ("components",)]


@pytest.mark.parametrize("case", CASES)
def test_tables_that_no_server_makes_are_doubted(case: str, tmp_path: Path) -> None:
    files, place = CASES[case]
    expected = [f"tables are made at {place}, which no server runs"] if place else []
    assert doubts(tmp_path, files) == expected


def test_what_heroku_runs_once_is_told(tmp_path: Path) -> None:
    said = '{\n  "scripts": {\n    "postdeploy": "python fill.py"\n  }\n}\n'
    assert doubts(tmp_path, {"app.json": said, "app.py": f"{APP}{MAIN}"}) == ["app.json:3 runs `python fill.py` once"]
