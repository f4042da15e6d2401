"""What options of a command line are worth unless they are given: ``add_argument("--port", default=8080)``."""

import ast
from collections.abc import Iterable, Mapping
from typing import Any

from kgen.detect.project import Project
from kgen.detect.source.syntax import nodes
from kgen.detect.source.values import constants, is_port, keyword, value

_DEFINING = frozenset({"add_argument", "add_option", "option"})
_WORDS = (b"add_argument", b"add_option", b".option(")
PORTS = ("port", "http_port", "listen_port", "server_port", "web_port", "metrics_port", "exporter_port")
HOSTS = ("host", "addr", "address", "bind", "bind_address", "listen", "listen_address", "interface", "ip")
_ALL = frozenset({"", "0.0.0.0", "::", "[::]", "*"})  # noqa: S104  # what a container listens on


def port(project: Project, files: Iterable[str]) -> int | None:
    """Return the port that a program listens on unless an option says another."""
    given = _first(project, files, PORTS)
    number = int(given) if isinstance(given, str) and given.isdecimal() else given
    return number if isinstance(number, int) and is_port(number) else None


def is_open(project: Project, files: Iterable[str]) -> bool:
    """Tell whether a program listens on all addresses unless an option says another."""
    return _first(project, files, HOSTS) in _ALL


def _first(project: Project, files: Iterable[str], names: Iterable[str]) -> Any:
    """Return the default of the first option that has one of ``names``; ``None``: there is none."""
    for file in sorted(files, key=lambda each: (each.count("/"), each)):
        module = project.modules.module(file) if project.tree.mentions(file, _WORDS) else None
        found = defaults(module.tree) if module else {}
        if name := next((each for each in names if found.get(each) is not None), ""):
            return found[name]
    return None


def defaults(tree: ast.Module) -> Mapping[str, Any]:
    """
    Return option → what it is worth by default, as far as that stands there.

    >>> defaults(ast.parse("p.add_argument('-p', '--http-port', default=8080); p.add_argument('-v')"))
    {'http_port': 8080, 'v': None}
    """
    known = constants(tree)
    made: dict[str, Any] = {}
    for call in nodes(tree, ast.Call):
        if getattr(call.func, "attr", "") in _DEFINING:
            words = [word for each in call.args if isinstance(word := value(each), str)]
            said = value(keyword(call, "dest"))
            name = said if isinstance(said, str) else max(words, key=len, default="").lstrip("-").replace("-", "_")
            made.setdefault(name, value(keyword(call, "default"), known))
    return made
