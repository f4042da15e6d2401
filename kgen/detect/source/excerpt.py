"""
The part of a Python file that a finder asks about: functions that say nothing of it are emptied before it is parsed.

Parsing is what takes the time in large projects, and nobody looks at most of what is parsed. What is left has the lines
that it had.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache

_FUNCTION = re.compile(rb"def[ \t]")
_SIGNATURE = re.compile(rb"\)[^\n#()]*:(?:[ \t]*(?:#[^\n]*)?\n)+[ \t]*")
"""How the signature of a function ends, if its body begins on another line, and where that begins."""

_QUOTES = re.compile(rb'"""|\'\'\'')
_USUAL = re.compile(rb'"""')
_WORTH = 0.6
"""Share of a file up to which an excerpt is worth making: it may be that somebody else asks for all of it."""

_Span = tuple[int, int]


def excerpt(content: bytes, wanted: Sequence[int]) -> bytes | None:
    r"""
    Return ``content`` with those functions emptied that have none of the places ``wanted``; ``None``: all of it.

    What is made of a file with unusual quotes may be no Python any more.

    >>> text = b"def one(\n):\n" + b"    if a:\n        other()\n" * 2 + b"\ndef two():\n    call()\n"
    >>> excerpt(text, [text.index(b"call")])
    b'def one(\n):\n    pass\n\n\n\n\ndef two():\n    call()\n'
    """
    if b"\r" in content or b"\f" in content:
        return None
    pieces: list[bytes] = []
    done = 0
    for body, end in _emptied(content, wanted):
        pieces += (content[done:body], b"pass", b"\n" * content.count(b"\n", body, end))
        done = end
    left = len(content) - done + sum(map(len, pieces))
    return b"".join((*pieces, content[done:])) if left < _WORTH * len(content) else None


def _emptied(content: bytes, wanted: Sequence[int]) -> Iterator[_Span]:
    """Yield start and end of the body of each function that has none of the places ``wanted``."""
    texts = _texts(content)
    starts = [start for start, _ in texts]
    done = 0
    for start, depth in _definitions(content):
        if start >= done and not _around(texts, starts, start):
            end = _end(content, depth, start + depth, texts, starts)
            place = bisect_left(wanted, start)
            if place == len(wanted) or wanted[place] >= end:
                done = end
                if signature := _SIGNATURE.search(content, start, end):
                    yield signature.end(), end


def _definitions(content: bytes) -> Iterator[_Span]:
    """Yield where each function starts, and how deep."""
    for match in _FUNCTION.finditer(content):
        line = content.rfind(b"\n", 0, match.start()) + 1
        before = content[line : match.start()]
        if before.strip() in {b"", b"async"}:
            yield line, len(before) - len(before.lstrip())


def _end(content: bytes, depth: int, place: int, texts: list[_Span], starts: list[int]) -> int:
    """Return where the line begins at which something stands no deeper than ``depth``, outside of all texts."""
    outside = _outside(depth)
    while match := outside.search(content, place):
        inside = _around(texts, starts, match.end() - 1)
        if not inside:
            return match.start() + 1
        place = inside[1]
    return len(content)


@cache
def _outside(depth: int) -> re.Pattern[bytes]:
    return re.compile(rb"\n[ \t]{0,%d}[^\s#)\]}]" % depth)


def _texts(content: bytes) -> list[_Span]:
    """Return start and end of the texts in triple quotes."""
    found: list[_Span] = []
    quote, begun = b"", 0
    for match in (_QUOTES if b"'''" in content else _USUAL).finditer(content):
        if not quote:
            quote, begun = match[0], match.start()
        elif match[0] == quote and content[match.start() - 1] != _BACKSLASH:
            found.append((begun, match.end()))
            quote = b""
    return found


_BACKSLASH = ord("\\")


def _around(texts: list[_Span], starts: list[int], place: int) -> _Span | None:
    """Return the text that ``place`` is in."""
    before = bisect_right(starts, place) - 1
    return texts[before] if before >= 0 and place < texts[before][1] else None
