"""
The app with every question answered: what emitters turn into objects, line by line, without a choice of their own.

One plan is one app in one environment.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from kgen.features.account import Account
from kgen.features.admission import Guard
from kgen.features.alerts import Watch
from kgen.features.autoscaling import Autoscaler
from kgen.features.backups import Dump, VolumeBackup
from kgen.features.configuration import Configuration
from kgen.features.dashboards import Gallery
from kgen.features.disruption import Budget
from kgen.features.gateway import GatewayPlan
from kgen.features.metrics import Monitor
from kgen.features.namespace import Level
from kgen.features.network import Access
from kgen.features.operators import Cluster
from kgen.features.routes import IngressPlan
from kgen.features.secrets import Provided, SecretMount
from kgen.features.service import PublicService, ServicePort
from kgen.features.slo import Promise
from kgen.features.stateful import Governing
from kgen.features.triggers import Scaler
from kgen.features.volumes import Claim
from kgen.k8s import Target
from kgen.model.backing import Backing
from kgen.model.component import ComponentType
from kgen.model.container import Build, Resources
from kgen.model.image_plan import ImagePlan
from kgen.model.placement import Spread
from kgen.model.pod_plan import Hook, Placement, Replacement, Run
from kgen.model.security import Hardening
from kgen.record import dataclass, field, replace

HTTPS: Final = 443

Kind: TypeAlias = Literal["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"]
"""Kinds of objects that run pods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretKey:
    """A key of a Secret."""

    secret: str
    key: str
    need: str = ""
    """The need it is an output of, empty for a secret of the user's own."""

    output: str = ""
    """Which output of the need it is."""

    by_operator: bool = False
    """Whether an operator in the cluster makes the Secret, and nobody has to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigKey:
    """A key of a ConfigMap that exists already."""

    config: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PodField:
    """A field of the pod (downward API)."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where another component of the app is reached, or a component of another app."""

    app: str = ""
    """Name of the other app; empty for this one."""

    component: str
    """Its name in the app file, and in compose.yaml."""

    host: str
    """Name of its Service."""

    port: int
    """Number of the Service's port."""

    container_port: int
    output: Literal["url", "host", "port"]
    outside: str = ""
    """The host that the Service is only a name of; its port may be 0, for none in particular."""

    @property
    def in_cluster(self) -> str:
        """
        The output as pods see it.

        >>> Address(component="web", host="shop-web", port=80, container_port=8000, output="url").in_cluster
        'http://shop-web:80'
        """
        return self._write(self.host, self.port)

    @property
    def in_compose(self) -> str:
        """The output as containers of compose.yaml see it: by the component's name, another app's by the Service's."""
        host = self.host.partition(".")[0] if self.app else self.outside or self.component
        return self._write(host, self.container_port)

    def _write(self, host: str, port: int) -> str:
        scheme = "https" if self.outside and port == HTTPS else "http"
        return {"url": f"{scheme}://{host}:{port}" if port else f"{scheme}://{host}", "host": host, "port": str(port)}[
            self.output
        ]


