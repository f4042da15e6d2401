"""Findings for other people's programs: what they cannot read is no report."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from kgen.commands.compile import Request, run
from kgen.diag import Diagnostic, Label, Rule, Severity, Span, has_error
from kgen.load.parse import parse
from kgen.pipeline import Options, compile_app
from kgen.report import github, junit, sarif
from kgen.report import text as as_text
from kgen.report.order import ordered
from kgen.rules import ALL
from kgen.source import Source

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
FAULTS = ROOT / "golden" / "faults"
SCHEMA = Draft4Validator(json.loads((DATA / "sarif-2.1.0.json").read_text("utf-8")))

MIN_ABOVE_MAX = Rule(code="KG3001", name="autoscaling-min-above-max", explain="The API server rejects it.")
OLD_API = Rule(code="KG7001", name="old-api", severity=Severity.WARNING, explain="It is gone soon.")
RULES = (OLD_API, MIN_ABOVE_MAX)

APP = parse("name: shop\nautoscaling:\n  min: 5\n  max: 3\nhosts: [a,\n  b]\nempty:\n", "app.yaml")
PLATFORM = parse("kubernetes: '1.30'\n", "kgen.yaml")
SOURCES = {"app.yaml": APP, "kgen.yaml": PLATFORM}

BROKEN = Diagnostic(
    rule=MIN_ABOVE_MAX,
    message="`min` is 5 but `max` is only 3",
    at=Label(("autoscaling", "min"), file="app.yaml"),
    related=(
        Label(("autoscaling", "max"), "upper bound set here", file="app.yaml"),
        Label(("kubernetes",), "for this version", file="kgen.yaml"),
    ),
    help="raise `max` to at least 5,\nor lower `min`",
)
OLD = Diagnostic(rule=OLD_API, message="old", at=Label(("name",), file="app.yaml"))
NOWHERE = Diagnostic(rule=MIN_ABOVE_MAX, message="100 % wrong", at=Label())
OPTION = Diagnostic(rule=MIN_ABOVE_MAX, message="no such thing", at=Label(file="--set"))
UNREAD = Diagnostic(rule=MIN_ABOVE_MAX, message="not there", at=Label(("spec",), file="deploy/a, b: ü.yaml"))


def log_of(found: Sequence[Diagnostic], sources: dict[str, Source] = SOURCES) -> Any:
    """Return the SARIF log of ``found`` as JSON values; it passes the schema, and what the schema cannot say."""
    log = json.loads(sarif.render_all(found, sources, RULES))
    assert [f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(log)] == []
    (sarif_run,) = log["runs"]
    rules = sarif_run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in sarif_run["results"])
    prints = [json.dumps(each["partialFingerprints"]) for each in sarif_run["results"]]
    assert len(prints) == len(set(prints)) == len(ordered(found, sources))
    return log


def results(found: Sequence[Diagnostic], sources: dict[str, Source] = SOURCES) -> Any:
    return log_of(found, sources)["runs"][0]["results"]


def fingerprints(found: Sequence[Diagnostic], sources: dict[str, Source] = SOURCES) -> list[str]:
    return [value for each in results(found, sources) for value in each["partialFingerprints"].values()]


def suite(*cases: str) -> ET.Element:
    """Return the only test suite of a report that consists of ``cases``."""
    (made,) = ET.fromstring(junit.head() + "".join(cases) + junit.tail())  # noqa: S314  # it is our own
    return made


def only_case(*found: Diagnostic, skipped: str = "") -> ET.Element:
    (made,) = suite(junit.case("shop", "app.yaml", found, SOURCES, skipped))
    return made


def test_the_schema_is_the_one_that_its_readme_names() -> None:
    digest = hashlib.sha256((DATA / "sarif-2.1.0.json").read_bytes()).hexdigest()
    assert f"`{digest}`" in (DATA / "README.md").read_text("utf-8")


@pytest.mark.parametrize("key", ["version", "runs"])
def test_the_schema_is_awake(key: str) -> None:
    log = log_of((BROKEN,))
    del log[key]
    assert not SCHEMA.is_valid(log)


# SARIF


def test_sarif_of_a_finding() -> None:
    root = {"uriBaseId": "%SRCROOT%"}
    (result,) = results((BROKEN,))
    (value,) = result.pop("partialFingerprints").values()
    assert re.fullmatch(r"[0-9a-f]{64}:1", value)
    assert result == {
        "ruleId": "KG3001",
        "ruleIndex": 1,
        "level": "error",
        "message": {"text": "`min` is 5 but `max` is only 3\nhelp: raise `max` to at least 5,\nor lower `min`"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "app.yaml", **root},
                    "region": {"startLine": 3, "startColumn": 8, "endLine": 3, "endColumn": 9},
                }
            }
        ],
        "relatedLocations": [
            {
                "id": 1,
                "physicalLocation": {
                    "artifactLocation": {"uri": "app.yaml", **root},
                    "region": {"startLine": 4, "startColumn": 8, "endLine": 4, "endColumn": 9},
                },
                "message": {"text": "upper bound set here"},
            },
            {
                "id": 2,
                "physicalLocation": {
                    "artifactLocation": {"uri": "kgen.yaml", **root},
                    "region": {"startLine": 1, "startColumn": 13, "endLine": 1, "endColumn": 19},
                },
                "message": {"text": "for this version"},
            },
        ],
    }


def test_sarif_has_all_rules_and_those_of_findings_that_nobody_listed() -> None:
    log = json.loads(sarif.render_all((), {}, ALL))
    assert SCHEMA.is_valid(log)
    driver = log["runs"][0]["tool"]["driver"]
    assert [each["id"] for each in driver["rules"]] == [rule.code for rule in ALL]
    assert log["runs"][0]["results"] == []
    (run_of_one,) = json.loads(sarif.render_all((OLD,), SOURCES, ()))["runs"]
    assert run_of_one["tool"]["driver"]["rules"] == [
        {
            "id": "KG7001",
            "name": "old-api",
            "shortDescription": {"text": "old api"},
            "fullDescription": {"text": "It is gone soon."},
            "help": {"text": "It is gone soon."},
            "defaultConfiguration": {"level": "warning"},
        }
    ]


def test_sarif_of_a_finding_without_a_place() -> None:
    assert [each["locations"] for each in results((NOWHERE, OPTION))] == [[], []]
    (unread,) = results((UNREAD,))
    assert unread["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "deploy/a%2C%20b%3A%20%C3%BC.yaml", "uriBaseId": "%SRCROOT%"}
            }
        }
    ]


URIS = {
    "app.yaml": "app.yaml",
    "a b/日.yaml": "a%20b/%E6%97%A5.yaml",
    "c:d.yaml": "c%3Ad.yaml",
    "100%.yaml": "100%25.yaml",
    "back\\slash#?.yaml": "back%5Cslash%23%3F.yaml",
    "not-utf8-\udcff.yaml": "not-utf8-%FF.yaml",
    "half-\ud800.yaml": "half-%ED%A0%80.yaml",
    "../kgen.yaml": "../kgen.yaml",
    "/srv/ä.yaml": "file:///srv/%C3%A4.yaml",
    "C:/Users/ä.yaml": "file:///C:/Users/%C3%A4.yaml",
}


@pytest.mark.parametrize(("file", "uri"), URIS.items(), ids=map(ascii, URIS))
def test_files_are_uris(file: str, uri: str) -> None:
    made = sarif.artifact(file)
    assert made["uri"] == uri
    assert ("uriBaseId" in made) == (not uri.startswith(("file:", "..")))


def test_nothing_becomes_a_link_or_a_command_for_terminals() -> None:
    label = Label(("name",), "[b](1)", file="app.yaml")
    trap = Diagnostic(
        rule=OLD_API, message="[a](https://x.example) {0} \x1b[31m\u202e\ud800", at=label, related=(label,)
    )
    (result,) = results((trap,))
    assert result["message"]["text"] == r"\[a\](https://x.example) {0} \\x1b\[31m\\u202e\\ud800"
    assert result["relatedLocations"][0]["message"]["text"] == r"\[b\](1)"
    (plain,) = results((Diagnostic(rule=OLD_API, message="`[sh, -c]` {0}", at=label),))
    assert plain["message"]["text"] == "`[sh, -c]` {0}"


def found_in(text: str) -> tuple[tuple[Diagnostic, ...], dict[str, Source]]:
    """Compile ``text`` as ``app.yaml`` in the current folder."""
    Path("app.yaml").write_text(text, "utf-8")
    made = compile_app(Path("app.yaml"), Options())
    return made.found, dict(made.sources)


def test_moved_lines_keep_their_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (FAULTS / "many-at-once" / "app.yaml").read_text("utf-8")
    before = found_in(text)
    after = found_in("# a new line\n\n" + text.replace("components:", "\n# and more\ncomponents:"))
    assert len(before[0]) > 10
    assert fingerprints(*before) == fingerprints(*after)
    lines = [
        [each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in results(*made)]
        for made in (before, after)
    ]
    assert all(old < new for old, new in zip(*lines, strict=True))


def test_findings_that_are_alike_are_numbered() -> None:
    source = parse("a: *x\nb: *x\nc: *x\n", "app.yaml")
    same = [Diagnostic(rule=OLD_API, message=each.message, at=Label((), span=each.at.span)) for each in source.found]
    made = fingerprints(same)
    assert [value.rpartition(":")[2] for value in made] == ["1", "2", "3"]
    assert len({value.rpartition(":")[0] for value in made}) == 1
    moved = Diagnostic(rule=OLD_API, message="other words", at=Label(("name",), file="kgen.yaml"))
    assert set(fingerprints((OLD,))).isdisjoint(fingerprints((moved,)))


# GitHub


def test_github_commands() -> None:
    assert github.render_all((BROKEN, OLD, NOWHERE, OPTION, UNREAD), SOURCES).split("\n") == [
        "::error title=kgen autoscaling-min-above-max (KG3001)::100 %25 wrong",
        "::error title=kgen autoscaling-min-above-max (KG3001)::no such thing",
        "::warning file=app.yaml,line=1,endLine=1,col=7,endColumn=11,title=kgen old-api (KG7001)::old",
        (
            "::error file=app.yaml,line=3,endLine=3,col=8,endColumn=9,title=kgen autoscaling-min-above-max (KG3001)::"
            "`min` is 5 but `max` is only 3%0Ahelp: raise `max` to at least 5,%0Aor lower `min`"
            "%0Aapp.yaml:4:8: upper bound set here%0Akgen.yaml:1:13: for this version"
        ),
        "::error file=deploy/a%2C b%3A ü.yaml,title=kgen autoscaling-min-above-max (KG3001)::not there",
    ]
    assert github.render_all((), SOURCES) == ""


def test_github_gets_columns_of_one_line_only() -> None:
    several = Diagnostic(rule=OLD_API, message="m", at=Label(("hosts",), file="app.yaml"))
    empty = Diagnostic(rule=OLD_API, message="m", at=Label(("empty",), file="app.yaml"))
    assert github.render_all((several, empty), SOURCES).split("\n") == [
        "::warning file=app.yaml,line=5,endLine=6,title=kgen old-api (KG7001)::m",
        "::warning file=app.yaml,line=7,endLine=7,col=7,endColumn=7,title=kgen old-api (KG7001)::m",
    ]


# JUnit


def test_a_failed_case_holds_what_people_would_read() -> None:
    made = only_case(BROKEN, OLD, NOWHERE)
    assert made.attrib == {"classname": "app.yaml", "name": "shop", "file": "app.yaml", "time": "0"}
    (failure,) = made
    assert failure.tag == "failure"
    assert failure.attrib == {"message": "100 % wrong (and 1 more)", "type": "autoscaling-min-above-max"}
    assert failure.text == as_text.render_all((BROKEN, OLD, NOWHERE), SOURCES)


def test_a_case_with_warnings_only_succeeds() -> None:
    assert [(each.tag, each.text) for each in only_case(OLD)] == [("system-out", as_text.render(OLD, SOURCES))]
    assert list(only_case()) == []


def test_a_skipped_case_says_why() -> None:
    assert [(each.tag, each.attrib) for each in only_case(skipped='a "<custom>" kind')] == [
        ("skipped", {"message": 'a "<custom>" kind'})
    ]
    assert [each.tag for each in only_case(BROKEN, skipped="no")] == ["failure"]


def test_junit_is_ascii_and_shows_what_xml_forbids() -> None:
    trap = Diagnostic(rule=OLD_API, message="\0 \x1b \x0b \ufffe \ud800 日本 🙂 ]]> <&>'\"", at=Label())
    written = junit.case("a\x01🙂", "ü.yaml", (trap,), {})
    assert written.isascii()
    (made,) = suite(written)
    assert made.attrib["name"] == "a\\x01🙂"
    assert (made.findtext("system-out") or "").startswith(
        "warning[KG7001]: \\x00 \\x1b \\x0b \\ufffe \\ud800 日本 🙂 ]]> <&>'\"\n"
    )


# all of them, whatever is in a finding

TRAPS = ["\n", "\r\n::error::x", "%0A", "a,b:c", "\x1b[31m", "\u2028", "\ud800", "🙂", "]]>", "<&\"'>", "[a](1)", "{0}"]
words = st.one_of(st.sampled_from(TRAPS), st.text(st.characters(codec=None), max_size=12))
numbers = st.integers(1, 9)
spans = st.builds(
    lambda line, column, lines, columns: Span(
        line=line, column=column, end_line=line + lines, end_column=columns + (0 if lines else column)
    ),
    numbers,
    numbers,
    st.integers(0, 2),
    numbers,
)
labels = st.builds(
    Label,
    st.lists(st.one_of(st.sampled_from(["hosts", "autoscaling", "min"]), words, numbers), max_size=3).map(tuple),
    words,
    st.sampled_from(["key", "value"]),
    st.one_of(st.sampled_from(["", "app.yaml", "kgen.yaml", "--set", "/etc/app.yaml", "."]), words),
    st.none() | spans,
)
diagnostics = st.builds(
    Diagnostic,
    rule=st.sampled_from(RULES),
    message=words,
    at=labels,
    related=st.lists(labels, max_size=2).map(tuple),
    help=words,
)
lists = st.lists(diagnostics, max_size=4)

REFERENCE = re.compile(r"(?:file:///(?:[A-Za-z]:/)?)?(?:[\w.~/-]|%[0-9A-F]{2})*", re.ASCII)
"""URIs of files, and relative references whose first part cannot be taken for a scheme (RFC 3986)."""

COMMAND = re.compile(r"::(?:error|warning) (?:[a-zA-Z]+=[^:,]*,)*title=kgen [\w-]+ \(KG\d+\)::.*")


@given(lists)
@example([BROKEN, OLD, NOWHERE, OPTION, UNREAD])
def test_sarif_is_always_valid(found: list[Diagnostic]) -> None:
    for result in results(found):
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            physical = location.get("physicalLocation")
            assert physical is None or REFERENCE.fullmatch(physical["artifactLocation"]["uri"])


@given(lists)
def test_github_is_always_one_command_a_line(found: list[Diagnostic]) -> None:
    lines = github.render_all(found, SOURCES).splitlines()
    assert len(lines) == len(ordered(found, SOURCES))
    assert [line for line in lines if not COMMAND.fullmatch(line)] == []


@given(words, words, lists, words)
def test_junit_is_always_well_formed(name: str, file: str, found: list[Diagnostic], skipped: str) -> None:
    (made,) = suite(junit.case(name, file, found, SOURCES, skipped))
    assert made.tag == "testcase"
    failed = has_error(found)
    expected = "failure" if failed else "skipped" if skipped else "system-out" if found else ""
    assert "".join(each.tag for each in made) == expected
    if expected in {"failure", "system-out"}:
        assert made[0].text == as_text.render_all(found, SOURCES)


# the compiler


def test_real_faults_are_valid_in_every_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FAULTS)
    found: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    for path in sorted(Path().glob("*/app.yaml")):
        made = compile_app(path, Options())
        found += made.found
        sources |= made.sources
    log = json.loads(sarif.render_all(found, sources, ALL))
    assert SCHEMA.is_valid(log)
    (sarif_run,) = log["runs"]
    assert [rule["id"] for rule in sarif_run["tool"]["driver"]["rules"]] == [rule.code for rule in ALL]
    shown = ordered(found, sources)
    assert len(shown) > 100
    assert [each["ruleId"] for each in sarif_run["results"]] == [each.rule.code for each in shown]
    assert len(github.render_all(found, sources).splitlines()) == len(shown)
    assert len(suite(*(junit.case(each.message, "", (each,), sources) for each in shown))) == len(shown)


FILE = """\
apiVersion: kgen/v1
name: demo
image: ghcr.io/acme/demo:1.0.0
components:
  web: {type: web, port: 8000}
