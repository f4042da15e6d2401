"""Whatever the bytes, `kgen validate` answers with verdicts that render in every format, and soon."""

import io
import json
import os
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kgen.check.objects import Objects
from kgen.check.store import Store, default_directory
from kgen.commands.validate import Request, run
from kgen.commands.validate_formats import sink
from kgen.commands.validate_text import Text
from kgen.read.split import chunks
from kgen.rules import ALL
from kgen.validate.document import Verdict
from kgen.validate.judge import Judge

REPOSITORY = Path(__file__).parents[1]
CORPUS = REPOSITORY.parent / "shared" / "corpus"
SEED: int | None = None if os.environ.get("KGEN_FUZZ") else 20
VERSIONS = ("1.30", "1.34")
SLOWEST_SECONDS = 5
"""For one small file, on a machine that does other things too."""

SCRAPS = [
    *(
        b"&x ",
        b"*x",
        b"!!int ",
        b"! ",
        b"!!binary ",
        b"<<: *x",
        b"[",
        b"]",
        b"{",
        b"}",
        b"'",
        b'"',
        b"|",
        b">-",
        b"? ",
        b"- ",
    ),
    *(
        b": ",
        b":",
        b"#",
        b"---",
        b"\n---\n",
        b"...\n",
        b"%YAML 1.1\n",
        b"\t",
        b"\r",
        b"\r\n",
        b"\xef\xbb\xbf",
        b"\0",
        b"\xff",
    ),
    *(
        b"\x1b[31m",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
        b"{{ x }}",
        b"0x",
        b"1e999",
        b".inf",
        b"~",
        b"9" * 30,
        b"\\ud800",
        b"\\/",
    ),
    *(b"apiVersion: v1\n", b"kind: List\n", b"items:\n", b"$patch: x\n", b"sops: {mac: x}\n", b"metadata: 1\n"),
]


@pytest.fixture(scope="module")
def judge() -> Judge:
    objects = Objects(Store(default_directory()), VERSIONS, lambda *_: None)
    return Judge(objects, profile="default")


def seeds() -> list[bytes]:
    valid = (REPOSITORY / "tests" / "valid_objects.yaml").read_bytes().split(b"\n---\n")
    golden = sorted((REPOSITORY / "golden").rglob("*.yaml"))[::20]
    return [text for text in (*valid, *(path.read_bytes() for path in golden)) if len(text) < 3000]


def mutated(text: bytes, chance: random.Random) -> bytes:
    """Return ``text`` with a few faults of the kind that people and editors make."""
    for _ in range(chance.randint(1, 4)):
        lines = text.split(b"\n")
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                del lines[at]
            case 1:
                lines.insert(other, lines[at])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = b" " * chance.randrange(5) + lines[at].lstrip(b" " if chance.random() < 0.5 else b"")
            case 4:
                where = chance.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:where] + chance.choice(SCRAPS) + lines[at][where:]
            case 5 if lines[at]:
                where = chance.randrange(len(lines[at]))
                lines[at] = lines[at][:where] + bytes([chance.randrange(256)]) + lines[at][where + 1 :]
            case 6:
                key, colon, _ = lines[at].partition(b": ")
                lines[at] = key + colon + chance.choice(SCRAPS)
            case _:
                lines = lines[: at + 1]
        text = b"\n".join(lines)
    return text


