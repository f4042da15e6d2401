"""What works, but is written in a way that will go, or that hides something."""

from __future__ import annotations

import re

from kgen.dockerfile import Fault, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.dockerfile.stages import Build, Stage
    from kgen.dockerfile import Dockerfile, Instruction

_EMPTY_LINE = re.compile(r"\n[ \t]*\r?\n")


def faults(build: Build) -> Iterator[Fault]:
    for each in build.file.instructions:
        if each.name == "MAINTAINER":
            help_ = "write `LABEL org.opencontainers.image.authors=…`"
            yield Fault("DKF17", each.keyword, "`MAINTAINER` is deprecated", help_)
        if each.is_legacy and each.pairs[0][1] is not None:
            message = f"`{each.name} name value` without `=` is deprecated"
            yield Fault("DKF19", each.whole, message, f"write `{each.name} {each.pairs[0][0].text}=…`")
        yield from _of_empty_lines(build.file, each)
        yield from _of_comment(build.file, each)
    yield from _of_case(build.file.instructions)
    for stage in build.stages:
        yield from _of_stage(stage)


def _of_empty_lines(file: Dockerfile, each: Instruction) -> Iterator[Fault]:
    """Yield the first empty line between lines of one instruction; those of heredocs are a part of them."""
    start = each.keyword.start
    end = each.line.offset(len(each.line.text.rstrip()) - 1)
    found = _EMPTY_LINE.search(file.text, start, end)
    if found is not None:
        at = Word("", found.end() - 1, found.end() - 1)
        message = f"the `{each.name}` goes on below this empty line, which Docker is going to refuse"
        yield Fault("DKF26", at, message, "remove the empty line, or start it with `#`")


def _of_comment(file: Dockerfile, each: Instruction) -> Iterator[Fault]:
    """Yield a comment right above a stage or an argument that does not describe it as Docker wants."""
    if each.name == "FROM":
        names = [each.words[2].text] if len(each.words) > 2 else []  # noqa: PLR2004  # `image AS name`
    else:
        names = [key.text for key, _ in each.pairs] if each.name == "ARG" else []
    above = file.text.rfind("\n", 0, each.keyword.start)
    start = file.text.rfind("\n", 0, max(above, 0)) + 1
    comment = file.text[start : max(above, 0)].strip()
    is_directive = start == 0 and bool(file.directives)
    if not names or not comment.startswith("#") or is_directive:
        return
    said = comment[1:].split(maxsplit=1)
    if not said or said[0] not in names:
        message = f"Docker shows this comment as the description of `{names[0]}`, if it starts with the name"
        help_ = f"write `# {names[0]} …`, or put an empty line below it"
        yield Fault("DKF27", Word(comment, start, above), message, help_)


def _of_case(instructions: tuple[Instruction, ...]) -> Iterator[Fault]:
    """Yield the instructions that are not written as most are."""
    lower = sum(each.keyword.text.islower() for each in instructions)
    upper = sum(each.keyword.text.isupper() for each in instructions)
    for each in instructions:
        text = each.keyword.text
        wanted = text.lower() if lower > upper else text.upper()
        if text != wanted and text.isalpha():
            how = "small letters" if lower > upper else "capitals"
            yield Fault("DKF20", each.keyword, f"`{text}` is not in {how}, as the others are", f"write `{wanted}`")


def _of_stage(stage: Stage) -> Iterator[Fault]:
    name = stage.name_word
    if name is None:
        return
    if name.text != name.text.lower():
        yield Fault("DKF20", name, f"the stage's name `{name.text}` has capitals", f"write `{name.text.lower()}`")
    keyword, as_ = stage.start.keyword.text, stage.start.words[1]
    # a `From` is a finding itself
    if (keyword.isupper() or keyword.islower()) and as_.text.isupper() != keyword.isupper():
        wanted = "AS" if keyword.isupper() else "as"
        yield Fault("DKF20", as_, f"`{as_.text}` is not written as `{keyword}` is", f"write `{wanted}`")
