"""Files that a program needs and that are not in the repository."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from detected import grown
from kgen.detect.proposal import propose

LOOP = "import time\n\nwhile True:\n    time.sleep(60)\n"
CASES: Mapping[str, tuple[Mapping[str, str], str]] = {
    "a module": (
        {".gitignore": "*.pyc\nconfig.py\n", "bot.py": f"import config\n{LOOP}"},
        "bot.py needs config.py, which `.gitignore` keeps out of the repository",
    ),
    "a module beside another of its name": (
        {".gitignore": "config.py\n", "bot.py": f"import config\n{LOOP}", "shop/config.py": ""},
        "bot.py needs config.py, which `.gitignore` keeps out of the repository",
    ),
    "settings": (
        {".gitignore": "/config.json\n", "bot.py": f'open("config.json")\n{LOOP}'},
        "bot.py needs config.json, which `.gitignore` keeps out of the repository",
    ),
    "what an image is made with": (
        {
            "bot.py": LOOP,
            "models/.gitkeep": "",
            "Dockerfile": "FROM python:3.12\nCOPY models/ models/\nCMD python bot.py\n",
        },
        "Dockerfile copies models, which the repository has not",
    ),
    "a folder that a program is started with": (
        {"bot.py": LOOP, "Dockerfile": 'FROM python:3.12\nCMD ["python", "bot.py", "--config_dir", "/config"]\n'},
        "`/config` is not in the image",
    ),
}
THERE: Mapping[str, Mapping[str, str]] = {
    "a module that somebody added": {".gitignore": "config.py\n", "config.py": "", "bot.py": f"import config\n{LOOP}"},
    "a module that nobody asks for": {".gitignore": "config.py\n", "bot.py": LOOP},
    "a module that is imported under a condition": {
        ".gitignore": "local.py\n",
        "bot.py": f"import os\nif os.getenv('LOCAL'):\n    from local import *\n{LOOP}",
    },
    "what an image is made with": {
        "bot.py": LOOP,
        "models/a.bin": "",
        "Dockerfile": "FROM python:3.12\nCOPY . .\nCOPY models/ .env dist/shop.whl *.txt ./\nCMD python bot.py\n",
    },
    "a folder that every image has": {
        "bot.py": LOOP,
        "Dockerfile": 'FROM python:3.12\nCMD ["python", "bot.py", "--log=/dev/stdout", "/tmp/a", "/app/words"]\n',
    },
}


def _doubts(folder: Path, files: Mapping[str, str]) -> list[str]:
    made = propose(grown(folder, {"requirements.txt": "requests\n", **files})).value
    assert made
    return [each.question for each in made[0].part.doubts if "images are pushed" not in each.question]


@pytest.mark.parametrize("case", CASES)
def test_what_is_missing_is_doubted(case: str, tmp_path: Path) -> None:
    files, wanted = CASES[case]
    assert _doubts(tmp_path, files) == [wanted]


@pytest.mark.parametrize("case", THERE)
def test_what_is_there_is_not(case: str, tmp_path: Path) -> None:
    assert _doubts(tmp_path, THERE[case]) == []


def test_repositories_within_that_nobody_has_fetched_are_doubted(tmp_path: Path) -> None:
    modules = "".join(f'[submodule "{name}"]\n\tpath = {name}\n' for name in ("style", "there", "docs/theme"))
    files = {"bot.py": LOOP, ".gitmodules": modules, "there/a.txt": "", "requirements.txt": "flask\n"}
    (made,) = propose(grown(tmp_path, files)).value or ()

    assert [each.question for each in made.part.doubts if "gitmodules" in each.question] == [
        ".gitmodules has style, of which no file is here"
    ]


NAMED = 'NAME = os.getenv("SHOP_CONFIG", "shop.yaml")\n'
OPENED: Mapping[str, tuple[str, bool]] = {
    "opened": (f"{NAMED}with open(NAME) as file:\n    pass\n", True),
    "opened at once": ('def load():\n    return open(os.getenv("SHOP_CONFIG", "shop.yaml"))\n', True),
    "read as a path": (f'{NAMED}def load():\n    return (ROOT / "data" / NAME).read_text()\n', True),
    "insisted on": (
        f"{NAMED}try:\n    open(NAME)\nexcept FileNotFoundError:\n    raise ValueError('no file')\n",
        True,
    ),
    "tried": (f"{NAMED}try:\n    open(NAME)\nexcept FileNotFoundError:\n    pass\n", False),
    "asked for": (f"{NAMED}if os.path.exists(NAME):\n    open(NAME)\n", False),
    "another one is asked for": (f"{NAMED}if MOVED.exists():\n    pass\nopen(NAME)\n", True),
    "asked for as a path": (f"{NAMED}FILE = ROOT / NAME\nif FILE.is_file():\n    FILE.read_text()\n", False),
    "let through": (f"{NAMED}try:\n    open(NAME)\nexcept OSError:\n    raise\n", True),
    "written": (f'{NAMED}open(NAME, "w")\n', False),
    "only named": (NAMED, False),
}


@pytest.mark.parametrize("case", OPENED)
def test_a_file_that_a_variable_names_is_opened(case: str, tmp_path: Path) -> None:
    source, is_missing = OPENED[case]
    files = {"requirements.txt": "requests\n", "bot.py": f"import os\n{source}{LOOP}"}
    (made,) = propose(grown(tmp_path / "without", {**files, "tests/shop.yaml": ""})).value or ()
    found = [each.question for each in made.part.doubts if "SHOP_CONFIG" in each.question and "opens" in each.question]
    assert [each.partition(" opens ")[2] for each in found] == [
        "shop.yaml unless `SHOP_CONFIG` names another file, and the image has none"
    ] * is_missing

    (made,) = propose(grown(tmp_path / "with", {**files, "shop.yaml": ""})).value or ()
    assert not [each for each in made.part.doubts if " opens " in each.question]
