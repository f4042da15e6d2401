"""What the settings file of uWSGI on a command line says about where it listens."""

import re
from collections.abc import Iterator, Sequence

from kgen.detect.commands.wrappers import PRIVILEGED
from kgen.detect.found import Doubt
from kgen.detect.project import Project
from kgen.detect.source.tree import join

_LISTENS = re.compile(r"^[ \t]*(http|http-socket|http11-socket|socket|uwsgi-socket)[ \t]*[=:][ \t]*(\S+)", re.MULTILINE)
_ENDS = (".ini", ".yaml", ".yml")


def port(project: Project, words: Sequence[str], folder: str) -> int | None:
    """Return the port on which uWSGI answers HTTP by its settings file, if a container may listen on it."""
    found = (_number(address) for kind, address, _ in _said(project, words, folder) if kind.startswith("http"))
    return next((each for each in found if each >= PRIVILEGED), None)


def doubts(project: Project, words: Sequence[str], folder: str) -> Iterator[Doubt]:
    """Yield the doubt about a uWSGI that speaks to a server in front of it only, or listens where nobody may."""
    said = list(_said(project, words, folder))
    by_http = [each for each in said if each[0].startswith("http")]
    why = ""
    if by_http and 0 < _number(by_http[0][1]) < PRIVILEGED:
        why = f"{by_http[0][2]} lets uWSGI listen on a port for root only"
    elif said and not by_http:
        why = f"{said[0][2]} lets uWSGI listen on a socket for nginx or the like, which answers no HTTP"
    if why:
        yield Doubt(path=("command",), question=why, help="say `http-socket = 0.0.0.0:8000` there instead")


def _number(address: str) -> int:
    number = address.rpartition(":")[2].strip("'\"")
    return int(number) if number.isdecimal() else 0


def _has_http(words: Sequence[str]) -> bool:
    return any(word.partition("=")[0] in {"--http", "--http-socket", "--protocol"} for word in words)


def _said(project: Project, words: Sequence[str], folder: str) -> Iterator[tuple[str, str, str]]:
    """Yield what the file names as addresses: option, address, and the place."""
    if "uwsgi" not in words[:1] or _has_http(words):
        return
    for name in (word.rpartition("=")[2] for word in words[1:]):
        path = next((each for each in (join(folder, name), name) if project.text(each)), "")
        text = project.text(path) or "" if path.endswith(_ENDS) else ""
        for match in _LISTENS.finditer(text):
            yield match[1], match[2], f"{path}:{text.count(chr(10), 0, match.start(1)) + 1}"
