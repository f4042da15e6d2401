"""
What commands are known for: servers for developers only, and migrations; and images that run nothing by themselves.

Commands are looked at as words, whether they are in the exec form or for a shell.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kgen.check.dockerfile.stages import Stage

_DEVELOPMENT = (
    (r"(?:manage\.py|django-admin) (?:\S+ )*?runserver(?:_plus)?", "Django's `runserver`"),
    (r"flask (?:\S+ )*?run", "Flask's `flask run`"),
    (r"quart (?:\S+ )*?run", "Quart's `quart run`"),
    (r"fastapi (?:\S+ )*?dev", "`fastapi dev`"),
    (r"sanic (?:\S+ )*?(?:--dev|--debug|-d)", "`sanic --dev`"),
    (r"litestar (?:\S+ )*?run (?:\S+ )*?(?:--reload|-r|--debug|-d)", "`litestar run --reload`"),
    (r"(?:uvicorn|gunicorn|hypercorn|granian|daphne) (?:\S+ )*?--reload", "`--reload`"),
    (r"watchmedo (?:\S+ )*?auto-restart", "`watchmedo auto-restart`"),
    (r"watchfiles", "`watchfiles`"),
    (r"nodemon", "`nodemon`"),
    (r"(?:npm|pnpm|yarn|bun)(?: run)? dev", "a `dev` script"),
    (r"(?:next|astro|nuxi|nuxt|vite) dev", "a development server"),
    (r"webpack(?:-dev-server| serve)", "webpack's development server"),
    (r"php (?:\S+ )*?-S", "PHP's built-in server"),
    (r"artisan serve", "`artisan serve`"),
)
"""How commands start servers that are made for developers, and how to call them."""

_MIGRATIONS = (
    (r"(?:manage\.py|django-admin) (?:\S+ )*?migrate", "manage.py migrate"),
    (r"alembic (?:\S+ )*?upgrade", "alembic upgrade"),
    (r"flask (?:\S+ )*?db (?:\S+ )*?upgrade", "flask db upgrade"),
    (r"litestar (?:\S+ )*?database upgrade", "litestar database upgrade"),
    (r"aerich upgrade", "aerich upgrade"),
    (r"yoyo apply", "yoyo apply"),
    (r"prisma (?:\S+ )*?migrate deploy", "prisma migrate deploy"),
    (r"piccolo migrations forwards", "piccolo migrations forwards"),
    (r"(?:rails|rake) db:migrate", "db:migrate"),
    (r"artisan migrate", "artisan migrate"),
)
_SHELLS = frozenset({"ash", "bash", "dash", "sh"})
_EXEC = re.compile(r"(?m)(?:^|[;&|({]|\b(?:then|else|do))\s*(?:exec|trap)\s")
_OPENS = re.compile(r"(?:^|[;&|])\s*(?:if|case)\s")
_CLOSES = re.compile(r"(?:^|[;&|])\s*(?:fi|esac)\b")
_BARE_SHELLS = frozenset(
    {"almalinux", "alpine", "amazonlinux", "bash", "busybox", "centos", "debian", "fedora", "rockylinux", "ubuntu"}
)
_INTERPRETERS = frozenset({"golang", "node", "php", "pypy", "python", "ruby", "rust"})
"""Official images whose own command is a prompt: it ends when nobody types, and there is no terminal in a pod."""


def development_server(words: Iterable[str]) -> str:
    """
    Return how to call the development server that a command starts, or "".

    >>> development_server(["python", "manage.py", "runserver", "0.0.0.0:8000"]), development_server(["flask", "db"])
    ("Django's `runserver`", '')
    """
    return _first(_DEVELOPMENT, words)


def migration(words: Iterable[str]) -> str:
    """
    Return the migration that a command runs, perhaps before something else, or "".

    >>> migration(["sh", "-c", "./manage.py migrate --noinput && gunicorn shop.wsgi"]), migration(["gunicorn", "app"])
    ('manage.py migrate', '')
    """
    return _first(_MIGRATIONS, words)


def _first(known: Sequence[tuple[str, str]], words: Iterable[str]) -> str:
    text = " ".join(words)
    for command in re.split(r"&&|\|\|?|;|\n|&", text):
        # a program may have its path in front of it
        line = " ".join(word.rpartition("/")[2] or word for word in command.replace('"', " ").replace("'", " ").split())
        for pattern, name in known:
            if re.search(rf"(?:^|\s){pattern}(?:\s|$)", line):
                return name
    return ""


def scripts(words: Iterable[str]) -> list[str]:
    """
    Return the shell scripts that a command names.

    >>> scripts(["tini", "--", "/srv/boot.sh"]), scripts(["sh", "-c", "./a.sh && x"]), scripts(["gunicorn", "app"])
    (['/srv/boot.sh'], ['./a.sh'], [])
    """
    return [word for text in words for word in re.split(r"[\s;&|]+", text) if word.endswith(".sh")]


def is_script(words: Sequence[str]) -> bool:
    """
    Tell whether the first process is a shell that reads a script.

    >>> is_script(["./boot.sh"]), is_script(["/bin/bash", "boot.sh"]), is_script(["tini", "--", "boot.sh"])
    (True, True, False)
    """
    first = words[0].rpartition("/")[2] if words else ""
    return first.endswith(".sh") or (first in _SHELLS and len(words) > 1 and words[1].endswith(".sh"))


def hands_over(script: str) -> bool:
    r"""
    Tell whether a script lets a program take its place, or passes signals on.

    >>> hands_over("set -e\nexec gunicorn app"), hands_over("if x; then exec y; fi"), hands_over("gunicorn app")
    (True, True, False)
    """
    return bool(_EXEC.search("\n".join(line for _, line in lines(script))))


def lines(script: str) -> list[tuple[int, str]]:
    """Return the lines of a script with their numbers from 1, those that go on joined, comments and blanks left out."""
    made: list[tuple[int, str]] = []
    is_open = False
    for number, line in enumerate(script.splitlines(), 1):
        text = line.strip()
        if is_open:
            made[-1] = made[-1][0], f"{made[-1][1]} {text.removesuffix(chr(92))}"
        elif text and not text.startswith("#"):
            made.append((number, text.removesuffix("\\")))
        else:
            continue
        is_open = text.endswith("\\")
    return made


def certain(found: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield those lines of a script that no ``if`` and no ``case`` decides about."""
    depth = 0
    for number, line in found:
        depth -= len(_CLOSES.findall(line))
        if depth <= 0 and not _OPENS.search(line):
            yield number, line
        depth += len(_OPENS.findall(line))


def runs_nothing(final: Stage) -> str:
    """Return why an image without ENTRYPOINT and CMD does nothing in a pod, or "" if its base may well do something."""
    if final.is_scratch:
        return "`scratch` brings none either"
    image = final.root.image
    if image is None:
        return ""
    if image.official in _BARE_SHELLS:
        return f"`{image.official}` starts a shell, which ends where nobody types"
    if image.official in _INTERPRETERS:
        return f"`{image.official}` starts a prompt, which ends where nobody types"
    return ""
