"""Parts of the plan of a pod: its hooks, where it runs, how it is run to its end, how it is replaced."""

from collections.abc import Mapping
from typing import Literal

from kgen.model.placement import Affinity, DnsOptions, Toleration
from kgen.model.runs import FailureRule, History
from kgen.record import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """What happens at a moment of a container's life: a command, a request, or a wait."""

    command: tuple[str, ...] = ()
    path: str = ""
    port: str | int = ""
    sleep: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where pods run, and which names they know."""

    app: str = ""
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    affinity: Affinity | None = None
    priority_class: str = ""
    runtime_class: str = ""
    host_aliases: Mapping[str, str] = field(default_factory=dict)
    """Name → address."""

    dns: DnsOptions | None = None
    pull_secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How something that ends is run: a cron component, a job, the release."""

    timeout: int | None
    retries: int | None
    """``None``: only those of each index count."""

    schedule: str = ""
    timezone: str = ""
    concurrency: Literal["Allow", "Forbid", "Replace"] = "Forbid"
    suspend: bool = False
    when: Literal["", "pre-deploy", "post-deploy"] = ""
    starting_deadline: int = 300
    history: History | None = None
    ttl: int | None = None
    parallelism: int | None = None
    completions: int | None = None
    is_indexed: bool = False
    retries_per_index: int | None = None
    max_failed_indexes: int | None = None
    on_failure: tuple[FailureRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """How new pods take the place of old ones; ``None`` where Kubernetes' own default holds."""

    strategy: Literal["RollingUpdate", "Recreate", "OnDelete"]
    max_unavailable: int | str | None = None
    max_surge: int | str | None = None
    partition: int = 0
