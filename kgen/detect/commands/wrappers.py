"""What stands in front of a program on a command line and is not needed in a container; how a server is reachable."""

import re
from collections.abc import Mapping, Sequence

_ALONE = frozenset(
    {
        *(
            "exec",
            "nohup",
            "sudo",
            "time",
            "tini",
            "dumb-init",
            "/init",
            "setsid",
            "unbuffer",
            "command",
            "uvx",
            "pipx",
        ),
        *("sudo", "-E", "busybox", "chronic", "run-one"),
        *("start-nginx", "start-nginx-debug", "start-pgbouncer", "start-pgbouncer-stunnel", "start-stunnel"),
    }
)
"""Programs, and scripts of Heroku's buildpacks, that run what comes after them."""

_WITH_WORD = frozenset({"gosu", "su-exec", "chpst", "nice", "ionice", "stdbuf", "timeout", "setpriv", "flock"})
_RUNNERS = frozenset(
    {"poetry", "pdm", "pipenv", "uv", "hatch", "rye", "conda", "doppler", "micromamba", "mamba", "infisical"}
)
_WITH_VALUE = frozenset(
    {
        *("-n", "--name", "-p", "--prefix", "--env-file", "--project", "--directory", "--extra", "--group", "--with"),
        *("--package", "--python", "-c", "--config", "-e", "--env"),
    }
)
_WAITING = frozenset({"wait-for-it", "wait-for-it.sh", "wait-for", "wait-for.sh", "wait_for"})
_UNTIL_DASHES = _WAITING | {"watchmedo", "dockerize"}
_PYTHON = re.compile(r"(?:/\S*/)?(?:\.?/?\w*venv\w*/bin/)?python(?:[23](?:\.\d+)?)?")
_IN_BIN = re.compile(r"\S*/(?:bin|Scripts)/([\w.-]+)")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_RELOADING = frozenset({"--reload", "--debug", "--auto-reload", "-r"})
_RELOADERS = frozenset({"uvicorn", "gunicorn", "hypercorn", "granian", "sanic", "fastapi", "flask"})
_OF_TOOLS: Mapping[str, frozenset[str]] = {
    "taskiq": frozenset({"--reload", "-r"}),
    "chainlit": frozenset({"-w", "--watch"}),
    "shiny": frozenset({"-r", "--reload", "-b", "--launch-browser"}),
    "panel": frozenset({"--dev", "--autoreload", "--show"}),
    "bentoml": frozenset({"--reload"}),
}
"""Server → its options for developers."""

_RELOAD_VALUES = frozenset(
    {
        *("--reload-dir", "--reload-include", "--reload-exclude", "--watch", "--reload-delay"),
        *("--reload-extra-file", "--reload-engine"),
    }
)
_MONITORS: Mapping[str, int] = {"ddtrace-run": 1, "opentelemetry-instrument": 1, "newrelic-admin": 2}
"""What watches the program behind it → its own words; it stays."""

_FLAGS = re.compile(r"-[uBOsSEIqb]+")
_MODULE = re.compile(r"-[uBOsSEIqb]+m")
_SAME = {"gunicorn.app.wsgiapp": "gunicorn"}
"""Module that is run → the program that it is."""


