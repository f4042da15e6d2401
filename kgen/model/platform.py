"""The platform's file, ``kgen.yaml``: choices made once for all apps of a repository. Every value has a default."""

import re
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import AfterValidator, Field

from kgen.features.admission import SecurityChoices
from kgen.features.argocd import ArgoCd
from kgen.features.configuration import RollOut
from kgen.features.network import NetworkChoices
from kgen.features.quota import Quota
from kgen.features.secrets import Secrets
from kgen.judgement import DateText, ObjectPattern, Reason
from kgen.model.component import Component, ComponentType
from kgen.model.container import Env, Resources
from kgen.model.operations import Backups, Monitoring
from kgen.model.providers import Needs
from kgen.model.replicas import Scaling
from kgen.model.routing import Routing
from kgen.model.security import Security
from kgen.scalars import (
    INVALID_VERSION,
    Name,
    ObjectName,
    PositiveCount,
    RelativePath,
    Repository,
    VersionText,
    Word,
)
from kgen.source import Node
from kgen.spec import BASE_ONLY, Later, Spec, fault
from kgen.versions import DEFAULT_VERSION

CHAINGUARD = "cgr.dev/chainguard/python"
"""What everybody may pull."""

_CUSTOM = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+/v[0-9]+((alpha|beta)[0-9]+)?")


class Output(Spec):
    """Where output goes."""

    root: RelativePath = "deploy"
    """Folder of the manifests, relative to kgen.yaml."""

    compose: bool = True
    """Whether a compose.yaml is written beside each app file that does not say it under `compose`."""

    layout: Later = None
    """Folders below it; `{env}/{app}`."""

    files: Later = None
    """One object a file, or one file."""


class Storage(Spec):
    """Persistent volumes."""

    storage_class: ObjectName | None = Field(default=None, alias="class")
    """Storage class of volumes that name none; the cluster's default one if left out."""


class Images(Spec):
    """Where images come from."""

    registry: Repository | None = None
    """Start of the name of images that an app does not name, as `ghcr.io/acme`."""

    python: Annotated[VersionText, BASE_ONLY] = "3.13"
    """Python version of projects that name none."""

    distribution: Annotated[Name, BASE_ONLY] = "trixie"
    """
    Debian release of the `python:<version>-slim-<release>` base image. Python before 3.9 has none on Debian 13; it gets
    the last release that has one.
    """

    node: Annotated[VersionText, BASE_ONLY] = "24"
    """Version of Node.js for front ends that name none."""

    chainguard: Annotated[Repository, BASE_ONLY] = CHAINGUARD
    """
    Python images for `variant: chainguard`. Those that are free have the newest Python only; a repository of your
    organisation has a tag for each version.
    """

    uv: Annotated[VersionText, BASE_ONLY] = "0.13"
    """Version of uv in Dockerfiles of uv projects."""


def _some(versions: tuple[str, ...]) -> tuple[str, ...]:
    if not versions:
        raise fault(INVALID_VERSION, "at least one version is needed", "name one, as `1.34`, or leave the field out")
    return versions


def _custom(text: str) -> str:
    if not _CUSTOM.fullmatch(text):
        way_out = "write the `apiVersion` of its objects, as `monitoring.coreos.com/v1`"
        raise fault(INVALID_VERSION, f"`{text}` is not the group and version of a custom resource", way_out)
    return text


ApiVersion: TypeAlias = Annotated[str, AfterValidator(_custom)]
"""Group and version of custom resources."""

Versions: TypeAlias = Annotated[tuple[VersionText, ...], AfterValidator(_some)]


class Ignore(Spec):
    """A rule that does not count somewhere."""

    rule: Word
    """Name or code of the rule."""

    reason: Reason
    """Why; whoever reads it in a year has to know."""

    paths: tuple[Word, ...] = ()
    """Files and folders, relative to kgen.yaml, as `deploy/dev/**`; everywhere if left out."""

    kinds: tuple[Word, ...] = ()
    """Kinds of objects, as `Deployment`; all if left out."""

    until: DateText | None = None
    """Last day on which it counts, as `2027-01-31`; `kgen validate --today` tells which day it is."""


