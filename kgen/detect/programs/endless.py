"""What in one module says that a program goes on for ever: loops without end, methods that do not return, servers."""

import ast
import re
from collections.abc import Iterator, Mapping

from kgen.detect.programs.loops import goes_on
from kgen.detect.programs.rpc import LISTEN, listening
from kgen.detect.project import Project
from kgen.detect.source.reached import packages
from kgen.detect.source.syntax import imported, meaning, name_of, nodes
from kgen.detect.source.values import is_main, is_port, keyword, value
from kgen.detect.source.words import Sought, sought
from kgen.record import dataclass

FRAMEWORKS: Mapping[str, str] = {
    "discord": "discord.py",
    "nextcord": "nextcord",
    "disnake": "disnake",
    "hikari": "hikari",
    "interactions": "interactions.py",
    "telegram": "python-telegram-bot",
    "telebot": "pyTelegramBotAPI",
    "aiogram": "aiogram",
    "pyrogram": "Pyrogram",
    "telethon": "Telethon",
    "slack_bolt": "Slack Bolt",
    "twitchio": "TwitchIO",
    "vkbottle": "vkbottle",
    "vk_api": "vk_api",
    "nonebot": "NoneBot",
    "mattermostdriver": "Mattermost",
    "pymumble_py3": "Mumble",
    "slixmpp": "Slixmpp",
    "apscheduler": "APScheduler",
    "schedule": "schedule",
    "aiokafka": "Kafka",
    "kafka": "Kafka",
    "confluent_kafka": "Kafka",
    "faststream": "FastStream",
    "pika": "RabbitMQ",
    "aio_pika": "RabbitMQ",
    "paho": "MQTT",
    "aiomqtt": "MQTT",
    "nats": "NATS",
    "grpc": "gRPC",
    "temporalio": "Temporal",
}
"""Package that is imported → what the program is made with."""

_FOR_EVER = frozenset(
    {
        *("run_polling", "start_polling", "infinity_polling", "polling", "run_forever", "run_until_disconnected"),
        *("start_consuming", "loop_forever", "run_pending", "run_webhook", "wait_for_termination", "listen_forever"),
        *("infinite_polling", "consume_forever", "run_until_complete_forever", "serve_forever", "sync_forever"),
    }
)
"""Methods that return only when the program is stopped."""

_ENDLESS = frozenset({"signal.pause", "twisted.internet.reactor.run", "pycron.start"})
"""Functions that do not return, either."""

_OBJECTS = frozenset({"SocketModeHandler", "BlockingScheduler", "AsyncSocketModeHandler"})
_WORKERS = frozenset({"temporalio.worker.Worker", "rq.Worker", "rq.SimpleWorker", "rq.worker.Worker"})
"""Classes of what takes tasks until it is stopped, whatever it is started with."""

CONSUMERS = frozenset({"Kafka", "RabbitMQ", "NATS", "FastStream", "MQTT", "Temporal"})
"""What takes messages from a broker."""

CHAT = frozenset(FRAMEWORKS.values()) - {"APScheduler", "schedule", "gRPC", *CONSUMERS}
_CLIENTS = frozenset(
    {"discord", "nextcord", "disnake", "hikari", "interactions", "twitchio", "pyrogram", "vkbottle", "nonebot"}
    | {"faststream"}
)
"""Packages whose clients are started with ``run``."""

_CHERRYPY = ("cherrypy.quickstart", "cherrypy.engine.start", "cherrypy.engine.block")
_SERVING = frozenset(
    {
        *("uvicorn.run", "hypercorn.asyncio.serve", "waitress.serve", "aiohttp.web.run_app"),
        *_CHERRYPY,
        *("http.server.HTTPServer", "http.server.ThreadingHTTPServer", "socketserver.TCPServer"),
        *("twisted.internet.reactor.listenTCP", "twisted.internet.endpoints.TCP4ServerEndpoint"),
        *("tornado.ioloop.IOLoop.current", "wsgiref.simple_server.make_server", "granian.Granian", "uvicorn.Server"),
    }
)
_SITE = "aiohttp.web.TCPSite"
"""A server that goes on beside what else a program does, and may be all that it does."""

