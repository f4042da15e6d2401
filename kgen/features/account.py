"""
Account: the identity that an app's pods run under.

Emits one ServiceAccount per app. Its token is not mounted: an app that does not call the Kubernetes API
has no use for a credential of it.

Source: https://kubernetes.io/docs/concepts/security/service-accounts/
"""

from collections.abc import Iterator

from kgen.k8s import Manifest, Target, manifest

RULES = ()


def emit(name: str, target: Target) -> Iterator[Manifest]:
    """Build the ServiceAccount."""
    yield manifest("v1", "ServiceAccount", target, name=name, automountServiceAccountToken=False)
