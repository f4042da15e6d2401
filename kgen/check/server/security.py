"""Rules of the API server about pods: security."""

from __future__ import annotations

import re
from functools import lru_cache

from kgen.check.fault import field
from kgen.check.server import windows
from kgen.check.server.errors import duplicate, forbidden, invalid, required, too_long, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import inner_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

    Placed: TypeAlias = tuple[Path, Mapping[str, Any]]
    """A container, and its path."""

MOST_ID = 2**31 - 1
PROFILES = frozenset({"Localhost", "RuntimeDefault", "Unconfined"})
PROC_MOUNTS = frozenset({"Default", "Unmasked"})
CHOICES = (
    ("SEC003", "fsGroupChangePolicy", frozenset({"Always", "OnRootMismatch"}), (1, 20)),
    ("SEC004", "supplementalGroupsPolicy", frozenset({"Merge", "Strict"}), (1, 33)),
    ("SEC005", "seLinuxChangePolicy", frozenset({"MountOption", "Recursive"}), (1, 33)),
)
"""Enumerations of the pod, and since when the server looks at them: before, it drops them."""

_LISTS = ("containers", "initContainers", "ephemeralContainers")
_OF_PODS = frozenset({"hostUsers", "os", "securityContext", "shareProcessNamespace"})
"""Fields of the pod that something here is about."""

_MOUNTED = (1, 37)
"""Since then, volumes may be mounted with the label of SELinux."""

_USER_NAMESPACES = (1, 33)
_PROC_MOUNT = (1, 33)
_LONGEST_PROFILE = 4095
_LONGEST_SYSCTL = 253
_IPC_SYSCTLS = frozenset(
    f"kernel.{name}"
    for name in ("shmall", "shmmax", "shmmni", "shm_rmid_forced", "shm", "msgmax", "msgmnb", "msgmni", "msg", "sem")
)


