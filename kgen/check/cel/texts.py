"""
Functions on texts that Kubernetes adds: parts, case, ``format``, regular expressions.

Source: https://pkg.go.dev/github.com/google/cel-go/ext#Strings
"""

from __future__ import annotations

import re
from typing import Any

from kgen.check.cel.standard import float_text, machine
from kgen.check.cel.times import Duration, Timestamp, written
from kgen.check.cel.values import (
    CelError,
    NoOverloadError,
    Overloads,
    TypeValue,
    UInt,
    UnsupportedError,
    parsed,
    type_name,
)

LONGEST = 10**7
"""Characters that an expression may put together."""

_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_CLAUSE = re.compile(r"%(?:\.([0-9]+))?([a-zA-Z%]?)")
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_QUOTED = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
_QUOTED |= {"\\": "\\\\", '"': '\\"'}


def _limited(length: int) -> None:
    if length > LONGEST:
        raise UnsupportedError(f"makes a text of more than {LONGEST} characters")


def _char_at(text: str, index: int) -> str:
    if not 0 <= index <= len(text):
        raise CelError(f"index out of range: {index}")
    return text[index : index + 1]


def _index_of(text: str, part: str, start: int = 0) -> int:
    if not 0 <= start <= len(text):
        raise CelError(f"index out of range: {start}")
    return text.find(part, start)


def _last_index_of(text: str, part: str, last: int | None = None) -> int:
    if last is None:
        return text.rfind(part)
    if not 0 <= last <= len(text):
        raise CelError(f"index out of range: {last}")
    return text.rfind(part, 0, last + len(part))


def _join(items: list[Any], separator: str = "") -> str:
    if not all(type(item) is str for item in items):
        raise NoOverloadError("join", items)
    _limited(sum(map(len, items)) + len(separator) * len(items))
    return separator.join(items)


def _replace(text: str, old: str, new: str, count: int = -1) -> str:
    found = text.count(old) if count < 0 else min(count, text.count(old))
    _limited(len(text) + found * len(new))
    return text.replace(old, new, max(count, -1))


def _split(text: str, separator: str, count: int = -1) -> list[str]:
    if count == 0:
        return []
    if not separator:
        _limited(len(text))
        pieces = list(text)
        return pieces if count < 0 or len(pieces) <= count else [*pieces[: count - 1], "".join(pieces[count - 1 :])]
    return text.split(separator, count - 1 if count > 0 else -1)


def _substring(text: str, start: int, end: int | None = None) -> str:
    end = len(text) if end is None else end
    if not 0 <= start <= len(text) or not 0 <= end <= len(text) or start > end:
        raise CelError(f"invalid substring range. start: {start}, end: {end}")
    return text[start:end]


def _quote(text: str) -> str:
    return f'"{"".join(_QUOTED.get(char, char) for char in text)}"'


def _format(template: str, values: list[Any]) -> str:
    left = iter(values)
    length = 0

    def clause(found: re.Match[str]) -> str:
        nonlocal length
        if found[2] == "%":
            return "%"
        try:
            value = next(left)
        except StopIteration:
            raise CelError(f"`format` has only {len(values)} values") from None
        text = _formatted(found[2], value, found[1])
        length += len(text)
        _limited(length)
        return text

    return _CLAUSE.sub(clause, template)


def _formatted(verb: str, value: Any, digits: str | None) -> str:  # noqa: PLR0911  # one for each verb
    kind = type(value)
    match verb:
        case "s":
            return _as_text(value)
        case "d" if kind in {int, UInt}:
            return str(int(value))
        case "f" | "e" if kind is float:
            precision = min(parsed(digits or "6"), 1000)
            return f"{value:.{precision}{verb}}"
        case "b" if kind in {int, UInt, bool}:
            return f"{int(value):b}"
        case "o" if kind in {int, UInt}:
            return f"{int(value):o}"
        case "x" | "X" if kind in {int, UInt}:
            return f"{int(value):{verb}}"
        case "x" | "X" if kind in {str, bytes}:
            made: str = (value.encode() if kind is str else value).hex()
            return made.upper() if verb == "X" else made
    raise CelError(f"`%{verb}` cannot format a {type_name(value)}")


def _as_text(value: Any) -> str:  # noqa: PLR0911  # one for each type
    if isinstance(value, list):
        return f"[{', '.join(map(_as_text, value))}]"
    if type(value) is dict:
        pairs = sorted(f"{_as_text(key)}: {_as_text(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            return float_text(value)
        case Duration() | Timestamp():
            return written(value)
        case bytes():
            return value.decode(errors="replace")
        case str() | int() | TypeValue():
            return str(value) if not isinstance(value, UInt) else str(int(value))
    raise CelError(f"`%s` cannot format a {type_name(value)}")


def _find(text: str, pattern: str) -> str:
    for start, end in machine(pattern).spans(text):
        return text[start:end]
    return ""


def _find_all(text: str, pattern: str, count: int = -1) -> list[str]:
    made: list[str] = []
    for start, end in machine(pattern).spans(text):
        if 0 <= count <= len(made):
            break
        made.append(text[start:end])
    return made


METHODS: Overloads = {
    "charAt": (((str, int), _char_at),),
    "indexOf": (((str, str), _index_of), ((str, str, int), _index_of)),
    "lastIndexOf": (((str, str), _last_index_of), ((str, str, int), _last_index_of)),
    "join": (((list,), _join), ((list, str), _join)),
    "lowerAscii": (((str,), lambda text: text.translate(_LOWER)),),
    "upperAscii": (((str,), lambda text: text.translate(_UPPER)),),
    "replace": (((str, str, str), _replace), ((str, str, str, int), _replace)),
    "split": (((str, str), _split), ((str, str, int), _split)),
    "substring": (((str, int), _substring), ((str, int, int), _substring)),
    "trim": (((str,), lambda text: text.strip(_SPACE)),),
    "format": (((str, list), _format),),
    "find": (((str, str), _find),),
    "findAll": (((str, str), _find_all), ((str, str, int), _find_all)),
}
FUNCTIONS: Overloads = {"strings.quote": (((str,), _quote),)}
