"""Backing services: what an app needs that is not part of it."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from kgen.scalars import Name, VersionText
from kgen.spec import BASE_ONLY, NotYet, Spec

NeedType: TypeAlias = Literal[
    "postgres", "redis", "mysql", "valkey", "rabbitmq", "kafka", "s3", "mongodb", "opensearch", "smtp"
]

PORTS: Mapping[NeedType, tuple[int, ...]] = {
    "postgres": (5432,),
    "redis": (6379,),
    "mysql": (3306,),
    "valkey": (6379,),
    "rabbitmq": (5672, 5671),
    "kafka": (9092, 9093, 9094),
    "s3": (443, 9000),
    "mongodb": (27017,),
    "opensearch": (443, 9200),
    "smtp": (587, 465, 25),
}
"""Ports at which such a service usually listens, with and without TLS; the first one is that of the container."""


class Need(Spec):
    """
    A backing service.

    Its outputs are used as `${needs.<name>.url}`: url, host, port, username, password, database.
    """

    type: Annotated[NeedType, NotYet(("mysql", "valkey", "rabbitmq", "kafka", "s3", "mongodb", "opensearch", "smtp"))]
    """What it is."""

    version: Annotated[VersionText | None, BASE_ONLY] = None
    """Version of the container in compose.yaml; by default 17 for postgres, 8 for redis."""

    need_class: Annotated[Name | None, NotYet()] = Field(default=None, alias="class")
    """How the platform meets it (`class`)."""

    database: Annotated[Name | None, BASE_ONLY] = None
    """Name of the database in compose.yaml; the app's by default."""
