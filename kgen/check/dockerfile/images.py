"""
Where a pod and the Dockerfile of its image do not agree: users, ports, folders, programs and signals.

A fault's path leads from the root of the object; its message goes on after the name of the field.
"""

from __future__ import annotations

import re
from itertools import pairwise

from kgen.check.dockerfile.facts import ANYTHING
from kgen.check.dockerfile.image_names import image
from kgen.check.dockerfile.users import ROOT
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import entries, mappings, number, part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.dockerfile.facts import ImageFacts
    from kgen.check.templates import Template
    from kgen.diag import Path

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_SHELLS = frozenset({"ash", "bash", "busybox", "cat", "curl", "dash", "ls", "nc", "pgrep", "sh", "test", "wget"})
"""Programs that an image without a shell does not have either."""

_LOWEST_FREE_PORT = 1024


class _Container:
    """One container, with what it takes over from its pod."""

    def __init__(self, template: Template, value: Mapping[str, Any], at: Path) -> None:
        self.pod = template.spec
        self.value = value
        self.at = at
        self.own = part(value, "securityContext")
        self.above = part(template.spec, "securityContext")
        self._at_pod = template.at_spec

    def security(self, key: str) -> tuple[Any, Path]:
        """Return what counts for ``key``, and where it is written; the container's own place if it is not."""
        if key in self.own or key not in self.above:
            return self.own.get(key), (*self.at, "securityContext", key)
        return self.above[key], (*self._at_pod, "securityContext", key)


