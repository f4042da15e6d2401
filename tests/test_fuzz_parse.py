"""Whatever the text, the parser answers with values or with findings that render, and it agrees with ruamel."""

import datetime as dt
import json
import math
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kgen.diag import has_error
from kgen.load.parse import parse
from kgen.report import json as as_json
from kgen.report import text as as_text
from kgen.source import Source, plain

WORDS = [
    *("a", "b", "key", "on", "no", "null", "~", "true", "=", "<<", "日本", "é", "🙂"),
    *("1", "0644", "0x1F", "1_0", "-_", "1.5", "1e3", "1e999", ".inf", ".nan", "12:30", "2024-01-01"),
]
SIGNS = [
    *(": ", ":", "- ", "-", "? ", "[", "]", "{", "}", ", ", ",", "#", " # ", "|", ">", "|2-\n", "'", '"', "''", "\\"),
    *("&x ", "*x", "*", "!", "!!int ", "!!binary ", "!<x> ", "!e!f ", "<<: ", "%YAML 1.1\n", "%", "@", "`"),
    *("---", "---\n", "\n---\n", "...\n", '"\\ud800"', '"\\UFFFFFFFF"', '"\\x4', "{{ x }}", "*/5 * * * *"),
]
SPACE = [
    *(" ", "  ", "    ", "\n", "\n  ", "\n    ", "\r\n", "\r", "\t", "\n\t"),
    *("\ufeff", "\0", "\x1b[31m", "\x85", "\u2028"),
]

scraps = st.lists(st.sampled_from([*WORDS, *SIGNS, *SPACE]), max_size=24).map("".join)
leaves = st.sampled_from(
    [*WORDS, "'q'", '"q"', "", "[]", "{}", "[a, 1]", "{k: v, 1.0: w}", "|\n    text\n", "&x y", "*x"]
)
entries = st.tuples(st.sampled_from([*WORDS, "k1", "k2", "k3"]), st.sampled_from([": ", ":", ":\n  "]), leaves)
mappings = st.lists(entries.map("".join), min_size=1, max_size=6).map("\n".join)


def indented(parts: list[str]) -> str:
    """Return a mapping whose values are the mappings ``parts``."""
    return "".join(f"n{at}:\n" + "".join(f"  {line}\n" for line in part.split("\n")) for at, part in enumerate(parts))


nested = st.lists(mappings, max_size=3).map(indented)
texts = st.one_of(st.text(max_size=60), scraps, mappings, nested)


def check(source: Source) -> None:
    """Assert what holds for every source."""
    assert (source.root is None) == has_error(source.found)
    sources = {source.name: source}
    rendered = as_text.render_all(source.found, sources)
    assert all(line.isprintable() for line in rendered.split("\n"))
    assert rendered.count("  = rule: ") == len(json.loads(as_json.render_all(source.found, sources))["findings"])
    assert rendered.encode().decode() == rendered
    size = source.text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    spans = [span for each in source.found for label in (each.at, *each.related) if (span := source.span(label))]
    for span in [*spans, *(place.value for place in source.places.values())]:
        assert (1, 1) <= (span.line, span.column) <= (span.end_line, span.end_column)
        assert span.end_line <= size


def like_ours(value: Any) -> Any:
    """Return a value of ruamel's loader with the types that a ``Source`` has; a date becomes its first ten letters."""
    match value:
        case dict():
            return {like_ours(key): like_ours(item) for key, item in value.items()}
        case list():
            return tuple(like_ours(item) for item in value)
        case dt.date():
            return value.isoformat()[:10]
        case float() if math.isnan(value):
            return "not a number"
        case _:
            return value


@settings(max_examples=500, deadline=None)
@given(texts)
@example("a: &x [*x]")
@example("!!int : 3")
@example("? [a]\n: 1")
@example('a: "\\ud800"')
@example('a: "\\UFFFFFFFF"')
@example("%YAML 1.3\n---\na: 1")
@example('"\\e[31m": 1\n"\\e[31m": 2')
@example("[" * 10_000)
def test_any_text_is_answered(text: str) -> None:
    check(parse(text, "app.yaml"))


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=60), texts.map(lambda text: text.encode("utf-8", "replace"))))
@example(b"\xff\xfea\0")
@example(b"\xef\xbb\xbfa: \xe9")
@example(b"\xef\xbb")
def test_any_bytes_are_answered(data: bytes) -> None:
    check(parse(data, "app.yaml"))


@settings(max_examples=500, deadline=None)
@given(st.one_of(mappings, nested, scraps.map("a: {}\nb: ".__add__)))
@example("a: 2024-01-01\nb: 0x1F")
@example("a: 1_000\nb: [0o17, -.5, 1e3, ~, yes, 1.]")
@example("a: |+\n  x\n\nb: >-\n  x\n  y\n")
def test_what_is_accepted_is_what_ruamel_reads(text: str) -> None:
    root = parse(text, "app.yaml").root
    if root is None:
        return
    try:
        expected = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError):
        # ruamel's own pattern lets scalars pass that its constructor cannot read: for us they are text
        assert any(odd in text for odd in ("=", "<<", "-_"))
        return
    assert repr(plain(root)) == repr(like_ours(expected))
