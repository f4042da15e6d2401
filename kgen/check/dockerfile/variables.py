"""
Variables in the words of a Dockerfile: which ones are named, and what a word says when they are replaced.

Source: https://github.com/moby/buildkit/blob/master/frontend/dockerfile/shell/lex.go
"""

from __future__ import annotations

import re
from bisect import bisect_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    History: TypeAlias = dict[str, list[tuple[int, str | None]]]
    Parts: TypeAlias = "list[str | Reference]"

_DEEPEST = 20
"""How deep defaults may stand in defaults; nobody writes more than two."""

_NAME = re.compile(r"\d+|[@*#?$!-]|\w+")
_IN_BRACES = re.compile(r"(?P<name>\d+|[@*#?$!-]|\w*)(?P<sign>:[-+?]|[-+?]|##?|%%?|//?|\})")


class BrokenWordError(Exception):
    """A word that Docker cannot make sense of; the message says why."""


class Reference:
    """A variable that is named in a word."""

    __slots__ = ("default", "end", "name", "sign", "start")

    def __init__(self, name: str, start: int, end: int, sign: str = "", default: Parts | None = None) -> None:
        self.name = name
        self.start = start
        """Where its ``$`` stands in the word."""

        self.end = end
        self.sign = sign
        """What follows the name in braces, as ``:-``."""

        self.default: Parts = default or []
        """What follows the sign."""


class Scope:
    """
    What the variables are worth at one place.

    Nothing is copied from place to place: a history says which value came where, and a scope how far to read it.
    """

    __slots__ = ("above", "at", "history", "is_closed")

    def __init__(self, history: History, at: int, above: Scope | None = None, *, is_closed: bool) -> None:
        """
        Args:
            history: For each variable, where it was set, and to what.
            at: What is set from here on does not count.
            above: What counts for variables that are not set.
            is_closed: Whether there are no others: what a base image sets is not in the file.
        """
        self.history = history
        self.at = at
        self.above = above
        self.is_closed = is_closed

    def __contains__(self, name: str) -> bool:
        return self._entry(name) is not None

    def value(self, name: str) -> str | None:
        """Return what ``name`` is worth, or ``None`` if only the build knows, or nobody."""
        entry = self._entry(name)
        return entry[1] if entry is not None else None

    def names(self) -> Iterator[str]:
        scope: Scope | None = self
        while scope is not None:
            yield from (name for name, entries in scope.history.items() if entries[0][0] < scope.at)
            scope = scope.above

    def _entry(self, name: str) -> tuple[int, str | None] | None:
        scope: Scope | None = self
        while scope is not None:
            entries = scope.history.get(name, ())
            if count := bisect_left(entries, scope.at, key=_place):
                return entries[count - 1]
            scope = scope.above
        return None


def _place(entry: tuple[int, str | None]) -> int:
    return entry[0]


def parts(text: str, escape: str) -> Parts:
    """
    Return ``text`` as plain pieces and variables.

    Raises:
        BrokenWordError: A quote or a brace has no partner, or there is an unknown sign after a name.
    """
    return _Lexer(text, escape).until("", 0)


def references(found: Parts) -> Iterator[Reference]:
    """Yield all variables of ``found``, with those in defaults."""
    for part in found:
        if isinstance(part, Reference):
            yield part
            yield from references(part.default)


def expanded(text: str, escape: str, scope: Scope) -> str | None:
    """Return what ``text`` says without build arguments, or ``None`` if the file does not tell."""
    if "$" not in text and escape not in text and "'" not in text and '"' not in text:
        return text
    try:
        return _filled(parts(text, escape), scope)
    except BrokenWordError:
        return None


def _filled(found: Parts, scope: Scope) -> str | None:
    made = ""
    for part in found:
        value = part if isinstance(part, str) else _value(part, scope)
        if value is None:
            return None
        made += value
    return made


def _value(reference: Reference, scope: Scope) -> str | None:
    is_set = reference.name in scope
    value = scope.value(reference.name)
    match reference.sign:
        case ":-" | "-":
            return (
                value if value or (value is not None and reference.sign == "-") else _filled(reference.default, scope)
            )
        case ":+" | "+":
            if not is_set and scope.is_closed:
                return ""
            return value and _filled(reference.default, scope)
        case "" | ":?" | "?":
            return "" if not is_set and scope.is_closed else value
        case _:  # patterns
            return None


class _Lexer:
    """Goes through a word once."""

    def __init__(self, text: str, escape: str) -> None:
        self.text = text
        self.escape = escape
        self.at = 0

    def until(self, stop: str, depth: int) -> Parts:
        """Return what stands before the first ``stop``, and move behind it."""
        if depth > _DEEPEST:
            raise BrokenWordError("has too many defaults in each other")
        made: Parts = []
        text = self.text
        while self.at < len(text):
            sign = text[self.at]
            if sign == stop:
                self.at += 1
                return made
            if sign == "$":
                made.append(self._variable(depth))
            elif sign == "'":
                end = text.find("'", self.at + 1)
                if end < 0:
                    raise BrokenWordError("has a single quote without its partner")
                made.append(text[self.at + 1 : end])
                self.at = end + 1
            elif sign == '"':
                made += self._quoted(depth)
            else:
                skipped = sign == self.escape
                made.append(text[self.at + skipped : self.at + skipped + 1])
                self.at += 1 + skipped
        if stop:
            raise BrokenWordError(f"lacks a `{stop}`")
        return made

    def _quoted(self, depth: int) -> Parts:
        made: Parts = []
        text = self.text
        self.at += 1
        while self.at < len(text):
            sign = text[self.at]
            if sign == '"':
                self.at += 1
                return made
            if sign == "$":
                made.append(self._variable(depth))
                continue
            if sign == self.escape and text[self.at + 1 : self.at + 2] in {'"', "$", self.escape}:
                self.at += 1
                sign = text[self.at]
            made.append(sign)
            self.at += 1
        raise BrokenWordError("has a double quote without its partner")

    def _variable(self, depth: int) -> str | Reference:
        start = self.at
        if self.text[start + 1 : start + 2] != "{":
            found = _NAME.match(self.text, start + 1)
            self.at = found.end() if found else start + 1
            return Reference(found.group(), start, self.at) if found else "$"
        found = _IN_BRACES.match(self.text, start + 2)
        if found is None or not found["name"]:
            raise BrokenWordError("has a `${` without a name, an end, or a sign that Docker knows")
        self.at = found.end()
        sign = found["sign"]
        if sign == "}":
            return Reference(found["name"], start, self.at)
        default: Parts = []
        if sign[0] == "/":
            default = self.until("/", depth + 1)
        default += self.until("}", depth + 1)
        return Reference(found["name"], start, self.at, sign, default)
