"""
Dockerfiles to verdicts.

Source: https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import os

from kgen.check.dockerfile import DEFAULT, OFF, faults
from kgen.dockerfile import SYNTAX
from kgen.read.dockerfile import read
from kgen.read.split import Chunk
from kgen.validate import files, sorts
from kgen.validate.document import Document, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgen.diag import Diagnostic
    from kgen.dockerfile import Dockerfile, Fault

KIND = "Dockerfile"
_NAMES = frozenset({"Dockerfile", "Containerfile"})
_IGNORE = ".dockerignore"
_TEMPLATES = (
    ".j2",
    ".jinja",
    ".jinja2",
    ".tmpl",
    ".tpl",
    ".template",
    ".erb",
    ".ejs",
    ".hbs",
    ".mustache",
    ".in",
    ".m4",
)
_OPENINGS = ("{{", "{%", "<%", "%%", "@@")
"""What templates have where something is put in."""

_FRONTEND = "dockerfile"
"""How the image of Docker's own frontend is called, also on a mirror."""


def verdict(path: str, data: bytes, profile: str) -> Verdict:
    """
    Return what is to be said about a Dockerfile.

    Args:
        path: Where it is; the .dockerignore beside it is looked at too.
        data: What is in it.
        profile: ``server`` asks nothing, ``default`` what breaks the build or the container, ``strict`` good practice
            too, and ``off`` everything.
    """
    name = files.shown(path)
    file = read(data)
    document = Document(0, _first_line(file), identity=("", KIND, "", ""))
    found = faults(file, _ignored(path)) if is_known(file) and profile != "server" else []
    if found and (skipped := _excuse(path, file, found)):
        return Verdict(name, [Document(0, document.line, skipped=skipped, identity=document.identity)])
    if asked := _asked(found, profile):
        document.found = _findings(asked, file, name)
        document.chunk = Chunk(file.text.encode())
    return Verdict(name, [document])


def _first_line(file: Dockerfile) -> int:
    first = file.instructions[0].keyword.start if file.instructions else 0
    return file.place(first, first)[0]


def is_known(file: Dockerfile) -> bool:
    """Tell whether Docker's own frontend reads the file: others take what they like."""
    syntax = file.directives.get("syntax", _FRONTEND)
    return syntax.split()[0].rpartition("/")[2].startswith(_FRONTEND)


def _excuse(path: str, file: Dockerfile, found: Sequence[Fault]) -> str:
    """Return why a file is no Dockerfile yet: it is one when something renders it, or puts it into another."""
    broken = [file.text[fault.start : fault.end] for fault in found if fault.row == SYNTAX]
    if path.endswith(_TEMPLATES) or any(sign in text for text in broken for sign in _OPENINGS):
        return sorts.DOCKERFILE_TEMPLATE
    name = path[max(path.rfind("/"), path.rfind(os.sep)) + 1 :]
    is_part = name not in _NAMES and bool(file.instructions) and all(each.name != "FROM" for each in file.instructions)
    return sorts.DOCKERFILE_PART if is_part else ""


def _ignored(path: str) -> str | None:
    """Return the text of the .dockerignore for the file: its own, or the one of its folder."""
    folder = path[: max(path.rfind("/"), path.rfind(os.sep)) + 1]
    for name in (path + _IGNORE, folder + _IGNORE):
        try:
            data = files.read(name)
        except (OSError, ValueError):
            continue
        if data is not None:
            return data.decode("utf-8", errors="replace")
    return None


def _asked(found: Sequence[Fault], profile: str) -> list[Fault]:
    """Return those of ``found`` that a profile asks for."""
    if profile == "default":
        return [fault for fault in found if fault.row in DEFAULT]
    return [fault for fault in found if profile == "off" or fault.row not in OFF]


def _findings(found: Sequence[Fault], file: Dockerfile, name: str) -> tuple[Diagnostic, ...]:
    from kgen.check import catalogue  # noqa: PLC0415  # only after a fault
    from kgen.diag import Diagnostic, Label, Span  # noqa: PLC0415  # ditto

    rules = {row: catalogue.rule(row) for row in {fault.row for fault in found}}
    made = []
    for fault in found:
        line, column, end_line, end_column = file.place(fault.start, fault.end)
        at = Label(file=name, span=Span(line=line, column=column, end_line=end_line, end_column=end_column))
        made.append(Diagnostic(rule=rules[fault.row], message=fault.message, at=at, help=fault.help))
    return tuple(made)
