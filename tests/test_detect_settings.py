"""Environment, backing services and Debian packages that a project turns out to need."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from detected import seen
from kgen.detect.packages import system_packages
from kgen.detect.variables.settings import settings

POSTGRES = {"requirements.txt": "psycopg2-binary==2.9.11\n"}
ENV = "import os\n\n"

VARIABLES: Mapping[str, tuple[Mapping[str, str], dict[str, Any]]] = {
    "a secret": ({"a.py": f'{ENV}os.environ["API_KEY"]\n'}, {"API_KEY": {"secret": "shop/api-key"}}),
    "a secret that may be missing": (
        {"a.py": f'{ENV}os.getenv("BOT_TOKEN")\n'},
        {"BOT_TOKEN": {"secret": "shop/bot-token"}},
    ),
    "no secret with a default": ({"a.py": f'{ENV}os.getenv("API_KEY", "")\n'}, {}),
    "what signs sessions, though it has a default": (
        {"a.py": f'{ENV}os.getenv("SECRET_KEY", "dev")\n'},
        {"SECRET_KEY": {"secret": "shop/secret-key"}},
    ),
    "what has no value": ({"a.py": f'{ENV}os.environ["TOPIC"]\n'}, {"TOPIC": "change-me"}),
    "what is only set": ({"a.py": f'{ENV}os.environ["TOPIC"] = "a"\n'}, {}),
    "what the container sets": ({"a.py": f'{ENV}os.environ["HOME"]\nos.environ["PORT"]\n'}, {}),
    "what is optional": ({"a.py": f'{ENV}os.getenv("LEVEL")\n'}, {}),
    "only in tests": ({"tests/test_a.py": f'{ENV}os.environ["TOPIC"]\n', "a.py": ""}, {}),
    "imported by another name": (
        {"a.py": 'from os import environ as e, getenv\n\ne["TOPIC"]\ngetenv("A_TOKEN")\n'},
        {"TOPIC": "change-me", "A_TOKEN": {"secret": "shop/a-token"}},
    ),
    "decouple": (
        {"a.py": 'from decouple import config\n\nA = config("TOPIC")\nB = config("LEVEL", default=1)\n'},
        {"TOPIC": "change-me"},
    ),
    "django-environ": (
        {
            **POSTGRES,
            "a.py": 'import environ\n\nenv = environ.Env()\nA = env("TOPIC")\nB = env.db()\nC = env.int("N", 1)\n',
        },
        {"TOPIC": "change-me", "DATABASE_URL": "${needs.db.url}"},
    ),
    "pydantic": (
        {
            "a.py": "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\nclass Mail(BaseSettings):\n"
            '    model_config = SettingsConfigDict(env_prefix="mail_")\n    sender: str\n    password: str\n'
            "    port: int = 25\n    reply: str | None = None\n"
        },
        {"MAIL_SENDER": "change-me", "MAIL_PASSWORD": {"secret": "shop/mail-password"}},
    ),
    "pydantic's other names": (
        {
            "a.py": "from pydantic import Field\nfrom pydantic_settings import BaseSettings\n\n\n"
            "class Settings(BaseSettings):\n"
            '    topic: str = Field(validation_alias="MY_TOPIC")\n    other: str = Field(...)\n'
            '    more: str = Field("x")\n'
        },
        {"MY_TOPIC": "change-me", "OTHER": "change-me"},
    ),
    "a database": (
        {**POSTGRES, "a.py": f'{ENV}os.getenv("DATABASE_URL", "sqlite:///x")\n'},
        {"DATABASE_URL": "${needs.db.url}"},
    ),
    "a database in a file": ({**POSTGRES, "a.py": f'{ENV}os.getenv("DATABASE_NAME", "a.db")\n'}, {}),
    "a database in a file, and a driver of a server": (
        {**POSTGRES, "a.py": f'{ENV}os.getenv("DATABASE_URL", "sqlite+aiosqlite:///a.db")\n'},
        {"DATABASE_URL": "${needs.db.url}"},
    ),
    "a database without a driver": ({"a.py": f'{ENV}os.getenv("DATABASE_URL", "sqlite:///x")\n'}, {}),
    "a database in parts": (
        {
            **POSTGRES,
            "a.py": f'{ENV}for name in ():\n    pass\nos.environ["POSTGRES_HOST"]\nos.environ["DB_PASSWORD"]\n'
            'os.environ["PGPORT"]\n',
        },
        {
            "POSTGRES_HOST": "${needs.db.host}",
            "DB_PASSWORD": "${needs.db.password}",
            "PGPORT": "${needs.db.port}",
        },
    ),
    "the scheme of an example": (
        {
            **POSTGRES,
            "a.py": f'{ENV}os.environ["DATABASE_URL"]\n',
            ".env.example": "DATABASE_URL=postgresql+psycopg2://u:hunter2@h/d\n",
        },
        {
            "DATABASE_URL": "postgresql+psycopg2://${needs.db.username}:${needs.db.password}"
            "@${needs.db.host}:${needs.db.port}/${needs.db.database}"
        },
    ),
    "the only driver": (
        {"requirements.txt": "sqlalchemy\nasyncpg\n", "a.py": f'{ENV}os.environ["DATABASE_URL"]\n'},
        {
            "DATABASE_URL": "postgresql+asyncpg://${needs.db.username}:${needs.db.password}"
            "@${needs.db.host}:${needs.db.port}/${needs.db.database}"
        },
    ),
    "the only driver of MySQL": (
        {"requirements.txt": "sqlalchemy\npymysql\n", "a.py": f'{ENV}os.environ["DATABASE_URL"]\n'},
        {
            "DATABASE_URL": "mysql+pymysql://${needs.db.username}:${needs.db.password}"
            "@${needs.db.host}:${needs.db.port}/${needs.db.database}"
        },
    ),
    "the driver of MySQL for a program that waits for it": (
        {
            "requirements.txt": "sqlalchemy\npymysql\naiomysql\n",
            "a.py": f'{ENV}engine = create_async_engine(os.environ["DATABASE_URL"])\n',
        },
        {
            "DATABASE_URL": "mysql+aiomysql://${needs.db.username}:${needs.db.password}"
            "@${needs.db.host}:${needs.db.port}/${needs.db.database}"
        },
    ),
    "a driver of MySQL by the name of the usual one": (
        {
            "requirements.txt": "sqlalchemy\npymysql\n",
            "a.py": f'{ENV}pymysql.install_as_MySQLdb()\nos.environ["DATABASE_URL"]\n',
        },
        {"DATABASE_URL": "${needs.db.url}"},
    ),
    "the only driver, for a library that another one brings": (
        {
            "requirements.txt": "litestar[full]\nasyncpg\n",
            "a.py": f'{ENV}from sqlalchemy import create_engine\nos.environ["DATABASE_URL"]\n',
        },
        {
            "DATABASE_URL": "postgresql+asyncpg://${needs.db.username}:${needs.db.password}"
            "@${needs.db.host}:${needs.db.port}/${needs.db.database}"
        },
    ),
    "a driver that an extra brings": (
        {"requirements.txt": "celery[redis]\n", "a.py": f'{ENV}os.environ["REDIS_URL"]\n'},
        {"REDIS_URL": "${needs.cache.url}"},
    ),
    "a broker by its own name": (
        {"requirements.txt": "celery\n", "a.py": f'{ENV}os.environ["RABBITMQ_URL"]\n'},
        {"RABBITMQ_URL": "${needs.broker.url}"},
    ),
    "Celery's broker": (
        {
            "requirements.txt": "celery[redis]\nredis\n",
            "a.py": f'{ENV}os.getenv("CELERY_BROKER_URL", "redis://localhost")\n',
        },
        {"CELERY_BROKER_URL": "${needs.cache.url}"},
    ),
    "a model in settings, with what stands between": (
        {
            "requirements.txt": "pydantic-settings\nsqlalchemy\nasyncpg\n",
            "a.py": "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\nfrom b import Mail\n"
            "class Pool(BaseModel):\n    size: int\nclass Database(BaseModel):\n    host: str = 'db'\n    pool: Pool\n"
            "class Settings(BaseSettings):\n    database: Database\n    mail: Mail\n"
            "    model_config = {'env_nested_delimiter': '__'}\n",
            "b.py": "from pydantic import BaseModel\nclass Mail(BaseModel):\n    api_key: str\n",
        },
        {
            "DATABASE__HOST": "${needs.db.host}",
            "DATABASE__POOL__SIZE": "change-me",
            "MAIL__API_KEY": {"secret": "shop/mail--api-key"},
        },
    ),
    "a model in settings that is JSON": (
        {
            "requirements.txt": "pydantic-settings\nasyncpg\n",
            "a.py": "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\n"
            "class Database(BaseModel):\n    host: str = 'db'\n"
            "class Settings(BaseSettings):\n    database: Database = Database()\n",
        },
        {},
    ),
    "the kind of database, as an example says it": (
        {
            **POSTGRES,
            "a.py": f'{ENV}os.environ["DB_HOST"]\nos.getenv("DB_TYPE", "sqlite")\n',
            ".env.example": "DB_TYPE=postgresql\n",
        },
        {"DB_HOST": "${needs.db.host}", "DB_TYPE": "postgresql"},
    ),
    "a login of Chainlit": (
        {
            "requirements.txt": "chainlit\n",
            "a.py": "import chainlit as cl\n@cl.password_auth_callback\ndef f(name, word): ...\n",
        },
        {"CHAINLIT_AUTH_SECRET": {"secret": "shop/chainlit-auth-secret"}},
    ),
    "a broker that compose starts": (
        {
            "requirements.txt": "celery\nredis\n",
            "a.py": f'{ENV}os.environ["CELERY_BROKER_URL"]\n',
            "compose.yaml": "services:\n  mq: {image: 'rabbitmq:4'}\n",
        },
        {"CELERY_BROKER_URL": "${needs.broker.url}"},
    ),
}


@pytest.mark.parametrize("case", VARIABLES)
def test_the_environment(case: str, tmp_path: Path) -> None:
    files, wanted = VARIABLES[case]
    data = settings(seen(tmp_path, files), "shop", ()).data
    assert data.get("env", {}) == wanted
    secrets = [each["secret"].partition("/")[2] for each in wanted.values() if isinstance(each, dict)]
    assert data.get("secrets", {}).get("shop", {}).get("keys", []) == secrets


def test_no_secret_of_an_environment_file_is_written_down(tmp_path: Path) -> None:
    files = {
        "a.py": f'{ENV}os.environ["API_KEY"]\nos.environ["TOPIC"]\n',
        ".env": "API_KEY=hunter2\n",
        ".env.example": "API_KEY=hunter2\nTOPIC=news\n",
    }
    assert "hunter2" not in repr(settings(seen(tmp_path, files), "shop", ()))


def test_what_others_settled_stays(tmp_path: Path) -> None:
    part = settings(seen(tmp_path, {"a.py": f'{ENV}os.environ["API_KEY"]\n'}), "shop", {"API_KEY"})
    assert part.data == {}


def test_optional_variables_are_named(tmp_path: Path) -> None:
    part = settings(seen(tmp_path, {"a.py": f'{ENV}os.getenv("LEVEL")\n'}), "shop", ())
    assert [each.question for each in part.doubts] == ["the code also looks for LEVEL"]


PACKAGES: Mapping[str, tuple[str, list[str], list[str]]] = {
    "psycopg2": ("psycopg2==2.9\n", ["libpq5"], ["gcc", "libc6-dev", "libpq-dev"]),
    "psycopg2-binary": ("psycopg2-binary==2.9\n", [], []),
    "psycopg[binary]": ("psycopg[binary]\n", [], []),
    "psycopg with psycopg-binary": ("psycopg\npsycopg-binary\n", [], []),
    "psycopg[c]": ("psycopg[c]\n", ["libpq5"], ["gcc", "libc6-dev", "libpq-dev"]),
    "what only has the name in it": ("mysqlclient-stubs\nmy-psycopg2\n", [], []),
    "opencv": ("opencv-python\n", ["libgl1", "libglib2.0-0t64"], []),
    "opencv without a window": ("opencv-python-headless\n", [], []),
    "from Git": ("shop @ git+https://example.com/shop.git\n", [], ["git"]),
    "two": ("pdf2image\npydub\n", ["poppler-utils", "ffmpeg"], []),
}


@pytest.mark.parametrize("case", PACKAGES)
def test_debian_packages(case: str, tmp_path: Path) -> None:
    requirements, run, build = PACKAGES[case]
    data = system_packages.part(seen(tmp_path, {"requirements.txt": requirements})).data
    python = data.get("build", {}).get("python", {})
    assert (python.get("systemPackages", []), python.get("buildPackages", [])) == (run, build)


def test_debian_packages_have_the_names_of_the_release(tmp_path: Path) -> None:
    project = seen(tmp_path, {"requirements.txt": "python-magic\n"})
    assert system_packages.part(project, "3.8").data["build"]["python"]["systemPackages"] == ["libmagic1"]


def test_what_an_own_dockerfile_installs_is_named(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "pydub\n",
        "Dockerfile": "FROM python:3.12\nRUN apt-get update && apt-get install -y ffmpeg sox gcc\n",
    }
    assert [each.question for each in system_packages.part(seen(tmp_path, files)).doubts] == [
        "Dockerfile also installs sox"
    ]


WIRED = """\
services:
  shop:
    build: .
    environment:
      DATABASE_URL: mysql+pymysql://shop:secret@db/shop
      CACHE_HOST: redis
      UPLOAD_FOLDER: /var/uploads
  db: {image: "mariadb:11"}
  redis: {image: "redis:8"}
