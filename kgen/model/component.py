"""One component of an app: what is said about one part that runs."""

from typing import Annotated, Literal, TypeAlias

from kgen.features.account import Rbac, ServiceAccount
from kgen.features.alerts import Alerts
from kgen.features.backups import Backup
from kgen.features.configuration import FileSpec
from kgen.features.dashboards import Dashboards
from kgen.features.disruption import Disruption
from kgen.features.metrics import Metrics
from kgen.features.network import Network
from kgen.features.routes import Route
from kgen.features.service import PortSpec
from kgen.features.slo import Slo
from kgen.features.stateful import ClaimRetention
from kgen.features.vertical_scaling import VerticalScaling
from kgen.features.volumes import Volume
from kgen.labels import LabelKey, LabelValue
from kgen.model.companions import InitContainer, Sidecar
from kgen.model.container import Build, Env, Image, Probes, Resources
from kgen.model.placement import Affinity, DnsOptions, IpAddress, Lifecycle, Spread, Toleration
from kgen.model.replicas import Replicas
from kgen.model.runs import FailureRule, History
from kgen.model.security import Security
from kgen.model.update import Update
from kgen.scalars import (
    Command,
    ContainerPath,
    Count,
    Duration,
    Name,
    ObjectName,
    OneHost,
    Port,
    PortName,
    PositiveCount,
    Schedule,
    TimeZone,
    WorkingFolder,
)
from kgen.source import Node
from kgen.spec import BASE_ONLY, REPLACED_WHOLE, Spec

ComponentType: TypeAlias = Literal["web", "worker", "cron", "job", "daemon", "stateful", "external"]


