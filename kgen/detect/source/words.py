"""
The words of a file, each once: a tenth of its text, and all that has to be looked through for most questions.

Detection asks some hundred times which files have a certain word, and hardly any has it.
"""

import re
from functools import cache
from typing import TypeAlias

Sought: TypeAlias = tuple[tuple[bytes, re.Pattern[bytes]], ...]
"""
Part of the words of each file that has something → what that is, of several things of which one is enough.

They are looked for one by one: one pattern for all of them takes five times as long.
"""

_PLAIN = {*b"0123456789_", *range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1), *range(0x80, 0x100)}
_BREAKS = bytes(byte if byte in _PLAIN else ord("\n") for byte in range(0x100))
_WORD = re.compile(rb"[A-Za-z0-9_\x80-\xff]+")


def words(content: bytes) -> bytes:
    r"""
    Return the words of ``content``, each between two line breaks.

    >>> words(b"print(print)")
    b'\nprint\n'
    """
    return b"\n%b\n" % b"\n".join(dict.fromkeys(content.translate(_BREAKS).split()))


@cache
def sign(text: bytes) -> bytes:
    r"""
    Return what the words of each file have in them that has ``text``: its longest word, with the breaks around it.

    >>> sign(b"Celery("), sign(b" @app.task"), sign(b"://")
    (b'Celery\n', b'\ntask', b'')
    """
    longest = max(_WORD.finditer(text), key=lambda match: len(match[0]), default=None)
    if longest is None:
        return b""
    before = b"\n" if longest.start() else b""
    return before + longest[0] + (b"\n" if longest.end() < len(text) else b"")


@cache
def signs(texts: tuple[bytes, ...]) -> tuple[tuple[bytes, bytes], ...]:
    """Return each of ``texts`` with its sign."""
    return tuple((text, sign(text)) for text in texts)


@cache
def sought(*texts: str) -> Sought:
    """Return ``texts`` as what is looked for."""
    return tuple((sign(text.encode()), re.compile(re.escape(text.encode()))) for text in texts)


def places(content: bytes, known: bytes, wanted: Sought) -> list[int]:
    """Return where ``content``, whose words are ``known``, has one of ``wanted``, in order."""
    return sorted(match.start() for mark, pattern in wanted if mark in known for match in pattern.finditer(content))
