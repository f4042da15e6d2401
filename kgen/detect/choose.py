"""From all programs that were found to the components of an app: the best of each name; others are alternatives."""

from collections.abc import Iterable, Sequence

from kgen.detect.found import Choice, Doubt, Program
from kgen.record import replace

_SURE = 80
"""Rank from which on somebody wrote the command down: what was merely found does not make it doubtful."""


_CLEAR = 25
"""What is this much less likely is no answer to ask about."""


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
    rivals = [each for each in others.values() if _is_near(first, each)]
    made = _with_what_was_found(first, ranked)
    if not rivals:
        return made
    return replace(made, doubts=(*made.doubts, _several([first, *rivals])))


def _is_near(first: Program, other: Program) -> bool:
    return other.rank >= _SURE if first.rank >= _SURE else other.rank >= first.rank - _CLEAR


def _with_what_was_found(first: Program, ranked: Sequence[Program]) -> Program:
    """Return a program that somebody wrote down, with what is known of the same one from the source."""
    found = [each for each in ranked if _SURE > each.rank >= _CLEAR and each.framework]
    if first.rank < _SURE or not found or len({each.framework for each in found}) > 1:
        return first
    source = found[0]
    return replace(
        first,
        framework=first.framework or source.framework,
        health=first.health or source.health,
        release=first.release or source.release,
        commands=first.commands or source.commands,
        env={**source.env, **first.env},
        needs=(*first.needs, *source.needs),
        doubts=(*first.doubts, *(each for each in source.doubts if each.path[0] in {"env", "build", "release"})),
    )


def _several(programs: Sequence[Program]) -> Doubt:
    return Doubt(
        path=("command",),
        question="several programs were found",
        choices=tuple(Choice(each.command.value, each.command.origin) for each in programs),
    )
