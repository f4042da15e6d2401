"""How a backing service runs as a container: in compose.yaml, and in the cluster if the platform wants it there."""

from collections.abc import Mapping

from kgen.model.plan import Part
from kgen.record import dataclass, field
from kgen.units import memory_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a server is made for."""

    host: Part
    """Name under which clients reach it."""

    version: str
    database: str
    username: Part
    password: Part
    memory: str
    """Memory that the container may use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What a server takes if nobody says: enough for tests and small loads."""

    cpu: str
    memory: str
    storage: str = ""
    """Of its volume; empty: it keeps nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A container of an image that its makers, or Docker's library, maintain."""

    image: str
    user: int
    """Numeric user and group that the image has for it, or any other if it does not care."""

    ports: Mapping[str, int]
    """Ports by name; the first one is for clients."""

    check: tuple[str, ...]
    """Command that ends well once clients are served, and says nothing secret."""

    probe_by_port: bool = False
    """Whether the kubelet only opens a connection: the command takes seconds of CPU, or proves no more."""

    health_path: str = ""
    """What the kubelet asks by HTTP instead, if the server has an answer."""

    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    variables: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    data: str = ""
    """Folder to keep."""

    scratch: tuple[str, ...] = ()
    """Other folders that it writes to, besides `/tmp`."""

    read_only_root: bool = True
    cluster_args: tuple[str, ...] = ()
    """What is different in the cluster: more arguments, more variables, another folder to mount."""

    cluster_variables: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    hostname: bool = False
    """Whether its data belong to a host name, which has to stay the same."""

    published: int | None = None
    """Port for a browser on the developer's machine."""

    stop_seconds: int = 60
    """Time to write everything down."""


def megabytes(memory: str, share: float) -> int:
    """
    Return a share of an amount of memory, in MiB.

    >>> megabytes("1Gi", 0.5)
    512
    """
    return int((memory_bytes(memory) or 0) * share) // 2**20
