"""Backing services that an operator of the cluster runs: what is asked of it, and who may connect."""

from typing import Literal

from kgen.features.network import Access, Edge, Peer, PeerPort
from kgen.features.operators import Amounts, Cluster, KafkaCluster, PostgresCluster, RabbitCluster
from kgen.model.container import Image
from kgen.model.needs import KINDS
from kgen.model.plan import Operated
from kgen.model.platform import Platform
from kgen.model.providers import OPERATORS, NeedClass
from kgen.resolve import names, needs, network, placement, workload
from kgen.resolve.images import CLOUDNATIVE_PG, reference
from kgen.resolve.in_cluster import resources
from kgen.resolve.servers import SIZES

INSTANCES = 3
"""One may fail, and two of three still know what is true."""

_CNPG_STATUS = 8000
"""Port at which the operator asks how an instance is."""


def clusters(known: workload.Known) -> tuple[Operated, ...]:
    """Return what operators run for the app."""
    return tuple(
        _operated(known, name, given)
        for name in known.app.needs
        if (given := needs.met_by(known.app, known.platform, name)).provider in OPERATORS
    )


def _operated(known: workload.Known, name: str, given: NeedClass) -> Operated:
    app, at = known.app, ("needs", name)
    target = names.target(app, known.environment, name, at, "server")
    pods = needs.pods(app, known.platform, name)
    return Operated(
        target=target,
        early=names.target(app, known.environment, name, at, "early"),
        cluster=_cluster(known, name, given),
        pods=pods,
        network=_access(known, name, given) if known.platform.network.policies else None,
    )


def _cluster(known: workload.Known, name: str, given: NeedClass) -> Cluster:
    app, platform = known.app, known.platform
    need = app.needs[name]
    instances = given.instances or INSTANCES
    size = given.size or SIZES[need.type].storage
    storage_class = given.storage_class or platform.storage.storage_class
    amounts = _amounts(given, name, known)
    pull_secrets = placement.of_release(app).pull_secrets
    if given.provider == "cloudnative-pg":
        return PostgresCluster(
            instances=instances,
            image=_image(given.image, CLOUDNATIVE_PG, need.version or KINDS["postgres"].version),
            database=needs.database(app, name),
            size=size,
            storage_class=storage_class,
            resources=amounts,
            pull_secrets=pull_secrets,
        )
    if given.provider == "rabbitmq-cluster-operator":
        return RabbitCluster(
            instances=instances,
            image=_image(given.image, "rabbitmq", f"{need.version}-management" if need.version else ""),
            vhost=needs.database(app, name),
            size=size,
            storage_class=storage_class,
            resources=amounts,
            pull_secrets=pull_secrets,
        )
    labels = (peer.pods for peer in network.callers(app, name, known.used))
    callers = tuple(sorted(labels, key=lambda each: sorted(each.items())))
    return KafkaCluster(
        api_version=_strimzi(platform),
        instances=instances,
        version=need.version or "",
        image=_image(given.image, "", ""),
        callers=callers if platform.network.policies else None,
        size=size,
        storage_class=storage_class,
        resources=amounts,
        pull_secrets=pull_secrets,
    )


def _amounts(given: NeedClass, name: str, known: workload.Known) -> Amounts:
    filled = resources(given.resources, SIZES[known.app.needs[name].type])
    parts = {"requests": filled.requests, "limits": filled.limits}
    return {
        key: {what: amount for what, amount in (("cpu", part.cpu), ("memory", part.memory)) if amount}
        for key, part in parts.items()
    }


def _image(given: Image, repository: str, tag: str) -> str:
    """Return the image to run; empty: the operator knows one."""
    if given.tag or given.digest:
        return reference(given, repository)
    chosen = given.repository or repository
    return f"{chosen}:{tag}" if chosen and tag else ""


def _strimzi(platform: Platform) -> Literal["kafka.strimzi.io/v1", "kafka.strimzi.io/v1beta2"]:
    """Return the version of the API to write: the first one only where kgen.yaml declares no other."""
    old = "kafka.strimzi.io/v1beta2" in platform.crds and "kafka.strimzi.io/v1" not in platform.crds
    return "kafka.strimzi.io/v1beta2" if old else "kafka.strimzi.io/v1"


def _access(known: workload.Known, name: str, given: NeedClass) -> Access | None:
    """
    Return who may connect to the pods: what refers to them, their like, and the operator.

    To whom they connect is not restricted: they ask the API server, and send backups wherever somebody says.
    """
    if given.provider == "strimzi":
        return None  # makes a policy itself
    port = KINDS[known.app.needs[name].type].port
    callers = network.callers(known.app, name, known.used)
    members = Peer(pods=needs.pods(known.app, known.platform, name))
    edges = [Edge(peers=callers, ports=(PeerPort(port=port),))] if callers else []
    edges.append(Edge(peers=(members,)))
    if given.provider == "cloudnative-pg":
        operator = Peer(pods={"app.kubernetes.io/name": "cloudnative-pg"}, anywhere=True)
        edges.append(Edge(peers=(operator,), ports=(PeerPort(port=_CNPG_STATUS), PeerPort(port=port))))
    return Access(incoming=tuple(edges), outgoing=None)
