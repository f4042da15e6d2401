"""
The controls of the Pod Security Standard ``baseline``: what would let a pod out of its sandbox.

Each control is a function of a pod template and the version of the standard, and yields what it forbids.

Source: https://github.com/kubernetes/pod-security-admission/tree/master/policy
"""

from __future__ import annotations

from kgen.check.fault import short, shown
from kgen.check.practice.advice import advice
from kgen.check.reading import entries, mappings, part, text, texts
from kgen.words import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, TypeAlias

    from kgen.check.fault import Fault
    from kgen.check.templates import Template
    from kgen.diag import Path

    Version: TypeAlias = tuple[int, int]
    Control: TypeAlias = Callable[[Template, Version], Iterator[Fault]]

_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
PROFILES = frozenset({"RuntimeDefault", "Localhost"})
"""Types of a profile of AppArmor or seccomp that confine."""

CAPABILITIES = frozenset(
    {
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
        *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    }
)
_SELINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
_SYSCTLS: tuple[tuple[Version, frozenset[str]], ...] = (
    (
        (1, 0),
        frozenset(
            {
                *("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies"),
                *("net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start"),
            }
        ),
    ),
    ((1, 27), frozenset({"net.ipv4.ip_local_reserved_ports"})),
    (
        (1, 29),
        frozenset(
            {
                *("net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout"),
                *("net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes"),
            }
        ),
    ),
    ((1, 32), frozenset({"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"})),
    ((1, 37), frozenset({"net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"})),
)
_HOST_NAMESPACES = (("hostNetwork", "network"), ("hostPID", "processes"), ("hostIPC", "shared memory"))
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")


def contexts(template: Template) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the security contexts of the pod and of all containers, each with its place."""
    yield (*template.at_spec, "securityContext"), part(template.spec, "securityContext")
    yield from container_contexts(template)


def container_contexts(template: Template) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the security contexts of all containers, each with its place; an empty one if there is none."""
    for at, each in template.containers():
        yield (*at, "securityContext"), part(each, "securityContext")


def annotations_of(template: Template) -> dict[str, str]:
    return texts(part(template.value, "metadata", "annotations"))


def is_in_user_namespace(template: Template) -> bool:
    return template.spec.get("hostUsers") is False


def host_processes(template: Template, _version: Version) -> Iterator[Fault]:
    for at, context in contexts(template):
        if part(context, "windowsOptions").get("hostProcess") is True:
            path = (*at, "windowsOptions", "hostProcess")
            yield advice("PSSB01", path, "must not be `true`: the container runs as a process of the node", "remove it")


def host_namespaces(template: Template, _version: Version) -> Iterator[Fault]:
    for key, what in _HOST_NAMESPACES:
        if template.spec.get(key) is True:
            message = f"must not be `true`: the pod shares the {what} of its node"
            yield advice("PSSB02", (*template.at_spec, key), message, "remove it")


def privileged_containers(template: Template, _version: Version) -> Iterator[Fault]:
    for at, context in container_contexts(template):
        if context.get("privileged") is True:
            message = "must not be `true`: a privileged container can do to its node whatever root can"
            yield advice("PSSB03", (*at, "privileged"), message, "remove it, and add only the capabilities it needs")


def capabilities(template: Template, _version: Version) -> Iterator[Fault]:
    for at, context in container_contexts(template):
        for index, each in enumerate(entries(context, "capabilities", "add")):
            if isinstance(each, str) and each not in CAPABILITIES:
                message = f"must not be `{short(each)}`, which leads out of the container"
                yield advice("PSSB04", (*at, "capabilities", "add", index), message, _capability_help(each))


def _capability_help(name: str) -> str:
    plain = name.upper().removeprefix("CAP_")
    if plain in CAPABILITIES:
        return f"write `{plain}`: the name is compared letter by letter"
    return f"remove it; baseline allows {listed(sorted(CAPABILITIES))}"


def host_path_volumes(template: Template, _version: Version) -> Iterator[Fault]:
    for index, volume in mappings(template.spec, "volumes"):
        if volume.get("hostPath") is not None:
            yield host_path(volume, (*template.at_spec, "volumes", index, "hostPath"))


def host_path(volume: Mapping[str, Any], at: Path) -> Fault:
    """Return the fault of a volume that is a path of the node."""
    path = text(volume, "hostPath", "path")
    message = f"must not be set: pods reach {f'`{short(path)}`' if path else 'files'} of the node"
    return advice("PSSB05", at, message, "use an `emptyDir`, or a PersistentVolumeClaim")


def host_ports(template: Template, _version: Version) -> Iterator[Fault]:
    for at, container in template.containers():
        for index, port in mappings(container, "ports"):
            if port.get("hostPort"):
                message = f"must not be set, but is `{short(port['hostPort'])}`: the port of the node is taken"
                yield advice("PSSB06", (*at, "ports", index, "hostPort"), message, "remove it, and add a Service")


