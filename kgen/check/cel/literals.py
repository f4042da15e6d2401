"""Values of the numbers and texts that stand in a CEL expression."""

from __future__ import annotations

import re

from kgen.check.cel.values import INT, UINT, UInt

_PREFIX = re.compile(r"[rRbB]*")
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.?))", re.DOTALL
)
_MOST_DIGITS = 20
"""Of an integer of 64 bits."""

_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def number(written: str) -> int | UInt | float:
    """
    Return the value of a literal.

    >>> number("-5"), number("0x1Fu"), number("1e3")
    (-5, UInt(31), 1000.0)

    Raises:
        ValueError: The number has more than 64 bits.
    """
    digits = written.lower().removesuffix("u")
    if "x" not in digits and ("." in digits or "e" in digits):
        return float(digits)
    is_long = len(digits.lstrip("-0x")) > _MOST_DIGITS  # Python would not read some of those
    value = 2**64 if is_long else int(digits, 16 if "x" in digits else 10)
    is_unsigned = digits != written.lower()
    if value not in (UINT if is_unsigned else INT):
        raise ValueError(f"`{written}` does not fit into 64 bits")
    return UInt(value) if is_unsigned else value


def text(written: str) -> str | bytes:
    r"""
    Return the value of a literal.

    >>> text(r'"a\n"'), text(r"r'a\n'"), text("b'ä'")
    ('a\n', 'a\\n', b'\xc3\xa4')

    Raises:
        ValueError: There is an escape that CEL does not know.
    """
    prefix = _PREFIX.match(written)
    kinds = prefix.group().lower() if prefix else ""
    body = written[len(kinds) :]
    body = body[3:-3] if body[:3] in {'"""', "'''"} else body[1:-1]
    if "b" not in kinds:
        return body if "r" in kinds else _ESCAPE.sub(_character, body)
    if "r" in kinds:
        return body.encode()
    made = bytearray()
    at = 0
    for found in _ESCAPE.finditer(body):
        made += body[at : found.start()].encode()
        made += bytes([ord(_character(found))]) if found[2] or found[5] else _character(found).encode()
        at = found.end()
    return bytes(made + body[at:].encode())


def _character(found: re.Match[str]) -> str:
    simple, two, four, eight, octal, _ = found.groups()
    if simple:
        return _SIMPLE.get(simple, simple)
    if octal:
        return chr(int(octal, 8))
    code = int(two or four or eight or "110000", 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:  # noqa: PLR2004  # the end of Unicode; surrogates
        raise ValueError(f"`{found.group()}` is no escape that CEL knows")
    return chr(code)
