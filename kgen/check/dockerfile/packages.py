"""What RUN leaves behind or lets pass: package lists, caches, versions that move, and pipes whose start may fail."""

from __future__ import annotations

import re

from kgen.check.dockerfile import scripts
from kgen.dockerfile import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgen.check.dockerfile.scripts import Script
    from kgen.check.dockerfile.shell import Command
    from kgen.check.dockerfile.stages import Build

_APT = frozenset({"apt", "apt-get"})
_CANNOT_FAIL = frozenset({"echo", "printf", "true", "yes", ":"})
_TRUE = frozenset({"1", "true", "on", "yes"})
_PIP = re.compile(r"pip[0-9.]*")
_PYTHON = re.compile(r"python[0-9.]*")
_WITH_VALUE = frozenset(
    {
        *("-b", "-e", "-f", "-i", "-t", "--abi", "--build", "--cache-dir", "--editable", "--extra-index-url"),
        *("--find-links", "--group", "--implementation", "--index-url", "--log", "--no-binary", "--only-binary"),
        *("--platform", "--prefix", "--progress-bar", "--proxy", "--python", "--python-version", "--retries", "--root"),
        *("--root-user-action", "--src", "--target", "--timeout", "--trusted-host", "--upgrade-strategy"),
        *("-c", "--constraint", "-r", "--requirement", "--config-settings", "--global-option", "--report"),
    }
)
"""Options of pip whose value is the next word."""

_FROM_ELSEWHERE = frozenset({"-c", "--constraint", "-r", "--requirement", "--group"})
"""Options that name a file with the versions."""


def faults(build: Build) -> Iterator[Fault]:
    kept = set() if build.final is None else {stage.index for stage in build.final.line_of_descent}
    for stage in build.stages:
        seen = [*scripts.of(stage)]
        takes_recommended = not any("APT::Install-Recommends" in script.text for script in seen)
        for script in seen:
            yield from _of_pipes(script)
            yield from _of_lists(script, is_kept=stage.index in kept)
            yield from _of_apt(script, takes_recommended=takes_recommended)
            yield from _of_pip(script, is_kept=stage.index in kept)


def _of_pipes(script: Script) -> Iterator[Fault]:
    has_pipefail = script.has_pipefail
    for pipeline in script.pipelines:
        commands = pipeline.commands
        has_pipefail |= any(each.name == "set" and "pipefail" in each.words for each in commands)
        before = [each for each in commands[:-1] if each.name not in _CANNOT_FAIL]
        if not has_pipefail and before and pipeline.end != "||" and not commands[0].is_asked:
            name = f"`{before[0].name}`" if before[0].name else "what stands before `|`"
            message = f"if {name} fails, nobody notices: a pipe ends as its last command does"
            help_ = 'put `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` above, or start with `set -o pipefail &&`'
            yield Fault("DKF21", script.word(before[0]), message, help_)
            return


def _of_lists(script: Script, *, is_kept: bool) -> Iterator[Fault]:
    commands = [*script.commands]
    updates = [each for each in commands if each.name in {*_APT, "aptitude"} and "update" in each.arguments]
    if updates and is_kept and not script.has_mount("/var/lib/apt") and not any(map(_removes_lists, commands)):
        help_ = "end the same `RUN` with `rm -rf /var/lib/apt/lists/*`"
        yield Fault("DKF15", script.word(updates[0]), "the lists of packages stay in the image", help_)


def _of_apt(script: Script, *, takes_recommended: bool) -> Iterator[Fault]:
    for each in script.commands:
        if each.name not in _APT or "install" not in each.arguments:
            continue
        if takes_recommended and not _is_without_recommends(each):
            message = f"`{each.name} install` also takes the packages that are only recommended"
            yield Fault("DKF15", script.word(each), message, "add `--no-install-recommends`")
        if packages := [word for word in _packages(each) if not re.search(r"[=/$*]|\.deb$", word)]:
            message = f"`{packages[0]}` is installed in whatever version there is on the day of the build"
            yield Fault("DKF15B", script.word(each), message, f"name the version: `{packages[0]}=…`")


def _removes_lists(command: Command) -> bool:
    if command.name in {"rm", "find"}:
        return any("/var/lib/apt" in word or "/var/lib/{" in word for word in command.arguments)
    return command.name in _APT and bool({"dist-clean", "distclean"} & {*command.arguments})


def _is_without_recommends(command: Command) -> bool:
    return any("no-install-recommends" in word or "Install-Recommends" in word for word in command.arguments)


def _packages(command: Command) -> Iterator[str]:
    words = iter(command.arguments)
    for word in words:
        if word in {"-t", "-o", "-c", "--target-release", "--option", "--config-file"}:
            next(words, "")
        elif not word.startswith("-") and word != "install":
            yield word


def _of_pip(script: Script, *, is_kept: bool) -> Iterator[Fault]:
    has_cache = None
    for each in script.commands:
        arguments = _after_install(each)
        if arguments is None:
            continue
        if has_cache is None:
            has_cache = is_kept and _has_cache(script)
        if has_cache and not any(word in {"--no-cache-dir", "--no-cache"} for word in each.words):
            message = "pip's cache stays in the image"
            help_ = "add `--no-cache-dir`, or `RUN --mount=type=cache,target=/root/.cache/pip`"
            yield Fault("DKF16", script.word(each), message, help_)
        if loose := _loose(arguments):
            message = f"`{loose}` is installed in whatever version there is on the day of the build"
            yield Fault(
                "DKF16", script.word(each), message, f"name the version: `{loose}==…`, or take them from a file"
            )


def _after_install(command: Command) -> list[str] | None:
    """Return what follows ``pip install``, or ``None`` if the command is another one."""
    words = command.words
    is_module = bool(_PYTHON.fullmatch(command.name)) and words[1:3] == ["-m", "pip"]
    if not (_PIP.fullmatch(command.name) or is_module) or "install" not in words:
        return None
    return words[words.index("install") + 1 :]


def _has_cache(script: Script) -> bool:
    """Tell whether pip keeps what it downloads, and nobody takes it away."""
    is_off = (script.scope.value("PIP_NO_CACHE_DIR") or "").lower() in _TRUE or "PIP_NO_CACHE_DIR" in script.text
    is_configured = "no-cache-dir" in script.text.partition("config set")[2]
    is_elsewhere = script.has_mount("pip") or script.has_mount("/root/.cache")
    is_removed = any(
        (each.name == "rm" and any(".cache" in word for word in each.arguments)) or {"cache", "purge"} <= {*each.words}
        for each in script.commands
    )
    return not (is_off or is_configured or is_elsewhere or is_removed)


def _loose(arguments: Sequence[str]) -> str:
    """Return the first package without a version, unless a file tells the versions."""
    if any(word.partition("=")[0] in _FROM_ELSEWHERE or re.match(r"-[rc]\S", word) for word in arguments):
        return ""
    words = iter(arguments)
    for word in words:
        if word in _WITH_VALUE:
            next(words, "")
        elif not word.startswith("-") and not re.search(r"[=<>~@/\\$]|^\.|\.whl$|\.gz$|\.zip$", word):
            return word
    return ""
