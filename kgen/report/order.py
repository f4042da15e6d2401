"""The order in which findings are shown, whatever the order in which they were found."""

from collections.abc import Iterable, Mapping

from kgen.diag import Diagnostic, Label, Span
from kgen.source import Source


def place(label: Label, sources: Mapping[str, Source]) -> Span | None:
    """Return where ``label`` points, or ``None`` if its file was not read."""
    if label.span is not None:
        return label.span
    source = sources.get(label.file)
    return source.span(label) if source else None


def ordered(found: Iterable[Diagnostic], sources: Mapping[str, Source]) -> tuple[Diagnostic, ...]:
    """Return ``found`` by file and place, without those that say the same of the same place."""

    def key(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
        span = place(diagnostic.at, sources)
        line, column = (span.line, span.column) if span else (0, 0)
        return diagnostic.at.file, line, column, diagnostic.rule.code, diagnostic.message

    first: dict[object, Diagnostic] = {}
    for diagnostic in found:
        # two places that are not in the file are told apart by their paths
        span = place(diagnostic.at, sources)
        same = (diagnostic.at.file, span or diagnostic.at.path, diagnostic.rule.code, diagnostic.message)
        first.setdefault(same, diagnostic)
    return tuple(sorted(first.values(), key=key))