def unwrapped(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """
    Return the variables that ``words`` set, and the words without what is in front of the program.

    >>> unwrapped(["poetry", "run", "python3", "-u", "main.py"])
    ({}, ['python', 'main.py'])
    >>> unwrapped(["env", "A=1", "/venv/bin/uvicorn", "shop:app", "--reload"])
    ({'A': '1'}, ['uvicorn', 'shop:app'])
    >>> unwrapped(["./wait-for-it.sh", "db:5432"])
    ({}, [])
    """
    env: dict[str, str] = {}
    rest = list(words)
    while rest:
        first = rest[0].rpartition("/")[2] if rest[0] != "/init" else rest[0]
        if match := _ASSIGNMENT.fullmatch(rest[0]):
            env[match[1]] = match[2]
            rest = rest[1:]
        elif first == "env" or first in _ALONE:
            rest = _after_options(rest[1:])
        elif first in _WITH_WORD:
            rest = _after_options(rest[1:])[1:]
        elif first in _RUNNERS and rest[1:2] == ["run"]:
            rest = _after_options(rest[2:])
        elif first in _UNTIL_DASHES and "--" in rest:
            rest = rest[rest.index("--") + 1 :]
        elif first == "hupper" and "-m" in rest:  # starts a module anew whenever the source changes
            rest = ["python", *rest[rest.index("-m") :]]
        elif first in _WAITING:  # what comes after it stands in the next line
            rest = []
        else:
            break
    given, rest = _as_anybody(_to_output(list(_production(_program(rest)))))
    return {**env, **given}, rest


_RIGHTS: Mapping[str, tuple[str, ...]] = {
    "gunicorn": ("--user", "-u", "--group", "-g"),
    "uwsgi": ("--uid", "--gid"),
    "celery": ("--uid", "--gid"),
}
"""Server → its options for the user that it becomes: a container runs as one that may not become another."""


def _as_anybody(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """
    Return the variables that a server is told to set, and its command without the user that it is to become.

    >>> _as_anybody("gunicorn shop:app --user www-data --env A=1 -w 4".split())
    ({'A': '1'}, ['gunicorn', 'shop:app', '-w', '4'])
    """
    server = next((word for word in words[:3] if word in _RIGHTS), "")
    env: dict[str, str] = {}
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        name, sign, value = word.partition("=")
        if server == "gunicorn" and name in {"--env", "-e"}:
            match = _ASSIGNMENT.fullmatch(value if sign else next(rest, ""))
            env |= {match[1]: match[2]} if match else {}
        elif name not in _RIGHTS.get(server, ()):
            kept.append(word)
        elif not sign:
            next(rest, "")
    return env, kept


def _after_options(words: Sequence[str]) -> list[str]:
    """Return ``words`` from the first on that is no option."""
    rest = list(words)
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option == "--":
            break
        if option in _WITH_VALUE and rest:
            rest.pop(0)
    return rest


def _program(words: Sequence[str]) -> list[str]:
    """
    Return ``words`` with the program called as it is in the image.

    >>> _program(["python3", "-um", "shop"]), _program(["ddtrace-run", "python", "-m", "gunicorn.app.wsgiapp", "a:b"])
    (['python', '-m', 'shop'], ['ddtrace-run', 'gunicorn', 'a:b'])
    """
    if not words:
        return []
    first, *rest = words
    if own := _MONITORS.get(first):
        return [*words[:own], *_program(words[own:])]
    if _PYTHON.fullmatch(first):
        return _interpreted(rest)
    if match := _IN_BIN.fullmatch(first):
        return _program([match[1], *rest])
    if first.endswith(".py"):
        return ["python", first, *rest]
    return [first, *rest]


def _interpreted(words: Sequence[str]) -> list[str]:
    """Return what Python is given as a command, without its options for developers."""
    rest = list(words)
    while rest and (_FLAGS.fullmatch(rest[0]) or rest[0] in {"-W", "-X"}):
        rest = rest[2:] if rest[0] in {"-W", "-X"} else rest[1:]
    if rest and _MODULE.fullmatch(rest[0]):
        rest[0] = "-m"
    if rest[:1] == ["-m"] and (name := _SAME.get(rest[1] if rest[1:] else "")):
        return [name, *rest[2:]]
    installed = _IN_BIN.fullmatch(rest[0]) if rest and not rest[0].endswith(".py") else None
    return [installed[1], *rest[1:]] if installed else ["python", *rest]


def _production(words: Sequence[str]) -> list[str]:
    """Return ``words`` without what makes a server look for changes of the source."""
    programs = {*words[:1], *(words[2:3] if words[1:2] == ["-m"] else ())}
    if tool := next((_OF_TOOLS[each] for each in programs if each in _OF_TOOLS), None):
        return [word for word in words if word not in tool]
    if not programs & (_RELOADERS | {"dramatiq"}):
        return list(words)
    kept: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in _RELOAD_VALUES:
            skip = True
        elif not (word in _RELOADING and words[0] != "dramatiq") and word.partition("=")[0] not in _RELOAD_VALUES:
            kept.append(word)
    return kept


_LOGS: Mapping[str, tuple[str, ...]] = {
    "celery": ("--logfile", "-f"),
    "gunicorn": ("--access-logfile", "--error-logfile", "--log-file"),
}
"""Server → its options for files of its log: what is written there, nobody reads."""


def _to_output(words: list[str]) -> list[str]:
    """
    Return a command that writes its log to where containers have it.

    >>> _to_output(["celery", "worker", "--logfile=logs/a.log", "-l", "info"])
    ['celery', 'worker', '-l', 'info']
    """
    options = next((_LOGS[word] for word in words[:3] if word in _LOGS), ())
    made: list[str] = []
    rest = iter(words)
    for word in rest:
        name, sign, value = word.partition("=")
        if name not in options:
            made.append(word)
        elif (given := value if sign else next(rest, "")) in _STREAMS:
            made += [word] if sign else [word, given]
    return made


_STREAMS = frozenset({"-", "/dev/stdout", "/dev/stderr", "/proc/1/fd/1", "/proc/1/fd/2"})


HOST = "0.0.0.0"  # noqa: S104  # what a container has to listen on
_LOCAL = re.compile(r"(?:127\.0\.0\.1|localhost|\[?::1\]?)(?=:|$)")


_COUNTS = frozenset({"--workers", "-w", "--threads", "--worker-connections", "--timeout", "-t", "--concurrency"})
"""Options of servers that say how many, which they know themselves if nobody says it."""


def counted(words: Sequence[str]) -> list[str]:
    """
    Return the command of a server without the counts that only another image knows.

    >>> counted(["gunicorn", "shop:app", "--workers", "$WORKERS", "--threads=$THREADS", "-t", "30"])
    ['gunicorn', 'shop:app', '-t', '30']
    """
    kept: list[str] = []
    for place, word in enumerate(words):
        name, sign, value = word.partition("=")
        before = words[place - 1] if place else ""
        given = value if sign else next(iter(words[place + 1 : place + 2]), "")
        is_open = name in _COUNTS and given.startswith("$")
        if not is_open and not (before in _COUNTS and word.startswith("$")):
            kept.append(word)
    return kept


def reachable(words: Sequence[str], usual: int) -> tuple[list[str], int]:
    """
    Return the command of a server so that it can be reached from outside, and its port.

    Args:
        words: The command.
        usual: The port to take if the command names none.

    >>> reachable(["gunicorn", "shop:app"], 8000)
    (['gunicorn', 'shop:app', '--bind', '0.0.0.0:8000'], 8000)
    >>> reachable(["uvicorn", "shop:app", "--host", "127.0.0.1", "--port", "9000"], 8000)
    (['uvicorn', 'shop:app', '--host', '0.0.0.0', '--port', '9000'], 9000)
    >>> reachable(["uwsgi", "--http=0.0.0.0:80", "--module=shop.wsgi"], 8000)
    (['uwsgi', '--http=0.0.0.0:8000', '--module=shop.wsgi'], 8000)
    """
    name = next((word for word in words if word in _BINDING), "")
    if not name:
        return list(words), usual
    host, port, both, default = _BINDING[name]
    made = list(words)
    if _is_elsewhere(name, words) and not _value(made, port + both):
        return made, usual
    if found := _value(made, both):
        place, separator = found
        address = _LOCAL.sub(HOST, made[place].partition(separator)[2] if separator else made[place])
        address = f"{HOST}:{usual}" if address.startswith("unix:") or "$" in address else address
        number = _number(address.rpartition(":")[2]) or usual
        number, address = (usual, f"{HOST}:{usual}") if number < PRIVILEGED else (number, address)
        made[place] = f"{made[place].partition(separator)[0]}{separator}{address}" if separator else address
        return made, number
    number = usual
    if found := _value(made, port):
        place, separator = found
        number = _number(made[place].partition(separator)[2] if separator else made[place]) or usual
        number = number if number >= PRIVILEGED else usual
        made[place] = f"{made[place].partition(separator)[0]}{separator}{number}" if separator else str(number)
    elif host:
        number = default
    if found := _value(made, host):
        place, separator = found
        made[place] = _opened(made[place], separator)
    elif host:
        made += [host[0], HOST]
    elif both:
        made += [both[0], f"{HOST}:{number}"]
    if host and not _value(made, port):
        made += [port[0], str(number)]
    return made, number


def _opened(word: str, separator: str) -> str:
    """Return a word that names a host so that it can be reached from outside; only another image knows a ``$HOST``."""
    name, _, host = word.rpartition(separator) if separator else ("", "", word)
    return f"{name}{separator}{HOST}" if host.startswith("$") else _LOCAL.sub(HOST, word)


def _is_elsewhere(server: str, words: Sequence[str]) -> bool:
    """Tell whether a server takes what it listens on from a file."""
    options, ends = _IN_FILES.get(server, (frozenset({"-c", "--config"}), ()))
    return any(word.partition("=")[0] in options or (ends and word.endswith(ends)) for word in words)


PRIVILEGED = 1024
_BINDING: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], int]] = {
    "uvicorn": (("--host",), ("--port",), (), 8000),
    "gunicorn": ((), (), ("--bind", "-b"), 8000),
    "hypercorn": ((), (), ("--bind", "-b"), 8000),
    "granian": (("--host",), ("--port",), (), 8000),
    "daphne": (("-b", "--bind"), ("-p", "--port"), (), 8000),
    "waitress-serve": (("--host",), ("--port",), ("--listen",), 8080),
    "streamlit": (("--server.address",), ("--server.port",), (), 8501),
    "fastapi": (("--host",), ("--port",), (), 8000),
    "chainlit": (("--host",), ("--port",), (), 8000),
    "shiny": (("--host", "-h"), ("--port", "-p"), (), 8000),
    "panel": (("--address",), ("--port",), (), 5006),
    "marimo": (("--host",), ("--port", "-p"), (), 2718),
    "bentoml": (("--host",), ("--port", "-p"), (), 3000),
    "solara": (("--host",), ("--port",), (), 8765),
    "mlflow": (("--host", "-h"), ("--port", "-p"), (), 5000),
    "sanic": (("--host",), ("--port", "-p"), (), 8000),
    "flask": (("--host", "-h"), ("--port", "-p"), (), 5000),
    "uwsgi": ((), (), ("--http", "--http-socket"), 8000),
}
"""Server → its options for the host, for the port, for both, and its own port."""

_IN_FILES: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "uwsgi": (frozenset({"--ini", "--yaml", "--yml", "--json", "--xml", "--socket", "-s"}), (".ini", ".yaml", ".yml")),
}
"""Server → options by which it is told elsewhere, or in another way, where to listen, and how files for that end."""


def _value(words: Sequence[str], options: Sequence[str]) -> tuple[int, str] | None:
    """Return which word has the value of one of ``options``, and the sign in front of it if they are one word."""
    for place, word in enumerate(words):
        if word in options and place + 1 < len(words):
            return place + 1, ""
        if word.partition("=")[0] in options and "=" in word:
            return place, "="
    return None


def stated(words: Sequence[str], options: Sequence[str]) -> int | None:
    """
    Return the number that a command gives one of ``options``.

    >>> stated(["celery", "flower", "--port=8555"], ["--port"]), stated(["celery", "flower"], ["--port"])
    (8555, None)
    """
    found = _value(words, options)
    return _number(words[found[0]].rpartition("=")[2]) if found else None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
