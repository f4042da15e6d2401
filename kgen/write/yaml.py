"""
Objects as YAML that every reader takes for the same values.

Output is committed to Git, so its bytes must not change with somebody else's release, nor between a machine that has
libyaml and one that has not. And the dumpers at hand quote for *one* version of YAML, so the rules for strings would be
ours in any case. What is left, indenting, is a few lines. Two libraries of two YAML versions read it back in the tests.

Source: https://yaml.org/spec/1.2.2/ and, for the words of 1.1, https://yaml.org/type/
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_INDENT = "  "

_LONGEST_KEY = 512
"""A reader may give up on ``key:`` after 1024 bytes, quotes and escapes included; a longer one is written ``? key``."""

_HIDDEN = (
    "\x00-\x1f\x7f-\xa0\xad\u061c\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\ud800-\udfff\ufeff\ufff0-\uffff\U000e0000-\U000e007f"
)
"""
Characters that a reviewer cannot see, or that turn the text around them (and all that YAML forbids).

Ranges, not ``str.isprintable``: what is printable changes with Python's Unicode tables, and so would the bytes.
"""

_ESCAPED = re.compile(rf'["\\{_HIDDEN}]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

_START = re.compile(
    r"""
      [A-Za-z0-9_/$(] | [^\x00-\xa0]    # what no reader takes for an indicator
    | -(?!--)[A-Za-z/-]                 # options as -v and --bind, but no start of a document
    | \.{1,2}[A-Za-z/]                  # paths as ./run and .env
    """,
    re.VERBOSE,
)
_BREAK = re.compile(rf":\ |:\Z|\ \#|\ \Z|[{_HIDDEN}]")
"""What ends plain text early, or cannot stand in it. Text with a start and no break ends where its line ends."""

_NUMBER = re.compile(
    r"""
      [-+.]* [0-9] [0-9_.,:+eE-]*                    # 8000, 012, 1_000, .5, 1., 1e3, 1.10, 12:30:45, 2026-01-31
    | [-+]? 0 (?: [xX][0-9a-fA-F_.pP+-]* | [oObB][0-9_]* )
    | [0-9]{4} - [0-9]{1,2} - [0-9]{1,2} [Tt ] .*    # a date with a time
    """,
    re.VERBOSE,
)
"""More than any reader takes for a number or a time: quotes too many cost nothing, quotes too few an outage."""

_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"})
"""Booleans, nulls and numbers of some reader, in any case, once signs and dots in front of them are gone."""

_CONSTANTS = {None: "null", True: "true", False: "false"}

_LITERAL = re.compile(rf"(?![\ \t\n])(?:[\t\n]|[^{_HIDDEN}])+")
_BLANK_LINE = re.compile(r"^[ \t]+$", re.MULTILINE)


def text(manifest: Mapping[str, Any], header: str) -> str:
    """
    Return ``manifest`` as one YAML document: keys in their order, block style, no anchors, no folded lines.

    >>> print(text({"kind": "ConfigMap", "data": {"DEBUG": "no", "hosts": ["a", "b"]}}, "Made by kgen."), end="")
    # Made by kgen.
    kind: ConfigMap
    data:
      DEBUG: "no"
      hosts:
        - a
        - b

    Args:
        manifest: Mappings with string keys, lists, tuples, strings, numbers, booleans, ``None``.
        header: The comment on top, one line without its ``#``; no comment if empty.

    Raises:
        TypeError: A value that has no form in JSON. A bug of the caller.
    """
    top = [f"# {_ESCAPED.sub(_hidden_only, header)}"] if header else []
    body = list(_lines(manifest, "")) if manifest else ["{}"]
    return "\n".join([*top, *body, ""])


def _lines(value: Any, pad: str) -> Iterator[str]:
    """Yield the lines of a mapping or list that is not empty, each indented by ``pad``."""
    return _mapping(value, pad) if isinstance(value, Mapping) else _sequence(value, pad)


def _mapping(items: Mapping[str, Any], pad: str) -> Iterator[str]:
    for key, value in items.items():
        lead = _key(key, pad)
        if _is_block(value):
            yield lead
            yield from _lines(value, pad + _INDENT)
        else:
            yield f"{lead} {_scalar(value, pad + _INDENT)}"


def _sequence(items: Iterable[Any], pad: str) -> Iterator[str]:
    for item in items:
        if _is_block(item):
            inner = _lines(item, pad + _INDENT)
            yield f"{pad}- {next(inner)[len(pad) + 2 :]}"  # the first line goes beside the dash
            yield from inner
        else:
            yield f"{pad}- {_scalar(item, pad + _INDENT)}"


def _is_block(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple) and bool(value)


def _key(key: str, pad: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the key {key!r} is no string")
    written = _string(key)
    return f"{pad}{written}:" if len(written.encode()) <= _LONGEST_KEY else f"{pad}? {written}\n{pad}:"


def _scalar(value: Any, pad: str) -> str:
    """Return ``value`` as it stands after ``key:`` or ``-``; further lines of it are indented by ``pad``."""
    match value:
        case str():
            return _literal(value, pad) if "\n" in value and _is_literal(value) else _string(value)
        case None | True | False:
            return _CONSTANTS[value]
        case int():
            return str(int(value))
        case float():
            return _float(value)
        case Mapping() | list() | tuple():
            return "{}" if isinstance(value, Mapping) else "[]"
        case _:
            raise TypeError(f"{type(value).__name__} has no form in YAML: {value!r}")


def _float(value: float) -> str:
    """Write the shortest digits that give ``value`` back, with the dot that YAML 1.1 wants before an exponent."""
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    digits, exponent, power = repr(float(value)).partition("e")
    return f"{digits}{'' if '.' in digits else '.0'}{exponent}{power}"


def _is_literal(value: str) -> bool:
    """
    Tell whether a ``|`` block carries ``value`` to the last character, for every reader.

    White space in front would be taken for indentation, and lines of nothing else get lost in editors.
    """
    return _LITERAL.fullmatch(value) is not None and _BLANK_LINE.search(value) is None


def _literal(value: str, pad: str) -> str:
    body = value.removesuffix("\n")
    keep = "-" if body == value else "+" if body.endswith("\n") else ""
    return f"|{keep}\n" + "\n".join(pad + line if line else "" for line in body.split("\n"))


def _string(value: str) -> str:
    """Return ``value`` on one line, in double quotes if a reader could take it for anything but this string."""
    if _START.match(value) and not _BREAK.search(value) and not _is_special(value):
        return str.__str__(value)  # of an enumeration the value, not its name
    return f'"{_ESCAPED.sub(_escape, value)}"'


def _is_special(value: str) -> bool:
    """Tell whether some reader takes ``value`` for a number, a time, a boolean, or nothing."""
    return _NUMBER.fullmatch(value) is not None or value.lstrip("+-.").lower() in _WORDS


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    long = f"\\x{code:02x}" if character <= "\xff" else f"\\u{code:04x}" if character <= "\uffff" else f"\\U{code:08x}"
    return _SHORT.get(character, long)


def _hidden_only(match: re.Match[str]) -> str:
    return match[0] if match[0] in '"\\' else _escape(match)
