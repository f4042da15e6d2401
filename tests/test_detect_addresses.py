"""Addresses of servers that hold on one machine only: a variable says another, or there is a doubt."""

from pathlib import Path

import pytest

from detected import seen
from kgen.detect.variables.settings import settings

DRIVERS = {"requirements.txt": "redis\npymongo\npsycopg2\npika\ncelery\ndjango\n"}

FIXED = {
    "a broker": ("app = Celery('shop', broker='redis://localhost:6379/0')", "redis://localhost:6379/0 (shop.py:3)"),
    "a service of Docker Compose": ("URL = 'amqp://guest:guest@rabbit:5672//'", "amqp://…@rabbit (shop.py:3)"),
    "a text that is put together": (
        "URL = f'postgresql://{user}:{word}@127.0.0.1/shop'",
        "postgresql://…@127.0.0.1 (shop.py:3)",
    ),
    "a database of Django": ("DATABASES = {'default': {'HOST': 'db'}}", "db (shop.py:3)"),
    "a client": ("cache = redis.Redis(host='cache', port=6379)", "cache (shop.py:3)"),
    "a client's first argument": ("mongo = MongoClient('localhost', 27017)", "localhost (shop.py:3)"),
    "a client's default": ("mongo = MongoClient()", "localhost, as MongoClient does (shop.py:3)"),
    "a name": ("REDIS_HOST = 'localhost'", "localhost (shop.py:3)"),
    "settings of a client": ("QUEUE = {'host': 'localhost', 'port': 6379, 'db': 0}", "localhost (shop.py:3)"),
    "settings of a layer": ("LAYER = {'hosts': [('127.0.0.1', 6379)]}", "127.0.0.1 (shop.py:3)"),
    "a client that is made when it is first used": (
        "def cache(g):\n    if not hasattr(g, 'redis'):\n        g.redis = redis.Redis(host='cache')",
        "cache (shop.py:5)",
    ),
    "only if it is the program": (
        "if __name__ == '__main__':\n    pika.ConnectionParameters('localhost')",
        "localhost (shop.py:4)",
    ),
}
START = "import os, pika, redis; from celery import Celery\nfrom pymongo import MongoClient\n"


@pytest.mark.parametrize(("line", "wanted"), FIXED.values(), ids=FIXED)
def test_an_address_that_stands_in_the_source_is_doubted(tmp_path: Path, line: str, wanted: str) -> None:
    made = settings(seen(tmp_path, {**DRIVERS, "shop.py": f"{START}{line}\n"}), "shop", ())
    assert [each.question for each in made.doubts] == [
        f"the source names servers that are not in the cluster: {wanted}"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "URL = os.getenv('REDIS_URL', 'redis://localhost')",
        "URL = os.getenv('REDIS_URL') or 'redis://localhost'",
        "if os.getenv('LOCAL_CACHE', 'off') == 'on':\n    URL = 'redis://localhost'",
        "class TestConfig:\n    URL = 'redis://localhost'",
        "def ask(url='redis://localhost'):\n    pass",
        "URL = 'redis://cache.shop.example.com'",
        "URL = url.replace('postgres://', 'postgresql://')",
        "cache = redis.Redis(host=os.getenv('REDIS_HOST', 'localhost'))",
        "cache = redis.Redis(connection_pool=pool)",
        "SERVER = {'host': '127.0.0.1', 'port': 8000}",
        "TITLE = 'localhost'",
        "cache = redis.Redis(**options)",
    ],
)
def test_an_address_that_may_be_another_is_none(tmp_path: Path, line: str) -> None:
    made = settings(seen(tmp_path, {**DRIVERS, "shop.py": f"{START}{line}\n"}), "shop", ())
    assert [each.question for each in made.doubts] == []


def test_addresses_in_settings_for_development_do_not_count(tmp_path: Path) -> None:
    files = {**DRIVERS, "shop/settings_dev.py": "URL = 'redis://localhost'\n", "bin/wait.py": "URL = 'redis://cache'\n"}
    assert settings(seen(tmp_path, files), "shop", ()).doubts == ()


def test_a_variable_whose_default_is_the_address_of_a_server_gets_one(tmp_path: Path) -> None:
    text = "import os\n\nQUEUE = os.getenv('JOBS_AT', 'redis://localhost:6379/1')\n"
    made = settings(seen(tmp_path, {**DRIVERS, "shop.py": text}), "shop", ())
    assert made.data == {"env": {"JOBS_AT": "${needs.cache.url}"}, "needs": {"cache": {"type": "redis"}}}
    assert made.doubts == ()


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            "os.getenv('SEARCH_AT', 'http://localhost:7700')",
            ["`SEARCH_AT` (shop.py:3) is an address on localhost unless set"],
        ),
        ("os.getenv('APP_HOST', '127.0.0.1')", []),
        ("os.getenv('CORS_ORIGINS', 'http://localhost:3000')", []),
        ("os.getenv('MAIL_SENDER', 'shop@localhost')", []),
    ],
)
def test_a_variable_whose_default_is_on_this_machine_is_doubted(tmp_path: Path, line: str, wanted: list[str]) -> None:
    made = settings(seen(tmp_path, {"shop.py": f"import os\n\nWHERE = {line}\n"}), "shop", ())
    assert [each.question for each in made.doubts] == wanted
