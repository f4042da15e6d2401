"""
Namespace: the one that an app's objects live in.

Emits one Namespace per app and environment.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
"""

from collections.abc import Iterator

from kgen.k8s import Manifest, Target, manifest

RULES = ()


def emit(name: str, target: Target) -> Iterator[Manifest]:
    """Build the Namespace; Argo CD must never delete it, since everything in it would go too."""
    keep = {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
    yield manifest("v1", "Namespace", target, name=name, annotations=keep)
