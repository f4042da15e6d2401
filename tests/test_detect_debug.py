"""What is on for developers unless somebody says otherwise: it is turned off, or doubted."""

from pathlib import Path
from typing import Any

import pytest

from detected import grown, seen
from kgen.detect.proposal import propose
from kgen.detect.variables.settings import settings
from test_detect_django import SETTINGS, site

FLASK = "import os\nfrom flask import Flask\n\napp = Flask(__name__)\n"


def written(folder: Path, files: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return variables and doubts of the app file for ``files``."""
    (made,) = propose(grown(folder, files)).value or ()
    return dict(made.part.data.get("env", {})), [each.question for each in made.part.doubts]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("env.bool('DEBUG', True)", "False"),
        ("config('DEBUG', default=True, cast=bool)", "False"),
        ("config('DEBUG', default=True)", ""),
        ("os.environ.get('DEBUG', '1')", ""),
        ("bool(os.environ.get('DEBUG', 'True'))", ""),
        ("int(os.environ.get('DEBUG', default=1))", "0"),
        ("os.environ.get('DEBUG', 'True') == 'True'", "False"),
        ("os.environ.get('DEBUG', 'True') != 'False'", "False"),
        ("os.environ.get('DEBUG', 'yes').lower() in ('yes', '1')", "False"),
        ("strtobool(os.getenv('DEBUG', 'on'))", "False"),
        ("not (os.getenv('DEBUG') == '0')", "0"),
        ("ast.literal_eval(os.getenv('DEBUG', 'True'))", "False"),
        ("os.environ['DEBUG'] == '1'", "False"),
        ("True if os.getenv('DEBUG', '1') == '1' else False", "False"),
        ("os.getenv('DEBUG', 'False') == 'True'", None),
        ("'runserver' in sys.argv", None),
        ("False", None),
    ],
)
def test_debugging_of_django_is_turned_off_by_its_variable(tmp_path: Path, text: str, value: str | None) -> None:
    env, doubts = written(tmp_path, site(shop__settings=f"{SETTINGS}DEBUG = {text}\n"))
    assert env.get("DEBUG") == value
    assert not any("debugging" in each for each in doubts)


@pytest.mark.parametrize("text", ["True", "'ON_THE_PLATFORM' not in os.environ", "not os.getenv('LIVE')"])
def test_debugging_of_django_that_no_switch_turns_off_is_doubted(tmp_path: Path, text: str) -> None:
    env, doubts = written(tmp_path, site(shop__settings=f"{SETTINGS}DEBUG = {text}\n"))
    assert "DEBUG" not in env
    assert "shop/settings.py:8 has debugging on, which shows everybody the inside of each error" in doubts


def test_debugging_is_what_the_settings_come_out_with(tmp_path: Path) -> None:
    text = (
        f"{SETTINGS}env = environ.Env(DEBUG=(bool, True))\nMODE = env('MODE', default='live')\n"
        "if MODE == 'live':\n    DEBUG = False\nelse:\n    DEBUG = env('DEBUG')\n"
    )
    env, doubts = written(tmp_path / "live", site(shop__settings=text))
    assert ("DEBUG" in env, [each for each in doubts if "debugging" in each]) == (False, [])
    env, _ = written(tmp_path / "other", site(shop__settings=text.replace("default='live'", "default='dev'")))
    assert env["DEBUG"] == "False"


def test_debugging_of_settings_for_development_is_doubted_once(tmp_path: Path) -> None:
    files = site(settings="shop.settings.dev", shop__settings="-")
    files |= {"shop/settings/__init__.py": "", "shop/settings/dev.py": f"{SETTINGS}DEBUG = True\n"}
    _, doubts = written(tmp_path, files)
    assert "`shop.settings.dev` are settings for development, and none for production are there" in doubts
    assert not any("debugging" in each for each in doubts)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"{FLASK}app.debug = os.getenv('FLASK_DEBUG', '1') == '1'\n", {"FLASK_DEBUG": "False"}),
        (f"{FLASK}app.config['DEBUG'] = int(os.environ.get('DEBUG', 1))\n", {"DEBUG": "0"}),
        (f"{FLASK}app.config['DEBUG'] = os.environ.get('DEBUG', '') == '1'\n", {}),
        (f"{FLASK}run(debug=os.getenv('DEBUG', True))\n", {"DEBUG": ""}),
        (
            "from pydantic_settings import BaseSettings\n\n\nclass S(BaseSettings):\n    debug: bool = True\n",
            {"DEBUG": "False"},
        ),
        (
            "from pydantic_settings import BaseSettings\n\n\nclass S(BaseSettings):\n    debug: bool\n",
            {"DEBUG": "False"},
        ),
        ("from pydantic_settings import BaseSettings\n\n\nclass S(BaseSettings):\n    debug: bool = False\n", {}),
    ],
)
def test_debugging_of_others_is_turned_off_by_its_variable(tmp_path: Path, text: str, value: dict[str, str]) -> None:
    assert settings(seen(tmp_path, {"app.py": text}), "shop", ()).data.get("env", {}) == value


@pytest.mark.parametrize(
    ("line", "is_doubted"),
    [
        ("app.debug = True", True),
        ("app.config['DEBUG'] = True", True),
        ("app.config.update(DEBUG=True)", True),
        ("api = FastAPI(debug=True)", True),
        ("app.debug = False", False),
        ("if __name__ == '__main__':\n    app.debug = True", False),
        ("app.run(debug=True)", False),
    ],
)
def test_debugging_that_stands_in_the_source_is_doubted(tmp_path: Path, line: str, *, is_doubted: bool) -> None:
    made = settings(seen(tmp_path, {"app.py": f"{FLASK}{line}\n"}), "shop", ())
    questions = [each.question for each in made.doubts]
    assert (questions == ["app.py:5 has debugging on, which shows everybody the inside of each error"]) is is_doubted
    assert bool(questions) is is_doubted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("os.getenv('FLASK_CONFIG', 'development')", "development"),
        ("os.environ.get('APP_SETTINGS') or 'config.DevelopmentConfig'", "config.DevelopmentConfig"),
        ("os.getenv('APP_ENV', 'production')", ""),
        ("os.getenv('SENTRY_ENVIRONMENT', 'dev')", ""),
    ],
)
def test_settings_for_development_by_default_are_doubted(tmp_path: Path, text: str, said: str) -> None:
    name = text.split("'")[1]
    made = settings(seen(tmp_path, {"app.py": f"import os\n\nMODE = {text}\n"}), "shop", ())
    wanted = [f"app.py:3 takes `{said}` unless `{name}` says otherwise"] if said else []
    assert [each.question for each in made.doubts] == wanted


def test_a_value_for_development_is_not_copied(tmp_path: Path) -> None:
    files = {"app.py": "import os\n\nos.environ['SHOP_MODE']\n", ".env.example": "SHOP_MODE=development\n"}
    made = settings(seen(tmp_path, files), "shop", ())
    assert made.data["env"] == {"SHOP_MODE": "change-me"}


def test_a_text_that_says_no_is_off_already(tmp_path: Path) -> None:
    source = f"{FLASK}mode = os.getenv('SHOP_DEBUG', 'FALSE').upper()\n"
    assert "SHOP_DEBUG" not in settings(seen(tmp_path, {"app.py": source}), "shop", ()).data.get("env", {})