def handlers(container: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the probes and hooks of a container, each with its place in it."""
    for key in _PROBES:
        yield (key,), part(container, key)
    for key in _HOOKS:
        yield ("lifecycle", key), part(container, "lifecycle", key)


def handler_hosts(container: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield the hosts that probes and hooks of a container name, each with its place in it."""
    for at, handler in handlers(container):
        for way in ("httpGet", "tcpSocket"):
            if host := text(handler, way, "host"):
                yield (*at, way, "host"), host


def handlers_with_host(template: Template, version: Version) -> Iterator[Fault]:
    if version < (1, 34):
        return
    for at, container in template.containers():
        for where, host in handler_hosts(container):
            message = f"must not be set, but is `{short(host)}`: the node asks any address that it names"
            yield advice("PSSB07", (*at, *where), message, "remove it: the pod itself is asked then")


def app_armor_profiles(template: Template, _version: Version) -> Iterator[Fault]:
    for at, context in contexts(template):
        given = text(context, "appArmorProfile", "type")
        if isinstance(context.get("appArmorProfile"), dict) and given not in PROFILES:
            message = f"must be `Localhost` or `RuntimeDefault`, but is {shown(given)}"
            yield advice("PSSB08", (*at, "appArmorProfile", "type"), message, "use `RuntimeDefault`")
    for key, value in annotations_of(template).items():
        allowed = not value or value == "runtime/default" or value.startswith("localhost/")
        if key.startswith(_APP_ARMOR) and not allowed:
            message = f"must be `runtime/default` or `localhost/…`, but is `{short(value)}`"
            yield advice("PSSB08", (*template.at, "metadata", "annotations", key), message, "use `runtime/default`")


def selinux_options(template: Template, version: Version) -> Iterator[Fault]:
    allowed = _SELINUX_TYPES | {"container_engine_t"} if version >= (1, 31) else _SELINUX_TYPES
    for at, context in contexts(template):
        options = part(context, "seLinuxOptions")
        if (given := text(options, "type")) not in allowed:
            message = f"must be one of {listed(sorted(allowed - {''}), 'or')}, but is `{short(given)}`"
            yield advice("PSSB09", (*at, "seLinuxOptions", "type"), message, "use `container_t`, or remove it")
        for key in ("user", "role"):
            if given := text(options, key):
                message = f"must not be set, but is `{short(given)}`"
                yield advice("PSSB09", (*at, "seLinuxOptions", key), message, "remove it")


def proc_mounts(template: Template, version: Version) -> Iterator[Fault]:
    if version >= (1, 35) and is_in_user_namespace(template):
        return
    yield from unmasked(template, "PSSB10")


def unmasked(template: Template, row: str) -> Iterator[Fault]:
    """Yield containers that see more of ``/proc`` than others."""
    for at, context in container_contexts(template):
        if (given := context.get("procMount")) not in (None, "Default"):
            message = f"must be `Default`, but is `{short(given)}`: it shows what the kernel tells about the node"
            yield advice(row, (*at, "procMount"), message, "remove it")


def seccomp_profiles(template: Template, version: Version) -> Iterator[Fault]:
    if version < (1, 19):
        yield from _seccomp_annotations(template)
        return
    for at, context in contexts(template):
        given = text(context, "seccompProfile", "type")
        if isinstance(context.get("seccompProfile"), dict) and given not in PROFILES:
            message = f"must be `Localhost` or `RuntimeDefault`, but is {shown(given)}"
            yield advice("PSSB11", (*at, "seccompProfile", "type"), message, "use `RuntimeDefault`")


def _seccomp_annotations(template: Template) -> Iterator[Fault]:
    given = annotations_of(template)
    names = {f"{_SECCOMP_CONTAINER}{text(each, 'name')}" for _, each in template.containers()}
    for key in (_SECCOMP_POD, *sorted(names)):
        value = given.get(key, "runtime/default")
        if value not in {"runtime/default", "docker/default"} and not value.startswith("localhost/"):
            message = f"must be `runtime/default` or `localhost/…`, but is `{short(value)}`"
            yield advice("PSSB11", (*template.at, "metadata", "annotations", key), message, "use `runtime/default`")


def sysctls(template: Template, version: Version) -> Iterator[Fault]:
    for index, each in mappings(template.spec, "securityContext", "sysctls"):
        name = text(each, "name")
        if not any(name in names for since, names in _SYSCTLS if version >= since):
            path = (*template.at_spec, "securityContext", "sysctls", index, "name")
            message = f"must be a sysctl of the pod alone, but `{short(name)}` may change the node"
            yield advice("PSSB12", path, message, "remove it, or set it on the nodes")


CONTROLS: tuple[tuple[Control, Version | None], ...] = (
    (host_processes, None),
    (host_namespaces, None),
    (privileged_containers, None),
    (capabilities, (1, 22)),
    (host_path_volumes, (1, 0)),
    (host_ports, None),
    (handlers_with_host, None),
    (app_armor_profiles, None),
    (selinux_options, None),
    (proc_mounts, (1, 35)),
    (seccomp_profiles, (1, 19)),
    (sysctls, None),
)
"""The controls, each with the version from which one of ``restricted`` takes its place there."""
