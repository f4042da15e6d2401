"""Names of stages, and instructions that copy from other stages."""

from __future__ import annotations

from kgen.check.dockerfile.stages import sources_of
from kgen.dockerfile import Fault
from kgen.words import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.dockerfile.stages import Build, Stage
    from kgen.dockerfile import Word

_RESERVED = frozenset({"context", "scratch"})


def faults(build: Build) -> Iterator[Fault]:
    seen: dict[str, Stage] = {}
    for stage in build.stages:
        if (word := stage.name_word) is not None:
            if stage.name in _RESERVED:
                yield Fault(
                    "DKF10", word, f"`{word.text}` means something else to Docker", "give the stage another name"
                )
            if stage.name in seen:
                line = build.file.place(seen[stage.name].start.keyword.start, 0)[0]
                message = f"the stage of line {line} is called `{stage.name}` too"
                yield Fault("DKF09", word, message, "give one of them another name: only the last one counts")
            seen[stage.name] = stage
        for instruction, _ in stage.steps:
            for word in sources_of(instruction):
                yield from _of_source(build, stage, word)


def _of_source(build: Build, stage: Stage, word: Word) -> Iterator[Fault]:
    name = word.text.lower()
    if not name or "$" in name:
        return
    index = int(name) if name.isascii() and name.isdigit() and len(name) < len("99999") else None
    found = build.stage(name)
    if found is stage:
        yield Fault(
            "DKF12",
            word,
            f"`{word.text}` is the stage itself",
            "name an earlier stage; without `--from` it is the context",
        )
    elif found is not None and found.index > stage.index:
        yield Fault("DKF12", word, f"the stage `{word.text}` comes only further down", "move it above")
    elif found is None and index is not None:
        count = len(build.stages)
        yield Fault("DKF12", word, f"there is no stage {word.text}: the last one is {count - 1}", "name the stage")
    elif found is None and not set(name) & set(":/@."):
        yield from _unknown(build, stage, word)


def _unknown(build: Build, stage: Stage, word: Word) -> Iterator[Fault]:
    near = nearest(word.text, {name for name in build.names if name != stage.name})
    if near is not None:
        message = f"no stage is called `{word.text}`, so Docker looks for an image of that name"
        yield Fault("DKF12", word, message, f"did you mean `{near}`?")
    else:
        message = f"`{word.text}` is no stage, so it is an image without a tag, or a context that the build is given"
        yield Fault("DKF12B", word, message, f"for an image, name the version: `{word.text}:…`")
