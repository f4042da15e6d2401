"""
The security contexts of a pod and of a container.

Source: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from typing import Any

from kgen.model.plan import Container


def identity(container: Container, *, has_claims: bool, has_secret_files: bool) -> dict[str, Any]:
    """
    Return the pod's security context.

    Args:
        container: What runs in it.
        has_claims: Whether it mounts volumes that outlive it.
        has_secret_files: Whether it mounts files that only its group may read.
    """
    made: dict[str, Any] = {"runAsNonRoot": True} if container.user else {}
    made |= {"runAsUser": container.user, "runAsGroup": container.user}
    if has_claims or has_secret_files:
        made["fsGroup"] = container.user  # or the user could not write to a new volume, nor read the files
    if has_claims:
        made["fsGroupChangePolicy"] = "OnRootMismatch"
    made["seccompProfile"] = {"type": "Unconfined" if container.hardening.unconfined else "RuntimeDefault"}
    return made


def rights(container: Container, main: Container) -> dict[str, Any]:
    """
    Return the container's own security context: without an exception it may do nothing.

    Args:
        container: One of a pod's containers.
        main: The one that the pod's security context is made for.
    """
    given = container.hardening
    capabilities = {"drop": ["ALL"]} | ({"add": list(given.capabilities)} if given.capabilities else {})
    made: dict[str, Any] = {}
    if container.user != main.user:
        made = {"runAsNonRoot": container.user != 0} if 0 in {container.user, main.user} else {}
        made |= {"runAsUser": container.user, "runAsGroup": container.user}
    if given.unconfined != main.hardening.unconfined:
        made["seccompProfile"] = {"type": "Unconfined" if given.unconfined else "RuntimeDefault"}
    if given.privileged:
        made["privileged"] = True
    return made | {
        "allowPrivilegeEscalation": given.escalation,
        "readOnlyRootFilesystem": container.read_only_root,
        "capabilities": capabilities,
    }
