"""
What go-yaml 2 makes of YAML, on its way to JSON, and so what kubectl sends: recorded answers, and laws for any text.

Source: https://github.com/kubernetes-sigs/yaml (``YAMLToJSON``), built and run on the texts below
"""

import json
import math
import re
from decimal import Decimal
from itertools import pairwise
from time import process_time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kgen.diag import Path, Span
from kgen.read import careful
from kgen.read.jsontext import read_json
from kgen.read.places import Places
from kgen.read.quick import SYNTAX, Unusual, quick
from kgen.read.rules import MERGED_AGAIN
from kgen.read.split import chunks
from kgen.syntax.lines import Lines
from test_fuzz_parse import texts

REFUSED = object()
"""go-yaml answers with an error."""

BOMB = "a: &a [1]\n" + "".join(f"{new}: &{new} [{9 * f'*{old},'}]\n" for old, new in pairwise("abcdefghi"))

SCALARS: dict[str, Any] = {
    "y": True,
    "Y": True,
    "n": False,
    "N": False,
    "yes": True,
    "Yes": True,
    "YES": True,
    "yEs": "yEs",
    "no": False,
    "No": False,
    "NO": False,
    "on": True,
    "On": True,
    "ON": True,
    "oN": "oN",
    "off": False,
    "Off": False,
    "OFF": False,
    "true": True,
    "True": True,
    "TRUE": True,
    "tRue": "tRue",
    "false": False,
    "False": False,
    "FALSE": False,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "nULL": "nULL",
    "012": 10,
    "+012": 10,
    "-012": -10,
    "0o12": 10,
    "0O12": 10,
    "0o8": "0o8",
    "08": 8,
    "09": 9,
    "-08": -8,
    "0b101": 5,
    "0B101": 5,
    "-0b101": -5,
    "0b-101": -5,
    "0b102": "0b102",
    "0x1F": 31,
    "0X1f": 31,
    "-0x1F": -31,
    "+0x1f": 31,
    "0xG": "0xG",
    "0x": "0x",
    "1_000": 1000,
    "_1": "_1",
    "1_": 1,
    "1__0": 10,
    "0_7": 7,
    "0x_1": 1,
    "1e3": 1000,
    "1E3": 1000,
    "1e+3": 1000,
    "1e-3": 0.001,
    "-1e3": -1000,
    "1e": "1e",
    "1e3_": 1000,
    "1.0": 1,
    "-1.0": -1,
    "1.50": 1.5,
    "1.": 1,
    ".5": 0.5,
    "5.": 5,
    "+.5": 0.5,
    "-.5": -0.5,
    "._5": "._5",
    ".5_0": 0.5,
    ".": ".",
    "..": "..",
    "+": "+",
    "-": REFUSED,
    "--": "--",
    "1:30": "1:30",
    "1:30:45": "1:30:45",
    "190:20:30.15": "190:20:30.15",
    "2001-02-03": "2001-02-03",
    "2001-02-30": "2001-02-30",
    "2001-12-14t21:59:43.10-05:00": "2001-12-14t21:59:43.10-05:00",
    "<<": "<<",
    "=": "=",
    "9223372036854775807": 9223372036854775807,
    "9223372036854775808": 9223372036854775808,
    "-9223372036854775808": -9223372036854775808,
    "-9223372036854775809": -9223372036854776000,
    "18446744073709551615": 18446744073709551615,
    "18446744073709551616": 18446744073709552000,
    "0xFFFFFFFFFFFFFFFF": 18446744073709551615,
    "1e20": 100000000000000000000,
    "1e21": 1e21,
    "1e22": 1e22,
    "1e308": 1e308,
    "1e309": "1e309",
    "1e999": "1e999",
    "-1e999": "-1e999",
    "1e-400": 0,
    "-0": 0,
    "-0.0": 0,
    "00": 0,
    "0e0": 0,
    "0x1p4": "0x1p4",
    "Infinity": "Infinity",
    "inf": "inf",
    "NaN": "NaN",
    "0777": 511,
    "1,000": "1,000",
    "\uff11\uff12": "\uff11\uff12",
    "1.2.3": "1.2.3",
    "1.2.3-rc1": "1.2.3-rc1",
    "10.0.0.0/8": "10.0.0.0/8",
    "100m": "100m",
    "1Gi": "1Gi",
    "5%": "5%",
    "v1": "v1",
    "@x": REFUSED,
    "2001-12-14 21:59:43": "2001-12-14 21:59:43",
    "a b": "a b",
    "a:b": "a:b",
    "a#b": "a#b",
    "a # b": "a",
    "'012'": "012",
    '"yes"': "yes",
    "''": "",
    "'it''s'": "it's",
    '"\\x41\\u00e9\\n\\e"': "Aé\n\x1b",
    '"\\/"': REFUSED,
    "!!str 1": "1",
    "!!str yes": "yes",
    "!!str": "",
    '!!int "3"': 3,
    "!!int 0x1F": 31,
    "!!int 1.0": REFUSED,
    "!!int x": REFUSED,
    "!!float 1": 1,
    "!!float '1.5'": 1.5,
    "!!float x": REFUSED,
    "!!bool 'yes'": True,
    "!!bool 1": REFUSED,
    "!!null ''": None,
    "!!null x": REFUSED,
    "!!binary aGk=": "hi",
    "!!binary aGk": REFUSED,
    "!!binary é": REFUSED,
    "!!timestamp 2001-02-03": "2001-02-03",
    "!!timestamp x": REFUSED,
    "!custom x": "x",
    "!custom 1": "1",
    "!<tag:yaml.org,2002:int> '7'": 7,
    "!<int> 7": "7",
    "! 12": "12",
    "! yes": "yes",
    "!": "",
    "!<!> 12": "12",
    "!!map x": "x",
    ".inf": REFUSED,
    ".Inf": REFUSED,
    "-.Inf": REFUSED,
    "+.INF": REFUSED,
    ".nan": REFUSED,
    ".NaN": REFUSED,
    ".iNF": ".iNF",
    "!!str .inf": ".inf",
    "'.nan'": ".nan",
}
"""After ``a: ``."""