_PLAIN = frozenset({"http.server.HTTPServer", "http.server.ThreadingHTTPServer", "socketserver.TCPServer"})
_OWN = frozenset({"aiohttp.web.run_app", _SITE, *_PLAIN, *_CHERRYPY})
"""Servers that a program brings up itself: none is better, or there is no application object for another one."""

EMBEDDED = frozenset(
    {
        *("gevent.pywsgi.WSGIServer", "tornado.httpserver.HTTPServer", "cheroot.wsgi.Server", "eventlet.wsgi.server"),
        *("gevent.wsgi.WSGIServer", "cherrypy.wsgiserver.CherryPyWSGIServer", "bjoern.run", "meinheld.server.run"),
        *("gunicorn.app.base.BaseApplication", "gunicorn.app.base.Application", "gunicorn.app.wsgiapp.WSGIApplication"),
    }
)
"""Servers that a program brings up itself around its application: what it sets up before belongs to it."""

CHAT_DISTRIBUTIONS = (
    *("discord-py", "discord", "py-cord", "nextcord", "disnake", "hikari", "python-telegram-bot", "pytelegrambotapi"),
    *("aiogram", "pyrogram", "telethon", "slack-bolt", "twitchio", "vkbottle", "nonebot2", "discord-py-interactions"),
)
"""Distributions of what talks in a chat."""

_LISTENING = frozenset({"run", "start", "serve", "listen", "run_server", "start_server", "run_app", "launch"})
"""What a server of any framework is started with, if it is told a port."""

TERMINAL = frozenset(
    {"prompt_toolkit", "textual", "urwid", "curses", "questionary", "inquirer", "InquirerPy", "pygame"}
)
"""Packages of programs that ask somebody at a terminal."""

_DEVELOPMENT_SERVERS = frozenset({"flask", "dash", "bottle", "flask_socketio"})
_PIECES = (
    (b"\nwhile\n", rb"while[ \t(]+(?:True|1)\b"),
    (b"\nwhile\n", rb"while[ \t(][^:\n]*(?:run|alive|active|stop|shut|exit|quit|terminat|kill|interrupt)"),
    (b"\nasync\n", rb"async[ \t]+for"),
    (b"\nfor\n", rb"for[ \t][^:\n]*(?:[cC]onsumer|\.listen\(|\.stream\.)"),
    (b"\nEvent\n", rb"Event\(\)\.wait"),
    (b"\ndisconnected\n", rb"\.disconnected\b"),
    (b"Future\n", rb"Future\("),
    (b"pause\n", rb"pause\("),
    (b"\nport\n", rb"(?:run\w*|start\w*|serve|listen|launch)\((?s:.){0,200}?\bport\s*="),
    *((mark, mark) for mark in (b"start_http_server", b"start_wsgi_server", b"start_new_thread")),
    (b"_port\n", rb"add_\w+_port"),
    (b"Thread\n", rb"Thread\("),
    (b"Process\n", rb"Process\("),
    (b"\nsubscribe\n", rb"\.subscribe\("),
    *((name.encode(), name.encode()) for name in sorted({*_FOR_EVER, *_OBJECTS})),
)
"""
Part of the words of a module → what stands there; one of these is in every module, and function, that goes on for
ever, but for modules of `_TALKATIVE` packages. None starts with ``\\b``: looking for it takes several times as long.
"""

_TALKING: Sought = tuple((word, re.compile(piece)) for word, piece in _PIECES)
_TALKATIVE = (
    *(_CLIENTS | _DEVELOPMENT_SERVERS | {"gradio", "sanic", "quart", "temporalio", "pycron", "rq"}),
    *(name.partition(".")[0] for name in sorted(_SERVING | EMBEDDED)),
)

_CALLED = sorted(
    {name.rpartition(".")[2] for name in (*_SERVING, *EMBEDDED, *_ENDLESS, *_WORKERS)}
    | {"run", "start", "idle", *_LISTENING}
)
_CALLING = (*sought(*(f"{name}(" for name in _CALLED)), *_TALKING)
"""What stands in functions of their modules that go on for ever."""

_RENAMING = tuple(f"{name} as ".encode() for name in _CALLED)