def faults(spec: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about the pod at ``at``."""
    if _OF_PODS.isdisjoint(spec) and not _has_context(spec):
        return
    containers: Sequence[Placed] = [
        ((*at, key, index), ctr or {}) for key in _LISTS for index, ctr in enumerate(entries(spec, key))
    ]
    of_pod = spec.get("securityContext")
    if of_pod:
        yield from _pod_faults(spec, of_pod, (*at, "securityContext"), context)
    has_options = bool(of_pod and of_pod.get("windowsOptions"))
    for place, ctr in containers:
        if own := ctr.get("securityContext"):
            yield from _container_faults(own, (*place, "securityContext"), spec, context)
            has_options = has_options or bool(own.get("windowsOptions"))
    if has_options:
        yield from windows.host_process_faults(spec, at, containers)
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        message = "may not be set together with `hostPID`"
        named = field((*at, "securityContext", "shareProcessNamespace"))
        yield invalid("SEC018", (*at, "shareProcessNamespace"), message).named(named)
    if spec.get("hostUsers") is False and context.version >= _USER_NAMESPACES:
        yield from _user_namespace_faults(spec, at, containers)
    if spec.get("os") is not None:
        yield from windows.system_faults(spec, at, containers)


def _has_context(spec: Mapping[str, Any]) -> bool:
    for key in _LISTS:
        for ctr in entries(spec, key) if key in spec else ():
            if ctr and ctr.get("securityContext"):
                return True
    return False


def _user_namespace_faults(spec: Mapping[str, Any], at: Path, containers: Sequence[Placed]) -> Iterator[Fault]:
    why = "may not be set with `hostUsers: false`"
    for key, name in (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")):
        if spec.get(key):
            yield forbidden("SEC019", (*at, key), why).named(field((*at, name)))
    for place, ctr in containers:
        if ctr.get("volumeDevices"):
            yield forbidden("SEC019", (*place, "volumeDevices"), why)


def _pod_faults(spec: Mapping[str, Any], value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    yield from _shared_faults(value, at)
    yield from _id_faults("SEC002", value.get("fsGroup"), (*at, "fsGroup"))
    for index, group in enumerate(entries(value, "supplementalGroups")):
        yield from _id_faults("SEC002", group, (*at, "supplementalGroups", index))
    for row, key, allowed, since in CHOICES:
        choice = value.get(key)
        known = allowed if row != "SEC005" or context.version >= _MOUNTED else allowed - {"MountOption"}
        if choice is not None and choice not in known and context.version >= since:
            yield unsupported(row, (*at, key), choice, known)
    if entries(value, "sysctls"):
        yield from _sysctl_faults(spec, value, (*at, "sysctls"))


def _container_faults(value: Mapping[str, Any], at: Path, spec: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    yield from _shared_faults(value, at)
    mount = value.get("procMount")
    if mount is not None and context.version >= _PROC_MOUNT:
        if mount not in PROC_MOUNTS:
            yield unsupported("SEC010", (*at, "procMount"), mount, PROC_MOUNTS)
        elif mount == "Unmasked" and spec.get("hostUsers") is not False:
            yield invalid("SEC011", (*at, "procMount"), "may be `Unmasked` only with `hostUsers: false` of the pod")
    if value.get("allowPrivilegeEscalation") is False:
        why = "may not have `allowPrivilegeEscalation: false` with"
        if value.get("privileged"):
            yield invalid("SEC012", at, f"{why} `privileged: true`")
        if "CAP_SYS_ADMIN" in entries(part(value, "capabilities"), "add"):
            yield invalid("SEC013", at, f"{why} the added capability `CAP_SYS_ADMIN`")


def _shared_faults(value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield the faults of the fields that pods and containers have."""
    yield from _id_faults("SEC001", value.get("runAsUser"), (*at, "runAsUser"))
    yield from _id_faults("SEC002", value.get("runAsGroup"), (*at, "runAsGroup"))
    if (profile := value.get("seccompProfile")) is not None:
        yield from _seccomp_faults(profile, (*at, "seccompProfile"))
    if (profile := value.get("appArmorProfile")) is not None:
        yield from _app_armor_faults(profile, (*at, "appArmorProfile"))
    if options := value.get("windowsOptions"):
        yield from windows.option_faults(options, (*at, "windowsOptions"))


def _id_faults(row: str, number: int | None, at: Path) -> Iterator[Fault]:
    if number and not 0 <= number <= MOST_ID:
        yield invalid(row, at, f"must be between 0 and {MOST_ID}, but is {number}")


def _type_faults(row: str, profile: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    kind = profile.get("type")
    if not kind:
        yield required(row, (*at, "type"))
    elif kind not in PROFILES:
        yield unsupported(row, (*at, "type"), kind, PROFILES)


def _seccomp_faults(profile: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    yield from _type_faults("SEC006", profile, at)
    path = profile.get("localhostProfile")
    place = (*at, "localhostProfile")
    kind = profile.get("type")
    if kind != "Localhost":
        if path is not None and kind in PROFILES:
            yield invalid("SEC007", place, "may be set with type `Localhost` only")
    elif path is None:
        yield required("SEC007", place, "since the type is `Localhost`")
    elif wrong := inner_path(path):
        yield invalid("SEC007", place, wrong)


def _app_armor_faults(profile: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    yield from _type_faults("SEC008", profile, at)
    name = profile.get("localhostProfile")
    place = (*at, "localhostProfile")
    kind = profile.get("type")
    if kind != "Localhost":
        if name is not None and kind in PROFILES:
            yield invalid("SEC009", place, "may be set with type `Localhost` only")
    elif not name:
        yield required("SEC009", place, "since the type is `Localhost`")
    elif name != name.strip():
        yield invalid("SEC009", place, f"must not begin or end with white space, but is {name!a}")
    elif len(name.encode("utf-8", "surrogatepass")) > _LONGEST_PROFILE:
        yield too_long("SEC009", place, _LONGEST_PROFILE, len(name.encode("utf-8", "surrogatepass")), "bytes")


def _sysctl_faults(spec: Mapping[str, Any], value: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    names = set()
    for index, sysctl in enumerate(entries(value, "sysctls")):
        name = (sysctl or {}).get("name")
        place = (*at, index, "name")
        if not name:
            yield required("SEC015", place)
            continue
        if wrong := _wrong_sysctl(name):
            yield invalid("SEC015", place, wrong)
        elif name in names:
            yield duplicate("SEC016", place, name)
        names.add(name)
        if (host := _namespace(name)) and spec.get(host):
            yield invalid("SEC017", place, f"may not be set with `{host}`, but is `{name}`")


@lru_cache(maxsize=1000)
def _wrong_sysctl(name: str) -> str:
    if len(name) > _LONGEST_SYSCTL:
        return f"must have at most {_LONGEST_SYSCTL} characters, but has {len(name)}"
    part_of_it = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
    if re.fullmatch(rf"({part_of_it}[./])*{part_of_it}", name):
        return ""
    return f"must be lower-case parts of letters, digits, `-` and `_` with `.` or `/` between, but is `{name}`"


def _namespace(name: str) -> str:
    """Return the field that gives the pod the host's settings in place of own ones; empty if none does."""
    first = min((at for at in (name.find("."), name.find("/")) if at >= 0), default=-1)
    if first >= 0 and name[first] == "/":
        name = name.translate({ord("."): "/", ord("/"): "."})
    if name.startswith("net."):
        return "hostNetwork"
    return "hostIPC" if name in _IPC_SYSCTLS or name.startswith("fs.mqueue.") else ""