KEYS: dict[str, Any] = {
    "yes": "true",
    "No": "false",
    "1": "1",
    "01": "1",
    "0x10": "16",
    "1.5": "1.5",
    "1.0": "1",
    "1e6": "1e+06",
    "1e3": "1000",
    "0.00001": "1e-05",
    "123456789.5": "1.2345679e+08",
    "-0.0": "-0",
    ".5": "0.5",
    "2001-02-03": "2001-02-03",
    "1:30": "1:30",
    "'yes'": "yes",
    "<<x": "<<x",
    "~": REFUSED,
    "null": REFUSED,
    "''": "",
    "": REFUSED,
    "9223372036854775807": "9223372036854775807",
    "9223372036854775808": REFUSED,
    "1e308": ".inf",
    ".inf": ".inf",
    "-.inf": "-.inf",
    ".nan": ".nan",
    "!!str 1": "1",
    "!!int '0x10'": "16",
    "!!binary aGk=": "hi",
    "! 1": "1",
    "[a]": REFUSED,
    "{a: 1}": REFUSED,
    "? a b": "a b",
    "? yes": "true",
    "? [a]": REFUSED,
    "*x": "v",
    "&k a": "a",
    "=": "=",
    "0.3": "0.3",
    "1e-7": "1e-07",
}

