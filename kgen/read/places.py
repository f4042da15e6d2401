"""Where a value of a document stands: found only for documents that have faults, by reading them once more."""

import re
from typing import TypeAlias

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from kgen.diag import Path, Span
from kgen.read.careful import Node, is_merge, name_of, span_of
from kgen.read.nodes import compose
from kgen.read.quick import SYNTAX, Unusual
from kgen.source import Place
from kgen.syntax.lines import Lines

_SURROGATE = rb"(?s)\\(?:(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
"""Any escape; that of half a character beyond the first 65,536, with a group."""


class Places:
    """The places of one document."""

    def __init__(self, data: bytes) -> None:
        """
        Args:
            data: The text of one document, UTF-8. If it is JSON that YAML cannot read, every place is its start.
        """
        self._lines = Lines.of(data.decode(errors="replace"))
        self._known: dict[int, dict[str | int, _Entry]] = {}
        """By the ``id`` of their nodes, the entries of mappings where somebody looked something up."""

        try:
            self._root = _composed(data)
        except (SYNTAX, Unusual, RecursionError):
            self._root = None

    def span(self, path: Path, *, on_key: bool = False) -> Span:
        """Return where the value at ``path``, or its key, stands; of what is not there, its nearest parent."""
        if self._root is None:
            return self._lines.span(0, 0)
        place, is_whole = self._walk(path)
        span = place.key if place.key and (on_key or not is_whole) else place.value
        return self._lines.span(*_first_line(span, self._lines)) if not is_whole and not place.key else span

    def scalar(self, path: Path) -> str | None:
        """Return the scalar at ``path`` as it was written, with its quotes; ``None`` if there is no such thing."""
        node = self._root
        for step in path:
            found = self._child(node, step) if node is not None else None
            node = found[1] if found else None
        if not isinstance(node, ScalarNode):
            return None
        return self._lines.text[node.start_mark.index : node.end_mark.index]

    def _walk(self, path: Path) -> tuple[Place, bool]:
        """Go down ``path`` as far as it goes; tell whether that was the whole of it."""
        node = self._root
        key: Node | None = None
        is_whole = True
        for step in path:
            found = self._child(node, step)
            if found is None:
                is_whole = False
                break
            key, node = found
        key_span = span_of(key, self._lines) if key else None
        return Place(value=span_of(node, self._lines), key=key_span), is_whole

    def _child(self, node: Node, step: str | int) -> "_Entry | None":
        if isinstance(node, SequenceNode):
            return (None, node.value[step]) if isinstance(step, int) and step < len(node.value) else None
        return self._entries(node).get(step) if isinstance(node, MappingNode) else None

    def _entries(self, node: MappingNode) -> "dict[str | int, _Entry]":
        """Return keys and values by name; the last one wins, and of merged mappings the first one, as in go-yaml."""
        known = self._known.get(id(node))
        if known is not None:
            return known
        made = self._known[id(node)] = {}
        for key, item in node.value:
            if is_merge(key, self._lines):
                for part in reversed(item.value) if isinstance(item, SequenceNode) else [item]:
                    made |= self._entries(part)
            elif (name := name_of(key, self._lines)) is not None:
                made[name] = key, item
        return made


def _composed(data: bytes) -> Node:
    """Return the node of a document; of JSON with surrogates, which YAML refuses, that with other letters for them."""
    try:
        return compose(data)
    except SYNTAX:
        plain = re.sub(_SURROGATE, lambda found: b"surrog" if found[1] else found[0], data)
        if plain == data:
            raise
        return compose(plain)


_Entry: TypeAlias = tuple[Node | None, Node]
"""The key, which the items of a list do not have, and the value."""


def _first_line(span: Span, lines: Lines) -> tuple[int, int]:
    """Return the offsets of the first line of ``span``: a parent is marked where it starts, not over many lines."""
    start = lines.starts[span.line - 1] + span.column - 1
    end = lines.end(start) if span.end_line > span.line else lines.starts[span.end_line - 1] + span.end_column - 1
    return start, end
