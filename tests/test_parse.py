"""What the parser reads, what it refuses, and where it says the fault is."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kgen.diag import Label, Span, has_error
from kgen.load import files
from kgen.load.build import MAX_DEPTH
from kgen.load.parse import MAX_SIZE, parse
from kgen.source import Node, Source, plain, walk
from kgen.syntax import rules as syntax

Found = list[tuple[str, int, int]]

UNKNOWN = 0
"""Line and column of a finding about the file as a whole."""


def found(source: Source) -> Found:
    spans = [(each.rule.name, source.span(each.at)) for each in source.found]
    return [(name, span.line, span.column) if span else (name, UNKNOWN, UNKNOWN) for name, span in spans]


STRUCTURE: dict[str, tuple[str | bytes, Found]] = {
    "duplicate key": ("a: 1\nb: 2\na: 3\n", [("duplicate-key", 3, 1)]),
    "duplicate key, twice": ("a: 1\na: 2\na: 3\n", [("duplicate-key", 2, 1), ("duplicate-key", 3, 1)]),
    "duplicate key in brackets": ("x: {b: 1, b: 2}", [("duplicate-key", 1, 11)]),
    "duplicate key, quoted": ("on: 1\n'on': 2\n", [("duplicate-key", 2, 1)]),
    "faults in a duplicate": ("a: 1\na: {b: 1, b: 2}", [("duplicate-key", 2, 1), ("duplicate-key", 2, 11)]),
    "anchor": ("a: &x 1", [("yaml-anchor", 1, 4)]),
    "anchor on a key": ("&x a: 1", [("yaml-anchor", 1, 1)]),
    "anchor on nothing": ("a: &x\nb: 1", [("yaml-anchor", 1, 4)]),
    "anchor without a name": ("a: &\nb: 1", [("yaml-anchor", 1, 4)]),
    "alias": ("a: *x", [("yaml-alias", 1, 4)]),
    "alias as a key": ("*x : 1", [("yaml-alias", 1, 1)]),
    "alias as the root": ("*x", [("yaml-alias", 1, 1)]),
    "alias of its own parent": ("a: &x [*x]", [("yaml-anchor", 1, 4), ("yaml-alias", 1, 8)]),
    "cron schedule": ("s: */5 * * * *", [("yaml-alias", 1, 4)]),
    "cron schedule of stars": ("s: * * * * *", [("yaml-alias", 1, 4)]),
    "merge key": ("<<: {a: 1}", [("merge-key", 1, 1)]),
    "merge key with alias": ("b: &x {}\nc:\n  <<: *x\n", [("yaml-anchor", 1, 4), ("merge-key", 3, 3)]),
    "tag": ("a: !!int '3'", [("yaml-tag", 1, 4)]),
    "tag on an empty key": ("!!int : 3", [("yaml-tag", 1, 1)]),
    "tag of one's own": ("a: !foo b", [("yaml-tag", 1, 4)]),
    "tag without a name": ("a: ! b", [("yaml-tag", 1, 4)]),
    "tag and anchor": ("a: !t &x b", [("yaml-anchor", 1, 7), ("yaml-tag", 1, 4)]),
    "anchor and tag": ("a: &x !t b", [("yaml-anchor", 1, 4), ("yaml-tag", 1, 7)]),
    "tag on a list": ("a: !!set [b]", [("yaml-tag", 1, 4)]),
    "tag with an unknown handle": ("a: !e!foo b", [("yaml-tag", 1, 4)]),
    "Python object": ("!!python/object:os.x {}", [("yaml-tag", 1, 1)]),
    "number as a key": ("a: 1\n8080: x", [("key-not-a-string", 2, 1)]),
    "fraction as a key": ("1.5: x", [("key-not-a-string", 1, 1)]),
    "boolean as a key": ("true: x", [("key-not-a-string", 1, 1)]),
    "null as a key": ("~: x", [("key-not-a-string", 1, 1)]),
    "no key": (": x", [("key-not-a-string", 1, 1)]),
    "list as a key": ("? [a]\n: 1", [("key-not-a-string", 1, 3)]),
    "block list as a key": ("? - a\n  - b\n: 1", [("key-not-a-string", 1, 3)]),
    "template": ("a: {{ x }}", [("key-not-a-string", 1, 5)]),
    "faults inside a key": (
        "? [&x a]\n: &y 1",
        [("yaml-anchor", 1, 4), ("key-not-a-string", 1, 3), ("yaml-anchor", 2, 3)],
    ),
    "two documents": ("a: 1\n---\nb: 2", [("several-documents", 2, 1)]),
    "second document without a mark": ("a: 1\n...\nb: 2", [("several-documents", 3, 1)]),
    "faults before two documents": ("a: &x 1\n---\nb: &y 2", [("yaml-anchor", 1, 4), ("several-documents", 2, 1)]),
    "directive": ("%YAML 1.1\n---\na: on", [("yaml-directive", 1, 1)]),
    "directive that ruamel chokes on": ("# x\r\n%YAML 1.3\r\n---\r\na: 1", [("yaml-directive", 2, 1)]),
    "tag directive": ("%YAML 1.2\n%TAG ! x\n---\na: 1", [("yaml-directive", 2, 1)]),
    "directive without a document": ("%FOO", [("yaml-directive", 1, 1)]),
    "late directive": ("a: 1\n%x: 2", [("yaml-directive", 2, 1)]),
    "nothing": ("", [("empty-file", UNKNOWN, UNKNOWN)]),
    "nothing but a byte order mark": ("\ufeff", [("empty-file", UNKNOWN, UNKNOWN)]),
    "comments": ("# a: 1\n\n  # b\n", [("empty-file", UNKNOWN, UNKNOWN)]),
    "document mark": ("---", [("empty-file", UNKNOWN, UNKNOWN)]),
    "document marks": ("--- # x\n...\n", [("empty-file", UNKNOWN, UNKNOWN)]),
    "list at the root": ("- a\n- b", [("root-not-a-mapping", 1, 1)]),
    "text at the root": ("# x\n\napp", [("root-not-a-mapping", 3, 1)]),
    "null at the root": ("~", [("root-not-a-mapping", 1, 1)]),
    "no space after the colon": ("name:app", [("root-not-a-mapping", 1, 1)]),
    "infinity": ("a: .inf", [("number-out-of-range", 1, 4)]),
    "no number": ("a: [.nan]", [("number-out-of-range", 1, 5)]),
    "number too large": ("a: 9223372036854775808", [("number-out-of-range", 1, 4)]),
    "number of many digits": ("a: " + "9" * 10_000, [("number-out-of-range", 1, 4)]),
    "fraction too large": ("a: 1e999", [("number-out-of-range", 1, 4)]),
    "half a character": ('a: "\\ud800"', [("yaml-syntax-error", 1, 4)]),
    "half a character in a key": ('"\\ud800": 1', [("yaml-syntax-error", 1, 1)]),
    "all at once": (
        "a: &x 1\nb: *x\na: !t 2\n7: c\n<<: {d: .inf}\n",
        [
            ("yaml-anchor", 1, 4),
            ("yaml-alias", 2, 4),
            ("duplicate-key", 3, 1),
            ("yaml-tag", 3, 4),
            ("key-not-a-string", 4, 1),
            ("merge-key", 5, 1),
            ("number-out-of-range", 5, 9),
        ],
    ),
}

SYNTAX: dict[str, tuple[str | bytes, Found]] = {
    "tab before a key": ("a:\n\tb: 1", [("tab-indentation", 2, 1)]),
    "tab after spaces": ("a:\n  \t- b", [("tab-indentation", 2, 3)]),
    "tab after a value": ("a: 1\t\nb: 2", [("yaml-syntax-error", 1, 5)]),
    "no colon": ("a: 1\nreplicas 3\nb: 2", [("yaml-syntax-error", 2, 1)]),
    "no colon in the first line": ("replicas 3\nb: 2", [("yaml-syntax-error", 1, 1)]),
    "no colon in a block": ("a:\n  x\n  y: 1", [("yaml-syntax-error", 2, 3)]),
    "no space after a colon": ("a:b\nc: 1", [("yaml-syntax-error", 1, 1)]),
    "two colons": ("a: b: c", [("yaml-syntax-error", 1, 5)]),
    "key after the document mark": ("--- a: 1", [("yaml-syntax-error", 1, 6)]),
    "single quote": ("x: 1\na: 'b\nc: d", [("yaml-syntax-error", 2, 4)]),
    "double quote": ('a: "b', [("yaml-syntax-error", 1, 4)]),
    "quote up to the next one": ('a: "x\nb: "y"', [("yaml-syntax-error", 2, 5)]),
    "quote in quotes": ("a: 'it's'", [("yaml-syntax-error", 1, 8)]),
    "quote before a document mark": ("a: 'b\n---\n'", [("yaml-syntax-error", 1, 4)]),
    "bracket": ("a: [1, 2", [("yaml-syntax-error", 1, 4)]),
    "bracket with nothing in it": ("a: [\n", [("yaml-syntax-error", 1, 4)]),
    "brace": ("a: {b: 1", [("yaml-syntax-error", 1, 4)]),
    "inner bracket": ("a: {b: [1}", [("yaml-syntax-error", 1, 10)]),
    "bracket before a key": ("a: [1\nb: 2\n", [("yaml-syntax-error", 1, 6)]),
    "comma": ("a: {\n  b: 1\n  c: 2\n}\n", [("yaml-syntax-error", 2, 7)]),
    "closing bracket": ("a: ]", [("yaml-syntax-error", 1, 4)]),
    "comma alone": ("a: ,b", [("yaml-syntax-error", 1, 4)]),
    "key too deep": ("a: 1\n  b: 2", [("yaml-syntax-error", 2, 3)]),
    "key between two depths": ("a:\n    b: 1\n  c: 2", [("yaml-syntax-error", 3, 3)]),
    "key in a list": ("- a\nb: 1", [("yaml-syntax-error", 2, 1)]),
    "item in a mapping": ("a: 1\n- b", [("yaml-syntax-error", 2, 1)]),
    "item on the line of its key": ("a: - b", [("yaml-syntax-error", 1, 4)]),
    "text after a bracket": ("a: [b]c", [("yaml-syntax-error", 1, 7)]),
    "text after a comment": ("a: x # c\n  y", [("yaml-syntax-error", 2, 3)]),
    "text after the document": ("{a: 1}\nb: 2", [("yaml-syntax-error", 2, 1)]),
    "text after the end mark": ("a: 1\n... x\n", [("yaml-syntax-error", 2, 5)]),
    "unknown escape": ('a: "C:\\Users\\q"', [("yaml-syntax-error", 1, 7)]),
    "short escape": ('a: "\\x4"', [("yaml-syntax-error", 1, 5)]),
    "escape that is no character": ('a: b\nc: "\\UFFFFFFFF"', [("yaml-syntax-error", 2, 5)]),
    "at sign": ("a: @b", [("yaml-syntax-error", 1, 4)]),
    "backtick": ("a: `b`", [("yaml-syntax-error", 1, 4)]),
    "percent": ("a: %b", [("yaml-syntax-error", 1, 4)]),
    "text block with text": ("a: |x\n  b", [("yaml-syntax-error", 1, 5)]),
    "text block with a wide empty line": ("a: |\n \n   x", [("yaml-syntax-error", 3, 1)]),
    "faults before the end": ("a: &x 1\nb: [", [("yaml-anchor", 1, 4), ("yaml-syntax-error", 2, 4)]),
}

BYTES: dict[str, tuple[str | bytes, Found]] = {
    "latin 1": (b"# \xc3\xa9\na: caf\xe9\n", [("text-not-utf8", 2, 7)]),
    "latin 1 after a byte order mark": (b"\xef\xbb\xbfa: \xe9", [("text-not-utf8", 1, 4)]),
    "UTF-16": ("a: 1".encode("utf-16"), [("text-not-utf8", UNKNOWN, UNKNOWN)]),
    "binary": (b"\x7fELF\x02\x00\xff\xfe", [("unreadable-file", UNKNOWN, UNKNOWN)]),
    "NUL": ("a: 1\nb: \0", [("control-character", 2, 4)]),
    "escape": (b"a: \x1b[31m", [("control-character", 1, 4)]),
    "byte order mark in the middle": ("a: \ufeffb", [("control-character", 1, 4)]),
    "line break of YAML 1.1": ("a: b\x85c: d", [("control-character", 1, 5)]),
    "half a character, raw": ("a: \ud800", [("control-character", 1, 4)]),
    "too large": ("a: 1\n" * (MAX_SIZE // 5 + 1), [("unreadable-file", UNKNOWN, UNKNOWN)]),
    "lone carriage returns": ("a: 1\rb: 2\ra: 3", [("duplicate-key", 3, 1)]),
    "mixed line breaks": ("a: 1\r\nb: 2\rc: 3\n\n\r\na: 3", [("duplicate-key", 6, 1)]),
    "byte order mark": (b"\xef\xbb\xbfa: 1\na: 2\n", [("duplicate-key", 2, 1)]),
    "byte order mark in line 1": ("\ufeff{a: 1, a: 2}", [("duplicate-key", 1, 8)]),
}

CASES = STRUCTURE | SYNTAX | BYTES


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_found_where_it_is(case: str) -> None:
    text, expected = CASES[case]
    source = parse(text, "app.yaml")
    assert found(source) == expected
    assert source.root is None
    assert all(label.file == "app.yaml" for each in source.found for label in (each.at, *each.related))


def test_every_rule_is_seen() -> None:
    seen = {name for _, expected in CASES.values() for name, _, _ in expected}
    assert seen | {"nesting-too-deep", "number-with-leading-zero"} == {rule.name for rule in syntax.RULES}


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in syntax.RULES}) == len({rule.name for rule in syntax.RULES}) == len(syntax.RULES)


MESSAGES = {
    "a:\n\tb: 1": "the line is indented with a tab",
    "a: b: c": "a second `:` on the line",
    "replicas 3\nb: 1": "`replicas 3` is not `key: value`",
    "a: 1\nreplicas 3\n": "`replicas 3` is neither `key: value` nor a list item",
    "a: 'b": "the quote is never closed",
    "a: {b: 1": "`{` is never closed",
    "a:\n    b: 1\n  c: 2": "a key cannot stand here: the indentation fits nothing above",
    "a: 1\n  b: 2": "the line is indented deeper than the one before, which already has a value",
    'a: "\\q"': "`\\q` is no escape that YAML knows",
    'a: "x\nb: "y"': "there is text after the closing quote",
    "a: @b": "a value cannot start with `@`",
    "8080: x": "the key `8080` is a number, not text",
    "a: *b": "`*b` is an alias, which kgen does not read",
    "a: " + "9" * 99: f"`{'9' * 59}…` does not fit into 64 bits",
}


@pytest.mark.parametrize("text", MESSAGES)
def test_messages_are_in_our_words(text: str) -> None:
    assert [each.message for each in parse(text, "app.yaml").found] == [MESSAGES[text]]


def test_a_duplicate_points_at_the_first() -> None:
    (finding,) = parse("a:\n  b: 1\n  b: 2\n", "app.yaml").found
    first = Label(("a", "b"), "the first one", "key", "app.yaml", Span(line=2, column=3, end_line=2, end_column=4))
    assert finding.related == (first,)
    assert finding.at.path == ("a", "b")


VALUES = {
    "~": None,
    "": None,
    "null": None,
    "true": True,
    "False": False,
    "1": 1,
    "-17": -17,
    "0x1F": 31,
    "-0x1F": -31,
    "0o17": 15,
    "0b11": 3,
    "1_000": 1000,
    "9223372036854775807": 2**63 - 1,
    "-9223372036854775808": -(2**63),
    "1.10": 1.1,
    "1e3": 1000.0,
    "-.5": -0.5,
    "1.": 1.0,
    "on": "on",
    "no": "no",
    "1.2.3": "1.2.3",
    "12:30:45": "12:30:45",
    "2024-01-01": "2024-01-01",
    "-_": "-_",
    "0x_": "0x_",
    "._": "._",
    "=": "=",
    "<<": "<<",
    "'1'": "1",
    '"~"': "~",
    '"\\0"': "\0",
    "{b}": {"b": None},
    "[]": (),
    "[b: 1]": ({"b": 1},),
}


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str) -> None:
    source = parse(f"a: {text}\n", "app.yaml")
    assert source.root is not None
    assert repr(plain(source.root)) == repr({"a": VALUES[text]})


def test_a_leading_zero_is_a_warning() -> None:
    source = parse("mode: 0644\nzero: 00\n", "app.yaml")
    assert source.root is not None
    assert plain(source.root) == {"mode": 644, "zero": 0}
    assert found(source) == [("number-with-leading-zero", 1, 7)]
    assert not has_error(source.found)


def test_scalars_remember_how_they_were_written() -> None:
    source = parse("a: 1.10\nb: 'x''y'\nc: |\n  z\n", "app.yaml")
    assert source.root is not None
    assert [source.root[key].text for key in "abc"] == ["1.10", "x'y", "z\n"]


TEXT = """\
# a comment
name: shop
"quoted key" : 'it''s'
empty:
block: |  # header
  line 1

  line 2

