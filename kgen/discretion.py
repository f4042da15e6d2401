"""What findings do not show: a secret that somebody wrote into a file, whatever else is wrong there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from kgen.diag import Diagnostic, Label, Path
from kgen.record import replace
from kgen.secret_text import is_literal, is_secret_name, known_secret, without_secrets
from kgen.source import LINE_BREAK, Source

_SETTING = re.compile(
    r"""(?<![\w./@])(?P<name>[A-Za-z][\w.-]{0,100})["']?\s{0,5}(?::(?=[\s"'])|=)\s{0,5}"""
    r"""(?P<value>"[^"]{1,500}|'[^']{1,500}|[^\s,{}\[\]"']{1,500})"""
)
"""Name and value in YAML, in JSON, or as an option; no image with its tag."""

_OURS = frozenset({"secret", "secrets", "secretname"})
"""Keys of an app file that hold names of Secrets."""

_GAP = "…"


def discreet(found: Iterable[Diagnostic], sources: Mapping[str, Source]) -> tuple[Diagnostic, ...]:
    """Return ``found`` without secrets in its words, and without the lines of those that point at one."""
    return tuple(_discreet(each, sources) for each in found)


def is_variable_of_secret(path: Path) -> bool:
    """
    Tell whether ``path`` leads to a variable, or into one, that has the name of a secret.

    >>> is_variable_of_secret(("env", "DB_PASSWORD", "value")), is_variable_of_secret(("components", "token", "port"))
    (True, False)
    """
    return any(above == "env" and is_secret_name(str(name)) for above, name in pairwise(path))


def _discreet(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> Diagnostic:
    labels = (diagnostic.at, *diagnostic.related)
    lines = [line for label in labels for line in _lines(label, sources)]
    values = {value for line in lines for value in _settings(line)}
    is_known = any(map(known_secret, (*lines, diagnostic.message, diagnostic.help)))
    if not (values or is_known or diagnostic.is_confidential or diagnostic.rule.is_confidential):
        return diagnostic

    def hidden(text: str) -> str:
        for value in sorted(values, key=len, reverse=True):
            text = text.replace(value, _GAP)
        return without_secrets(text, _GAP)

    def placed(label: Label) -> Label:
        # whoever reports it must not need the text of the file to say where it is
        source = sources.get(label.file)
        return replace(label, text=hidden(label.text), span=source.span(label) if source else label.span)

    return replace(
        diagnostic,
        message=hidden(diagnostic.message),
        help=hidden(diagnostic.help),
        at=placed(diagnostic.at),
        related=tuple(placed(label) for label in diagnostic.related),
        is_confidential=True,
    )


def _lines(label: Label, sources: Mapping[str, Source]) -> Iterator[str]:
    """Yield the lines that an excerpt may show of ``label``: its own and those around it."""
    source = sources.get(label.file)
    span = source.span(label) if source else None
    if source and span:
        lines = LINE_BREAK.split(source.text)
        first = span.line - source.first_line
        yield from lines[max(0, first - 1) : first + 2]


def _settings(line: str) -> Iterator[str]:
    """Yield values of settings in ``line`` that are called as secrets are."""
    for each in _SETTING.finditer(line):
        name, value = each["name"], each["value"].strip("\"'")
        if name.lower() not in _OURS and is_secret_name(name) and is_literal(value):
            yield value
