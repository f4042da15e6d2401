"""From YAML events to nodes: every value, where it stands, and what is wrong with its structure."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from kgen.diag import Diagnostic, Label, Path, Rule, Span
from kgen.load.scalar import Kind, has_leading_zero, is_storable, typed
from kgen.record import dataclass, field
from kgen.source import Node, Place, Scalar
from kgen.syntax.lines import Lines
from kgen.syntax.rules import (
    DUPLICATE_KEY,
    KEY_NOT_STRING,
    LEADING_ZERO,
    MERGE_KEY,
    NESTING_TOO_DEEP,
    NUMBER_OUT_OF_RANGE,
    SEVERAL_DOCUMENTS,
    SYNTAX_ERROR,
    YAML_ALIAS,
    YAML_ANCHOR,
    YAML_TAG,
    code,
)

if TYPE_CHECKING:
    from kgen.syntax.translate import Progress

MAX_DEPTH = 64
"""Nested mappings and lists; the deepest field of a Pod lies at 12, so the rest of kgen may recurse."""

_COLON = re.compile(r"[ \t]*:")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TAG = re.compile(r"\s+(!\S*)")
_NOT_TEXT = {"null": "empty", "bool": "a boolean", "int": "a number", "float": "a number"}


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    at: Path
    start: int
    end: int
    is_flow: bool
    is_key: bool
    """Whether it stands where a key belongs."""

    place: Place | None
    """Where it stands, unless another value of the same path came first."""

    entries: dict[str, Node] | None
    """``None`` for a list, which has items."""

    items: list[Node] = field(default_factory=list)
    seen: dict[str, Span] = field(default_factory=dict)
    key: str | None = None
    """The key whose value comes next."""

    key_span: Span | None = None
    key_end: int = 0

    @property
    def wants_key(self) -> bool:
        return self.entries is not None and self.key is None


@dataclass(slots=True)
class Builder:
    """
    Takes events one by one; afterwards ``root``, ``places`` and ``found`` say what was read.

    Nothing here recurses, and faults of structure do not stop it: the values that follow them are read all the same.
    """

    name: str
    lines: Lines
    kind: Callable[[str], Kind]
    """What YAML 1.2 takes a plain scalar for."""

    root: Node | None = None
    places: dict[Path, Place] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    _documents: int = 0
    _last: tuple[int, int] = (0, 0)
    _stack: list[_Open] = field(default_factory=list)

    @property
    def progress(self) -> "Progress":
        from kgen.syntax.translate import Progress  # noqa: PLC0415  # only after a fault

        opened = next((frame.start for frame in reversed(self._stack) if frame.is_flow), None)
        return Progress(last_start=self._last[0], last_end=self._last[1], opened=opened)

    def take(self, event: Event) -> bool:
        """Take the next event, and say whether it makes sense to go on."""
        match event:
            case DocumentStartEvent():
                return self._document(event)
            case AliasEvent():
                self._alias(event)
            case ScalarEvent():
                self._tag_and_anchor(event)
                self._scalar(event)
            case CollectionStartEvent():
                self._tag_and_anchor(event)
                return self._open(event)
            case MappingEndEvent() | SequenceEndEvent():
                self._close(event.end_mark.index)
            case _:
                pass
        return True

    def _report(
        self,
        rule: Rule,
        message: str,
        span: Span,
        *,
        help: str,  # noqa: A002  # the name of the field that it fills
        path: Path | None = None,
        related: tuple[Label, ...] = (),
    ) -> None:
        at = Label(self._path() if path is None else path, span=span)
        self.found.append(Diagnostic(rule=rule, message=message, at=at, help=help, related=related))

    def _path(self) -> Path:
        """Return the path of the value that comes next."""
        if not self._stack:
            return ()
        frame = self._stack[-1]
        if frame.entries is None:
            return (*frame.at, len(frame.items))
        return frame.at if frame.key is None else (*frame.at, frame.key)

    def _document(self, event: DocumentStartEvent) -> bool:
        self._documents += 1
        if self._documents == 1:
            return True
        start = event.start_mark.index
        span = self.lines.span(start, max(event.end_mark.index, min(start + 1, self.lines.end(start))))
        message = "a second document starts here"
        self._report(SEVERAL_DOCUMENTS, message, span, help="put each app into a file of its own")
        return False

    def _tag_and_anchor(self, event: ScalarEvent | CollectionStartEvent) -> None:
        start, text = event.start_mark.index, self.lines.text
        if event.anchor:
            sign = f"&{event.anchor}"
            span = self.lines.span(start, start + len(sign))
            help_ = f"remove {code(sign)}; put quotes around it if it is meant as text"
            self._report(YAML_ANCHOR, f"{code(sign)} is an anchor, which kgen does not read", span, help=help_)
        if event.tag is None:
            return
        if event.anchor:  # ruamel starts the node at the anchor, whichever of the two comes first
            after = _TAG.match(text, start + 1 + len(event.anchor))
            start = after.start(1) if after else max(text.rfind("!", 0, start), 0)
        end = start + len(text[start : self.lines.end(start)].split(maxsplit=1)[0])
        sign = text[start:end]
        help_ = f"remove {code(sign)}; put quotes around a value that is meant as text"
        span = self.lines.span(start, end)
        self._report(YAML_TAG, f"{code(sign)} is a tag, which kgen does not read", span, help=help_)

    def _alias(self, event: AliasEvent) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        span, sign = self.lines.span(start, end), self.lines.text[start:end]
        self._last = (start, end)
        frame = self._stack[-1] if self._stack else None
        if frame is None or frame.key != "<<":  # a merge key was reported already
            help_ = "write the value out; put quotes around it if it is meant as text"
            self._report(YAML_ALIAS, f"{code(sign)} is an alias, which kgen does not read", span, help=help_)
        if frame is not None and frame.wants_key:
            frame.key, frame.key_span, frame.key_end = sign, span, end
        else:
            self._put(Node(None, self._path(), sign, self.name), span)

    def _scalar(self, event: ScalarEvent) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if event.style in ("|", ">"):  # ruamel lets it end at the next token
            end = start + len(self.lines.text[start:end].rstrip())
        self._last = (start, end)
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.wants_key:
            self._key(frame, event, self.lines.span(start, end))
            return
        if start == end and frame is None:
            return  # `---` alone: there is no root
        if start == end and frame is not None and frame.entries is not None:  # ruamel puts it at the next token
            colon = _COLON.match(self.lines.text, frame.key_end)
            start = end = colon.end() if colon else frame.key_end
        span, kind = self.lines.span(start, end), self._kind(event)
        value = typed(kind, event.value)
        self._check_text(event.value, span)
        self._check_number(value, event.value, kind, span)
        if start != end or frame is not None:
            self._put(Node(value, self._path(), event.value, self.name), span)

    def _kind(self, event: ScalarEvent) -> Kind:
        return self.kind(event.value) if event.implicit[0] else "str"

    def _check_text(self, text: str, span: Span) -> None:
        if half := _SURROGATE.search(text):
            message = f"`\\u{ord(half.group()):x}` is half a character"
            help_ = "write the character itself, or `\\U` and eight digits"
            self._report(SYNTAX_ERROR, message, span, help=help_)

    def _check_number(self, value: Scalar, text: str, kind: Kind, span: Span) -> None:
        if not is_storable(value):
            what = "does not fit into 64 bits" if kind == "int" else "is not a finite number"
            help_ = "put quotes around it if it is meant as text"
            self._report(NUMBER_OUT_OF_RANGE, f"{code(text)} {what}", span, help=help_)
        elif has_leading_zero(kind, text):
            help_ = "put quotes around it if it is meant as text, write `0o` if it is meant as octal, or drop the zero"
            message = f"{code(text)} is read as the decimal number {value}"
            self._report(LEADING_ZERO, message, span, help=help_)

    def _key(self, frame: _Open, event: ScalarEvent, span: Span) -> None:
        name, path = event.value, (*frame.at, event.value)
        if frame.place and not frame.is_flow and not frame.entries and not frame.seen:
            frame.end = max(frame.end, event.end_mark.index)  # a block mapping is shown as its first key
        frame.key, frame.key_span, frame.key_end = name, span, event.end_mark.index
        self._check_text(name, span)
        kind = self._kind(event)
        if kind == "merge":
            help_ = "write the keys out"
            self._report(MERGE_KEY, "`<<` is a merge key, which kgen does not read", span, help=help_, path=path)
        elif event.anchor or event.tag is not None:
            pass  # one finding for a key is enough
        elif kind in _NOT_TEXT:
            self._not_text(name, kind, span, path)
        elif first := frame.seen.get(name):
            related = (Label(path, "the first one", "key", span=first),)
            self._report(
                DUPLICATE_KEY, f"{code(name)} is set twice", span, help="keep one of them", path=path, related=related
            )
        else:
            frame.seen[name] = span

    def _not_text(self, name: str, kind: Kind, span: Span, path: Path) -> None:
        if name:
            message, help_ = f"the key {code(name)} is {_NOT_TEXT[kind]}, not text", f'put quotes around it: `"{name}"`'
        else:
            message, help_ = "the entry has no key", "write a key before the `:`"
        self._report(KEY_NOT_STRING, message, span, help=help_, path=path)

    def _put(self, node: Node, span: Span) -> None:
        """Give the value to what it is in."""
        self._settle(node.at, span)
        self._deliver(node)

    def _settle(self, at: Path, span: Span) -> Place | None:
        """Note where ``at`` stands; of two equal keys, the first one counts."""
        if at in self.places:
            return None
        place = Place(value=span, key=self._stack[-1].key_span if self._stack else None)
        self.places[at] = place
        return place

    def _deliver(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        frame = self._stack[-1]
        if frame.entries is None:
            frame.items.append(node)
        elif frame.key is not None:
            frame.entries.setdefault(frame.key, node)
            frame.key = frame.key_span = None

    def _open(self, event: CollectionStartEvent) -> bool:
        start = event.start_mark.index
        end = min(start + 1, self.lines.end(start))
        span, path = self.lines.span(start, end), self._path()
        if len(self._stack) >= MAX_DEPTH:
            message = f"mappings and lists are nested more than {MAX_DEPTH} deep"
            self._report(NESTING_TOO_DEEP, message, span, help="check the indentation and the brackets")
            return False
        is_key = bool(self._stack) and self._stack[-1].wants_key
        self._stack.append(
            _Open(
                at=path,
                start=start,
                end=end,
                is_flow=bool(event.flow_style),
                is_key=is_key,
                place=None if is_key else self._settle(path, span),
                entries={} if isinstance(event, MappingStartEvent) else None,
            )
        )
        return True

    def _close(self, end: int) -> None:
        frame = self._stack.pop()
        if frame.is_flow:
            frame.end = max(frame.end, frame.start + len(self.lines.text[frame.start : end].rstrip()))
        span = self.lines.span(frame.start, frame.end)
        if frame.is_key:
            self._key_is_collection(frame, span, end)
            return
        if frame.place:
            self.places[frame.at] = Place(value=span, key=frame.place.key)
        value = tuple(frame.items) if frame.entries is None else frame.entries
        self._deliver(Node(value, frame.at, "", self.name))

    def _key_is_collection(self, frame: _Open, span: Span, end: int) -> None:
        written = self.lines.text[frame.start : frame.end]
        parent = self._stack[-1]
        what = "list" if frame.entries is None else "mapping"
        is_template = frame.entries is not None and frame.is_flow and self.lines.text[: frame.start].endswith("{")
        help_ = 'put quotes around it: `"{{ … }}"`' if is_template else "use a word as the key"
        self._report(KEY_NOT_STRING, f"a {what} cannot be a key", span, help=help_)
        parent.key, parent.key_span, parent.key_end = written, span, end
