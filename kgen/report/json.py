"""Findings for programs."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from kgen.diag import Diagnostic, Label, Severity
from kgen.report.order import ordered, place
from kgen.source import Source

VERSION = 1
"""Goes up when a field changes its meaning or goes away; new fields do not change it."""


def render_all(found: Iterable[Diagnostic], sources: Mapping[str, Source], **extra: Any) -> str:
    """Return ``found`` as one JSON object; ``extra`` are further keys of it. Unknown places are ``null``."""
    shown = ordered(found, sources)
    counts = Counter(diagnostic.rule.severity for diagnostic in shown)
    content = {
        "version": VERSION,
        "findings": [finding(diagnostic, sources) for diagnostic in shown],
        "summary": {
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "infos": counts[Severity.INFO],
        },
    }
    return json.dumps(content | extra, indent=2)


def finding(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> dict[str, Any]:
    """Return one finding as JSON values."""
    return {
        "code": diagnostic.rule.code,
        "name": diagnostic.rule.name,
        "severity": diagnostic.rule.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        **_where(diagnostic.at, sources),
        "related": [{"message": label.text, **_where(label, sources)} for label in diagnostic.related],
    }


def _where(label: Label, sources: Mapping[str, Source]) -> dict[str, Any]:
    span = place(label, sources)
    return {
        "file": label.file or None,
        "path": list(label.path),
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
    }
