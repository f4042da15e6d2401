"""What a container may do, and which parts of that the Pod Security Standard *restricted* does not allow."""

from typing import Final, Literal, TypeAlias

from pydantic import Field

from kgen.features.namespace import Level
from kgen.judgement import Reason
from kgen.record import dataclass
from kgen.scalars import UserId
from kgen.spec import Spec

Control: TypeAlias = Literal[
    "run-as-root", "privilege-escalation", "capabilities", "seccomp", "host-network", "privileged"
]
"""What *restricted* forbids, and an exception can allow."""

BASELINE_CAPABILITIES: Final = frozenset(
    {
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
        *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    }
)
"""Capabilities that *baseline* allows. Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/"""

Capability: TypeAlias = Literal[
    "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN",
    "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE",
    "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST",
    "NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT",
    "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG",
    "SYSLOG", "WAKE_ALARM",
]  # fmt: skip


class Security(Spec):
    """
    What a container may do. The defaults meet the Pod Security Standard *restricted*.

    What goes beyond needs an exception by name, with its reason; the Namespace then enforces the strictest level that
    all components meet, and `kgen compile` reports each exception.
    """

    run_as_user: UserId | None = None
    """User and group of the process, 65532 by default; change it for an image of somebody else's only."""

    read_only_root_filesystem: bool = True
    """Whether files outside of volumes cannot be changed; `/tmp` is always writable."""

    capabilities: tuple[Capability, ...] = ()
    """Linux capabilities to add, as `NET_BIND_SERVICE` for ports below 1024; all others are dropped."""

    allow_privilege_escalation: bool = False
    """Whether a program may get more rights than its parent, as `sudo` does."""

    seccomp_profile: Literal["RuntimeDefault", "Unconfined"] = "RuntimeDefault"
    """Which system calls are allowed: those that container runtimes allow by default, or all."""

    host_network: bool = False
    """Whether the pod has the node's network instead of one of its own; no NetworkPolicy holds for it."""

    privileged: bool = False
    """Whether the container may do all that the node's root may do."""

    exceptions: dict[Control, Reason] = Field(default_factory=dict)
    """What goes beyond *restricted*, each with the reason why it has to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardening:
    """What a container may do beyond nothing, with every question answered."""

    capabilities: tuple[str, ...] = ()
    escalation: bool = False
    unconfined: bool = False
    privileged: bool = False
    host_network: bool = False
    level: Level = "restricted"
    """The strictest Pod Security Standard that it meets."""
