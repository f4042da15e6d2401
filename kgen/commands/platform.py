"""What kgen.yaml says to ``kgen validate`` where it does not say it plainly, or has a fault."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from kgen.check import catalogue
from kgen.commands.wrong_use import UNKNOWN_RULE_CHOSEN
from kgen.diag import Diagnostic, Label, Severity, has_error
from kgen.diag import Path as FieldPath
from kgen.pipeline import open_workspace
from kgen.source import Source
from kgen.validate.selection import Ignored
from kgen.validate.silences import resolved
from kgen.validate.workspace import Settings
from kgen.words import nearest


def platform_settings(folder: str) -> tuple[Settings, list[Diagnostic], Mapping[str, Source]]:
    """Return what the kgen.yaml in ``folder`` says, its faults, and the file that they are in."""
    workspace = open_workspace(Path(folder))
    sources = {workspace.source.name: workspace.source} if workspace.source else {}
    found = [each for each in workspace.found if has_error([each])]
    if found:
        return Settings(), found, sources
    platform = workspace.platform
    file = workspace.source.name if workspace.source else ""
    rules = platform.rules
    also, wrong = _codes(rules.also, ("rules", "also"), file)
    ignored: list[Ignored] = []
    for index, each in enumerate(rules.ignore):
        codes, more = resolved([each.rule], Label(("rules", "ignore", index, "rule"), file=file))
        wrong += map(_as_error, more)
        ignored += [Ignored(code, each.paths, each.kinds, each.until or "") for code in codes]
    severities: dict[str, str] = {}
    for name, severity in rules.severity.items():
        codes, more = resolved([name], Label(("rules", "severity", name), on="key", file=file))
        wrong += map(_as_error, more)
        severities |= dict.fromkeys(codes, severity)
    settings = Settings(
        versions=platform.kubernetes,
        profile=rules.profile or "",
        also=frozenset(also),
        ignored=ignored,
        severities=severities,
        external=platform.external,
    )
    return settings, wrong, sources


def _as_error(found: Diagnostic) -> Diagnostic:
    """Return a finding that only warns in a comment: kgen.yaml counts everywhere."""
    return replace(found, rule=replace(found.rule, severity=Severity.ERROR))


def _codes(names: Iterable[str], at: FieldPath, file: str) -> tuple[list[str], list[Diagnostic]]:
    codes: list[str] = []
    wrong: list[Diagnostic] = []
    for index, name in enumerate(names):
        made, more = chosen([name], Label((*at, index), file=file))
        codes += made
        wrong += more
    return codes, wrong


def chosen(names: Iterable[str], at: Label) -> tuple[list[str], list[Diagnostic]]:
    """
    Return the codes of the rules of judgement that are called ``names``, and what is wrong with the names.

    A name is that of a rule, its code or the start of it (``KG70``), or that of its row.
    """
    known = catalogue.by_name()
    codes: list[str] = []
    wrong: list[Diagnostic] = []
    for name in names:
        starts = [entry.rule.code for entry in catalogue.entries().values() if entry.rule.code.startswith(name)]
        if name in known:
            codes.append(known[name].rule.code)
        elif starts and len(name) >= len("KG70"):
            codes += starts
        else:
            near = nearest(name, (each for each in known if not each[:2].isupper()))
            helped = f"did you mean `{near}`?" if near else "`kgen explain` lists the rules"
            wrong.append(Diagnostic(rule=UNKNOWN_RULE_CHOSEN, message=f"there is no rule `{name}`", at=at, help=helped))
    return codes, wrong