_FLAG = re.compile(r"(?:args?|opts?|options|flags|namespace|params)\.\w+(?: is not None)?")
"""Conditions that ask for an option which starts the program as something else than usual."""

_KINDS = (ast.While, ast.For, ast.AsyncFor, ast.Await, ast.ClassDef, ast.Call)
_METHODS = {**dict.fromkeys(("Thread", "Process", "start_new_thread"), "threads"), **dict.fromkeys(LISTEN, "rpc")}
"""Name of a method, whoever has it → what it is a mark of."""

_EXPORTS = re.compile(r"(?:[\w.]*\.)?prometheus_client\.(?:\w+\.)*start_(?:http|wsgi)_server")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What matters of one module: lines, 0 for what it has not."""

    roots: frozenset[str]
    """Packages that it imports."""

    endless: int = 0
    """What never ends."""

    loop: int = 0
    """A loop without end."""

    embedded: int = 0
    """A server around the project's own application."""

    serving: int = 0
    development: int = 0
    """The server that a framework has for developers."""

    rpc: int = 0
    """A server of gRPC."""

    own: int = 0
    """A server that is part of the framework, and made for production."""

    keeps_alive: int = 0
    """A development server: for some bots the way to be kept awake."""

    messages: int = 0
    """What consumers do with messages: a loop over them."""

    port: int = 0
    """What a server listens on, if the call that starts it says that: no line."""

    threads: int = 0
    exporting: ast.Call | None = None
    """What brings up the page for Prometheus."""


def seen_in(project: Project, path: str, *, is_started: bool) -> Seen:
    """
    Return what matters of a file, looked at once, and parsed only if its text says that there may be something.

    Args:
        project: The project.
        path: The file.
        is_started: Whether it is the program; what others import has parts that do not run.
    """
    known = project.modules.notes
    key = f"nature of {path}{' as a program' if is_started else ''}"
    if key not in known:
        roots = packages(project, path)
        modules = project.modules
        if not roots.isdisjoint(_TALKATIVE):
            is_renaming = project.tree.mentions(path, _RENAMING)
            module = modules.module(path) if is_renaming else modules.part(path, _CALLING)
        else:
            module = modules.part(path, _TALKING) if project.tree.tells(path, _TALKING) else None
        known[key] = _look(module.tree, roots, is_started=is_started) if module else Seen(roots=roots)
    made: Seen = known[key]
    return made


def _look(tree: ast.Module, roots: frozenset[str], *, is_started: bool) -> Seen:
    names = imported(tree)
    lines: dict[str, int] = {}
    exporting: ast.Call | None = None
    asked = frozenset(line for node in nodes(tree, ast.If) for line in _lines(node))
    beside = frozenset(_beside(tree, is_started=is_started))
    for node in (each for each in nodes(tree, *_KINDS) if vars(each)["lineno"] not in beside):
        match node:
            case ast.While() if goes_on(node):
                lines.setdefault("loop", node.lineno)
            case ast.AsyncFor():
                lines.setdefault("messages", node.lineno)
            case ast.For(iter=over) if what := _over(over):
                lines.setdefault(what, node.lineno)
            case ast.Await(value=awaited) if _is_never(awaited, names):
                lines.setdefault("endless", node.lineno)
            case ast.ClassDef(bases=bases) if any(meaning(base, names) in EMBEDDED for base in bases):
                lines.setdefault("embedded", node.lineno)
            case ast.Call(func=func) if _EXPORTS.fullmatch(meaning(func, names)):
                exporting = exporting or node
            case ast.Call() if what := _called(node, names, roots, is_asked=node.lineno in asked):
                lines.setdefault(what, node.lineno)
                lines |= {"own": node.lineno} if meaning(node.func, names) in _OWN else {}
                if (port := value(keyword(node, "port"))) and is_port(port := _number(port)):
                    lines.setdefault("port", port)
            case _:
                pass
    return Seen(roots=roots, exporting=exporting, **_with_general(lines, tree))


