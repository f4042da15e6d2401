"""
Dockerfiles as BuildKit reads them: text to instructions and words. It never fails; what is wrong is a fault.

Source: https://github.com/moby/buildkit/tree/master/frontend/dockerfile/parser
"""

from __future__ import annotations

import json
import re

from kgen.dockerfile import SYNTAX, Dockerfile, Fault, Heredoc, Instruction, Joined, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*\Z")
_DIRECTIVES = frozenset({"syntax", "escape", "check"})
_BLANKS = re.compile(r"[\t\v\f\r ]+")
_HEREDOC = re.compile(r"\d*<<(-?)\s*([^<]+)")
_SHELL_WORD = re.compile(r"""(?:\\.|\\\Z|'[^']*'|"(?:\\.|[^"\\])*"|<<[ \t\r]*|[^\s'"\\])+|['"]""", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WITH_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})
_JSON_OR_SHELL = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL"})
_JSON_OR_WORDS = frozenset({"ADD", "COPY", "VOLUME"})
_WORDS = frozenset({"EXPOSE", "FROM"})
_PAIRS = frozenset({"ARG", "ENV", "LABEL"})


def read(data: bytes) -> Dockerfile:
    """Return what ``data`` says."""
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff")
    # for Docker a `\r` alone is a blank, and editors would take it for the end of a line
    return _Reader(re.sub(r"\r(?!\n)", " ", text)).file()


