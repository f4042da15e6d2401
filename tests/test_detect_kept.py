"""What a program keeps in files: volumes of its own containers, uploads, what its source writes."""

from pathlib import Path

import pytest

from detected import grown
from kgen.detect.proposal import propose

APP = "import json, os, shelve\nfrom flask import Flask\nfrom tinydb import TinyDB\n\napp = Flask(__name__)\n"
FLASK = {"requirements.txt": "flask\ngunicorn\n", "app.py": APP}
OF_AN_OBJECT = (
    "class State:\n    def __init__(self):\n        self.path = os.path.join(HERE, 'token')\n\n"
    "    def save(self):\n        open(self.path, 'w')\n"
)
DOCKERFILE = "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCMD gunicorn app:app\n"


def doubted(folder: Path, files: dict[str, str]) -> list[str]:
    """Return the doubts about files."""
    (made,) = propose(grown(folder, {**FLASK, **files})).value or ()
    found = [each.question for each in made.part.doubts]
    return [each for each in found if each.startswith(("your containers", "the source writes"))]


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("def save(data):\n    json.dump(data, open('data.json', 'w'))\n", "data.json (app.py:7)"),
        ("STATE = 'state/seen.txt'\n\n\ndef save():\n    open(STATE, mode='a+')\n", "state/seen.txt (app.py:10)"),
        (
            "PID = Path('bot.pid')\n\n\ndef start():\n    with PID.open('w') as file:\n        pass\n",
            "bot.pid (app.py:10)",
        ),
        ("PID = Path('bot.pid')\n\n\ndef start():\n    with PID.open() as file:\n        pass\n", ""),
        ("PID = Path('bot.pid')\n\n\ndef start():\n    PID.write_text('1')\n", "bot.pid (app.py:10)"),
        ("def save():\n    shelve.open('seen')\n", "seen (app.py:7)"),
        ("db = TinyDB('db.json')\n", "db.json (app.py:6)"),
        ("def save():\n    (app.root / 'out.txt').write_text('')\n", "out.txt (app.py:7)"),
        ("def save():\n    open(os.path.join(HERE, 'a', 'b.csv'), 'wb')\n", "a/b.csv (app.py:7)"),
        ("app.config['UPLOAD_FOLDER'] = 'uploads'\n", "uploads (app.py:6)"),
        ("MEDIA_ROOT = os.path.join(BASE_DIR, 'media')\n", "media (app.py:6)"),
        (OF_AN_OBJECT, "token (app.py:11)"),
        ("def stop(self):\n    open(os.path.join(os.path.dirname(self.path), 'stopped'), 'w')\n", ""),
        ("MEDIA_ROOT = os.environ.get('MEDIA', os.path.join(BASE_DIR, 'media'))\n", "media (app.py:6)"),
        ("def save(rates):\n    rates.to_csv('rates.csv', index=False)\n", "rates.csv (app.py:7)"),
        ("def save(rates):\n    return rates.to_csv()\n", ""),
        ("def load():\n    open('data.json')\n", ""),
        ("def load():\n    open('data.json', 'rb')\n", ""),
        ("def save():\n    open('/tmp/data.json', 'w')\n", ""),
        ("def save(path):\n    open(path, 'w')\n", ""),
    ],
)
def test_what_the_source_writes_is_doubted(tmp_path: Path, lines: str, what: str) -> None:
    wanted = [f"the source writes {what}, which it cannot in the image"] if what else []
    assert doubted(tmp_path, {"app.py": APP + lines}) == wanted


def test_scripts_for_developers_do_not_count(tmp_path: Path) -> None:
    script = "if __name__ == '__main__':\n    open('model.bin', 'wb')\n"
    assert doubted(tmp_path, {"train.py": script, "tests/data.py": "open('a', 'w')\n"}) == []


@pytest.mark.parametrize(
    ("volume", "path"),
    [
        ("data:/srv/data", "/app/data"),
        ("./data:/datastore", "/datastore"),
        ("{type: volume, source: data, target: /datastore}", "/datastore"),
        (".:/srv", ""),
        ("./shop:/srv/shop", ""),
        ("static:/srv/static", ""),
        ("/var/run/docker.sock:/var/run/docker.sock", ""),
        ("./settings.ini:/srv/settings.ini", ""),
        ("./data:/datastore:ro", ""),
    ],
)
def test_volumes_of_compose_are_doubted(tmp_path: Path, volume: str, path: str) -> None:
    text = f"services:\n  web:\n    build: .\n    volumes:\n      - {volume}\n"
    files = {"Dockerfile": DOCKERFILE, "compose.yaml": text, "shop/a.py": ""}
    assert doubted(tmp_path, files) == ([f"your containers have volumes for {path} (compose.yaml)"] if path else [])


@pytest.mark.parametrize(("folder", "is_doubted"), [("docs", False), ("data", True)])
def test_what_people_write_is_no_volume(tmp_path: Path, folder: str, *, is_doubted: bool) -> None:
    text = f"services:\n  web:\n    build: .\n    volumes:\n      - ./{folder}:/srv/{folder}\n"
    files = {"Dockerfile": DOCKERFILE, "compose.yaml": text, f"{folder}/a.md": ""}
    wanted = [f"your containers have volumes for /app/{folder} (compose.yaml)"] if is_doubted else []
    assert doubted(tmp_path, files) == wanted


