"""
What Docker refuses to read: instructions, flags and arguments that do not exist, or not so.

Source: https://github.com/moby/buildkit/blob/master/frontend/dockerfile/instructions/parse.go
"""

from __future__ import annotations

import re

from kgen.check.dockerfile.variables import BrokenWordError, parts
from kgen.dockerfile import SYNTAX, Fault, Instruction, Word
from kgen.words import listed, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgen.check.dockerfile.stages import Build

_FLAGS: Mapping[str, frozenset[str]] = {
    "ADD": frozenset({"checksum", "chmod", "chown", "exclude", "keep-git-dir", "link", "unpack"}),
    "ARG": frozenset(),
    "CMD": frozenset(),
    "COPY": frozenset({"chmod", "chown", "exclude", "from", "link", "parents"}),
    "ENTRYPOINT": frozenset(),
    "ENV": frozenset(),
    "EXPOSE": frozenset(),
    "FROM": frozenset({"platform"}),
    "HEALTHCHECK": frozenset({"interval", "retries", "start-interval", "start-period", "timeout"}),
    "LABEL": frozenset(),
    "MAINTAINER": frozenset(),
    "ONBUILD": frozenset(),
    "RUN": frozenset({"device", "mount", "network", "security"}),
    "SHELL": frozenset(),
    "STOPSIGNAL": frozenset(),
    "USER": frozenset(),
    "VOLUME": frozenset(),
    "WORKDIR": frozenset(),
}
"""Every instruction, and its flags."""

_REPEATABLE = frozenset({"device", "exclude", "mount"})
_SWITCHES = frozenset({"keep-git-dir", "link", "parents", "unpack"})
"""Flags that need no value."""

_MAY_BE_EMPTY = frozenset({"CMD", "ENTRYPOINT", "RUN"})
_EXPANDED = frozenset({"ARG", "ENV", "LABEL", "STOPSIGNAL", "USER", "WORKDIR"})
"""Instructions that are nothing but words with variables."""

_NEVER_TRIGGERS = frozenset({"FROM", "MAINTAINER", "ONBUILD"})
_STAGE_NAME = re.compile(r"[a-z][a-z0-9_.-]*")
_STAGE_WORDS = (1, 3)
_EXAMPLES: Mapping[str, str] = {
    "COPY": "write `COPY source destination`",
    "ADD": "write `ADD source destination`",
    "FROM": "write `FROM image` or `FROM image AS name`",
    "HEALTHCHECK": 'write `HEALTHCHECK CMD ["program"]` or `HEALTHCHECK NONE`',
    "SHELL": 'write `SHELL ["/bin/bash", "-c"]`',
}


def faults(build: Build) -> Iterator[Fault]:
    """Yield what stops the build before it starts."""
    yield from build.file.faults
    instructions = build.file.instructions
    if not build.stages:
        at = instructions[0].keyword if instructions else Word("", 0, 0)
        yield Fault(SYNTAX, at, "there is no `FROM`, so there is nothing to build", "start with `FROM image`")
    for before, each in zip((None, *instructions), instructions, strict=False):
        # lines that lack an escape, or a text that is something else, are said once
        if before is None or before.name in _FLAGS or each.name in _FLAGS:
            yield from _of_instruction(each)
    for each in build.before:
        if build.stages and each.name in _FLAGS and each.name != "ARG":
            help_ = "put it below `FROM`; only `ARG` may stand above"
            yield Fault(SYNTAX, each.keyword, f"`{each.name}` stands above the first `FROM`", help_)


def _of_instruction(each: Instruction) -> Iterator[Fault]:
    known = _FLAGS.get(each.name)
    if known is None:
        near = nearest(each.name, _FLAGS)
        help_ = (
            f"did you mean `{near}`?" if near else "a line that goes on needs an escape at the end of the line before"
        )
        yield Fault(SYNTAX, each.keyword, f"there is no instruction `{_short(each.keyword.text)}`", help_)
        return
    yield from _of_flags(each, known)
    yield from _of_arguments(each)
    if each.trigger is not None:
        if each.trigger.name in _NEVER_TRIGGERS:
            message = f"`{each.trigger.name}` cannot be kept for later by `ONBUILD`"
            yield Fault(SYNTAX, each.trigger.keyword, message, "write it where it is to run")
        else:
            yield from _of_instruction(each.trigger)