class _Reader:
    """Goes through the lines of a file once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[Fault] = []
        self.directives: dict[str, str] = {}
        self.escape = "\\"
        self.at = 0
        self.has_directives = True
        """Whether a directive may still come: only at the top, before anything else."""

    def file(self) -> Dockerfile:
        found: list[Instruction] = []
        while self.at < len(self.text):
            line = self._joined()
            if line is not None and (made := self._instruction(line, 0)) is not None:
                made.end = max(made.keyword.end, self._end())
                self._heredocs(made)
                found.append(made)
        return Dockerfile(self.text, tuple(found), tuple(self.faults), self.directives)

    def _fault(self, at: Word, message: str, help_: str = "") -> None:
        self.faults.append(Fault(SYNTAX, at, message, help_))

    def _line(self) -> tuple[str, int]:
        """Return the next line without its end, and where it starts."""
        start = self.at
        end = self.text.find("\n", start)
        self.at = (len(self.text) if end < 0 else end) + 1
        return self.text[start : self.at - 1].rstrip("\r"), start

    def _end(self) -> int:
        """Return where the last line that was read ends."""
        return self.at - 1 - (self.text[self.at - 2 : self.at - 1] == "\r")

    def _joined(self) -> Joined | None:
        """Return the next line with those that go on with it, or ``None`` for a blank or a comment."""
        line, start = self._line()
        text = line.lstrip()
        start += len(line) - len(text)
        if text.startswith("#") or not text:
            self._comment(text, start)
            return None
        self.has_directives = False
        text, goes_on = self._continued(text)
        pieces = [(text, start)]
        while goes_on and self.at < len(self.text):
            text, start = self._line()
            if text.strip() and not text.lstrip().startswith("#"):
                text, goes_on = self._continued(text)
                pieces.append((text, start))
        return Joined(pieces)

    def _continued(self, text: str) -> tuple[str, bool]:
        """Return ``text`` without the escape that joins the next line to it, and whether there is one."""
        kept = text.rstrip(" \t")
        goes_on = kept.endswith(self.escape) and not kept.endswith(self.escape * 2)
        return (kept[:-1] if goes_on else text), goes_on

    def _comment(self, text: str, start: int) -> None:
        found = _DIRECTIVE.match(text) if self.has_directives else None
        name = found.group(1).lower() if found else ""
        if found is None or name not in _DIRECTIVES:
            self.has_directives = False
            return
        value = found.group(2)
        at = Word(text, start, start + len(text))
        if name in self.directives:
            self._fault(at, f"the directive `{name}` is set twice", "keep the one that counts")
            return
        if name == "escape":
            if value not in {"`", "\\"}:
                self._fault(at, f"`{value}` cannot be the escape", "it is `\\`, or a backtick for paths of Windows")
                return
            self.escape = value
        self.directives[name] = value

    def _instruction(self, line: Joined, start: int, *, is_trigger: bool = False) -> Instruction | None:
        """Return the instruction that starts at ``start`` of ``line``."""
        text = line.text.rstrip()
        start += _blanks_at(line.text, start)
        if start >= len(text):
            return None
        blank = _BLANKS.search(text, start)
        keyword = line.word(start, blank.start() if blank else len(text))
        made = Instruction(keyword, line, blank.end() if blank else len(text))
        made.flags = tuple(self._flags(made))
        if not (is_trigger and made.name == "ONBUILD"):  # nothing is kept twice
            self._arguments(made)
        return made

    def _flags(self, made: Instruction) -> Iterator[Word]:
        """Yield the flags in front of the arguments, and move these past them."""
        text, escape = made.line.text, re.escape(self.escape)
        flag = re.compile(rf"""\s*(--(?:{escape}.|'[^']*'?|"(?:{escape}.|[^"{escape}])*"?|[^\s'"])*)""", re.DOTALL)
        while found := flag.match(text, made.rest):
            made.rest = found.end()
            if found.group(1) == "--":
                break
            word = made.line.word(found.start(1), found.end(1))
            word.text = re.sub(rf"{escape}(.)|['\"]", r"\1", word.text)
            yield word
        made.rest += _blanks_at(text, made.rest)

    def _arguments(self, made: Instruction) -> None:
        name = made.name
        if name in _PAIRS:
            self._pairs(made)
        elif name in _JSON_OR_SHELL:
            if not self._json(made, made.rest) and made.text:
                made.words = (made.whole,)
        elif name in _WORDS or name in _JSON_OR_WORDS:
            if name in _WORDS or not self._json(made, made.rest):
                made.words = tuple(_split(made))
        elif name == "HEALTHCHECK":
            self._healthcheck(made)
        elif name == "ONBUILD":
            made.trigger = self._instruction(made.line, made.rest, is_trigger=True)
        elif made.text:
            made.words = (made.whole,)

    def _healthcheck(self, made: Instruction) -> None:
        first = next(_split(made), None)
        if first is None:
            return
        start = made.rest + len(first.text)
        start += _blanks_at(made.line.text, start)
        end = len(made.line.text.rstrip())
        if not self._json(made, start):
            made.words = (made.line.word(start, end),) if end > start else ()
        made.words = (first, *made.words)

    def _json(self, made: Instruction, start: int) -> bool:
        """Put the entries of a JSON list into ``words``, and tell whether there is one."""
        text = made.line.text[start:].strip()
        try:
            value = json.loads(text if text.startswith("[") else "")
        except (ValueError, RecursionError):
            return False
        if not all(isinstance(entry, str) for entry in value):
            self._fault(
                made.line.word(start, start + len(text)), "the list has entries that are no strings", "quote them"
            )
            return False
        places = [made.line.word(*found.span()) for found in _STRING.finditer(made.line.text, start)]
        made.words = tuple(Word(entry, at.start, at.end) for entry, at in zip(value, places, strict=False))
        made.is_json = True
        return True

    def _pairs(self, made: Instruction) -> None:
        words = made.words = tuple(self._quoted(made))
        if made.name != "ARG" and words and "=" not in words[0].text:
            first = next(_split(made))
            after = made.rest + len(first.text)
            after += _blanks_at(made.line.text, after)
            end = len(made.line.text.rstrip())
            made.is_legacy = True
            made.pairs = ((first, made.line.word(after, end) if end > after else None),)
        else:
            made.pairs = tuple(_pair(word) for word in words)

    def _quoted(self, made: Instruction) -> Iterator[Word]:
        """Yield the words, which quotes and escapes may hold together."""
        escape = re.escape(self.escape)
        quoted = rf"""'[^']*(?:'|\Z)|"(?:{escape}.|[^"{escape}])*(?:"|{escape}?\Z)"""
        word = re.compile(rf"""(?:{escape}.|{quoted}|[^\s'"{escape}])+""", re.DOTALL)
        end = len(made.line.text.rstrip())
        for found in word.finditer(made.line.text, made.rest, end):
            yield made.line.word(*found.span())

    def _heredocs(self, made: Instruction) -> None:
        """Read the lines that belong to ``made`` for their ``<<``."""
        target = made.trigger if made.trigger is not None else made
        if target.name not in _WITH_HEREDOCS or target.is_json or "<<" not in made.line.text:
            return
        found = []
        for name, is_indented, expands in _heredoc_names(made.line.text):
            start = end = min(self.at, len(self.text))
            while self.at < len(self.text):
                line, end = self._line()
                if (line.lstrip("\t") if is_indented else line) == name:
                    break
            else:
                self._fault(made.keyword, f"the heredoc `{name}` has no end", f"put `{name}` on a line of its own")
                end = len(self.text)
            found.append(Heredoc(name, Word(self.text[start:end], start, end), expands=expands))
            made.end = self._end()
        made.heredocs = target.heredocs = tuple(found)


def _heredoc_names(line: str) -> Iterator[tuple[str, bool, bool]]:
    words = _SHELL_WORD.findall(line)
    if "'" in words or '"' in words:  # a quote without its partner: BuildKit looks for no heredocs then
        return
    for word in words:
        if (found := _HEREDOC.fullmatch(word)) is not None:
            name = re.sub(r"\\(.)|['\"]", r"\1", found.group(2))
            yield name, found.group(1) == "-", not {"'", '"'} & set(found.group(2))


def _split(made: Instruction) -> Iterator[Word]:
    for found in re.finditer(r"[^\t\v\f\r ]+", made.line.text[made.rest :]):
        yield made.line.word(made.rest + found.start(), made.rest + found.end())


def _blanks_at(text: str, start: int) -> int:
    return len(text[start:]) - len(text[start:].lstrip())


def _pair(word: Word) -> tuple[Word, Word | None]:
    key, sign, _ = word.text.partition("=")
    return word.part(0, len(key)), word.part(len(key) + 1, len(word.text)) if sign else None
