"""A file that was read: its text, its values, and where each key and value stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kgen.diag import Diagnostic, Label, Path, Span

Scalar: TypeAlias = str | int | float | bool | None

LINE_BREAK = re.compile(r"\r\n|[\r\n]")
"""What ends a line in an editor, and so in every ``Span``. (``str.splitlines`` knows eight more.)"""


@dataclass(frozen=True, slots=True)
class Node:
    """
    A YAML value that remembers where it was written.

    Environments are merged, and shorthands expanded, on nodes: however far a value travels, ``at`` still
    says which place in which file a finding about it has to point at.
    """

    value: "Scalar | dict[str, Node] | tuple[Node, ...]"
    at: Path = ()
    text: str = ""
    """A scalar as the user wrote it: ``1.10`` is the float 1.1, but its text is still ``1.10``."""

    file: str = ""

    def __getitem__(self, key: str) -> "Node":
        if not isinstance(self.value, dict):
            raise TypeError(f"{self.at} is no mapping")
        return self.value[key]

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, dict)


def plain(node: Node) -> Any:
    """Return the value of ``node`` without places: dicts, tuples, scalars."""
    match node.value:
        case dict() as items:
            return {key: plain(item) for key, item in items.items()}
        case tuple() as items:
            return tuple(plain(item) for item in items)
        case scalar:
            return scalar


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield ``node`` and all below it, each with its path from the root of the walk (not from its file)."""
    yield path, node
    match node.value:
        case dict() as items:
            for key, item in items.items():
                yield from walk(item, (*path, key))
        case tuple() as items:
            for index, item in enumerate(items):
                yield from walk(item, (*path, index))
        case _:
            pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one entry stands. The root and the items of a list have no key."""

    value: Span
    key: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that was read. ``root`` is ``None`` exactly if a finding in ``found`` is an error."""

    name: str
    text: str = ""
    first_line: int = 1
    """The line of the file that ``text`` starts at: a text may be one document of many."""

    root: Node | None = None
    rest: Node | None = None
    """What can be looked at all the same if the only errors are keys that are set twice; the first one counts."""

    places: Mapping[Path, Place] = field(default_factory=dict)
    found: tuple[Diagnostic, ...] = ()

    def _has_children(self, path: Path) -> bool:
        return any(other[: len(path)] == path and len(other) > len(path) for other in self.places)

    def span(self, label: Label) -> Span | None:
        """Return where ``label`` points; a path that is not in the file falls back to its nearest parent."""
        if label.span is not None:
            return label.span
        for length in range(len(label.path), -1, -1):
            if place := self.places.get(label.path[:length]):
                above = length < len(label.path) and self._has_children(label.path[:length])
                return place.key if place.key is not None and (label.on == "key" or above) else place.value
        return None
