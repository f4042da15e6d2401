"""
Which rules of judgement count, and where: by profile, by name, by comment, and by what kgen.yaml says.

What an API server refuses is not a matter of choice, and never left out.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kgen.diag import Diagnostic, Label, Rule
    from kgen.validate.document import Document, Verdict
    from kgen.validate.workspace import Settings

_NOT_OF_A_CREATE = frozenset({"duplicate-list-entry"})
"""Rules that are asked for more than the server's profile, though nobody can choose them."""

_RANKS = {"server": 0, "default": 1, "strict": 2, "off": 3, "compile": 4}


class Ignored:
    """What kgen.yaml says about a rule that is not to count somewhere."""

    __slots__ = ("at", "code", "kinds", "paths", "until", "used")

    def __init__(
        self, code: str, at: Label, *, paths: Sequence[str] = (), kinds: Sequence[str] = (), until: str = ""
    ) -> None:
        """
        Args:
            at: Where it stands in kgen.yaml.
        """
        self.code = code
        self.at = at
        self.paths = paths
        self.kinds = kinds
        self.until = until
        self.used = False

    def covers(self, code: str, path: str, kind: str) -> bool:
        """Tell whether a finding is meant. Patterns are those of a shell, with ``**`` for any number of folders."""
        if code != self.code or (self.kinds and kind not in self.kinds):
            return False
        from kgen.validate.patterns import fits  # noqa: PLC0415  # only after a fault

        return not self.paths or any(fits(path, pattern) for pattern in self.paths)


class Selection:
    """What was chosen."""

    __slots__ = ("_asked", "also", "expired", "ignored", "left_out", "only", "profile", "root", "severities", "today")

    def __init__(
        self,
        profile: str = "default",
        *,
        only: frozenset[str] | None = None,
        also: frozenset[str] = frozenset(),
        left_out: frozenset[str] = frozenset(),
        ignored: Sequence[Ignored] = (),
        severities: Mapping[str, str] | None = None,
        today: str = "",
        root: str = "",
    ) -> None:
        """
        Args:
            only: Codes of the rules of judgement that are asked; ``None``: those of the profile.
            also: Codes of rules that are asked beyond the profile.
            left_out: Codes of rules that are not asked.
            severities: Code → severity, where it is not the rule's own.
            today: As ``2026-11-21``; empty: nothing expires.
            root: Folder of kgen.yaml, which the paths in it count from.
        """
        self.profile = profile
        self.only = only
        self.also = also
        self.left_out = left_out
        self.expired = [each for each in ignored if today and each.until and today > each.until]
        self.ignored = [each for each in ignored if each not in self.expired]
        self.severities = severities or {}
        self.today = today
        self.root = root
        self._asked: frozenset[str] | None = None

    def asked_profile(self) -> str:
        """Return the profile that has all rules that are asked; what it has beyond them is dropped afterwards."""
        named = self.also if self.only is None else self.only
        if not named:
            return self.profile
        from kgen.check import catalogue  # noqa: PLC0415  # only if rules are named

        known = catalogue.by_name()
        profiles = (known[code].profile for code in named)
        return max((self.profile, *(each for each in profiles if each != "compile")), key=_RANKS.__getitem__)

    def asked(self) -> frozenset[str]:
        """Return the codes of all rules of the catalogue that count."""
        if self._asked is None:
            from kgen.check import catalogue  # noqa: PLC0415  # only after a fault

            rank = _RANKS[self.profile]
            codes = {each.rule.code for each in catalogue.entries().values() if _RANKS[each.profile] <= rank}
            wanted = codes | self.also if self.only is None else self.only
            self._asked = frozenset(wanted - self.left_out)
        return self._asked

    @property
    def is_plain(self) -> bool:
        """Whether a profile says it all."""
        return self.only is None and not (self.also or self.left_out or self.ignored or self.severities)

    def applied(self, found: Iterable[Verdict], settings: Settings, *, is_whole: bool) -> Iterator[Verdict]:
        """
        Yield ``found`` with those findings that count, and what is wrong with what kgen.yaml silences.

        Args:
            is_whole: The run looks at the whole workspace, so what was of no use is of no use.
        """
        for verdict in found:
            if not verdict.line:
                for document in verdict.documents:
                    if document.found or document.chunk:
                        document.found = tuple(self._of_document(document, verdict.path))
            yield verdict
        idle = [each for each in self.ignored if is_whole and not each.used and each.code in self.asked()]
        if (idle or self.expired) and self.profile != "server":
            from kgen.validate.silences import about_settings  # noqa: PLC0415  # only after a fault

            yield about_settings(idle, self.expired, settings.text)

    def _of_document(self, document: Document, path: str) -> Iterator[Diagnostic]:
        found: Iterable[Diagnostic] = document.found
        if document.found and not self.is_plain:
            from kgen.check import catalogue  # noqa: PLC0415  # only after a fault

            asked = self.asked()
            found = [
                each
                for each in found
                if not catalogue.is_silenceable(each.rule) or self._counts(each, asked, document, path)
            ]
            found = [self._weighed(each) for each in found]
        if self.asked_profile() == "server" or document.chunk is None or b"kgen:" not in document.chunk.text:
            yield from found
            return
        from kgen.validate.silences import silences, unused  # noqa: PLC0415  # few documents have such comments

        comments, wrong = silences(document.chunk, path, self.today)
        for each in found:
            line = each.at.span.line if each.at.span else 0
            silencing = [comment for comment in comments if comment.covers(each.rule.code, line)]
            for comment in silencing:
                comment.used.add(each.rule.code)
            if not silencing:
                yield each
        yield from wrong
        for comment in comments:
            yield from unused(comment, self.asked(), path)

    def _counts(self, each: Diagnostic, asked: frozenset[str], document: Document, path: str) -> bool:
        if each.rule.code not in asked and each.rule.code[:4] >= "KG61":
            return False
        if each.rule.code in self.left_out or (self.profile == "server" and each.rule.name in _NOT_OF_A_CREATE):
            return False
        from_root = self._from_root(path) if self.ignored else path
        for entry in self.ignored:
            if entry.covers(each.rule.code, from_root, document.kind):
                entry.used = True
                return False
        return True

    def _from_root(self, path: str) -> str:
        if not self.root or not os.path.exists(path):  # standard input
            return path
        return os.path.relpath(path, self.root).replace(os.sep, "/")

    def _weighed(self, each: Diagnostic) -> Diagnostic:
        rule = self.weighed(each.rule)
        if rule is each.rule:
            return each
        from kgen.record import replace  # noqa: PLC0415  # only after a fault

        return replace(each, rule=rule)

    def weighed(self, rule: Rule) -> Rule:
        """Return ``rule`` with the severity that was chosen for it."""
        severity = self.severities.get(rule.code)
        if severity is None or severity == rule.severity:
            return rule
        from kgen.diag import Severity  # noqa: PLC0415  # dataclasses
        from kgen.record import replace  # noqa: PLC0415  # only after a fault

        return replace(rule, severity=Severity(severity))
