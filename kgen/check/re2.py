"""
Find a regular expression in a text, in time that grows with the text only.

Python's own ``re`` has another syntax, and tries until the sun burns out where a pattern such as ``(a+)+$`` does not
fit; the API server does neither. So a pattern becomes a machine that is in many states at once.

Source: https://swtch.com/~rsc/regexp/regexp1.html
"""

from __future__ import annotations

from functools import lru_cache

from kgen.check.re2_syntax import (
    ASSERT,
    CHAR,
    JUMP,
    LARGEST,
    MATCH,
    MOST_REPEATS,
    SPLIT,
    Parser,
    PatternError,
    UnknownPatternError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, TypeAlias

    from kgen.check.re2_syntax import Tree

    Instruction: TypeAlias = tuple[int, Any, int, int]
    """What to do, with what, and where to go on."""

__all__ = ["Machine", "PatternError", "UnknownPatternError", "compiled"]

_MOST_STATES = 2000
"""Sets of states that are kept; then all are forgotten."""


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Machine:
    """
    Return the machine that finds ``pattern``.

    >>> compiled("^a+$").search("aaa"), compiled("^a+$").search("ab")
    (True, False)

    Raises:
        PatternError: ``pattern`` is no regular expression.
    """
    try:
        tree = Parser(pattern).parsed()
        _check_repeats(tree, MOST_REPEATS)
        code = _Code()
        code.add(tree)
    except RecursionError:
        raise PatternError("is nested too deeply") from None
    return Machine((*code.made, (MATCH, None, 0, 0)))


def _check_repeats(tree: Tree, most: int) -> None:
    kind = tree[0]
    if kind == "repeat":
        count = max(tree[2], tree[3] or 0)
        if count > most:
            raise PatternError("a count of repetitions is too high")
        _check_repeats(tree[1], most // max(count, 1))
    elif kind in {"all", "either"}:
        for part in tree[1]:
            _check_repeats(part, most)


class _Code:
    """Instructions in the making."""

    def __init__(self) -> None:
        self.made: list[Instruction] = []

    def _put(self, kind: int, what: Any = None) -> int:
        if len(self.made) >= LARGEST:
            raise PatternError("is too large")
        at = len(self.made)
        self.made.append((kind, what, at + 1, 0))
        return at

    def _aim(self, at: int, first: int, second: int = 0) -> None:
        kind, what, _, _ = self.made[at]
        self.made[at] = (kind, what, first, second)

    def add(self, tree: Tree) -> None:
        """Append the instructions for ``tree``."""
        match tree[0]:
            case "char":
                self._put(CHAR, tree[1])
            case "assert":
                self._put(ASSERT, tree[1])
            case "all":
                for part in tree[1]:
                    self.add(part)
            case "either":
                self._either(tree[1])
            case "repeat":
                self._repeat(*tree[1:])

    def _either(self, ways: Sequence[Tree]) -> None:
        ends = []
        for way in ways[:-1]:
            split = self._put(SPLIT)
            self.add(way)
            ends.append(self._put(JUMP))
            self._aim(split, split + 1, len(self.made))
        self.add(ways[-1])
        for end in ends:
            self._aim(end, len(self.made))

    def _repeat(self, part: Tree, least: int, most: int | None, is_lazy: bool) -> None:  # noqa: FBT001
        for _ in range(least):
            self.add(part)
        if most is None:
            split = self._put(SPLIT)
            self.add(part)
            self._aim(self._put(JUMP), split)
            self._choose(split, len(self.made), is_lazy=is_lazy)
            return
        splits = []
        for _ in range(most - least):
            splits.append(self._put(SPLIT))
            self.add(part)
        for split in splits:
            self._choose(split, len(self.made), is_lazy=is_lazy)

    def _choose(self, split: int, end: int, *, is_lazy: bool) -> None:
        self._aim(split, *((end, split + 1) if is_lazy else (split + 1, end)))


class _State:
    """Where the machine may be after a character: instructions, best first, and what the character was."""

    __slots__ = ("at_end", "before", "moves", "places")

    def __init__(self, places: tuple[int, ...], before: str) -> None:
        self.places = places
        self.before = before
        self.moves: dict[str, _State | None] = {}
        """The next state for a character, or ``None`` if the pattern was found before it."""
        self.at_end: bool | None = None


class Machine:
    """A compiled pattern."""

    def __init__(self, code: tuple[Instruction, ...]) -> None:
        self._code = code
        self._states: dict[tuple[tuple[int, ...], str], _State] = {}

    def search(self, text: str) -> bool:
        """Tell whether the pattern is found anywhere in ``text``."""
        state = self._state((0,), "")
        for char in text:
            moved = state.moves.get(char, state)
            if moved is state and char not in state.moves:
                moved = state.moves[char] = self._moved(state, char)
            if moved is None:
                return True
            state = moved
        if state.at_end is None:
            state.at_end = self._followed(state.places, state.before, "")[1]
        return state.at_end

    def _state(self, places: tuple[int, ...], before: str) -> _State:
        if len(self._states) > _MOST_STATES:
            self._states.clear()
        return self._states.setdefault((places, before), _State(places, before))

    def _moved(self, state: _State, char: str) -> _State | None:
        places, is_found = self._followed(state.places, state.before, char)
        if is_found:
            return None
        moved = dict.fromkeys(self._code[place][2] for place in places if self._code[place][1](char))
        moved[0] = None  # the pattern may begin at any character
        return self._state(tuple(sorted(moved)), _kind(char))

    def _followed(self, places: Sequence[int], before: str, char: str) -> tuple[list[int], bool]:
        """Return the character instructions that ``places`` lead to, best first, and whether the end is one."""
        found: dict[int, None] = {}
        seen: set[int] = set()
        is_found = False
        stack = list(reversed(places))
        while stack:
            place = stack.pop()
            if place in seen:
                continue
            seen.add(place)
            kind, what, first, second = self._code[place]
            if kind == CHAR:
                found[place] = None
            elif kind == MATCH:
                is_found = True
            elif kind == SPLIT:
                stack += (second, first)
            elif kind == JUMP or _holds(what, before, _kind(char)):
                stack.append(first)
        return list(found), is_found

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the pattern is found: leftmost, and of several ways the one that Perl would take."""
        start = 0
        last_end = -1
        while start <= len(text):
            span = self._first(text, start)
            if span is None:
                return
            if span[1] > span[0] or span[0] != last_end:
                yield span
                last_end = span[1]
            start = span[1] if span[1] > span[0] else span[1] + 1

    def _first(self, text: str, start: int) -> tuple[int, int] | None:
        threads: list[tuple[int, int]] = []
        best: tuple[int, int] | None = None
        for at in range(start, len(text) + 1):
            if best is None:
                threads.append((0, at))
            if not threads:
                break
            before = _kind(text[at - 1]) if at else ""
            char = text[at : at + 1]
            threads, found = self._stepped(threads, before, char)
            if found is not None:
                best = (found, at)
        return best

    def _stepped(
        self, threads: Sequence[tuple[int, int]], before: str, char: str
    ) -> tuple[list[tuple[int, int]], int | None]:
        """Return the threads after ``char``, and where one began that is at its end; worse ones are dropped."""
        made: dict[int, int] = {}
        seen: set[int] = set()
        stack = list(reversed(threads))
        while stack:
            place, begun = stack.pop()
            if place in seen:
                continue
            seen.add(place)
            kind, what, first, second = self._code[place]
            if kind == MATCH:
                return list(made.items()), begun
            if kind == CHAR:
                if char and what(char):
                    made.setdefault(first, begun)
            elif kind == SPLIT:
                stack += ((second, begun), (first, begun))
            elif kind == JUMP or _holds(what, before, _kind(char)):
                stack.append((first, begun))
        return list(made.items()), None


def _kind(char: str) -> str:
    """Return what conditions ask of a character: none, a newline, part of a word, or something else."""
    if not char or char == "\n":
        return char
    return "w" if char.isascii() and (char.isalnum() or char == "_") else "-"


def _holds(condition: str, before: str, after: str) -> bool:
    match condition:
        case "start":
            return not before
        case "end":
            return not after
        case "line start":
            return before in {"", "\n"}
        case "line end":
            return after in {"", "\n"}
    return ((before == "w") != (after == "w")) == (condition == "word")