Part: TypeAlias = str | SecretKey | ConfigKey | PodField | Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """An environment variable: texts and outside values, put together in order."""

    name: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str | None:
        """Its value if that is known now; addresses in the cluster are."""
        parts = [part.in_cluster if isinstance(part, Address) else part for part in self.parts]
        return "".join(str(part) for part in parts) if all(isinstance(part, str) for part in parts) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A probe; ``path`` for HTTP, ``command`` for exec, neither for a TCP connection."""

    port: str | int = ""
    """Name of the port; its number where it is another container's."""

    path: str = ""
    command: tuple[str, ...] = ()
    grpc_port: int | None = None
    period: int = 10
    timeout: int = 1
    failures: int = 3
    successes: int = 1
    initial_delay: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A volume in the pod and where it is mounted."""

    name: str
    path: str
    kind: Literal["claim", "template", "ephemeral", "memory"]
    """`template`: every pod of a StatefulSet has a claim of its own."""

    claim: str = ""
    """Name of the PersistentVolumeClaim; empty for a template."""

    size: str = ""
    """At most, for scratch space."""

    read_only: bool = False

    def at(self, path: str, *, read_only: bool) -> "Mount":
        """Return the same volume in another container."""
        return replace(self, path=path, read_only=read_only)

    @property
    def is_persistent(self) -> bool:
        """Whether its data outlives the pod."""
        return self.kind in {"claim", "template"}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file in the container, and its key in the ConfigMap."""

    path: str
    key: str
    source: str = ""
    """The file that it is a copy of, relative to the app file; empty if its text stands in the app file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container of a pod."""

    name: str
    image: str
    command: tuple[str, ...]
    args: tuple[str, ...]
    working_dir: str = ""
    """Folder that it starts in; empty: the image's own."""

    ports: tuple[ServicePort, ...]
    variables: tuple[Variable, ...]
    """In the order in which the user wrote them, the app's first."""

    shared: Mapping[str, str]
    """What it takes from the component's ConfigMap."""

    resources: Resources
    probes: Mapping[Literal["startup", "readiness", "liveness"], Check]
    mounts: tuple[Mount, ...]
    files: tuple[File, ...]
    files_volume: str
    """Name of the volume that holds them."""

    user: int
    read_only_root: bool
    hardening: Hardening = field(default_factory=Hardening)
    stop_seconds: int
    """From SIGTERM to SIGKILL."""

    drain_seconds: int
    """Before SIGTERM, while load balancers take the pod off their lists; 0 without a Service."""

    hooks: tuple[tuple[str, Hook], ...] = ()
    """`postStart` and `preStop`."""

    same_image: bool = True
    """Whether it runs the image of its component."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A component (or the release) and everything that belongs to it."""

    type: ComponentType | Literal["release"]
    kind: Kind
    """Kind of the object that runs its pods."""

    target: Target
    early: Target
    """The same target for what must be there before a release runs: ConfigMaps, NetworkPolicy."""

    storage: Target
    """The same target for volumes: never a hook, which Argo CD would delete with its data."""

    container: Container
    """The component's own."""

    replicas: int | None
    """Fixed number of pods; ``None`` if an autoscaler owns it, or nobody."""

    replacement: Replacement
    spread: Spread
    spread_by_revision: bool
    """Whether only pods of one revision count: where a new one starts before an old one goes, and versions know how."""

    run: Run | None
    configuration: Configuration
    secret_mounts: tuple[SecretMount, ...] = ()
    """What its pods mount of Secrets."""

    service: tuple[ServicePort, ...] = ()
    is_called_by_apps: bool = False
    """Whether another app may call it."""

    ingresses: tuple[IngressPlan, ...] = ()
    gateway: GatewayPlan | None = None
    public: tuple[PublicService, ...] = ()
    autoscaling: Autoscaler | None = None
    scaler: Scaler | None = None
    is_watched: bool = False
    """Whether a VerticalPodAutoscaler recommends resources."""

    disruption: Budget | None = None
    network: Access | None = None
    """``None``: no NetworkPolicy, so all is open."""

    placement: Placement = field(default_factory=Placement)
    early_sidecars: tuple[Container, ...] = ()
    """Sidecars that start before the init containers."""

    init: tuple[Container, ...] = ()
    sidecars: tuple[Container, ...] = ()
    """Sidecars that start after the init containers."""

    claims: tuple[Claim, ...] = ()
    monitor: Monitor | None = None
    claim_templates: tuple[Claim, ...] = ()
    """Volumes that every pod of a StatefulSet has one of, by the names of the volumes."""

    governing: Governing | None = None
    """What makes pods of a StatefulSet members of a row."""
    account: Account | None = None
    """Its own ServiceAccount and rights; ``None``: it runs under the app's."""

    watch: Watch | None = None
    backup: VolumeBackup | None = None
    gallery: Gallery | None = None
    promise: Promise | None = None
    image: ImagePlan | None = None
    """How its image is built, if kgen writes the Dockerfile."""

    build: Build | None = None
    """How `docker compose` builds its image; ``None``: the image is somebody else's."""

    has_python: bool = False
    """Whether that image is sure to have ``python``."""

    @property
    def containers(self) -> tuple[Container, ...]:
        """All containers of its pods, its own first."""
        return (self.container, *self.early_sidecars, *self.init, *self.sidecars)


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """A component that runs nothing: a name in the cluster for a host outside."""

    target: Target
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operated:
    """A backing service that an operator runs, and the NetworkPolicy around the pods that come of it."""

    target: Target
    early: Target
    cluster: Cluster
    pods: Mapping[str, str]
    """Labels that the operator gives to the pods."""

    network: Access | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseBackup:
    """The dump of a database, and who may talk to it."""

    target: Target
    early: Target
    dump: Dump
    secret_mounts: tuple[SecretMount, ...]
    network: Access | None
    watch: Watch | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One app in one environment."""

    app: str
    environment: str
    namespace: str
    creates_namespace: bool
    security_level: Level
    """Pod Security Standard that the Namespace enforces."""

    guard: Guard | None = None
    """What else the cluster refuses in it."""

    target: Target
    """For the Namespace and the ServiceAccount."""

    account: str
    workloads: tuple[Workload, ...]
    """The release first, then components in the order written."""

    servers: tuple[Workload, ...]
    """Backing services that run in the cluster as pods of kgen's own."""

    operated: tuple[Operated, ...]
    """Backing services that operators run."""

    externals: tuple[External, ...]

    needs: tuple[Backing, ...]
    """All backing services, as compose.yaml has them."""

    secrets: Mapping[str, tuple[str, ...]]
    """Secrets that must exist in the namespace, with the keys that are used, needs included."""

    watch: Watch | None = None
    """Alerts of the whole app."""
    provided: Provided
    """What the others are made from."""

    compose: str = ""
    """Name of the compose file; empty: there is none."""

    env_example: str = ""
    """Name of the file that lists what it takes from `.env`."""

    backups: tuple[DatabaseBackup, ...] = ()
