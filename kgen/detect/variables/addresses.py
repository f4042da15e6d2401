"""
Addresses of servers that hold on one machine only: ``localhost``, or the name of a service of Docker Compose.

In a pod nothing listens there. Where a variable says the address, it wants a value; where only the source does, a doubt
names the place.
"""

import ast
import re
from collections.abc import Container, Iterable, Iterator, Mapping

from kgen.detect.found import Doubt, listed
from kgen.detect.project import Project
from kgen.detect.source.evaluated import reads
from kgen.detect.source.syntax import Module, imported, meaning, name_of, nodes
from kgen.detect.source.values import is_main
from kgen.detect.source.words import Sought, sought
from kgen.detect.variables.backing import output
from kgen.detect.variables.environment import ASIDE
from kgen.detect.variables.variable import Variable

_HOST = r"(?:localhost|127\.0\.0\.1|[a-z][\w-]*)"
_SCHEMES = r"(?:rediss?|amqps?|pyamqp|mongodb|postgres(?:ql)?|mysql|mariadb|nats|kafka|clickhouse|cassandra)"
_URL = re.compile(rf"({_SCHEMES}(?:\+\w+)?://)(?:[^@/\s]*@)?({_HOST})(?::\d+)?(?:[/?,]\S*)?")
_PLAIN = re.compile(rf"{_HOST}(?::\d+)?")
_MENTIONED = re.compile(rb"://(?:[^@/\s\"']*@)?(?:127\.0|[a-z][\w-]*[:/,\"'])")
_ALONE_THERE: Sought = (
    (b"\nlocalhost\n", re.compile(rb"localhost(?<=[\"']localhost)(?::\d+)?[\"']")),
    (b"\n127\n", re.compile(rb"127\.0\.0\.1(?<=[\"']127\.0\.0\.1)(?::\d+)?[\"']")),
    (b"\n6379\n", re.compile(rb"\([\"'][a-z][\w-]*[\"'],[ \t]*6379\)")),
)
"""What stands in a module with the address of such a server, and in few others."""

_SERVERS = (
    *(b"redis", b"amqp", b"mongodb", b"postgres", b"mysql", b"mariadb", b"nats", b"kafka", b"clickhouse", b"cassandra"),
)
"""Parts of words, one of which it has."""

_CALLS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("redis", "aioredis", "rq", "huey"), ("Redis(",)),
    **dict.fromkeys(("pymongo", "motor"), ("MongoClient(", "MotorClient(")),
    "mongoengine": ("connect(",),
    "pika": ("ConnectionParameters(",),
    **dict.fromkeys(("kafka-python", "aiokafka", "kafka-python-ng"), ("bootstrap_servers",)),
    **dict.fromkeys(("elasticsearch", "opensearch-py"), ("search(",)),
    **dict.fromkeys(("psycopg2", "psycopg2-binary", "psycopg", "pymysql", "mysqlclient"), (".connect(",)),
    **dict.fromkeys(
        ("mysql-connector-python", "mariadb", "aiomysql", "asyncpg", "aiopg"), (".connect(", "create_pool(")
    ),
    "peewee": ("Database(",),
    "django": ("'HOST'", '"HOST"'),
}
"""Distribution → what stands in a module that names a server for it."""

_ALONE = frozenset({"Redis", "StrictRedis", "MongoClient", "AsyncMongoClient", "AsyncIOMotorClient"})
"""Clients that ask localhost if they are not told whom."""

_CLIENTS = frozenset({*_ALONE, "ConnectionParameters", "BlockingConnection", "Elasticsearch", "connect", "create_pool"})
_ROOTS = frozenset(
    {
        *("redis", "aioredis", "pymongo", "motor", "mongoengine", "pika", "aio_pika", "kafka", "aiokafka", "asyncpg"),
        *("elasticsearch", "psycopg2", "psycopg", "pymysql", "MySQLdb", "mysql", "aiomysql", "peewee", "aiopg"),
        *("confluent_kafka", "opensearchpy", "rq", "mariadb", "asyncmy"),
    }
)
"""Packages whose calls take the address of a server."""

