"""Verdicts for programs: JSON, SARIF, GitHub, JUnit. JSON and JUnit are written as verdicts come, in little memory."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TextIO

from kgen.check.fault import field
from kgen.commands.validate_text import Tally
from kgen.diag import Diagnostic, Label, Rule
from kgen.exits import Exit
from kgen.record import replace
from kgen.report import github, junit, sarif
from kgen.report.json import VERSION
from kgen.report.order import place
from kgen.source import Source
from kgen.validate.document import Document, Verdict
from kgen.validate.sources import source


class Sink(Protocol):
    """Where verdicts go."""

    def refused(self, found: Sequence[Diagnostic], sources: Mapping[str, Source]) -> int:
        """Say what is wrong with the command line, and return the exit code."""

    def take(self, verdict: Verdict) -> None: ...

    def end(self) -> int:
        """Write what is left, and return the exit code."""


def sink(name: str, out: TextIO, versions: Sequence[str], rules: Sequence[Rule]) -> Sink:
    """Return where verdicts go that are printed as ``name``."""
    match name:
        case "json":
            return Json(out, versions)
        case "junit":
            return Junit(out)
        case "github":
            return Github(out)
        case _:
            return Sarif(out, rules)


class Json:
    """One object; each document on a line of its own."""

    def __init__(self, out: TextIO, versions: Sequence[str]) -> None:
        self._out = out
        self._versions = versions
        self._tally = Tally()
        self._files: list[Diagnostic] = []
        self._is_first = True
        out.write(f'{{"version": {VERSION}, "documents": [')

    def refused(self, found: Sequence[Diagnostic], sources: Mapping[str, Source]) -> int:
        self._files += _placed(found, sources)
        self._tally.count(found)
        self.end()
        return Exit.USAGE

    def take(self, verdict: Verdict) -> None:
        self._tally.add(verdict)
        self._files += verdict.found
        for document in verdict.documents:
            self._out.write("\n" if self._is_first else ",\n")
            self._out.write(json.dumps(_document(verdict.path, document)))
            self._is_first = False

    def end(self) -> int:
        tally = self._tally
        summary = {
            "kubernetes": list(self._versions),
            "files": tally.files,
            "valid": tally.valid,
            "invalid": tally.invalid,
            "skipped": sum(tally.skips.values()),
            "skippedBecause": dict(sorted(tally.skips.items())),
            "errors": tally.errors,
            "warnings": tally.warnings,
            "infos": tally.infos,
        }
        found = json.dumps([{"file": each.at.file or None, **_finding(each)} for each in self._files])
        self._out.write(f'\n], "findings": {found}, "summary": {json.dumps(summary)}}}\n')
        return tally.exit_code


def _document(path: str, document: Document) -> dict[str, Any]:
    api_version, kind, name, namespace = document.identity
    return {
        "file": path,
        "index": document.index,
        "line": document.line,
        "apiVersion": api_version or None,
        "kind": kind or None,
        "name": name or None,
        "namespace": namespace or None,
        "valid": None if document.skipped else document.is_valid,
        "skipped": document.skipped or None,
        "findings": [_finding(each) for each in document.found],
    }


def _finding(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.at.span
    return {
        "code": diagnostic.rule.code,
        "name": diagnostic.rule.name,
        "severity": diagnostic.rule.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "field": diagnostic.at.field or field(diagnostic.at.path),
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        **({"related": [_related(label) for label in diagnostic.related]} if diagnostic.related else {}),
    }


def _related(label: Label) -> dict[str, Any]:
    """Return another place that matters."""
    line, column = (label.span.line, label.span.column) if label.span else (None, None)
    return {"file": label.file, "field": field(label.path), "line": line, "column": column, "message": label.text}


def _placed(found: Sequence[Diagnostic], sources: Mapping[str, Source]) -> list[Diagnostic]:
    """Return ``found`` with the places that ``sources`` tell."""
    return [replace(each, at=replace(each.at, span=place(each.at, sources))) for each in found]


class _Collected:
    """For formats that need all findings at once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._tally = Tally()
        self._found: list[Diagnostic] = []

    def take(self, verdict: Verdict) -> None:
        self._tally.add(verdict)
        self._found += verdict.found
        for document in verdict.documents:
            self._found += document.found

    def _text(self) -> str:
        raise NotImplementedError

    def refused(self, found: Sequence[Diagnostic], sources: Mapping[str, Source]) -> int:
        self._found += _placed(found, sources)
        self.end()
        return Exit.USAGE

    def end(self) -> int:
        self._out.write(self._text())
        return self._tally.exit_code


class Sarif(_Collected):
    """One log."""

    def __init__(self, out: TextIO, rules: Sequence[Rule]) -> None:
        super().__init__(out)
        self._rules = rules

    def _text(self) -> str:
        return sarif.render_all(self._found, {}, self._rules) + "\n"


class Github(_Collected):
    """One line a finding."""

    def _text(self) -> str:
        text = github.render_all(self._found, {})
        return f"{text}\n" if text else ""


class Junit:
    """One test case a document."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._tally = Tally()
        out.write(junit.head())

    def refused(self, found: Sequence[Diagnostic], sources: Mapping[str, Source]) -> int:
        for each in found:
            self._out.write(junit.case(each.at.file, each.at.file, [each], sources))
        self._out.write(junit.tail())
        return Exit.USAGE

    def take(self, verdict: Verdict) -> None:
        self._tally.add(verdict)
        for document in verdict.documents:
            _, kind, name, namespace = document.identity
            what = f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"
            title = what if kind else "document"
            title += f" #{document.index + 1}" if document.index else ""
            sources = source(verdict.path, document)
            self._out.write(junit.case(title, verdict.path, document.found, sources, document.skipped))
        if verdict.found:
            self._out.write(junit.case(verdict.path, verdict.path, verdict.found, {}))

    def end(self) -> int:
        self._out.write(junit.tail())
        return self._tally.exit_code
