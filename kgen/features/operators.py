"""
Operators: backing services that an operator of the cluster runs, from a custom resource.

Emits a Cluster of CloudNativePG, a RabbitmqCluster, or Kafka with its node pool and user for Strimzi. The operator
makes the pods, their volumes, and a Secret with what clients need.

Sources: https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/,
https://www.rabbitmq.com/kubernetes/operator/using-operator, https://strimzi.io/docs/operators/latest/configuring
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass

RULES = ()

_KEEP = {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
"""With the custom resource, the operator would delete the volumes."""

_POD = {"securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}}
_CONTAINER = {"securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}
"""Strimzi says nothing of the sort by itself, and a namespace that is restricted would refuse its pods."""

Amounts: TypeAlias = Mapping[str, Mapping[str, str]]
"""Requests and limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresCluster:
    """PostgreSQL, by CloudNativePG."""

    instances: int
    image: str
    database: str
    """Name of the database, and of the user that owns it."""

    size: str
    storage_class: str | None
    resources: Amounts
    pull_secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RabbitCluster:
    """RabbitMQ, by its own Cluster Operator."""

    instances: int
    image: str
    """Empty: the one that the operator was released with."""

    vhost: str
    size: str
    storage_class: str | None
    resources: Amounts
    pull_secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaCluster:
    """Kafka, by Strimzi."""

    api_version: Literal["kafka.strimzi.io/v1", "kafka.strimzi.io/v1beta2"]
    instances: int
    version: str
    """Empty: the latest that the operator knows."""

    image: str
    callers: tuple[Mapping[str, str], ...] | None
    """Labels of the pods that may connect, ``None``: all; Strimzi makes the NetworkPolicy."""

    size: str
    storage_class: str | None
    resources: Amounts
    pull_secrets: tuple[str, ...] = ()


Cluster: TypeAlias = PostgresCluster | RabbitCluster | KafkaCluster


def emit(cluster: Cluster, target: Target) -> Iterator[Manifest]:
    """Build the custom resources of one backing service."""
    match cluster:
        case PostgresCluster():
            yield _postgres(cluster, target)
        case RabbitCluster():
            yield _rabbit(cluster, target)
        case KafkaCluster():
            yield from _kafka(cluster, target)


def _postgres(cluster: PostgresCluster, target: Target) -> Manifest:
    storage = {"size": cluster.size} | ({"storageClass": cluster.storage_class} if cluster.storage_class else {})
    return manifest("postgresql.cnpg.io/v1", "Cluster", target, annotations=_KEEP, spec={
        "instances": cluster.instances,
        "imageName": cluster.image,
        **_pull_secrets(cluster.pull_secrets),
        "bootstrap": {"initdb": {"database": cluster.database, "owner": cluster.database}},
        "storage": storage,
        "resources": cluster.resources,
    })  # fmt: skip


def _rabbit(cluster: RabbitCluster, target: Target) -> Manifest:
    spec: dict[str, Any] = {"replicas": cluster.instances}
    if cluster.image:
        spec["image"] = cluster.image
    spec |= _pull_secrets(cluster.pull_secrets)
    spec["persistence"] = {"storage": cluster.size}
    if cluster.storage_class:
        spec["persistence"] = {"storageClassName": cluster.storage_class, "storage": cluster.size}
    spec["resources"] = cluster.resources
    spec["rabbitmq"] = {"additionalConfig": f"default_vhost = {cluster.vhost}\n"}
    return manifest("rabbitmq.com/v1beta1", "RabbitmqCluster", target, annotations=_KEEP, spec=spec)


def _kafka(cluster: KafkaCluster, target: Target) -> Iterator[Manifest]:
    before_v1 = cluster.api_version == "kafka.strimzi.io/v1beta2"
    notes = _KEEP | ({"strimzi.io/kraft": "enabled", "strimzi.io/node-pools": "enabled"} if before_v1 else {})
    listener: dict[str, Any] = {
        "name": "plain",
        "port": 9092,
        "type": "internal",
        "tls": False,
        "authentication": {"type": "scram-sha-512"},
    }
    if cluster.callers is not None:
        # an empty list would let everybody in
        peers = cluster.callers or (_of_cluster(target),)
        listener["networkPolicyPeers"] = [{"podSelector": {"matchLabels": dict(labels)}} for labels in peers]
    copies, in_sync = min(cluster.instances, 3), 2 if cluster.instances > 1 else 1
    kafka: dict[str, Any] = {"version": cluster.version} if cluster.version else {}
    if cluster.image:
        kafka["image"] = cluster.image
    kafka["listeners"] = [listener]
    kafka["config"] = {
        "default.replication.factor": copies,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.min.isr": in_sync,
        "transaction.state.log.replication.factor": copies,
    }
    pod = _POD | _pull_secrets(cluster.pull_secrets)
    operator = {"template": {"pod": pod, "topicOperatorContainer": _CONTAINER, "userOperatorContainer": _CONTAINER}}
    yield manifest(cluster.api_version, "Kafka", target, annotations=notes, spec={
        "kafka": kafka,
        "entityOperator": {"topicOperator": {}, "userOperator": {}, **operator},
    })  # fmt: skip
    yield _node_pool(cluster, target)
    yield manifest(cluster.api_version, "KafkaUser", target, labels=_of_cluster(target), spec={
        "authentication": {"type": "scram-sha-512"},
    })  # fmt: skip


def _pull_secrets(names: tuple[str, ...]) -> dict[str, Any]:
    return {"imagePullSecrets": [{"name": name} for name in names]} if names else {}


def _of_cluster(target: Target) -> dict[str, str]:
    """Return the label by which Strimzi finds what belongs to a cluster."""
    return {"strimzi.io/cluster": target.name}


def _node_pool(cluster: KafkaCluster, target: Target) -> Manifest:
    volume: dict[str, Any] = {"id": 0, "type": "persistent-claim", "size": cluster.size}
    if cluster.storage_class:
        volume["class"] = cluster.storage_class
    volume |= {"deleteClaim": False, "kraftMetadata": "shared"}
    return manifest(cluster.api_version, "KafkaNodePool", target, labels=_of_cluster(target), annotations=_KEEP, spec={
        "replicas": cluster.instances,
        "roles": ["controller", "broker"],
        "storage": {"type": "jbod", "volumes": [volume]},
        "resources": cluster.resources,
        "template": {"pod": _POD | _pull_secrets(cluster.pull_secrets), "kafkaContainer": _CONTAINER},
    })  # fmt: skip
