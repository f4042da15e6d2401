"""What a command is for: to serve, to work off a queue, to change a database, or nothing that an image is made for."""

import re
from collections.abc import Mapping, Sequence

_SERVERS = frozenset(
    {
        *("uvicorn", "gunicorn", "hypercorn", "granian", "daphne", "waitress-serve", "waitress", "uwsgi", "sanic"),
        *("streamlit", "chainlit", "panel", "gradio", "mod_wsgi-express", "jupyter", "voila", "mlflow", "bentoml"),
        *("robyn", "litestar", "fastapi", "flask", "quart", "twistd", "airflow", "superset", "marimo", "solara"),
        *("shiny", "reflex"),
    }
)
_TESTS = frozenset(
    {
        *("pytest", "tox", "nox", "ruff", "black", "flake8", "mypy", "pylint", "coverage", "behave", "isort", "bandit"),
        *("pre-commit", "pip", "pip-compile", "poetry", "pdm", "pipenv", "uv", "unittest", "mkdocs", "sphinx-build"),
        *("ensurepip", "venv", "virtualenv", "alembic", "nodemon", "npm", "yarn", "pnpm", "node", "npx"),
    }
)
"""Programs of developers, and of other languages."""

_IDLE = frozenset({"bash", "sh", "zsh", "tail", "ipython", "sleep", "/bin/bash", "/bin/sh", "python", "jupyter-lab"})
_FOREIGN = frozenset(
    {
        *(
            "nginx",
            "caddy",
            "apache2",
            "apache2ctl",
            "httpd",
            "redis-server",
            "postgres",
            "mongod",
            "memcached",
            "traefik",
        ),
        *(
            "rabbitmq-server",
            "haproxy",
            "syslog-ng",
            "rsyslogd",
            "logrotate",
            "java",
            "go",
            "cargo",
            "ngrok",
            "envsubst",
        ),
        *("docker", "docker-compose", "kubectl", "aws", "gcloud", "heroku", "minio", "mysqld", "Xvfb", "dbus-daemon"),
    }
)
"""Programs that are no Python: images of their own."""

_WORKERS: Mapping[str, str] = {
    "rq": "rq worker",
    "rqworker": "rq worker",
    "rqscheduler": "rq scheduler",
    "dramatiq": "dramatiq worker",
    "periodiq": "periodiq scheduler",
    "faststream": "faststream",
    "dramatiq-gevent": "dramatiq worker",
    "arq": "arq worker",
    "huey_consumer": "huey worker",
    "huey_consumer.py": "huey worker",
    "taskiq": "taskiq worker",
    "faust": "faust worker",
    "procrastinate": "procrastinate worker",
    "saq": "saq worker",
    "nats": "",
}
_MANAGE: Mapping[str, str] = {
    "migrate": "release",
    "collectstatic": "build",
    "compilemessages": "build",
    "compress": "build",
    "runserver": "development",
    "runserver_plus": "development",
    "rundramatiq": "dramatiq worker",
    "run_huey": "huey worker",
    **dict.fromkeys(("rqworker", "rq worker"), "rq worker"),
    **dict.fromkeys(("rqscheduler", "rq scheduler"), "rq scheduler"),
    **dict.fromkeys(("celery_worker", "celeryworker"), "celery worker"),
    **dict.fromkeys(("celery_beat", "celerybeat"), "celery beat"),
    "qcluster": "django-q worker",
    "procrastinate": "procrastinate worker",
    "process_tasks": "background tasks",
    "db_worker": "django worker",
    "runworker": "channels worker",
    "celery": "celery",
    "test": "test",
    "shell": "test",
    "makemigrations": "development",
    "createsuperuser": "development",
    "loaddata": "setup",
}
"""Commands of Django's ``manage.py`` → role."""

_CELERY = re.compile(r"worker|beat|flower|multi|events")
_WITH = (
    *(("alembic", "upgrade", "release"), ("aerich", "upgrade", "release")),
    *(("yoyo", "apply", "release"), ("piccolo", "migrations", "release"), ("rq", "scheduler", "rq scheduler")),
    *(("fastapi", "dev", "development"), ("superset", "db", "release"), ("airflow", "db", "release")),
    *(("litestar", "database", "release"), ("litestar", "workers", "saq worker")),
    *(("taskiq", "scheduler", "taskiq scheduler"), ("procrastinate", "schema", "release")),
)
"""Program, one of its arguments, role."""

_PROGRAMS: Mapping[str, str] = {
    **dict.fromkeys(_SERVERS, "web"),
    **dict.fromkeys(_TESTS, "test"),
    **dict.fromkeys(_FOREIGN, "other"),
    **dict.fromkeys(("cron", "crond", "supercronic", "yacron"), "cron"),
    **_WORKERS,
}


def role(words: Sequence[str]) -> str:
    """
    Return what a command is for.

    ``web``, ``celery worker``, ``celery beat`` and the like; ``release`` and ``build`` prepare something;
    ``development``, ``test``, ``idle`` and ``other`` are nothing to deploy; ``script main.py``, ``module shop``,
    ``spider news``, and ``command shop`` are programs of the project's own.

    >>> role(["celery", "-A", "shop", "worker"]), role(["python", "-m", "shop.bot"]), role(["python", "bot.py"])
    ('celery worker', 'module shop.bot', 'script bot.py')
    """
    program, rest = unwrapped(words)
    if not program:
        return "idle"
    if program == "celery":
        return _celery(rest)
    if program in {"flask", "quart"}:
        return _flask(rest)
    if program == "service":  # of the system: what runs beside, as cron
        return "cron" if set(rest) & {"cron", "crond"} else "other"
    found = next((what for name, argument, what in _WITH if program == name and argument in rest), "")
    return found or _PROGRAMS.get(program) or _own(program, rest, words)


