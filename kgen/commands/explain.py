"""``kgen explain``: why a rule is one, with an object that breaks it and one that does not."""

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from kgen.check import catalogue
from kgen.check.catalogue import Entry
from kgen.check.store import Store, default_directory
from kgen.commands import kinds, own_fields
from kgen.commands.schema import Output, show
from kgen.commands.wrong_use import UNKNOWN_RULE_CHOSEN
from kgen.diag import Diagnostic, Label, Rule, Severity
from kgen.words import nearest

_WIDTH = 100
_EXAMPLES = {
    "before": "Before",
    "fails_dockerfile": "Fails: Dockerfile",
    "fails": "Fails",
    "passes_dockerfile": "Passes: Dockerfile",
    "passes": "Passes",
    "settings": "With this kgen.yaml",
    "ignored": "With this .dockerignore",
}
_PROFILES = {
    "server": "asked in every profile: an API server does so too",
    "default": "asked in the profiles `default` and `strict`",
    "strict": "asked in the profile `strict`",
    "off": "asked only when it is selected: `--select {name}`",
    "compile": "asked by `kgen compile`, which knows the app file too",
}


def explain(thing: str, rules: tuple[Rule, ...], output: Output) -> int:
    """
    Print what is known of a rule or a field, and return the exit code.

    Args:
        thing: Name, code or row of a rule, a kind or a field of one (``deployment.spec.strategy``), or a field of
            app.yaml or kgen.yaml (``components.web.replicas``); empty: all rules are listed.
        rules: All rules of kgen.
    """
    if not thing:
        return _list(rules, output)
    entry = catalogue.by_name().get(thing)
    rule = entry.rule if entry else next((each for each in rules if thing in (each.name, each.code)), None)
    if rule is None:
        return _explain_field(thing, rules, output)
    if output.as_json:
        output.out.write(json.dumps({"version": 1, **_described(rule, entry)}, indent=2) + "\n")
    else:
        output.out.write("\n".join(_lines(rule, entry)) + "\n")
    return 0


def _explain_field(thing: str, rules: tuple[Rule, ...], output: Output) -> int:
    """Print what is known of a field; a word that means a kind and a field of app.yaml means the kind."""
    store = Store(default_directory())
    is_kind = thing.partition(".")[0].lower() in kinds.by_word(store, store.versions()[-1])
    if "/" in thing or is_kind:
        return show(thing, version=None, api_version=None, output=output)
    field = own_fields.find(thing)
    if field is None:
        if "." in thing:
            return show(thing, version=None, api_version=None, output=output)
        return output.refuse([_unknown(thing, rules)])
    if isinstance(field, Diagnostic):
        return output.refuse([field])
    if output.as_json:
        output.out.write(json.dumps({"version": 1, **own_fields.described(field)}, indent=2) + "\n")
    else:
        output.out.write(own_fields.text(field))
    return 0


def _list(rules: tuple[Rule, ...], output: Output) -> int:
    known = {entry.rule.code: entry for entry in catalogue.entries().values()}
    if output.as_json:
        listed = [_described(rule, known.get(rule.code)) for rule in rules]
        output.out.write(json.dumps({"version": 1, "rules": listed}, indent=2) + "\n")
        return 0
    for rule in rules:
        entry = known.get(rule.code)
        profile = entry.profile if entry else ""
        output.out.write(f"{rule.code}  {rule.severity.value:7}  {profile:7}  {rule.name}\n")
    return 0


def _unknown(thing: str, rules: tuple[Rule, ...]) -> Diagnostic:
    near = nearest(thing, (*(rule.name for rule in rules), *own_fields.words()))
    fields = "`deployment.spec.strategy` or `components.web.replicas`"
    helped = f"did you mean `{near}`?" if near else f"`kgen explain` lists the rules; a field is {fields}"
    return Diagnostic(rule=UNKNOWN_RULE_CHOSEN, message=f"there is no rule or field `{thing}`", at=Label(), help=helped)


def _described(rule: Rule, entry: Entry | None) -> dict[str, Any]:
    """Return a rule for programs. New keys may come, these stay."""
    made: dict[str, Any] = {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "explain": rule.explain,
    }
    if entry:
        made |= {
            "row": entry.row,
            "profile": entry.profile,
            "upstream": entry.upstream,
            "peers": list(entry.peers),
            "offline": entry.offline or None,
            "elsewhere": entry.elsewhere or None,
            "examples": dict(entry.examples),
        }
    return made


def _lines(rule: Rule, entry: Entry | None) -> Iterator[str]:
    yield f"{rule.severity.value}[{rule.code}]: {rule.name}"
    yield ""
    yield from textwrap.wrap(rule.explain, _WIDTH)
    if not entry:
        return
    if entry.offline:
        yield ""
        yield from textwrap.wrap(f"kgen cannot decide it: {entry.offline}", _WIDTH)
    if entry.elsewhere:
        yield ""
        yield f"{entry.elsewhere} says it: kgen explain {entry.elsewhere}"
    for key, title in _EXAMPLES.items():
        if text := entry.examples.get(key):
            yield from ("", f"{title}:", "")
            yield from textwrap.indent(text.strip("\n"), "    ").split("\n")
    yield ""
    yield from _facts(rule, entry)


def _facts(rule: Rule, entry: Entry) -> Iterator[str]:
    yield f"profile:   {_PROFILES[entry.profile].format(name=rule.name)}"
    yield f"upstream:  {entry.upstream}"
    if entry.version:
        yield f"examples:  for Kubernetes {entry.version}"
    for index, peer in enumerate(entry.peers):
        yield f"{'peers:' if index == 0 else '':11}{peer}"
    if catalogue.is_silenceable(rule):
        yield f"silence:   # kgen: allow {rule.name}: the reason"
    elif rule.severity is Severity.ERROR:
        yield "silence:   not possible: an API server refuses the object"
