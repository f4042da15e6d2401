"""
The pages of docs/rules, one for each file of rules, and an index: part of ``make docs``.

A section has why the rule is one, an object that breaks it and one that does not, the function or page that it mirrors,
and the names that other tools have for it.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kgen import rules
from kgen.check import catalogue
from kgen.check.catalogue import FAMILIES, Entry
from kgen.diag import Rule, Severity

HEAD = "<!-- Made by `make docs` from the code. Do not edit. -->\n"
RULES = Path(catalogue.__file__).parent

OWN = {
    "KG10": "Syntax: the file as YAML",
    "KG11": "Use: what the command line asks for",
    "KG12": "Silencing: comments to kgen",
    "KG20": "Form: fields and values",
    "KG30": "Meaning: fields together",
    "KG40": "Files: what is on disk",
    "KG50": "Schema: what Kubernetes knows",
    "KG90": "Bugs of kgen",
}
TITLES = {
    "server": "What an API server refuses or warns about, beyond its schemas",
    "cross": "Objects that do not fit together",
    "revisions": "Changes that a server refuses, or that hurt while they roll out",
    "practice": "Practice and security",
    "lifecycle": "Versions of Kubernetes",
    "dockerfile": "Dockerfiles",
}
_EXAMPLES = {
    "before": ("Before", "yaml"),
    "fails_dockerfile": ("Fails, with this Dockerfile", "dockerfile"),
    "fails": ("Fails", "yaml"),
    "passes_dockerfile": ("Passes, with this Dockerfile", "dockerfile"),
    "passes": ("Passes", "yaml"),
    "settings": ("With this in kgen.yaml", "yaml"),
    "ignored": ("With this .dockerignore", "text"),
}
_PROFILES = {
    "server": "all profiles",
    "default": "`default` and `strict`",
    "strict": "`strict`",
    "off": "none: select it by name",
    "compile": "`kgen compile`",
}


def pages() -> Mapping[str, str]:
    """Return the pages by name."""
    made = {"kgen.md": own_page()}
    listed: dict[str, list[tuple[str, list[Entry]]]] = {}
    for family in FAMILIES:
        for path in sorted((RULES / family / "rules").glob("*.toml")):
            entries = [each for each in catalogue.family(family).values() if _is_in(each, path)]
            name = f"{family}-{path.stem.replace('_', '-')}.md"
            made[name] = rule_page(family, path.stem, entries)
            listed.setdefault(family, []).append((name, entries))
    made["README.md"] = index(listed)
    return made


def _is_in(entry: Entry, path: Path) -> bool:
    return re.search(rf"(?m)^\[{entry.row}\]$", path.read_text("utf-8")) is not None


def index(listed: Mapping[str, list[tuple[str, list[Entry]]]]) -> str:
    """Return the list of all rules."""
    lines = [
        HEAD,
        "# Rules\n",
        "Every finding of kgen has a code and a name; `kgen explain NAME` prints what stands here. Rules that an API",
        "server does not know can be [silenced and chosen](../validate.md#rules).\n",
        "- [What kgen itself finds](kgen.md): files, command lines, app.yaml, schemas",
    ]
    for family, parts in listed.items():
        lines += ["", f"## {TITLES[family]}\n"]
        for name, entries in parts:
            lines += [f"### [{name.removesuffix('.md').partition('-')[2].replace('-', ' ').capitalize()}]({name})\n"]
            lines += ["| row | code | name | severity | profile |", "|---|---|---|---|---|"]
            lines += [_row(name, entry) for entry in entries]
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(page: str, entry: Entry) -> str:
    rule = entry.rule
    name = f"[`{rule.name}`]({page}#{rule.name})"
    profile = "not decided" if entry.offline else (entry.elsewhere and f"see {entry.elsewhere}") or entry.profile
    return f"| {entry.row} | {rule.code} | {name} | {rule.severity.value} | {profile} |"


def rule_page(family: str, stem: str, entries: Iterable[Entry]) -> str:
    """Return the page of one file of rules."""
    title = stem.replace("_", " ").capitalize()
    parts = [HEAD, f"# {title}\n", f"{TITLES[family]}. [All rules](README.md).\n"]
    return "\n".join([*parts, *itertools.chain.from_iterable(map(_section, entries))]).rstrip("\n") + "\n"


def _section(entry: Entry) -> Iterator[str]:
    rule = entry.rule
    yield f"## {rule.name}\n"
    yield f"{rule.severity.value} {rule.code}, row {entry.row}; asked in {_PROFILES[entry.profile]}\n"
    yield f"{rule.explain}\n"
    if entry.offline:
        yield f"*Not decided offline: {entry.offline}*\n"
    if entry.elsewhere:
        yield f"*Said by {entry.elsewhere}{_name_of(entry.elsewhere)}.*\n"
    for key, (title, language) in _EXAMPLES.items():
        if text := entry.examples.get(key):
            yield f"{title}:\n\n```{language}\n{text.strip(chr(10))}\n```\n"
    if entry.version:
        yield f"The examples are for Kubernetes {entry.version}.\n"
    yield f"Upstream: {_linked(entry.upstream)}\n"
    if entry.peers:
        yield f"Elsewhere: {'; '.join(f'`{peer}`' for peer in entry.peers)}\n"


def _name_of(code: str) -> str:
    known = next((rule.name for rule in rules.ALL if rule.code == code), "")
    return f" `{known}`" if known else ""


def _linked(upstream: str) -> str:
    return f"<{upstream}>" if upstream.startswith("https://") and " " not in upstream else f"`{upstream}`"


def own_page() -> str:
    """Return the page of the rules that are not in a file of rules."""
    lines = [HEAD, "# What kgen itself finds\n", "Severity is `error` unless a rule says otherwise.\n"]
    catalogued = {entry.rule.code for entry in catalogue.entries().values()}
    for family, title in OWN.items():
        lines += [f"## {title}\n", "| code | name | why |", "|---|---|---|"]
        lines += [_own_row(rule) for rule in rules.ALL if rule.code.startswith(family) and rule.code not in catalogued]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _own_row(rule: Rule) -> str:
    mark = "" if rule.severity is Severity.ERROR else f" ({rule.severity.value})"
    return f"| {rule.code} | `{rule.name}`{mark} | {rule.explain} |"
