"""What a project's own Dockerfile does and sets, and files that a program writes, as `kgen init` tells of them."""

from pathlib import Path
from typing import Any

import pytest

from detected import grown, seen
from kgen.detect.packages import system_packages
from kgen.detect.proposal import propose

APP = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
FLASK = {"requirements.txt": "flask\ngunicorn\n", "app.py": APP}
START = 'CMD ["gunicorn", "app:app"]\n'


def made(folder: Path, files: dict[str, str]) -> Any:
    """Return what `kgen init` would write for ``files``, with its doubts."""
    found: Any = propose(grown(folder, files)).value
    return found[0].part


def questions(folder: Path, files: dict[str, str]) -> list[str]:
    return [f"{each.question}: {each.help}" for each in made(folder, files).doubts if each.path != ("image",)]


def test_variables_of_the_image_that_the_code_reads_are_the_apps(tmp_path: Path) -> None:
    source = f"{APP}os.getenv('SHOP_MODE') or 'dev'\nos.getenv('SHOP_CACHE', 'x')\nos.getenv('SHOP_HOST', 'a')\n"
    env = (
        "ENV SHOP_MODE=production SHOP_CACHE=/srv/cache SHOP_HOST=localhost PYTHONUNBUFFERED=1 SHOP_TOKEN=abc OTHER=1\n"
    )
    dockerfile = f"FROM python:3.13\nWORKDIR /srv\n{env}COPY . .\n{START}"
    part = made(tmp_path, {**FLASK, "app.py": source, "Dockerfile": dockerfile})

    assert part.data["env"] == {"SHOP_MODE": "production", "SHOP_CACHE": "/app/cache"}
    assert part.comments["env", "SHOP_MODE"] == "app.py:4, as in Dockerfile"


@pytest.mark.parametrize(
    ("lines", "doubted"),
    [
        ("os.makedirs('uploads', exist_ok=True)\n", "the folder uploads"),
        ("if not os.path.exists(app.config['UPLOADS']):\n    os.makedirs(app.config['UPLOADS'])\n", "a folder"),
        ("from pathlib import Path\nPath('data').mkdir(exist_ok=True)\n", "the folder data"),
        ("os.makedirs('/tmp/uploads')\n", ""),
        ("os.makedirs('static/css', exist_ok=True)\n", ""),
        ("def start():\n    os.makedirs('uploads')\n", ""),
        ("try:\n    os.makedirs('uploads')\nexcept OSError:\n    pass\n", ""),
    ],
)
def test_a_folder_that_is_made_by_an_import_is_doubted(tmp_path: Path, lines: str, doubted: str) -> None:
    found = questions(tmp_path, {**FLASK, "app.py": APP + lines, "static/css/a.css": ""})

    assert [each.partition(" makes ")[2].partition(" when ")[0] for each in found] == ([doubted] if doubted else [])


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///shop.db'\n", 4),
        ("HERE = '.'\nURL = f'sqlite+aiosqlite:///{HERE}/shop.db'\n", 5),
        ("import sqlite3\ndef db():\n    return sqlite3.connect(app.config['DATABASE'])\n", 6),
        ("import sqlite3\nsqlite3.connect(':memory:')\n", 0),
        ("URL = 'sqlite://'\nif URL.startswith('sqlite:///'):\n    pass\n", 0),
        ("import os\nURL = os.getenv('URL', 'sqlite:///' + os.path.join(HERE, 'shop.db'))\n", 5),
        ("import tempfile\nURL = 'sqlite:///' + tempfile.mkdtemp()\n", 0),
    ],
)
def test_a_database_in_a_file_is_doubted(tmp_path: Path, lines: str, line: int) -> None:
    found = questions(tmp_path, {**FLASK, "app.py": APP + lines})

    assert [each.partition(",")[0] for each in found] == ([f"app.py:{line} is a SQLite file"] if line else [])


