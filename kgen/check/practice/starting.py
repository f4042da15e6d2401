"""Rules of practice on what keeps a container from starting though the server takes its object."""

from __future__ import annotations

from kgen.check.fault import short
from kgen.check.practice.advice import advice, is_windows
from kgen.check.reading import entries, number, part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Version = tuple[int, int]

_CONTEXT = "securityContext"
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")
_OF_A_SHELL = frozenset("|&;<>$`*\n")
_OF_PROGRAMS = frozenset({"", ".", "bin", "sbin"})
"""Folders that programs stand in; other paths may have spaces."""


def root_users_that_are_refused(resource: Resource, _version: Version) -> Iterator[Fault]:
    """
    Yield users 0 of containers that must not run as root.

    Source: pkg/kubelet/kuberuntime/security_context.go:verifyRunAsNonRoot
    """
    template = resource.template
    if template is None:
        return
    of_pod = part(template.spec, _CONTEXT)
    told: set[Path] = set()
    for at, each in template.containers():
        own = part(each, _CONTEXT) if _CONTEXT in each else of_pod
        is_own = own.get("runAsUser") is not None
        if number(own if is_own else of_pod, "runAsUser") != 0:
            continue
        asked = own.get("runAsNonRoot")
        path = (*(at if is_own and own is not of_pod else template.at_spec), _CONTEXT, "runAsUser")
        if (of_pod.get("runAsNonRoot") if asked is None else asked) is not True or path in told or is_windows(template):
            continue
        told.add(path)
        message = "must not be `0`: with `runAsNonRoot: true`, the kubelet refuses to start a container as root"
        out = "use a number above 0 that the image can work with, or remove `runAsNonRoot: true`"
        yield advice("SEC36", path, message, out)


def commands_in_one_word(resource: Resource, _version: Version) -> Iterator[Fault]:
    """Yield programs with arguments in the same word: nothing splits it, and no file has such a name."""
    template = resource.template
    if template is None:
        return
    for at, each in template.containers():
        for path, command in _commands(each):
            word = command[0] if isinstance(command, list) and command else ""
            if isinstance(word, str) and " " in word and _is_program(word) and not is_windows(template):
                message = f"must be a program, but is `{short(word)}` in one word: there is no file of that name"
                yield advice("REL22", (*at, *path, 0), message, _as_list(word, command[1:]))


def _commands(container: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield all that a container runs by itself, each with its place."""
    if "command" in container:
        yield ("command",), container["command"]
    for key in _PROBES:
        if key in container and isinstance(container[key], dict) and "exec" in container[key]:
            yield (key, "exec", "command"), entries(container[key], "exec", "command")
    if "lifecycle" in container:
        for key in _HOOKS:
            yield ("lifecycle", key, "exec", "command"), entries(container["lifecycle"], key, "exec", "command")


def _is_program(word: str) -> bool:
    """
    Tell whether a word starts with the name of a program, rather than being a path with spaces.

    >>> _is_program("node dist/app.js"), _is_program("/bin/sh -c"), _is_program("/opt/My App/run")
    (True, True, False)
    """
    first, _, rest = word.strip().partition(" ")
    if not first or not (first[0].isalnum() or first[0] in "./$_"):
        return False
    folder, slash, name = first.rpartition("/")
    return not slash or rest.startswith("-") or "." in name or folder.rpartition("/")[2] in _OF_PROGRAMS


def _as_list(word: str, rest: list[Any]) -> str:
    """Return the way out: the words as a list, or a shell for what only a shell understands."""
    import shlex  # noqa: PLC0415  # only for what is wrong

    try:
        words = shlex.split(word) if _OF_A_SHELL.isdisjoint(word.strip()) else []
    except ValueError:  # quotes that do not end
        words = []
    return f"write `{short([*words, *rest] if words else ['sh', '-c', word.strip()])}`"


DEFAULT = (root_users_that_are_refused, commands_in_one_word)
STRICT = ()
OFF = ()
