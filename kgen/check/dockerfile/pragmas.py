"""
What a Dockerfile says to hadolint and to BuildKit: who silenced a rule there need not say it again to kgen.

Source: https://github.com/hadolint/hadolint#inline-ignores, https://docs.docker.com/reference/dockerfile/#check
"""

from __future__ import annotations

import re

from kgen.dockerfile import SYNTAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgen.dockerfile import Dockerfile, Fault

_IGNORE = re.compile(
    r"(?m)^[ \t]*#[ \t]*hadolint[ \t]+(global[ \t]+)?ignore[ \t]*=[ \t]*([A-Z0-9]+(?:[ \t]*,[ \t]*[A-Z0-9]+)*)"
)
_SKIP = re.compile(r"(?:^|;)\s*skip\s*=\s*([^;]*)")
_ALL = "all"


def counting(file: Dockerfile, found: Sequence[Fault]) -> list[Fault]:
    """Return those of ``found`` that no such comment is about."""
    skipped = _skipped(file)
    ignored = _ignored(file) if "hadolint" in file.text else []
    if not found or not (skipped or ignored):
        return list(found)
    from kgen.check import catalogue  # noqa: PLC0415  # only where there are faults and comments

    kept = []
    for fault in found:
        peers = [peer.partition(" ")[::2] for peer in catalogue.entry(fault.row).peers]
        checks = {name for tool, name in peers if tool == "BuildKit"}
        codes = {name for tool, name in peers if tool == "hadolint"}
        is_skipped = bool(checks) and (_ALL in skipped or checks <= skipped)
        is_ignored = any(codes & names and start <= fault.start < end for names, start, end in ignored)
        if fault.row == SYNTAX or not (is_skipped or is_ignored):
            kept.append(fault)
    return kept


def _skipped(file: Dockerfile) -> set[str]:
    """Return the checks that the directive ``check`` switches off."""
    found = _SKIP.search(file.directives.get("check", ""))
    return {name.strip() for name in found[1].split(",")} if found else set()


def _ignored(file: Dockerfile) -> list[tuple[set[str], int, int]]:
    """Return the codes of hadolint that are ignored, and between which places."""
    made = []
    for comment in _IGNORE.finditer(file.text):
        names = {name.strip() for name in comment[2].split(",")}
        below = next((each for each in file.instructions if each.keyword.start > comment.start()), None)
        if comment[1]:
            made.append((names, 0, len(file.text) + 1))
        elif below is not None:
            made.append((names, below.keyword.start, max(below.end, below.keyword.end) + 1))
    return made
