"""
BuildKit's own checks (`docker build --check`) on everything that kgen generates, and on the examples of kgen's rules.

Opt-in, since it needs a Docker daemon of version 27 or later: ``KGEN_BUILDKIT=1 pytest tests/test_buildkit.py``.
Nothing is built or pulled: base images are replaced by an empty one.
"""

import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kgen.check import catalogue
from kgen.check.dockerfile.image_names import SCRATCH
from kgen.check.dockerfile.stages import Build, sources_of
from kgen.dockerfile import Word
from kgen.read.dockerfile import read
from test_generated_dockerfiles import EACH, ignored

ROOT = Path(__file__).parents[1]
EMPTY = "kgen-tests-empty:1"
ENTRIES = catalogue.family("dockerfile")
PEERS = {
    row: [peer.partition(" ")[2] for peer in entry.peers if peer.startswith("BuildKit ")]
    for row, entry in ENTRIES.items()
    if row.startswith("DKF") and any(peer.startswith("BuildKit ") for peer in entry.peers)
}

pytestmark = pytest.mark.skipif(
    not os.environ.get("KGEN_BUILDKIT") or shutil.which("docker") is None,
    reason="opt-in: KGEN_BUILDKIT=1, and a Docker daemon",
)


@pytest.fixture(scope="module")
def empty() -> str:
    """Return an image with nothing in it."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("empty"))
    subprocess.run(["docker", "import", "-", EMPTY], input=archive.getvalue(), check=True, capture_output=True)
    return EMPTY


def with_base(text: str, base: str) -> str:
    """Return a Dockerfile whose images are all ``base``, and which asks for no frontend of its own."""
    build = Build(read(text.encode()))
    words: list[Word] = []
    for stage in build.stages:
        if stage.parent is None and stage.base is not None and stage.source not in {None, SCRATCH}:
            words.append(stage.base)
        for instruction, _ in stage.steps:
            words += [word for word in sources_of(instruction) if build.stage(word.text) is None]
    for word in sorted(words, key=lambda word: -word.start):
        if "$" not in word.text:
            text = text[: word.start] + base + text[word.end :]
    return text.replace("# syntax=", "# no syntax ", 1)


def said(text: str, folder: Path, base: str, ignored: str | None = None, experimental: str = "all") -> list[str]:
    """Return the names of the checks that BuildKit finds broken."""
    (folder / "Dockerfile").write_text(with_base(text, base), "utf-8")
    if ignored is not None:
        (folder / ".dockerignore").write_text(ignored, "utf-8")
    setting = f"BUILDKIT_DOCKERFILE_CHECK=experimental={experimental}"
    command = ["docker", "build", "--call=check,format=json", "--build-arg", setting, str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stdout.startswith("{"), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return [each["ruleName"] for each in found.get("warnings") or []]


@EACH
def test_buildkit_finds_nothing_in_what_is_generated(path: Path, tmp_path: Path, empty: str) -> None:
    """Of the experimental checks only one is asked: the other takes the head of the file for a description."""
    assert said(path.read_text("utf-8"), tmp_path, empty, ignored(path), "CopyIgnoredFile") == []


@pytest.mark.parametrize(("row", "names"), PEERS.items())
def test_buildkit_says_what_kgen_says(row: str, names: Sequence[str], tmp_path: Path, empty: str) -> None:
    entry = ENTRIES[row]
    assert set(said(entry.fails, tmp_path, empty, entry.examples.get("ignored"))) & set(names)
    assert not set(said(entry.passes, tmp_path, empty, entry.examples.get("ignored"))) & set(names)
