"""How findings look: each expected text is written out."""

import json
from itertools import accumulate
from time import process_time

import pytest

from kgen.diag import Diagnostic, Label, Rule, Severity, Span
from kgen.load.parse import parse
from kgen.report import json as as_json
from kgen.report.line import WIDEST, Shown, shown, visible, width
from kgen.report.order import ordered
from kgen.report.text import render, render_all
from kgen.source import Source

MIN_ABOVE_MAX = Rule(code="KG3001", name="autoscaling-min-above-max", explain="…")
OLD_API = Rule(code="KG7001", name="old-api", severity=Severity.WARNING, explain="…")

APP = parse(
    """\
name: shop
autoscaling:
  # a comment

  min: 5
  max: 3
  cpu: 80



hosts: [a, b]
""",
    "app.yaml",
)
PLATFORM = parse("".join(f"key{number}: {number}\n" for number in range(1, 120)), "kgen.yaml")
SOURCES = {"app.yaml": APP, "kgen.yaml": PLATFORM}


def at(*path: str | int, text: str = "", file: str = "app.yaml") -> Label:
    return Label(path, text, file=file)


def finding(*labels: Label, rule: Rule = MIN_ABOVE_MAX, message: str = "`min` is 5", help_: str = "") -> Diagnostic:
    return Diagnostic(rule=rule, message=message, at=labels[0], related=labels[1:], help=help_)


STYLE_GUIDE = """\
error[KG3001]: `min` is 5 but `max` is only 3
 --> app.yaml:5:8
  |
5 |   min: 5
  |        ^
6 |   max: 3
  |        - upper bound set here
  = help: raise `max` to at least 5, or lower `min`
  = rule: autoscaling-min-above-max"""


def test_the_form_of_the_style_guide() -> None:
    diagnostic = finding(
        at("autoscaling", "min"),
        at("autoscaling", "max", text="upper bound set here"),
        message="`min` is 5 but `max` is only 3",
        help_="raise `max` to at least 5, or lower `min`",
    )
    assert render(diagnostic, SOURCES) == STYLE_GUIDE


