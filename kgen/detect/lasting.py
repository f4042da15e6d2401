"""Whether a script of the project's own runs for ever (a bot, a consumer, a scheduler), or comes to an end (a job)."""

import ast
import re
from collections.abc import Mapping

from kgen.detect.project import Project
from kgen.detect.reached import packages, reached
from kgen.detect.syntax import imported, meaning, nodes
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
}
"""Package that is imported → what the program is made with."""

_FOR_EVER = frozenset(
    {
        *("run_polling", "start_polling", "infinity_polling", "polling", "run_forever", "run_until_disconnected"),
        *("start_consuming", "loop_forever", "run_pending", "run_webhook", "wait_for_termination", "listen_forever"),
        *("infinite_polling", "consume_forever", "run_until_complete_forever"),
    }
)
"""Methods that return only when the program is stopped."""

_OBJECTS = frozenset({"SocketModeHandler", "BlockingScheduler", "AsyncSocketModeHandler"})
CONSUMERS = frozenset({"Kafka", "RabbitMQ", "NATS", "FastStream", "MQTT"})
"""What takes messages from a broker."""

_CHAT = frozenset(FRAMEWORKS.values()) - {"APScheduler", "schedule", "gRPC", *CONSUMERS}
_CLIENTS = frozenset(
    {"discord", "nextcord", "disnake", "hikari", "interactions", "twitchio", "pyrogram", "vkbottle", "nonebot"}
)
"""Packages whose clients are started with ``run``."""

_NEAR = 2
"""Imports away from the script: what is farther says nothing of how it goes on."""

_SERVING = frozenset(
    {
        *("uvicorn.run", "hypercorn.asyncio.serve", "waitress.serve", "aiohttp.web.run_app", "http.server.HTTPServer"),
        *("tornado.ioloop.IOLoop.current", "wsgiref.simple_server.make_server", "granian.Granian", "uvicorn.Server"),
    }
)
EMBEDDED = frozenset(
    {
        *("gevent.pywsgi.WSGIServer", "tornado.httpserver.HTTPServer", "cheroot.wsgi.Server", "eventlet.wsgi.server"),
        *("gevent.wsgi.WSGIServer", "cherrypy.wsgiserver.CherryPyWSGIServer", "bjoern.run", "meinheld.server.run"),
    }
)
"""Servers that a program brings up itself around its application: what it sets up before belongs to it."""

_DEVELOPMENT_SERVERS = frozenset({"flask", "dash", "bottle", "flask_socketio"})
_TALKING = re.compile(
    rb"while[ \t(]+(?:True|1)\b|async[ \t]+for|Thread\(|Process\(|start_new_thread|"
    + "|".join(sorted({*_FOR_EVER, *_OBJECTS})).encode()
)
"""What stands in every module that goes on for ever, but for those of `_TALKATIVE` packages."""