def _of_flags(each: Instruction, known: frozenset[str]) -> Iterator[Fault]:
    seen = set()
    for flag in each.flags:
        name, sign, value = flag.text[2:].partition("=")
        if name not in known:
            near = nearest(name, known)
            others = f"allowed here: {listed([f'--{other}' for other in sorted(known)])}" if known else "remove it"
            help_ = f"did you mean `--{near}`?" if near else others
            yield Fault(SYNTAX, flag, f"`{each.name}` has no flag `--{_short(name)}`", help_)
        elif name in seen and name not in _REPEATABLE:
            yield Fault(SYNTAX, flag, f"the flag `--{name}` is set twice", "keep one")
        elif not value and (sign or name not in _SWITCHES) and name != "from":
            yield Fault(SYNTAX, flag, f"the flag `--{name}` has no value", f"write `--{name}=value`")
        seen.add(name)


def _of_arguments(each: Instruction) -> Iterator[Fault]:
    name, count = each.name, len(each.words)
    help_ = _EXAMPLES.get(name, "")
    if name == "ONBUILD":
        if each.trigger is None:
            yield Fault(SYNTAX, each.keyword, "`ONBUILD` has no instruction", "write `ONBUILD RUN command`")
    elif count == 0 and name not in _MAY_BE_EMPTY:
        yield Fault(SYNTAX, each.keyword, f"`{name}` has no argument", help_)
    elif name == "FROM":
        yield from _of_from(each)
    elif name in {"ADD", "COPY"} and count == 1:
        yield Fault(SYNTAX, each.whole, f"`{name}` has a source, but no destination", help_)
    elif name == "SHELL" and not each.is_json:
        yield Fault(SYNTAX, each.whole, "`SHELL` takes a JSON list", help_)
    elif name == "HEALTHCHECK":
        yield from _of_healthcheck(each, help_)
    elif name in _EXPANDED:
        yield from _of_pairs(each)
        yield from _of_variables(each)


def _of_from(each: Instruction) -> Iterator[Fault]:
    words = each.words
    if len(words) not in _STAGE_WORDS or (len(words) > 1 and words[1].text.lower() != "as"):
        yield Fault(SYNTAX, each.whole, "`FROM` takes an image, and after `AS` a name", _EXAMPLES["FROM"])
    elif len(words) > 1 and not _STAGE_NAME.fullmatch(words[2].text.lower()):
        message = f"no stage can be called `{_short(words[2].text)}`"
        yield Fault(SYNTAX, words[2], message, "start with a letter; go on with letters, digits, `-`, `_` and `.`")


def _of_healthcheck(each: Instruction, help_: str) -> Iterator[Fault]:
    kind = each.words[0].text.upper()
    count = len(each.words)
    if kind == "NONE":
        if count > 1:
            yield Fault(SYNTAX, each.words[1], "`HEALTHCHECK NONE` takes no more words", "remove them")
    elif kind != "CMD":
        message = f"`HEALTHCHECK` starts with `CMD` or `NONE`, not with `{_short(each.words[0].text)}`"
        yield Fault(SYNTAX, each.words[0], message, help_)
    elif count == 1:
        yield Fault(SYNTAX, each.words[0], "`HEALTHCHECK CMD` has no command", help_)


def _of_pairs(each: Instruction) -> Iterator[Fault]:
    example = f"write `{each.name} name=value`"
    for key, value in each.pairs:
        if not key.text:
            yield Fault(SYNTAX, value or key, f"`{each.name}` sets something without a name", example)
        elif value is None and each.name != "ARG":
            yield Fault(SYNTAX, key, f"`{_short(key.text)}` has no value", f"{example}; quote values with blanks")


def _of_variables(each: Instruction) -> Iterator[Fault]:
    """Yield the words in which Docker would replace variables, but cannot make sense of."""
    words = [word for pair in each.pairs for word in pair if word is not None] or each.words
    for word in words:
        try:
            # only the words are looked at, and an escape is not what breaks one
            parts(word.text, "\\" if "`" not in word.text else "`")
        except BrokenWordError as error:
            yield Fault(SYNTAX, word, f"`{_short(word.text)}` {error}", "quote or escape what is meant as it stands")


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