DOCUMENTS: dict[str, tuple[str, Any]] = {
    "merge": ("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}", {"a": {"true": 2, "x": 1}, "b": {"true": 3, "x": 1}}),
    "merge after a key overrides it": (
        "a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}",
        {"a": {"true": 2, "x": 1}, "b": {"true": 2, "x": 1}},
    ),
    "merge of a list: the first wins": (
        "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b]}",
        {"a": {"x": 1}, "b": {"true": 2, "x": 2}, "c": {"true": 2, "x": 1}},
    ),
    "merge of a list, other order": (
        "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*b, *a]}",
        {"a": {"x": 1}, "b": {"true": 2, "x": 2}, "c": {"true": 2, "x": 2}},
    ),
    "two merges": ("a: &a {x: 1}\nb: &b {x: 2}\nc: {<<: *a, <<: *b}", {"a": {"x": 1}, "b": {"x": 2}, "c": {"x": 2}}),
    "merge of a mapping in place": ("c: {<<: {x: 1}, y: 2}", {"c": {"true": 2, "x": 1}}),
    "merge inside a merge": (
        "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}",
        {"a": {"x": 1}, "b": {"true": 2, "x": 1}, "c": {"true": 2, "x": 1}},
    ),
    "merge of nothing": ("c: {<<: []}", {"c": {}}),
    "merge of null": ("c: {<<: }", REFUSED),
    "merge of a number": ("c: {<<: 1}", REFUSED),
    "merge of a list of numbers": ("c: {<<: [1]}", REFUSED),
    "merge of an alias of a list": ("a: &a [{x: 1}]\nc: {<<: *a}", REFUSED),
    "quoted merge key": ("c: {'<<': 1}", {"c": {"<<": 1}}),
    "tagged merge key": ("a: &a {x: 1}\nb: {!!merge <<: *a}", {"a": {"x": 1}, "b": {"x": 1}}),
    "merge key as text": ("b: {!!str <<: 1}", {"b": {"<<": 1}}),
    "alias of a scalar": ("a: &x 012\nb: *x\nc: [*x, *x]", {"a": 10, "b": 10, "c": [10, 10]}),
    "alias as a key": ("a: &x k\nb: {*x : 1}", {"a": "k", "b": {"k": 1}}),
    "anchor given again": ("a: &x 1\nb: *x\nc: &x 2\nd: *x", {"a": 1, "b": 1, "c": 2, "d": 2}),
    "alias before its anchor": ("a: *x\nb: &x 1", REFUSED),
    "alias of nothing": ("a: *x", REFUSED),
    "anchor that contains itself": ("a: &x [*x]", REFUSED),
    "mapping that contains itself": ("a: &x {b: *x}", REFUSED),
    "mapping that merges itself": ("a: &x {<<: *x}", REFUSED),
    "2000 aliases of a scalar": ("a: &x 1\nb: [" + "*x, " * 2000 + "]", {"a": 1, "b": [1] * 2000}),
    "bomb": (BOMB, REFUSED),
    "plain over two lines": ("a: b\n  c\n\n  d", {"a": "b c\nd"}),
    "single quotes over two lines": ("a: 'b\n  c\n\n  d'", {"a": "b c\nd"}),
    "double quotes over two lines": ('a: "b\n  c \\\n  d\\n\n  e"', {"a": "b c d\n e"}),
    "literal": ("a: |\n  b\n   c\n\nd: 1", {"a": "b\n c\n", "d": 1}),
    "literal, kept": ("a: |+\n  b\n\nd: 1", {"a": "b\n\n", "d": 1}),
    "literal, stripped": ("a: |-\n  b\n\nd: 1", {"a": "b", "d": 1}),
    "literal, indented": ("a: |2\n    b\n", {"a": "  b\n"}),
    "literal without line break at the end": ("a: |\n  b", {"a": "b"}),
    "literal with a number": ("a: |\n  012\n", {"a": "012\n"}),
    "folded": ("a: >\n  b\n  c\n\n  d\n   e\n", {"a": "b c\nd\n e\n"}),
    "folded, stripped": ("a: >-\n  b\n  c\n", {"a": "b c"}),
    "document end": ("a: 1\n...\n", {"a": 1}),
    "document end and a comment": ("a: 1\n... # end\n# bye\n", {"a": 1}),
    "document start": ("---\na: 1", {"a": 1}),
    "value on the line of the start": ("--- 1", 1),
    "only comments": ("# a\n\n# b", None),
    "empty": ("", None),
    "only spaces": ("  \n ", None),
    "comment after a value": ("a: 1 # x\nb: c#d", {"a": 1, "b": "c#d"}),
    "windows": ("a: 1\r\nb:\r\n  - c\r\n", {"a": 1, "b": ["c"]}),
    "windows, literal": ("a: |\r\n  b\r\n  c\r\n", {"a": "b\nc\n"}),
    "old mac": ("a: 1\rb: 2\r", {"a": 1, "b": 2}),
    "next line": ("a: 1\x85b: 2", {"a": 1, "b": 2}),
    "next line in quotes": ("a: 'x\x85y'", {"a": "x y"}),
    "line separator": ("a: 1\u2028b: 2", {"a": 1, "b": 2}),
    "paragraph separator": ("a: 'x\u2029y'", {"a": "x\u2029y"}),
    "byte order mark in a value": ("a: x\ufeffy", {"a": "x\ufeffy"}),
    "no-break space": ("a:\xa0b: 1", {"a:\xa0b": 1}),
    "tab after a colon": ("a:\t1", {"a": 1}),
    "tab inside a value": ("a: b\tc", {"a": "b\tc"}),
    "tab before a comment": ("a: 1\t# x", {"a": 1}),
    "tab as indentation": ("a:\n\tb: 1", REFUSED),
    "tab in a list": ("-\ta", REFUSED),
    "tab between a dash and a key": ("-\ta: 1", REFUSED),
    "null character": ("a: \x00", REFUSED),
    "bell": ("a: \x07", REFUSED),
    "escape": ("a: '\x1b[1m'", REFUSED),
    "delete": ("a: \x7f", REFUSED),
    "c1": ("a: \x80", REFUSED),
    "not a character": ("a: \ufffe", REFUSED),
    "emoji": ("a: 🙂", {"a": "🙂"}),
    "null value": ("a:\nb: ~\nc: null\nd: ''", {"a": None, "b": None, "c": None, "d": ""}),
    "list at the depth of its key": ("a:\n- 1\n- 2", {"a": [1, 2]}),
    "list in a list": ("- - 1\n  - 2\n- - 3", [[1, 2], [3]]),
    "flow over lines": ("a: [1,\n  2, {b: 3,\n c}]", {"a": [1, 2, {"b": 3, "c": None}]}),
    "flow with a trailing comma": ("a: [1, 2,]", {"a": [1, 2]}),
    "flow without space after the colon": ("a: {b:1}", {"a": {"b:1": None}}),
    "json in yaml": ('{"a": {"b": [1, 2.0, null, true]}}', {"a": {"b": [1, 2, None, True]}}),
    "complex key": ("? [a]\n: 1", REFUSED),
    "question mark": ("? a\n: 1\n? b", {"a": 1, "b": None}),
    "no space after the colon": ("a:1", "a:1"),
    "two colons": ("a: b: c", REFUSED),
    "unknown directive": ("%FOO\n---\na: 1", REFUSED),
    "tag directive": ("%TAG ! tag:example.com,2000:\n---\na: !x 1", {"a": "1"}),
    "YAML 1.1": ("%YAML 1.1\n---\na: 012", {"a": 10}),
    "unclosed quote": ("a: 'b", REFUSED),
    "unclosed bracket": ("a: [b", REFUSED),
    "percent": ("a: %b", REFUSED),
    "at": ("a: @b", REFUSED),
    "bad escape": ('a: "\\q"', REFUSED),
    "surrogate escape": ('a: "\\ud83d\\ude42"', REFUSED),
    "tag of a mapping": ("!!map {a: 1}", {"a": 1}),
    "wrong tag of a mapping": ("!!int {a: 1}", {"a": 1}),
    "tag without handle": ("a: !e!f x", REFUSED),
    "root is a list": ("- a", ["a"]),
    "root is a scalar": ("hello", "hello"),
    "scalar after indentation": ("  a: 1\n  b: 2", {"a": 1, "b": 2}),
}

