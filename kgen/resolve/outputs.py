"""Files that kgen writes beside the source: which one is for which build, and that none of them is for two."""

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import TypeAlias

from kgen.diag import Diagnostic, Label, Path, Rule, Severity
from kgen.model.app import COMPOSE, App, Compose
from kgen.model.container import Build
from kgen.model.image_plan import ignore_file
from kgen.model.platform import Platform

ONE_NAME = Rule(
    code="KG3290",
    name="two-files-of-one-name",
    severity=Severity.ERROR,
    explain="Of two files that kgen writes to one place, only one would be there.",
)
RULES = (ONE_NAME,)

_COMPOSE = re.compile(r"^(docker-)?compose[._-]*")
"""How names of compose files start."""

Key: TypeAlias = tuple[str, str]
"""Build context and file name: what a Dockerfile is known by."""


def key(build: Build) -> Key:
    """Return which Dockerfile of kgen's ``build`` is about."""
    return normpath(build.context), build.output


def compose_file(app: App, platform: Platform) -> str:
    """Return the name of the compose file, empty for none: what the app says, or the platform."""
    wanted = platform.output.compose if app.compose is None else not app.compose.off
    return (app.compose.output if app.compose else COMPOSE) if wanted else ""


def env_example(app: App) -> str:
    """
    Return the name of the file that lists what the compose file takes from `.env`.

    It follows that of the compose file, so that what leaves one of the user's own alone leaves the other alone as well.
    """
    compose = app.compose or Compose()
    if compose.env_example:
        return compose.env_example
    middle = _COMPOSE.sub("", compose.output.removesuffix(".yaml").removesuffix(".yml"))
    return f".env.{middle}.example" if middle else ".env.example"


def faults(app: App, builds: Mapping[Key, Path], platform: Platform) -> Iterator[Diagnostic]:
    """
    Yield files that would be written twice, by whatever name a file system takes them for one.

    Args:
        app: Its compose file is one of them.
        builds: Where each Dockerfile of kgen's is asked for.
        platform: Whether there is a compose file.
    """
    compose = compose_file(app, platform)
    taken: dict[str, Path] = {compose.lower(): ("compose", "output")} if compose else {}
    for (context, output), at in builds.items():
        for name in (output, ignore_file(output)):
            path = normpath(f"{context}/{name}")
            other = taken.setdefault(path.lower(), (*at, "output"))
            if other != (*at, "output"):
                yield Diagnostic(
                    rule=ONE_NAME,
                    message=f"`{path}` would be written twice",
                    at=Label((*at, "output")),
                    related=(Label(other, "the compose file" if other[0] == "compose" else "also for this"),),
                    help="give one of the two another `output`",
                )