_TALKATIVE = (
    *(_CLIENTS | _DEVELOPMENT_SERVERS | {"gradio", "sanic", "quart"}),
    *(name.partition(".")[0] for name in sorted(_SERVING | EMBEDDED)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What a script turns out to be."""

    is_lasting: bool
    framework: str = ""
    origin: str = ""
    """Where it says so."""

    is_web: bool = False
    """Whether it serves requests, and that is what it is for."""

    has_server: bool = False
    """Whether it brings up a server around its own application."""

    is_bot: bool = False
    """Whether it talks in a chat, or takes messages from a broker."""

    covers: frozenset[str] = frozenset()
    """The project's files that it imports, by their paths in the tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What matters of one module."""

    roots: frozenset[str]
    """Packages that it imports."""

    endless: int = 0
    """Line of what never ends; 0: nothing."""

    loop: int = 0
    """Line of a loop without end."""

    embedded: int = 0
    """Line of a server around the project's own application."""

    serving: int = 0
    keeps_alive: int = 0
    """Line of a development server: for some bots the way to be kept awake."""

    has_threads: bool = False
    messages: int = 0
    """Line of an ``async for``: what consumers do with messages."""


def nature(project: Project, path: str) -> Nature:
    """Return what the script at ``path`` of the tree is, by its text and that of the project's modules it imports."""
    framework = endless = embedded = serving = keeps_alive = messages = ""
    covers: list[str] = []
    has_threads = is_elsewhere = False
    for file, depth in reached(project, path):
        covers.append(file)
        seen = _seen(project, file)
        has_threads = has_threads or (depth <= _NEAR and seen.has_threads)
        messages = messages or (f"{file}:{seen.messages}" if seen.messages and depth <= _NEAR else "")
        framework = framework or next((FRAMEWORKS[root] for root in FRAMEWORKS if root in seen.roots), "")
        line = seen.endless or (seen.loop if depth < _NEAR else 0)
        endless = endless or (f"{file}:{line}" if line else "")
        embedded = embedded or (f"{file}:{seen.embedded}" if seen.embedded else "")
        serving = serving or (f"{file}:{seen.serving}" if seen.serving else "")
        if seen.keeps_alive:
            keeps_alive = keeps_alive or f"{file}:{seen.keeps_alive}"
            is_elsewhere = is_elsewhere or bool(depth) or seen.has_threads
    endless = endless or (messages if framework in CONSUMERS else "")
    endless = endless or _started_client(project, path)
    serving = serving or embedded
    is_bot = bool(endless) and (framework in _CHAT or framework in CONSUMERS)
    beside = bool(keeps_alive) and (is_bot or (is_elsewhere and has_threads))
    return Nature(
        is_lasting=bool(endless or serving or keeps_alive),
        framework=framework,
        origin=serving or endless or keeps_alive,
        is_web=bool(serving) or (bool(keeps_alive) and not beside),
        has_server=bool(embedded),
        is_bot=is_bot or beside,
        covers=frozenset(covers),
    )


def _started_client(project: Project, path: str) -> str:
    """Return where a script starts something, if the project is a bot by its dependencies; nothing if it does not."""
    if not project.has(*_CHAT_DISTRIBUTIONS):
        return ""
    module = project.modules.module(path)
    for node in ast.walk(module.tree) if module else ():
        match node:
            case ast.Call(func=ast.Attribute(attr="run" | "start" | "connect")):
                return f"{path}:{node.lineno}"
            case _:
                pass
    return ""


_CHAT_DISTRIBUTIONS = frozenset(
    {
        *(
            "discord-py",
            "discord",
            "py-cord",
            "nextcord",
            "disnake",
            "hikari",
            "python-telegram-bot",
            "pytelegrambotapi",
        ),
        *(
            "aiogram",
            "pyrogram",
            "telethon",
            "slack-bolt",
            "twitchio",
            "vkbottle",
            "nonebot2",
            "discord-py-interactions",
        ),
    }
)


def _seen(project: Project, path: str) -> _Seen:
    """Return what matters of a module, looked at once, and parsed only if its text says that there may be something."""
    known = project.modules.notes
    key = f"nature of {path}"
    if key not in known:
        roots = packages(project, path)
        is_telling = not roots.isdisjoint(_TALKATIVE) or project.tree.matches(path, _TALKING)
        module = project.modules.module(path) if is_telling else None
        known[key] = _look(module.tree, roots) if module else _Seen(roots=roots)
    made: _Seen = known[key]
    return made


def _look(tree: ast.Module, roots: frozenset[str]) -> _Seen:
    names = imported(tree)
    embedded = endless = loop = serving = keeps_alive = messages = 0
    has_threads = False
    for node in nodes(tree, ast.While, ast.AsyncFor, ast.Call):
        match node:
            case ast.While(test=ast.Constant(value=value)) if value and _goes_on(node):
                loop = loop or node.lineno
            case ast.AsyncFor():
                messages = messages or node.lineno
            case ast.Call(func=func):
                name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
                has_threads = has_threads or name in {"Thread", "Process", "start_new_thread"}
                if (
                    name in _OBJECTS
                    or (name in _FOR_EVER and isinstance(func, ast.Attribute))
                    or (name in {"run", "start", "idle"} and roots & _CLIENTS)
                ):
                    endless = endless or node.lineno
                elif meaning(func, names) in EMBEDDED:
                    embedded = embedded or node.lineno
                elif meaning(func, names) in _SERVING or _launches(name, roots):
                    serving = serving or node.lineno
                elif name in {"run", "run_server"} and isinstance(func, ast.Attribute) and roots & _DEVELOPMENT_SERVERS:
                    keeps_alive = keeps_alive or node.lineno
            case _:
                pass
    return _Seen(
        roots=roots,
        endless=endless,
        loop=loop,
        embedded=embedded,
        serving=serving,
        keeps_alive=keeps_alive,
        has_threads=has_threads,
        messages=messages,
    )


def _launches(name: str, roots: frozenset[str]) -> bool:
    return (name == "launch" and "gradio" in roots) or (name == "run" and bool(roots & {"sanic", "quart"}))


def _goes_on(loop: ast.While) -> bool:
    """Tell whether a loop is there to go on for ever: it has no way out, or it waits, and it asks nobody."""
    inner = list(ast.walk(loop))
    calls = {ast.unparse(node.func).rpartition(".")[2] for node in inner if isinstance(node, ast.Call)}
    leaves = any(isinstance(node, ast.Break | ast.Return) for node in inner)
    return "input" not in calls and (not leaves or bool(calls & {"sleep", "wait", "poll"}))
