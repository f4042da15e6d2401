"""Names of resources: which ones Kubernetes knows, and which ones others may add."""

from __future__ import annotations

from kgen.check.server.texts import qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

INTEGERS = frozenset(
    {
        *("pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps"),
        *("persistentvolumeclaims", "services.nodeports", "services.loadbalancers"),
    }
)
"""What is counted in whole numbers."""

_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_QUOTA = frozenset(
    {
        *INTEGERS,
        *_COMPUTE,
        *(f"requests.{name}" for name in (*_COMPUTE, "storage")),
        *(f"limits.{name}" for name in _COMPUTE),
    }
)


def is_quota(name: str) -> bool:
    """Tell whether a ResourceQuota can count what has this name without a ``/``."""
    return name in _QUOTA or name.startswith(("hugepages-", "requests.hugepages-"))


def is_standard(name: str) -> bool:
    """Tell whether Kubernetes knows the resource."""
    return name == "storage" or is_quota(name)


def is_of_containers(name: str) -> bool:
    """Tell whether Kubernetes knows the resource as one that containers ask for."""
    return name in _COMPUTE or name.startswith("hugepages-")


def is_native(name: str) -> bool:
    """Tell whether a resource belongs to Kubernetes."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """Tell whether somebody may have added a resource of that name, counted in whole pieces: `example.com/gpu`."""
    return not is_native(name) and not name.startswith("requests.") and not qualified_name(f"requests.{name}")


def allows_overcommit(name: str) -> bool:
    """Tell whether limits may be above requests."""
    return is_native(name) and "hugepages-" not in name


def wrong_resource(name: str, is_known: Callable[[str], bool]) -> str:
    """Say what is wrong with the name of a resource; without a ``/`` it has to be known."""
    if wrong := qualified_name(name):
        return f"is no resource: its name {wrong}"
    if "/" not in name and not is_known(name):
        return f"is no resource that can be set here; others have a `/`, but this is `{name}`"
    return ""
