"""Whether a script of the project's own runs for ever (a bot, a consumer, a scheduler), or comes to an end (a job)."""

import ast
import posixpath
from collections.abc import Iterator, Mapping

from kgen.detect.project import Project
from kgen.detect.syntax import Module, imported, meaning, walk
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
_DEEPEST = 4
_MOST = 80


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
    for module, depth in _reached(project, path):
        covers.append(module.path)
        seen = _seen(project, module)
        has_threads = has_threads or (depth <= _NEAR and seen.has_threads)
        messages = messages or (f"{module.path}:{seen.messages}" if seen.messages and depth <= _NEAR else "")
        framework = framework or next((FRAMEWORKS[root] for root in FRAMEWORKS if root in seen.roots), "")
        line = seen.endless or (seen.loop if depth < _NEAR else 0)
        endless = endless or (f"{module.path}:{line}" if line else "")
        embedded = embedded or (f"{module.path}:{seen.embedded}" if seen.embedded else "")
        serving = serving or (f"{module.path}:{seen.serving}" if seen.serving else "")
        if seen.keeps_alive:
            keeps_alive = keeps_alive or f"{module.path}:{seen.keeps_alive}"
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


def _seen(project: Project, module: Module) -> _Seen:
    """Return what matters of a module, looked at once."""
    known = project.modules.notes
    if module.path not in known:
        known[module.path] = _look(module.tree)
    made: _Seen = known[module.path]
    return made


def _look(tree: ast.Module) -> _Seen:
    names = imported(tree)
    roots = frozenset(name.partition(".")[0] for name in names.values())
    embedded = endless = loop = serving = keeps_alive = messages = 0
    has_threads = False
    for node in walk(tree):
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


def _reached(project: Project, path: str) -> Iterator[tuple[Module, int]]:
    """Yield the module at ``path`` and those of the project that it imports, with their distance, nearest first."""
    waiting, seen = [(path, 0)], {path}
    for _ in range(_MOST):
        if not waiting:
            return
        here, depth = waiting.pop(0)
        module = project.modules.module(here)
        if not module:
            continue
        yield module, depth
        if depth < _DEEPEST:
            for name in imported(module.tree).values():
                for other in _files(project, here, name):
                    if other not in seen:
                        seen.add(other)
                        waiting.append((other, depth + 1))


def _files(project: Project, here: str, name: str) -> Iterator[str]:
    """Yield the files that importing ``name`` in the file ``here`` may read."""
    folder = posixpath.dirname(here)
    dots = len(name) - len(name.lstrip("."))
    for _ in range(dots - 1):
        folder = posixpath.dirname(folder)
    starts = [folder] if dots else [folder, project.folder, project.path("src")]
    words = [word for word in name.lstrip(".").split(".") if word]
    for start in dict.fromkeys(starts):
        for end in (len(words), len(words) - 1):
            stem = posixpath.join(start, *words[:end])
            for file in (f"{stem}.py", f"{stem}/__init__.py"):
                if file in project.tree:
                    yield file
