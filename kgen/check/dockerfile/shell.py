"""
The commands of a shell script: which programs it runs, with which words, and which of them are piped into each other.

As much of the shell's grammar as that takes. Scripts that are no shell's give commands that no rule knows.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 8
_SKIPPED = frozenset(
    {"if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "exec", "command", "sudo"}
)
"""Words in front of a command."""

_ASKS = frozenset({"if", "elif", "while", "until"})
_ANSWERED = frozenset({"then", "do"})
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_REDIRECTION = re.compile(r"<<-?\s*|<<<|[<>]&|>>|>\||<>|[<>]")


class Command:
    """One program that is run."""

    __slots__ = ("end", "has_sudo", "is_asked", "start", "words")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = start
        self.words: list[str] = []
        """Without quotes, without redirections and what is set in front of it."""

        self.has_sudo = False
        """Whether ``sudo`` stands in front of it."""

        self.is_asked = False
        """Whether only its answer matters, as after ``if``."""

    @property
    def name(self) -> str:
        """The program without its folder, or ""."""
        return self.words[0].rpartition("/")[2] if self.words else ""

    @property
    def arguments(self) -> list[str]:
        return self.words[1:]


class Pipeline:
    """Commands with ``|`` between them; nearly always one."""

    __slots__ = ("commands", "end")

    def __init__(self, commands: list[Command], end: str) -> None:
        self.commands = commands
        self.end = end
        """The operator behind it."""


def pipelines(text: str, start: int = 0, depth: int = 0) -> Iterator[Pipeline]:
    """Yield the pipelines of a script, those in ``$(…)`` before the one that they are in."""
    yield from _Script(text, start, depth).pipelines()


class _Script:
    """Goes through a script once."""

    def __init__(self, text: str, start: int, depth: int) -> None:
        self.text = text
        self.start = start
        """What to add to every place."""

        self.depth = depth
        self.at = 0
        self.commands: list[Command] = []
        self.command = Command(0)
        self.inner: list[Pipeline] = []
        self.heredocs: list[str] = []
        self.cases = 0
        self.is_asking = False
        """Whether a condition is open."""

        self.is_name = False
        """Whether the next word is that of a redirection, and no argument."""

    def pipelines(self) -> Iterator[Pipeline]:
        while self.at < len(self.text):
            operator = self._operator()
            if operator == "|":
                self._close()
            elif operator:
                yield from self._end(operator)
                if operator == "\n":
                    self._skip_heredocs()
                if self.cases and operator == ";;":
                    self._skip_pattern()
            else:
                self._word()
        yield from self._end("")

    def _close(self) -> None:
        self.commands.append(self.command)
        self.command = Command(self.start + self.at)

    def _end(self, operator: str) -> Iterator[Pipeline]:
        self._close()
        yield from self.inner
        self.inner = []
        if len(self.commands) > 1 or self.commands[0].words:
            yield Pipeline(self.commands, operator)
        self.commands = []

    def _operator(self) -> str:
        """Return the operator at this place, after blanks and comments, and move behind it; or ""."""
        text = self.text
        while text[self.at : self.at + 1] in {" ", "\t", "\r"} or text.startswith("\\\n", self.at):
            self.at += 2 if text[self.at] == "\\" else 1
        if text[self.at : self.at + 1] == "#":
            end = text.find("\n", self.at)
            self.at = len(text) if end < 0 else end
        if self.command.words[:1] == ["[["] and "]]" not in self.command.words:
            return ""
        for sign in ("&&", "||", "|&", ";;", "\n", ";", "|", "(", ")", "&"):
            if text.startswith(sign, self.at) and not text.startswith("&>", self.at):
                self.at += len(sign)
                return "|" if sign == "|&" else sign
        return ""

    def _word(self) -> None:
        """Read one word, or a redirection."""
        begin = self.at
        if begin >= len(self.text):
            return
        if self.text.startswith("&>", begin):
            self.at += 2
            self.is_name = True
            return
        found = _REDIRECTION.match(self.text, begin)
        if found is not None and not self.text.startswith(("<(", ">("), begin):
            self.at = found.end()
            self.is_name = not found.group().startswith("<<") or found.group() == "<<<"
            if not self.is_name:
                self.heredocs.append(self._piece())
            return
        word = self._piece()
        if self.at == begin:  # nothing that could be a part of a word
            self.at += 1
            word = self.text[begin]
        follows = self.text[self.at : self.at + 1]
        if self.is_name or (follows and follows in "<>" and word.isdigit()):
            self.is_name = False
            return
        self._add(word, begin)

    def _add(self, word: str, begin: int) -> None:
        command = self.command
        if not command.words:
            self.is_asking = (self.is_asking or word in _ASKS) and word not in _ANSWERED
            command.is_asked = command.is_asked or self.is_asking or word == "!"
            self.command.has_sudo |= word == "sudo"
            if word in _SKIPPED or _ASSIGNMENT.match(word):
                return
            command.start = self.start + begin
        command.words.append(word)
        command.end = self.start + self.at
        if word == "in" and command.words[0] == "case":
            self.cases += 1
            self._skip_pattern()

    def _piece(self) -> str:
        """Return the text up to the next blank or operator, without quotes."""
        text, made = self.text, ""
        while self.at < len(text):
            sign = text[self.at]
            if sign == "\\":
                made += "" if text[self.at + 1 : self.at + 2] == "\n" else text[self.at + 1 : self.at + 2]
                self.at += 2
            elif sign == "'":
                end = text.find("'", self.at + 1)
                end = len(text) if end < 0 else end
                made += text[self.at + 1 : end]
                self.at = end + 1
            elif sign == '"':
                made += self._quoted()
            elif sign in "$`" or text.startswith(("<(", ">("), self.at):
                made += self._substitution()
            elif sign in " \t\r\n;&|<>()":
                break
            else:
                made += sign
                self.at += 1
        return made

    def _quoted(self) -> str:
        text, made = self.text, ""
        self.at += 1
        while self.at < len(text) and text[self.at] != '"':
            if text[self.at] == "\\":
                made += text[self.at + 1 : self.at + 2]
                self.at += 2
            elif text[self.at] in "$`":
                made += self._substitution()
            else:
                made += text[self.at]
                self.at += 1
        self.at += 1
        return made

    def _substitution(self) -> str:
        """Return what starts with ``$`` or a backtick as it is written, and look for commands in it."""
        text, begin = self.text, self.at
        opening = text[begin + 1 : begin + 2]
        if text[begin] == "`":
            end = text.find("`", begin + 1)
            self.at = len(text) if end < 0 else end + 1
            self._look_into(begin + 1, self.at - 1)
        elif opening == "(":
            self.at = _partner(text, begin + 1, "(", ")")
            if not text.startswith("((", begin + 1):
                self._look_into(begin + 2, self.at - 1)
        elif opening == "{":
            self.at = _partner(text, begin + 1, "{", "}")
        else:
            self.at += 1
        return text[begin : self.at]

    def _look_into(self, start: int, end: int) -> None:
        if self.depth < _DEEPEST:
            self.inner += pipelines(self.text[start:end], self.start + start, self.depth + 1)

    def _skip_heredocs(self) -> None:
        for name in self.heredocs:
            found = re.compile(rf"^\t*{re.escape(name)}\r?$", re.MULTILINE).search(self.text, self.at)
            self.at = found.end() if found else len(self.text)
        self.heredocs = []

    def _skip_pattern(self) -> None:
        """Move behind the pattern of a ``case``, where ``|`` is no pipe."""
        begin = re.compile(r"[\s\\]*").match(self.text, self.at)
        start = begin.end() if begin else self.at
        if re.compile(r"esac\b").match(self.text, start):
            self.cases -= 1
            return
        end = self.text.find(")", start)
        self.at = len(self.text) if end < 0 else end + 1


def _partner(text: str, start: int, opening: str, closing: str) -> int:
    """Return where the bracket at ``start`` and what it holds ends, not counting those in quotes."""
    depth, at = 0, start
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 1
        elif sign in "'\"":
            end = text.find(sign, at + 1)
            at = end if end > 0 else at
        elif sign == opening:
            depth += 1
        elif sign == closing:
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    return len(text)