"""


def compiled(output_format: str, **options: object) -> tuple[int, str, str]:
    """Run `kgen compile` in the current folder; return the exit code and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    request = Request(**{"paths": [Path()], "output_format": output_format, "rules": ALL, **options})  # type: ignore[arg-type]  # by name
    return run(request, out, err), out.getvalue(), err.getvalue()


SITUATIONS: dict[str, tuple[dict[str, str | bytes], dict[str, object], int, dict[str, str]]] = {
    "nothing wrong": ({"app.yaml": FILE}, {}, 0, {"app.yaml": ""}),
    "two apps, one wrong": (
        {"a/app.yaml": FILE.replace("8000", "0"), "b/app.yaml": FILE},
        {},
        1,
        {"a/app.yaml": "out-of-range", "b/app.yaml": ""},
    ),
    "kgen.yaml wrong": (
        {"kgen.yaml": "kubernetes: ['1.2']\n", "a/app.yaml": FILE, "b/app.yaml": FILE},
        {},
        1,
        {"a/app.yaml": "unknown-kubernetes-version", "b/app.yaml": "unknown-kubernetes-version"},
    ),
    "unreadable": ({"app.yaml": b"\x89PNG\0"}, {}, 2, {"app.yaml": "unreadable-file"}),
    "missing": ({}, {"paths": [Path("x.yaml")]}, 2, {"x.yaml": "unreadable-file"}),
    "no app": ({}, {}, 2, {".": "no-app-file"}),
    "option": ({"app.yaml": FILE}, {"settings": ["x=1"]}, 2, {"--set": "key-not-settable"}),
    "somebody's file": ({"app.yaml": FILE, "compose.yaml": "x"}, {}, 1, {"app.yaml": "file-not-made-by-kgen"}),
}
"""Files, options, exit code, and test cases with the rule that each fails with."""


