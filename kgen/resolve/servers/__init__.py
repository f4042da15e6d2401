"""Backing services as programs: one function a type."""

from collections.abc import Callable, Mapping
from typing import Final

from kgen.model.needs import NeedType
from kgen.resolve.servers import brokers, caches, databases, others
from kgen.resolve.servers.server import Ask, Server, Size

SERVERS: Final[Mapping[NeedType, Callable[[Ask], Server]]] = {
    "postgres": databases.postgres,
    "mysql": databases.mysql,
    "mongodb": databases.mongodb,
    "redis": caches.redis,
    "valkey": caches.valkey,
    "rabbitmq": brokers.rabbitmq,
    "kafka": brokers.kafka,
    "s3": others.s3,
    "opensearch": others.opensearch,
    "smtp": others.smtp,
}

SIZES: Final[Mapping[NeedType, Size]] = {
    "postgres": Size(cpu="100m", memory="512Mi", storage="10Gi"),
    "mysql": Size(cpu="100m", memory="1Gi", storage="10Gi"),
    "mongodb": Size(cpu="100m", memory="1Gi", storage="10Gi"),
    "redis": Size(cpu="100m", memory="256Mi", storage="1Gi"),
    "valkey": Size(cpu="100m", memory="256Mi", storage="1Gi"),
    "rabbitmq": Size(cpu="100m", memory="512Mi", storage="5Gi"),
    "kafka": Size(cpu="250m", memory="1Gi", storage="10Gi"),
    "s3": Size(cpu="100m", memory="256Mi", storage="10Gi"),
    "opensearch": Size(cpu="250m", memory="2Gi", storage="10Gi"),
    "smtp": Size(cpu="50m", memory="128Mi"),
}
"""What a server takes if kgen.yaml does not say."""
