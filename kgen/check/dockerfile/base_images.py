"""The images that stages start from: tags, digests, platforms, and names that cannot be."""

from __future__ import annotations

import re

from kgen.check.dockerfile.image_names import SCRATCH, image
from kgen.check.dockerfile.stages import PLATFORM_ARGUMENTS
from kgen.check.dockerfile.variables import BrokenWordError, Reference, Scope, parts
from kgen.dockerfile import SYNTAX, Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.dockerfile.stages import Build, Stage
    from kgen.check.dockerfile.variables import History
    from kgen.dockerfile import Word

_PLATFORM = re.compile(r"[a-z0-9]+(?:\([^)]*\))?(?:/[A-Za-z0-9_]+){0,2}")


def faults(build: Build) -> Iterator[Fault]:
    for stage in build.stages:
        if (base := stage.base) is not None:
            yield from _of_name(stage, base)
            yield from _of_default(build, stage, base)
        if (platform := stage.start.flag("platform")) is not None:
            yield from _of_platform(stage, platform, build.file.escape)


def _of_name(stage: Stage, base: Word) -> Iterator[Fault]:
    if stage.parent is not None or stage.source in {None, SCRATCH}:
        return
    source = stage.source or ""
    found = stage.image
    if found is None:
        if "$" not in base.text:
            help_ = "names of images are in small letters" if source != source.lower() else "write `name:tag`"
            yield Fault(SYNTAX, base, f"no image can be called `{base.text}`", help_)
    elif not found.digest:
        if not found.tag:
            message = f"`{source}` has no tag, so it is whatever is `latest` on the day of the build"
            yield Fault("DKF01", base, message, f"name the version: `{source}:…`")
        elif found.tag == "latest":
            message = f"`{source}` is another image after each release"
            yield Fault("DKF02", base, message, "name the version instead of `latest`")
        yield Fault(
            "DKF03", base, f"`{source}` has no digest, so a tag that moves changes the build", "add `@sha256:…`"
        )


def _of_default(build: Build, stage: Stage, base: Word) -> Iterator[Fault]:
    """Yield the base that has no name unless the build is given arguments: those without a default are empty."""
    if "$" not in base.text or stage.parent is not None:
        return
    # without its build arguments: nothing else is known above `FROM` but the platforms
    empty: History = {name: [(0, build.scope.value(name) or "")] for name in build.arguments}
    empty |= {name: [(0, None)] for name in PLATFORM_ARGUMENTS - build.arguments}
    source = stage.value(base, Scope(empty, 1, is_closed=True))
    if source is not None and image(source) is None:
        what = f"`{source}`, which is no name of an image" if source else "empty"
        message = f"without build arguments, `{base.text}` is {what}"
        yield Fault("DKF08B", base, message, "give the `ARG` above `FROM` a default")


def _of_platform(stage: Stage, word: Word, escape: str) -> Iterator[Fault]:
    try:
        found = parts(word.text, escape)
    except BrokenWordError as error:
        yield Fault(SYNTAX, word, f"`{word.text}` {error}")
        return
    variables = [part for part in found if isinstance(part, Reference)]
    if not variables:
        system, _, rest = word.text.partition("/")
        architecture = rest.partition("/")[0]
        is_named_so = any(each and each in stage.name for each in (system, architecture))
        if _PLATFORM.fullmatch(word.text) and not is_named_so:
            message = f"the stage is built for `{word.text}` whatever the build is for"
            help_ = "remove `--platform` and give it to `docker build`, or say it in the stage's name"
            yield Fault("DKF22", word, message, help_)
    elif len(found) == 1 and variables[0].name == "TARGETPLATFORM" and not variables[0].sign:
        yield Fault("DKF22", word, "`$TARGETPLATFORM` is what a stage is built for anyway", "remove `--platform`")