_WORDS = frozenset({"host", "hosts", "hostname", "bootstrap_servers", "unix_socket_path", "connection_pool", "url"})
OTHERS = re.compile(
    r"(?:^|[_-])(?:dev|develop|development|local|tests?|testing|ci|examples?|samples?|template|old)(?:[_-]|$)"
    r"|(?:Dev|Test|Local)"
)
"""Names of modules and classes that are not meant for production."""

_OWN = re.compile(
    r"(?:(?:APP|API|WEB|SERVER|HTTP|FLASK|UVICORN|GUNICORN|BIND|LISTEN)_?)*(?:HOST|IP|BIND|ADDR\w*|NAME)?"
)
_OPEN = re.compile(r"CORS|ORIGIN|INTERNAL|ALLOWED|TRUSTED|CSRF|FROM|^TEST_")
_LAZY = re.compile(r"not hasattr\(.*\)|'\w+' not in g")
"""Conditions that hold once: something is made when it is first used."""

_LOCAL = re.compile(r"localhost|127\.0\.0\.1")
_OWN_MACHINE = re.compile(r"(?:localhost|127\.0\.0\.1)(?::\d+)?")
_MOST = 4


def unset(read: Iterable[Variable], env: Container[str]) -> Iterator[Doubt]:
    """Yield which variables are addresses of one machine unless they are set; their own address servers may have."""
    found = [each for each in read if each.name not in env and not each.is_required and _is_local(each)]
    if found:
        names = listed((f"`{each.name}` ({each.origin})" for each in found), _MOST)
        question = f"{names} {'are addresses' if len(found) > 1 else 'is an address'} on localhost unless set"
        yield Doubt(path=("env",), question=question, help="set where it is in the cluster")


def _is_local(variable: Variable) -> bool:
    default = variable.default or ""
    is_mail = "@" in default and "://" not in default
    if is_mail or _OWN.fullmatch(variable.name) or _OPEN.search(variable.name):
        return False
    return bool(_LOCAL.search(default) or _URL.fullmatch(default))


def fixed(project: Project, read: Iterable[Variable]) -> Iterator[Doubt]:
    """Yield the places in the source that name a server on one machine, without a variable that says another."""
    known = {each.origin for each in read}
    found: dict[str, str] = {}
    words = _words(project)
    for module in project.modules.those(_modules(project, words), sought("://", *words)):
        here = ((f"{module.path}:{line}", address) for line, address in _fixed(project, module))
        found |= {place: address for place, address in here if place not in known}
    if found:
        places = listed((f"{address} ({place})" for place, address in found.items()), _MOST)
        question = f"the source names servers that are not in the cluster: {places}"
        yield Doubt(
            path=("components",),
            question=question,
            help="read the address from the environment, and set it under `env`",
        )


def _words(project: Project) -> list[str]:
    """Return what stands in calls that name a server for what the project depends on."""
    known = [name for name in _CALLS if project.has(name) or not project.dependencies]
    return sorted({word for name in known for word in _CALLS[name]})


def _modules(project: Project, words: list[str]) -> Iterator[str]:
    """Yield the modules of the program that may name a server."""
    modules = project.modules
    found = dict.fromkeys(
        [
            *modules.telling(_ALONE_THERE, modules.paths),
            *modules.matching(_MENTIONED, _SERVERS),
            *modules.having(*words),
        ]
    )
    for path in found:
        *folders, name = path.split("/")
        if not (OTHERS.search(name.removesuffix(".py")) or not ASIDE.isdisjoint(folders) or modules.is_side(path)):
            yield path


