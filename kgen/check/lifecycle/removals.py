"""
Kinds that Kubernetes deprecates or removes, as data: ``removals.csv``, one line a kind in one API version.

``removed`` is the first version that does not serve it any more. Where upstream's lifecycle tags and its published
OpenAPI disagree, it is what OpenAPI says. ``available`` is the first version with the ``replacement``, if the oldest
one that kgen knows lacks it; ``same_shape`` says that all fields stay, so that only ``apiVersion`` changes, but not
if the field ``unless_empty`` is there and empty: then it would mean something else. Texts have no commas.

Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
"""

from __future__ import annotations

import os
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from kgen.diag import Path

Version = tuple[int, int]
"""Of Kubernetes: ``(1, 36)``."""

_TABLE = "removals.csv"
_FIRST: Version = (0, 0)


class Removal:
    """A kind that goes, or is to go."""

    __slots__ = (
        *("api_version", "available", "deprecated", "has_same_shape", "kind", "note", "removed", "replacement"),
        "unless_empty",
    )

    def __init__(self, line: str) -> None:
        api_version, kind, deprecated, removed, replacement, available, shape, unless_empty, note, _ = line.split(",")
        self.api_version = api_version
        self.kind = kind
        self.deprecated = version(deprecated) if deprecated else None
        self.removed = version(removed) if removed else None
        self.replacement: tuple[str, str] | None = None
        """API version and kind."""

        if replacement:
            other, _, name = replacement.partition(" ")
            self.replacement = other, name
        self.available = version(available) if available else _FIRST
        """The first version with the replacement."""

        self.has_same_shape = shape == "yes"
        self.unless_empty: Path = tuple(unless_empty.split(".")) if unless_empty else ()
        self.note = note
        """What differs in the replacement, or what to do without one."""


class Replacement:
    """What to write in place of a kind that goes."""

    __slots__ = ("api_version", "has_same_shape", "kind", "note", "unless_empty")

    def __init__(self, steps: list[Removal], api_version: str, kind: str) -> None:
        self.api_version = api_version
        self.kind = kind
        self.has_same_shape = all(step.has_same_shape for step in steps)
        self.unless_empty = [step.unless_empty for step in steps if step.unless_empty]
        self.note = "; ".join(step.note for step in steps if step.note)

    def keeps(self, value: Mapping[str, Any]) -> bool:
        """Tell whether an object means the same if nothing but its ``apiVersion`` changes."""
        return self.has_same_shape and not any(_is_empty_at(value, path) for path in self.unless_empty)


def version(text: str) -> Version:
    """
    Return a Kubernetes version as numbers, so that 1.9 is older than 1.10.

    >>> version("1.36")
    (1, 36)
    """
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def written(version: Version) -> str:
    """
    Return a version as people write it.

    >>> written((1, 36))
    '1.36'
    """
    return f"{version[0]}.{version[1]}"


@cache
def removals() -> Mapping[tuple[str, str], Removal]:
    """Return all of them by API version and kind."""
    with open(os.path.join(os.path.dirname(__file__), _TABLE), encoding="utf-8") as file:
        _, *lines = file.read().splitlines()
    made = [Removal(line) for line in lines]
    return {(each.api_version, each.kind): each for each in made}


def removal(api_version: str, kind: str) -> Removal | None:
    """Return what is known about the end of a kind; also of the kind that lists it."""
    table = removals()
    return table.get((api_version, kind)) or table.get((api_version, kind.removesuffix("List")))


def replacement(gone: Removal, at: Version) -> Replacement | None:
    """Return what to write in version ``at``: of replacements that were replaced themselves, the last one served."""
    steps: list[Removal] = []
    chosen: Replacement | None = None
    step: Removal | None = gone
    while step is not None and step.replacement is not None and step not in steps:
        steps.append(step)
        following = removals().get(step.replacement)
        if step.available <= at and not (following and following.removed and following.removed <= at):
            chosen = Replacement(list(steps), *step.replacement)
        step = following
    return chosen


def advice(gone: Removal, at: Version) -> str:
    """Return what to do about an object of a kind that goes, in words for the end of a finding."""
    found = replacement(gone, at)
    if found is None:
        if gone.replacement and gone.available > at:
            return f"`{gone.replacement[0]}` replaces it from Kubernetes {written(gone.available)} on"
        return _last(gone).note or "nothing replaces it"
    name = f"`{found.api_version}`"
    if found.kind != gone.kind:
        return f"write `{found.kind}` in {name}"
    if found.has_same_shape:
        return f"write {name}, " + (f"with the same fields, but {found.note}" if found.note else "no field changes")
    return f"write {name}, where {found.note or 'fields differ'}"


def farewell(api_version: str, kind: str, at: Version) -> str:
    """Return since when a kind is gone and what to do now; nothing if it is not gone, or nobody knows."""
    gone = removal(api_version, kind)
    if gone is None or gone.removed is None or at < gone.removed:
        return ""
    return f"it is gone since Kubernetes {written(gone.removed)}: {advice(gone, at)}"


def _last(gone: Removal) -> Removal:
    """Return the last of the removals that follow each other."""
    seen = [gone]
    while (name := seen[-1].replacement) and (following := removals().get(name)) and following not in seen:
        seen.append(following)
    return seen[-1]


def _is_empty_at(value: Any, path: Path) -> bool:
    """Tell whether something stands at ``path``, and is empty or zero."""
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return value is not None and not value
