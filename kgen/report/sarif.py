"""
Findings as SARIF 2.1.0, which code scanning services and editors read.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; what GitHub makes of it:
https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kgen.diag import Diagnostic, Label, Rule, Severity, Span
from kgen.report.line import visible
from kgen.report.order import ordered, place
from kgen.report.plain import file_of, message
from kgen.source import Source

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "%SRCROOT%"
"""Name of the folder that relative paths start from; GitHub takes it for the top of the repository."""

_FINGERPRINT = "kgenRuleAndPath/v1"
"""Goes up when the fingerprint of the same finding changes."""

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")


def render_all(found: Iterable[Diagnostic], sources: Mapping[str, Source], rules: Sequence[Rule]) -> str:
    """
    Return ``found`` as one SARIF log of one run.

    Args:
        found: What was found, in any order.
        sources: Files that were read, by name.
        rules: All that kgen looks for, so that a reader knows which of them found nothing.
    """
    shown = ordered(found, sources)
    known = tuple(dict.fromkeys((*rules, *(each.rule for each in shown))))
    index = {rule: number for number, rule in enumerate(known)}
    run = {
        "tool": {"driver": {"name": "kgen", "rules": [_rule(rule) for rule in known]}},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "the folder that kgen ran in"}}},
        "results": [
            _result(each, sources, index[each.rule], fingerprint)
            for each, fingerprint in zip(shown, _fingerprints(shown), strict=True)
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.name.replace("-", " ")},  # GitHub makes it the title of an alert
        "fullDescription": {"text": rule.explain},
        "help": {"text": rule.explain},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(diagnostic: Diagnostic, sources: Mapping[str, Source], rule_index: int, fingerprint: str) -> dict[str, Any]:
    main = _location(diagnostic.at, sources)
    others = [each for label in diagnostic.related if (each := _location(label, sources))]
    return {
        "ruleId": diagnostic.rule.code,
        "ruleIndex": rule_index,
        "level": _LEVELS[diagnostic.rule.severity],
        "message": {"text": _unlinked(message(diagnostic))},
        "locations": [main] if main else [],
        **({"relatedLocations": [{"id": number, **each} for number, each in enumerate(others, 1)]} if others else {}),
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }


def _location(label: Label, sources: Mapping[str, Source]) -> dict[str, Any]:
    """Return a place and what is said about it; nothing if ``label`` is neither in a file nor says anything."""
    span = place(label, sources)
    made: dict[str, Any] = {}
    if file_of(label):
        made["physicalLocation"] = {
            "artifactLocation": artifact(label.file),
            **({"region": _region(span)} if span else {}),
        }
    if label.text:
        made["message"] = {"text": _unlinked(visible(label.text))}
    return made


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def artifact(file: str) -> dict[str, str]:
    """
    Return where ``file`` is, as URI: a path as the user named it, with ``/`` between its parts.

    >>> artifact("my app/ä.yaml")
    {'uri': 'my%20app/%C3%A4.yaml', 'uriBaseId': '%SRCROOT%'}
    >>> artifact("/srv/app.yaml"), artifact("C:/app.yaml"), artifact("../kgen.yaml")
    ({'uri': 'file:///srv/app.yaml'}, {'uri': 'file:///C:/app.yaml'}, {'uri': '../kgen.yaml'})
    """
    if file.startswith("/"):
        return {"uri": "file://" + _encoded(file)}
    if re.match("[A-Za-z]:/", file):
        return {"uri": f"file:///{file[:2]}{_encoded(file[2:])}"}
    if ".." in file.split("/"):
        return {"uri": _encoded(file)}  # it may lead out of the folder that the base names
    return {"uri": _encoded(file), "uriBaseId": _ROOT}


def _encoded(path: str) -> str:
    """Return ``path`` percent-encoded, with the bytes that it has on disk; `urllib` is a web client, and slow."""
    return "".join(
        chr(byte) if byte in _PLAIN else f"%{byte:02X}" for char in path for byte in char.encode("utf-8", _errors(char))
    )


def _errors(char: str) -> str:
    """Return how to encode ``char``: half a surrogate pair stands for a byte that is not UTF-8, see PEP 383."""
    return "surrogateescape" if "\udc80" <= char <= "\udcff" else "surrogatepass"


def _unlinked(text: str) -> str:
    r"""
    Return ``text`` so that nothing in it is taken for a link.

    Braces stay as they are: without ``arguments`` there is nothing to put in, and viewers would show them doubled.

    >>> print(_unlinked("[a] {0}"), _unlinked("[a](1)"))
    [a] {0} \[a\](1)

    Source: sections 3.11.5 and 3.11.6
    """
    return re.sub(r"[\[\]\\]", r"\\\g<0>", text) if "](" in text else text


def _fingerprints(shown: Sequence[Diagnostic]) -> list[str]:
    """
    Return what each finding is known by while the file around it changes: rule, file and path, and no line.

    Those that are alike in this, such as faults in text that is no YAML yet, are numbered.
    """
    seen: Counter[str] = Counter()
    made = []
    for each in shown:
        identity = json.dumps([each.rule.name, each.at.file, each.at.path])
        digest = hashlib.sha256(identity.encode()).hexdigest()
        seen[digest] += 1
        made.append(f"{digest}:{seen[digest]}")
    return made
