"""Package managers that ask before they install: nobody answers in a build, which they take for a no."""

from __future__ import annotations

import re

from kgen.check.dockerfile import scripts
from kgen.dockerfile import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.dockerfile.shell import Command, Pipeline
    from kgen.check.dockerfile.stages import Build

_INSTALLING = frozenset({"dist-upgrade", "full-upgrade", "install", "upgrade"})
_APT = "--yes", r"-[a-zA-Z]*y[a-zA-Z]*|-qq+|-q=2|--quiet=2|--yes|--assume-yes|--force-yes|-s|--simulate"
_DNF = "--assumeyes", r"-[a-zA-Z]*y[a-zA-Z]*|--assumeyes|--assumeno|--setopt=assumeyes=.*"
_ZYPPER = "--non-interactive", r"-[a-zA-Z]*[ny][a-zA-Z]*|--non-interactive|--no-confirm|--dry-run"
_PROGRAMS = {"apt": _APT, "apt-get": _APT, "dnf": _DNF, "yum": _DNF, "zypper": _ZYPPER}
"""Program → the option with which it does not ask, and all such options."""

_CONFIGURED = re.compile(r"assume-?yes|apt\.conf|\byum\.conf|dnf\.conf|<<<", re.IGNORECASE)
"""What may answer elsewhere."""


def faults(build: Build) -> Iterator[Fault]:
    if _CONFIGURED.search(build.file.text):
        return
    for stage in build.stages:
        for script in scripts.of(stage):
            for pipeline in script.pipelines:
                if (command := _asking(pipeline)) is not None:
                    option, _ = _PROGRAMS[command.name]
                    message = f"`{command.name}` asks before it installs, and stops, as nobody answers in a build"
                    yield Fault("DKF24", script.word(command), message, f"add `{option}`")


def _asking(pipeline: Pipeline) -> Command | None:
    """Return the command that asks: it gets no answers from another one, and must not fail."""
    command = pipeline.commands[0]
    if command.name not in _PROGRAMS or pipeline.end == "||" or command.is_asked:
        return None
    words = command.arguments
    _, silent = _PROGRAMS[command.name]
    if _INSTALLING.isdisjoint(words) or any(word.startswith("$") or re.fullmatch(silent, word) for word in words):
        return None
    has_packages = any(not word.startswith("-") and word not in _INSTALLING for word in words)
    return command if has_packages or "install" not in words else None  # else it only repairs what is there