def test_a_database_that_is_lost_with_its_pod_is_doubted(tmp_path: Path) -> None:
    found = questions(tmp_path, {**FLASK, "app.py": f"{APP}URL = 'sqlite:////tmp/shop.db'\n"})

    assert [each.partition(":4")[2].partition(":")[0] for each in found] == [
        " is a SQLite file that each pod has for itself, and loses"
    ]


def test_a_server_for_the_database_leaves_no_file(tmp_path: Path) -> None:
    files = {"requirements.txt": "flask\ngunicorn\npsycopg2-binary\n"}
    source = f"{APP}URL = os.getenv('DATABASE_URL', 'sqlite:///shop.db')\n"
    part = made(tmp_path, {**files, "app.py": source})

    assert part.data["env"] == {"DATABASE_URL": "${needs.db.url}"}
    assert not any("SQLite" in each.question for each in part.doubts)


@pytest.mark.parametrize(
    "files",
    [
        {"setup.py": "from setuptools import setup\nsetup(ext_modules=[])\n"},
        {"pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n[build-system]\nrequires = ["meson-python>=1"]\n'},
    ],
)
def test_a_package_with_modules_in_c_needs_a_compiler(tmp_path: Path, files: dict[str, str]) -> None:
    part = system_packages.part(seen(tmp_path, files))

    assert part.data == {"build": {"python": {"buildPackages": ["gcc", "libc6-dev"]}}}


def test_programs_that_are_copied_out_of_other_images_are_told(tmp_path: Path) -> None:
    dockerfile = (
        "FROM acme/tools:1 AS tools\nFROM python:3.13 AS builder\nFROM python:3.13\n"
        "COPY --from=tools /out/acme-fetch /usr/local/bin/fetch\nCOPY --from=acme/other:2 /other /usr/bin/\n"
        "COPY --from=builder /venv/bin/gunicorn /usr/local/bin/gunicorn\nCOPY --from=acme/uv /uv /bin/\n"
        f"COPY . .\n{START}"
    )
    found = questions(tmp_path, {**FLASK, "Dockerfile": dockerfile})

    assert [each for each in found if "also installs" in each] == [
        "Dockerfile also installs fetch, other: name in `build.python.systemPackages` what the app needs to run"
    ]


LOCK = (
    'version = 1\n[[package]]\nname = "bones"\nversion = "1.5"\n'
    'sdist = { url = "https://a.example/bones-1.5.tar.gz" }\n'
    'wheels = [{ url = "https://a.example/bones-1.5-cp313-cp313-macosx_14_0_arm64.whl" }]\n'
    '[[package]]\nname = "plain"\nversion = "1"\nsdist = { url = "https://a.example/plain-1.tar.gz" }\n'
    'wheels = [{ url = "https://a.example/plain-1-py3-none-any.whl" }]\n'
    '[[package]]\nname = "shop"\nversion = "1"\nsource = { virtual = "." }\n'
    'dependencies = [{ name = "bones" }, { name = "plain" }]\n'
)


@pytest.mark.parametrize("told", ["gcc libbones-dev xz-utils", ""])
def test_what_has_no_wheel_for_linux_is_compiled(tmp_path: Path, told: str) -> None:
    project = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "gunicorn", "bones", "plain"]\n'
    dockerfile = (
        f"FROM python:3.13 AS builder\nRUN apt-get install -y {told}\nFROM python:3.13\n"
        f"COPY --from=builder /venv /venv\nCOPY . .\n{START}"
    )
    files = {"app.py": APP, "pyproject.toml": project, "uv.lock": LOCK, "Dockerfile": dockerfile}
    part = made(tmp_path, files)
    doubts = [each.question for each in part.doubts if "no wheel for Linux" in each.question]

    assert part.data["build"]["python"].get("buildPackages") == (["gcc", "libbones-dev", "libc6-dev"] if told else None)
    assert doubts == ([] if told else ["bones 1.5 has no wheel for Linux, and would be compiled"])
