"""Backing services: what an app needs that is not part of it."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from kgen.scalars import Name, VersionText
from kgen.spec import BASE_ONLY, NotYet, Spec

NeedType: TypeAlias = Literal[
    "postgres", "redis", "mysql", "valkey", "rabbitmq", "kafka", "s3", "mongodb", "opensearch", "smtp"
]


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
