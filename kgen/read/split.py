"""
Files and streams into the texts of their documents, as kubectl splits them: at lines that start with ``---``.

Each document is read on its own, so that broken text in one of them hides none of the others, and a stream of any
length takes no more memory than its largest document.

Source: https://github.com/kubernetes/apimachinery/blob/master/pkg/util/yaml/decoder.go
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LARGEST = 3 * 1024 * 1024
"""Bytes of a document: what the API server takes in one request."""

_BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 20
_SEPARATOR = rb"(?m)^---([^\n]*)(?:\n|\Z)"
_BLANK = rb"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|[\r\n]|\Z))*"


class Chunk:
    """The text of one document."""

    __slots__ = ("after", "line", "size", "text")

    def __init__(self, text: bytes, line: int = 0, after: str = "", size: int = 0) -> None:
        self.text = text
        """Cut off above ``LARGEST``."""

        self.line = line
        """How many lines of the file stand before it."""

        self.after = after
        """What stands after the ``---`` above it, though nothing but a comment may."""

        self.size = size or len(text)
        """Bytes in the file."""


def chunks(data: bytes) -> Iterator[Chunk]:
    """Yield the documents of a file; at least one. Blank lines and comments above the first ``---`` are none."""
    data = data.removeprefix(_BOM)
    return _several(data, b"", _nothing) if b"---" in data else iter((Chunk(data),))


def stream(read: Callable[[int], bytes]) -> Iterator[Chunk]:
    """
    Yield the same for a file of any size.

    Args:
        read: Returns some of the next bytes, at most as many as asked for, and none at the end.
    """
    return _several(read(_BLOCK).removeprefix(_BOM), read(_BLOCK), read)


def _nothing(_size: int) -> bytes:
    return b""


def _several(block: bytes, more: bytes, read: Callable[[int], bytes]) -> Iterator[Chunk]:
    """Yield the documents of ``block``, ``more``, and what is read after them."""
    open_ = _Open(0, "")
    rest, line, is_first, is_inside_line = b"", 0, True, False
    while True:
        data = rest + block
        # a separator may go on in the next block, unless the line is too long for one
        end = data.rfind(b"\n") + 1 if more and len(data) <= LARGEST else len(data)
        start = 0
        for found in re.compile(_SEPARATOR).finditer(data, 0, end):  # compiled once: `re` remembers
            if is_inside_line and not found.start():
                continue
            open_.add(data[start : found.start()])
            if not (is_first and open_.is_blank):
                yield open_.chunk()
            after = _after(found.group(1))
            line += data.count(b"\n", start, found.end())
            if after and not found.group().endswith(b"\n"):  # the text after it is on the line before the document
                line += 1
            start, is_first = found.end(), False
            open_ = _Open(line, after)
        open_.add(data[start:end])
        line += data.count(b"\n", start, end)
        if not more:
            break
        rest, is_inside_line = data[end:], end > 0 and data[end - 1 : end] != b"\n"
        block, more = more, read(_BLOCK)
    yield open_.chunk()


class _Open:
    """A document whose end has not been seen yet."""

    def __init__(self, line: int, after: str) -> None:
        self._line = line
        self._after = after
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, text: bytes) -> None:
        if self._size < LARGEST:
            self._parts.append(text)
        self._size += len(text)

    @property
    def is_blank(self) -> bool:
        return not self._after and self._size < LARGEST and bool(re.fullmatch(_BLANK, b"".join(self._parts)))

    def chunk(self) -> Chunk:
        return Chunk(b"".join(self._parts).removeprefix(_BOM), self._line, self._after, self._size)


def _after(text: bytes) -> str:
    """Return what stands after a separator, unless it is a comment."""
    found = text.decode(errors="replace").strip()
    return "" if found.startswith("#") else found
