"""What works, but is written in a way that will go, or that hides something."""

from __future__ import annotations

from kgen.dockerfile import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.dockerfile.stages import Build, Stage
    from kgen.dockerfile import Instruction


def faults(build: Build) -> Iterator[Fault]:
    for each in build.file.instructions:
        if each.name == "MAINTAINER":
            help_ = "write `LABEL org.opencontainers.image.authors=…`"
            yield Fault("DKF17", each.keyword, "`MAINTAINER` is deprecated", help_)
        if each.is_legacy and each.pairs[0][1] is not None:
            message = f"`{each.name} name value` without `=` is deprecated"
            yield Fault("DKF19", each.whole, message, f"write `{each.name} {each.pairs[0][0].text}=…`")
    yield from _of_case(build.file.instructions)
    for stage in build.stages:
        yield from _of_stage(stage)


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
