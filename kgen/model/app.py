"""
The app file: what one developer says about one app.

Every field is here with the words that editors, docs and errors show. ``Later`` marks those whose meaning
comes with a later version.
"""

from typing import Annotated, Literal

from kgen.features.alerts import Alerts
from kgen.features.namespace import NamespaceSpec
from kgen.features.network import Network, OtherApp
from kgen.features.secrets import SecretSpec
from kgen.model.build import EnvExample, FileName
from kgen.model.component import Component
from kgen.model.container import Build, Env, Image, Resources
from kgen.model.needs import Need
from kgen.model.patches import FilePattern, Patch
from kgen.model.security import Security
from kgen.scalars import (
    Command,
    Count,
    Duration,
    Name,
    ObjectName,
    WorkingFolder,
)
from kgen.source import Node
from kgen.spec import BASE_ONLY, Spec


class Release(Spec):
    """Runs to completion before new pods start, a migration say. A command alone is short for `{command: …}`."""

    command: Command
    """Program and arguments."""

    args: Command | None = None
    """Arguments, as Kubernetes means it."""

    working_dir: WorkingFolder | None = None
    """
    Folder that it starts in; by default that of the component that the image is made for: the first `web` one that runs
    it, else the first.
    """

    env: Env = {}
    """Environment variables, besides the app's."""

    resources: Resources = Resources()
    """CPU and memory; what is left out comes from the app's `resources`."""

    network: Network = Network()
    """Network access beyond the declared edges; a list that is left out comes from the app's `network`."""

    timeout: Duration | None = None
    """How long it may take (`activeDeadlineSeconds`)."""

    retries: Count | None = None
    """How often a failed run is tried again (`backoffLimit`); 2 by default."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return node if node.is_mapping else cls.only(node, command=node)


class Environment(Spec):
    """
    Changes for one environment: every field of the app but `apiVersion`, `name`, `compose` and builds may stand here,
    and:
    """

    extends: Name | None = None
    """Another environment whose changes are made first."""

    template: bool = False
    """Whether it is only there to be extended; nothing is made of it."""


COMPOSE = "compose.yaml"
"""What the compose file is called that nobody has to name."""


class Compose(Spec):
    """The compose file for local work, made of the app without any environment. `false`: none."""

    output: FileName = COMPOSE
    """Its name, beside the app file. Another one leaves a compose file of your own alone."""

    env_example: EnvExample | None = None
    """
    Name of the file beside it that lists the variables that it takes from `.env` or from the shell, without values.
    By default it follows `output`: `.env.example`, and `.env.kgen.example` for `compose.kgen.yaml`.
    """

    off: bool = False
    """Write none."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, off=True) if node.value is False else node


class App(Spec):
    """An app: components that are deployed together."""

    api_version: Literal["kgen/v1"]
    """Version of this format."""

    name: Name
    """Name of the app; the start of the names of its objects."""

    namespace: NamespaceSpec = NamespaceSpec()
    """Namespace of the objects."""

    image: Image = Image()
    """Container image of all components that do not name one."""

    build: Annotated[Build | None, BASE_ONLY] = None
    """How that image is built; kgen writes a Dockerfile for it."""

    compose: Annotated[Compose | None, BASE_ONLY] = None
    """The compose file for local work; whether there is one is by default what kgen.yaml says."""

    env: Env = {}
    """Environment variables of all components and of the release."""

    resources: Resources = Resources()
    """CPU and memory of the release, and of every component that does not say."""

    security: Security = Security()
    """User and file system of the release, and of every component that does not say."""

    network: Network = Network()
    """Network access of every component and of the release beyond the declared edges."""

    pull_secrets: tuple[ObjectName, ...] = ()
    """Secrets for the registry of private images, of type `kubernetes.io/dockerconfigjson`."""

    needs: dict[Name, Need] = {}
    """Backing services: databases, caches."""

    apps: dict[Name, OtherApp] = {}
    """Other apps that this one calls, by their names."""

    secrets: dict[ObjectName, SecretSpec] = {}
    """Secrets that exist in the cluster, by name, with their keys."""

    release: Release | None = None
    """What runs before new pods start."""

    components: dict[Name, Component]
    """The parts of the app that run, by name."""

    environments: dict[Name, Environment] = {}
    """Changes per environment: maps merge by key, scalars and lists replace, `null` removes."""

    alerts: Alerts | None = None
    """Alerts for Prometheus: `true` for kgen's own of all components; `rules` are those of the whole app."""

    manifests: tuple[FilePattern, ...] = ()
    """
    Files of Kubernetes objects of your own, relative to this one, as `extra/*.yaml`: they go into the output as they
    are, but in the app's namespace, and are checked like everything else.
    """

    patches: tuple[Patch, ...] = ()
    """Changes of the objects made, in this order; an environment's list replaces that of the app."""