def _fixed(project: Project, module: Module) -> Iterator[tuple[int, str]]:
    """Yield line and address of what is fixed, and not only taken under a condition or if nothing else is said."""
    aside = list(_aside(module.tree))
    names = imported(module.tree)
    for node, address in (*_addresses(module.tree, names), *_named(project, module.tree)):
        if not any(node.lineno in lines for lines in aside):
            yield node.lineno, address


def _aside(tree: ast.Module) -> Iterator[range]:
    """Yield the lines of what is conditional, a default, or for developers."""
    for node in nodes(tree, ast.If, ast.IfExp, ast.BoolOp, ast.Call, ast.ClassDef, ast.arguments):
        match node:
            case ast.If(test=test) if not is_main(test) and not _LAZY.fullmatch(ast.unparse(test)):
                yield _lines(node)
            case ast.IfExp() | ast.BoolOp():
                yield _lines(node)
            case ast.Call(func=func) if reads(name_of(func)):
                yield _lines(node)
            case ast.ClassDef(name=name) if OTHERS.search(name):
                yield _lines(node)
            case ast.arguments(defaults=defaults, kw_defaults=more):
                yield from (_lines(each) for each in (*defaults, *more) if each)
            case _:
                pass


def _lines(node: ast.stmt | ast.expr) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _addresses(tree: ast.Module, names: Mapping[str, str]) -> Iterator[tuple[ast.expr, str]]:
    for node in nodes(tree, ast.Constant, ast.JoinedStr, ast.Dict, ast.Call):
        match node:
            case ast.Constant(value=str(text)) if match := _URL.fullmatch(text):
                yield node, f"{match[1]}…@{match[2]}" if "@" in text else text
            case ast.JoinedStr(values=parts) if match := _URL.fullmatch("".join(map(_piece, parts))):
                yield node, f"{match[1]}…@{match[2]}"
            case ast.Dict(keys=keys, values=values):
                known = {
                    key.value: given for key, given in zip(keys, values, strict=True) if isinstance(key, ast.Constant)
                }
                is_client = "port" in known and not known.keys().isdisjoint(_OF_CLIENTS)
                for key in ("HOST", "hosts", *(["host"] if is_client else [])):
                    if text := _plain(known.get(key)):
                        yield known[key], text
            case ast.Call():
                yield from ((node, address) for address in _asked(node, names))
            case _:
                pass


_OF_CLIENTS = frozenset({"db", "database", "dbname", "user", "username", "password"})
"""Keys beside ``host`` and ``port`` of what asks a server, and is none itself."""


def _named(project: Project, tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """Yield the addresses on this machine that names of servers are given: ``KAFKA_BROKER = "localhost"``."""
    for node in nodes(tree, ast.Assign, ast.AnnAssign):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text)) as given)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text)) as given)
            ) if _OWN_MACHINE.fullmatch(text) and output(project, name, frozenset()):
                yield given, text
            case _:
                pass


def _piece(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "0"


def _plain(node: ast.expr | None) -> str:
    """Return a host that is no variable and no name of the public DNS."""
    match node:
        case ast.Tuple(elts=[ast.Constant() as host, ast.Constant(value=int())]):
            return _plain(host)
        case ast.Constant(value=str(text)) if _PLAIN.fullmatch(text):
            return text
        case ast.List(elts=[first, *_]):
            return _plain(first)
        case _:
            return ""


def _asked(call: ast.Call, names: Mapping[str, str]) -> Iterator[str]:
    """Yield the server that a client is to ask."""
    full = meaning(call.func, dict(names))
    last = full.rpartition(".")[2]
    if full.partition(".")[0] not in _ROOTS:
        return
    words = {each.arg: each.value for each in call.keywords}
    given = next((words[word] for word in ("host", "hosts", "bootstrap_servers") if word in words), None)
    if given is None and last in _CLIENTS and call.args and last != "connect":
        given = call.args[0]
    if given is not None:
        yield from (text for text in [_plain(given)] if text)
    elif last in _ALONE and not call.args and None not in words and not _WORDS & {str(word) for word in words}:
        yield f"localhost, as {last} does"