@pytest.mark.parametrize("situation", SITUATIONS)
def test_compile_says_the_same_in_every_format(situation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, options, code, cases = SITUATIONS[situation]
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    monkeypatch.chdir(tmp_path)
    rules = sorted({rule for rule in cases.values() if rule})
    results_of = {each: compiled(each, mode="check" if code else "write", **options) for each in FORMATS}
    assert {each: (done, err) for each, (done, _, err) in results_of.items()} == dict.fromkeys(FORMATS, (code, ""))
    log = json.loads(results_of["sarif"][1])
    assert SCHEMA.is_valid(log)
    names = {rule.code: rule.name for rule in ALL}
    assert sorted({names[each["ruleId"]] for each in log["runs"][0]["results"]}) == rules
    assert sorted(set(re.findall(r"title=kgen (\S+)", results_of["github"][1]))) == rules
    (made,) = ET.fromstring(results_of["junit"][1])  # noqa: S314  # it is our own
    failures = {each.attrib["name"]: each.find("failure") for each in made}
    assert {name: "" if each is None else each.attrib["type"] for name, each in failures.items()} == cases


FORMATS = ("json", "sarif", "github", "junit")


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_check_says_what_is_stale(output_format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").write_text(FILE, "utf-8")
    code, out, err = compiled(output_format, mode="check")
    assert code == 3
    assert ('"upToDate": false' in out) == (output_format == "json")
    assert ("not up to date: run `kgen compile`" in err) == (output_format != "json")


@pytest.mark.parametrize("output_format", ["sarif", "github", "junit"])
def test_the_command_line_knows_the_formats(output_format: str, tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text(FILE.replace("8000", "0"), "utf-8")
    command = [sys.executable, "-m", "kgen", "compile", "--format", output_format]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "out-of-range" in done.stdout
    assert (len(ALL) == done.stdout.count('"defaultConfiguration"')) == (output_format == "sarif")
    for option in ("--stdout", "--diff"):
        wrong = subprocess.run([*command, option], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert (wrong.returncode, f"--format {output_format} goes with" in wrong.stderr.decode()) == (2, True)
