"""Containers beside a component's own: those that run before it, and those that run as long as it does."""

from typing import Annotated

from kgen.features.service import PortSpec
from kgen.model.container import Env, Image, Probes, Resources
from kgen.model.security import Security
from kgen.scalars import Command, ContainerPath, Name, PortName, WorkingFolder
from kgen.source import Node
from kgen.spec import REPLACED_WHOLE, Spec


class Shared(Spec):
    """A volume of the component in another of its containers. A path is short for `{path: …}`."""

    path: ContainerPath | None = None
    """Where it is mounted; the component's own path by default."""

    read_only: bool = False
    """Whether the container may only read it."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, path=node) if isinstance(node.value, str) else node


def _named(node: Node) -> Node:
    """Return a container with a list of volumes as a mapping: each at the component's own path."""
    volumes = node.value.get("volumes") if isinstance(node.value, dict) else None
    if volumes is None or not isinstance(volumes.value, tuple) or not isinstance(node.value, dict):
        return node
    if not all(isinstance(item.value, str) for item in volumes.value):
        return node
    made = {str(item.value): Node({}, item.at, "", item.file) for item in volumes.value}
    return Node({**node.value, "volumes": Node(made, volumes.at, "", volumes.file)}, node.at, node.text, node.file)


class InitContainer(Spec):
    """
    A container that runs to its end before the component's own starts (init container).

    Without an `image` of its own it runs the component's, with the component's `env`, `workingDir` and `security`.
    """

    image: Image = Image()
    """Container image; the component's by default, and then its `env`, `workingDir` and `security` as well."""

    command: Command | None = None
    """Program and arguments; needed where the image is the component's."""

    args: Command | None = None
    """Arguments, as Kubernetes means it."""

    working_dir: WorkingFolder | None = None
    """Folder that its commands start in; the component's by default if the image is the component's."""

    env: Env = {}
    """Environment variables, besides the component's if the image is the component's."""

    resources: Resources = Resources()
    """CPU and memory; 100m and 256Mi by default."""

    security: Security = Security()
    """User and file system of the container."""

    volumes: dict[Name, Annotated[Shared, REPLACED_WHOLE]] = {}
    """Volumes of the component, by name; a list of names mounts them where the component does."""

    files: tuple[ContainerPath, ...] = ()
    """Those of the component's `files` that it sees too, by their paths."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return _named(node)


class Sidecar(Spec):
    """
    A container that starts before the component's own and stops after it (native sidecar, Kubernetes 1.29).

    Without an `image` of its own it runs the component's, with the component's `env`, `workingDir` and `security`.
    """

    image: Image = Image()
    """Container image; the component's by default, and then its `env`, `workingDir` and `security` as well."""

    command: Command | None = None
    """Program and arguments; needed where the image is the component's."""

    args: Command | None = None
    """Arguments, as Kubernetes means it."""

    working_dir: WorkingFolder | None = None
    """Folder that its commands start in; the component's by default if the image is the component's."""

    env: Env = {}
    """Environment variables, besides the component's if the image is the component's."""

    ports: dict[PortName, PortSpec] = {}
    """Ports by name: routes, probes, metrics and the Service know them as those of the component."""

    probes: Probes = Probes()
    """Startup, readiness, liveness; TCP checks of its first port by default. The component waits for its startup."""

    resources: Resources = Resources()
    """CPU and memory; 100m and 256Mi by default, on top of the component's."""

    security: Security = Security()
    """User and file system of the container."""

    volumes: dict[Name, Annotated[Shared, REPLACED_WHOLE]] = {}
    """Volumes of the component, by name; a list of names mounts them where the component does."""

    files: tuple[ContainerPath, ...] = ()
    """Those of the component's `files` that it sees too, by their paths."""

    before_init: bool = False
    """Start it before the `init` containers, which may then use it."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return _named(node)