STRICTER = {
    "a key twice": ("1: a\n'1': b", "duplicate-key"),
    "text after the root": ("  a: 1\n b: 2", "yaml-syntax-error"),
    "text after the end": ("a: 1\n...\n@", "yaml-syntax-error"),
    "a key that is a list without a value": ("[]: v", "key-not-a-string"),
    "a key after a merge that sets it": ("a: &a {x: 1}\nb: {<<: *a, x: 2}", "merged-key-set-again"),
    "a merge after a key that it sets": ("a: &a {x: 1}\nb: {x: 2, <<: *a}", "merged-key-set-again"),
    "two merges that set a key": ("a: &a {x: 1}\nb: {<<: *a, <<: *a}", "merged-key-set-again"),
    "a list of merges that set a key": ("a: &a {x: 1}\nb: {<<: [*a, {x: 2}]}", "merged-key-set-again"),
    "a key in a merge and in what that merges": ("a: &a {x: 1}\nb: &b {<<: *a, x: 1}", "merged-key-set-again"),
    "base64 with too much padding": ("a: !!binary YWJj=", "value-unlike-its-tag"),
    "two numbers that are one key": ("1: a\n0x1: b", "duplicate-key"),
    "escape of a single quote": ('a: "\\\'"', "yaml-syntax-error"),
}
"""What go-yaml reads without a word, though a part of it is lost or other readers refuse it."""


