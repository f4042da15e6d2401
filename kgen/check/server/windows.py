"""Rules of the API server about pods: what only Windows has, and what it has not."""

from __future__ import annotations

import re

from kgen.check.server.errors import forbidden, invalid, required, unsupported
from kgen.check.server.kinds import part
from kgen.check.server.texts import dns_subdomain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.fault import Fault
    from kgen.diag import Path

    Placed: TypeAlias = tuple[Path, Mapping[str, Any]]
    """A container, and its path."""

SYSTEMS = frozenset({"linux", "windows"})
_OFF_WHEN_FALSE = ("hostPID", "hostIPC")
_POD_FIELDS = (
    *("appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "runAsUser"),
    *("runAsGroup", "supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy"),
)
_CONTAINER_FIELDS = (
    *("appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged"),
    *("allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup"),
)
_LONGEST_SPEC = 64 * 1024
_LONGEST_DOMAIN = 255
_LONGEST_USER = 104
_NET_BIOS = re.compile(r'[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}')
_DNS = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*")
_NOT_IN_USER = frozenset('"/\\:;|=,+*?<>@[]')


def system_faults(spec: Mapping[str, Any], at: Path, containers: Sequence[Placed]) -> Iterator[Fault]:
    """Yield what the server refuses since ``os`` says which operating system the pod is for."""
    name = spec["os"].get("name")
    if not name:
        yield required("SEC020", (*at, "os", "name"), "either `linux` or `windows`")
    elif name not in SYSTEMS:
        yield unsupported("SEC020", (*at, "os"), name, SYSTEMS)
    elif name == "windows":
        yield from _windows_faults(spec, at, containers)
    else:
        for place, value in ((at, spec), *containers):
            if part(value, "securityContext").get("windowsOptions") is not None:
                message = "may not be set in a pod with os `linux`"
                yield forbidden("SEC021", (*place, "securityContext", "windowsOptions"), message)


def _windows_faults(spec: Mapping[str, Any], at: Path, containers: Sequence[Placed]) -> Iterator[Fault]:
    why = "may not be set in a pod with os `windows`"
    if spec.get("hostUsers") is not None:
        yield forbidden("SEC022", (*at, "hostUsers"), why)
    for key in _OFF_WHEN_FALSE:
        if spec.get(key):
            yield forbidden("SEC022", (*at, key), why)
    if spec.get("shareProcessNamespace") is not None:
        yield forbidden("SEC022", (*at, "shareProcessNamespace"), why)
    context = part(spec, "securityContext")
    if context.get("sysctls"):
        yield forbidden("SEC022", (*at, "securityContext", "sysctls"), why)
    for place, value, fields in ((at, spec, _POD_FIELDS), *((*placed, _CONTAINER_FIELDS) for placed in containers)):
        context = part(value, "securityContext")
        for key in fields:
            if context.get(key) is not None:
                yield forbidden("SEC022", (*place, "securityContext", key), why)


def option_faults(options: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what the server refuses about the ``windowsOptions`` at ``at``."""
    name = options.get("gmsaCredentialSpecName")
    if name is not None and (wrong := dns_subdomain(name)):
        yield invalid("SEC023", (*at, "gmsaCredentialSpecName"), wrong)
    content = options.get("gmsaCredentialSpec")
    if content is not None:
        size = _size(content)
        if not 0 < size <= _LONGEST_SPEC:
            message = f"must have between 1 and {_LONGEST_SPEC} bytes, but has {size}"
            yield invalid("SEC023", (*at, "gmsaCredentialSpec"), message)
    user = options.get("runAsUserName")
    if user is not None and (wrong := _wrong_user(user)):
        yield invalid("SEC024", (*at, "runAsUserName"), wrong)


def _wrong_user(text: str) -> str:
    if not text:
        return "must not be empty"
    if any(sign < " " or sign == "\x7f" for sign in text):
        return f"must not have control characters, but is {text!a}"
    domain, backslash, user = text.partition("\\")
    if not backslash:
        return _wrong_name(text)
    if "\\" in user:
        return f"must have at most one backslash, but is `{text}`"
    return _wrong_domain(domain) or _wrong_name(user)


def _wrong_domain(domain: str) -> str:
    if _size(domain) > _LONGEST_DOMAIN:
        return f"must have a domain of at most {_LONGEST_DOMAIN} bytes"
    if _NET_BIOS.fullmatch(domain) or _DNS.fullmatch(domain):
        return ""
    return f"must have a NetBIOS or DNS name before the backslash, but has `{domain}`"


def _wrong_name(user: str) -> str:
    if not 0 < (size := _size(user)) <= _LONGEST_USER:
        return f"must have between 1 and {_LONGEST_USER} bytes for the user, but has {size}"
    if not user.strip(". "):
        return f"must have more than dots and spaces for the user, but is `{user}`"
    if found := _NOT_IN_USER.intersection(user):
        return f"must not have `{min(found)}` in the user, but is `{user}`"
    return ""


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def host_process_faults(spec: Mapping[str, Any], at: Path, containers: Sequence[Placed]) -> Iterator[Fault]:
    """Yield what the server refuses about host processes: all containers are, or none is."""
    of_pod = _host_process(spec)
    count = 0
    for place, ctr in containers:
        own = _host_process(ctr)
        if own is not None and of_pod is not None and own != of_pod:
            message = f"must be as for the pod, which has `{str(of_pod).lower()}`, but is `{str(own).lower()}`"
            yield invalid("SEC025", (*place, "securityContext", "windowsOptions", "hostProcess"), message)
        count += bool(of_pod if own is None else own)
    if not count:
        return
    if count < len(containers):
        yield invalid(
            "SEC025", at, f"must have all containers with `hostProcess`, but {len(containers) - count} without"
        )
    if not spec.get("hostNetwork"):
        yield invalid("SEC025", (*at, "hostNetwork"), "must be `true` with containers that have `hostProcess`")


def _host_process(value: Mapping[str, Any]) -> bool | None:
    found: bool | None = part(part(value, "securityContext"), "windowsOptions").get("hostProcess")
    return found
