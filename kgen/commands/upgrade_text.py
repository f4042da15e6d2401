"""What an upgrade changes, for people: document by document, and at the end what is to be done, and by whom."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from kgen.commands.upgrade_report import Change, Tally
from kgen.diag import Diagnostic
from kgen.exits import Exit
from kgen.report import text
from kgen.report.line import visible
from kgen.source import Source
from kgen.upgrade.comparison import CUSTOM, FAULTY, UNKNOWN
from kgen.upgrade.items import Item, Plan, State
from kgen.validate.sorts import WAYS_OUT

_RESET = "\x1b[0m"
_COLOURS = {
    State.REMOVED: "\x1b[1;31m",
    State.REFUSED: "\x1b[1;31m",
    State.DEPRECATED: "\x1b[1;33m",
    State.WARNED: "\x1b[1;33m",
}
_WRITTEN = "\x1b[1;32m"
_OWN_WAYS_OUT = {
    CUSTOM: "whoever defines the kind knows what becomes of it",
    UNKNOWN: "no Kubernetes version that kgen knows has it, and `kgen validate` says more",
    FAULTY: "`kgen validate` says what is wrong",
}
_MOST_NAMED = 3
"""Files that are named for one reason of skipping."""


class Text:
    """Prints what changes as it comes."""

    def __init__(self, out: TextIO, err: TextIO, *, colour: bool) -> None:
        self._out = out
        self._err = err
        self._colour = colour
        self._tally = Tally()
        self._current = self._target = ""
        self._writes = False

    def refused(self, found: Sequence[Diagnostic], sources: Mapping[str, Source]) -> int:
        """Print what is wrong with the command line."""
        self._err.write(text.render_all(found, sources, colour=self._colour) + "\n")
        return Exit.USAGE

    def begin(self, current: str, target: str, *, writes: bool) -> None:
        """Remember what is compared."""
        self._current, self._target, self._writes = current, target, writes

    def take(self, change: Change) -> None:
        """Print what changes in a file."""
        self._tally.add(change)
        for plan in change.plans:
            if plan.items:
                self._out.write("\n".join([_title(plan), *self._lines(plan, change.path)]) + "\n\n")
        if change.found:
            self._err.write(text.render_all(change.found, {}, colour=self._colour) + "\n\n")

    def _lines(self, plan: Plan, path: str) -> Iterator[str]:
        for item in sorted(plan.items, key=lambda item: (item.span.line, item.span.column)):
            where = f"  {visible(path)}:{item.span.line}:{item.span.column}:"
            if item.is_written and item.edit:
                yield f"{where} {self._painted('rewritten', _WRITTEN)}: `{item.edit.old}` is `{item.edit.new}` now"
                continue
            yield f"{where} {self._painted(item.state, _COLOURS[item.state])}: {visible(item.message)}"
            if way_out := self._way_out(item):
                yield f"      {way_out}"
            for each in item.followed_by:
                place = f"{each.at.span.line}:{each.at.span.column}: " if each.at.span else ""
                yield f"      - {place}{visible(each.message)}"

    def _way_out(self, item: Item) -> str:
        words = visible(item.help)
        return f"{words} (`--write` does it)" if item.edit else words

    def _painted(self, words: str, style: str) -> str:
        return f"{style}{words}{_RESET}" if self._colour else words

    def end(self) -> int:
        """Print the summary."""
        tally = self._tally
        counts = ", ".join(f"{count} {state}" for state, count in tally.states.items() if count)
        nothing = "nothing is left" if tally.written else "nothing changes"
        documents = _counted(tally.documents, "document")
        versions = f"Kubernetes {self._current} to {self._target}"
        self._out.write(f"{documents} in {_counted(tally.files, 'file')}, {versions}: {counts or nothing}\n")
        self._out.writelines(f"  {line}\n" for line in (*self._to_do(), *_skipped(tally)))
        return tally.exit_code

    def _to_do(self) -> Iterator[str]:
        tally = self._tally
        if tally.written:
            yield f"rewrote {_counted(tally.written, 'apiVersion')} in {_counted(tally.rewritten_files, 'file')}"
        if tally.waiting:
            verb = "is" if tally.waiting == 1 else "are"
            way = "could not be rewritten" if self._writes else f"{verb} only another `apiVersion`: `--write` does it"
            yield f"{tally.waiting} {way}"
        if tally.by_hand:
            yield f"{tally.by_hand} {'needs' if tally.by_hand == 1 else 'need'} a person before the upgrade"
        if tally.generated:
            named = _named(tally.generated)
            yield f"made by kgen: {named}: set `kubernetes:` in kgen.yaml and run `kgen compile`"


def _title(plan: Plan) -> str:
    name = f" `{visible(plan.name)}`" if plan.name else ""
    namespace = f" in namespace `{visible(plan.namespace)}`" if plan.namespace else ""
    return f"{visible(plan.kind)}{name}{namespace}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _skipped(tally: Tally) -> Iterator[str]:
    for reason, paths in sorted(tally.skipped.items()):
        way_out = _OWN_WAYS_OUT.get(reason) or WAYS_OUT[reason].replace("kgen validate -", "kgen upgrade -")
        helped = f": {way_out}" if way_out else ""
        yield f"skipped {len(paths)}: {reason} ({_named(paths)}){helped}"


def _named(paths: Sequence[str]) -> str:
    unique = list(dict.fromkeys(paths))
    more = ", …" if len(unique) > _MOST_NAMED else ""
    return ", ".join(map(visible, unique[:_MOST_NAMED])) + more