# a comment
folded: one
  two
list:
- a
-
- - b
  - {c: [1, 2], d: {}}
map:
  x:
    y: 1.50
? asked
: answer
日本: 語
"""

PLACES: dict[tuple[str | int, ...], tuple[str | None, str]] = {
    (): (None, "name"),
    ("name",): ("name", "shop"),
    ("quoted key",): ('"quoted key"', "'it''s'"),
    ("empty",): ("empty", ""),
    ("block",): ("block", "|  # header\n  line 1\n\n  line 2"),
    ("folded",): ("folded", "one\n  two"),
    ("list",): ("list", "-"),
    ("list", 0): (None, "a"),
    ("list", 1): (None, ""),
    ("list", 2): (None, "-"),
    ("list", 2, 0): (None, "b"),
    ("list", 2, 1): (None, "{c: [1, 2], d: {}}"),
    ("list", 2, 1, "c"): ("c", "[1, 2]"),
    ("list", 2, 1, "c", 0): (None, "1"),
    ("list", 2, 1, "c", 1): (None, "2"),
    ("list", 2, 1, "d"): ("d", "{}"),
    ("map",): ("map", "x"),
    ("map", "x"): ("x", "y"),
    ("map", "x", "y"): ("y", "1.50"),
    ("asked",): ("asked", "answer"),
    ("日本",): ("日本", "語"),
}


def cut(text: str, span: Span) -> str:
    """Return what ``span`` covers, counting lines in the plainest way."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_round_trip(line_break: str, mark: str) -> None:
    source = parse((mark + TEXT.replace("\n", line_break)).encode(), "app.yaml")
    shown = {
        path: (cut(source.text, place.key) if place.key else None, cut(source.text, place.value))
        for path, place in source.places.items()
    }
    assert shown == PLACES
    assert source.root is not None
    assert {path for path, _ in walk(source.root)} == set(PLACES)
    assert all(node.at == path and node.file == "app.yaml" for path, node in walk(source.root))