def answer(text: bytes) -> Any:
    """Return what kubectl makes of ``text``: it takes a key that is merged and set again, as a server does not."""
    value, found = careful.read(text)
    return REFUSED if any(each.rule is not MERGED_AGAIN for each in found) else value


def short(text: bytes) -> Any:
    """Return what the fast reader makes of ``text``, or ``REFUSED`` if it leaves it to the other one."""
    try:
        return quick(text)[0]
    except (SYNTAX, Unusual, RecursionError):
        return REFUSED


def check(text: bytes, wanted: Any) -> None:
    value = answer(text)
    assert same(value, wanted)
    assert short(text) is REFUSED or same(short(text), wanted)


def same(one: Any, other: Any) -> bool:
    return repr(normal(one)) == repr(normal(other))


def normal(value: Any) -> Any:
    """Return ``value`` with sorted keys; whole numbers beyond 64 bits are floats to JSON, however they are written."""
    match value:
        case dict():
            return {key: normal(item) for key, item in sorted(value.items())}
        case list():
            return [normal(item) for item in value]
        case int() if abs(value) >= 2**64:
            return float(value)
        case float() if value.is_integer() and abs(value) < 2**64:
            return int(Decimal(repr(value)))  # Go writes the fewest digits, and then zeros
        case _:
            return value


@pytest.mark.parametrize(("text", "wanted"), SCALARS.items(), ids=map(repr, SCALARS))
def test_scalars_are_what_kubectl_sends(text: str, wanted: Any) -> None:
    check(f"a: {text}".encode(), wanted if wanted is REFUSED else {"a": wanted})
    if text[0].isalnum() and not set(text) & set("#:,"):
        check(f"[{text}]".encode(), wanted if wanted is REFUSED else [wanted])


@pytest.mark.parametrize(("key", "wanted"), KEYS.items(), ids=map(repr, KEYS))
def test_keys_are_what_kubectl_sends(key: str, wanted: Any) -> None:
    anchor = "k: &x v\n" if "*" in key else ""
    line = f"{anchor}{key}\n: 1" if key.startswith("?") else f"{anchor}{key}: 1"
    check(line.encode(), wanted if wanted is REFUSED else ({"k": "v"} if anchor else {}) | {wanted: 1})


