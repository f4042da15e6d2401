"""All Dockerfiles that kgen generates: no rule of kgen, hadolint or BuildKit finds anything that is not explained."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from kgen.check import catalogue
from kgen.check.dockerfile import faults
from kgen.emit.dockerfile import dockerfile, dockerignore
from kgen.model.image_plan import ImagePlan
from kgen.read.dockerfile import read
from test_dockerfile import matrix

ROOT = Path(__file__).parents[1]
GENERATED = sorted(
    path
    for path in (ROOT / "golden").rglob("out/**/*")
    if path.is_file() and "Dockerfile" in path.name and not path.name.endswith(".dockerignore")
)
EACH = pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.relative_to(ROOT / "golden").as_posix())
MATTERS_OF_CHOICE = {
    "DKF03": "digests are those of the images' lock, which somebody asks for",
    "DKF27": "hadolint's comments have to stand right above an instruction, where Docker would show them",
    "DKF15B": "mirrors drop a version of a package as soon as its security fix is out",
}
"""Rows that are off by themselves, and why kgen does not do what they ask for."""

CHECKS = {
    "ConsistentInstructionCasing",
    "CopyIgnoredFile",
    "DuplicateStageName",
    "ExposeInvalidFormat",
    "ExposeProtoCasing",
    "FromAsCasing",
    "FromPlatformFlagConstDisallowed",
    "InvalidDefaultArgInFrom",
    "InvalidDefinitionDescription",
    "JSONArgsRecommended",
    "LegacyKeyValueFormat",
    "MaintainerDeprecated",
    "MultipleInstructionsDisallowed",
    "NoEmptyContinuation",
    "RedundantTargetPlatform",
    "ReservedStageName",
    "SecretsUsedInArgOrEnv",
    "StageNameCasing",
    "UndefinedArgInFrom",
    "UndefinedVar",
    "WorkdirRelativePath",
}
"""All checks that BuildKit documents. Source: https://docs.docker.com/reference/build-checks/"""


def ignored(path: Path) -> str | None:
    """Return the text of the .dockerignore that counts for a Dockerfile."""
    for each in (Path(f"{path}.dockerignore"), path.parent / ".dockerignore"):
        if each.is_file():
            return each.read_text("utf-8")
    return None


def test_there_are_many() -> None:
    assert len(GENERATED) > 20  # one for each manager and layout


@EACH
def test_no_rule_of_kgen_is_broken(path: Path) -> None:
    """Those that are off included: among them are all of BuildKit's checks."""
    found = [fault for fault in faults(read(path.read_bytes()), ignored(path)) if fault.row not in MATTERS_OF_CHOICE]
    assert [(fault.row, fault.message) for fault in found] == []


@pytest.mark.parametrize("plan", matrix(), ids=repr)
def test_no_plan_breaks_a_rule(plan: ImagePlan) -> None:
    """Every way to combine managers, packages, ports and so on; ``test_dockerfile.py`` asks hadolint about them."""
    text, beside = dockerfile(plan), dockerignore(plan, ("deploy",))
    found = [fault for fault in faults(read(text.encode()), beside) if fault.row not in MATTERS_OF_CHOICE]
    assert [(fault.row, fault.message) for fault in found] == []


@EACH
def test_what_hadolint_is_told_to_ignore_is_explained(path: Path) -> None:
    """``test_oracles.py`` asks hadolint itself."""
    lines = path.read_text("utf-8").splitlines()
    explained: set[str] = set()
    for above, line in pairwise(lines):
        if "hadolint ignore=" in line:
            assert re.fullmatch(r"# hadolint ignore=DL\d{4}", line)
            explained |= {line} if above.startswith("# ") else set()
            assert line in explained, "why?"


def test_buildkit_s_checks_are_rules_of_kgen() -> None:
    entries = catalogue.family("dockerfile").values()
    peers = {peer.removeprefix("BuildKit ") for each in entries for peer in each.peers if peer.startswith("BuildKit ")}
    assert peers == CHECKS
