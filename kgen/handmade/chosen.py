"""Which findings on a Dockerfile count: comments in it, and kgen.yaml, say so as they do to `kgen validate`."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kgen.diag import Diagnostic, Label, Severity
from kgen.model.platform import Rules
from kgen.read.split import Chunk
from kgen.record import dataclass, field, replace
from kgen.validate.selection import Ignored

if TYPE_CHECKING:
    from kgen.validate.silences import Silence

_KIND = "Dockerfile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What kgen.yaml says about rules."""

    is_strict: bool = True
    """Whether good practice counts: yes, unless kgen.yaml chooses another profile."""

    ignored: tuple[Ignored, ...] = ()
    severities: dict[str, Severity] = field(default_factory=dict)
    root: str = ""
    """Folder of kgen.yaml, which the paths in it count from."""


def choice(rules: Rules, root: str) -> Choice:
    """Return what ``rules`` of the kgen.yaml in ``root`` mean; `kgen validate` says what is wrong with them."""
    if not (rules.ignore or rules.severity):
        return Choice(is_strict=rules.profile in {None, "strict"})
    from kgen.validate.silences import resolved  # noqa: PLC0415  # few kgen.yaml say something

    ignored = [
        Ignored(code, Label(), paths=each.paths, kinds=each.kinds, until=each.until or "")
        for each in rules.ignore
        for code in resolved([each.rule], Label())[0]
    ]
    severities = {
        code: Severity(severity) for name, severity in rules.severity.items() for code in resolved([name], Label())[0]
    }
    return Choice(is_strict=rules.profile in {None, "strict"}, ignored=tuple(ignored), severities=severities, root=root)


def counting(found: Sequence[Diagnostic], text: str, file: str, chosen: Choice) -> Iterator[Diagnostic]:
    """
    Yield those of ``found`` that nobody silences, and what is wrong with comments.

    Whether a comment is of use is left to `kgen validate`, which asks all rules.

    Args:
        found: Findings; those in another file than ``file`` cannot be silenced in it.
        text: The Dockerfile.
        file: As findings name it.
        chosen: What kgen.yaml says.
    """
    from_root = os.path.relpath(file, chosen.root).replace(os.sep, "/") if chosen.ignored else file
    comments: list[Silence] = []
    if "kgen:" in text:
        from kgen.validate.silences import UNUSED, silences  # noqa: PLC0415  # few files have such comments

        comments, wrong = silences(Chunk(text.encode()), file, "")
        yield from (each for each in wrong if each.rule is not UNUSED)
    for each in found:
        code = each.rule.code
        line = each.at.span.line if each.at.span and each.at.file == file else 0
        if any(comment.covers(code, line) for comment in comments):
            continue
        if any(entry.covers(code, from_root, _KIND) for entry in chosen.ignored):
            continue
        severity = chosen.severities.get(code, each.rule.severity)
        yield each if severity is each.rule.severity else replace(each, rule=replace(each.rule, severity=severity))
