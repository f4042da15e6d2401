"""``kgen init``: look at a Python project, ask what is unclear, and write ``app.yaml``."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from kgen.commands.questions import answered
from kgen.detect import app_file
from kgen.detect.found import Doubt, Part
from kgen.detect.proposal import Proposal, propose
from kgen.detect.source.tree import Tree
from kgen.diag import Diagnostic, Label, Rule
from kgen.diag import Path as DataPath
from kgen.filenames import APP_FILE
from kgen.record import dataclass
from kgen.report.text import render_all
from kgen.validate.unreadable import unreadable
from kgen.write.commented import commented
from kgen.write.rules import not_writable
from kgen.write.whole import save

APP_FILE_EXISTS = Rule(
    code="KG1130", name="app-file-exists", explain="An app file that somebody wrote is not replaced unasked."
)
UNANSWERED = Rule(
    code="KG1131",
    name="unanswered-question",
    explain="Where the files of a project do not settle what to do, somebody has to say it, or `--yes`.",
)
RULES = (APP_FILE_EXISTS, UNANSWERED)

_MOST = 4
"""Choices that a finding names; all are in what `--stdout --yes` prints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for."""

    folder: str = "."
    yes: bool = False
    """Take the best answer to every question, and write the doubt down."""

    force: bool = False
    stdout: bool = False
    output_format: str = "text"
    is_terminal: bool = False
    """Whether somebody can be asked."""

    colour: bool = False


def run(request: Request, stdin: TextIO, out: TextIO, err: TextIO) -> int:
    """Do what ``request`` asks for and return the exit code."""
    try:
        tree = Tree(request.folder)
    except OSError as error:
        return _refused([unreadable(request.folder, error)], request, out, err, 2)
    outcome = propose(tree)
    if outcome.value is None:
        return _refused([_shown(each, request) for each in outcome.found], request, out, err)
    if found := list(_hindrances(request, outcome.value)):
        return _refused(found, request, out, err)
    asks = request.is_terminal and not request.yes
    parts = [answered(each.part, stdin, err) if asks else each.part for each in outcome.value]
    if not request.stdout:
        for each, part in zip(outcome.value, parts, strict=True):
            try:
                save(_path(request, each), _text(part).encode())
            except OSError as error:
                return _refused([not_writable(_path(request, each), error)], request, out, err, 2)
    _report(request, outcome.value, parts, out)
    return 0


def _hindrances(request: Request, proposals: Sequence[Proposal]) -> Iterator[Diagnostic]:
    """Yield what keeps ``proposals`` from being written: files that are there, questions that nobody can be asked."""
    for each in proposals:
        path = _path(request, each)
        if not (request.force or request.stdout) and os.path.lexists(path):
            yield _taken(path.as_posix())
        elif not (request.yes or request.is_terminal):
            yield from (_unanswered(path, doubt) for doubt in each.part.doubts if len(doubt.choices) > 1)


def _text(part: Part) -> str:
    return commented(part.data, app_file.HEADER, part.comments, app_file.notes(part))


def _path(request: Request, proposal: Proposal) -> Path:
    return Path(os.path.normpath(os.path.join(request.folder, proposal.folder, APP_FILE)))


def _report(request: Request, proposals: Sequence[Proposal], parts: Sequence[Part], out: TextIO) -> None:
    if request.output_format == "json":
        from kgen.report.json import render_all as as_json  # noqa: PLC0415  # only for this format

        apps = [_as_data(request, each, part) for each, part in zip(proposals, parts, strict=True)]
        out.write(as_json([], {}, apps=apps) + "\n")
    elif request.stdout:
        out.write("---\n".join(map(_text, parts)))
    else:
        for each, part in zip(proposals, parts, strict=True):
            out.writelines(_summary(request, each, part))
        out.write(f"next: kgen compile{'' if request.folder == '.' else f' {request.folder}'}\n")


def _summary(request: Request, proposal: Proposal, part: Part) -> Iterator[str]:
    """Yield what was found, as a person wants to check it."""
    yield f"wrote {_path(request, proposal).as_posix()}\n"
    shown: list[tuple[str, Any, DataPath]] = [("name", part.data["name"], ("name",))]
    python = part.data.get("build", {}).get("python", {})
    words = {"version": "python", "manager": "manager"}
    shown += [(word, python[key], ("build", "python", key)) for key, word in words.items() if key in python]
    for name, component in part.data["components"].items():
        shown.append((name, component.get("command", ""), ("components", name, "command")))
    width = max(len(word) for word, _, _ in shown)
    for word, value, path in shown:
        text = value if isinstance(value, str) else " ".join(map(str, value))
        origin = f"  ({part.comments[path]})" if path in part.comments else ""
        yield f"  {word:{width}}  {text}{origin}\n"
    for doubt in part.doubts:
        yield f"  doubt: {'.'.join(map(str, doubt.path))}: {doubt.question}{f': {doubt.help}' if doubt.help else ''}\n"
        yield from (f"    {line.strip()}\n" for line in app_file.lines(doubt)[1:])


def _as_data(request: Request, proposal: Proposal, part: Part) -> dict[str, Any]:
    return {
        "file": _path(request, proposal).as_posix(),
        "app": part.data,
        "origins": [{"path": [*path], "origin": origin} for path, origin in part.comments.items()],
        "frameworks": {each.name: each.framework for each in proposal.programs if each.framework},
        "doubts": [
            {
                "path": [*doubt.path],
                "question": doubt.question,
                "help": doubt.help,
                "choices": [{"value": each.value, "reason": each.reason} for each in doubt.choices],
            }
            for doubt in part.doubts
        ],
    }


def _taken(path: str) -> Diagnostic:
    help_ = "edit it, or let `--force` replace it; `--stdout` prints what would be written"
    return Diagnostic(rule=APP_FILE_EXISTS, message=f"`{path}` is there already", at=Label(file=path), help=help_)


def _unanswered(path: Path, doubt: Doubt) -> Diagnostic:
    found = ", ".join(f"`{each.value}` ({each.reason})" for each in doubt.choices[:_MOST])
    more = max(0, len(doubt.choices) - _MOST)
    end = f" and {more} more" if more else ""
    return Diagnostic(
        rule=UNANSWERED,
        message=f"`{'.'.join(map(str, doubt.path))}`: {doubt.question}: {found}{end}",
        at=Label(file=path.as_posix()),
        help="`--yes` takes the first and writes the others down as a comment; on a terminal you are asked",
    )


def _shown(found: Diagnostic, request: Request) -> Diagnostic:
    """Return a finding with its file as the user would name it."""
    file = os.path.normpath(os.path.join(request.folder, found.at.file))
    return Diagnostic(rule=found.rule, message=found.message, at=Label(file=file), help=found.help)


def _refused(found: Sequence[Diagnostic], request: Request, out: TextIO, err: TextIO, code: int = 1) -> int:
    if request.output_format == "json":
        from kgen.report.json import render_all as as_json  # noqa: PLC0415  # only for this format

        out.write(as_json(found, {}, apps=[]) + "\n")
    else:
        err.write(f"{render_all(found, {}, colour=request.colour)}\n\nnothing was written\n")
    return code
