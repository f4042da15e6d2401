"""Who the image runs as, and secrets that everybody who pulls it gets."""

from __future__ import annotations

import re

from kgen.dockerfile import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.dockerfile.stages import Build, Stage

ROOT = frozenset({"root", "0"})

_SECRET = re.compile(
    r"(?i)(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)",
)
_NO_SECRET = re.compile(r"(?i)(?:_|^)(?:public|file|version|gpg|pgp)(?:_|$)")
"""BuildKit's list, and names of keys that signatures are checked with."""


def faults(build: Build) -> Iterator[Fault]:
    if build.final is not None:
        yield from _of_user(build.final)
    yield from _of_secrets(build)


def _of_user(final: Stage) -> Iterator[Fault]:
    if final.root.image is not None and final.root.image.is_windows:
        return
    found = final.last("USER")
    if found is None:
        yield from _without_user(final)
        return
    stage, instruction, scope = found
    value = stage.value(instruction.words[0], scope) if instruction.words else None
    if not value:
        return
    user = value.partition(":")[0]
    at = instruction.words[0]
    if user in ROOT:
        yield Fault("DKF04", at, f"the image runs as `{user}`", "end the last stage with `USER` and a number above 0")
    elif not user.isdigit():
        message = f"the image runs as `{user}`, and Kubernetes cannot tell whether a name is root"
        yield Fault("DKF05", at, message, "write the number that the name has in the image")


def _without_user(final: Stage) -> Iterator[Fault]:
    image = final.root.image
    if image is not None and image.runs_without_root:
        return
    # files for another build, not to be run
    if final.is_scratch and not (final.last("CMD") or final.last("ENTRYPOINT")):
        return
    if image is None and not final.is_scratch:
        return
    is_root = final.is_scratch or (image is not None and image.runs_as_root)
    says = "runs as root" if is_root else "leaves it to its base whether it runs as root"
    message = f"the last stage sets no `USER`, so the image {says}"
    yield Fault("DKF04", final.base or final.start.keyword, message, "end it with `USER` and a number above 0")


def _of_secrets(build: Build) -> Iterator[Fault]:
    for instruction in build.file.instructions:
        if instruction.name not in {"ARG", "ENV"}:
            continue
        for key, value in instruction.pairs:
            text = value.text.strip("'\"") if value is not None else None
            # neither an empty value nor the place of a file is a secret
            is_harmless = text is not None and (text.startswith("/") or (not text and instruction.name == "ENV"))
            if _SECRET.search(key.text) and not _NO_SECRET.search(key.text) and not is_harmless:
                message = f"`{key.text}` stays in the image's history, where everybody who can pull it reads it"
                help_ = "use `RUN --mount=type=secret` to build, and a Secret to run"
                yield Fault("DKF07", key, message, help_)
