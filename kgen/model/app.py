"""
The app file: what one developer says about one app.

Every field is here with the words that editors, docs and errors show. ``Later`` marks those whose meaning
comes with a later version.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, model_validator
from pydantic import Tag as UnionTag

from kgen.features.autoscaling import Autoscaling
from kgen.features.configuration import FileSpec
from kgen.features.disruption import Disruption
from kgen.features.routes import Route
from kgen.features.service import PortSpec
from kgen.features.volumes import Volume
from kgen.model.container import Build, Env, Image, Probes, Resources, Security
from kgen.scalars import (
    Command,
    ContainerPath,
    Count,
    Duration,
    Key,
    Name,
    ObjectName,
    Port,
    PortName,
    Schedule,
    TimeZone,
    VersionText,
)
from kgen.source import Node
from kgen.spec import BASE_ONLY, REPLACED_WHOLE, SECRET_WITH_VALUE, Later, NotYet, Spec, fault, mapping_or_not

Replicas: TypeAlias = Annotated[
    Annotated[Count, UnionTag("number")] | Annotated[Autoscaling, UnionTag("range")],
    mapping_or_not("range", "number"),
]
"""A fixed number of pods, or bounds between which an autoscaler chooses."""

ComponentType: TypeAlias = Literal["web", "worker", "cron", "job", "daemon", "stateful"]


class Component(Spec):
    """One part of the app that runs: a web server, a worker, something on a schedule, a job."""

    type: Annotated[ComponentType, NotYet(("daemon", "stateful"))]
    """`web` answers requests, `worker` runs for ever, `cron` runs on a schedule, `job` runs once a deployment."""

    image: Image = Image()
    """Container image; what is left out comes from the app's `image`."""

    build: Annotated[Build | None, BASE_ONLY] = None
    """How the image is built; the app's `build` by default."""

    command: Command | None = None
    """Program and arguments, as Kubernetes means it: replaces the image's ENTRYPOINT."""

    args: Command | None = None
    """Arguments, as Kubernetes means it: replaces the image's CMD."""

    env: Env = {}
    """Environment variables, besides the app's."""

    port: Port | None = None
    """The only port, named `http`; short for `ports: {http: …}`. A `web` component needs one."""

    ports: dict[PortName, PortSpec] = {}
    """Ports by name; the first one is meant where none is named."""

    probes: Probes = Probes()
    """Startup, readiness, liveness; a web component gets TCP checks of its first port by default."""

    resources: Resources = Resources()
    """CPU and memory; what is left out comes from the app's `resources`, then 100m and 256Mi."""

    replicas: Replicas | None = None
    """Pods: a number, or `{min, max, cpu, memory}`; 2 for web and 1 for worker by default."""

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

    suspend: bool | None = None
    """Whether a cron component's schedule is off for now."""

    when: Literal["pre-deploy", "post-deploy"] | None = None
    """When a job runs: before the new pods start, or after they are ready. A job needs it."""

    init: Later = None
    """Containers that run before the main one."""

    sidecars: Later = None
    """Containers beside the main one."""

    stop_grace_period: Duration | None = None
    """Time between SIGTERM and SIGKILL; 30s by default."""

    metrics: Later = None
    """Where Prometheus finds metrics."""

    alerts: Later = None
    """Alert rules."""

    dashboards: Later = None
    """Grafana dashboards."""

    backup: Later = None
    """Backups on a schedule."""

    network: Later = None
    """Network access beyond the declared edges."""

    service_account: Later = None
    """A ServiceAccount of the component's own."""

    rbac: Later = None
    """Permissions on the Kubernetes API."""

    security: Security = Security()
    """User and file system of the container."""

    disruption: Annotated[Disruption | None, REPLACED_WHOLE] = None
    """How many pods a node drain may take at once; one by default."""

    spread: Literal["preferred", "required", "none"] | None = None
    """Whether pods are spread over nodes and zones; `preferred` by default."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        if not isinstance(node.value, dict) or "port" not in node.value or "ports" in node.value:
            return node
        port = node.value["port"]
        ports = Node({"http": port}, port.at, "", port.file) if port.value is not None else port
        rest = {key: item for key, item in node.value.items() if key != "port"}
        return Node({**rest, "ports": ports}, node.at, node.text, node.file)


class Release(Spec):
    """Runs to completion before new pods start, a migration say. A command alone is short for `{command: …}`."""

    command: Command
    """Program and arguments."""

    args: Command | None = None
    """Arguments, as Kubernetes means it."""

    env: Env = {}
    """Environment variables, besides the app's."""

    resources: Resources = Resources()
    """CPU and memory; what is left out comes from the app's `resources`."""

    timeout: Duration | None = None
    """How long it may take (`activeDeadlineSeconds`)."""

    retries: Count | None = None
    """How often a failed run is tried again (`backoffLimit`); 2 by default."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return node if node.is_mapping else cls.only(node, command=node)


NeedType: TypeAlias = Literal[
    "postgres", "redis", "mysql", "valkey", "rabbitmq", "kafka", "s3", "mongodb", "opensearch", "smtp"
]


class Need(Spec):
    """
    A backing service.

    Its outputs are used as `${needs.<name>.url}`: url, host, port, username, password, database.
    """

    type: Annotated[NeedType, NotYet(("mysql", "valkey", "rabbitmq", "kafka", "s3", "mongodb", "opensearch", "smtp"))]
    """What it is."""

    version: Annotated[VersionText | None, BASE_ONLY] = None
    """Version of the container in compose.yaml; by default 17 for postgres, 8 for redis."""

    need_class: Annotated[Name | None, NotYet()] = Field(default=None, alias="class")
    """How the platform meets it (`class`)."""

    database: Annotated[Name | None, BASE_ONLY] = None
    """Name of the database in compose.yaml; the app's by default."""


class SecretSpec(Spec):
    """Names of keys of a Secret, never values. A list is short for `{keys: …}`."""

    keys: tuple[Key, ...]
    """Keys that the Secret has."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, keys=node) if isinstance(node.value, tuple) else node

    @model_validator(mode="before")
    @classmethod
    def _explain(cls, value: Any) -> Any:
        if isinstance(value, dict) and value and "keys" not in value:
            way_out = f"write only the names of the keys, as `[{', '.join(value)}]`; values never go into this file"
            raise fault(SECRET_WITH_VALUE, "a secret is declared by its keys alone", way_out)
        return value


class App(Spec):
    """An app: components that are deployed together."""

    api_version: Literal["kgen/v1"]
    """Version of this format."""

    name: Name
    """Name of the app; the start of the names of its objects."""

    namespace: Name | None = None
    """Namespace of the objects; by default the app's name, followed by the environment's if there are several."""

    image: Image = Image()
    """Container image of all components that do not name one."""

    build: Annotated[Build | None, BASE_ONLY] = None
    """How that image is built; kgen writes a Dockerfile for it."""

    env: Env = {}
    """Environment variables of all components and of the release."""

    resources: Resources = Resources()
    """CPU and memory of every container that does not say."""

    security: Security = Security()
    """User and file system of every container that does not say."""

    needs: dict[Name, Need] = {}
    """Backing services: databases, caches."""

    secrets: dict[ObjectName, SecretSpec] = {}
    """Secrets that exist in the cluster, by name, with their keys."""

    release: Release | None = None
    """What runs before new pods start."""

    components: dict[Name, Component]
    """The parts of the app that run, by name."""

    environments: dict[Name, Any] = {}
    """Changes per environment: maps merge by key, scalars and lists replace, `null` removes."""

    patches: Later = None
    """Changes to the objects made."""
