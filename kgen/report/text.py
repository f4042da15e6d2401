"""Findings for people, each with the lines of the file that it is about."""

from collections.abc import Iterable, Mapping

from kgen.diag import Diagnostic, Label, Severity, Span
from kgen.record import dataclass
from kgen.report.line import lines, shown, visible
from kgen.report.order import ordered, place
from kgen.source import Source

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_FRAME = "\x1b[1;34m"
_SEVERITY = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;36m"}


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label that is drawn below a line."""

    label: Label
    span: Span
    is_main: bool


@dataclass(frozen=True, slots=True)
class _Pen:
    """How a finding is drawn: with which colours, and how wide the line numbers are."""

    severity: Severity
    main: Label
    has_colour: bool
    gutter: int

    def paint(self, text: str, style: str) -> str:
        return f"{style}{text}{_RESET}" if self.has_colour and text else text

    def frame(self, sign: str, text: str = "", number: str = "") -> str:
        """Return one line: number, ``sign`` and ``text``."""
        left = self.paint(f"{number:>{self.gutter}} {sign}", _FRAME)
        return f"{left} {text}" if text else left

    def arrow(self, label: Label) -> str:
        return self.paint(" " * self.gutter + ("-->" if label == self.main else ":::"), _FRAME)


def render_all(found: Iterable[Diagnostic], sources: Mapping[str, Source], *, colour: bool = False) -> str:
    """Return all of ``found``, ordered, with an empty line between two; nothing for nothing."""
    return "\n\n".join(render(each, sources, colour=colour) for each in ordered(found, sources))


def render(diagnostic: Diagnostic, sources: Mapping[str, Source], *, colour: bool = False) -> str:
    """Return one finding, without a line break at its end. ``sources`` are by name of file."""
    rule = diagnostic.rule
    sources = {} if rule.is_confidential or diagnostic.is_confidential else sources
    labels = list(dict.fromkeys((diagnostic.at, *diagnostic.related)))
    marks = {label: _Mark(label, span, label == labels[0]) for label in labels if (span := place(label, sources))}
    numbers = (mark.span.line for mark in marks.values() if mark.label.file in sources)
    pen = _Pen(rule.severity, labels[0], colour, len(str(max(numbers, default=1))))
    head = pen.paint(f"{rule.severity.value}[{rule.code}]", _SEVERITY[rule.severity])
    drawn = [head + pen.paint(f": {visible(diagnostic.message)}", _BOLD)]
    for file in dict.fromkeys(label.file for label in labels):
        drawn += _file([label for label in labels if label.file == file], marks, sources.get(file), pen)
    if diagnostic.help:
        first, *rest = (visible(line) for line in diagnostic.help.splitlines())
        drawn.append(pen.frame("=", f"help: {first}"))
        drawn += [" " * (pen.gutter + 9) + line for line in rest]
    drawn.append(pen.frame("=", f"rule: {rule.name}"))
    return "\n".join(drawn)


def _file(labels: list[Label], marks: Mapping[Label, _Mark], source: Source | None, pen: _Pen) -> list[str]:
    """Draw what is to be said about one file."""
    # a text may be one document of several, and the other place in another one
    here = [marks[label] for label in labels if source and label in marks and _has(source, marks[label].span.line)]
    drawn = []
    shown_ = {mark.label for mark in here}
    for label in labels:
        if label.file and label not in shown_:
            said = f" ({visible(label.text)})" if label.text else ""
            span = marks[label].span if label in marks else None
            drawn.append(f"{pen.arrow(label)} {_where(label, span)}{said}")
    if not source or not here:
        return drawn
    excerpt = [f"{pen.arrow(here[0].label)} {_where(here[0].label, here[0].span)}", *_excerpt(here, source, pen)]
    return excerpt + drawn if here[0].is_main else drawn + excerpt


def _where(label: Label, span: Span | None) -> str:
    return visible(label.file) + (f":{span.line}:{span.column}" if span else "")


def _excerpt(marks: list[_Mark], source: Source, pen: _Pen) -> list[str]:
    """Draw the lines that ``marks`` are on; of a gap of more than one line between them, only dots."""
    drawn, last = [pen.frame("|")], 0
    for number in sorted({mark.span.line for mark in marks}):
        if last and number == last + 2:
            drawn.append(pen.frame("|", shown(_line(source, last + 1), 0).text, str(last + 1)))
        elif last and number > last + 2:
            drawn.append(pen.paint("...", _FRAME))
        here = sorted((mark for mark in marks if mark.span.line == number), key=lambda mark: not mark.is_main)
        drawn += _marked(_line(source, number), number, here, pen)
        last = number
    return drawn


def _has(source: Source, number: int) -> bool:
    return 0 <= number - source.first_line <= len(lines(source.text))


def _line(source: Source, number: int) -> str:
    text, at = lines(source.text), number - source.first_line
    return text[at] if 0 <= at < len(text) else ""


def _marked(line: str, number: int, marks: list[_Mark], pen: _Pen) -> list[str]:
    """Draw one line, and below it a row for each of ``marks``."""
    view = shown(line, marks[0].span.column - 1)
    drawn = [pen.frame("|", view.text, str(number))]
    for mark in marks:
        span = mark.span
        end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
        first, last = view.reach(span.column - 1, end)
        sign, style = ("^", _SEVERITY[pen.severity]) if mark.is_main else ("-", _FRAME)
        said = f" {visible(mark.label.text)}" if mark.label.text else ""
        drawn.append(pen.frame("|", " " * first + pen.paint(sign * (last - first) + said, style)))
    return drawn
