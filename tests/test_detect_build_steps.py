"""What the project's own Dockerfile makes while it is built, and what becomes of it in the app file."""

from pathlib import Path

import pytest

from detected import grown
from kgen.detect.found import Part
from kgen.detect.proposal import propose

FLASK = {"requirements.txt": "flask\ngunicorn\nbabel\n", "app.py": "from flask import Flask\n\napp = Flask(__name__)\n"}


def made(folder: Path, run: str, **more: str) -> Part:
    """Return the app file of a program whose Dockerfile has some lines."""
    text = f"FROM python:3.13\nWORKDIR /srv\nCOPY . .\n{run}\nCMD gunicorn app:app\n"
    (found,) = propose(grown(folder, {**FLASK, "Dockerfile": text, **more})).value or ()
    return found.part


@pytest.mark.parametrize(
    ("run", "wanted"),
    [
        ("RUN pybabel compile -d translations", "pybabel compile -d translations"),
        ("RUN pybabel compile -d /srv/shop/translations", "pybabel compile -d /app/shop/translations"),
        ("RUN poetry run pybabel compile -d translations && rm -rf /tmp/x", "pybabel compile -d translations"),
        ('RUN ["python", "manage.py", "compilemessages"]', "python manage.py compilemessages"),
        ("RUN SECRET_KEY=x python manage.py compress", "env SECRET_KEY=x python manage.py compress"),
        ("RUN python /srv/manage.py collectstatic", "python manage.py collectstatic --noinput"),
    ],
)
def test_what_stays_in_the_folder_is_made_in_kgens_image_too(tmp_path: Path, run: str, wanted: str) -> None:
    part = made(tmp_path, run, **{"manage.py": ""})
    assert part.data["build"]["commands"] == [wanted]
    assert part.comments["build", "commands"] == "Dockerfile:4"


def test_messages_are_compiled_by_gettext(tmp_path: Path) -> None:
    part = made(tmp_path, "RUN python manage.py compilemessages", **{"manage.py": ""})
    assert part.data["build"]["python"]["buildPackages"] == ["gettext"]


@pytest.mark.parametrize(
    ("run", "wanted"),
    [
        ("RUN flask assets build", "`flask assets build` (Dockerfile:4)"),
        ("RUN python -m spacy download en", "`python -m spacy download en` (Dockerfile:4)"),
        ("RUN playwright install chromium", "`playwright install chromium` (Dockerfile:4)"),
        ("RUN npm ci && npm run build", "`npm run build` (Dockerfile:4)"),
        ("RUN pip install x && \\\n    python fetch_models.py", "`python fetch_models.py` (Dockerfile:4)"),
        ("RUN ./tailwindcss -i in.css -o out.css", "`./tailwindcss -i in.css -o out.css` (Dockerfile:4)"),
        (
            "RUN wget -O model.bin https://example.com/model.bin",
            "`https://example.com/model.bin` (Dockerfile:4)",
        ),
        (
            "ARG FROM=https://example.com\nRUN sudo rm -rf /var/lib/x; if true; then wget ${FROM}/model.bin; fi",
            "`https://example.com/model.bin` (Dockerfile:5)",
        ),
        (
            "FROM node AS web\nRUN npm run build\nFROM python:3.13\nCOPY --from=web /dist .",
            "`npm run build` (Dockerfile:5)",
        ),
    ],
)
def test_what_else_is_made_is_doubted(tmp_path: Path, run: str, wanted: str) -> None:
    part = made(tmp_path, run, **{"fetch_models.py": ""})
    assert [each.question for each in part.doubts if "make" in each.question] == [
        f"your image also gets what these make: {wanted}"
    ]


@pytest.mark.parametrize(
    "run",
    [
        "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
        "RUN pip install --no-cache-dir -r requirements.txt",
        "RUN curl -sSL https://install.python-poetry.org | python3 -",
        "RUN curl -fsSL https://example.com/key.asc -o /etc/apt/trusted.gpg.d/key.asc",
        "RUN useradd -m app && mkdir data && chown app data",
        "RUN python -m compileall -q .",
        "RUN shop --version && heroku config:set A=1 && groupdel staff",
        'RUN if [ -n "$X" ]; then python fetch.py; fi',
        "FROM node AS docs\nRUN npm run build\nFROM python:3.13",
    ],
)
def test_what_installs_something_is_not(tmp_path: Path, run: str) -> None:
    part = made(tmp_path, run)
    assert "commands" not in part.data["build"]
    assert not [each for each in part.doubts if "make" in each.question]


PATHS = {
    "gunicorn.conf.py": ("chdir = '/srv/shop'\n", "gunicorn.conf.py:1"),
    "uwsgi.ini": ("[uwsgi]\n# /srv/shop\nchdir=/srv/shop/web\n", "uwsgi.ini:3"),
    "paths.py": ("DATA = open('/srv/shop/data.json')\n", "paths.py:1"),
}


@pytest.mark.parametrize(("name", "text", "place"), [(name, *both) for name, both in PATHS.items()], ids=PATHS)
def test_paths_of_another_image_are_doubted(tmp_path: Path, name: str, text: str, place: str) -> None:
    part = made(tmp_path, "", **{"Dockerfile": DOCKERFILE, name: text})
    assert [each.question for each in part.doubts if place in each.question] == [
        f"{place} names /srv/shop, where Dockerfile has the source: it is in /app here"
    ]


DOCKERFILE = "FROM python:3.13\nWORKDIR /srv/shop\nCOPY . .\nCMD gunicorn app:app\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gunicorn.conf.py", "# chdir = '/srv/shop'\n"),
        ("gunicorn.conf.py", "chdir = '/srv/shopping'\n"),
        ("deploy/nginx.conf", "root /srv/shop/static;\n"),
        ("docker-compose.yml", "services:\n  web:\n    build: .\n    volumes: [.:/srv/shop]\n"),
        ("tests/paths.py", "DATA = '/srv/shop/data'\n"),
        ("gunicorn.conf.py", '"""To change this, mount /srv/shop/gunicorn.conf.py."""\n'),
        ("feed.py", "TAG = '<id>tag:example.com:/srv/shop/thread</id>'\n"),
    ],
)
def test_other_paths_are_not(tmp_path: Path, name: str, text: str) -> None:
    part = made(tmp_path, "", **{"Dockerfile": DOCKERFILE, name: text})
    assert not [each for each in part.doubts if "/srv/shop," in each.question]
