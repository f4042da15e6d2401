"""``kgen init``: look at a Python project, ask what is unclear, and write ``app.yaml``."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from kgen.detect import app_file
from kgen.detect.found import Doubt, Part
from kgen.detect.proposal import Proposal, propose
from kgen.detect.tree import Tree
from kgen.diag import Diagnostic, Label, Rule
from kgen.load.files import UNREADABLE
from kgen.record import dataclass
from kgen.report.text import render_all
from kgen.write.commented import commented
from kgen.write.whole import save

APP_FILE = "app.yaml"

APP_FILE_EXISTS = Rule(
    code="KG1130", name="app-file-exists", explain="An app file that somebody wrote is not replaced unasked."
)
UNANSWERED = Rule(
    code="KG1131",
    name="unanswered-question",
    explain="Where the files of a project do not settle what to do, somebody has to say it, or `--yes`.",
)
RULES = (APP_FILE_EXISTS, UNANSWERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for."""

    folder: str = "."
    yes: bool = False
    """Take the best answer to every question, and write the doubt down."""

    force: bool = False
    stdout: bool = False
    is_terminal: bool = False
    """Whether somebody can be asked."""

    colour: bool = False


def run(request: Request, stdin: TextIO, out: TextIO, err: TextIO) -> int:
    """Do what ``request`` asks for and return the exit code."""
    try:
        tree = Tree(request.folder)
    except OSError as error:
        message = f"cannot be read: {(error.strerror or str(error)).lower()}"
        return _refused([Diagnostic(rule=UNREADABLE, message=message, at=Label(file=request.folder))], request, err, 2)
    outcome = propose(tree)
    if outcome.value is None:
        return _refused([_shown(each, request) for each in outcome.found], request, err, 1)
    if taken := [each for each in outcome.value if _exists(request, each)]:
        return _refused([_taken(request, each) for each in taken], request, err, 1)
    questions = [(each, doubt) for each in outcome.value for doubt in each.part.doubts if len(doubt.choices) > 1]
    if questions and not (request.yes or request.is_terminal):
        return _refused([_unanswered(request, *each) for each in questions], request, err, 1)
    asks = request.is_terminal and not request.yes
    for each in outcome.value:
        part = _answered(each.part, stdin, err) if asks else each.part
        _write(request, each, part, out)
    return 0


def _write(request: Request, proposal: Proposal, part: Part, out: TextIO) -> None:
    text = commented(part.data, app_file.HEADER, part.comments, app_file.notes(part))
    if request.stdout:
        out.write(text)
        return
    path = _path(request, proposal)
    save(path, text.encode())
    out.write(f"wrote {path.as_posix()}: {_summary(proposal)}\n")
    out.writelines("".join(f"  {line}\n" for line in app_file.lines(doubt)) for doubt in part.doubts)
    out.write(f"next: kgen compile{'' if request.folder == '.' else f' {request.folder}'}\n")


def _summary(proposal: Proposal) -> str:
    parts = [f"{each.name} ({each.framework or each.type}): {each.command.value}" for each in proposal.programs]
    return "; ".join(parts)


def _answered(part: Part, stdin: TextIO, out: TextIO) -> Part:
    """Return ``part`` after a person was asked about every doubt that has several answers."""
    for doubt in part.doubts:
        if len(doubt.choices) > 1:
            part = app_file.settled(part, doubt, _answer(doubt, stdin, out))
    return part


def _answer(doubt: Doubt, stdin: TextIO, out: TextIO) -> object:
    """Return the answer to ``doubt``; nothing but Enter takes the first."""
    out.write(f"{'.'.join(map(str, doubt.path))}: {doubt.question}\n")
    out.writelines(f"  {number}  {each.value} ({each.reason})\n" for number, each in enumerate(doubt.choices, 1))
    while True:
        out.write(f"which one? [1-{len(doubt.choices)}, Enter: 1] ")
        out.flush()
        line = stdin.readline()
        given = line.strip() or "1"
        if given.isdecimal() and 1 <= int(given) <= len(doubt.choices):
            return doubt.choices[int(given) - 1].value
        if not line:
            return doubt.choices[0].value


def _path(request: Request, proposal: Proposal) -> Path:
    return Path(os.path.normpath(os.path.join(request.folder, proposal.folder, APP_FILE)))


def _exists(request: Request, proposal: Proposal) -> bool:
    return not (request.force or request.stdout) and os.path.lexists(_path(request, proposal))


def _taken(request: Request, proposal: Proposal) -> Diagnostic:
    path = _path(request, proposal).as_posix()
    help_ = "edit it, or let `--force` replace it; `--stdout` prints what would be written"
    return Diagnostic(rule=APP_FILE_EXISTS, message=f"`{path}` is there already", at=Label(file=path), help=help_)


def _unanswered(request: Request, proposal: Proposal, doubt: Doubt) -> Diagnostic:
    found = ", ".join(f"`{each.value}` ({each.reason})" for each in doubt.choices)
    return Diagnostic(
        rule=UNANSWERED,
        message=f"`{'.'.join(map(str, doubt.path))}`: {doubt.question}: {found}",
        at=Label(file=_path(request, proposal).as_posix()),
        help="`--yes` takes the first and writes the others down as a comment; on a terminal you are asked",
    )


def _shown(found: Diagnostic, request: Request) -> Diagnostic:
    """Return a finding with its file as the user would name it."""
    return Diagnostic(
        rule=found.rule,
        message=found.message,
        at=Label(file=os.path.normpath(os.path.join(request.folder, found.at.file))),
        help=found.help,
    )


def _refused(found: Sequence[Diagnostic], request: Request, err: TextIO, code: int) -> int:
    err.write(render_all(found, {}, colour=request.colour) + "\nnothing was written\n")
    return code
