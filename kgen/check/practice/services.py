"""Rules of practice on Services: how far they are open, and what has replaced old fields."""

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

_SERVER_WARNS = (1, 36)
"""Since then, the API server itself warns of external addresses."""

_HINTS = "service.kubernetes.io/topology-aware-hints"
_SSH = 22


def names_of_this_machine(resource: Resource, _version: Version) -> Iterator[Fault]:
    name = text(resource.spec, "externalName").rstrip(".").lower()
    if text(resource.spec, "type") != "ExternalName" or not name:
        return
    numbers = name.split(".")
    is_loopback = len(numbers) == 4 and numbers[0] == "127" and all(each.isdigit() for each in numbers)  # noqa: PLR2004  # an IPv4 address
    if is_loopback or name in {"localhost", "localhost.localdomain"} or name.endswith(".localhost"):
        message = (
            f"must be a name that means the same everywhere, but is `{short(name)}`: each client finds itself there"
        )
        yield advice("SEC35", ("spec", "externalName"), message, "name the host that the Service stands for")


def external_addresses(resource: Resource, version: Version) -> Iterator[Fault]:
    given = entries(resource.spec, "externalIPs")
    is_warned = version >= _SERVER_WARNS and text(resource.spec, "clusterIP") != "None"
    if given and not is_warned:
        message = f"must not be set, but has `{short(given[0])}`: whoever may set it can take the traffic of others"
        yield advice("SEC29", ("spec", "externalIPs"), message, "use a Service of type `LoadBalancer`, or a Gateway")


def ssh_ports(resource: Resource, _version: Version) -> Iterator[Fault]:
    for index, port in mappings(resource.spec, "ports"):
        for key in ("port", "targetPort"):
            if port.get(key) == _SSH:
                message = "must not be `22`: SSH in a cluster is a way around its access rules"
                yield advice("SEC21", ("spec", "ports", index, key), message, "use `kubectl exec`, or another port")
                break


def node_ports(resource: Resource, _version: Version) -> Iterator[Fault]:
    if text(resource.spec, "type") == "NodePort":
        message = "must not be `NodePort`: the port is open on every node, past whatever stands before the cluster"
        yield advice(
            "NWK01", ("spec", "type"), message, "use `ClusterIP` behind an Ingress or Gateway, or `LoadBalancer`"
        )


def open_load_balancers(resource: Resource, _version: Version) -> Iterator[Fault]:
    spec = resource.spec
    if text(spec, "type") != "LoadBalancer" or entries(spec, "loadBalancerSourceRanges"):
        return
    if text(spec, "loadBalancerClass") or _is_internal(texts(part(resource.value, "metadata", "annotations"))):
        return
    message = "must say which addresses may connect: a load balancer is open to everybody otherwise"
    out = "list the networks of the clients, or add the annotation that makes the load balancer internal"
    yield advice("NWK02", ("spec", "loadBalancerSourceRanges"), message, out)


def _is_internal(annotations: dict[str, str]) -> bool:
    for key, value in annotations.items():
        name = key.lower()
        if "source-ranges" in name:
            return True
        is_about_load_balancers = "load-balancer" in name or "loadbalancer" in name
        if is_about_load_balancers and ("internal" in name or value.lower() in {"internal", "private"}):
            return value.lower() != "false"
    return False


def unnamed_ports(resource: Resource, _version: Version) -> Iterator[Fault]:
    ports = mappings(resource.spec, "ports")
    if len(ports) == 1 and not text(ports[0][1], "name") and not text(ports[0][1], "appProtocol"):
        message = "must be set: others refer to a port by its name, and meshes read the protocol from it"
        yield advice("NWK03", ("spec", "ports", ports[0][0], "name"), message, "name it, as in `http`")


def numbered_targets(resource: Resource, _version: Version) -> Iterator[Fault]:
    for index, port in mappings(resource.spec, "ports"):
        given = port.get("targetPort", port.get("port"))
        if isinstance(given, int) and part(resource.spec, "selector"):
            message = (
                f"must be the name of a container port, but is `{given}`: a number has to be changed in two places"
            )
            yield advice("NWK04", ("spec", "ports", index, "targetPort"), message, "name the port in the container")


def old_load_balancer_addresses(resource: Resource, _version: Version) -> Iterator[Fault]:
    if (given := text(resource.spec, "loadBalancerIP")) and text(resource.spec, "clusterIP") != "None":
        message = f"must not be set, but is `{short(given)}`: it is deprecated, and not all clouds look at it"
        yield advice("NWK07", ("spec", "loadBalancerIP"), message, "use the annotation of your cloud for the address")


def old_topology_annotations(resource: Resource, version: Version) -> Iterator[Fault]:
    annotations = texts(part(resource.value, "metadata", "annotations"))
    if version >= (1, 27) and _HINTS in annotations:
        message = f"must not be set, but is `{short(annotations[_HINTS])}`: another one has replaced it"
        out = "set `spec.trafficDistribution`, or the annotation `service.kubernetes.io/topology-mode`"
        yield advice("NWK08", ("metadata", "annotations", _HINTS), message, out)


DEFAULT = (names_of_this_machine,)
STRICT = (
    external_addresses,
    ssh_ports,
    node_ports,
    open_load_balancers,
    unnamed_ports,
    old_load_balancer_addresses,
    old_topology_annotations,
)
OFF = (numbered_targets,)
