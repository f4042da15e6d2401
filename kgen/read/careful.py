"""
A document that is unusual or broken: its value if it has one, and every fault at its place.

What go-yaml and the API server accept is accepted: anchors and merge keys (with go-yaml's limit), tags, keys that are
numbers. ``quick`` reads all other documents; where both can, they read the same.

Source: https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/decode.go
"""

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from kgen.diag import Diagnostic, Label, Rule, Span
from kgen.read.broken import broken
from kgen.read.nodes import compose
from kgen.read.quick import SYNTAX, Unusual
from kgen.read.rules import ALIAS_TO_ITSELF, BAD_MERGE, EXCESSIVE_ALIASING, MERGED_AGAIN, WRONG_TAG
from kgen.read.scalar import MERGE, key_name, resolved, whole
from kgen.read.tags import binary, is_timestamp, tag_of
from kgen.record import dataclass, field
from kgen.syntax.lines import Lines
from kgen.syntax.rules import DUPLICATE_KEY, KEY_NOT_STRING, NESTING_TOO_DEEP, NUMBER_OUT_OF_RANGE, SYNTAX_ERROR, code

Node: TypeAlias = Any
"""PyYAML's; its type stubs say that every node has a tag, which is not so here."""

_Keys: TypeAlias = dict[str, tuple[Node, bool]]
"""Keys of a mapping, each with the node that sets it first, and whether that is merged by ``<<``."""

_PREFIX = "tag:yaml.org,2002:"
_TEXT = re.compile(r"(?:&[^\s,\[\]{}]+\s+)?!(?:<!>)?(?=\s|\Z)")
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_HIGHEST_FLOAT = 2**63 - 1
_NO_VALUE = object()