"""


def test_what_the_compose_file_wires_up_is_a_need_though_no_source_reads_it(tmp_path: Path) -> None:
    files = {"compose.yaml": WIRED, "requirements.txt": "pymysql\nredis\n", "app.py": "import shop\n"}
    data = settings(seen(tmp_path, files), "shop", ()).data
    assert data["env"] == {
        "DATABASE_URL": "mysql+pymysql://${needs.db.username}:${needs.db.password}@${needs.db.host}:${needs.db.port}/"
        "${needs.db.database}",
        "CACHE_HOST": "${needs.cache.host}",
    }
    assert data["needs"] == {"db": {"type": "mysql"}, "cache": {"type": "redis"}}


def test_what_reaches_no_other_service_of_the_compose_file_is_no_need(tmp_path: Path) -> None:
    outside = WIRED.replace("@db/", "@db.example.com/").replace("CACHE_HOST: redis", "CACHE_HOST: cache.example.com")
    files = {"compose.yaml": outside, "requirements.txt": "pymysql\nredis\n", "app.py": "import shop\n"}
    assert settings(seen(tmp_path, files), "shop", ()).data == {}


def test_a_variable_that_is_nothing_unless_it_is_set_is_asked_for(tmp_path: Path) -> None:
    source = "import os\n\nBOT = os.getenv('BOT_NAME', '')\nLEVEL = os.getenv('LOG_LEVEL', 'INFO')\n"
    found = settings(seen(tmp_path, {"requirements.txt": "requests\n", "app.py": source}), "shop", ()).doubts
    assert [each.question for each in found] == ["the code also looks for BOT_NAME"]


def test_the_database_of_tests_is_not_the_apps(tmp_path: Path) -> None:
    source = "import os\n\nURL = os.environ['DATABASE_URL']\nOTHER = os.getenv('DATABASE_TEST_URL')\n"
    compose = (
        "services:\n  web:\n    build: .\n    environment:\n      DATABASE_TEST_URL: postgres://a:b@db/test\n"
        "  db: {image: 'postgres:17'}\n"
    )
    files = {"requirements.txt": "tortoise-orm\nasyncpg\n", "app.py": source, "compose.yaml": compose}
    env = settings(seen(tmp_path, files), "shop", ()).data["env"]
    assert list(env) == ["DATABASE_URL"]
    assert env["DATABASE_URL"].startswith("postgres://")


def test_the_kind_of_database_that_stands_nowhere_is_doubted(tmp_path: Path) -> None:
    source = f'{ENV}os.environ["DB_HOST"]\nos.getenv("DB_TYPE", "sqlite")\nos.getenv("MAIL_TYPE", "smtp")\n'
    found = settings(seen(tmp_path, {**POSTGRES, "a.py": source}), "shop", ()).doubts
    assert [each.question for each in found] == ["`DB_TYPE` (a.py:4) says which database is taken"]


def test_a_variable_that_says_that_it_is_production_is_doubted(tmp_path: Path) -> None:
    source = f'{ENV}if not os.getenv("RUNNING_IN_PRODUCTION", False):\n    reload = True\nos.getenv("PRODUCT", "a")\n'
    found = settings(seen(tmp_path, {"requirements.txt": "flask\n", "a.py": source}), "shop", ()).doubts
    assert [each.question for each in found] == ["a.py:3 is for development unless `RUNNING_IN_PRODUCTION` is set"]