def _beside(tree: ast.Module, *, is_started: bool) -> Iterator[int]:
    """Yield the lines of an imported file that do not run, or that end with the program: threads in the background."""
    if is_started:
        return
    for node in tree.body:
        if isinstance(node, ast.If) and is_main(node.test):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)
    threads = [call for call in nodes(tree, ast.Call) if name_of(call.func).rpartition(".")[2] == "Thread"]
    daemons = [keyword(call, "target") for call in threads if value(keyword(call, "daemon")) is True]
    names = {name_of(target).rpartition(".")[2] for target in daemons if target}
    for function in nodes(tree, ast.FunctionDef) if names else ():
        if function.name in names:
            loops = (node for node in ast.walk(function) if isinstance(node, ast.While))
            yield from (loop.lineno for loop in loops)


def _lines(node: ast.If) -> range:
    """Return the lines that run only if the program is given an option; none if the condition asks something else."""
    if not _FLAG.fullmatch(ast.unparse(node.test)):
        return range(0)
    return range(node.body[0].lineno, (node.body[-1].end_lineno or node.lineno) + 1)


def _with_general(lines: dict[str, int], tree: ast.Module) -> dict[str, int]:
    """Return what was seen, and what follows from it."""
    if "rpc" in lines:
        lines = {"serving": lines["rpc"], "port": listening(tree), **lines}
    if "development" in lines:
        lines = {"keeps_alive": lines["development"], **lines}
    return lines


def _called(call: ast.Call, names: dict[str, str], roots: frozenset[str], *, is_asked: bool) -> str:
    """Return what a call is a mark of: a field of ``Seen``; nothing if it is none, or only if an option asks for it."""
    func = call.func
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    full = meaning(func, names)
    is_method = isinstance(func, ast.Attribute)
    is_flasks = bool(roots & _DEVELOPMENT_SERVERS) or value(keyword(call, "debug")) is True
    is_development = name in {"run", "run_server"} and is_method and is_flasks
    marks = {
        _METHODS.get(name, ""): name in _METHODS,
        "endless": (name in _OBJECTS or (name in _FOR_EVER and is_method) or full in _ENDLESS | _WORKERS)
        or (name == "subscribe" and any(each.startswith("google.cloud.pubsub") for each in names.values()))
        or (name in {"run", "start", "idle"} and bool(roots & _CLIENTS))
        or (name == "run_until_complete" and bool(call.args) and _is_never(call.args[0], names))
        or (name == "wait" and _is_new_event(func, names)),
        "embedded": full in EMBEDDED,
        "serving": full in _SERVING or _launches(name, roots),
        "development": is_development and not is_asked,
        "keeps_alive": full == _SITE and not is_asked,
    }
    return next((mark for mark, is_there in marks.items() if is_there), "" if is_asked else _listening(call))


def _listening(call: ast.Call) -> str:
    """Return that a call starts a server, if it is told a port, whoever made that server."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return "keeps_alive" if name in _LISTENING and keyword(call, "port") else ""


def _number(given: object) -> object:
    return int(given) if isinstance(given, str) and given.isdecimal() else given


def _is_never(awaited: ast.expr, names: Mapping[str, str]) -> bool:
    """Tell whether nothing comes of what is awaited but the end: nobody's future, the loss of a connection."""
    match awaited:
        case ast.Call(func=func):
            return meaning(func, dict(names)) == "asyncio.Future"
        case ast.Attribute(attr=name):
            return name == "disconnected"
        case _:
            return False


def _is_new_event(func: ast.expr, names: dict[str, str]) -> bool:
    """Tell whether ``wait`` is asked of an event that nobody else knows: ``asyncio.Event().wait()``."""
    made = func.value if isinstance(func, ast.Attribute) else None
    return isinstance(made, ast.Call) and meaning(made.func, names) in {"asyncio.Event", "threading.Event"}


def _over(node: ast.expr) -> str:
    """Return what a loop over ``node`` is a mark of: ``for message in consumer``, ``for each in pubsub.listen()``."""
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        return "endless" if name.endswith(".listen") or ".stream." in name else ""
    return "messages" if "consumer" in name_of(node).lower() else ""


def _launches(name: str, roots: frozenset[str]) -> bool:
    return (name == "launch" and "gradio" in roots) or (name == "run" and bool(roots & {"sanic", "quart"}))
