"""
Fields and annotations that are deprecated, as data: ``fields.csv``, one line for those that went together.

Most of them the API server warns about itself: ``rule`` names the rule that says so, and it is said there. The others
have the rule ``LIF04``, and are found here. The kind ``Pod`` stands for whatever has a pod or its template. A name that
ends with ``*`` is the beginning of one; a field without ``deprecated`` was never anything else. Texts have no commas.
"""

from __future__ import annotations

import os
from functools import cache

from kgen.check.fault import Fault, Keyword
from kgen.check.lifecycle.removals import version as parsed
from kgen.check.lifecycle.removals import written
from kgen.check.reading import part
from kgen.check.templates import TEMPLATES, template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.lifecycle.removals import Version
    from kgen.diag import Path

OWN = "LIF04"
_TABLE = "fields.csv"
_POD = "Pod"


class Field:
    """Fields, or keys of a map, that went together."""

    __slots__ = ("at", "deprecated", "kinds", "names", "note", "removed", "replacement", "rule", "value")

    def __init__(self, line: str) -> None:
        kinds, at, names, value, deprecated, removed, replacement, rule, note, _ = line.split(",")
        self.kinds = kinds.split("|")
        self.at = at.split(".")
        """The map that they are in."""

        self.names = names.split("|")
        self.value = value
        """Which value of the field is deprecated; empty if the field is."""

        self.deprecated = parsed(deprecated) if deprecated else None
        self.removed = parsed(removed) if removed else None
        """The first version in which it does nothing; the server takes it all the same."""

        self.replacement = replacement
        self.rule = rule
        """The row that reports it."""

        self.note = note

    def has(self, name: str) -> bool:
        """Tell whether ``name`` is one of the names."""
        return any(name.startswith(each[:-1]) if each.endswith("*") else name == each for each in self.names)


@cache
def fields() -> Sequence[Field]:
    """Return all of them."""
    with open(os.path.join(os.path.dirname(__file__), _TABLE), encoding="utf-8") as file:
        _, *lines = file.read().splitlines()
    return [Field(line) for line in lines]


def reported(row: str, name: str) -> Field | None:
    """Return what a finding of the rule ``row`` is about, if that is the deprecation of the field ``name``."""
    return next((each for each in fields() if each.rule == row and each.has(name)), None)


def deprecated_fields(value: Mapping[str, Any], version: Version) -> Iterator[Fault]:
    """Yield the deprecated fields of an object that no rule of the server warns about."""
    group, kind = value["apiVersion"].rpartition("/")[0], value["kind"]
    if group == "" and kind != _POD and kind in _own():
        yield from _found(_own()[kind], value, (), version)
    if (group, kind) in TEMPLATES and (pod := template(group, kind, value)):
        yield from _found(_own()[_POD], pod.value, pod.at, version)


@cache
def _own() -> Mapping[str, Sequence[Field]]:
    """Return the fields that are found here by the kinds that have them; pods are looked for in all kinds."""
    made: dict[str, list[Field]] = {}
    for each in fields():
        for kind in each.kinds if each.rule == OWN else ():
            made.setdefault(kind, []).append(each)
    return made


def _found(wanted: Sequence[Field], value: Mapping[str, Any], at: Path, version: Version) -> Iterator[Fault]:
    for each in wanted:
        if each.deprecated and version < each.deprecated:
            continue
        for name, inner in part(value, *each.at).items():
            if inner not in (None, "") and each.has(name):
                yield _fault(each, (*at, *each.at, name))


def _fault(field: Field, at: Path) -> Fault:
    since = f" since Kubernetes {written(field.deprecated)}" if field.deprecated else ""
    help_ = f"in its place there is {field.replacement}"
    return Fault(keyword=Keyword.INVALID, path=at, message=f"is deprecated{since}", help=help_, row=OWN)
