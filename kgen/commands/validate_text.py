"""Verdicts for people: findings as they come, and at the end what was looked at, and what was not and why."""

from __future__ import annotations

from kgen.exits import Exit
from kgen.validate.sorts import WAYS_OUT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TextIO

    from kgen.diag import Diagnostic
    from kgen.source import Source
    from kgen.validate.document import Verdict

_MOST_NAMED = 3
"""Files that are named for one reason of skipping."""


class Tally:
    """Counts documents."""

    def __init__(self) -> None:
        self.files = 0
        self.valid = 0
        self.invalid = 0
        self.errors = 0
        self.warnings = 0
        self.infos = 0
        self.unreadable = 0
        self.skipped: dict[str, list[str]] = {}
        """By reason, where; the first few."""

        self.skips: dict[str, int] = {}
        self._last = ""

    def add(self, verdict: Verdict) -> None:
        """Count the documents of a file, or of a part of it."""
        if verdict.is_news:  # on a definition: nobody asked for this document
            for document in verdict.documents:
                self.count(document.found)
            return
        if verdict.path != self._last:
            self.files += 1
            self._last = verdict.path
        if valid := verdict.valid:
            self.valid += valid
            return
        for document in verdict.documents:
            if document.skipped:
                self._skip(document.skipped, verdict.path)
            elif not document.found or document.is_valid:
                self.valid += 1
            else:
                self.invalid += 1
            if document.found:
                self.count(document.found)
        if verdict.found:
            self.unreadable += 1
            self.count(verdict.found)

    def _skip(self, reason: str, path: str) -> None:
        self.skips[reason] = self.skips.get(reason, 0) + 1
        named = self.skipped.setdefault(reason, [])
        if len(named) < _MOST_NAMED and path not in named:
            named.append(path)

    def count(self, found: Sequence[Diagnostic]) -> None:
        """Count findings."""
        for each in found:
            severity = each.rule.severity
            self.errors += severity == "error"
            self.warnings += severity == "warning"
            self.infos += severity == "info"

    @property
    def exit_code(self) -> int:
        if self.unreadable and not self.invalid:
            return Exit.USAGE
        return Exit.FINDINGS if self.errors else Exit.OK


class Text:
    """Prints findings with their lines."""

    def __init__(self, out: TextIO, err: TextIO, versions: Sequence[str], *, colour: bool) -> None:
        self._out = out
        self._versions = versions
        self._err = err
        self._colour = colour
        self._tally = Tally()
        self._unknown: dict[str, int] = {}
        """How often the same was said of an unknown kind."""

    def refused(self, found: Sequence[Diagnostic], sources: Mapping[str, Source]) -> int:
        """Print what is wrong with the command line, or with kgen.yaml."""
        from kgen.report import text  # noqa: PLC0415  # only if there is something to say

        self._err.write(text.render_all(found, sources, colour=self._colour) + "\n")
        return Exit.USAGE

    def take(self, verdict: Verdict) -> None:
        """Print what was found; of documents of one unknown kind, only the first."""
        self._tally.add(verdict)
        if verdict.line:  # remembered: without findings
            return
        for document in verdict.documents:
            if found := self._new(document.found):
                from kgen.validate.sources import source  # noqa: PLC0415  # only if there is something to say

                self._print(found, source(verdict.path, document))
        if verdict.found:
            self._print(verdict.found, {})

    def _new(self, found: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Return ``found`` without what was said before: an undeclared kind is one mistake, not a thousand."""
        new = []
        for each in found:
            if each.rule.name == "unknown-kubernetes-kind":
                self._unknown[each.message] = self._unknown.get(each.message, 0) + 1
                if self._unknown[each.message] > 1:
                    continue
            new.append(each)
        return new

    def _print(self, found: Sequence[Diagnostic], sources: dict[str, Source]) -> None:
        from kgen.report import text  # noqa: PLC0415  # only if there is something to say

        self._out.write(text.render_all(found, sources, colour=self._colour) + "\n\n")

    def end(self) -> int:
        """Print the summary."""
        tally = self._tally
        for message, count in self._unknown.items():
            if count > 1:
                self._out.write(f"{message}: {count} documents\n")
        skipped = sum(tally.skips.values())
        count = tally.valid + tally.invalid + skipped
        documents = "1 document" if count == 1 else f"{count} documents"
        files = "1 file" if tally.files == 1 else f"{tally.files} files"
        counts = f"{tally.valid} valid, {tally.invalid} invalid, {skipped} skipped"
        self._out.write(f"{documents} in {files}: {counts} (Kubernetes {', '.join(self._versions)})\n")
        self._out.writelines(_skipped(tally))
        if counts := _findings(tally):
            self._out.write(f"  {counts}\n")
        return tally.exit_code


def _findings(tally: Tally) -> str:
    """Return how many findings there are, by severity; nothing for nothing."""
    counted = ((tally.errors, "error"), (tally.warnings, "warning"), (tally.infos, "info"))
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counted if count)


def _skipped(tally: Tally) -> Iterator[str]:
    for reason, count in sorted(tally.skips.items()):
        named = tally.skipped[reason]
        more = ", …" if count > len(named) else ""
        helped = f": {WAYS_OUT[reason]}" if WAYS_OUT[reason] else ""
        yield f"  skipped {count}: {reason} ({', '.join(map(_printable, named))}{more}){helped}\n"


def _printable(name: str) -> str:
    if name.isprintable():
        return name
    from kgen.report.line import visible  # noqa: PLC0415  # nearly never

    return visible(name)
