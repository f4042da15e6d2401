"""Whatever is written as YAML, readers of YAML 1.1 and of YAML 1.2 see exactly that."""

import io
import math
from enum import Enum, StrEnum
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kgen.write.yaml import text

# Strings that some reader takes for something else, or that break a careless writer.
QUOTED = (
    *("yes", "No", "ON", "off", "y", "N", "true", "False", "null", "NULL", "~", "", "=", "<<", "-", "?", ":"),
    *("012", "0o12", "0x1f", "0X1F", "0b1", "0x1p-2", "1e3", "1E3", "129e6", "1_000", "1,000", "-1", "+1", "1."),
    *(".5", "-.5", "1.10", "1.2.3", "8000", "-0", "0", "1:30", "12:30:45", "190:20:30.15", "0.0.0.0:8000", "._"),
    *("2026-01-31", "2026-1-31", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5", "2001-12-15 2:59:43Z"),
    *(".inf", "-.inf", "+.INF", ".nan", ".NaN", "inf", "-Infinity", "nan", "+inf"),
    *(" a", "a ", " ", "\t", "\ta", "a\t", "a: b", "a:", "a #b", "#a", "- a", "-\ta", "---", "...", "--- a", "---a"),
    *("!a", "&a", "*a", "|", ">", "'a'", '"a"', "%a", "@a", "`a`", "{a}", "[a]", "}", "]", ",", "? a", "!!int 1", "\\"),
    *("\x00", "a\x07b", "\x7f", "a\x85b", "a\u2028b", "a\u2029b", "\ufeffa", "a\u00a0b", "a\u202eb", "a\ufffeb", "\r"),
    *("a\r\nb\n", "\n", "\n\n", "\na", " a\nb", "\ta\nb", "a\n \nb", "a\n  ", "a\n\t\n", "a\nb\u2028", "a\x00\n"),
)
PLAIN = (
    *("a", "web", "100m", "256Mi", "1Gi", "5m", "24h", "10.0.0.0/8", "0123abc", "1 2", "2026-01-31x", "a,b", "a'b"),
    *("ghcr.io/acme/shop:1.10", "ghcr.io/a/b@sha256:0a1b", "shop.wsgi:application", "http://a/b?c=d#e", "$(DB_URL)"),
    *("--bind", "-v", "--a", "-/x", "/bin/sh", "./run", ".env", "x/5", "(a|b)", "a#b", "a:b:c", "back\\slash", "a  b"),
    *("it is {x} [y]", 'say "x"', "yes please", "notnull", "oN!", "Über uns", "日本", "🐍"),
)
LITERAL = (
    *("a\n", "a\nb", "a\nb\n", "a\n\nb\n\n", "a\n\n\n", "all:\n\techo $@\n", "a \nb", "# no comment\n", "---\na\n"),
    *("a\n  b\n c\n", "key: value\nlist:\n  - a\n", "über\n🐍\n", "%YAML 1.2\n", "a\n\n\n\n  b", "'\n\"\n", "yes\n"),
)
TRAPS = (*QUOTED, *PLAIN, *LITERAL, "a" * 2000, "a b " * 500 + "c", "é" * 600, '"' * 400)


def readings(written: str) -> list[Any]:
    return [
        yaml.safe_load(written),  # 1.1
        yaml.load(written, yaml.CSafeLoader),  # 1.1, by the C library that go-yaml was translated from
        YAML(typ="safe", pure=True).load(io.StringIO(written)),  # 1.2
    ]


def written_value(value: Any) -> str:
    return text({"k": value}, "").removeprefix("k:").removeprefix(" ").removesuffix("\n")


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_read_back_as_value_key_and_item(trap: str) -> None:
    given = {"value": trap, "nested": {trap: {trap: [trap, [trap, {trap: trap}]]}}, trap: [{"a": trap, "b": trap}]}
    assert readings(text(given, "Made by kgen.")) == [given] * 3


@pytest.mark.parametrize("trap", QUOTED)
def test_ambiguous_and_unprintable_strings_are_double_quoted(trap: str) -> None:
    written = written_value(trap)
    assert written.startswith('"')
    assert written.endswith('"')
    assert "\n" not in written


@pytest.mark.parametrize("string", PLAIN)
def test_other_strings_stay_plain(string: str) -> None:
    assert written_value(string) == string


@pytest.mark.parametrize("string", LITERAL)
def test_lines_become_a_literal_block(string: str) -> None:
    written = written_value(string)
    assert written[0] == "|"
    ending = {0: "|-", 1: "|"}.get(len(string) - len(string.rstrip("\n")), "|+")
    assert written.split("\n", 1)[0] == ending


class Color(StrEnum):
    RED = "red"
    NO = "no"


class Old(str, Enum):  # noqa: UP042  (the older sort, whose str() is its name)
    RED = "red"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-7, "-7"),
        (10**30, "1" + "0" * 30),
        (1.0, "1.0"),
        (0.1, "0.1"),
        (1e20, "1.0e+20"),
        (1.5e-7, "1.5e-07"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        (math.nan, ".nan"),
        ({}, "{}"),
        ([], "[]"),
        ((), "[]"),
        (Color.RED, "red"),
        (Color.NO, '"no"'),
        (Old.RED, "red"),
        ('tab\tand "quote" and \\', '"tab\\tand \\"quote\\" and \\\\"'),
        ("é\x01", '"é\\x01"'),
        ("\u202e\U000e0041", '"\\u202e\\U000e0041"'),
    ],
)
def test_scalars_have_one_form(value: Any, written: str) -> None:
    assert written_value(value) == written