def faults(facts: ImageFacts, template: Template, value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """
    Yield where a container does not fit to its image.

    Args:
        facts: What the Dockerfile of its image says.
        template: The pod.
        value: The container.
        at: Where it stands in the object, as ``Template.containers`` says.
    """
    container = _Container(template, value, at)
    yield from _of_ports(facts, container)
    yield from _of_programs(facts, container)
    yield from _of_signals(facts, container)
    if facts.is_windows:
        return
    yield from _of_users(facts, container)
    yield from _of_folders(facts, container)


def _fault(row: str, path: Path, message: str, help_: str) -> Fault:
    return Fault(keyword=Keyword.INVALID, path=path, message=message, help=help_, row=row)


def _of_users(facts: ImageFacts, container: _Container) -> Iterator[Fault]:
    must_not, at = container.security("runAsNonRoot")
    wanted, at_user = container.security("runAsUser")
    if must_not is True and wanted is None and facts.user is not None:
        if facts.is_root:
            how = "its Dockerfile says so" if facts.has_user else "its Dockerfile sets no `USER`"
            message = f"is true, but the image runs as root: {how}, so the kubelet does not start the container"
            yield _fault(
                "XIMG002", at, message, "set `runAsUser` to a number above 0, or end the Dockerfile with `USER`"
            )
        elif not facts.user.isdigit():
            message = (
                f"is true, but the image runs as `{facts.user}`, and the kubelet cannot tell whether a name is root"
            )
            yield _fault("XIMG001", at, message, "set `runAsUser` to its number, or write the number after `USER`")
    if not isinstance(wanted, int) or not wanted or facts.user is None or facts.is_root:
        return
    if not facts.user.isdigit() or str(wanted) == facts.user or "fsGroup" in container.above:
        return
    groups = {
        str(each) for each in (container.security("runAsGroup")[0], *entries(container.above, "supplementalGroups"))
    }
    owned = [each.path for each in facts.owners if each.user == facts.user and each.group not in {*ROOT, *groups}]
    if owned:
        message = f"is {wanted}, but the image gives `{owned[0]}` to `{facts.user}`, the user that it was made for"
        yield _fault("XIMG003", at_user, message, f"set it to what `{facts.user}` is, or give the files to the group 0")


def _of_ports(facts: ImageFacts, container: _Container) -> Iterator[Fault]:
    listed = {}
    for index, port in mappings(container.value, "ports"):
        if (wanted := number(port, "containerPort")) is not None:
            listed[wanted, text(port, "protocol") or "TCP"] = (*container.at, "ports", index, "containerPort")
    for (wanted, protocol), at in listed.items():
        if facts.ports and (wanted, protocol) not in facts.ports:
            others = ", ".join(f"`{each}`" for each, _ in facts.ports[:4])
            message = f"is {wanted}, but the Dockerfile exposes {others}"
            yield _fault("XIMG004", at, message, "write the port that the program listens on in both")
        yield from _of_privilege(facts, container, wanted, at)
    missing = [wanted for wanted, protocol in facts.ports if (wanted, protocol) not in listed]
    # what runs another program, a migration say, need not listen; and what differs is said already
    runs_another = entries(container.value, "command") or entries(container.value, "args")
    if missing and not runs_another and listed.keys() <= {*facts.ports}:
        message = f"does not list port {missing[0]}, which the Dockerfile exposes"
        yield _fault("XIMG004", (*container.at, "ports"), message, f"add `containerPort: {missing[0]}`")


def _of_privilege(facts: ImageFacts, container: _Container, port: int, at: Path) -> Iterator[Fault]:
    user = container.security("runAsUser")[0]
    user = facts.user if user is None else str(user)
    if port >= _LOWEST_FREE_PORT or user is None or user in ROOT or facts.is_windows:
        return
    added = entries(container.own, "capabilities", "add")
    names = [text(each, "name") for _, each in mappings(container.above, "sysctls")]
    if {"NET_BIND_SERVICE", "CAP_NET_BIND_SERVICE", "ALL"} & {*map(str, added)}:
        return
    if "net.ipv4.ip_unprivileged_port_start" in names:
        return
    message = (
        f"is {port}, and the container runs as `{user}`: some runtimes keep ports below {_LOWEST_FREE_PORT} for root"
    )
    yield _fault(
        "XIMG006", at, message, f"listen on a port above {_LOWEST_FREE_PORT - 1}: a Service maps any port to it"
    )


def _of_folders(facts: ImageFacts, container: _Container) -> Iterator[Fault]:
    is_read_only, at = container.security("readOnlyRootFilesystem")
    if is_read_only is not True:
        return
    mounts = [text(mount, "mountPath").rstrip("/") for _, mount in mappings(container.value, "volumeMounts")]
    for path in dict.fromkeys((*facts.volumes, *facts.temporary)):
        if not any(path.rstrip("/") == mount or path.startswith(f"{mount}/") for mount in mounts):
            why = "is a volume of the image" if path in facts.volumes else "is where the image puts temporary files"
            message = f"is true, but `{path}` {why}, and nothing is mounted there"
            yield _fault("XIMG005", at, message, f"mount an `emptyDir` at `{path}`")


def _of_programs(facts: ImageFacts, container: _Container) -> Iterator[Fault]:
    for path, words in _run(container.value):
        program = words[0] if words and isinstance(words[0], str) else ""
        if facts.lacks_shell and program.rpartition("/")[2] in _SHELLS and not _brings(facts, program):
            message = f"runs `{program}`, which the image does not have: its last stage has no shell"
            yield _fault(
                "XIMG007", (*container.at, *path), message, "use a probe without a program, or a base with a shell"
            )
    probes = [name for name in _PROBES if name in container.value]
    if facts.has_healthcheck and not probes:
        message = "has no probe, and Kubernetes ignores the `HEALTHCHECK` of the image"
        yield _fault("XIMG008", container.at, message, "add a `livenessProbe` or a `readinessProbe` that asks the same")
    yield from _of_form(facts, container)


def _of_form(facts: ImageFacts, container: _Container) -> Iterator[Fault]:
    if entries(container.value, "command"):
        return
    programs = [facts.entrypoint, None if entries(container.value, "args") else facts.command]
    for program in programs:
        if program is not None and program.is_shell_form:
            message = (
                f"has no `command`, so a shell runs the `{program.name}` of the image, and does not pass SIGTERM on"
            )
            help_ = f"write `{program.name}` as a JSON list: else each pod is killed when its grace period is over"
            yield _fault("XIMG009", container.at, message, help_)
            return


def _run(value: Mapping[str, Any]) -> Iterator[tuple[Path, Sequence[Any]]]:
    """Yield the commands that are run in a container."""
    yield ("command",), entries(value, "command")
    for probe in _PROBES:
        yield (probe, "exec", "command"), entries(value, probe, "exec", "command")
    for hook in ("postStart", "preStop"):
        yield ("lifecycle", hook, "exec", "command"), entries(value, "lifecycle", hook, "exec", "command")


def _brings(facts: ImageFacts, program: str) -> bool:
    """Tell whether the Dockerfile may put ``program`` onto its base."""
    return program.rpartition("/")[2] in facts.copied or ANYTHING in facts.copied


def _of_signals(facts: ImageFacts, container: _Container) -> Iterator[Fault]:
    if not facts.stop_signal:
        return
    wanted = text(container.value, "lifecycle", "stopSignal")
    if wanted and _signal(wanted) != _signal(facts.stop_signal):
        message = f"is `{wanted}`, but the program of the image is stopped by `{facts.stop_signal}`"
        yield _fault(
            "XIMG012", (*container.at, "lifecycle", "stopSignal"), message, f"remove it, or set `{facts.stop_signal}`"
        )
    path = ("lifecycle", "preStop", "exec", "command")
    line = " ".join(map(str, entries(container.value, *path)))
    sent = re.search(r"\bkill\s+(?:-s\s+|-)(\w+)\s+1\b", line)
    if sent is not None and _signal(sent.group(1)) != _signal(facts.stop_signal):
        message = f"sends `{sent.group(1)}`, but the program of the image is stopped by `{facts.stop_signal}`"
        yield _fault(
            "XIMG012", (*container.at, *path), message, "remove the hook: the kubelet sends the image's signal"
        )


_NUMBERS: Mapping[str, str] = {
    "1": "HUP",
    "2": "INT",
    "3": "QUIT",
    "9": "KILL",
    "10": "USR1",
    "12": "USR2",
    "15": "TERM",
}


def _signal(name: str) -> str:
    name = name.upper().removeprefix("SIG")
    return _NUMBERS.get(name, name)


def mixed_tags(names: Sequence[str]) -> Iterator[tuple[int, int, Fault]]:
    """
    Yield the images of one set that are one repository in different versions: the later, the earlier, and the fault.

    Args:
        names: Images of all containers of the set. The fault has no path: the caller knows whose it is.
    """
    seen: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if (found := image(name)) is not None and (found.tag or found.digest):
            seen.setdefault(found.repository, []).append(index)
    for same in seen.values():
        for earlier, later in pairwise(same):
            if names[earlier] != names[later]:
                message = f"is `{names[later]}`, while another container of the set runs `{names[earlier]}`"
                yield later, earlier, _fault("XIMG011", (), message, "deploy one version of an image at a time")