class Rules(Spec):
    """Which rules `kgen validate` asks."""

    profile: Literal["server", "default", "strict"] | None = None
    """`server`: what an API server refuses; `default`: and what breaks an app; `strict`: and good practice."""

    also: tuple[Word, ...] = ()
    """Names or codes of rules to ask beyond those of the profile."""

    ignore: tuple[Ignore, ...] = ()
    """Rules that do not count somewhere."""

    severity: dict[Word, Literal["error", "warning", "info"]] = Field(default_factory=dict)
    """Other severities of rules, by name or code."""


class Defaults(Spec):
    """What is said once about all apps, in the words of app files."""

    env: Env = {}
    """Environment variables of all components and releases."""

    resources: Resources = Resources()
    """CPU and memory of all components and releases."""

    security: Security = Security()
    """User and file system of all components and releases."""

    types: dict[ComponentType, Component] = {}
    """Every field of components, by their type, as `web: {probes: {readiness: /healthz}}`."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        types = node.value.get("types") if isinstance(node.value, dict) else None
        if not isinstance(node.value, dict) or types is None or not isinstance(types.value, dict):
            return node
        made = {name: _typed(name, item) for name, item in types.value.items()}
        return Node({**node.value, "types": Node(made, types.at, "", types.file)}, node.at, node.text, node.file)


def _typed(name: str, node: Node) -> Node:
    """Return what is said about components of type ``name`` as a component of that type."""
    if not isinstance(node.value, dict):
        return node
    kind = name if name in get_args(ComponentType) else "worker"  # the name is refused, and one finding is enough
    return Node({**node.value, "type": Node(kind, node.at, kind, node.file)}, node.at, node.text, node.file)


class OwnChoices(Spec):
    """Choices of one environment: every field of kgen.yaml that is not for the whole repository may stand here, and:"""

    extends: Name | None = None
    """Another environment whose choices are made first."""

    cluster: Literal["local", "shared"] | None = None
    """`local`: minikube, kind or k3d on a developer's machine; by default for the environment `local`."""


class Manifests(Spec):
    """Objects that apps bring of their own."""

    cluster_wide: tuple[Word, ...] = ()
    """Kinds outside of namespaces that they may bring, as `ClusterRole`."""


class Platform(Spec):
    """What the cluster and the organisation look like."""

    kubernetes: Versions = (DEFAULT_VERSION,)
    """Kubernetes versions that output must be valid for; one, or a list."""

    crds: tuple[ApiVersion, ...] = ()
    """Custom resources that are installed, by group and version, as `monitoring.coreos.com/v1`."""

    output: Annotated[Output, BASE_ONLY] = Output()
    routing: Routing = Routing()
    network: NetworkChoices = NetworkChoices()
    storage: Storage = Storage()
    secrets: Secrets = Secrets()
    configuration: RollOut = RollOut()
    images: Images = Images()
    monitoring: Monitoring = Monitoring()
    backups: Backups = Backups()

    needs: Needs = Needs()
    """How each type of backing service is met."""

    security: SecurityChoices = SecurityChoices()

    scaling: Scaling = Scaling()

    nodes: PositiveCount | None = None
    """How many nodes the cluster has at most: so often runs what runs on every node."""

    quota: Quota | None = None
    """What all apps of a namespace may take together."""

    argocd: ArgoCd | None = None
    """How Argo CD deploys the output; without it kgen writes no objects for Argo CD."""

    manifests: Manifests = Manifests()

    rules: Annotated[Rules, BASE_ONLY] = Rules()

    external: Annotated[tuple[ObjectPattern, ...], BASE_ONLY] = ()
    """Objects that exist outside of the repository, as `Secret/db` or `Secret/shop/db`; `*` stands for any name."""

    defaults: Defaults | None = None
    """What apps say that do not say otherwise."""

    overrides: Defaults | None = None
    """What counts whatever apps say."""

    environments: dict[Name, OwnChoices] = {}
    """Other choices per environment of the app files: maps merge by key, scalars and lists replace, `null` removes."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        if not isinstance(node.value, dict):
            return node
        versions = node.value.get("kubernetes")
        if versions is None or isinstance(versions.value, tuple | dict) or versions.value is None:
            return node
        return Node(
            {**node.value, "kubernetes": Node((versions,), versions.at, "", versions.file)}, node.at, "", node.file
        )