def _celery(rest: Sequence[str]) -> str:
    command = next((word for word in rest if _CELERY.fullmatch(word)), "")
    both = {"-B", "--beat"} & set(rest)
    return {"worker": "celery worker and beat" if both else "celery worker", "multi": "celery worker", "": "other"}.get(
        command, f"celery {command}"
    )


_FLASK: Mapping[str, str] = {
    "": "idle",
    "run": "development",
    "shell": "test",
    "test": "test",
    "routes": "test",
    **dict.fromkeys(("db", "deploy", "migrate", "upgrade"), "release"),
}
"""Commands of the ``flask`` program → role; projects add their own."""

_GOES_ON = re.compile(r"work|consum|listen|sched|serv|bot|poll|beat")


def _flask(rest: Sequence[str]) -> str:
    """
    Return what a command of the ``flask`` program is for.

    >>> _flask(["--app", "shop", "run"]), _flask(["deploy"]), _flask(["rq", "worker"]), _flask(["init-db"])
    ('development', 'release', 'rq worker', 'setup')
    """
    words = [word for place, word in enumerate(rest) if rest[place - 1 : place] not in (["--app"], ["-A"])]
    plain = [word for word in words if not word.startswith("-")]
    command = plain[0] if plain else ""
    if command == "rq" and plain[1:2] in (["worker"], ["scheduler"]):
        return f"rq {plain[1]}"
    if command == "celery":
        return _celery(plain[1:])
    return _FLASK.get(command) or (f"flask {command}" if _GOES_ON.search(command) else "setup")


def _own(program: str, rest: Sequence[str], words: Sequence[str]) -> str:
    name = program.rpartition("/")[2]
    if name in {"manage.py", "django-admin"} or (name in {"manage", "django"} and "-m" in words):
        command = " ".join(rest[: 2 if rest[:1] == ["rq"] else 1])
        found = _MANAGE.get(command, f"script {program} {rest[0]}" if rest else "idle")
        return _celery(rest[1:]) if found == "celery" else found
    if program == "scrapy":
        return f"spider {rest[1]}" if rest[:1] == ["crawl"] and len(rest) > 1 else "other"
    if program in _IDLE:
        return "idle"
    if name.endswith(".py"):
        return f"script {program}"
    if "-m" in words:
        return f"module {program}"
    return f"command {program}"


def unwrapped(words: Sequence[str]) -> tuple[str, list[str]]:
    """
    Return the program that a command is about and its arguments: ``python -m`` and monitors in front are left out.

    >>> unwrapped(["newrelic-admin", "run-program", "gunicorn", "shop:app"])
    ('gunicorn', ['shop:app'])
    """
    rest = list(words)
    while rest and rest[0] in {"newrelic-admin", "run-program", "ddtrace-run", "opentelemetry-instrument", "python"}:
        interpreter = rest.pop(0) == "python"
        while interpreter and rest and rest[0].startswith("-") and rest[0] not in {"-m", "-c"}:
            rest.pop(0)
        if interpreter and rest[:1] == ["-m"]:
            rest.pop(0)
            break
        if interpreter:
            return (rest[0], rest[1:]) if rest and rest[0] != "-c" else ("", [])
    return (
        (rest[0].rpartition("/")[2] if "/" in rest[0] and not rest[0].endswith(".py") else rest[0], rest[1:])
        if rest
        else ("", [])
    )


_RUNNERS = frozenset({"inv", "invoke", "fab"})
"""Programs that run tasks of the project by their names."""


def task(name: str, words: Sequence[str]) -> str:
    """
    Return the task that a command of role ``name`` has a runner run; nothing if it is no runner.

    >>> task("command inv", ["inv", "send-mail"]), task("command shop", ["shop", "send-mail"])
    ('send-mail', '')
    """
    return next(iter(words[1:2]), "") if name.removeprefix("command ") in _RUNNERS else ""


def is_deployed(name: str) -> bool:
    """Tell whether a command of role ``name`` is a process of its own in production."""
    return name not in {"release", "build", "development", "test", "idle", "other", "setup", "celery events"}


NAMES: Mapping[str, str] = {
    "web": "web",
    "celery worker": "worker",
    "celery worker and beat": "worker",
    "celery beat": "beat",
    "celery flower": "flower",
    "rq worker": "worker",
    "rq scheduler": "scheduler",
    "dramatiq worker": "worker",
    "arq worker": "worker",
    "huey worker": "worker",
    "taskiq worker": "worker",
    "faust worker": "worker",
    "procrastinate worker": "worker",
    "saq worker": "worker",
    "taskiq scheduler": "scheduler",
    "periodiq scheduler": "scheduler",
    "faststream": "consumer",
    "django-q worker": "worker",
    "background tasks": "worker",
    "django worker": "worker",
    "channels worker": "worker",
}
"""Role → what the component is called if there is one of it."""