def read(data: bytes) -> tuple[Any, tuple[Diagnostic, ...]]:
    """
    Return the value of the one document in ``data``, and the faults of its text; spans count from its first line.

    There is a value beside the faults if they are only keys that are merged and set again: other readers have one too.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None, (broken(data, None),)
    lines = Lines.of(text)
    try:
        node = compose(data)
        reader = _Reader(lines)
        value = None if node is None else reader.value(node)
    except (Unusual, RecursionError):
        return None, (too_deep(lines),)
    except SYNTAX as error:
        return None, (broken(data, error),)
    is_lost = any(each.rule is not MERGED_AGAIN for each in reader.found)
    return (None if is_lost else value), tuple(dict.fromkeys(reader.found))  # an alias finds the same again


def too_deep(lines: Lines) -> Diagnostic:
    """Return the finding for a document whose values lie too deep in each other."""
    at = Label(span=lines.span(0, 0))
    return Diagnostic(rule=NESTING_TOO_DEEP, message="values are nested too deeply in this document", at=at)


@dataclass(slots=True)
class _Reader:
    """Turns nodes into values; counts as go-yaml does, so that aliases cannot make a small file huge."""

    lines: Lines
    found: list[Diagnostic] = field(default_factory=list)
    _open: set[int] = field(default_factory=set)
    """Nodes that are being read: one of them inside itself never ends."""

    _seen: set[int] = field(default_factory=set)
    _again: int = 0
    """How deep we are in nodes that were read before, through an alias."""

    _count: int = 0
    _aliased: int = 0
    _is_exhausted: bool = False

    def value(self, node: Node) -> Any:
        """Return the value of ``node``; where it has a fault, whatever is left."""
        return self._inside(node, lambda: self._read(node))

    def _inside(self, node: Node, read: Callable[[], Any]) -> Any:
        """Return what ``read`` makes of ``node``, unless that would never end."""
        if self._is_exhausted or id(node) in self._open:
            if not self._is_exhausted:
                self._report(ALIAS_TO_ITSELF, "an alias stands inside the value that it repeats", node)
            return None
        is_again = self._counted(node)
        self._open.add(id(node))
        self._again += is_again
        try:
            return None if self._is_exhausted else read()
        finally:
            self._again -= is_again
            self._open.discard(id(node))

    def _counted(self, node: Node) -> bool:
        """Count ``node``, and the alias that led to it, as go-yaml does; tell whether it was read before."""
        is_again = id(node) in self._seen
        self._seen.add(id(node))
        self._count += 1 + (is_again and not self._again)
        self._aliased += is_again
        if self._aliased > 100 and self._count > 1000 and self._aliased / self._count > _allowed(self._count):  # noqa: PLR2004
            self._is_exhausted = True
            self._report(EXCESSIVE_ALIASING, "aliases make this document many times as large as its text", node)
        return is_again

    def _read(self, node: Node) -> Any:
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if isinstance(node, SequenceNode):
            return [self.value(item) for item in node.value]
        return self._mapping(node)

    def _mapping(self, node: Node) -> dict[str, Any]:
        made: dict[str, Any] = {}
        self._fill(node, made, {})
        return made

    def _fill(self, node: Node, made: dict[str, Any], first: _Keys, *, merge: Node = None) -> None:
        """
        Put the fields of ``node``, and of what it merges, into ``made``.

        Args:
            node: A mapping.
            made: Grows.
            first: Where each key stands first; grows.
            merge: The value of the ``<<`` that adds ``node``, if one does.
        """
        for key, item in node.value:
            if is_merge(key, self.lines):
                self._merge(item, made, first)
                continue
            name = self.key(key)
            value = self.value(item)
            if name is _NO_VALUE:
                continue
            if name not in first:
                first[name] = merge or key, merge is not None
            else:
                self._report_again(name, merge or key, first[name], is_merged=merge is not None)
            made[name] = value

    def _report_again(self, name: str, key: Node, first: tuple[Node, bool], *, is_merged: bool) -> None:
        shown = code(name) if name else "of no letters"
        there = (Label(text="the first one", span=self._span(first[0])),)
        if is_merged or first[1]:
            message = f"the key {shown} is set again {'by `<<`' if is_merged else 'after `<<` has set it'}"
            help_ = "name the keys one by one in place of `<<`, or leave this one out of what is merged"
            self._report(MERGED_AGAIN, message, key, related=there, help=help_)
        else:
            message = f"the key {shown} is set twice"
            self._report(DUPLICATE_KEY, message, key, related=there, help="remove one of them")

    def _merge(self, node: Node, made: dict[str, Any], first: _Keys) -> None:
        """Put what ``<<`` adds into ``made``; of several mappings, the first one wins."""
        is_list = isinstance(node, SequenceNode) and id(node) not in self._seen  # an alias of a list is no list here
        for part in reversed(node.value if is_list else [node]):
            if isinstance(part, MappingNode):
                self._inside(part, partial(self._fill, part, made, first, merge=part))
            else:
                self._report(BAD_MERGE, "`<<` takes a mapping, or a list of mappings", part)

    def key(self, key: Node) -> Any:
        """Return the name that go-yaml makes of a key: JSON knows text only."""
        if self._is_exhausted:
            return _NO_VALUE
        if not isinstance(key, ScalarNode):
            return self._no_name(key, "a mapping or a list")
        self._counted(key)
        match self._resolved(key):
            case str() as text:
                return text
            case bool() as value:
                return "true" if value else "false"
            case None:
                return self._no_name(key, "null")
            case number:
                name = key_name(number)
                return self._no_name(key, "a whole number of more than 63 bits") if name is None else name

    def _no_name(self, key: Node, what: str) -> Any:
        help_ = "give it a name, or put quotes around it"
        self._report(KEY_NOT_STRING, f"a key cannot be {what}", key, help=help_)
        return _NO_VALUE

    def _scalar(self, node: Node) -> Any:
        value = self._resolved(node)
        if not isinstance(value, float):
            return value
        if not math.isfinite(value):
            message = f"{code(node.value)} is no number that JSON has"
            self._report(NUMBER_OUT_OF_RANGE, message, node, help="put quotes around it if it is meant as text")
            return None
        return whole(value)

    def _resolved(self, node: Node) -> Any:
        if node.style == '"':
            self._find_slashes(node)
        if node.tag is None:
            return node.value if node.style or _is_text(node, self.lines) else resolved(node.value)
        return self._tagged(node)

    def _tagged(self, node: Node) -> Any:
        """Return the value of a scalar with a tag; tags that go-yaml does not know mean nothing."""
        text: str = node.value
        match node.tag.removeprefix(_PREFIX) if node.tag.startswith(_PREFIX) else "":
            case "binary":
                made = binary(text)
                if made is None:
                    self._report(WRONG_TAG, "the value is tagged `!!binary`, but is not base64", node)
                return made
            case "timestamp":
                return text if is_timestamp(text) else self._unlike_tag(node, "timestamp")
            case "bool" | "int" | "float" | "null" as tag:
                value = resolved(text)
                if tag == "float" and type(value) is int and value <= _HIGHEST_FLOAT:
                    return float(value)
                return value if tag == tag_of(value) else self._unlike_tag(node, tag)
            case _:
                return text

    def _find_slashes(self, node: Node) -> None:
        """Report the one escape that libyaml knows and go-yaml does not."""
        start = node.start_mark.index
        for escape in _ESCAPE.finditer(self.lines.text, start, node.end_mark.index):
            if escape.group() == "\\/":
                at = Label(span=self.lines.span(*escape.span()))
                message = "`\\/` is no escape that Kubernetes knows in YAML"
                self.found.append(Diagnostic(rule=SYNTAX_ERROR, message=message, at=at, help="write `/`"))
                return

    def _unlike_tag(self, node: ScalarNode, tag: str) -> str:
        what = code(node.value) if node.value else "an empty value"
        self._report(WRONG_TAG, f"{what} is tagged `!!{tag}`, but is none", node)
        return str(node.value)

    def _span(self, node: Node) -> Span:
        return span_of(node, self.lines)

    def _report(
        self,
        rule: Rule,
        message: str,
        node: Node,
        *,
        related: tuple[Label, ...] = (),
        help: str = "",  # noqa: A002  # the name of the field that it fills
    ) -> None:
        at = Label(span=self._span(node))
        self.found.append(Diagnostic(rule=rule, message=message, at=at, related=related, help=help))


def is_merge(key: Node, lines: Lines) -> bool:
    """Tell whether ``key`` is the merge key of YAML 1.1."""
    if not isinstance(key, ScalarNode) or key.value != MERGE:
        return False
    tag: str | None = key.tag
    return not key.style or _is_text(key, lines) if tag is None else tag == f"{_PREFIX}merge"


def name_of(key: Node, lines: Lines) -> str | None:
    """Return the name that go-yaml makes of ``key``, or ``None`` if it makes none."""
    name = _Reader(lines).key(key)
    return None if name is _NO_VALUE else name


def _is_text(node: ScalarNode, lines: Lines) -> bool:
    """Tell whether ``node`` has the tag ``!``, which libyaml does not tell: go-yaml takes it for that of text."""
    return _TEXT.match(lines.text, node.start_mark.index) is not None


def span_of(node: Node, lines: Lines) -> Span:
    """Return where ``node`` stands; libyaml ends blocks where the next one starts, so blank space is cut off."""
    start, end = node.start_mark.index, node.end_mark.index
    end = max(start, end)
    while end > start and lines.text[end - 1].isspace():
        end -= 1
    return lines.span(start, end)


def _allowed(count: int) -> float:
    """Return which part of ``count`` values may come from aliases: the larger the document, the fewer."""
    low, high = 400_000, 4_000_000
    return 0.99 - 0.89 * (min(max(count, low), high) - low) / (high - low)