def test_volumes_of_another_program_do_not_count(tmp_path: Path) -> None:
    proxy = (
        "  proxy:\n    build: {context: ., dockerfile: Dockerfile.proxy}\n    volumes:\n      - ./keys:/certificates\n"
    )
    files = {"compose.yaml": f"services:\n{proxy}", "Dockerfile.proxy": "FROM traefik:3\nCOPY traefik.toml /etc/\n"}
    assert doubted(tmp_path, {**files, "Dockerfile": DOCKERFILE}) == []


def test_an_image_of_ones_own_for_python_has_volumes(tmp_path: Path) -> None:
    made = "FROM ghcr.io/acme/base:python\nWORKDIR /srv\nCOPY . .\nVOLUME /config\nCMD python app.py\n"
    assert doubted(tmp_path, {"Dockerfile": made}) == ["your containers have volumes for /config (Dockerfile)"]


def test_volumes_of_a_dockerfile_are_doubted(tmp_path: Path) -> None:
    files = {"Dockerfile": f'{DOCKERFILE}VOLUME ["/datastore"]\n'}
    assert doubted(tmp_path, files) == ["your containers have volumes for /datastore (Dockerfile)"]


def test_what_a_volume_is_for_is_told_once(tmp_path: Path) -> None:
    text = "services:\n  web:\n    build: .\n    volumes:\n      - media:/srv/media\n"
    files = {"Dockerfile": DOCKERFILE, "compose.yaml": text, "app.py": f"{APP}MEDIA_ROOT = 'media'\n"}
    assert doubted(tmp_path, files) == ["your containers have volumes for /app/media (compose.yaml)"]


@pytest.mark.parametrize(
    ("handler", "file"),
    [
        ("{'class': 'logging.FileHandler', 'filename': './logs/shop.log'}", "logs/shop.log"),
        ("{'class': 'logging.handlers.RotatingFileHandler', 'filename': str(LOG)}", "/app/config/shop.log"),
        ("{'class': 'logging.FileHandler', 'filename': '/tmp/shop.log'}", ""),
        ("{'class': 'logging.FileHandler', 'filename': 'shop.log', 'delay': True}", ""),
        ("{'class': 'logging.StreamHandler'}", ""),
    ],
)
def test_logs_that_settings_send_to_files_are_doubted(handler: str, file: str, tmp_path: Path) -> None:
    log = "LOG = Path(os.getenv('LOG_FILE', '/app/config/shop.log'))\n"
    source = f"import os\nfrom pathlib import Path\n{log}SETTINGS = {{'handlers': {{'file': {handler}}}}}\n"
    (made,) = propose(grown(tmp_path, {**FLASK, "log_config.py": source})).value or ()
    found = [each.question for each in made.part.doubts if "log_config" in each.question]

    assert found == [f"log_config.py:4 writes {file}, which it cannot in the image"] * bool(file)


@pytest.mark.parametrize(
    ("name", "more", "is_known"),
    [
        ("compose.cpu.yaml", "", True),
        ("docker-compose.gpu.yml", "", True),
        ("compose.override.yaml", "", False),
        ("compose.dev.yaml", "", False),
        ("compose.cpu.yaml", "\n    volumes: ['kept:/var/lib/kept']", False),
    ],
)
def test_volumes_of_other_compose_files_count_if_the_first_has_none(
    name: str, more: str, tmp_path: Path, *, is_known: bool
) -> None:
    files = {
        "Dockerfile": DOCKERFILE,
        "compose.yaml": f"services:\n  web:\n    build: .{more}\n",
        name: "services:\n  web:\n    build: .\n    volumes: ['models:/root/.cache/huggingface/hub']\n",
    }
    found = [each for each in doubted(tmp_path, files) if name in each]
    assert len(found) == is_known


@pytest.mark.parametrize(
    ("folder", "call", "is_made"),
    [
        ("os.path.join(HERE, 'assets')", "prepare(app)", True),
        ("'/tmp/assets'", "prepare(app)", False),
        ("'assets'", "def later():\n    prepare(app)", False),
    ],
)
def test_folders_that_functions_make_for_an_import_are_doubted(
    folder: str, call: str, tmp_path: Path, *, is_made: bool
) -> None:
    files = {
        "config.py": f"ASSETS = {folder}\n",
        "store.py": "import os\nfrom config import ASSETS\n\n\ndef prepare(app):\n    os.makedirs(ASSETS)\n",
        "app.py": f"{APP}from store import prepare\n{call}\n",
    }
    (made,) = propose(grown(tmp_path, {**FLASK, **files})).value or ()
    found = [each.question for each in made.part.doubts if "store.py" in each.question]
    assert found == ["store.py:6 makes the folder ASSETS when it starts, which it cannot in the image"] * is_made
