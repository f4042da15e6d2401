"""Rules of practice on Ingresses: what comes into the cluster, and how."""

from __future__ import annotations

from kgen.check.fault import short
from kgen.check.practice.advice import advice
from kgen.check.reading import entries, mappings, part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource

    Version = tuple[int, int]

_NGINX = "nginx.ingress.kubernetes.io/"
_CLASS = "kubernetes.io/ingress.class"


def snippets(resource: Resource, _version: Version) -> Iterator[Fault]:
    for key in texts(part(resource.value, "metadata", "annotations")):
        if key.startswith(_NGINX) and key.endswith("-snippet"):
            message = "must not be set: configuration given as text can read the secrets of the whole cluster"
            yield advice("SEC30", ("metadata", "annotations", key), message, "use the annotations for single settings")


def retired_controllers(resource: Resource, _version: Version) -> Iterator[Fault]:
    annotations = texts(part(resource.value, "metadata", "annotations"))
    for path, given in (
        (("spec", "ingressClassName"), text(resource.spec, "ingressClassName")),
        (("metadata", "annotations", _CLASS), annotations.get(_CLASS, "")),
    ):
        if given == "nginx":
            message = "must name another class than `nginx`: ingress-nginx has had no security fixes since March 2026"
            yield advice("SEC31", path, message, "move to a maintained controller, or to the Gateway API")
            return


def hosts_without_encryption(resource: Resource, _version: Version) -> Iterator[Fault]:
    if not entries(resource.spec, "tls") and (entries(resource.spec, "rules") or resource.spec.get("defaultBackend")):
        message = "must be set: what comes in is not encrypted, unless something before the controller does it"
        yield advice("SEC32", ("spec", "tls"), message, "add `tls` with the hosts, and the Secret of their certificate")


def hosts_for_everything(resource: Resource, _version: Version) -> Iterator[Fault]:
    for index, rule in mappings(resource.spec, "rules"):
        given = text(rule, "host")
        if not given or given.startswith("*"):
            is_ = f"`{short(given)}`" if given else "not set"
            message = f"must be a full name, but is {is_}: requests for hosts of others come here too"
            yield advice("SEC33", ("spec", "rules", index, "host"), message, "name the host")


DEFAULT = ()
STRICT = (snippets, retired_controllers, hosts_without_encryption, hosts_for_everything)
OFF = ()
