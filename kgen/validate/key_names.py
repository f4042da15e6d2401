"""
Keys that YAML makes something else of: ``on:`` is the key ``true``, ``1.10:`` is ``1.1``. Nothing refuses them.

Only documents that are unusual can have such keys, as a key that is no text is.
"""

import re
from collections.abc import Iterator
from typing import Any

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from kgen.diag import Diagnostic, Label, Path
from kgen.read.careful import is_merge, name_of, span_of
from kgen.read.nodes import compose
from kgen.read.quick import SYNTAX, Unusual
from kgen.read.rules import KEY_CHANGED
from kgen.syntax.lines import Lines
from kgen.syntax.rules import code

_CANDIDATE = re.compile(rb"(?i)(?:^|[\s{,])(?:y|n|yes|no|on|off|true|false|[-+.]?[0-9][0-9a-z_.+-]*)[ \t]*:(?=\s)")
"""What a key looks like that may be none of text: most documents with anchors have none."""


def renamed(data: bytes) -> Iterator[Diagnostic]:
    """Yield the keys of a document that become another text than they are written; spans count from its first line."""
    if _CANDIDATE.search(data) is None:
        return
    try:
        root = compose(data)
        lines = Lines.of(data.decode())
    except (SYNTAX, Unusual, RecursionError, UnicodeDecodeError):
        return
    yield from _within(root, (), lines, set())


def _within(node: Any, at: Path, lines: Lines, seen: set[int]) -> Iterator[Diagnostic]:
    if id(node) in seen:  # an alias
        return
    seen.add(id(node))
    if isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from _within(item, (*at, index), lines, seen)
    elif isinstance(node, MappingNode):
        for key, item in node.value:
            name = None if is_merge(key, lines) else name_of(key, lines)
            path = at if name is None else (*at, name)
            if name is not None and isinstance(key, ScalarNode) and name != key.value:
                message = f"the key {code(key.value)} is read as {code(name)}"
                helped = f"put quotes around it, if {code(key.value)} is meant"
                label = Label(path, on="key", span=span_of(key, lines))
                yield Diagnostic(rule=KEY_CHANGED, message=message, at=label, help=helped)
            yield from _within(item, path, lines, seen)
