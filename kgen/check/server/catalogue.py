"""
The server's rules as data: ``rules/*.toml``, one table a row. It is read when a rule is broken, or asked for.

A table has ``code``, ``name`` and ``explain`` as every rule of kgen; ``upstream``, the function of the API server that
it mirrors; ``fails`` and ``passes``, an object that breaks the rule and one that does not (YAML); ``severity`` if it is
``warning``; and ``offline = "why not"`` in place of the examples if nobody can tell without a cluster.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kgen.diag import Rule, Severity

_FOLDER = Path(__file__).parent / "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row."""

    row: str
    """As ``SVC009``."""

    rule: Rule
    upstream: str
    fails: str = ""
    passes: str = ""
    offline: str = ""
    """Why kgen cannot decide it."""

    version: str = ""
    """The Kubernetes version that the examples are for, if not any."""


@cache
def entries() -> Mapping[str, Entry]:
    """Return all rows, by their ids."""
    tables: dict[str, Any] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        tables |= tomllib.loads(path.read_text("utf-8"))
    return {row: _entry(row, table) for row, table in sorted(tables.items())}


def _entry(row: str, table: Mapping[str, str]) -> Entry:
    rule = Rule(
        code=table["code"],
        name=table["name"],
        severity=Severity(table.get("severity", "error")),
        explain=table["explain"],
    )
    return Entry(
        row=row,
        rule=rule,
        upstream=table["upstream"],
        fails=table.get("fails", ""),
        passes=table.get("passes", ""),
        offline=table.get("offline", ""),
        version=table.get("version", ""),
    )


def rule(row: str) -> Rule:
    """Return the rule of a row."""
    return entries()[row].rule
