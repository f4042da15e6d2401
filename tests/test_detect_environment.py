"""What `kgen init` writes of the environment: what an app cannot do without, and no more."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from detected import seen
from kgen.detect.variables.environment import variables
from kgen.detect.variables.settings import settings

PYDANTIC = "from pydantic_settings import BaseSettings\n"


def written(folder: Path, source: str, **files: str) -> Mapping[str, Any]:
    """Return env, needs and secrets of an app called ``shop`` with this source."""
    given = {name.replace("__", ".").replace("_txt", ".txt"): text for name, text in files.items()}
    return settings(seen(folder, {"requirements.txt": "", "app/config.py": source, **given}), "shop", ()).data


@pytest.mark.parametrize(
    "source",
    [
        "import os\nA = os.environ.get('STRIPE_API_KEY', '')\n",
        "import os\nif os.environ.get('STRIPE_API_KEY'):\n    A = os.environ['STRIPE_API_KEY']\n",
        "import os\nA = os.environ.get('TITLE') or 'Shop'\n",
        "from environ import Env\nenv = Env(TITLE=(str, 'Shop'))\nA = env('TITLE')\n",
        "from environs import Env\nenv = Env()\nif 1:\n    A = env.str('SMTP_HOST')\n",
        PYDANTIC + "class S(BaseSettings):\n    stripe_api_key: str = ''\n    token: str | None = None\n",
        "class ModelSettings(TypedDict):\n    title: str\n    from os import environ\n",
        "import os\n" + "".join(f"K{n} = os.getenv('K{n}_API_KEY')\n" for n in range(9)),
    ],
)
def test_what_the_code_runs_without_is_not_written(tmp_path: Path, source: str) -> None:
    assert written(tmp_path, source) == {}


def test_what_is_required_is_written(tmp_path: Path) -> None:
    source = PYDANTIC + (
        "class Base(BaseSettings):\n    pass\n"
        "class S(Base):\n    access_token_expire_minutes: int\n    api_token: str\n    title: str\n"
    )
    example = 'ACCESS_TOKEN_EXPIRE_MINUTES=30  # minutes\nTITLE="Shop # 1"\nAPI_TOKEN=abc\n'

    assert written(tmp_path, source, __env__example=example) == {
        "env": {
            "ACCESS_TOKEN_EXPIRE_MINUTES": "30",
            "API_TOKEN": {"secret": "shop/api-token"},
            "TITLE": "Shop # 1",
        },
        "secrets": {"shop": {"keys": ["api-token"]}},
    }


def test_keys_that_sign_sessions_are_secrets_whatever_stands_in_the_source(tmp_path: Path) -> None:
    source = "import os\nK = os.environ.get('SHOP_SECRET_KEY', 'insecure')\nB = os.getenv('BOT_TOKEN')\n"

    assert list(written(tmp_path, source)["env"]) == ["SHOP_SECRET_KEY", "BOT_TOKEN"]


def test_databases_are_known_by_the_names_of_their_variables(tmp_path: Path) -> None:
    source = (
        "import os, dj_database_url\nD = dj_database_url.config(default='sqlite:///db')\n"
        "H = os.getenv('SHOP_DB_HOST', 'localhost')\nG = os.getenv('GEO_DATABASE_NAME', 'geo.mmdb')\n"
    )
    (tmp_path / "app").mkdir()

    made = settings(seen(tmp_path, {"requirements.txt": "psycopg\n", "app/config.py": source}), "shop", ()).data

    assert made["env"] == {"DATABASE_URL": "${needs.db.url}", "SHOP_DB_HOST": "${needs.db.host}"}
    assert made["needs"] == {"db": {"type": "postgres"}}


def test_fields_that_read_variables_of_other_names(tmp_path: Path) -> None:
    source = PYDANTIC + (
        "import os\nimport decouple\nclass S(BaseSettings):\n"
        "    server_port: int = decouple.config('BACKEND_PORT', cast=int)\n"
        "    is_token_sent: bool = decouple.config('IS_TOKEN', cast=bool)\n"
        "    title: str = os.environ['SHOP_TITLE']\n"
        "    place: str = os.getenv('SHOP_PLACE', 'here')\n"
    )

    assert written(tmp_path, source) == {
        "env": {"BACKEND_PORT": "change-me", "IS_TOKEN": "change-me", "SHOP_TITLE": "change-me"}
    }


@pytest.mark.parametrize(
    "line", ["from .base import *", "from app.base import config", "from .base import config as config"]
)
def test_what_reads_variables_may_come_from_another_module(tmp_path: Path, line: str) -> None:
    (tmp_path / "app").mkdir()
    files = {
        "requirements.txt": "python-decouple\n",
        "app/__init__.py": "",
        "app/base.py": "from decouple import AutoConfig\nconfig = AutoConfig()\n",
        "app/production.py": f"{line}\nEMAIL_HOST = config('EMAIL_HOST')\n",
    }

    assert settings(seen(tmp_path, files), "shop", ()).data == {"env": {"EMAIL_HOST": "change-me"}}


def test_databases_for_reading_and_writing(tmp_path: Path) -> None:
    source = PYDANTIC + (
        "class S(BaseSettings):\n    writer_db_url: str = 'mysql+aiomysql://u:p@localhost/shop'\n"
        "    reader_db_url: str = 'mysql+aiomysql://u:p@localhost/shop'\n"
    )
    (tmp_path / "app").mkdir()

    made = settings(seen(tmp_path, {"requirements.txt": "aiomysql\n", "app/config.py": source}), "shop", ()).data

    assert list(made["env"]) == ["WRITER_DB_URL", "READER_DB_URL"]
    assert made["needs"] == {"db": {"type": "mysql"}}


INSISTS = {
    "raised": "key = os.environ.get('KEY', '')\nif key == '':\n    raise RuntimeError('KEY')\n",
    "ended": "if not os.getenv('KEY'):\n    sys.exit('no KEY')\n",
    "in what every start calls": "def main():\n    if os.getenv('KEY') is None:\n        raise KeyError\n",
}
LEAVES = {
    "for a feature": "def pay():\n    if not os.getenv('KEY'):\n        raise KeyError\n",
    "with a default": "key = os.getenv('KEY', 'a')\nif not key:\n    raise KeyError\n",
    "with another way": "key = os.getenv('KEY')\nif not key:\n    key = ask()\n",
}


@pytest.mark.parametrize("case", [*INSISTS, *LEAVES])
def test_what_the_source_insists_on_is_required(case: str, tmp_path: Path) -> None:
    source = f"import os, sys\n{INSISTS.get(case) or LEAVES[case]}"
    (read,) = variables(seen(tmp_path, {"requirements.txt": "flask\n", "shop.py": source}))

    assert read.is_required is (case in INSISTS)


OWN_READERS = (
    "import os\n\n\ndef required(name):\n    found = os.getenv(name)\n    if not found:\n        raise ValueError\n"
    "    return found\n\n\ndef switch(name, default=False):\n    return os.environ.get(name, default)\n\n\n"
    "def later(key, default):\n    return lambda: switch(key, default)\n"
)


def test_what_functions_of_the_project_read_is_known(tmp_path: Path) -> None:
    use = "from env import required, switch, later\nrequired('SHOP_TOPIC')\nswitch('SHOP_MODE')\nlater('SHOP_A', 'a')\n"
    project = seen(tmp_path, {"requirements.txt": "", "env.py": OWN_READERS, "app.py": f"{use}required(use)\n"})
    found = {each.name: (each.is_required, each.has_default, each.default) for each in variables(project)}

    assert found == {
        "SHOP_TOPIC": (True, False, None),
        "SHOP_MODE": (False, True, None),
        "SHOP_A": (False, True, "a"),
    }


def test_a_file_with_settings_that_a_variable_names_is_needed(tmp_path: Path) -> None:
    source = "from flask import Flask\napp = Flask('shop')\napp.config.from_envvar('SHOP_CONFIG')\n"
    optional = "app.config.from_envvar('SHOP_MORE', silent=True)\n"
    project = seen(tmp_path, {"requirements.txt": "flask\n", "app.py": source + optional})

    assert {each.name: each.is_required for each in variables(project)} == {"SHOP_CONFIG": True, "SHOP_MORE": False}


CLIENTS = {
    "client = OpenAI()": ["OPENAI_API_KEY (shop.py:3)"],
    "client = OpenAI(api_key=ask())": [],
    "client = OpenAI(base_url='http://models')": [],
    "os.environ['OPENAI_API_KEY'] = ask()\nclient = OpenAI()": [],
    "client = OpenAI(organization=os.environ['OPENAI_API_KEY'])": [],
}


@pytest.mark.parametrize("line", CLIENTS)
def test_keys_that_only_clients_read_are_doubted(line: str, tmp_path: Path) -> None:
    source = f"import os\nfrom openai import OpenAI\n{line}\n"
    made = settings(seen(tmp_path, {"requirements.txt": "openai\n", "shop.py": source}), "shop", ())
    found = [each.question.partition(": ")[2] for each in made.doubts if "clients take" in each.question]

    assert found == CLIENTS[line]


def test_a_variable_that_is_read_without_a_condition_once_is_looked_for(tmp_path: Path) -> None:
    source = "import os\nif os.getenv('REGION') is None:\n    load()\nregion = os.getenv('REGION')\n"
    made = settings(seen(tmp_path, {"requirements.txt": "flask\n", "shop.py": source}), "shop", ())

    assert [each.question for each in made.doubts] == ["the code also looks for REGION"]