def test_an_empty_value_stands_after_its_colon() -> None:
    source = parse("a:\n\n# comment\nb:\n- \n", "app.yaml")
    assert source.places[("a",)].value == Span(line=1, column=3, end_line=1, end_column=3)
    assert source.places[("b", 0)].value == Span(line=5, column=2, end_line=5, end_column=2)


def test_a_path_that_is_not_there_falls_back_to_its_parent() -> None:
    source = parse("a:\n  b: 1\n", "app.yaml")
    assert source.span(Label(("a", "x", "y"))) == source.places[("a",)].key


@pytest.mark.parametrize("level", ["[", "{a: ", "- ", "? ", "[\n", "{a: \n", "[{a: "])
def test_ten_thousand_levels_are_refused_at_once(level: str) -> None:
    start = time.process_time()
    source = parse(level * 10_000, "app.yaml")
    assert [each.rule.name for each in source.found] == ["nesting-too-deep"]
    assert source.root is None
    assert time.process_time() - start < 5


def test_ten_thousand_levels_of_indentation_are_refused_at_once() -> None:
    text = "".join(f"{' ' * depth}a:\n" for depth in range(1400))
    assert len(text) < MAX_SIZE
    assert found(parse(text, "app.yaml")) == [("nesting-too-deep", MAX_DEPTH + 1, MAX_DEPTH + 1)]


