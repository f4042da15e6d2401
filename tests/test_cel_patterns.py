# ruff: noqa: E501  # tables: a case is a line
"""Regular expressions as Go reads them."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgen.check.re2 import PatternError, compiled


@pytest.mark.parametrize(
    ("pattern", "found", "missed"),
    [
        (r"^a$", ["a"], ["a\n", "ba"]),
        (r"(?m)^a$", ["b\na\nc"], ["ba"]),
        (r"\Aa\z", ["a"], ["a\n"]),
        (r"a.c", ["abc"], ["a\nc"]),
        (r"(?s)a.c", ["a\nc"], ["ac"]),
        (r"^(?i)abc$", ["ABC", "aBc"], ["ab"]),
        (r"(?i:a)b", ["Ab"], ["AB"]),
        (r"^[[:alpha:]_]+$", ["aZ_"], ["a1", "ä"]),
        (r"^[^[:digit:]]$", ["a"], ["1"]),
        (r"^[[:^digit:]]$", ["a"], ["1"]),
        (r"^\pL\p{Lu}\PN$", ["äÄ-"], ["aa-", "aA1"]),
        (r"^[\p{Greek}a]$".replace("Greek", "Ll"), ["λ", "a"], ["A"]),
        (r"^\Q.*\E+$", [".*", ".***"], ["ab"]),
        (r"^[a\]-]+$", ["]a-"], ["b"]),
        (r"^[]a]$", ["]"], ["b"]),
        (r"^\x41\x{1F600}\101\n$", ["A😀A\n"], ["A"]),
        (r"\bcat\b", ["a cat!"], ["cats"]),
        (r"\Bat", ["cat"], ["at"]),
        (r"^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
        (r"^a{2}b{1,}$", ["aab"], ["aa"]),
        (r"^a{,2}$", ["a{,2}"], ["aa"]),
        (r"^(?P<first>a|b)(?:c)+?$", ["acc"], ["c"]),
        (r"^$", [""], ["a"]),
        (r"^\d\D\s\S\w\W$", ["1a 1a!"], ["aaaaaa"]),
        (r"(?U)a+", ["a"], ["b"]),
        (r"(?-s).", ["a"], ["\n"]),
        (r"", ["", "a"], []),
    ],
)
def test_patterns(pattern: str, found: list[str], missed: list[str]) -> None:
    machine = compiled(pattern)
    assert [text for text in found if not machine.search(text)] == []
    assert [text for text in missed if machine.search(text)] == []


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(", "a `)` is missing"),
        (")", "unexpected `)`"),
        ("[a", "ends too early"),
        ("*a", "`*` repeats nothing"),
        ("a**", "a repetition cannot be repeated"),
        ("a++", "a repetition cannot be repeated"),
        ("a{2}{3}", "a repetition cannot be repeated"),
        ("a{1001}", "a count of repetitions is too high"),
        ("(a{100}){100}", "a count of repetitions is too high"),
        ("a{3,2}", "a count of repetitions is too high"),
        (r"(a)\1", r"`\1`: there are no back-references"),
        ("(?=a)", "`(?=` has no meaning"),
        ("(?<!a)", "look-arounds and groups without a name are not allowed"),
        (r"\q", r"`\q` has no meaning"),
        (r"\Z", r"`\Z` has no meaning"),
        (r"\xg", r"ends too early"),
        (r"\xgg", r"`\x` cannot be followed by `gg`"),
        ("[b-a]", "`b-a` is no range"),
        ("[[:sparkle:]]", "`[:sparkle:]` is no class of characters"),
        (r"\p{Greek}", "kgen does not know the class of characters `Greek`"),
        (r"\p{L", "a class of characters has no end"),
        ("(" * 500 + ")" * 500, "is nested too deeply"),
    ],
)
def test_what_is_no_pattern(pattern: str, message: str) -> None:
    with pytest.raises(PatternError) as raised:
        compiled(pattern)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("pattern", "text", "spans"),
    [
        ("a|ab", "ab", [(0, 1)]),
        ("ab|a", "ab", [(0, 2)]),
        ("a*", "baa", [(0, 0), (1, 3)]),
        ("a*?", "aa", [(0, 0), (1, 1), (2, 2)]),
        ("(a|ab)(c|bcd)", "abcd", [(0, 4)]),
        ("x", "aaa", []),
    ],
)
def test_the_leftmost_match_is_found_first(pattern: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert list(compiled(pattern).spans(text)) == spans


ATOMS = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", "(a|b)", "(?:ab|a)", r"\d", r"\w", "^", "\\b", "a*", "b+", "a?", "(?:a*b)*", "a{1,2}", "b*?"])  # fmt: skip
PATTERNS = st.lists(ATOMS, max_size=5).map("".join)


@given(PATTERNS, st.text(alphabet="ab1 ", max_size=8))
def test_patterns_that_python_reads_alike_are_found_alike(pattern: str, text: str) -> None:
    spans = [found.span() for found in re.finditer(pattern, text)][:1]
    machine = compiled(pattern)
    assert machine.search(text) == bool(spans)
    assert list(machine.spans(text))[:1] == spans


def test_no_pattern_takes_longer_than_its_text_asks_for() -> None:
    started = time.process_time()
    for pattern in ("^(a+)+$", "^(a|a)*$", "(a*)*b$", "^(([a-z])+.)+[A-Z]([a-z])+$", "a{0,500}a{500}b"):
        assert not compiled(pattern).search("a" * 20_000 + "c")
    assert time.process_time() - started < 2
