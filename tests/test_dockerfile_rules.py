"""Dockerfiles: how they are read, every rule with its examples, places, false alarms, and text that is none."""

import csv
import io
import json
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kgen.check import catalogue, fault
from kgen.check.catalogue import Entry
from kgen.check.dockerfile import DEFAULT, OFF, faults, ignore, images
from kgen.check.dockerfile.facts import image_facts
from kgen.check.dockerfile.image_names import image
from kgen.check.dockerfile.shell import pipelines
from kgen.check.templates import template
from kgen.commands.validate_formats import sink
from kgen.dockerfile import Dockerfile, Fault
from kgen.read.dockerfile import read
from kgen.report import text as report
from kgen.validate import sorts
from kgen.validate.dockerfiles import verdict
from kgen.validate.document import Verdict
from kgen.validate.files import is_dockerfile
from kgen.validate.sources import source

ROOT = Path(__file__).parents[1]
TABLES = ROOT.parent / "shared" / "rules"
ENTRIES = catalogue.family("dockerfile")
ALONE = tuple(entry for row, entry in ENTRIES.items() if row.startswith("DKF"))
PAIRED = tuple(entry for row, entry in ENTRIES.items() if row.startswith("XIMG") and not entry.offline)
GOLDENS = sorted(path for path in (ROOT / "golden").rglob("Dockerfile*") if path.is_file() and "out" in path.parts)
SLOWEST_SECONDS = 5
MANIFEST = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: "web:1", %s}]}
"""


def rows(text: str, ignored: str | None = None, *, with_off: str = "") -> list[str]:
    """Return the rows that ``text`` breaks, without those that are off, but ``with_off``."""
    found = faults(read(text.encode()), ignored)
    return [each.row for each in found if ENTRIES[each.row].profile != "off" or each.row == with_off]


def disagreements(manifest: str, dockerfile: str) -> list[fault.Fault]:
    """Return where the pod and the image do not agree."""
    facts = image_facts(read(dockerfile.encode()))
    value = yaml.safe_load(manifest)
    pod = template("", value["kind"], value)
    assert facts is not None
    assert pod is not None
    containers = [*pod.containers()]
    found = [each for at, container in containers for each in images.faults(facts, pod, container, at)]
    return found + [each for _, _, each in images.mixed_tags([container["image"] for _, container in containers])]


# The rules


@pytest.mark.parametrize("entry", ALONE, ids=lambda entry: entry.row)
def test_the_example_that_fails_breaks_the_rule_and_no_other(entry: Entry) -> None:
    assert set(rows(entry.fails, entry.examples.get("ignored"), with_off=entry.row)) == {entry.row}


@pytest.mark.parametrize("entry", ALONE, ids=lambda entry: entry.row)
def test_the_example_that_passes_breaks_none(entry: Entry) -> None:
    assert rows(entry.passes, entry.examples.get("ignored"), with_off=entry.row) == []


@pytest.mark.parametrize("entry", PAIRED, ids=lambda entry: entry.row)
def test_the_pair_that_fails_breaks_the_rule_and_no_other(entry: Entry) -> None:
    assert {each.row for each in disagreements(entry.fails, entry.examples["fails_dockerfile"])} == {entry.row}


@pytest.mark.parametrize("entry", PAIRED, ids=lambda entry: entry.row)
def test_the_pair_that_passes_breaks_none(entry: Entry) -> None:
    assert disagreements(entry.passes, entry.examples["passes_dockerfile"]) == []


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.row)
def test_rows_are_well_formed(entry: Entry) -> None:
    assert re.fullmatch(r"DKF\d\d|XIMG\d{3}|DKF\d\dB|XAPP\d{3}", entry.row)
    assert re.fullmatch(r"KG(78\d\d|68\d\d|327\d)", entry.rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", entry.rule.name)
    assert re.fullmatch(r"\S.*\.", entry.rule.explain)
    assert entry.upstream.startswith("https://")
    assert bool(entry.offline) is not bool(entry.fails and entry.passes)


def test_the_profiles_of_the_tables_are_those_that_are_asked() -> None:
    assert {entry.row for entry in ALONE if entry.profile == "default"} == DEFAULT
    assert {entry.row for entry in ALONE if entry.profile == "off"} == OFF


@pytest.mark.parametrize("word", ["code", "name"])
def test_no_two_rows_share(word: str) -> None:
    words = [getattr(entry.rule, word) for entry in ENTRIES.values()]
    assert sorted(words) == sorted(set(words))


@pytest.mark.skipif(not TABLES.is_dir(), reason="needs ../shared/rules, which is not a part of this repository")
@pytest.mark.parametrize(("table", "start"), [("practice.csv", "DKF"), ("cross.csv", "XIMG")])
def test_every_row_of_the_tables_is_there(table: str, start: str) -> None:
    with (TABLES / table).open(encoding="utf-8", newline="") as file:
        wanted = {row["id"].partition("-")[0] for row in csv.DictReader(file) if row["id"].startswith(start)}
    assert wanted
    assert wanted <= ENTRIES.keys()


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.relative_to(ROOT / "golden").as_posix())
def test_what_kgen_makes_passes_everything_that_is_not_off(path: Path) -> None:
    beside = path.parent / ".dockerignore"
    assert rows(path.read_text("utf-8"), beside.read_text("utf-8") if beside.exists() else None) == []


def test_there_are_goldens() -> None:
    assert GOLDENS


# Reading


READING = {
    "continuation": (b"FROM a\nRUN x \\\n  y\n", ["FROM a", "RUN x   y"]),
    "comment inside": (b"FROM a\nRUN x \\\n# c\n  y\nUSER 1\n", ["FROM a", "RUN x   y", "USER 1"]),
    "blank line inside": (b"FROM a\nRUN x \\\n\n  y\n", ["FROM a", "RUN x   y"]),
    "escaped escape": (b"FROM a\nRUN x \\\\\nUSER 1\n", ["FROM a", "RUN x \\\\", "USER 1"]),
    "backtick": (b"# escape=`\nFROM a\nRUN x `\n  y\nRUN c:\\\n", ["FROM a", "RUN x   y", "RUN c:\\"]),
    "late directive": (b"# c\n# escape=`\nFROM a\nRUN x `\nUSER 1\n", ["FROM a", "RUN x `", "USER 1"]),
    "heredoc": (b"FROM a\nRUN <<EOF\nUSER x\nEOF\nUSER 1\n", ["FROM a", "RUN <<EOF", "USER 1"]),
    "two heredocs": (
        b"FROM a\nCOPY <<A <<-'B' /x/\nFROM 1\nA\nFROM 2\n\tB\nUSER 1\n",
        ["FROM a", "COPY <<A <<-'B' /x/", "USER 1"],
    ),
    "heredoc later": (b"FROM a\nONBUILD RUN <<EOF\nx\nEOF\n", ["FROM a", "ONBUILD RUN <<EOF"]),
    "no heredoc": (b'FROM a\nCMD ["<<EOF"]\nRUN cat <<<EOF\n', ["FROM a", 'CMD ["<<EOF"]', "RUN cat <<<EOF"]),
    "windows lines": (b"FROM a\r\nRUN x \\\r\n  y\r\n", ["FROM a", "RUN x   y"]),
    "byte order mark": (b"\xef\xbb\xbf# escape=`\nFROM a", ["FROM a"]),
    "indented": (b"  FROM a\n\t# c\n  USER 1", ["FROM a", "USER 1"]),
}


@pytest.mark.parametrize("case", READING)
def test_reading(case: str) -> None:
    data, wanted = READING[case]
    file = read(data)
    assert [f"{each.name} {each.line.text.rstrip()[len(each.name) :].strip()}" for each in file.instructions] == wanted
    assert file.faults == ()


def test_words_and_flags() -> None:
    file = read(
        b'FROM a\nCOPY --from=b --chown="1:1" [ "x y", "z" ]\nENV a=b c="d e"\nENV f g  h\n'
        b"HEALTHCHECK --retries=1 CMD x y"
    )
    copy, first, second, check = file.instructions[1:]
    assert [each.text for each in copy.flags] == ["--from=b", "--chown=1:1"]
    assert [each.text for each in copy.words] == ["x y", "z"]
    assert copy.is_json
    assert [(key.text, value and value.text) for key, value in first.pairs] == [("a", "b"), ("c", '"d e"')]
    assert [(key.text, value and value.text) for key, value in second.pairs] == [("f", "g  h")]
    assert second.is_legacy
    assert [each.text for each in check.words] == ["CMD", "x y"]


PLACES = [
    ("FROM a:1\nRUNN x\n", "DKF00", (2, 1, 2, 5)),
    ("FROM debian\nUSER 1\n", "DKF01", (1, 6, 1, 12)),
    ("FROM a:1 as b\nUSER 1\n", "DKF20", (1, 10, 1, 12)),
    ("FROM scratch\nCOPY x \\\n  a${y}b /\nUSER 1\n", "DKF08", (3, 4, 3, 8)),
    ("FROM a:1\nENV X=1 \\\n    DB_PASSWORD=x\nUSER 1\n", "DKF07", (3, 5, 3, 16)),
    ("FROM a:1\r\nRUN a \\\r\n  && apt-get install \\\r\n b\r\nUSER 1\r\n", "DKF15", (3, 6, 4, 3)),
    ("FROM a:1\nRUN <<EOF\n  curl x | sh\nEOF\nUSER 1\n", "DKF21", (3, 3, 3, 9)),
    ("\ufeffFROM a:1\nUSER 1\nEXPOSE 80 80000\n", "DKF23", (3, 11, 3, 16)),
    ("FROM a:1\nCOPY --from=7 x /\nUSER 1\n", "DKF12", (2, 13, 2, 14)),
]


@pytest.mark.parametrize(("text", "row", "place"), PLACES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_fault_says_where_it_is(text: str, row: str, place: tuple[int, int, int, int]) -> None:
    file = read(text.encode())
    assert [file.place(each.start, each.end) for each in faults(file) if each.row == row] == [place]


BROKEN = [
    *(
        "",
        "# nothing\n",
        "RUN x\n",
        "RUN x\nFROM a:1\n",
        "FROM\n",
        "FROM a b\n",
        "FROM a:1 AS 1a\n",
        "FROM Debian:13\n",
    ),
    *("FROM a:1\nCOPY x\n", "FROM a:1\nCOPY --form=b x /\n", "FROM a:1\nENV X\n", "FROM a:1\nENV A=1 B\n"),
    *("FROM a:1\nRUN <<EOF\nx\n", "FROM a:1\nHEALTHCHECK GET /\n", "FROM a:1\nSHELL bash\n", "FROM a:1\nCMD [1]\n"),
    *("FROM a:1\nONBUILD FROM b\n", "FROM a:1\nONBUILD ONBUILD ONBUILD RUN x\n", "FROM a:1\nONBUILD\n"),
    *("# escape=x\nFROM a:1\n", "# escape=`\n# escape=`\nFROM a:1\n", "FROM a:1\nENV A=${B\n", "FROM a:1\nUSER\n"),
    *("FROM a:1\nLABEL a='b\n", "FROM --platform a:1\n", "FROM a:1\nCOPY --link=\n x /\n", "FROM a:1\n}\n{\n"),
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_docker_does_not_read_is_a_fault(text: str) -> None:
    assert "DKF00" in rows(text)


# What is a fault, and what is none


CASES = [
    # variables
    ("DKF08", False, "FROM scratch\nARG A\nCOPY $A ${A:-b} ${B:-c} /"),
    ("DKF08", True, "FROM scratch\nCOPY $B /\nARG B"),
    ("DKF08", False, "FROM python:3.13\nENV PATH=/x:$PATH\nLABEL v=$PYTHON_VERSION"),
    ("DKF08", True, "FROM golang:1.25\nENV ARCH=$TARGETARCH"),
    ("DKF08", False, "FROM golang:1.25\nARG TARGETARCH\nENV ARCH=$TARGETARCH"),
    ("DKF08", True, "FROM --platform=$BULIDPLATFORM golang:1.25"),
    ("DKF08", False, "FROM scratch AS a\nENV X=1\nFROM a\nCOPY $X /"),
    ("DKF08", True, "FROM alpine:3.22 AS a\nENV X=1\nFROM alpine:3.22\nCOPY $X /"),
    ("DKF08", False, "FROM registry.example.com/base:1\nCOPY $HOME_OF_APP /"),
    ("DKF08", False, "ARG NODE_VERSION=24\nFROM node:$NODE_VERSION\nLABEL v=$NODE_VERSION"),
    ("DKF08", False, "FROM scratch\nRUN echo $X\nCMD echo $X\nLABEL a='$X' b=\\$X"),
    ("DKF08", True, "FROM scratch\nCOPY <<EOF /x\n$X\nEOF"),
    ("DKF08", False, "FROM scratch\nCOPY <<'EOF' /x\n$X\nEOF"),
    ("DKF08", False, "FROM scratch\nARG A=1 B=$A"),
    ("DKF08B", True, "ARG BASE\nFROM $BASE"),
    ("DKF08B", False, "ARG BASE\nFROM ${BASE:-debian:13}"),
    # bases
    ("DKF01", True, "ARG BASE=debian\nFROM $BASE"),
    ("DKF01", False, "FROM debian:13 AS a\nFROM a"),
    ("DKF01", False, "FROM registry:5000/debian@sha256:" + "a" * 64),
    ("DKF01", True, "FROM registry:5000/debian"),
    ("DKF22", False, "FROM --platform=linux/amd64 debian:13 AS tools-amd64"),
    ("DKF22", True, "FROM --platform=${TARGETPLATFORM} debian:13"),
    # stages
    ("DKF12", True, "FROM a:1 AS x\nCOPY --from=x y /"),
    ("DKF12", True, "FROM a:1\nCOPY --from=x y /\nFROM a:1 AS x"),
    ("DKF12", False, "FROM a:1 AS X\nFROM a:1\nCOPY --from=x y /\nCOPY --from=0 y /\nCOPY --from=b:1 y /"),
    ("DKF12", True, "FROM a:1 AS builder\nFROM a:1\nRUN --mount=type=bind,from=buidler,target=/x y"),
    ("DKF11", False, "FROM a:1\nWORKDIR /x\nWORKDIR y"),
    ("DKF11", False, "FROM a:1 AS b\nWORKDIR /x\nFROM b\nWORKDIR y"),
    ("DKF11", False, 'FROM a:1\nWORKDIR "/x"\nFROM a:1\nWORKDIR $HOME\nFROM a:1\nWORKDIR C:\\app'),
    # users and secrets
    ("DKF04", False, "FROM gcr.io/distroless/static-debian13:nonroot"),
    ("DKF04", True, "FROM gcr.io/distroless/static-debian13"),
    ("DKF04", False, "FROM scratch\nCOPY x /"),
    ("DKF04", True, "FROM a:1\nUSER 0:0"),
    ("DKF04", False, "FROM a:1 AS b\nUSER 1\nFROM b"),
    ("DKF05", False, "FROM a:1\nARG UID=1000\nUSER $UID:app"),
    ("DKF05", False, "FROM mcr.microsoft.com/windows/nanoserver:ltsc2025\nUSER ContainerUser"),
    (
        "DKF07",
        False,
        "FROM a:1\nENV API_KEY_FILE=/x TOKEN= PUBLIC_KEY=x GPG_KEY=7169605F62C75135 KEYBOARD=de AUTH=/run/secrets/a",
    ),
    ("DKF07", True, "FROM a:1\nARG github_token"),
    # commands
    ("DKF06", False, 'FROM a:1\nSHELL ["/bin/bash", "-c"]\nCMD x'),
    ("DKF06", False, "FROM a:1\nCMD exec x --y"),
    ("DKF06", True, "FROM a:1\nCMD ['x']"),
    ("DKF18", False, 'FROM a:1\nCMD ["x"]\nFROM a:1\nCMD ["x"]'),
    # packages
    ("DKF15", False, "FROM a:1\nRUN --mount=type=cache,target=/var/lib/apt apt-get update"),
    ("DKF15", False, "FROM a:1 AS b\nRUN apt-get update\nFROM a:1"),
    (
        "DKF15",
        True,
        "FROM a:1\nRUN apt-get update && LC_ALL=C apt-get -qq install -y x && rm -rf /var/lib/apt/lists/*",
    ),
    ("DKF24", True, "FROM a:1\nRUN apt-get update && apt-get install -q x"),
    ("DKF24", True, "FROM a:1\nRUN <<EOF\ndnf upgrade\nEOF"),
    (
        "DKF24",
        False,
        "FROM a:1\nRUN apt-get -qqy install x && apt install x -y && yum -y install x && zypper -n install x",
    ),
    ("DKF24", False, "FROM a:1\nRUN yes | apt-get install x; apt-get install x || true; apt-get $OPTIONS install x"),
    ("DKF24", False, "FROM a:1\nRUN echo 'APT::Get::Assume-Yes true;' > /etc/apt/apt.conf.d/1 && apt-get install x"),
    ("DKF24", False, "FROM a:1\nRUN apt-get update && apk add x; apt-get -f install"),
    ("DKF16", False, "FROM a:1\nENV PIP_NO_CACHE_DIR=1\nRUN python -m pip install x==1 ./y -r z.txt"),
    ("DKF16", True, "FROM a:1\nRUN pip3 install --no-cache-dir x"),
    ("DKF16", False, "FROM a:1\nRUN pip install --no-cache-dir -i https://x.example.com 'x>=1' && pipx install y"),
    # pipes
    ("DKF21", False, "FROM a:1\nRUN set -eo pipefail; curl x | sh"),
    ("DKF21", False, "FROM a:1\nRUN case $(arch) in a|b) x;; c|d) y;; esac; echo 'a | b' || z"),
    ("DKF21", False, "FROM a:1\nRUN if a && b | grep c; then d; fi; echo x | sha256sum -c -"),
    ("DKF21", True, "FROM a:1\nRUN X=$(curl x | jq .y) && z"),
    ("DKF21", False, 'FROM a:1\nRUN ["sh", "-c", "a | b"]\nSHELL ["pwsh", "-c"]\nRUN a | b'),
    ("DKF21", False, 'FROM a:1 AS b\nSHELL ["/bin/bash", "-euo", "pipefail", "-c"]\nFROM b\nRUN a | b'),
    (
        "DKF21",
        False,
        "FROM a:1\nRUN python3 - <<EOF\nx = a | b\nEOF\nRUN <<EOF\n#!/usr/bin/env python3\nx = a | b\nEOF",
    ),
    ("DKF21", False, "FROM a:1\nRUN [[ $x =~ (a|b) ]] && echo $(( 1 | 2 )) 2>&1 && cat >y # a | b"),
    # files
    ("DKF14", False, "FROM a:1\nADD x.tar.gz https://example.com/x git@github.com:x/y.git /z/"),
    ("DKF14", False, "FROM a:1\nADD $UNKNOWN /"),
    # style
    ("DKF20", False, "from a:1 as b\nuser 1"),
    ("DKF20", True, "FROM a:1 AS Build"),
    ("DKF20", True, "FROM a:1\nUSER 1\ncopy x /"),
    ("DKF19", False, "FROM a:1\nENV a=b c=d\nLABEL a=b"),
    # ports
    ("DKF23", False, "FROM a:1\nARG P=80\nEXPOSE $P ${P}/udp 8000-8010 80/sctp $UNKNOWN"),
    ("DKF23", True, "FROM a:1\nEXPOSE 80/http"),
    ("DKF23", True, "FROM a:1\nEXPOSE 90-80"),
    ("DKF23", True, "FROM a:1\nEXPOSE web"),
    ("DKF23B", True, "FROM a:1\nEXPOSE 80/TCP"),
]


@pytest.mark.parametrize(("row", "is_fault", "text"), CASES)
def test_cases(row: str, is_fault: bool, text: str) -> None:  # noqa: FBT001  # a column of the table
    assert (row in rows(text)) is is_fault
    assert "DKF00" not in rows(text)


@pytest.mark.parametrize(
    ("patterns", "path", "is_out"),
    [
        ("*", ".", True),
        ("src", ".", False),
        ("src", "src/x.py", True),
        ("src", "./src/", True),
        ("/src", "src", True),
        ("*.py", "src/x.py", False),
        ("**/*.py", "src/x.py", True),
        ("**/*.py", "x.py", True),
        ("src/**", "src/a/b", True),
        ("*.py[co]", "x.pyc", True),
        ("*\n!x", "x", False),
        ("*\n!x", "y", True),
        ("*\n!x/y", "x", False),
        ("*\n!x/y", "x/z", True),
        ("*\n!**/y", "x", False),
        ("!x\n*", "x", True),
        ("*\n!x\nx/y", "x/y", True),
        ("*\n!x/*.py", "x/a.py", False),
        ("*\n!x", "*.py", False),
        ("*\n!", "x", True),
        ("# x\n\n", "x", False),
        ("src", "../src", False),
    ],
)
def test_dockerignore(patterns: str, path: str, is_out: bool) -> None:  # noqa: FBT001  # a column of the table
    assert ignore.excludes(ignore.patterns(patterns), path) is is_out


def test_commands_of_a_script() -> None:
    script = "if ! a -x 'b c'; then X=1 sudo d \"$(e | f)\" > g 2>&1 && h \\\n i; fi # j\nk | l |& m || n"
    found = [[(each.name, each.arguments) for each in pipeline.commands] for pipeline in pipelines(script)]
    assert found == [
        [("a", ["-x", "b c"])],
        [("e", []), ("f", [])],
        [("d", ["$(e | f)"])],
        [("h", ["i"])],
        [("fi", [])],
        [("k", []), ("l", []), ("m", [])],
        [("n", [])],
    ]


@pytest.mark.parametrize(
    ("name", "repository", "tag"),
    [
        ("debian", "docker.io/library/debian", ""),
        ("localhost/a:1", "localhost/a", "1"),
        ("registry:5000/a/b", "registry:5000/a/b", ""),
        ("a/b:c@sha256:" + "0" * 64, "docker.io/a/b", "c"),
    ],
)
def test_names_of_images(name: str, repository: str, tag: str) -> None:
    found = image(name)
    assert found is not None
    assert (found.repository, found.tag) == (repository, tag)


@pytest.mark.parametrize("name", ["", "A", "a:", "a//b", "a@sha256:1", "-a", "a b"])
def test_what_cannot_be_an_image(name: str) -> None:
    assert image(name) is None


# A Dockerfile and a pod


PAIRS = [
    ("XIMG001", False, "FROM a:1\nUSER app", "securityContext: {runAsNonRoot: true, runAsUser: 5}"),
    ("XIMG002", False, "FROM a:1\nUSER 5", "securityContext: {runAsNonRoot: true}"),
    ("XIMG002", False, "FROM registry.example.com/base:1", "securityContext: {runAsNonRoot: true}"),
    ("XIMG002", True, "FROM a:1\nUSER root", "securityContext: {runAsNonRoot: true}"),
    ("XIMG003", True, "FROM a:1\nRUN chown -R 5:5 /x\nUSER 5", "securityContext: {runAsUser: 6}"),
    ("XIMG003", False, "FROM a:1\nRUN chown -R 5:0 /x\nUSER 5", "securityContext: {runAsUser: 6}"),
    ("XIMG003", False, "FROM a:1\nRUN chown -R 5:5 /x\nUSER 5", "securityContext: {runAsUser: 6, runAsGroup: 5}"),
    ("XIMG004", True, "FROM a:1\nEXPOSE 80", "ports: []"),
    ("XIMG004", False, "FROM a:1\nUSER 0", "ports: [{containerPort: 80}]"),
    ("XIMG004", True, "FROM a:1\nEXPOSE 53/udp", "ports: [{containerPort: 53}]"),
    ("XIMG005", True, 'FROM a:1\nCMD ["x", "--dir=/tmp/y"]', "securityContext: {readOnlyRootFilesystem: true}"),
    (
        "XIMG005",
        False,
        "FROM a:1\nVOLUME /var/lib/x",
        "securityContext: {readOnlyRootFilesystem: true}, volumeMounts: [{name: x, mountPath: /var/lib}]",
    ),
    ("XIMG006", False, "FROM a:1\nUSER 0", "ports: [{containerPort: 80}]"),
    (
        "XIMG006",
        False,
        "FROM a:1\nUSER 5",
        "ports: [{containerPort: 80}], securityContext: {capabilities: {add: [NET_BIND_SERVICE]}}",
    ),
    ("XIMG007", True, "FROM scratch\nCOPY x /x", "command: [sh, -c, x]"),
    ("XIMG007", False, "FROM scratch\nCOPY --from=busybox:1 /bin/sh /bin/sh", "command: [sh, -c, x]"),
    ("XIMG007", False, "FROM scratch\nADD rootfs.tar /\nCOPY --from=a:1 / /", "command: [/bin/sh, -c, x]"),
    ("XIMG007", False, "FROM gcr.io/distroless/base:debug", "command: [sh, -c, x]"),
    ("XIMG007", True, "FROM scratch\nCOPY x /x", "lifecycle: {preStop: {exec: {command: [/bin/sh, -c, x]}}}"),
    ("XIMG008", False, "FROM a:1\nHEALTHCHECK NONE", ""),
    ("XIMG009", False, "FROM a:1\nCMD x", "command: [x]"),
    ("XIMG009", False, "FROM a:1\nCMD x", "args: [x]"),
    ("XIMG009", False, 'FROM a:1 AS b\nCMD x\nFROM b\nENTRYPOINT ["y"]', ""),
    ("XIMG012", True, "FROM a:1\nSTOPSIGNAL 3", "lifecycle: {preStop: {exec: {command: [sh, -c, kill -TERM 1]}}}"),
    ("XIMG012", False, "FROM a:1\nSTOPSIGNAL 3", "lifecycle: {stopSignal: SIGQUIT}"),
]


@pytest.mark.parametrize(("row", "is_fault", "dockerfile", "fields"), PAIRS)
def test_pairs(row: str, is_fault: bool, dockerfile: str, fields: str) -> None:  # noqa: FBT001  # a column
    found = disagreements(MANIFEST % fields, dockerfile)
    assert (row in {each.row for each in found}) is is_fault


def test_the_fault_of_a_pair_is_at_the_field() -> None:
    (found,) = disagreements(MANIFEST % "securityContext: {runAsNonRoot: true}", "FROM a:1\nUSER app")
    assert fault.field(found.path) == "spec.containers[0].securityContext.runAsNonRoot"
    assert found.message.startswith("is true, but the image runs as `app`")


def test_a_broken_dockerfile_has_no_facts() -> None:
    assert image_facts(read(b"")) is None
    assert image_facts(read(b"FROM a:1\nRUN <<EOF\n")) is None


# Verdicts


def verdicts(profile: str, text: str, folder: Path) -> Verdict:
    path = folder / "Dockerfile"
    path.write_text(text, "utf-8")
    return verdict(str(path), text.encode(), profile)


@pytest.mark.parametrize(
    ("profile", "wanted"),
    [
        ("server", []),
        ("default", []),
        ("strict", ["image-runs-as-root", "relative-workdir"]),
        ("off", ["base-image-without-digest", "image-runs-as-root", "relative-workdir"]),
    ],
)
def test_a_profile_chooses_the_rules(profile: str, wanted: list[str], tmp_path: Path) -> None:
    made = verdicts(profile, "FROM debian:13\nWORKDIR x\n", tmp_path)
    assert [each.rule.name for document in made.documents for each in document.found] == wanted


def test_the_dockerignore_beside_it_is_asked(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("x\n", "utf-8")
    text = "FROM debian:13\nCOPY x /\nUSER 1\n"
    assert [each.rule.name for each in verdicts("strict", text, tmp_path).documents[0].found] == [
        "copy-of-ignored-file"
    ]
    (tmp_path / "Dockerfile.dockerignore").write_text("y\n", "utf-8")
    assert verdicts("strict", text, tmp_path).documents[0].found == ()


def test_the_text_around_a_finding_is_shown() -> None:
    (document,) = verdict(
        "web/Dockerfile", b"\xef\xbb\xbfFROM debian:13\r\nWORKDIR x\r\nUSER 1\r\n", "strict"
    ).documents
    shown = report.render_all(document.found, source("web/Dockerfile", document))
    assert shown.splitlines()[:5] == [
        "error[KG7811]: `x` is relative to a folder that the base image chooses",
        " --> web/Dockerfile:2:9",
        "  |",
        "2 | WORKDIR x",
        "  |         ^",
    ]


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("Dockerfile.j2", "FROM {{ base }}", sorts.DOCKERFILE_TEMPLATE),
        ("Dockerfile", "FROM %%BASE%%\n", sorts.DOCKERFILE_TEMPLATE),
        ("Dockerfile", "{{ header }}\nFROM a:1\n", sorts.DOCKERFILE_TEMPLATE),
        ("Dockerfile", "FROM a:1\nLABEL a={{b}}\nUSER 1\n", ""),
        ("Dockerfile.common", "ENV A=1\n", sorts.DOCKERFILE_PART),
        ("Dockerfile", "ENV A=1\n", ""),
        ("Dockerfile", "# syntax=example.com/other:1\nBUILD x\n", ""),
    ],
)
def test_what_is_no_dockerfile_yet_is_passed_over(path: str, text: str, reason: str) -> None:
    (document,) = verdict(path, text.encode(), "default").documents
    assert document.skipped == reason


def test_other_frontends_take_what_they_like() -> None:
    assert verdict("Dockerfile", b"# syntax=example.com/other:1\nBUILD x\n", "strict").documents[0].is_valid
    assert not verdict("Dockerfile", b"# syntax=mirror/docker/dockerfile:1\nBUILD x\n", "strict").documents[0].is_valid


@pytest.mark.parametrize(
    "name", ["Dockerfile", "a/Containerfile", "web.Dockerfile", "Dockerfile.debug", "x.dockerfile"]
)
def test_names_of_dockerfiles(name: str) -> None:
    assert is_dockerfile(name)


@pytest.mark.parametrize(
    "name", ["Dockerfile.dockerignore", "Dockerfile.md", "dockerfile.py", "MyDockerfile", "a.yaml"]
)
def test_names_of_other_files(name: str) -> None:
    assert not is_dockerfile(name)


# Any text


SCRAPS = (
    *(
        "FROM a:1\n",
        "FROM a AS b\n",
        "RUN ",
        "COPY --from=",
        "ENV ",
        "ARG A=",
        "ONBUILD ",
        "HEALTHCHECK ",
        "EXPOSE ",
        "USER ",
    ),
    *(
        "<<EOF",
        "EOF\n",
        "\\\n",
        "\\",
        "`",
        "# escape=`\n",
        "# syntax=x\n",
        "$A",
        "${A",
        "${A:-",
        "}",
        "$(",
        ")",
        "`",
        "'",
        '"',
    ),
    *(
        "[",
        "]",
        '["a"]',
        "|",
        "&&",
        ";;",
        "case x in ",
        "esac",
        "--",
        "--mount=",
        " ",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\ufeff",
        "=",
        ":",
    ),
    *("pip install ", "apt-get update ", "{{", "\x85", "é", "😀", "\0", "[[", "((", ">", "80-90/udp", "@sha256:"),
)
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(SCRAPS), max_size=30).map("".join))


def check(data: bytes) -> None:
    """Look at ``data``, and at what is said about it."""
    file = read(data)
    found = faults(file, "*.md\n[a\n")
    assert_within(file, found)
    document = verdict("Dockerfile", data, "off").documents[0]
    shown = report.render_all(document.found, source("Dockerfile", document))
    assert bool(shown) is bool(document.found)
    image_facts(file)


def assert_within(file: Dockerfile, found: Sequence[Fault]) -> None:
    lines = file.text.split("\n")
    for each in found:
        line, column, end_line, end_column = file.place(each.start, each.end)
        assert (line, column) <= (end_line, end_column)
        assert 1 <= line <= end_line <= len(lines)
        assert end_column <= len(lines[end_line - 1]) + 1


@given(TEXTS)
@example("FROM a AS b\nFROM b AS b\nCOPY --from=b x /")
def test_any_text_is_answered(text: str) -> None:
    check(text.encode("utf-8", errors="replace"))


@given(st.binary())
def test_any_bytes_are_answered(data: bytes) -> None:
    check(data)


def mutants(text: str) -> Iterator[str]:
    """Yield ``text`` without each of its lines, with each of them twice, and cut off at many places."""
    lines = text.splitlines(keepends=True)
    for at in range(len(lines)):
        yield "".join(lines[:at] + lines[at + 1 :])
        yield "".join(lines[: at + 1] + lines[at:])
    yield from (text[:at] for at in range(0, len(text), 7))


@pytest.mark.parametrize("entry", ALONE, ids=lambda entry: entry.row)
def test_any_broken_example_is_answered(entry: Entry) -> None:
    for text in mutants(entry.fails):
        check(text.encode())


@pytest.mark.parametrize("output_format", ["json", "sarif", "github", "junit"])
def test_findings_are_shown_in_every_format(output_format: str) -> None:
    out = io.StringIO()
    shown = sink(output_format, out, ("1.36",), [entry.rule for entry in ENTRIES.values()])
    for entry in ALONE:
        shown.take(verdict(f"{entry.row}/Dockerfile", entry.fails.encode(), "off"))
    shown.end()
    assert "KG7811" in out.getvalue()
    if output_format in {"json", "sarif"}:
        json.loads(out.getvalue())


@pytest.mark.parametrize(
    "text",
    [
        "FROM a AS b\n" * 10_000,
        "".join(f"FROM a{at} AS a{at + 1}\nENV x{at}=1\n" for at in range(4_000)),
        "FROM a:1\n" + "ENV a=$b\n" * 10_000,
        "FROM scratch\n" + "".join(f"ENV a{at}=$a{at - 1}\n" for at in range(6_000)),
        "FROM a:1\nRUN " + "pip install x && " * 6_000,
        "FROM a:1\nRUN " + "$(" * 40_000,
        "FROM a:1\nRUN " + "\"'`${" * 20_000,
        "FROM a:1\nENV a=" + "${b:-" * 20_000,
        "FROM a:1\nRUN " + "<<A " * 10_000,
        "FROM a:1\nRUN x \\\n" * 10_000,
        "FROM a:1\n" + "ONBUILD " * 20_000,
        "FROM a:1\nCMD " + "[" * 40_000,
        "FROM a:1\n" + "RUN apt-get install x\n" * 6_000,
        "FROM " + "a." * 40_000,
        "x\nFROM a\n" * 10_000,
    ],
    ids=lambda text: repr(text[:40]),
)
def test_hostile_text_is_answered_soon(text: str) -> None:
    start = time.perf_counter()
    assert verdict("Dockerfile", text.encode(), "off").documents[0].found
    assert time.perf_counter() - start < SLOWEST_SECONDS
