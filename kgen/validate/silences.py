"""
Comments that silence a rule where they stand: ``# kgen: allow image-latest until 2027-01-31: the mirror has no tags``.

At the end of a line, a comment is about what starts on that line, and all that is inside it; on a line of its own,
about what comes next; above everything else, about the whole document. A reason has to be given, and a date may be.
"""

import re
from collections.abc import Iterator, Sequence

from kgen.check import catalogue
from kgen.check.catalogue import Entry
from kgen.diag import Diagnostic, Label, Rule, Severity, Span
from kgen.read.quick import SYNTAX, Unusual, compose
from kgen.read.split import Chunk
from kgen.record import dataclass, field
from kgen.source import LINE_BREAK
from kgen.validate.document import Document, Verdict
from kgen.validate.selection import Ignored
from kgen.words import nearest

_W = Severity.WARNING
MALFORMED = Rule(
    code="KG1201",
    name="malformed-silence",
    severity=_W,
    explain="A comment that starts with `# kgen:` is meant for kgen, and this one cannot be read.",
)
WITHOUT_REASON = Rule(
    code="KG1202",
    name="silence-without-reason",
    severity=_W,
    explain="Whoever reads the comment in a year has to know why the rule does not count here.",
)
UNKNOWN_RULE = Rule(
    code="KG1203", name="unknown-rule-silenced", severity=_W, explain="There is no rule of this name to be silenced."
)
NOT_SILENCEABLE = Rule(
    code="KG1204",
    name="server-rule-silenced",
    severity=_W,
    explain="What an API server refuses is refused, whatever somebody else says.",
)
UNUSED = Rule(
    code="KG1205",
    name="unused-silence",
    severity=_W,
    explain="A comment that silences nothing hides the next fault of that name from view.",
)
EXPIRED = Rule(
    code="KG1206", name="expired-silence", severity=_W, explain="The day up to which the rule was not to count is over."
)
RULES = (MALFORMED, WITHOUT_REASON, UNKNOWN_RULE, NOT_SILENCEABLE, UNUSED, EXPIRED)

DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\Z", re.ASCII)
_START = re.compile(r"KG\d{1,4}\Z", re.ASCII)
_COMMENT = re.compile(r"(?:^|(?<=\s))# ?kgen:(.*)$")
_ALLOW = re.compile(
    r"\s*allow\s+(?P<rules>[\w-]+(?:\s*,\s*[\w-]+)*)(?:\s+until\s+(?P<until>[^\s:]+))?\s*(?::(?P<reason>.*))?\Z"
)
_MEND = "mend what it was about, or give it a new date"
_HELP = "write `# kgen: allow RULE: the reason`, or `# kgen: allow RULE until 2027-01-31: the reason`"


@dataclass(slots=True)
class Silence:
    """One comment. Lines count from 1 in the document."""

    codes: frozenset[str]
    span: Span
    first: int
    last: int
    until: str = ""
    used: set[str] = field(default_factory=set)

    def covers(self, code: str, line: int) -> bool:
        return code in self.codes and self.first <= line <= self.last


def silences(chunk: Chunk, path: str, today: str) -> tuple[list[Silence], list[Diagnostic]]:
    """
    Return the comments in a document that silence rules, and what is wrong with them.

    Args:
        today: As ``2026-11-21``; empty: nothing expires.
    """
    made: list[Silence] = []
    found: list[Diagnostic] = []
    lines = LINE_BREAK.split(chunk.text.decode(errors="replace"))
    for number, said, span in _comments(chunk, lines):
        label = Label(file=path, span=span)
        match = _ALLOW.match(said)
        if not match or (match["until"] and not DATE.match(match["until"])):
            found.append(Diagnostic(rule=MALFORMED, message="kgen cannot read this comment", at=label, help=_HELP))
            continue
        if not (match["reason"] or "").strip():
            message = "the comment gives no reason, so it silences nothing"
            found.append(Diagnostic(rule=WITHOUT_REASON, message=message, at=label, help=_HELP))
            continue
        if match["until"] and today > match["until"]:
            message = f"the comment was to count until {match['until']}, so it silences nothing any more"
            found.append(Diagnostic(rule=EXPIRED, message=message, at=label, help=_MEND))
            continue
        codes, wrong = resolved(re.split(r"\s*,\s*", match["rules"]), label)
        found += wrong
        first, last = _scope(lines, number)
        if codes:
            made.append(
                Silence(frozenset(codes), span, first + chunk.line + 1, last + chunk.line + 1, match["until"] or "")
            )
    return made, found


def called(name: str) -> list[Entry]:
    """Return the rules of the catalogue that are called ``name``: a name, a code, the start of one, or a row."""
    if entry := catalogue.by_name().get(name):
        return [entry]
    if not _START.match(name):
        return []
    return [entry for entry in catalogue.entries().values() if entry.rule.code.startswith(name)]