def test_the_deepest_level() -> None:
    deepest = "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert parse(deepest, "app.yaml").root is not None
    assert found(parse(deepest.replace("[]", "[[]]"), "app.yaml")) == [("nesting-too-deep", 1, MAX_DEPTH + 3)]


def test_many_empty_lines_are_read_at_once() -> None:
    start = time.process_time()
    expected = Node({"a": Node(1, ("a",), "1", "app.yaml")}, (), "", "app.yaml")
    assert parse("\r\n" * 100_000 + "a: 1", "app.yaml").root == expected
    assert time.process_time() - start < 5


def test_the_largest_file() -> None:
    text = "#" * (MAX_SIZE - 5) + "\na: 1"
    assert parse(text, "app.yaml").root is not None
    assert parse(text + " ", "app.yaml").found[0].rule is files.UNREADABLE


def test_read_takes_a_file(tmp_path: Path) -> None:
    path = tmp_path / "app.yaml"
    path.write_bytes(b"a: 1\n")
    source = files.read(path, "shop/app.yaml")
    assert source.name == "shop/app.yaml"
    assert source.root is not None
    assert source.root.file == "shop/app.yaml"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.mkdir(), "this is a folder, not a file"),
        (lambda _: None, "there is no such file"),
        (lambda path: path.write_bytes(b"#" * (MAX_SIZE + 1)), "the file is larger than 1024 KiB"),
        (lambda path: path.write_bytes(b"\x7fELF\0\xff"), "the file is binary, not text"),
        (lambda path: path.symlink_to(path), "the file cannot be read: "),
        (lambda path: path.symlink_to("nowhere"), "there is no such file"),
        (os.mkfifo, "this is not a regular file"),
    ],
)
def test_read_says_why_it_cannot(tmp_path: Path, make: Callable[[Path], object], message: str) -> None:
    path = tmp_path / "app.yaml"
    make(path)
    source = files.read(path, "app.yaml")
    assert source.root is None
    assert [each.rule for each in source.found] == [files.UNREADABLE]
    assert source.found[0].message.startswith(message)


def test_read_survives_an_impossible_path() -> None:
    assert files.read(Path("a\0b"), "a").found[0].message == "the file cannot be read: its path is not valid"


def test_read_says_that_permission_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "stat", refuse)
    assert files.read(tmp_path / "app.yaml", "app.yaml").found[0].message == "the file may not be read"
