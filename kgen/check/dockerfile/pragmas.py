"""
What a Dockerfile says to hadolint and to BuildKit: who silenced a rule there need not say it again to kgen.

Source: https://github.com/hadolint/hadolint#inline-ignores, https://docs.docker.com/reference/dockerfile/#check
"""

from __future__ import annotations

import re
from bisect import bisect_right

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
    everywhere, ignored = _ignored(file) if "hadolint" in file.text else (set(), {})
    if not found or not (skipped or everywhere or ignored):
        return list(found)
    from kgen.check import catalogue  # noqa: PLC0415  # only where there are faults and comments

    starts = [each.keyword.start for each in file.instructions]
    kept = []
    for fault in found:
        peers = [peer.partition(" ")[::2] for peer in catalogue.entry(fault.row).peers]
        checks = {name for tool, name in peers if tool == "BuildKit"}
        codes = {name for tool, name in peers if tool == "hadolint"}
        here = ignored.get(bisect_right(starts, fault.start) - 1, set())
        is_skipped = bool(checks) and (_ALL in skipped or checks <= skipped)
        if fault.row == SYNTAX or not (is_skipped or codes & (everywhere | here)):
            kept.append(fault)
    return kept


def _skipped(file: Dockerfile) -> set[str]:
    """Return the checks that the directive ``check`` switches off."""
    found = _SKIP.search(file.directives.get("check", ""))
    return {name.strip() for name in found[1].split(",")} if found else set()


def _ignored(file: Dockerfile) -> tuple[set[str], dict[int, set[str]]]:
    """Return the codes of hadolint that are ignored in all of the file, and in single instructions."""
    starts = [each.keyword.start for each in file.instructions]
    everywhere: set[str] = set()
    made: dict[int, set[str]] = {}
    for comment in _IGNORE.finditer(file.text):
        names = {name.strip() for name in comment[2].split(",")}
        if comment[1]:
            everywhere |= names
        else:
            made.setdefault(bisect_right(starts, comment.start()), set()).update(names)
    return everywhere, made