def test_layout() -> None:
    labels = {"app": "shop"}
    given = {
        "kind": "Deployment",
        "metadata": {"name": "shop", "labels": labels, "annotations": {}},
        "spec": {
            "selector": labels,
            "ports": ({"name": "http", "port": 80}, {"name": "metrics", "tls": {"secret": "a"}}),
            "matrix": [["a", "b"], [], [[1]]],
            "script": "set -e\n\nrun\n",
            "items": ["one\ntwo"],
        },
    }
    assert text(given, "Made by kgen from app.yaml.") == (
        "# Made by kgen from app.yaml.\n"
        "kind: Deployment\n"
        "metadata:\n"
        "  name: shop\n"
        "  labels:\n"
        "    app: shop\n"
        "  annotations: {}\n"
        "spec:\n"
        "  selector:\n"
        "    app: shop\n"
        "  ports:\n"
        "    - name: http\n"
        "      port: 80\n"
        "    - name: metrics\n"
        "      tls:\n"
        "        secret: a\n"
        "  matrix:\n"
        "    - - a\n"
        "      - b\n"
        "    - []\n"
        "    - - - 1\n"
        "  script: |\n"
        "    set -e\n"
        "\n"
        "    run\n"
        "  items:\n"
        "    - |-\n"
        "      one\n"
        "      two\n"
    )


def test_the_header_stays_one_comment_whatever_it_says() -> None:
    written = text({}, 'From "a\nb: c\u2028d".')
    assert written == '# From "a\\nb: c\\u2028d".\n{}\n'
    assert readings(written) == [{}] * 3


def test_no_header_no_comment() -> None:
    assert text({"a": 1}, "") == "a: 1\n"


@pytest.mark.parametrize("value", [{1: "a"}, {"a": object()}, {"a": b"x"}, {"a": {1, 2}}, {"a": [{None: 1}]}])
def test_what_json_does_not_know_is_a_bug_of_the_caller(value: dict[Any, Any]) -> None:
    with pytest.raises(TypeError):
        text(value, "")


STRINGS = st.sampled_from(TRAPS) | st.text(st.characters(exclude_categories=["Cs"])) | st.text("a :#-\n\t.0eE_'\"{")
SCALARS = STRINGS | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(STRINGS, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(STRINGS, VALUES, max_size=5))
def test_readers_of_old_and_new_yaml_see_what_was_written(given: dict[str, Any]) -> None:
    written = text(given, "Made by kgen.")
    for seen in readings(written):
        assert seen == given
        assert repr(seen) == repr(given)  # `==` takes 1 for True and for 1.0
    assert "\r" not in written
    assert written.endswith("\n")


@given(STRINGS.map(lambda words: words + "0") | st.sampled_from(TRAPS), st.integers(1, 3))
def test_shared_values_are_written_out_each_time(word: str, times: int) -> None:
    shared = {"k": [word]}
    written = text({str(index) + "x": shared for index in range(times)}, "")
    assert written == "".join(text({str(index) + "x": {"k": [word]}}, "") for index in range(times))