class Component(Spec):
    """One part of the app: a web server, a worker, something on a schedule, a job, or a host outside."""

    type: ComponentType
    """
    `web` answers requests, `worker` runs for ever, `cron` runs on a schedule, `job` runs once a deployment, `daemon`
    runs on every node, `stateful` has pods with names and volumes of their own. `external` runs nothing here: it gives
    a name in the cluster to a host outside.
    """

    image: Image = Image()
    """Container image; what is left out comes from the app's `image`."""

    build: Annotated[Build | None, BASE_ONLY] = None
    """How the image is built; the app's `build` by default."""

    command: Command | None = None
    """Program and arguments, as Kubernetes means it: replaces the image's ENTRYPOINT."""

    args: Command | None = None
    """Arguments, as Kubernetes means it: replaces the image's CMD."""

    working_dir: WorkingFolder | None = None
    """
    Folder that its commands start in, as Kubernetes means it: `/app/src` for the folder `src` of a project that kgen
    builds the image of, which has it at `/app`. By default `/app` there, else what the image says.
    """

    env: Env = {}
    """Environment variables, besides the app's."""

    port: Port | None = None
    """
    The only port, named `http`; short for `ports: {http: …}`. A `web` component needs one. For an `external` one it is
    the host's, and what calls it may connect to it; to 443 and 80 if there is none.
    """

    ports: dict[PortName, PortSpec] = {}
    """Ports by name; the first one is meant where none is named."""

    host: OneHost | None = None
    """
    Host of an `external` component, as `db.example.com`, which needs it. Callers use the name of the Service, and so
    name that in TLS and in the header `Host`: no certificate of the host is for it. Where that matters, call the host
    itself.
    """

    probes: Probes = Probes()
    """Startup, readiness, liveness; a web component gets TCP checks of its first port by default."""

    resources: Resources = Resources()
    """CPU and memory; what is left out comes from the app's `resources`, then 100m and 256Mi."""

    replicas: Replicas | None = None
    """Pods: a number, or `{min, max, cpu, memory}`; 2 for web, 1 for worker and stateful by default."""

    vertical_scaling: VerticalScaling | None = None
    """Whether a VerticalPodAutoscaler recommends resources: `recommend` or `none`; by default what kgen.yaml says."""

    routes: tuple[Route, ...] = ()
    """Requests from outside that this component answers."""

    volumes: dict[Name, Volume] = {}
    """Writable directories by name."""

    files: dict[ContainerPath, Annotated[FileSpec, REPLACED_WHOLE]] = {}
    """Read-only files by their path in the container."""

    schedule: Schedule | None = None
    """When a cron component runs: five fields, or `@daily`. Such a component needs it."""

    timezone: TimeZone | None = None
    """Time zone of the schedule, UTC by default."""

    concurrency: Literal["allow", "forbid", "replace"] | None = None
    """What happens if the last run of a cron component still goes on; `forbid` by default."""

    timeout: Duration | None = None
    """How long a run of a cron component or a job may take (`activeDeadlineSeconds`)."""

    retries: Count | None = None
    """How often a failed run is tried again (`backoffLimit`); 2 by default."""

    parallelism: PositiveCount | None = None
    """Pods of one run that run at once; 1 by default."""

    completions: PositiveCount | None = None
    """Pods of one run that have to succeed; 1 by default."""

    completion_mode: Literal["indexed"] | None = None
    """`indexed`: every pod gets a number of its own, from 0, in `JOB_COMPLETION_INDEX`."""

    retries_per_index: Count | None = None
    """How often the pod of one index is tried again (`backoffLimitPerIndex`), instead of `retries` for all."""

    max_failed_indexes: Count | None = None
    """How many indexes may fail before the run is given up."""

    on_failure: tuple[FailureRule, ...] = ()
    """What failures of pods mean, beyond a retry (`podFailurePolicy`); the first rule that fits counts."""

    ttl: Duration | None = None
    """How long a run of a cron component is kept when it has ended (`ttlSecondsAfterFinished`)."""

    history: Annotated[History | None, REPLACED_WHOLE] = None
    """How many runs of a cron component are kept."""

    starting_deadline: Duration | None = None
    """How late a run of a cron component may start (`startingDeadlineSeconds`); 5 minutes by default."""

    suspend: bool | None = None
    """Whether a cron component's schedule is off for now."""

    when: Literal["pre-deploy", "post-deploy"] | None = None
    """When a job runs: before the new pods start, or after they are ready. A job needs it."""

    init: dict[Name, InitContainer] = {}
    """Containers that run to their end before the component's own starts, in this order."""

    sidecars: dict[Name, Sidecar] = {}
    """Containers that run as long as the component's own; Kubernetes 1.29 and later."""

    stop_grace_period: Duration | None = None
    """Time between SIGTERM and SIGKILL; 30s by default."""

    metrics: Metrics | None = None
    """Where Prometheus finds metrics: `true`, a path, or `{port, path, interval}`."""

    alerts: Alerts | None = None
    """Alerts for Prometheus: `true`, or `{without, rules}`; the app's choice by default."""

    slo: Slo | None = None
    """Service level objectives, with alerts when the error budget burns; measured by `metrics.requests`."""

    dashboards: Dashboards | None = None
    """Dashboards for Grafana: `true` for kgen's own, or `{generated, files}`."""

    backup: Backup | None = None
    """Copies of its persistent volumes: a schedule, or `{schedule, keep}`."""

    network: Network = Network()
    """Network access beyond the declared edges; a list that is left out comes from the app's `network`."""

    service_account: ServiceAccount | None = None
    """A ServiceAccount of the component's own; the app's by default."""

    rbac: Rbac | None = None
    """Rights on the Kubernetes API; none by default."""

    security: Security = Security()
    """User and file system of the container."""

    disruption: Annotated[Disruption | None, REPLACED_WHOLE] = None
    """How many pods a node drain may take at once; one by default."""

    spread: Annotated[Spread | None, REPLACED_WHOLE] = None
    """Whether pods are spread over nodes and zones; `preferred` by default."""

    node_selector: dict[LabelKey, LabelValue] = {}
    """Labels that a node must have, as `{kubernetes.io/arch: arm64}`."""

    tolerations: tuple[Toleration, ...] = ()
    """Taints of nodes that the pods accept."""

    affinity: Annotated[Affinity | None, REPLACED_WHOLE] = None
    """Which components the pods should share a node with, and which nodes are fit for them."""

    priority_class: ObjectName | None = None
    """PriorityClass: whose pods go first when there is not enough room (`priorityClassName`)."""

    runtime_class: ObjectName | None = None
    """RuntimeClass, as `gvisor` (`runtimeClassName`)."""

    host_aliases: dict[OneHost, IpAddress] = {}
    """Addresses of hosts that no DNS knows, by name (`hostAliases`)."""

    dns: Annotated[DnsOptions | None, REPLACED_WHOLE] = None
    """How the pods resolve names (`dnsPolicy`, `dnsConfig`)."""

    lifecycle: Annotated[Lifecycle | None, REPLACED_WHOLE] = None
    """What happens after the container's start and before its end."""

    pull_secrets: tuple[ObjectName, ...] = ()
    """Secrets for the registry of private images (`imagePullSecrets`); the app's by default."""

    update: Annotated[Update | None, REPLACED_WHOLE] = None
    """How new pods take the place of old ones."""

    pod_management: Literal["ordered", "parallel"] | None = None
    """Whether pods of a stateful component start one after the other, or all at once; `ordered` by default."""

    claim_retention: Annotated[ClaimRetention | None, REPLACED_WHOLE] = None
    """What becomes of the volumes of a stateful component when it or a pod of it goes; they stay by default."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        if not isinstance(node.value, dict) or "port" not in node.value or "ports" in node.value:
            return node
        port = node.value["port"]
        ports = Node({"http": port}, port.at, "", port.file) if port.value is not None else port
        rest = {key: item for key, item in node.value.items() if key != "port"}
        return Node({**rest, "ports": ports}, node.at, node.text, node.file)