@pytest.mark.parametrize(("text", "wanted"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_documents_are_what_kubectl_sends(text: str, wanted: Any) -> None:
    check(text.encode(), wanted)


@pytest.mark.parametrize(("text", "rule"), STRICTER.values(), ids=STRICTER)
def test_what_would_be_lost_unseen_is_a_finding(text: str, rule: str) -> None:
    assert rule in {each.rule.name for each in careful.read(text.encode())[1]}


@pytest.mark.parametrize("text", ["%YAML 1.2\n---\na: 012", "%YAML 1.1\n---\na: 1", "# x\n%TAG ! x\n---\na: 1"])
def test_directives_stand_alone_since_kubectl_splits_below_them(text: str) -> None:
    first, second = chunks(text.encode())
    assert [each.rule.name for each in careful.read(first.text)[1]] == ["yaml-directive"]
    assert answer(second.text) is not REFUSED


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"a: \xff", "text-not-utf8"),
        (b"a: \xed\xa0\x80", "text-not-utf8"),
        ("\ufeffa: 1".encode("utf-16-le"), "text-not-utf8"),
        ("\ufeffa: 1".encode("utf-16-be"), "text-not-utf8"),
        (b"a: \0", "control-character"),
        (b"a: 1\xef\xbf\xbf", "control-character"),
        (b"[" * 20_000, "nesting-too-deep"),
        (b"- " * 20_000, "nesting-too-deep"),
        (b"a: {" * 20_000, "nesting-too-deep"),
        (b"{a: " * 20_000, "nesting-too-deep"),
        (b"\n".join(b" " * depth + b"a:" for depth in range(1200)), "nesting-too-deep"),
        (b"{", "yaml-syntax-error"),
    ],
)
def test_bytes_that_no_document_has_are_findings(data: bytes, rule: str) -> None:
    assert short(data) is REFUSED or rule == "text-not-utf8"
    assert rule in {each.rule.name for each in careful.read(data)[1]}


def test_a_long_line_is_not_deep() -> None:
    check(b"a: " + b"x" * 100_000, {"a": "x" * 100_000})
    check(b"a: '" + b"{[" * 100_000 + b"'", {"a": "{[" * 100_000})
    check(b"a: |\n" + b"  [{},\n" * 20_000, {"a": "[{},\n" * 20_000})
    check(b"a: &x '" + b"- " * 20_000 + b"'\nb: *x", {"a": "- " * 20_000, "b": "- " * 20_000})


def test_a_fault_in_a_repeated_value_is_said_once() -> None:
    assert len(careful.read(b"a: &x {b: 1, b: 2}\nc: [*x, *x, *x]")[1]) == 1


@settings(max_examples=500)
@given(texts)
@example("a: ! 1")
@example("\x85!")
@example("a: -0.0")
def test_both_readers_read_the_same(text: str) -> None:
    data = text.encode("utf-8", "replace")
    value = short(data)
    if value is not REFUSED:
        assert repr(careful.read(data)) == repr((value, ()))


numbers = st.one_of(st.integers(-(2**63), 2**64 - 1), st.floats(allow_nan=False, allow_infinity=False))
traps = st.sampled_from(["012", "yes", "~", "<<", "é"])
leaves = st.one_of(st.none(), st.booleans(), numbers, traps, st.text(max_size=8))
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(st.text(max_size=6), values, min_size=1, max_size=4)


@settings(max_examples=150)
@given(objects, st.sampled_from([None, 2]), st.booleans())
def test_json_is_read_as_json(value: dict[str, Any], indent: int | None, is_ascii: bool) -> None:  # noqa: FBT001
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    if not re.search("[\ud800-\udfff]", text):
        assert same(read_json(text.encode())[0], json.loads(text))


@settings(max_examples=60)
@given(objects.filter(lambda value: str(value).isprintable() and "\\" not in str(value)))
def test_json_is_yaml_too_and_every_place_is_right(value: dict[str, Any]) -> None:
    data = json.dumps(value, indent=1, ensure_ascii=False).encode()
    check(data, value)
    check_places(data, value)


