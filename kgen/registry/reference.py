"""
Names of images: which registry they mean, and how it is reached.

Source: https://github.com/distribution/reference/blob/main/normalize.go
"""

from kgen.record import dataclass

DOCKER_HUB = "docker.io"
_HUB_API = "registry-1.docker.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An image in a registry."""

    registry: str
    """As people write it, with its port."""

    repository: str
    tag: str

    @property
    def api(self) -> str:
        """Where the registry answers; without encryption only on this machine, as Docker does it."""
        host = _HUB_API if self.registry == DOCKER_HUB else self.registry
        return f"{'http' if is_loopback(host) else 'https'}://{host}"

    @property
    def manifest(self) -> str:
        return f"{self.api}/v2/{self.repository}/manifests/{self.tag}"


def reference(image: str) -> Reference:
    """
    Read the name of an image as Docker does.

    >>> reference("python:3.13-slim").manifest
    'https://registry-1.docker.io/v2/library/python/manifests/3.13-slim'
    >>> reference("localhost:5000/base").manifest
    'http://localhost:5000/v2/base/manifests/latest'
    """
    first, slash, rest = image.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    registry, path = (first, rest) if is_host else (DOCKER_HUB, image)
    repository, _, tag = path.partition(":")
    if registry in {DOCKER_HUB, "index.docker.io"} and "/" not in repository:
        return Reference(registry=DOCKER_HUB, repository=f"library/{repository}", tag=tag or "latest")
    return Reference(registry=registry, repository=repository, tag=tag or "latest")


def is_loopback(host: str) -> bool:
    """
    Tell whether ``host``, with or without a port, is this machine.

    >>> [is_loopback(each) for each in ("localhost:5000", "127.0.0.1", "[::1]:80", "localhost.example.com", "10.0.0.1")]
    [True, True, True, False, False]
    """
    name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return name in {"localhost", "[::1]"} or (name.startswith("127.") and name.replace(".", "").isdecimal())
