"""
A document that is unusual or broken: its value if it has one, and every fault at its place.

What go-yaml and the API server accept is accepted: anchors and merge keys (with go-yaml's limit), tags, keys that are
numbers. ``quick`` reads all other documents; where both can, they read the same.

Source: https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/decode.go
"""

import math
import re
from binascii import a2b_base64
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from kgen.diag import Diagnostic, Label, Rule, Span
from kgen.read.broken import broken
from kgen.read.nodes import compose
from kgen.read.quick import SYNTAX, Unusual
from kgen.read.rules import ALIAS_TO_ITSELF, BAD_MERGE, EXCESSIVE_ALIASING, WRONG_TAG
from kgen.read.scalar import MERGE, key_name, resolved, whole
from kgen.syntax.lines import Lines
from kgen.syntax.rules import DUPLICATE_KEY, KEY_NOT_STRING, NESTING_TOO_DEEP, NUMBER_OUT_OF_RANGE, SYNTAX_ERROR, code

Node: TypeAlias = Any
"""PyYAML's; its type stubs say that every node has a tag, which is not so here."""

_PREFIX = "tag:yaml.org,2002:"
_TEXT = re.compile(r"(?:&[^\s,\[\]{}]+\s+)?!(?:<!>)?(?=\s|\Z)")
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_CLOCK = "[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:[.,][0-9]+)?"
_TIMESTAMP = re.compile(f"[0-9]{{4}}(?:-[0-9]{{1,2}}){{2}}(?:[Tt]{_CLOCK}(?:Z|[-+][0-9]{{2}}:[0-9]{{2}})| +{_CLOCK})?")
_LONG = (1, 3, 5, 7, 8, 10, 12)
_HIGHEST_FLOAT = 2**63 - 1
_NO_VALUE = object()


def read(data: bytes) -> tuple[Any, tuple[Diagnostic, ...]]:
    """Return the value of the one document in ``data``, and the faults of its text; spans count from its first line."""
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
    return (None if reader.found else value), tuple(dict.fromkeys(reader.found))  # an alias finds the same again


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
        if self._is_exhausted or id(node) in self._open:
            if not self._is_exhausted:
                self._report(ALIAS_TO_ITSELF, "an alias stands inside the value that it repeats", node)
            return None
        is_again = self._counted(node)
        self._open.add(id(node))
        self._again += is_again
        try:
            return None if self._is_exhausted else self._read(node)
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
        first: dict[str, Node] = {}
        for key, item in node.value:
            if is_merge(key, self.lines):
                made |= self._merged(item)
                continue
            name = self.key(key)
            value = self.value(item)
            if name is _NO_VALUE:
                continue
            if name in first:
                there = (Label(text="the first one", span=self._span(first[name])),)
                message = f"the key {code(name) if name else 'of no letters'} is set twice"
                self._report(DUPLICATE_KEY, message, key, related=there, help="remove one of them")
            first.setdefault(name, key)
            made[name] = value
        return made

    def _merged(self, node: Node) -> dict[str, Any]:
        """Return what ``<<`` adds: of several mappings, the first one wins."""
        if isinstance(node, MappingNode):
            return self.value(node) or {}
        is_list = isinstance(node, SequenceNode) and id(node) not in self._seen  # an alias of a list is no list here
        parts = node.value if is_list else [node]
        made: dict[str, Any] = {}
        for part in reversed(parts):
            if isinstance(part, MappingNode):
                made |= self.value(part) or {}
            else:
                self._report(BAD_MERGE, "`<<` takes a mapping, or a list of mappings", part)
        return made

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
                try:
                    return a2b_base64(re.sub(r"[\r\n]", "", text), strict_mode=True).decode(errors="replace")
                except ValueError:
                    self._report(WRONG_TAG, "the value is tagged `!!binary`, but is not base64", node)
                    return None
            case "timestamp":
                return text if _is_timestamp(text) else self._unlike_tag(node, "timestamp")
            case "bool" | "int" | "float" | "null" as tag:
                value = resolved(text)
                if tag == "float" and type(value) is int and value <= _HIGHEST_FLOAT:
                    return float(value)
                return value if tag == _tag_of(value) else self._unlike_tag(node, tag)
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


def _is_timestamp(text: str) -> bool:
    if not _TIMESTAMP.fullmatch(text):
        return False
    year, month, day, hour, minute, second = [*map(int, re.findall("[0-9]+", text)), 0, 0, 0][:6]
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = 30 + (month in _LONG) - (month == 2) * (2 - is_leap)  # noqa: PLR2004  # February
    return 1 <= month <= 12 and 1 <= day <= days and hour < 24 and minute < 60 and second < 60  # noqa: PLR2004


def span_of(node: Node, lines: Lines) -> Span:
    """Return where ``node`` stands; libyaml ends blocks where the next one starts, so blank space is cut off."""
    start, end = node.start_mark.index, node.end_mark.index
    end = max(start, end)
    while end > start and lines.text[end - 1].isspace():
        end -= 1
    return lines.span(start, end)


def _tag_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case _:
            return "str"


def _allowed(count: int) -> float:
    """Return which part of ``count`` values may come from aliases: the larger the document, the fewer."""
    low, high = 400_000, 4_000_000
    return 0.99 - 0.89 * (min(max(count, low), high) - low) / (high - low)
