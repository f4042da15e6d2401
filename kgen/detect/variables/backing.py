"""Which backing services a project needs, by its drivers and the names of the variables that it reads."""

import re
from collections.abc import Mapping

from kgen.detect.project import Project
from kgen.record import dataclass

DRIVERS: Mapping[str, tuple[str, ...]] = {
    "postgres": (
        *("psycopg2", "psycopg2-binary", "psycopg", "psycopg-binary", "asyncpg", "pg8000", "aiopg", "psycopg-pool"),
        *("django-tenants", "pgvector", "tortoise-orm"),
    ),
    "mysql": ("mysqlclient", "pymysql", "aiomysql", "asyncmy", "mysql-connector-python", "mysql-connector"),
    "mongodb": ("pymongo", "motor", "mongoengine", "beanie", "odmantic", "flask-pymongo"),
    "redis": (
        *(
            "redis",
            "aioredis",
            "django-redis",
            "rq",
            "arq",
            "celery-redbeat",
            "channels-redis",
            "hiredis",
            "flask-redis",
        ),
        *("huey", "fastapi-cache2", "django-rq", "saq", "scrapy-redis", "redis-om"),
    ),
    "rabbitmq": ("pika", "aio-pika", "kombu", "aioamqp", "amqpstorm", "nameko", "celery", "dramatiq"),
    "kafka": ("aiokafka", "kafka-python", "confluent-kafka", "faust", "faust-streaming", "kafka-python-ng"),
    "opensearch": ("opensearch-py", "elasticsearch", "elasticsearch-dsl", "django-elasticsearch-dsl"),
}
"""Type of a need → distributions that talk to it."""

NAMES: Mapping[str, str] = {
    "postgres": "db",
    "mysql": "db",
    "mongodb": "mongo",
    "redis": "cache",
    "rabbitmq": "broker",
    "kafka": "kafka",
    "opensearch": "search",
}
"""Type → what the need is called."""

_PREFIX: Mapping[str, str] = {
    "postgres": r"(?:\w+_)?(?:POSTGRES(?:QL)?|PG)|DB|DATABASE|SQL|SQLALCHEMY(?:_DATABASE)?",
    "mysql": r"(?:\w+_)?(?:MYSQL|MARIADB)|DB|DATABASE|SQL|SQLALCHEMY(?:_DATABASE)?",
    "mongodb": r"(?:\w+_)?MONGO(?:_?DB)?(?:_DATABASE)?",
    "redis": r"(?:\w+_)?(?:REDIS|CACHE|CELERY_BROKER|CELERY_RESULT_BACKEND|BROKER|RESULT_BACKEND|RQ_REDIS)",
    "rabbitmq": r"(?:\w+_)?(?:RABBIT(?:_?MQ)?|AMQP|BROKER|CELERY_BROKER)",
    "kafka": r"(?:\w+_)?KAFKA",
    "opensearch": r"(?:\w+_)?(?:OPENSEARCH|ELASTIC(?:SEARCH)?)",
}
_WHAT: Mapping[str, str] = {
    "url": r"(?:_?(?:A?SYNC_?)?(?:URL|URI|DSN|CONNECTION(?:_STRING)?|CONN(?:_STR)?))",
    "host": r"_?(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS)",
    "port": r"_?PORT",
    "username": r"_?(?:USER|USERNAME|USER_NAME)",
    "password": r"_?(?:PASSWORD|PASS|PASSWD|PWD)",
    "database": r"_?(?:NAME|DB|DATABASE|DB_NAME|DATABASE_NAME)",
    "brokers": r"_?(?:BOOTSTRAP_SERVERS?|BROKERS?(?:_(?:URLS?|URIS?|LIST|ADDR(?:ESS(?:ES)?)?|SERVERS?))?|SERVERS)",
    "vhost": r"_?VHOST",
}
"""Output of a need → how the end of a variable's name says so."""

_ALONE = {
    "CELERY_BROKER_URL": "url",
    "CELERY_RESULT_BACKEND": "url",
    "CELERY_BROKER": "url",
    "CELERY_BACKEND": "url",
    "CELERY_BACKEND_URL": "url",
    "BROKER_URL": "url",
    "RESULT_BACKEND": "url",
    "DATABASE": "url",
    "DATABASE_URI": "url",
    "SQLALCHEMY_DATABASE_URI": "url",
}
"""Variables whose whole name is known."""

_OUTPUTS: Mapping[str, frozenset[str]] = {
    "postgres": frozenset({"url", "host", "port", "username", "password", "database"}),
    "mysql": frozenset({"url", "host", "port", "username", "password", "database"}),
    "mongodb": frozenset({"url", "host", "port", "username", "password", "database"}),
    "redis": frozenset({"url", "host", "port", "password"}),
    "rabbitmq": frozenset({"url", "host", "port", "username", "password", "vhost"}),
    "kafka": frozenset({"brokers"}),
    "opensearch": frozenset({"url", "host", "port", "username", "password"}),
}


@dataclass(frozen=True, slots=True)
class Output:
    """What a variable holds of a backing service."""

    type: str
    name: str
    """Output: ``url``, ``host``."""

    origin: str
    """The dependency that talks to it."""

    @property
    def value(self) -> str:
        return f"${{needs.{NAMES[self.type]}.{self.name}}}"