def noise(chance: random.Random) -> bytes:
    count = chance.randrange(40)
    return chance.randbytes(count) if chance.random() < 0.5 else b"".join(chance.choices(SCRAPS, k=count // 3))


def verdict(data: bytes, judge: Judge, path: str = "a/b.yaml") -> Verdict:
    start = time.monotonic()
    made = [judge.document(chunk, index, path) for index, chunk in enumerate(chunks(data))]
    assert time.monotonic() - start < SLOWEST_SECONDS
    for document in made:
        for each in document.found:
            span = each.at.span
            assert each.message
            assert "``" not in each.message.replace("```", ""), each.message  # nothing is quoted that is not there
            assert span is None or (1, 1) <= (span.line, span.column) <= (span.end_line, span.end_column)
            assert span is None or span.end_line <= len(re.findall(rb"\r\n|\r|\n", data)) + 1
    return Verdict(path, made)


def render(verdicts: list[Verdict]) -> None:
    """Assert that every format takes the findings."""
    findings = sum(len(document.found) for each in verdicts for document in each.documents)
    for name in ("json", "sarif", "github", "junit"):
        out = io.StringIO()
        made = sink(name, out, VERSIONS, ALL)
        for each in verdicts:
            made.take(each)
        made.end()
        text = out.getvalue()
        text.encode()
        if name == "json":
            assert sum(len(document["findings"]) for document in json.loads(text)["documents"]) == findings
        elif name == "sarif":
            assert len(json.loads(text)["runs"][0]["results"]) == findings
        elif name == "github":
            assert len(text.splitlines()) == findings
        else:
            ET.fromstring(text)  # noqa: S314  # our own output
    out = io.StringIO()
    made_text = Text(out, io.StringIO(), VERSIONS, colour=False)
    for each in verdicts:
        made_text.take(each)
    made_text.end()
    # the same unknown kind is said once
    found = [each for verdict in verdicts for document in verdict.documents for each in document.found]
    unknown = [each.message for each in found if each.rule.name == "unknown-kubernetes-kind"]
    assert out.getvalue().count("  = rule: ") == findings - len(unknown) + len(set(unknown))
    assert all(line.isprintable() for line in out.getvalue().split("\n"))


def batches(texts: Iterator[bytes], judge: Judge) -> None:
    held: list[Verdict] = []
    for text in texts:
        held.append(verdict(text, judge, f"a/{len(held)}.yaml"))
        if len(held) == 500:
            render(held)
            held = []
    render(held)


def test_any_bytes_are_answered(judge: Judge) -> None:
    chance = random.Random(SEED)  # noqa: S311
    batches((noise(chance) for _ in range(10_000)), judge)


def test_any_broken_manifest_is_answered(judge: Judge) -> None:
    chance = random.Random(SEED)  # noqa: S311
    texts = seeds()
    batches((mutated(chance.choice(texts), chance) for _ in range(10_000)), judge)


@pytest.mark.parametrize(
    "data",
    [
        b"a: !!binary \xc3\xa9",
        b"[" * 1_000_000,
        b"{a: " * 100_000,
        b"- " * 500_000,
        b"? " * 100_000,
        b"a: &a [x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 108)),
        b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n" + b"".join(b"k%d: 1\n" % at for at in range(1000)),
        b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: " + b"{a: " * 900 + b"}" * 900,
        b"apiVersion: v1\nkind: List\nitems:\n" + b"- {}\n" * 1000,
        b"apiVersion: v1\nkind: List\nitems: [&x {apiVersion: v1, kind: List, items: [*x]}]",
        b"'" * 100_000,
        b'"\\' * 100_000,
        b"---\n" * 100_000,
        b"\r" * 1_000_000,
        b"%" * 100_000,
        b"&" * 100_000,
        b"&a " * 100_000,
        b"!" * 100_000,
    ],
    ids=lambda data: repr(data[:40]),
)
def test_hostile_text_is_answered_soon(data: bytes, judge: Judge) -> None:
    render([verdict(data, judge)])


@pytest.mark.skipif(not os.environ.get("KGEN_CORPUS"), reason="reads thousands of files: set KGEN_CORPUS=1")
@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs ../shared/corpus, which is not a part of this repository")
@pytest.mark.parametrize("output_format", ["text", "json", "sarif", "github", "junit"])
def test_real_files_are_answered(output_format: str) -> None:
    out = io.StringIO()
    request = Request(paths=[str(CORPUS)], output_format=output_format, cached=False, rules=ALL)
    assert run(request, io.BytesIO(), out, io.StringIO()) in {0, 1}
    assert out.getvalue()