CASES: dict[str, tuple[Diagnostic, str]] = {
    "warning": (
        finding(at("autoscaling", "min"), rule=OLD_API),
        """\
warning[KG7001]: `min` is 5
 --> app.yaml:5:8
  |
5 |   min: 5
  |        ^
  = rule: old-api""",
    ),
    "text at the carets": (
        finding(at("hosts", text="two hosts")),
        """\
error[KG3001]: `min` is 5
  --> app.yaml:11:8
   |
11 | hosts: [a, b]
   |        ^^^^^^ two hosts
   = rule: autoscaling-min-above-max""",
    ),
    "on the key": (
        finding(Label(("hosts",), on="key", file="app.yaml")),
        """\
error[KG3001]: `min` is 5
  --> app.yaml:11:1
   |
11 | hosts: [a, b]
   | ^^^^^
   = rule: autoscaling-min-above-max""",
    ),
    "parent of what is not there": (
        finding(at("autoscaling", "behavior", "scaleDown")),
        """\
error[KG3001]: `min` is 5
 --> app.yaml:2:1
  |
2 | autoscaling:
  | ^^^^^^^^^^^
  = rule: autoscaling-min-above-max""",
    ),
    "far apart": (
        finding(at("hosts"), at("name", text="of this app")),
        """\
error[KG3001]: `min` is 5
  --> app.yaml:11:8
   |
 1 | name: shop
   |       ---- of this app
...
11 | hosts: [a, b]
   |        ^^^^^^
   = rule: autoscaling-min-above-max""",
    ),
    "one line between": (
        finding(at("autoscaling", "cpu"), at("autoscaling", "min")),
        """\
error[KG3001]: `min` is 5
 --> app.yaml:7:8
  |
5 |   min: 5
  |        -
6 |   max: 3
7 |   cpu: 80
  |        ^^
  = rule: autoscaling-min-above-max""",
    ),
    "two lines between": (
        finding(at("autoscaling", "min"), Label(("autoscaling",), "in here", "key", "app.yaml")),
        """\
error[KG3001]: `min` is 5
 --> app.yaml:5:8
  |
2 | autoscaling:
  | ----------- in here
...
5 |   min: 5
  |        ^
  = rule: autoscaling-min-above-max""",
    ),
    "same line": (
        finding(at("hosts", 1, text="this"), at("hosts", 0, text="that"), at("hosts", 1, text="again")),
        """\
error[KG3001]: `min` is 5
  --> app.yaml:11:12
   |
11 | hosts: [a, b]
   |            ^ this
   |         - that
   |            - again
   = rule: autoscaling-min-above-max""",
    ),
    "the same label twice": (
        finding(at("name"), at("name")),
        """\
error[KG3001]: `min` is 5
 --> app.yaml:1:7
  |
1 | name: shop
  |       ^^^^
  = rule: autoscaling-min-above-max""",
    ),
    "another file": (
        finding(at("name"), at("key100", text="set by the platform", file="kgen.yaml")),
        """\
error[KG3001]: `min` is 5
   --> app.yaml:1:7
    |
  1 | name: shop
    |       ^^^^
   ::: kgen.yaml:100:9
    |
100 | key100: 100
    |         --- set by the platform
    = rule: autoscaling-min-above-max""",
    ),
    "files that were not read": (
        finding(at("spec", file="deploy/web.yaml"), at(text="made of", file="other.yaml"), at("name", text="by")),
        """\
error[KG3001]: `min` is 5
 --> deploy/web.yaml
 ::: other.yaml (made of)
 ::: app.yaml:1:7
  |
1 | name: shop
  |       ---- by
  = rule: autoscaling-min-above-max""",
    ),
    "span in a file that was not read": (
        finding(Label(file="x.yaml", span=Span(line=3, column=4, end_line=3, end_column=9))),
        """\
error[KG3001]: `min` is 5
 --> x.yaml:3:4
  = rule: autoscaling-min-above-max""",
    ),
    "no file": (
        finding(Label()),
        """\
error[KG3001]: `min` is 5
  = rule: autoscaling-min-above-max""",
    ),
    "help of two lines": (
        finding(at(file="x.yaml"), help_="first\nsecond"),
        """\
error[KG3001]: `min` is 5
 --> x.yaml
  = help: first
          second
  = rule: autoscaling-min-above-max""",
    ),
    "escapes in words": (
        finding(Label(file="a\x1b[2J.yaml"), message="\x1b[31mred\nnext\u202e"),
        """\
error[KG3001]: \\x1b[31mred\\nnext\\u202e
 --> a\\x1b[2J.yaml
  = rule: autoscaling-min-above-max""",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_text(case: str) -> None:
    diagnostic, expected = CASES[case]
    assert render(diagnostic, SOURCES) == expected


LINES: dict[str, tuple[str, str]] = {
    "wide letters": (
        "日本: {語: 1, 語: 2}\n",
        """\
1 | 日本: {語: 1, 語: 2}
  |               ^^
  |        -- the first one""",
    ),
    "combining letters": (
        "x: {e\u0301: 1, e\u0301: 2}\n",
        """\
1 | x: {e\u0301: 1, e\u0301: 2}
  |           ^
  |     - the first one""",
    ),
    "tabs": (
        "x: {\tb: 1,\tb: 2}\n",
        """\
1 | x: {    b: 1,    b: 2}
  |                  ^
  |         - the first one""",
    ),
    "escape sequence": (
        "a: \x1b[31m\n",
        """\
1 | a: \\x1b[31m
  |    ^^^^""",
    ),
    "right to left": (
        "a: '\u202e' b\n",
        """\
1 | a: '\\u202e' b
  |             ^""",
    ),
    "end of the file": (
        "a: |x",
        """\
1 | a: |x
  |     ^""",
    ),
    "carriage returns": (
        "a: 1\rb: *x\r\n",
        """\
2 | b: *x
  |    ^^""",
    ),
    "many lines": (
        "- [a,\n  b]\n",
        """\
1 | - [a,
  | ^""",
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_excerpts(case: str) -> None:
    text, expected = LINES[case]
    source = parse(text, "app.yaml")
    rendered = render(source.found[0], {"app.yaml": source})
    excerpt = [line for line in rendered.split("\n") if " | " in line]
    assert "\n".join(excerpt) == expected


def test_a_span_of_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    source = parse("a: [x,  \n  y]\n", "app.yaml")
    rendered = render(finding(at("a")), {"app.yaml": source})
    assert "\n1 | a: [x,  \n  |    ^^^\n" in rendered


def test_an_empty_span_has_one_caret() -> None:
    source = parse("a:\nb: 1\n", "app.yaml")
    assert "\n1 | a:\n  |   ^\n" in render(finding(at("a")), {"app.yaml": source})


@pytest.mark.parametrize("before", [0, 30, 200, 900])
def test_long_lines_are_cut_around_the_fault(before: int) -> None:
    source = parse(f"a: {{{'k, ' * before}b: !x 1, {'v, ' * 300}}}", "app.yaml")
    tag = next(each for each in source.found if each.rule.name == "yaml-tag")
    rendered = render(tag, {"app.yaml": source}).split("\n")
    line, carets = (rendered[at].removeprefix(start) for at, start in ((3, "1 | "), (4, "  | ")))
    assert line[carets.index("^") : carets.rindex("^") + 1] == "!x"
    assert width(line) <= WIDEST + 2
    assert line.startswith("…") == (before > 0 and before * 3 > 40)
    assert line.endswith("…")


def test_a_mark_outside_of_what_is_shown_stays_inside() -> None:
    line = shown("x" * 500, 0)
    assert line.reach(0, 3) == (0, 3)
    assert line.reach(400, 410) == (WIDEST, WIDEST + 1)
    assert shown("x" * 500, 499).reach(0, 3) == (0, 1)


@pytest.mark.parametrize("focus", [0, 30, 100, 450, 860, 899, 900, 950])
@pytest.mark.parametrize("char", ["x", "日", "\t", "\x1b"])
def test_only_what_is_near_the_mark_is_measured(char: str, focus: int) -> None:
    line = "".join(char if number % 3 else chr(97 + number // 3 % 26) for number in range(900))
    near, whole = shown(line, focus), Shown(*_shown_whole(line, focus))
    assert near.text == whole.text
    for start in range(max(0, focus - 200), min(focus + 200, 900)):
        assert near.reach(start, start + 2) == whole.reach(start, start + 2)


def _shown_whole(line: str, focus: int) -> tuple[str, tuple[int, ...]]:
    """Return what ``shown`` says, found out slowly: every character is measured."""
    glyphs = ["    " if char == "\t" else visible(char) for char in line]
    ends = [0, *accumulate(map(width, glyphs))]
    left = max(0, min(ends[min(focus, len(line))] - 40, ends[-1] - WIDEST))
    first = next(at for at, column in enumerate(ends) if column >= left)
    last = max(at for at, column in enumerate(ends) if column <= ends[first] + WIDEST)
    cut = "…" if first else ""
    text = cut + "".join(glyphs[first:last]) + ("…" if last < len(glyphs) else "")
    return text, tuple(max(0, min(column, ends[last]) - ends[first] + len(cut)) for column in ends)


def test_a_long_line_is_shown_as_fast_as_a_short_one() -> None:
    line = "x" * 3_000_000
    started = process_time()
    for focus in range(0, 3_000_000, 30_000):
        shown(line, focus)
    assert process_time() - started < 1


def test_a_long_line_of_few_columns_is_cut() -> None:
    assert shown("e" + "\u0301" * 500, 0).text == "e" + "\u0301" * 359 + "…"


def test_nothing_visible_is_changed() -> None:
    assert visible("name: `shop` … 日本 é 🙂") == "name: `shop` … 日本 é 🙂"


def test_colour_only_adds_colour() -> None:
    diagnostic = finding(at("name", text="x"), at("key1", file="kgen.yaml"), help_="y")
    coloured = render(diagnostic, SOURCES, colour=True)
    assert coloured.startswith("\x1b[1;31merror[KG3001]\x1b[0m\x1b[1m: `min` is 5\x1b[0m\n")
    for style in ("\x1b[0m", "\x1b[1m", "\x1b[1;31m", "\x1b[1;34m"):
        coloured = coloured.replace(style, "")
    assert coloured == render(diagnostic, SOURCES)


def test_order_is_by_file_and_place_and_says_nothing_twice() -> None:
    later, sooner = finding(at("hosts")), finding(at("name"))
    other = finding(at("key1", file="kgen.yaml"))
    same_place = finding(at("name"), rule=OLD_API)
    nowhere = finding(at("x", file="a.yaml")), finding(at("y", file="a.yaml"))
    found = (other, later, same_place, sooner, sooner, nowhere[1], finding(at("name")), nowhere[0])
    assert ordered(found, SOURCES) == (nowhere[1], nowhere[0], sooner, same_place, later, other)


def test_all_are_rendered_in_order() -> None:
    later, sooner = finding(at("hosts")), finding(at("name"))
    assert render_all((later, sooner), SOURCES) == f"{render(sooner, SOURCES)}\n\n{render(later, SOURCES)}"
    assert render_all((), SOURCES) == ""


JSON = """\
{
  "version": 1,
  "findings": [
    {
      "code": "KG3001",
      "name": "autoscaling-min-above-max",
      "severity": "error",
      "message": "`min` is 5",
      "help": "lower `min`",
      "file": "app.yaml",
      "path": [
        "hosts",
        1
      ],
      "line": 11,
      "column": 12,
      "end_line": 11,
      "end_column": 13,
      "related": [
        {
          "message": "made",
          "file": "deploy/web.yaml",
          "path": [
            "spec"
          ],
          "line": null,
          "column": null,
          "end_line": null,
          "end_column": null
        }
      ]
    }
  ],
  "summary": {
    "errors": 1,
    "warnings": 0,
    "infos": 0
  },
  "stale": false
}"""


def test_json() -> None:
    diagnostic = finding(at("hosts", 1), at("spec", text="made", file="deploy/web.yaml"), help_="lower `min`")
    assert as_json.render_all((diagnostic, diagnostic), SOURCES, stale=False) == JSON


def test_json_counts() -> None:
    found = (finding(at("name")), finding(at("name"), rule=OLD_API), finding(at("hosts"), rule=OLD_API))
    content = json.loads(as_json.render_all(found, SOURCES))
    assert content["summary"] == {"errors": 1, "warnings": 2, "infos": 0}
    assert [each["line"] for each in content["findings"]] == [1, 1, 11]


def test_json_is_ascii_and_has_no_file_for_no_file() -> None:
    rendered = as_json.render_all((finding(Label(), message="日本\ud800"),), {})
    assert rendered.isascii()
    assert json.loads(rendered)["findings"][0]["file"] is None


def test_many_findings_in_a_large_file_are_quick() -> None:
    source = parse("a: 1\n" * 2000, "app.yaml")
    assert isinstance(source, Source)
    assert render_all(source.found, {"app.yaml": source}).count("duplicate-key") == 1999
