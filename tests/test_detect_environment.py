"""What `kgen init` writes of the environment: what an app cannot do without, and no more."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from detected import seen
from kgen.detect.found import Fact, Program
from kgen.detect.variables import wired
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
    "one of several": "key = os.getenv('KEY')\nif not all([key, 1]):\n    sys.exit(1)\n",
    "asserted": "key = os.getenv('KEY')\nassert key, 'no KEY'\n",
    "a number": "key = int(os.environ.get('KEY'))\n",
    "split at once": "class Config:\n    key = [int(each) for each in os.getenv('KEY').split()]\n",
    "a number, or the end": "try:\n    key = int(os.getenv('KEY'))\nexcept ValueError:\n    raise Exception('KEY')\n",
    "by a list": "for name in ['KEY']:\n    if not os.getenv(name):\n        raise KeyError\nkey = os.getenv('KEY')\n",
    "by a list of what is missing": "key = os.getenv('KEY', '')\nNAMES = ('KEY', 'OTHER')\n"
    "missing = [name for name in NAMES if not os.getenv(name)]\nif missing:\n    raise SystemExit(missing)\n",
    "by a class of settings": "class Config:\n    def __init__(self):\n        self.key = os.getenv('KEY', '')\n\n"
    "    def check(self):\n        wanted = {'KEY': self.key}\n"
    "        missing = [name for name, value in wanted.items() if not value]\n"
    "        if missing:\n            raise SystemExit(missing)\n",
    "told, and left": "NAME = 'KEY'\n\n\ndef main():\n    key = os.getenv(NAME)\n    if key is None:\n"
    "        log.fatal('no KEY')\n        return -1\n",
    "of what is made of it": "_ids = tuple(map(int, parse(os.getenv('KEY') or config('OLD'))))\nids = set(_ids)\n"
    "if not all((ids, 1)):\n    sys.exit(1)\n",
    "by the name in a constant": "NAME = 'KEY'\nkey = os.environ[NAME]\n",
    "by an attribute": "class Config:\n    KEY = os.getenv('KEY')\n\n    @classmethod\n    def validate(cls):\n"
    "        if not cls.KEY:\n            raise ValueError\n",
}
LEAVES = {
    "for a feature": "def pay():\n    if not os.getenv('KEY'):\n        raise KeyError\n",
    "with a default": "key = os.getenv('KEY', 'a')\nif not key:\n    raise KeyError\n",
    "left out without it": "def a():\n    if 'KEY' not in os.environ:\n        return\n    b = os.environ['KEY']\n",
    "left without a word": "def main():\n    if not os.getenv('KEY'):\n        return\n",
    "with another place": "def main():\n    key = os.getenv('KEY') or args.key\n    if not key:\n        sys.exit(1)\n",
    "with another way": "key = os.getenv('KEY')\nif not key:\n    key = ask()\n",
    "a number, if it is there": "key = int(os.getenv('KEY')) if os.getenv('KEY') else 1\n",
    "a number, or another one": "try:\n    key = int(os.getenv('KEY'))\nexcept ValueError:\n    key = 1\n",
    "in a list of what is optional": "for name in ['KEY']:\n    if not os.getenv(name):\n        print(name)\n"
    "key = os.getenv('KEY')\n",
}


@pytest.mark.parametrize("case", [*INSISTS, *LEAVES])
def test_what_the_source_insists_on_is_required(case: str, tmp_path: Path) -> None:
    source = f"import os, sys\n{INSISTS.get(case) or LEAVES[case]}"
    (read,) = variables(seen(tmp_path, {"requirements.txt": "flask\n", "shop.py": source}))

    assert read.is_required is (case in INSISTS)


def test_what_another_module_sets_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "start.py").write_text("import os\nos.environ['TOPIC'] = version()\n")

    assert written(tmp_path, "import os\nTOPIC = os.environ['TOPIC']\n") == {}


def test_what_a_module_sets_itself_is_not_asked_for(tmp_path: Path) -> None:
    source = (
        "import os\nos.environ['TOPIC'] = 'a'\nTOPIC = os.environ['TOPIC']\nos.environ['MODE'] = os.environ['MODE']\n"
    )

    assert written(tmp_path, source) == {"env": {"MODE": "change-me"}}


def test_the_way_that_is_open_is_taken(tmp_path: Path) -> None:
    source = (
        "import os\nENV = bool(os.environ.get('ENV', False))\nif ENV:\n    TOKEN = os.environ.get('TOKEN', None)\n"
        "    OWNER = int(os.environ.get('OWNER'))\nelse:\n    from app.own import Development as Config\n"
    )
    expected = {"ENV": "true", "TOKEN": {"secret": "shop/token"}, "OWNER": "change-me"}

    files = {"requirements.txt": "", "app/__init__.py": "", "app/config.py": source}
    assert settings(seen(tmp_path, files), "shop", ()).data["env"] == expected
    own = {"app/own.py": "class Development: ...\n"}
    assert settings(seen(tmp_path, files | own), "shop", ()).data == {}


def test_settings_of_pydantic_1_have_names_of_their_own_and_options_without_a_default(tmp_path: Path) -> None:
    source = (
        "from pydantic import BaseSettings\nclass S(BaseSettings):\n    place: str | None\n    topic: str\n"
        "    other: str\n    class Config:\n        env_prefix = 'SHOP_'\n"
        "        fields = {'topic': {'env': 'TOPIC'}}\n"
    )

    assert written(tmp_path, source) == {"env": {"TOPIC": "change-me", "SHOP_OTHER": "change-me"}}


def test_a_class_that_reads_its_own_fields_demands_what_it_checks(tmp_path: Path) -> None:
    source = (
        "from os import getenv\n\n\nclass Config:\n    TOPIC = ''\n    LEVEL = 1\n    mode = ''\n    HOSTS: str = 'a'\n"
        "    @classmethod\n    def load(cls):\n        for name in dir(cls):\n"
        "            setattr(cls, name, getenv(name))\n"
        "    @classmethod\n    def check_config(cls):\n        for name in ['TOPIC']:\n"
        "            if not vars(cls)[name]:\n"
        "                raise ValueError(name)\n"
    )

    assert written(tmp_path, source) == {"env": {"TOPIC": "change-me"}}


def test_prefixes_of_environs_are_part_of_the_names(tmp_path: Path) -> None:
    source = (
        "from environs import Env\nenv = Env()\nwith env.prefixed('SHOP_'):\n    TOPIC = env.str(name='TOPIC')\n"
        "    with env.prefixed('MAIL_'):\n        HOST = env('HOST')\nOTHER = env('OTHER')\n"
    )

    assert written(tmp_path, source) == {
        "env": {"OTHER": "change-me", "SHOP_MAIL_HOST": "change-me", "SHOP_TOPIC": "change-me"}
    }


def test_what_environs_reads_from_files_too_is_read(tmp_path: Path) -> None:
    source = "from environs import FileAwareEnv\nenv = FileAwareEnv()\nTOPIC = env('TOPIC')\n"

    assert written(tmp_path, source) == {"env": {"TOPIC": "change-me"}}


COMPOSE = (
    "services:\n  app:\n    build: .\n    environment:\n      SHOP_STORE: postgres://u:p@db/shop\n      RATE: 1000\n"
    "      PEER: other:80\n  db:\n    image: postgres:17\n  other:\n    image: nginx\n"
)


def test_settings_of_a_file_are_no_variables(tmp_path: Path) -> None:
    source = (
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\nclass Texts(BaseSettings):\n"
        "    commands: list[str]\n    model_config = SettingsConfigDict(yaml_file='texts.yml')\n"
    )

    assert written(tmp_path, source) == {}


def test_functions_around_decouple_read(tmp_path: Path) -> None:
    source = (
        "import decouple\n\n\ndef get(name, **options):\n    return decouple.config(name, **options)\n\n\n"
        "TOPIC = get('TOPIC')\nLEVEL = get('LEVEL', default=1, cast=int)\n"
    )

    assert written(tmp_path, source) == {"env": {"TOPIC": "change-me"}}


def test_what_compose_turns_on_is_on(tmp_path: Path) -> None:
    lines = "QUEUE: 'true'\n      DEBUG_QUEUE: 'true'\n      USUAL: 'false'\n      SEARCH_URL: http://search:80/\n"
    compose = f"services:\n  app:\n    build: .\n    environment:\n      {lines}  search:\n    image: acme/search\n"
    source = "import os\n" + "".join(f"os.getenv('{name}', 'False')\n" for name in ("QUEUE", "DEBUG_QUEUE", "USUAL"))
    files = {"requirements.txt": "", "app.py": source, "Dockerfile": "FROM python:3.13\n", "compose.yml": compose}
    made = settings(seen(tmp_path, files), "shop", ())

    assert made.data["env"] == {"QUEUE": "true"}
    assert [each.question for each in made.doubts] == [
        "your containers are told where others are: SEARCH_URL: http://search:80/ (compose.yml:8)"
    ]


def test_what_compose_says_of_a_variable_counts(tmp_path: Path) -> None:
    source = "import os\nA = os.environ['SHOP_STORE']\nB = float(os.environ['RATE'])\nC = os.environ['PEER']\n"
    files = {"requirements.txt": "psycopg2\n", "app.py": source, "docker-compose.yml": COMPOSE}
    made = settings(seen(tmp_path, files), "shop", ())

    assert made.data["env"] == {"SHOP_STORE": "${needs.db.url}", "RATE": "1000", "PEER": "change-me"}
    assert made.comments["env", "RATE"] == "app.py:3, as in docker-compose.yml:6"


def test_files_of_settings_that_a_program_is_started_with_name_variables(tmp_path: Path) -> None:
    config = "AMQP_URI: amqp://${RABBIT_USER:guest}@${RABBIT_HOST:localhost}/\nTOPIC: ${TOPIC}\n"
    files = {"requirements.txt": "nameko\n", "app.py": "", "config.yml": config}
    run = Program(
        name="app", type="worker", command=Fact("nameko run --config ./config.yml app", "Procfile:1"), rank=90
    )
    made = settings(seen(tmp_path, files), "shop", (), [run])

    assert made.data["env"] == {
        "RABBIT_USER": "${needs.broker.username}",
        "RABBIT_HOST": "${needs.broker.host}",
        "TOPIC": "change-me",
    }
    assert made.data["needs"] == {"broker": {"type": "rabbitmq"}}


CLOUDS = {
    "import boto3\nq = boto3.client('sqs')\n": "`AWS_DEFAULT_REGION`, `AWS_ACCESS_KEY_ID`",
    "import boto3\nq = boto3.client('sqs', region_name='eu-west-1')\n": "set `AWS_ACCESS_KEY_ID`",
    "CELERY = {'broker_url': 'sqs://'}\n": "set `AWS_ACCESS_KEY_ID`",
    "from google.cloud import pubsub_v1\np = pubsub_v1.PublisherClient()\n": "set `GOOGLE_APPLICATION_CREDENTIALS`",
    "import boto3\nq = boto3.client('sqs', aws_access_key_id='', aws_secret_access_key='')\n": "",
    "import boto3, os\nq = boto3.client('sqs')\nk = os.getenv('AWS_ACCESS_KEY_ID', '')\n": "",
}


@pytest.mark.parametrize("source", CLOUDS)
def test_what_clients_of_clouds_take_from_the_environment_is_a_doubt(source: str, tmp_path: Path) -> None:
    made = settings(seen(tmp_path, {"requirements.txt": "boto3\n", "app.py": source}), "shop", ())
    said = [each.help for each in made.doubts if each.question.startswith("clients of")]

    assert (CLOUDS[source] in said[0]) if CLOUDS[source] else said == []


OWN_READERS = (
    "import os\n\n\ndef required(name):\n    found = os.getenv(name)\n    if not found:\n        raise ValueError\n"
    "    return found\n\n\ndef perhaps(name, default=None):\n    return os.getenv(name, default)\n\n\n"
    "def switch(name, default=False):\n    return os.environ.get(name, default)\n\n\n"
    "def later(key, default):\n    return lambda: switch(key, default)\n"
)


def test_what_functions_of_the_project_read_is_known(tmp_path: Path) -> None:
    use = "from env import *\nrequired('SHOP_TOPIC')\nperhaps('SHOP_B')\nswitch('SHOP_MODE')\nlater('SHOP_A', 'a')\n"
    project = seen(tmp_path, {"requirements.txt": "", "env.py": OWN_READERS, "app.py": f"{use}required(use)\n"})
    found = {each.name: (each.is_required, each.has_default, each.default) for each in variables(project)}

    assert found == {
        "SHOP_TOPIC": (True, False, None),
        "SHOP_B": (False, False, None),
        "SHOP_MODE": (False, True, None),
        "SHOP_A": (False, True, "a"),
    }


@pytest.mark.parametrize("body", ["os.getenv(key=key)", "os.environ.get(key)", "os.environ[key]"])
def test_methods_that_read_what_they_are_told_by_keyword_are_known(body: str, tmp_path: Path) -> None:
    source = (
        "import os\n\n\nclass Config:\n    def __init__(self):\n        self.topic = self.read(key='SHOP_TOPIC')\n\n"
        f"    def read(self, key: str) -> str:\n        found = {body}\n"
        "        if found is None:\n            raise TypeError(key)\n        return found\n"
    )

    assert written(tmp_path, source) == {"env": {"SHOP_TOPIC": "change-me"}}


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


def test_variables_of_which_one_is_needed_are_told_with_the_error(tmp_path: Path) -> None:
    source = (
        "import os\nA = os.getenv('API_HOST')\nB = os.getenv('API_URL')\nC = os.getenv('API_MODE')\n\n\ndef url():\n"
        "    if not (A or B):\n        raise ValueError('API_HOST or API_URL is required')\n"
        "    if C == 'x':\n        raise ValueError('API_MODE is wrong')\n"
    )
    made = settings(seen(tmp_path, {"requirements.txt": "", "app.py": source}), "shop", ())

    assert [each.question for each in made.doubts] == [
        "app.py:9 may end the program over `API_HOST`, `API_URL`",
        "the code also looks for API_MODE",
    ]


def test_a_switch_is_no_secret_whatever_it_is_called(tmp_path: Path) -> None:
    assert written(tmp_path, "import os\nA = as_bool(os.environ.get('TOKEN_IN_BODY') or 'no')\n") == {}


def test_one_app_has_one_database_though_it_may_use_several_kinds(tmp_path: Path) -> None:
    source = "import os\nA = os.environ['PG_HOST']\nB = os.environ.get('MYSQL_DATABASE', 'a')\n"
    files = {"requirements.txt": "psycopg2\npymysql\n", "app.py": source}
    made = settings(seen(tmp_path, files), "shop", ()).data

    assert (made["env"], made["needs"]) == ({"PG_HOST": "${needs.db.host}"}, {"db": {"type": "postgres"}})


def test_what_only_one_of_two_services_has_turned_on_is_left_open(tmp_path: Path) -> None:
    source = "import os\nA = os.getenv('USE_A')\nB = os.getenv('USE_B')\nC = os.getenv('USE_C')\n"
    compose = (
        "services:\n  one:\n    build: .\n    environment: [USE_A=true, USE_C=true]\n"
        "  two:\n    build: .\n    environment: [USE_B=true, USE_C=true]\n"
    )
    files = {
        "requirements.txt": "flask\n",
        "app.py": source,
        "compose.yaml": compose,
        "Dockerfile": "FROM python:3.13\n",
    }

    assert [name for name, _ in wired.switches(seen(tmp_path, files))] == ["USE_C", "USE_C"]


def test_what_a_loop_reads_by_its_names_is_read(tmp_path: Path) -> None:
    source = (
        "import os\n\n\nclass Config:\n    TABLE = {'DATA_DIR': '.', 'MODE': ''}\n\n    def __init__(self):\n"
        "        for key, given in self.TABLE.items():\n            setattr(self, key, os.environ.get(key, given))\n"
    )
    read = variables(seen(tmp_path, {"requirements.txt": "flask\n", "shop.py": source}))

    assert [(each.name, each.default, each.is_required) for each in read] == [
        ("DATA_DIR", ".", False),
        ("MODE", None, False),
    ]
