"""CMD, ENTRYPOINT and HEALTHCHECK: how they are written, and how often."""

from __future__ import annotations

from itertools import pairwise

from kgen.check.dockerfile import programs
from kgen.dockerfile import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.dockerfile.stages import Build, Stage
    from kgen.dockerfile import Instruction

_ONCE = ("CMD", "ENTRYPOINT", "HEALTHCHECK")


def faults(build: Build) -> Iterator[Fault]:
    if build.final is not None:
        yield from _of_server(build.final)
    for stage in build.stages:
        yield from _of_form(stage)
        for name in _ONCE:
            found = [instruction for instruction, _ in stage.steps if instruction.name == name]
            for lost, after in pairwise(found):
                line = build.file.place(after.keyword.start, 0)[0]
                message = f"this `{name}` is without effect: the one of line {line} replaces it"
                yield Fault("DKF18", lost.keyword, message, "remove it")


def _of_server(final: Stage) -> Iterator[Fault]:
    """Yield the command of the image if it is for developers only: other stages may well be for them."""
    for name in ("ENTRYPOINT", "CMD"):
        found = final.last(name)
        if found is not None and (server := programs.development_server(word.text for word in found[1].words)):
            message = f"the image starts {server}, which is for developers only"
            help_ = "start a server for production, as gunicorn, uvicorn without `--reload`, or nginx"
            yield Fault("DKF25", found[1].whole, message, help_)


def _of_form(stage: Stage) -> Iterator[Fault]:
    if stage.last("SHELL") is not None:
        return  # somebody chose a shell
    for instruction, _ in stage.steps:
        if instruction.name in {"CMD", "ENTRYPOINT"} and is_shell_form(instruction):
            name = instruction.name
            if instruction.text.startswith("["):
                message = f"this is no JSON, so `{name}` gives it to `/bin/sh -c` as it stands"
                yield Fault("DKF06", instruction.whole, message, "use double quotes, and commas in between")
            else:
                message = f"`{name}` runs in a shell, which does not pass signals on"
                yield Fault("DKF06", instruction.whole, message, f'write `{name} ["program", "argument"]`')


def is_shell_form(instruction: Instruction) -> bool:
    """Tell whether a shell runs the command, and stays: one that starts with ``exec`` is replaced by it."""
    return not instruction.is_json and bool(instruction.words) and not instruction.text.startswith("exec ")
