"""
Programs that PasteDeploy puts together, as Pyramid's are: a settings file names the application and its server.

Source: https://docs.pylonsproject.org/projects/pyramid/en/latest/narr/paste.html
"""

import re
from collections.abc import Iterator
from configparser import ConfigParser, Error

from kgen.detect.commands.servers import PORT, installed
from kgen.detect.commands.wrappers import PRIVILEGED
from kgen.detect.found import Doubt, Fact, Program
from kgen.detect.project import Project

_FOUND, _OTHERS = 66, 52
"""Ranks: of settings that are called like those for production, and of others."""

_FOLDERS = ("", "conf", "config", "etc")
_USUAL = ("production", "prod", "app", "main")
_DEVELOPMENT = re.compile(r"dev|local|debug")
_NEVER = re.compile(r"test|alembic|tox|setup|logging|worker|websocket")
_OPEN = re.compile(r"0\.0\.0\.0|\*|\[::\]")


def programs(project: Project) -> Iterator[Program]:
    """Yield the program of the settings file that is most likely the one for production."""
    if not project.has("pyramid", "pastedeploy", "turbogears2"):
        return
    found = sorted(_files(project), key=lambda each: _place(each[0]))
    for name, text in found[:1]:
        yield _program(project, name, text)


def _files(project: Project) -> Iterator[tuple[str, str]]:
    for folder in _FOLDERS:
        for name in project.tree.here(project.path(folder) if folder else project.folder):
            path = f"{folder}/{name}" if folder else name
            text = (project.text(path) or "") if name.endswith(".ini") and not _NEVER.search(name) else ""
            if re.search(r"^\[(?:app|pipeline|composite):", text, re.MULTILINE):
                yield path, text


def _place(path: str) -> tuple[object, ...]:
    return _stem(path) not in _USUAL, not _DEVELOPMENT.search(_stem(path)), path


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".ini")


def _program(project: Project, name: str, text: str) -> Program:
    server = installed(project, "gunicorn")
    listens, port = _listens(text)
    doubts = []
    if _DEVELOPMENT.search(name):
        doubts.append(
            Doubt(path=("command",), question=f"{name} has settings for development", help="add some for production")
        )
    if server is None and not _OPEN.search(listens):
        said = f"{name} does not say that it listens on all addresses, which it has to in a container"
        doubts.append(Doubt(path=("command",), question=said, help="write `listen = 0.0.0.0:…` there"))
    port = PORT if server else port
    command = f"gunicorn --paste {name} --bind 0.0.0.0:{port}" if server else f"pserve {name}"
    return Program(
        name="web",
        type="web",
        framework="Pyramid",
        command=Fact(command, name),
        port=Fact(port, name),
        needs=(server,) if server else (),
        rank=_FOUND if _stem(name) in _USUAL else _OTHERS,
        doubts=tuple(doubts),
    )


def _listens(text: str) -> tuple[str, int]:
    r"""
    Return the address of the server, and its port.

    >>> _listens("[server:main]\nlisten = localhost:6543\n"), _listens("[server:main]\nhost = *\nport = 80\n")
    (('localhost:6543', 6543), ('*:80', 6543))
    """
    parser = ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    try:
        parser.read_string(text)
    except Error:
        return "", _PYRAMIDS
    said = parser.get("server:main", "listen", fallback="") or ""
    host, port = (parser.get("server:main", key, fallback="") or "" for key in ("host", "port"))
    said = said or f"{host}:{port}"
    match = re.search(r":(\d{4,5})\b", said)
    return said, int(match[1]) if match and int(match[1]) >= PRIVILEGED else _PYRAMIDS


_PYRAMIDS = 6543
"""Where Pyramid's templates of projects listen."""
