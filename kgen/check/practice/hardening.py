"""Rules of practice: what a security context can take away from a container beyond the Pod Security Standards."""

from __future__ import annotations

from kgen.check.fault import short
from kgen.check.practice.advice import advice, containers, is_windows
from kgen.check.practice.pod_security_baseline import CAPABILITIES as BASELINE
from kgen.check.practice.pod_security_baseline import contexts
from kgen.check.reading import entries, number, part
from kgen.words import suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Version = tuple[int, int]

_HIGH_ID = 10_000
"""Users of nodes have lower numbers."""

_CAPABILITIES = BASELINE | {
    *("AUDIT_CONTROL", "AUDIT_READ", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "DAC_READ_SEARCH", "IPC_LOCK"),
    *("IPC_OWNER", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "NET_ADMIN", "NET_BROADCAST", "NET_RAW"),
    *("PERFMON", "SYS_ADMIN", "SYS_BOOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO"),
    *("SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "SYSLOG", "WAKE_ALARM", "ALL"),
}


def writable_root_file_systems(resource: Resource, _version: Version) -> Iterator[Fault]:
    if resource.template is None or is_windows(resource.template):
        return
    for at, each in containers(resource):
        given = part(each, "securityContext").get("readOnlyRootFilesystem")
        if given is not True:
            is_ = "`false`" if given is False else "not set"
            message = f"must be `true`, but is {is_}: an intruder could change the program that runs"
            path = (*at, "securityContext", "readOnlyRootFilesystem")
            yield advice("SEC01", path, message, "set it to `true`, and mount an `emptyDir` where files are written")


def misspelt_capabilities(resource: Resource, _version: Version) -> Iterator[Fault]:
    """What the Pod Security Standards say of a misspelt name is another matter, and not said twice."""
    for at, each in containers(resource):
        for key in ("add", "drop"):
            for index, name in enumerate(entries(each, "securityContext", "capabilities", key)):
                if not isinstance(name, str) or name in _CAPABILITIES:
                    continue
                plain = name.upper().removeprefix("CAP_")
                if plain == "ALL" or (key == "add" and plain in BASELINE):
                    continue
                is_known = plain in _CAPABILITIES
                message = f"must be the name of a capability, in upper case without `CAP_`, but is `{short(name)}`"
                out = f"write `{plain}`" if is_known else suggestion(plain, _CAPABILITIES)
                path = (*at, "securityContext", "capabilities", key, index)
                yield advice("SEC09", path, message, out or "remove it: Linux has no such capability")


def _settings(resource: Resource, key: str) -> Iterator[tuple[Path, Any]]:
    """Yield the values of one setting of pod and containers, each with its place."""
    if resource.template is not None:
        for at, context in contexts(resource.template):
            if context.get(key) is not None:
                yield (*at, key), context[key]


def low_users(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, given in _settings(resource, "runAsUser"):
        if isinstance(given, int) and 0 < given < _HIGH_ID:
            message = f"must be {_HIGH_ID} or more, but is `{given}`: users of the node may have that number"
            yield advice("SEC11", path, message, "use a number such as 65532, also in the image")


def low_groups(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, given in _settings(resource, "runAsGroup"):
        if isinstance(given, int) and 0 < given < _HIGH_ID:
            message = f"must be {_HIGH_ID} or more, but is `{given}`: groups of the node may have that number"
            yield advice("SEC12", path, message, "use a number such as 65532, also in the image")


def root_groups(resource: Resource, _version: Version) -> Iterator[Fault]:
    found: list[tuple[Path, Any]] = []
    for key in ("runAsGroup", "fsGroup"):
        found += _settings(resource, key)
    for path, groups in _settings(resource, "supplementalGroups"):
        found += [((*path, index), each) for index, each in enumerate(groups if isinstance(groups, list) else ())]
    for path, given in found:
        if isinstance(given, int) and not isinstance(given, bool) and given == 0:
            message = "must not be `0`, the group of root: its files are open to the container then"
            yield advice("SEC13", path, message, "use a group of its own, with a number above 0")


def containers_without_context(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, each in containers(resource):
        if not part(each, "securityContext"):
            message = "must be set: without it, a container has all that its runtime gives"
            yield advice("SEC15", (*at, "securityContext"), message, "say what the container can do without")


def containers_without_hardening(resource: Resource, _version: Version) -> Iterator[Fault]:
    if resource.template is None:
        return
    of_pod = part(resource.template.spec, "securityContext")
    for at, each in containers(resource):
        if not _is_hardened(of_pod) and not _is_hardened(part(each, "securityContext")):
            message = "must have one of `appArmorProfile`, `capabilities.drop`, `seLinuxOptions` and `seccompProfile`"
            yield advice("SEC16", (*at, "securityContext"), message, "add `seccompProfile: {type: RuntimeDefault}`")


def _is_hardened(context: Mapping[str, Any]) -> bool:
    profiles = (context.get(key) for key in ("appArmorProfile", "seLinuxOptions", "seccompProfile"))
    return any(each is not None for each in profiles) or bool(entries(context, "capabilities", "drop"))


def pods_with_users_of_the_node(resource: Resource, version: Version) -> Iterator[Fault]:
    template = resource.template
    if template is None or version < (1, 33) or is_windows(template):
        return
    if template.spec.get("hostUsers") is not False and template.spec.get("hostNetwork") is not True:
        message = "must be `false`: root in a container is root on the node otherwise, once it gets out"
        out = "set it to `false`, if the file systems and runtime of your nodes can do it"
        yield advice("SEC17", (*template.at_spec, "hostUsers"), message, out)


def shared_process_namespaces(resource: Resource, _version: Version) -> Iterator[Fault]:
    template = resource.template
    if template is not None and template.spec.get("shareProcessNamespace") is True:
        message = "must not be `true`: each container sees the processes, files and variables of the others"
        yield advice("SEC18", (*template.at_spec, "shareProcessNamespace"), message, "remove it")


def ssh_ports(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, given in _ports(resource):
        if given == 22:  # noqa: PLR2004  # the port of SSH
            message = "must not be `22`: a container with SSH is open to whoever gets its keys"
            yield advice("SEC21", at, message, "use `kubectl exec`, or another port if this is not SSH")


def privileged_ports(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, given in _ports(resource):
        if 0 < given < 1024 and given != 22:  # noqa: PLR2004  # ports that only root may open; of SSH, above
            message = f"must be 1024 or more, but is `{given}`: lower ones need a privilege on many systems"
            yield advice(
                "SEC22", at, message, "let the program listen on a higher port: a Service can still have this one"
            )


def _ports(resource: Resource) -> Iterator[tuple[Path, int]]:
    for at, each in containers(resource):
        for index, port in enumerate(entries(each, "ports")):
            given = number(port, "containerPort")
            if given is not None:
                yield (*at, "ports", index, "containerPort"), given


DEFAULT = ()
STRICT = (
    writable_root_file_systems,
    misspelt_capabilities,
    low_users,
    root_groups,
    shared_process_namespaces,
    ssh_ports,
    privileged_ports,
)
OFF = (low_groups, containers_without_context, containers_without_hardening, pods_with_users_of_the_node)