_OF_TESTS = re.compile(r"(?:^|_)TESTS?(?:ING)?(?:_|$)")
"""What stands in the names of variables of tests: their database is not the app's."""


def output(project: Project, variable: str, images: frozenset[str], app: str = "") -> Output | None:
    """
    Return what ``variable`` holds of which backing service; ``None`` if of none that the project has a driver for.

    Args:
        project: The project.
        variable: Its name.
        images: Types whose servers the project's own compose files start.
        app: Name of the app, which variables may start with.
    """
    if _OF_TESTS.search(variable):
        return None
    short = re.sub("__+", "_", _short(variable, app))
    for kind in _candidates(project, images, variable):
        name = _output(kind, short)
        if name and (driver := _driver(project, kind)):
            return Output(kind, name, driver)
    return None


def _driver(project: Project, kind: str) -> str:
    """Return the dependency that talks to a type of server, or that has an extra for it, and where it is named."""
    known = project.modules.notes
    if (key := f"driver of {kind}") not in known:
        known[key] = _found(project, kind)
    return str(known[key])


def _found(project: Project, kind: str) -> str:
    found = next((name for name in DRIVERS[kind] if project.has(name)), "")
    if found:
        return f"{project.dependencies[found].origin}: {found}"
    for each in project.dependencies.values():
        if extra := next((extra for extra in sorted(each.extras) if extra in _EXTRAS.get(kind, ())), ""):
            return f"{each.origin}: {each.name}[{extra}]"
    return ""


_EXTRAS: Mapping[str, frozenset[str]] = {
    "redis": frozenset({"redis", "hiredis"}),
    "postgres": frozenset(
        {"postgres", "postgresql", "psycopg", "psycopg2", "psycopg2-binary", "asyncpg", "postgresql-asyncpg"}
    ),
    "mysql": frozenset({"mysql", "aiomysql", "asyncmy", "pymysql", "mysqlclient"}),
    "mongodb": frozenset({"mongodb"}),
}
"""Type → extras that bring a driver."""


_SCHEMES: Mapping[str, str] = {
    **dict.fromkeys(("postgres", "postgresql"), "postgres"),
    **dict.fromkeys(("mysql", "mariadb"), "mysql"),
    **dict.fromkeys(("redis", "rediss"), "redis"),
    **dict.fromkeys(("amqp", "amqps", "pyamqp"), "rabbitmq"),
    "mongodb": "mongodb",
}
"""Scheme of a URL → type of the server that it is of."""


def by_default(project: Project, variable: str, default: str | None) -> Output | None:
    """Return what ``variable`` holds of which backing service, by the URL that it is unless it is set."""
    scheme, _, where = (default or "").partition("://")
    kind = _SCHEMES.get(scheme.partition("+")[0], "") if where and not _OF_TESTS.search(variable) else ""
    driver = _driver(project, kind) if kind else ""
    return Output(kind, "url", driver) if driver else None


_STARTS = frozenset(
    {
        *("APP", "DJANGO", "FLASK", "FASTAPI", "API", "WEB", "SERVER", "SERVICE", "BACKEND", "SITE", "BOT"),
        *("MAIN", "MASTER", "PRIMARY", "DEFAULT", "PROD", "PRODUCTION", "ASYNC", "SYNC", "SETTINGS", "CONFIG", "DB"),
        *("WRITER", "READER", "WRITE", "READ", "REPLICA"),
    }
)
"""Words before the name of a service's variable that mean this service still, and no other database."""


def _short(variable: str, app: str) -> str:
    """
    Return the name of a variable without the app's name, or what else such names start with.

    >>> _short("SHOP_DATABASE_URL", "shop"), _short("DJANGO_DB_HOST", ""), _short("GEO_DATABASE_NAME", "shop")
    ('DATABASE_URL', 'DB_HOST', 'GEO_DATABASE_NAME')
    """
    name = re.sub(r"\W", "_", app).upper()
    own = {name, name.partition("_")[0]} - {""}
    for start in sorted(own, key=len, reverse=True):
        variable = variable.removeprefix(f"{start}_") if variable != f"{start}_URL" else variable
    first, _, rest = variable.partition("_")
    return rest if first in _STARTS and "_" in rest else variable


_OF_RABBITMQ = ("pika", "aio-pika", "aioamqp", "amqpstorm", "nameko")
"""Distributions that talk to no other broker."""


def _candidates(project: Project, images: frozenset[str], variable: str) -> list[str]:
    """Return the types that the project has a driver for, those that it starts locally first."""
    known = [kind for kind in DRIVERS if _driver(project, kind)]
    is_other = "RABBIT" not in variable and "AMQP" not in variable
    if "rabbitmq" in known and "rabbitmq" not in images and is_other and not project.has(*_OF_RABBITMQ):
        known.remove("rabbitmq")  # Celery and Dramatiq take other brokers, too
    return sorted(known, key=lambda kind: kind not in images)


def _output(kind: str, variable: str) -> str:
    if variable in _ALONE and kind in {"postgres", "mysql", "redis", "rabbitmq"}:
        is_queue = any(word in variable for word in ("CELERY", "BROKER", "RESULT"))
        return _ALONE[variable] if is_queue == (kind in {"redis", "rabbitmq"}) else ""
    for name, end in _WHAT.items():
        if name in _OUTPUTS[kind] and re.fullmatch(f"(?:{_PREFIX[kind]}){end}", variable):
            return name
    return ""