@settings(max_examples=500)
@given(texts)
@example("a: &x {b: 1, c: [2, 012]}\nd: {c: 0, <<: *x, e: 1}\nf: {<<: [*x, {b: 3}]}")
@example("? yes\n: {1.5: {2: x}}")
@example("a: |\n  x\n\n\nb: >-\n  y\n\n")
def test_every_place_reads_as_the_value_that_is_there(text: str) -> None:
    data = text.encode("utf-8", "replace")
    value, found = careful.read(data)
    if not found and value is not None:
        check_places(data, value)


def check_places(data: bytes, value: Any) -> None:
    text = data.decode()
    places = Places(data)
    for path, item in walked(value):
        span = places.span(path)
        start, end = offsets(text, span)
        if isinstance(item, str | int | float) and "\n" not in text[start:end]:
            part = text[start:end]
            again = careful.read(f"- {part}".encode())[0] if part else [None]
            assert again is None or "*" in part or same(again, [item])
        elif isinstance(item, dict | list):
            assert 0 <= start <= end <= len(text)
        assert inside(places.span(path, on_key=True), text)


def walked(value: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(path, value), *(found for step, item in items for found in walked(item, (*path, step)))]


def offsets(text: str, span: Span) -> tuple[int, int]:
    starts = Lines.of(text).starts
    assert inside(span, text)
    return starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1


def inside(span: Span, text: str) -> bool:
    lines = Lines.of(text)
    ends = [lines.end(start) for start in lines.starts]
    first, last = lines.starts[span.line - 1] + span.column - 1, lines.starts[span.end_line - 1] + span.end_column - 1
    return first <= last and first <= ends[span.line - 1] and last <= ends[span.end_line - 1]


def test_places_of_many_values_are_found_in_time_that_grows_with_them_only() -> None:
    places = Places(b"ports:\n" + b"".join(b"  - port: x%d\n" % number for number in range(20_000)))
    started = process_time()
    for number in range(20_000):
        span = places.span(("ports", number, "port"))
        assert (span.line, span.column, span.end_column) == (number + 2, 11, 12 + len(str(number)))
    assert process_time() - started < 2


def test_a_parent_ends_where_its_last_value_does() -> None:
    places = Places(b"a:\n  b:\n    c: 1\n \n\n\nd: 2\n")
    assert places.span(("a", "b")) == Span(line=3, column=5, end_line=3, end_column=9)
    assert places.span(("a", "b", "x")) == Span(line=2, column=3, end_line=2, end_column=4)
    assert places.span(("x",)) == Span(line=1, column=1, end_line=1, end_column=3)


@pytest.mark.parametrize("escape", [r"\ud83d\ude00", r"\uD83D", r"\\\udfff", r"\\ud83d \"\ud83d", r"\\ud83d"])
def test_surrogates_in_json_do_not_hide_places(escape: str) -> None:
    text = f'{{"{escape}": "{escape}",\n "a": {{"b": "{escape}", "c": 1}}}}'
    places, column = Places(text.encode()), len(escape) + 17
    assert places.span(("a", "c")) == Span(line=2, column=column + 5, end_line=2, end_column=column + 6)
    assert places.scalar(("a", "b")) == f'"{escape}"'


def test_text_that_is_broken_beside_its_surrogates_has_no_places() -> None:
    assert Places(rb'{"a": "\ud83d", "b": "\q"}').span(("b",)) == Span(line=1, column=1, end_line=1, end_column=1)


def test_a_byte_order_mark_above_a_later_document_moves_nothing() -> None:
    first, second = chunks(b"a: 1\n---\n\xef\xbb\xbfb: 2\nc: 3\n")
    assert (first.text, second.text, second.size) == (b"a: 1\n", b"b: 2\nc: 3\n", 13)
    assert Places(second.text).span(("c",)) == Span(line=2, column=4, end_line=2, end_column=5)


def test_numbers_are_never_infinite() -> None:
    for text in ("9" * 5000, "1" + "0" * 400, "0x" + "f" * 500, "0" + "7" * 5000, "-" + "9" * 5000):
        value = answer(f"a: {text}".encode())
        assert value == {"a": text} or math.isfinite(value["a"])
