"""Tools in RUN that have no place in a build: sudo, apt for people, package managers that keep what they download."""

from __future__ import annotations

import re

from kgen.check.dockerfile import scripts
from kgen.dockerfile import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgen.check.dockerfile.scripts import Script
    from kgen.check.dockerfile.shell import Command
    from kgen.check.dockerfile.stages import Build

_APT = frozenset({"dist-upgrade", "full-upgrade", "install", "purge", "remove", "update", "upgrade"})
_KEPT: Mapping[str, tuple[frozenset[str], str, str, str]] = {
    "apk": (frozenset({"add"}), "/var/cache/apk", "--no-cache", "add `--no-cache`"),
    "dnf": (frozenset({"install", "upgrade"}), "/var/cache/dnf", "", "end the same `RUN` with `dnf clean all`"),
    "microdnf": (frozenset({"install", "upgrade"}), "/var/cache", "", "end the same `RUN` with `microdnf clean all`"),
    "yum": (frozenset({"install", "upgrade"}), "/var/cache/yum", "", "end the same `RUN` with `yum clean all`"),
    "zypper": (frozenset({"in", "install"}), "/var/cache/zypp", "", "end the same `RUN` with `zypper clean`"),
}
"""Package manager → its words for installing, where it keeps what it downloads, the option against it, the way out."""


def faults(build: Build) -> Iterator[Fault]:
    kept = set() if build.final is None else {stage.index for stage in build.final.line_of_descent}
    for stage in build.stages:
        for script in scripts.of(stage):
            commands = [*script.commands]
            for command in commands:
                yield from _of_command(script, command)
            if stage.index in kept:
                yield from _of_cache(script, commands)


def _of_command(script: Script, command: Command) -> Iterator[Fault]:
    if command.has_sudo and not command.name.startswith("-"):  # with `-u` it may well be of use
        message = f"`sudo` runs `{command.name}` as root, which a build is anyway, or must not be"
        help_ = "remove `sudo`; where another user builds, put `USER root` above and the user below"
        yield Fault("DKF29", script.word(command), message, help_)
    if command.name == "apt" and not _APT.isdisjoint(command.arguments):
        message = "`apt` is for people: it warns that its words and its output may change"
        yield Fault("DKF30", script.word(command), message, "write `apt-get`")


def _of_cache(script: Script, commands: Sequence[Command]) -> Iterator[Fault]:
    for command in commands:
        words, folder, option, help_ = _KEPT.get(command.name, (frozenset[str](), "", "", ""))
        if words.isdisjoint(command.arguments) or (option and option in command.arguments):
            continue
        is_mounted = any(script.has_mount(path) for path in (folder, "/var/cache", "/var/lib/dnf"))
        if is_mounted or any(_cleans(each, command.name) for each in commands):
            continue
        yield Fault("DKF31", script.word(command), f"what `{command.name}` downloads stays in the image", help_)
        return


def _cleans(command: Command, manager: str) -> bool:
    if command.name in {"find", "rm"}:
        return any(re.search(r"/var/cache|/var/lib", word) for word in command.arguments)
    return command.name in {manager, "dnf", "microdnf", "yum"} and "clean" in command.arguments
