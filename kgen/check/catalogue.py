"""
Rules as data: one table a row in ``*/rules/*.toml`` beside the code. They are read when a rule is broken, or asked for.

A table has ``code``, ``name`` and ``explain`` as every rule of kgen; ``severity`` if that is not ``error``;
``upstream``, the function or page that it mirrors; ``peers``, the names that other tools have for it; ``profile``
(below); ``confidential`` if it is about a secret; ``fails`` and ``passes``, manifests that break the rule and that do
not; or, in place of the examples, ``offline = "why not"`` if nobody can tell without a cluster, or ``elsewhere =
"KG5017"`` if another rule says it.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from kgen.diag import Rule, Severity
from kgen.record import dataclass, field

Profile: TypeAlias = Literal["server", "default", "strict", "off", "compile"]
"""
The first profile in which a rule is asked: ``server``, what an API server refuses; ``default``, what breaks an app
though every object is valid; ``strict``, good practice; ``off``, only when somebody selects it by name. ``compile`` is
none of `kgen validate`: the rule needs an app file, and `kgen compile` asks it.
"""

_HERE = Path(__file__).parent

FAMILIES: Mapping[str, Profile] = {
    "server": "server",
    "cross": "default",
    "practice": "strict",
    "lifecycle": "strict",
    "dockerfile": "strict",
    "revisions": "default",
}
"""Folders with rules, and the profile of those that name none."""

_OF_JUDGEMENT = ("KG61", "KG80")
"""First and last family of codes that an API server knows nothing of."""

_OF_UPDATES = ("KG6901", "KG6918")
"""First and last code in between of what a server refuses to change."""

_EXAMPLES = ("before", "fails", "passes", "fails_dockerfile", "passes_dockerfile", "ignored", "settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row."""

    row: str
    """As ``SVC009``."""

    family: str
    """Folder that it stands in: one of ``FAMILIES``."""

    rule: Rule
    profile: Profile
    upstream: str
    peers: tuple[str, ...] = ()
    """As ``kube-linter dangling-service``."""

    offline: str = ""
    """Why kgen cannot decide it."""

    elsewhere: str = ""
    """Code of the rule that says it, if not this one."""

    version: str = ""
    """The Kubernetes version that the examples are for, if not any."""

    examples: Mapping[str, str] = field(default_factory=dict)
    """``fails`` and ``passes``, and what belongs to them."""

    @property
    def fails(self) -> str:
        return self.examples.get("fails", "")

    @property
    def passes(self) -> str:
        return self.examples.get("passes", "")


@cache
def entries() -> Mapping[str, Entry]:
    """Return all rows, by their ids."""
    made: dict[str, Entry] = {}
    for path in _files():
        made |= _of_file(path)
    return dict(sorted(made.items()))


def family(name: str) -> Mapping[str, Entry]:
    """Return the rows of one of ``FAMILIES``."""
    made: dict[str, Entry] = {}
    for path in _files():
        if path.parts[-3] == name:
            made |= _of_file(path)
    return dict(sorted(made.items()))


def entry(row: str) -> Entry:
    """Return a row. Only the file that has it is read: all of them take longer than most runs."""
    header = f"[{row}]\n".encode()
    for path in _files():
        text = path.read_bytes()
        if (text.startswith(header) or b"\n" + header in text) and (found := _of_file(path).get(row)):
            return found
    raise KeyError(row)


@cache
def rule(row: str) -> Rule:
    """Return the rule of a row."""
    return entry(row).rule


def is_silenceable(rule: Rule) -> bool:
    """Tell whether somebody may decide that ``rule`` is wrong for them: not where an API server refuses the object."""
    first, last = _OF_UPDATES
    if first <= rule.code <= last and rule.severity is Severity.ERROR:
        return False
    first, last = _OF_JUDGEMENT
    return first <= rule.code[:4] <= last or rule.severity is not Severity.ERROR


@cache
def by_name() -> Mapping[str, Entry]:
    """Return all rows by everything that they may be called: name, code, and row."""
    made: dict[str, Entry] = {}
    for each in entries().values():
        made |= {each.rule.name: each, each.rule.code: each, each.row: each}
    return made


@cache
def _files() -> tuple[Path, ...]:
    return tuple(path for name in FAMILIES for path in sorted((_HERE / name / "rules").glob("*.toml")))


@cache
def _of_file(path: Path) -> Mapping[str, Entry]:
    name = path.parts[-3]
    return {row: _entry(row, name, table) for row, table in tomllib.loads(path.read_text("utf-8")).items()}


def _entry(row: str, name: str, table: Mapping[str, Any]) -> Entry:
    rule = Rule(
        code=table["code"],
        name=table["name"],
        severity=Severity(table.get("severity", "error")),
        explain=table["explain"],
        is_confidential=table.get("confidential", False),
    )
    return Entry(
        row=row,
        family=name,
        rule=rule,
        profile=table.get("profile", FAMILIES[name]),
        upstream=table["upstream"],
        peers=tuple(table.get("peers", ())),
        offline=table.get("offline", ""),
        elsewhere=table.get("elsewhere", ""),
        version=table.get("version", ""),
        examples={key: table[key] for key in _EXAMPLES if key in table},
    )
