r"""
Read a regular expression as Go and RE2 do, and compile it to a small machine.

The syntax is not Python's: there are no look-arounds and no back-references, but ``\z``, ``\pL`` and ``\Q…\E``.

Source: https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

from unicodedata import category

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Test: TypeAlias = Callable[[str], bool]
    """Tells whether a character fits."""

    Tree: TypeAlias = tuple[Any, ...]
    """What a part of the pattern is, and its own parts."""

MOST_REPEATS = 1000
DEEPEST = 200
LARGEST = 50_000
"""Instructions of a machine. Go's own bound is of that size."""

CHAR, SPLIT, JUMP, ASSERT, MATCH = range(5)
"""Instructions: a character that fits; two ways, the first one is better; one way; a condition; the end."""

_PERL = {
    "d": lambda char: "0" <= char <= "9",
    "s": lambda char: char in "\t\n\f\r ",
    "w": lambda char: char.isascii() and (char.isalnum() or char == "_"),
}
_POSIX = {
    "alnum": lambda char: char.isascii() and char.isalnum(),
    "alpha": lambda char: char.isascii() and char.isalpha(),
    "ascii": str.isascii,
    "blank": lambda char: char in "\t ",
    "cntrl": lambda char: char < " " or char == "\x7f",
    "digit": _PERL["d"],
    "graph": lambda char: "!" <= char <= "~",
    "lower": lambda char: "a" <= char <= "z",
    "print": lambda char: " " <= char <= "~",
    "punct": lambda char: "!" <= char <= "~" and not char.isalnum(),
    "space": lambda char: char in "\t\n\v\f\r ",
    "upper": lambda char: "A" <= char <= "Z",
    "word": _PERL["w"],
    "xdigit": lambda char: char.isascii() and char in "0123456789abcdefABCDEF",
}
_CONTROL = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
_CONDITIONS = {"A": "start", "z": "end", "b": "word", "B": "not word"}
_CATEGORIES = {
    *("Any", "C", "L", "M", "N", "P", "S", "Z", "Cc", "Cf", "Co", "Cs", "Ll", "Lm", "Lo", "Lt", "Lu", "Mc", "Me"),
    *("Mn", "Nd", "Nl", "No", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Sc", "Sk", "Sm", "So", "Zl", "Zp", "Zs"),
}


class PatternError(ValueError):
    """Go would not take the pattern."""


class UnknownPatternError(PatternError):
    """Go may take the pattern, kgen does not."""


class Parser:
    """Reads one pattern into a tree."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0
        self._flags = frozenset[str]()

    def parsed(self) -> Tree:
        """
        Return the tree of the whole pattern.

        Raises:
            PatternError: There is none.
        """
        tree = self._alternatives()
        if self._at < len(self._text):
            raise PatternError("unexpected `)`")
        return tree

    def _alternatives(self) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise PatternError("is nested too deeply")
        ways = [self._sequence()]
        while self._took("|"):
            ways.append(self._sequence())
        self._depth -= 1
        return ways[0] if len(ways) == 1 else ("either", ways)

    def _sequence(self) -> Tree:
        parts: list[Tree] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            if self._took("\\Q"):
                end = self._text.find("\\E", self._at)
                stop = len(self._text) if end < 0 else end
                literals = [self._literal(char) for char in self._text[self._at : stop]]
                self._at = stop + (2 if end >= 0 else 0)
                parts += [*literals[:-1], *(self._repeated(last) for last in literals[-1:])]
                continue
            part = self._atom()
            parts.append(part if part[0] == "nothing" else self._repeated(part))
        return ("all", parts)

    def _took(self, text: str) -> bool:
        if not self._text.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise PatternError("ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _atom(self) -> Tree:  # noqa: PLR0911  # one for each sign
        char = self._next()
        match char:
            case "(":
                return self._group()
            case "[":
                return ("char", self._class())
            case ".":
                return ("char", _anything if "s" in self._flags else _no_newline)
            case "^":
                return ("assert", "line start" if "m" in self._flags else "start")
            case "$":
                return ("assert", "line end" if "m" in self._flags else "end")
            case "*" | "+" | "?":
                raise PatternError(f"`{char}` repeats nothing")
            case "\\":
                return self._escape()
        return self._literal(char)

    def _literal(self, char: str) -> Tree:
        return ("char", _folded(char) if "i" in self._flags else char.__eq__)

    def _escape(self) -> Tree:
        char = self._text[self._at : self._at + 1]
        if char in _CONDITIONS:
            self._at += 1
            return ("assert", _CONDITIONS[char])
        if test := self._shared_class():
            return ("char", test)
        return self._literal(self._escaped())

    def _shared_class(self) -> Test | None:
        r"""Read ``\d``, ``\pL`` and the like after the backslash, if it is one of them."""
        char = self._text[self._at : self._at + 1]
        if char.lower() in _PERL and char:
            self._at += 1
            test: Test = _PERL[char.lower()]
            return _negated(test) if char.isupper() else test
        if char in {"p", "P"}:
            self._at += 1
            name = self._next()
            if name == "{":
                end = self._text.find("}", self._at)
                if end < 0:
                    raise PatternError("a class of characters has no end")
                name, self._at = self._text[self._at : end], end + 1
            is_negated = (char == "P") != name.startswith("^")
            test = _unicode(name.removeprefix("^"))
            return _negated(test) if is_negated else test
        return None

    def _escaped(self) -> str:
        """Return the character that stands after a backslash."""
        char = self._next()
        if char in _CONTROL:
            return _CONTROL[char]
        if char in "01234567":
            digits = char
            while len(digits) < 3 and self._text[self._at : self._at + 1] in set("01234567"):  # noqa: PLR2004
                digits += self._next()
            if char != "0" and len(digits) == 1:
                raise PatternError(f"`\\{char}`: there are no back-references")
            return chr(int(digits, 8))
        if char == "x":
            return self._hexadecimal()
        if char.isascii() and not char.isalnum():
            return char
        raise PatternError(f"`\\{char}` has no meaning")

    def _hexadecimal(self) -> str:
        if self._took("{"):
            end = self._text.find("}", self._at)
            digits, self._at = self._text[self._at : max(end, self._at)], end + 1
        else:
            digits = self._next() + self._next()
        try:
            return chr(int(digits, 16))
        except (ValueError, OverflowError):
            raise PatternError(f"`\\x` cannot be followed by `{digits}`") from None

    def _group(self) -> Tree:
        before = self._flags
        if self._took("?"):
            if self._took("P<") or self._took("<"):
                end = self._text.find(">", self._at)
                name = self._text[self._at : max(end, self._at)]
                if not name.replace("_", "a").isalnum():
                    raise PatternError("look-arounds and groups without a name are not allowed")
                self._at = end + 1
            elif not self._flagged():
                return ("nothing",)
        tree = self._alternatives()
        if not self._took(")"):
            raise PatternError("a `)` is missing")
        self._flags = before
        return tree

    def _flagged(self) -> bool:
        """Read ``i-s:`` or ``i-s)`` and tell whether a group follows."""
        is_off = False
        while True:
            char = self._next()
            if char in "imsU":
                self._flags = self._flags - {char} if is_off else self._flags | {char}
            elif char == "-" and not is_off:
                is_off = True
            elif char in ":)":
                return char == ":"
            else:
                raise PatternError(f"`(?{char}` has no meaning")

    def _repeated(self, part: Tree) -> Tree:
        if not (counts := self._counts()):
            return part
        is_lazy = self._took("?")
        if self._at < len(self._text) and (self._text[self._at] in "*+?" or self._counts()):
            raise PatternError("a repetition cannot be repeated")
        least, most = counts
        return ("repeat", part, least, most, is_lazy != ("U" in self._flags))

    def _counts(self) -> tuple[int, int | None] | None:
        char = self._text[self._at : self._at + 1]
        if char in {"*", "+", "?"}:
            self._at += 1
            return int(char == "+"), 1 if char == "?" else None
        end = self._text.find("}", self._at)
        if char != "{" or end < 0:
            return None
        low, comma, high = self._text[self._at + 1 : end].partition(",")
        if not _is_count(low) or (high and not _is_count(high)):
            return None
        self._at = end + 1
        least, most = int(low), int(high) if high else None if comma else int(low)
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < least):
            raise PatternError("a count of repetitions is too high")
        return least, most

    def _class(self) -> Test:
        is_negated = self._took("^")
        tests: list[Test] = []
        ranges: list[tuple[str, str]] = []
        is_first = True
        while is_first or not self._took("]"):
            is_first = False
            if self._took("[:"):
                tests.append(self._posix())
            elif self._took("\\"):
                if test := self._shared_class():
                    tests.append(test)
                else:
                    ranges.append(self._range(self._escaped()))
            else:
                ranges.append(self._range(self._next()))
        return _class_test(tuple(tests), tuple(ranges), is_negated=is_negated, is_folded="i" in self._flags)

    def _posix(self) -> Test:
        end = self._text.find(":]", self._at)
        name = self._text[self._at : max(end, self._at)]
        self._at = end + 2
        test: Test | None = _POSIX.get(name.removeprefix("^"))
        if end < 0 or test is None:
            raise PatternError(f"`[:{name}:]` is no class of characters")
        return _negated(test) if name.startswith("^") else test

    def _range(self, low: str) -> tuple[str, str]:
        rest = self._text[self._at : self._at + 2]
        if not rest.startswith("-") or rest in {"-", "-]"}:
            return low, low
        self._at += 1
        high = self._escaped() if self._took("\\") else self._next()
        if high < low:
            raise PatternError(f"`{low}-{high}` is no range")
        return low, high


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and (text == "0" or not text.startswith("0")) and len(text) < 9  # noqa: PLR2004


def _anything(_char: str) -> bool:
    return True


def _no_newline(char: str) -> bool:
    return char != "\n"


def _negated(test: Test) -> Test:
    return lambda char: not test(char)


def _folded(char: str) -> Test:
    same = {char, char.lower(), char.upper(), char.swapcase()}
    return same.__contains__


def _unicode(name: str) -> Test:
    if name not in _CATEGORIES:
        raise UnknownPatternError(f"kgen does not know the class of characters `{name}`")
    if name == "Any":
        return _anything
    return lambda char: category(char).startswith(name)


def _class_test(
    tests: tuple[Test, ...], ranges: tuple[tuple[str, str], ...], *, is_negated: bool, is_folded: bool
) -> Test:
    def is_in(char: str) -> bool:
        return any(low <= char <= high for low, high in ranges) or any(test(char) for test in tests)

    def test(char: str) -> bool:
        found = any(map(is_in, {char, char.lower(), char.upper()})) if is_folded else is_in(char)
        return found != is_negated

    return test
