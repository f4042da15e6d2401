"""Whether, and where, a server that a program brings up can be reached from outside of its container."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from kgen.detect.found import Doubt, Fact
from kgen.detect.programs import options
from kgen.detect.project import Project
from kgen.detect.source.syntax import nodes
from kgen.detect.source.values import constants, is_port, keyword, value

PIPES = Doubt(
    path=("type",),
    question="it talks to whoever has started it, by its input and output: nobody else can call it",
    help='for others: `transport="streamable-http"`, `type: web` and a port',
)
"""What goes with servers of MCP that are started by those who use them."""

_CALL = 8
"""Lines of a call."""

_USUAL = re.compile(r"(?:(?<![=!<>])[=:]|\bget\w*\([^()]*,)\s*[\"']0\.0\.0\.0[\"']")
"""All addresses, somewhere in the file that brings a server up: as what is taken unless something else is said."""

_RELOADS = re.compile(r"\breload\s*=\s*True\b")
_ASKED = re.compile(r"[!=]=\s*[\"']0\.0\.0\.0[\"']")

_OPEN = re.compile(r"\((?:\"\"|'')\s*,|\brun_app\(|\bTCPSite\(\s*\w+(?:\.\w+)*\s*(?:\)|,\s*port\s*=)")
"""Calls of servers that listen on all addresses unless they are told one."""


def alone(project: Project, origin: str, texts: Iterable[str], files: Iterable[str] = ()) -> Iterator[Doubt]:
    """
    Yield the doubts about a server of a program's own: nothing says that it listens everywhere, or it is a developer's.

    Args:
        project: The project.
        origin: The file and line where the program brings it up; may be empty.
        texts: Words and variables that it is started with.
        files: What runs in its process.
    """
    file, _, line = origin.rpartition(":")
    text = (project.tree.text(file) or "") if file else ""
    call = text.splitlines()[int(line) - 1 :][:_CALL] if file else []
    is_said = any("0.0.0.0" in each or "::" in each for each in (*texts, *call)) or _is_usual(text)  # noqa: S104  # what has to be said
    is_said = is_said or options.is_open(project, files)
    if not is_said and not (call and _OPEN.search(call[0]) and not any("host" in each for each in call)):
        yield Doubt(
            path=("command",),
            question="nothing says that it listens on all addresses, which it has to in a container",
            help="see its options, such as `--host 0.0.0.0`",
        )
    if any(_RELOADS.search(each) for each in call):
        yield Doubt(
            path=("command",),
            question=f"{origin} starts anew whenever the source changes, and that is for developers",
            help="turn `reload` off there",
        )


def _is_usual(text: str) -> bool:
    """Tell whether a file takes all addresses unless it is told some, and never asks whether they are meant."""
    return bool(_USUAL.search(text)) and not _ASKED.search(text)


def port(project: Project, origin: str) -> int | None:
    """Return the port that the call at ``origin`` names: ``serve(app, port=8080)``, ``HTTPServer(("", 8080), …)``."""
    file, _, line = origin.rpartition(":")
    module = project.modules.module(file)
    if not module:
        return None
    known = constants(module.tree)
    for call in nodes(module.tree, ast.Call):
        if str(call.lineno) == line:
            first = value(call.args[0], known) if call.args else None
            given = first[1] if isinstance(first, list) and len(first) > 1 else value(keyword(call, "port"), known)
            if is_port(given):
                return int(given)
    return None


_VARIABLE = re.compile(
    r"(?:environ(?:\.get)?\s*[\[(]|getenv\(|\benv(?:\.int)?\()\s*[\"']((?:(?:APP|SERVER|HTTP|WEB|API|LISTEN|BIND)_)?PORT)[\"']"
)


def variable(project: Project, origin: str, usual: int) -> Mapping[str, Fact]:
    """Return the variable that says the port of the server at ``origin``, if there is one, with its usual value."""
    file = origin.rpartition(":")[0]
    text = (project.tree.text(file) or "") if file else ""
    found = list(dict.fromkeys(match[1] for match in _VARIABLE.finditer(text)))
    if len(found) != 1:
        return {}
    line = text.count("\n", 0, text.index(found[0])) + 1
    return {found[0]: Fact(str(usual), f"{file}:{line}")}


def unsaid(origin: str, usual: int) -> Doubt:
    """Return the doubt that goes with a port that the source does not name."""
    return Doubt(path=("port",), question=f"{origin} does not say which port it listens on", help=f"is it {usual}?")