def unknown(name: str, at: Label) -> Diagnostic:
    """Return the finding for a ``name`` that no rule of the catalogue has."""
    from kgen.check import rules as schema  # noqa: PLC0415  # only after a fault
    from kgen.read import rules as texts  # noqa: PLC0415
    from kgen.syntax import rules as syntax  # noqa: PLC0415

    for rule in (*schema.RULES, *texts.RULES, *syntax.RULES, *RULES):
        if name in (rule.name, rule.code):
            return refused(rule, at)
    near = nearest(name, (each for each in catalogue.by_name() if not each[:2].isupper()))
    helped = f"did you mean `{near}`?" if near else "`kgen explain` lists the rules"
    return Diagnostic(rule=UNKNOWN_RULE, message=f"there is no rule `{name}`", at=at, help=helped)


def refused(rule: Rule, at: Label) -> Diagnostic:
    """Return the finding for a rule that is not a matter of choice."""
    message = f"`{rule.name}` always counts: what is wrong there is refused by an API server, or cannot be read"
    return Diagnostic(rule=NOT_SILENCEABLE, message=message, at=at, help="mend what it is about")


def resolved(names: Sequence[str], at: Label) -> tuple[list[str], list[Diagnostic]]:
    """Return the codes of the rules that are called ``names``, and which of them cannot be silenced."""
    codes: list[str] = []
    found: list[Diagnostic] = []
    for name in names:
        entries = called(name)
        if not entries:
            found.append(unknown(name, at))
        elif len(entries) == 1 and not catalogue.is_silenceable(entries[0].rule):
            found.append(refused(entries[0].rule, at))
        codes += [each.rule.code for each in entries if catalogue.is_silenceable(each.rule)]
    return codes, found


def unused(silence: Silence, asked: frozenset[str], path: str) -> Iterator[Diagnostic]:
    """Yield the finding for a comment that has silenced nothing, of the rules that were ``asked`` in this run."""
    known = catalogue.by_name()
    idle = sorted(known[code].rule.name for code in silence.codes - silence.used if code in asked)
    for name in idle:
        yield Diagnostic(
            rule=UNUSED,
            message=f"nothing here breaks `{name}` (any more)",
            at=Label(file=path, span=silence.span),
            help="remove the comment" if len(silence.codes) == 1 else "remove the name from the comment",
        )


def about_settings(idle: Sequence[Ignored], expired: Sequence[Ignored], text: str) -> Verdict:
    """Return what is wrong with the silences of kgen.yaml, whose text is ``text``."""
    known = catalogue.by_name()
    found = []
    for each in idle:
        message = f"nothing that this entry is about breaks `{known[each.code].rule.name}` (any more)"
        found.append(Diagnostic(rule=UNUSED, message=message, at=each.at, help="remove the entry"))
    for each in expired:
        message = f"the entry was to count until {each.until}, so it silences nothing any more"
        found.append(Diagnostic(rule=EXPIRED, message=message, at=each.at, help=_MEND))
    document = Document(0, 1)
    document.found, document.chunk = tuple(found), Chunk(text.encode())
    made = Verdict(found[0].at.file, [document])
    made.is_news = True
    return made


def _comments(chunk: Chunk, lines: Sequence[str]) -> Iterator[tuple[int, str, Span]]:
    """Yield the line from 0, the text, and the place of each comment to kgen."""
    spans: list[tuple[tuple[int, int], tuple[int, int]]] | None = None
    for number, line in enumerate(lines):
        match = _COMMENT.search(line)
        if not match:
            continue
        if spans is None:
            spans = list(_scalars(chunk.text))
        if any(start <= (number, match.start()) < end for start, end in spans):
            continue  # it is a part of a text
        where = chunk.line + number + 1
        span = Span(line=where, column=match.start() + 1, end_line=where, end_column=len(line) + 1)
        yield number, match[1], span


def _scalars(text: bytes) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    try:
        waiting = [compose(text)]
    except (SYNTAX, Unusual, RecursionError):
        return
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        if node.id == "scalar":
            start, end = node.start_mark, node.end_mark
            yield (start.line, start.column), (end.line, end.column)
        elif node.id == "mapping":
            waiting += [each for pair in node.value for each in pair]
        else:
            waiting += node.value


def _scope(lines: Sequence[str], number: int) -> tuple[int, int]:
    """Return the first and the last line, from 0, of what the comment on line ``number`` is about."""
    code = [index for index, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    if not code:
        return number, number
    first = next((index for index in code if index >= number), None)
    if first is None:
        return number, number
    if first != number and first == code[0]:
        return 0, len(lines)
    indent = _indent(lines[first])
    is_entry = lines[first].lstrip().startswith("- ")
    for index in code:
        if index > first:
            deeper = _indent(lines[index]) > indent
            own_list = _indent(lines[index]) == indent and not is_entry and lines[index].lstrip().startswith("- ")
            if not deeper and not own_list:
                return first, index - 1
    return first, len(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
