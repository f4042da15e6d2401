"""
What YAML readers say about broken text, in our words and at the place where a person would look.

ruamel.yaml reads app files, and libyaml (through PyYAML) Kubernetes objects. Both say nearly the same, since one was
made from the other; where their words differ, both stand in the table below.
"""

import re
from collections.abc import Callable
from typing import Any, Protocol

from kgen.diag import Diagnostic, Label, Rule
from kgen.record import dataclass, replace
from kgen.syntax.lines import Lines
from kgen.syntax.rules import SYNTAX_ERROR, TAB_INDENTATION, YAML_ALIAS, YAML_ANCHOR, YAML_DIRECTIVE, YAML_TAG, code

_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{0,2}|u[0-9A-Fa-f]{0,4}|U[0-9A-Fa-f]{0,8}|.|$)")
_TOKEN = re.compile(r"(?:found|got) \(?'([^']+)'")
_TOO_BIG = re.compile(r"\\U(?!0010|000[0-9A-Fa-f])[0-9A-Fa-f]{8}")
_WORD = re.compile(r"[^\s,\[\]{}]*")


class MarkedError(Protocol):
    """``MarkedYAMLError`` of ruamel.yaml and of PyYAML: what they say, and marks with the offset as ``index``."""

    context: str | None
    problem: str | None
    context_mark: Any
    problem_mark: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the reader came before the fault, as offsets."""

    last_start: int = 0
    """Where the last scalar starts and ends."""

    last_end: int = 0
    opened: int | None = None
    """The innermost bracket that is still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A fault as the reader saw it: ``at`` is where it gave up, ``since`` where the broken thing starts."""

    lines: Lines
    at: int
    since: int
    token: str
    progress: Progress

    def fault(
        self,
        message: str,
        start: int,
        end: int | None = None,
        *,
        rule: Rule = SYNTAX_ERROR,
        help: str = "",  # noqa: A002  # the name of the field that it fills
        related: tuple[Label, ...] = (),
    ) -> Diagnostic:
        """Build a finding from ``start`` to ``end``, or to the end of the word that starts there."""
        text = self.lines.text
        if end is None:
            word = _WORD.match(text, start)
            end = max(word.end() if word else start, min(start + 1, self.lines.end(start)))
        at = Label(span=self.lines.span(start, end))
        return Diagnostic(rule=rule, message=message, at=at, help=help, related=related)

    def note(self, offset: int, text: str) -> tuple[Label, ...]:
        return (Label(text=text, span=self.lines.span(offset, min(offset + 1, self.lines.end(offset)))),)

    @property
    def sign(self) -> str:
        """The character at the fault."""
        return self.lines.text[self.at : self.at + 1]


def syntax_fault(error: MarkedError, lines: Lines, progress: Progress) -> Diagnostic:
    """Return the finding for what stopped the reader."""
    problem = error.problem or error.context or ""
    context = error.context or ""
    mark = error.problem_mark or error.context_mark
    since = error.context_mark or mark
    token = _TOKEN.search(problem)
    seen = _Seen(
        lines=lines,
        at=min(mark.index if mark else progress.last_end, len(lines.text)),
        since=min(since.index if since else progress.last_end, len(lines.text)),
        token=token.group(1) if token else "",
        progress=progress,
    )
    for words, say in _SAYINGS:
        if words in context or words in problem:
            return say(seen)
    return _unexpected(seen)


def crash_fault(lines: Lines, progress: Progress) -> Diagnostic:
    """Return the finding for text on which ruamel stumbles instead of refusing it."""
    found = _TOO_BIG.search(lines.text, progress.last_end)
    start, end = found.span() if found else (progress.last_end, lines.end(progress.last_end))
    message = f"{code(found.group())} is no character" if found else "kgen cannot read what follows here"
    at = Label(span=lines.span(start, end))
    return Diagnostic(rule=SYNTAX_ERROR, message=message, at=at, help="quote text that has special characters")


def _no_token(seen: _Seen) -> Diagnostic:
    if seen.sign != "\t":
        return seen.fault(
            f"a value cannot start with {code(seen.sign)}", seen.at, help="put quotes around it if it is meant as text"
        )
    stop = seen.at + len(seen.lines.text[seen.at :]) - len(seen.lines.text[seen.at :].lstrip("\t"))
    if seen.lines.before(seen.at).strip():
        return seen.fault("a tab cannot stand here", seen.at, stop, help="use spaces")
    return seen.fault("the line is indented with a tab", seen.at, stop, rule=TAB_INDENTATION, help="indent with spaces")


def _no_colon(seen: _Seen) -> Diagnostic:
    stop = seen.lines.end(seen.since)
    line = seen.lines.text[seen.since : stop].rstrip()
    return seen.fault(
        f"{code(line)} is neither `key: value` nor a list item",
        seen.since,
        seen.since + len(line),
        help="put `: ` between the key and its value",
    )


def _stray_colon(seen: _Seen) -> Diagnostic:
    """`a: b: c`, a key on the line of `---`, or a key below something that is not a `key:` of the same depth."""
    first, lines = seen.progress.last_start, seen.lines
    before = lines.before(seen.at)
    if before.startswith("---"):
        return seen.fault("a key cannot stand on the line of `---`", seen.at, help="start a new line after `---`")
    if lines.number(first) == lines.number(seen.at) or first >= seen.at:
        return seen.fault("a second `:` on the line", seen.at, help="put quotes around a value that contains `: `")
    if lines.before(first).strip(" -"):  # the scalar began as the value of a key
        return seen.fault(
            "the line is indented deeper than the one before, which already has a value",
            lines.start(seen.at) + len(before) - len(before.lstrip()),
            seen.at,
            help="give keys of one mapping the same indentation",
            related=seen.note(first, "the value starts here"),
        )
    line = lines.text[first : lines.end(first)].rstrip()
    space = ":" in line
    return seen.fault(
        f"{code(line)} is not `key: value`",
        first,
        first + len(line),
        help="put a space after the `:`" if space else "put `: ` between the key and its value",
    )


def _stray_item(seen: _Seen) -> Diagnostic:
    return seen.fault(
        "a list item cannot start here",
        seen.at,
        help="start each `- ` item on a line of its own; put quotes around text that starts with `- `",
    )


def _open_quote(seen: _Seen) -> Diagnostic:
    quote = seen.lines.text[seen.since]
    stop = seen.lines.end(seen.since)
    return seen.fault("the quote is never closed", seen.since, stop, help=f"put {code(quote)} at the end of the text")


def _bad_escape(seen: _Seen) -> Diagnostic:
    start = seen.lines.text.rfind("\\", seen.since, seen.at + 1)
    found = _ESCAPE.match(seen.lines.text, start)
    escape = found.group() if found else "\\"
    return seen.fault(
        f"{code(escape)} is no escape that YAML knows",
        start,
        start + len(escape),
        help="write `\\\\` for a backslash, or put the text in single quotes",
    )


def _block_header(seen: _Seen) -> Diagnostic:
    header = code(seen.lines.text[seen.since])
    return seen.fault(
        f"{header} starts a text block, and nothing but `+`, `-` or a digit from 1 to 9 can follow it",
        seen.at,
        help="start the text on the next line, or put quotes around it",
    )


def _blank_first_line(seen: _Seen) -> Diagnostic:
    return seen.fault(
        "the text block starts with an empty line that has fewer spaces than the text",
        seen.lines.start(seen.at),
        seen.at,
        help="remove the spaces from the empty line",
    )


def _name(rule: Rule, thing: str) -> Callable[[_Seen], Diagnostic]:
    def say(seen: _Seen) -> Diagnostic:
        sign = code(seen.lines.text[seen.since : seen.since + 1])
        return seen.fault(
            f"{sign} starts {thing}, which kgen does not read",
            seen.since,
            rule=rule,
            help=f"put quotes around text that starts with {sign}",
        )

    return say


def _directive(seen: _Seen) -> Diagnostic:
    start = seen.lines.start(seen.since)
    return seen.fault(
        "the line is a YAML directive, which kgen does not read",
        start,
        seen.lines.end(start),
        rule=YAML_DIRECTIVE,
        help="remove the line, or put quotes around text that starts with `%`",
    )


def _open_bracket(seen: _Seen) -> Diagnostic:
    opened = seen.progress.opened if seen.progress.opened is not None else seen.since
    bracket = seen.lines.text[opened : opened + 1]
    close = {"[": "]", "{": "}"}.get(bracket, "]")
    if seen.token in ("<stream end>", "<document start>", "<document end>"):
        message = f"{code(bracket)} is never closed"
        return seen.fault(message, opened, opened + 1, help=f"put {code(close)} after the last item")
    first = seen.progress.last_start
    spread = opened < first and seen.lines.number(first) < seen.lines.number(seen.at)
    at = seen.lines.end(first) if spread else seen.at
    return seen.fault(
        f"there is no `,` or {code(close)} here",
        at,
        None if not spread else at,
        help=f"separate items with `,`; close with {code(close)}",
        related=seen.note(opened, f"{code(bracket)} is open since here"),
    )


def _not_the_end(seen: _Seen) -> Diagnostic:
    """A mapping or list was expected to go on or to end, and something else came."""
    lines, progress = seen.lines, seen.progress
    line, same_line = lines.number(seen.at), lines.before(seen.at).strip(" -") != ""
    # libyaml does not name the token
    if seen.token in ("", "?", "<block mapping start>", "<block sequence start>", "-") and not same_line:
        is_item = seen.token in ("-", "<block sequence start>") or (not seen.token and seen.sign == "-")
        what = "a list item" if is_item else "a key"
        return seen.fault(
            f"{what} cannot stand here: the indentation fits nothing above",
            seen.at,
            help="give all keys of a mapping, and all `- ` of a list, the same indentation",
            related=seen.note(seen.since, "what is open here started at this column"),
        )
    if same_line and lines.text[progress.last_start : progress.last_start + 1] in ("'", '"'):
        spread = lines.number(progress.last_start) < line
        return seen.fault(
            "there is text after the closing quote",
            seen.at,
            help="put the whole value into quotes; in single quotes, write a quote twice",
            related=seen.note(progress.last_start, "the quoted text starts here") if spread else (),
        )
    return _unexpected(seen)


def _no_content(seen: _Seen) -> Diagnostic:
    if seen.token == "<stream end>" or seen.at >= len(seen.lines.text.rstrip()):  # noqa: S105  # a token of YAML
        return _open_bracket(replace(seen, token="<stream end>"))  # noqa: S106
    if seen.sign in ("]", "}"):
        return seen.fault(f"{code(seen.sign)} closes nothing", seen.at, help="remove it, or quote the value")
    return seen.fault(
        f"there is no value before {code(seen.sign)}", seen.at, help="put quotes around it if it is meant as text"
    )


def _after_document(seen: _Seen) -> Diagnostic:
    lines = seen.lines
    if lines.text.startswith("%", lines.start(seen.at)):
        return _directive(seen)
    above = len(lines.text[: seen.at].rstrip())
    if lines.text.startswith("%", lines.start(above)):
        return _directive(replace(seen, since=above))
    return seen.fault(
        "there is text after the end of the document", seen.at, help="remove it, or bring it into the mapping"
    )


def _unexpected(seen: _Seen) -> Diagnostic:
    if seen.at >= len(seen.lines.text):
        return seen.fault("the file ends too early", len(seen.lines.text.rstrip()))
    word = _WORD.match(seen.lines.text, seen.at)
    found = (word.group() if word else "") or seen.sign
    return seen.fault(
        f"{code(found)} cannot stand here", seen.at, help="put quotes around a value with special characters"
    )


_SAYINGS: tuple[tuple[str, Callable[[_Seen], Diagnostic]], ...] = (
    ("cannot start any token", _no_token),
    ("could not find expected ':'", _no_colon),
    ("mapping values are not allowed", _stray_colon),
    ("sequence entries are not allowed", _stray_item),
    ("found unexpected end of stream", _open_quote),
    ("found unexpected document separator", _open_quote),
    ("unknown escape character", _bad_escape),
    ("Unicode character escape code", _bad_escape),
    ("did not find expected hexdecimal number", _bad_escape),
    ("expected escape sequence of", _bad_escape),
    ("scanning a block scalar", _block_header),
    ("more indented follow up line", _blank_first_line),
    ("scanning an alias", _name(YAML_ALIAS, "an alias")),
    ("scanning an anchor", _name(YAML_ANCHOR, "an anchor")),
    ("directive", _directive),
    ("incompatible YAML document", _directive),
    ("duplicate tag handle", _directive),
    ("undefined tag handle", _name(YAML_TAG, "a tag")),
    (" tag", _name(YAML_TAG, "a tag")),
    ("expected ',' or", _open_bracket),
    ("expected <block end>", _not_the_end),
    ("did not find expected key", _not_the_end),
    ("did not find expected '-'", _not_the_end),
    ("expected the node content", _no_content),
    ("expected node content", _no_content),
    ("expected '<document start>'", _after_document),
    ("expected <document start>", _after_document),
    ("after document end marker", _after_document),
)
"""A piece of the reader's sentence, and who puts it into words; the first that fits."""
