"""
The values of a document without fault, as fast as can be; whatever is unusual is left to ``careful``.

libyaml, through PyYAML, makes nodes with the raw text of each scalar. PyYAML's own resolver and constructor, which
have other rules than the API server, are never asked.
"""

from __future__ import annotations

import re

from kgen.read.scalar import MERGE, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class _LaterPattern:
    """A pattern that is compiled when somebody uses it."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._given = pattern, flags

    def __getattr__(self, name: str) -> Any:
        return getattr(re.compile(*self._given), name)


# PyYAML compiles the patterns of its Python reader when it is imported. libyaml has no use for them, and they take
# as long as starting Python does.
_compile = re.compile
re.compile = _LaterPattern  # type: ignore[assignment]
try:
    from yaml import YAMLError
    from yaml._yaml import CParser
    from yaml.events import CollectionEndEvent, CollectionStartEvent
    from yaml.nodes import MappingNode, ScalarNode
finally:
    re.compile = _compile

SYNTAX = YAMLError
"""What ``compose`` raises on text that is not YAML."""


class Unusual(Exception):  # noqa: N818  # no error: it may be right, and `careful` finds out
    """There is something that only ``careful`` can read, or put into words."""


class Parser(CParser):
    """libyaml's nodes, with the tag ``None`` where the text has none."""

    def resolve(self, _kind: object, _value: str, _implicit: object) -> None:
        return None

    def descend_resolver(self, _parent: object, _index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


_MOST_REMEMBERED = 20_000
_DEEPEST = 10_000
"""Levels that go-yaml reads."""

_INDENTED = re.compile(rb"[ \t?:-]{%d}" % _DEEPEST)
_ANCHOR = re.compile(rb"(?:^|[\s\[{,\x85\xa8\xa9])&[^\s&]")
_ALIAS = re.compile(rb"(?:^|[\s\[{,\x85\xa8\xa9])\*[^\s*]")
"""What may be an anchor and an alias: at the start of a value, so after space or a bracket."""

_NO_TAG = re.compile(rb"(?:^|[\s\[{,\x85\xa8\xa9])!(?:<!>)?(?:[\s\xc2\xe2]|\Z)")
"""A tag without a name, which libyaml does not tell: to go-yaml it means text."""

_seen: dict[str, Any] = {}
"""Plain scalars and their values: most of them come again and again."""

_missing = object()


def compose(text: bytes) -> Any:
    """
    Return the node of the one document in ``text``, or ``None`` if it is empty.

    Raises:
        YAMLError: The text is not YAML, or has a second document.
        Unusual: It may be nested so deeply that reading it could exhaust the stack.
    """
    if len(text) > _DEEPEST and _is_too_deep(text):
        raise Unusual
    return Parser(text).get_single_node()


def _is_too_deep(text: bytes) -> bool:
    """
    Tell whether making nodes might exhaust the stack: they are made by a function that calls itself.

    Each level takes a bracket, or a column left of any text. If there are so many, levels are counted.
    """
    is_wide = max(map(len, text.split(b"\n"))) > _DEEPEST  # the pattern below takes its time
    if text.count(b"[") + text.count(b"{") <= _DEEPEST and not (is_wide and _INDENTED.search(text)):
        return False
    depth = 0
    for event in events(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > _DEEPEST:
            return True
    return False


def events(text: bytes) -> Iterator[Any]:
    """Yield libyaml's events for ``text``, up to the first fault, which raises."""
    parser = Parser(text)
    while parser.check_event():
        yield parser.get_event()


def quick(text: bytes) -> tuple[Any, int]:
    """
    Return the value of the one document in ``text``, and its line from 0.

    Raises:
        YAMLError: The text is not YAML.
        Unusual: It has anchors, tags, merge keys, keys that are not text, or a key twice.
        RecursionError: It is nested too deeply.
    """
    # an alias to a part that contains itself would never end; `&&` in a command and `*` in prose are none
    if b"&" in text and b"*" in text and _ANCHOR.search(text) and _ALIAS.search(text):
        raise Unusual
    if b"!" in text and _NO_TAG.search(text):
        raise Unusual
    if b"\\/" in text and b'"' in text:  # in double quotes, go-yaml does not know this escape
        raise Unusual
    node = compose(text)
    return (None, 0) if node is None else (_value(node), node.start_mark.line)


def _value(node: Any) -> Any:
    if type(node) is ScalarNode:
        return _scalar(node)
    if node.tag is not None:
        raise Unusual
    if type(node) is not MappingNode:
        return [_scalar(item) if type(item) is ScalarNode else _value(item) for item in node.value]
    made: dict[str, Any] = {}
    for key, item in node.value:
        name = _scalar(key) if type(key) is ScalarNode else None
        if type(name) is not str or name in made or (name == MERGE and not key.style):
            raise Unusual
        made[name] = _scalar(item) if type(item) is ScalarNode else _value(item)
    return made


def _scalar(node: Any) -> Any:
    if node.tag is not None:
        raise Unusual
    text = node.value
    if node.style:
        return text
    value = _seen.get(text, _missing)
    if value is _missing:
        value = plain(text)
        if value != value or value in _INFINITE:  # noqa: PLR0124  # not a number
            raise Unusual
        if len(_seen) > _MOST_REMEMBERED:
            _seen.clear()
        _seen[text] = value
    return value


_INFINITE = (float("inf"), float("-inf"))
