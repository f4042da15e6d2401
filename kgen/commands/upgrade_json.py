"""What an upgrade changes, for programs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from kgen.commands.upgrade_report import Change, Tally
from kgen.diag import Diagnostic, Span
from kgen.exits import Exit
from kgen.report.json import VERSION, finding, render_all
from kgen.source import Source
from kgen.upgrade.items import Item, Plan


class Json:
    """Prints one JSON object at the end."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._tally = Tally()
        self._versions: dict[str, str] = {}
        self._documents: list[dict[str, Any]] = []
        self._found: list[Diagnostic] = []

    def refused(self, found: Sequence[Diagnostic], sources: Mapping[str, Source]) -> int:
        """Print what is wrong with the command line."""
        self._out.write(render_all(found, sources) + "\n")
        return Exit.USAGE

    def begin(self, current: str, target: str, *, writes: bool) -> None:
        """Remember what is compared."""
        del writes
        self._versions = {"from": current, "to": target}

    def take(self, change: Change) -> None:
        """Remember what changes in a file."""
        self._tally.add(change)
        self._documents += [_document(plan, change) for plan in change.plans]
        self._found += change.found

    def end(self) -> int:
        """Print everything."""
        tally = self._tally
        content = {
            "version": VERSION,
            "kubernetes": self._versions,
            "documents": self._documents,
            "findings": [finding(each, {}) for each in self._found],
            "summary": {
                "documents": tally.documents,
                "files": tally.files,
                **{state.value: count for state, count in tally.states.items()},
                "rewritten": tally.written,
                "stopping": tally.stopping,
            },
        }
        self._out.write(json.dumps(content, indent=2) + "\n")
        return tally.exit_code


def _document(plan: Plan, change: Change) -> dict[str, Any]:
    return {
        "file": change.path,
        "index": plan.index,
        "line": plan.line,
        "apiVersion": plan.api_version or None,
        "kind": plan.kind or None,
        "name": plan.name or None,
        "namespace": plan.namespace or None,
        "skipped": plan.skipped or None,
        "generated": change.is_generated,
        "items": [_item(item) for item in plan.items],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "state": item.state,
        "code": item.rule.code,
        "name": item.rule.name,
        "message": item.message,
        "help": item.help,
        "path": list(item.path),
        **_place(item.span),
        "deprecated": item.since or None,
        "removed": item.gone or None,
        "replacement": item.replacement or None,
        "rewritable": item.edit is not None,
        "rewritten": item.is_written,
        "followed_by": [{"message": each.message, **_place(each.at.span)} for each in item.followed_by],
    }


def _place(span: Span | None) -> dict[str, int | None]:
    return {
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
    }
