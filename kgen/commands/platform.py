"""What kgen.yaml says to ``kgen validate`` where it does not say it plainly, or has a fault."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from kgen.commands.wrong_use import UNKNOWN_RULE_CHOSEN
from kgen.diag import Diagnostic, Label, Severity, has_error
from kgen.diag import Path as FieldPath
from kgen.record import replace
from kgen.source import Source
from kgen.validate.selection import Ignored
from kgen.validate.silences import UNKNOWN_RULE, called, resolved, unknown
from kgen.validate.workspace import Settings
from kgen.workspace import open_workspace


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
        at = _placed(("rules", "ignore", index, "rule"), file, workspace.source)
        ignored += [Ignored(code, at, paths=each.paths, kinds=each.kinds, until=each.until or "") for code in codes]
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
        text=workspace.source.text if workspace.source else "",
    )
    return settings, wrong, sources


def _placed(path: FieldPath, file: str, source: Source | None) -> Label:
    label = Label(path, file=file)
    return replace(label, span=source.span(label)) if source else label


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


def left_out(names: Iterable[str], at: Label) -> tuple[list[str], list[Diagnostic]]:
    """Return the codes of the rules that are called ``names``, none of which may be an API server's."""
    codes, wrong = resolved(list(names), at)
    return codes, [_of_choice(each) for each in wrong]


def chosen(names: Iterable[str], at: Label) -> tuple[list[str], list[Diagnostic]]:
    """
    Return the codes of the rules of judgement that are called ``names``, and what is wrong with the names.

    A name is that of a rule, its code or the start of it (``KG70``), or that of its row.
    """
    codes: list[str] = []
    wrong: list[Diagnostic] = []
    for name in names:
        entries = called(name)
        codes += [each.rule.code for each in entries]
        if not entries:
            wrong.append(_of_choice(unknown(name, at)))
    return codes, wrong


def _of_choice(found: Diagnostic) -> Diagnostic:
    return replace(found, rule=UNKNOWN_RULE_CHOSEN) if found.rule is UNKNOWN_RULE else _as_error(found)
