"""
External: a name in the cluster for a host outside of it.

Emits one Service of type ExternalName, which the cluster's DNS answers with a CNAME: no pods, no proxy, and no port
that anybody would read. Callers connect to the host, but by the name of the Service; so that is the name that a TLS
client compares with the certificate, and the one that a web server finds in the header `Host`. It suits what does
not ask for a name, as most databases.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#externalname
"""

from collections.abc import Iterator

from kgen.k8s import Manifest, Target, manifest


def emit(host: str, target: Target) -> Iterator[Manifest]:
    """Build the Service that stands for ``host``."""
    yield manifest("v1", "Service", target, spec={"type": "ExternalName", "externalName": host})
