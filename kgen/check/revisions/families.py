"""Which functions look at an object and its earlier revision, and at all changes of a run together."""

from __future__ import annotations

from kgen.check.profiles import PARTS
from kgen.check.revisions import configuration, fixed_fields, jobs, pods, rollout, services, volumes
from kgen.check.revisions.pairs import is_replaced, pairs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from kgen.check.cross.resources import Finding, Resources
    from kgen.check.resource import Resource

    Rule: TypeAlias = Callable[[Resource, Resource], Iterator[Finding]]
    """Takes the earlier revision, and the new one."""

_MODULES = (configuration, fixed_fields, jobs, pods, services, volumes)


def _by_kind() -> Mapping[tuple[str, str], Sequence[Rule]]:
    found: dict[tuple[str, str], tuple[Rule, ...]] = {}
    for module in _MODULES:
        rules: Mapping[tuple[str, str], tuple[Rule, ...]] = module.RULES
        for kind, functions in rules.items():
            found[kind] = (*found.get(kind, ()), *functions)
    return found


UPDATES = _by_kind()
"""API group and kind → functions that yield what the server refuses to update."""


def findings(before: Resources, after: Resources, profile: str = "default") -> Iterator[Finding]:
    """Yield what is wrong with the way from ``before`` to ``after``."""
    paired = pairs(before.all, after.all)
    yield from updates(paired)
    yield from rollouts(paired, after, profile)


def updates(paired: Mapping[Resource, Resource]) -> Iterator[Finding]:
    """
    Yield what the server refuses to update.

    Args:
        paired: New object → its earlier revision.
    """
    for new, old in paired.items():
        functions = UPDATES.get(new.key, ())
        if functions and new.value != old.value and not is_replaced(new):
            for rule in functions:
                yield from rule(old, new)


def rollouts(paired: Mapping[Resource, Resource], after: Resources, profile: str) -> Iterator[Finding]:
    """
    Yield what breaks on the way, though the server takes it.

    Args:
        paired: New object → its earlier revision, of objects of ``after``.
        after: Objects that belong together.
        profile: One of ``default``, ``strict`` and ``off``, which is all.
    """
    for part in PARTS[profile]:
        for rule in getattr(rollout, part):
            yield from rule(paired, after)
