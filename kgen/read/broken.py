"""What to say about a document that libyaml cannot read."""

import re
from typing import Any

from yaml.composer import ComposerError
from yaml.events import (
    CollectionStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.reader import ReaderError

from kgen.diag import Diagnostic, Label
from kgen.read.quick import SYNTAX, events
from kgen.record import replace
from kgen.syntax.lines import Lines
from kgen.syntax.rules import (
    CONTROL_CHARACTER,
    NOT_UTF8,
    SEVERAL_DOCUMENTS,
    SYNTAX_ERROR,
    YAML_ALIAS,
    YAML_DIRECTIVE,
    code,
)
from kgen.syntax.translate import Progress, syntax_fault

_ALIAS = re.compile(r"\*[^\s,\[\]{}]*")
_DIRECTIVE = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|[\r\n]))*(%[^\r\n]*)")


def broken(data: bytes, error: Any) -> Diagnostic:
    """Return the finding for ``data``, on which libyaml raised ``error``; ``None`` if it was not even tried."""
    try:
        text = data.decode()
    except UnicodeDecodeError as wrong:
        return _not_utf8(data, wrong.start)
    lines = Lines.of(text)
    if isinstance(error, ReaderError):
        return _unprintable(lines)
    if isinstance(error, ComposerError):
        return _not_composed(error, lines)
    if directive := _DIRECTIVE.match(text):
        at = Label(span=lines.span(*directive.span(1)))
        message = f"{code(directive.group(1))} is a YAML directive, which Kubernetes does not read"
        return Diagnostic(rule=YAML_DIRECTIVE, message=message, at=at, help="remove the line")
    if not hasattr(error, "problem_mark"):
        return Diagnostic(rule=SYNTAX_ERROR, message="this is no YAML", at=Label(span=lines.span(0, 0)))
    found = syntax_fault(error, lines, _progress(data))
    # here, what kgen does not read in app files is read where it is right
    instead = "which Kubernetes does not read" if found.rule is YAML_DIRECTIVE else "but what follows is none"
    return replace(found, message=found.message.replace("which kgen does not read", instead))


def _not_composed(error: Any, lines: Lines) -> Diagnostic:
    """Return the finding for text that is YAML, but no document: a second one, or an alias of nothing."""
    start = min(error.problem_mark.index, len(lines.text))
    if error.context == "expected a single document in the stream":
        at = Label(span=lines.span(start, lines.end(start)))
        help_ = "start the next document with `---`: what follows `...` is not read"
        return Diagnostic(rule=SEVERAL_DOCUMENTS, message="a second document starts here", at=at, help=help_)
    name = _ALIAS.match(lines.text, start)
    at = Label(span=lines.span(start, name.end() if name else start))
    message = f"{code(name.group() if name else '*')} is an alias of nothing above"
    help_ = "put quotes around it if it is meant as text"
    return Diagnostic(rule=YAML_ALIAS, message=message, at=at, help=help_)


def _not_utf8(data: bytes, first: int) -> Diagnostic:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Diagnostic(rule=NOT_UTF8, message="the file is UTF-16", at=Label(), help="save it as UTF-8")
    offset = len(data[:first].decode())
    at = Label(span=Lines.of(data.decode(errors="replace")).span(offset, offset + 1))
    message = f"the byte `0x{data[first]:02x}` is not UTF-8"
    return Diagnostic(rule=NOT_UTF8, message=message, at=at, help="save the file as UTF-8")


def _unprintable(lines: Lines) -> Diagnostic:
    """Find the first character that libyaml refuses; it tells the position in bytes of an inner buffer."""
    offset = next((at for at, char in enumerate(lines.text) if not _is_allowed(char)), 0)
    number = ord(lines.text[offset])
    at = Label(span=lines.span(offset, offset + 1))
    help_ = f'remove it, or write it as an escape in double quotes: `"\\u{number:04x}"`'
    message = f"the character U+{number:04X} cannot be seen"
    return Diagnostic(rule=CONTROL_CHARACTER, message=message, at=at, help=help_)


def _is_allowed(char: str) -> bool:
    """Source: https://yaml.org/spec/1.1/#c-printable."""
    return char in "\t\n\r\x85" or " " <= char <= "~" or (char >= "\xa0" and char not in "\ufeff\ufffe\uffff")


def _progress(data: bytes) -> Progress:
    """Read up to the fault once more, to see what was open there."""
    last: Any = None
    opened: list[Any] = []
    try:
        for event in events(data):
            if isinstance(event, ScalarEvent):
                last = event
            elif isinstance(event, MappingStartEvent | SequenceStartEvent):
                opened.append(event)
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                opened.pop()
    except SYNTAX:
        pass
    flow = next((event for event in reversed(opened) if _is_flow(event)), None)
    return Progress(
        last_start=last.start_mark.index if last else 0,
        last_end=last.end_mark.index if last else 0,
        opened=flow.start_mark.index if flow else None,
    )


def _is_flow(event: CollectionStartEvent) -> bool:
    return bool(event.flow_style)
