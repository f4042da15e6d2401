"""
Findings as workflow commands: GitHub Actions shows them at their lines in the diff of a pull request.

GitHub shows ten errors and ten warnings of a step at most; all of them are in its log.

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands,
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
"""

from collections.abc import Iterable, Iterator, Mapping

from kgen.diag import Diagnostic, Label, Severity
from kgen.report.line import visible
from kgen.report.order import ordered, place
from kgen.report.plain import file_of, message
from kgen.source import Source

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render_all(found: Iterable[Diagnostic], sources: Mapping[str, Source]) -> str:
    """Return ``found``, ordered, one line each; nothing for nothing."""
    return "\n".join(_command(each, sources) for each in ordered(found, sources))


def _command(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> str:
    rule = diagnostic.rule
    title = f"kgen {rule.name} ({rule.code})"
    properties = [*_where(diagnostic.at, sources), ("title", title)]
    written = ",".join(f"{name}={_property(value)}" for name, value in properties)
    lines = [message(diagnostic), *(_note(label, sources) for label in diagnostic.related if label.text)]
    said = _data("\n".join(lines))
    return f"::{_COMMANDS[rule.severity]} {written}::{said}"


def _where(label: Label, sources: Mapping[str, Source]) -> Iterator[tuple[str, str]]:
    """Yield what GitHub knows of a place. It refuses columns of a place that has several lines."""
    span = place(label, sources)
    if not file_of(label):
        return
    yield "file", visible(label.file)
    if not span:
        return
    yield "line", str(span.line)
    yield "endLine", str(span.end_line)
    if span.line == span.end_line:
        yield "col", str(span.column)
        yield "endColumn", str(span.end_column)


def _note(label: Label, sources: Mapping[str, Source]) -> str:
    """Return one line about another place: an annotation has one place only."""
    span = place(label, sources)
    where = f"{label.file}:{span.line}:{span.column}" if span else label.file
    return visible(f"{where}: {label.text}" if where else label.text)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
