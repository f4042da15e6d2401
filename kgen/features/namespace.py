"""
Namespace: the one that an app's objects live in, and what pods in it may do.

Emits one Namespace per app and environment, unless the app says that somebody else does. Its labels have the API server
itself refuse every pod that does not meet the Pod Security Standard *restricted*, whoever makes it; workloads that
would make such pods are warned about at once.

Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from kgen.k8s import Manifest, Target, manifest
from kgen.scalars import Name
from kgen.source import Node
from kgen.spec import Spec

RULES = ()


class NamespaceSpec(Spec):
    """Where the objects are. A name is short for `{name: …}`."""

    name: Name | None = None
    """Its name; by default the app's, followed by the environment's if there are several."""

    create: bool = True
    """Whether this app makes it. An app that shares it with the one that does says `false`."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return node if node.is_mapping or node.value is None else cls.only(node, name=node)


Level: TypeAlias = Literal["privileged", "baseline", "restricted"]


def emit(name: str, level: Level, target: Target) -> Iterator[Manifest]:
    """Build the Namespace; Argo CD must never delete it, since everything in it would go too."""
    keep = {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
    # a pod is refused by `enforce` alone; the other two also speak up when a Deployment is applied
    security = {"audit": "restricted", "enforce": level, "warn": "restricted"}
    labels = {f"pod-security.kubernetes.io/{mode}": each for mode, each in security.items()}
    yield manifest("v1", "Namespace", target, name=name, annotations=keep, labels=labels)
