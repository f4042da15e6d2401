"""What `kgen init` makes of Python that it cannot read whole, and which files it does not look into."""

import ast
from pathlib import Path

from detected import commands, seen
from kgen.detect.source.parse import parsed
from kgen.detect.variables.environment import variables

NEWER = """
from fastapi import FastAPI

type Name = str !!

@cached
def first[T !!](
    many: list[T],
) -> T:
    return many[0]

class Box:
    def get(self):
        return [
            f"{self[}]",
        ]

app = FastAPI()
"""


def test_a_statement_that_cannot_be_read_is_left_out_and_the_rest_stays() -> None:
    tree = parsed(NEWER)

    assert tree is not None
    assert ast.unparse(tree).splitlines()[-1] == "app = FastAPI()"
    assert [each.name for each in tree.body if isinstance(each, ast.ClassDef)] == ["Box"]
    assert "cached" not in ast.unparse(tree)
    assert tree.body[-1].lineno == NEWER.count("\n")


def test_what_is_no_python_is_not_read() -> None:
    assert parsed("print 'no'\n" * 100) is None
    assert parsed("x = 1\0") is None


def test_an_application_beside_newer_syntax_is_found(tmp_path: Path) -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": NEWER}

    assert commands(tmp_path, files) == {"web": "uvicorn main:app --host 0.0.0.0 --port 8000"}


def test_tests_are_no_programs(tmp_path: Path) -> None:
    source = "from flask import Flask\napp = Flask(__name__)\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "run.py": source, "test_run.py": source, "tests/app.py": source}

    assert commands(tmp_path, files)["web"].startswith("gunicorn run:app ")


def test_copies_of_packages_are_not_the_projects_own(tmp_path: Path) -> None:
    source = "import os\nfrom flask import Flask\nos.environ['OTHERS']\napp = Flask(__name__)\n"
    copies = {f"lib/{name}/__init__.py": source for name in ("flask", "click", "six", "bs4")}
    files = {"requirements.txt": "gunicorn\n", "shop.py": source.replace("OTHERS", "OWN"), **copies}

    assert commands(tmp_path, files)["web"].startswith("gunicorn shop:app ")
    assert [each.name for each in variables(seen(tmp_path, {}))] == ["OWN"]


def test_packages_that_are_called_like_well_known_ones_are_the_projects(tmp_path: Path) -> None:
    source = "from flask import Flask\napp = Flask(__name__)\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "src/click/__init__.py": "", "src/click/web.py": source}

    assert "click.web:app" in commands(tmp_path, files)["web"]
