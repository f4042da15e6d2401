"""From all programs that were found to the components of an app: the best of each name; others are alternatives."""

from collections.abc import Iterable, Sequence

from kgen.detect.found import Choice, Doubt, Program
from kgen.record import replace

_SURE = 80
"""Rank from which on somebody wrote the command down: what was merely found does not make it doubtful."""


def chosen(programs: Iterable[Program]) -> list[Program]:
    """Return one program for each name, in the order in which they were found; a job only if nothing else is there."""
    by_name: dict[str, list[Program]] = {}
    for each in programs:
        by_name.setdefault(each.name, []).append(each)
    best = [_best(sorted(group, key=lambda each: -each.rank)) for group in by_name.values()]
    lasting = [each for each in best if each.type != "job"]
    return lasting or best


def _best(ranked: Sequence[Program]) -> Program:
    first = ranked[0]
    others = {each.command.value: each for each in ranked[1:] if each.command.value != first.command.value}
    rivals = [each for each in others.values() if first.rank < _SURE or each.rank >= _SURE]
    if not rivals:
        return first
    return replace(first, doubts=(*first.doubts, _several([first, *rivals])))


def _several(programs: Sequence[Program]) -> Doubt:
    return Doubt(
        path=("command",),
        question="several programs were found",
        choices=tuple(Choice(each.command.value, each.command.origin) for each in programs),
    )
