"""Backing services: what an app needs that is not part of it."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from kgen.features.backups import Backup
from kgen.record import dataclass, field
from kgen.scalars import Name, VersionText
from kgen.spec import BASE_ONLY, Spec

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
"""Ports at which such a service usually listens where somebody else runs it, with and without TLS."""


class Need(Spec):
    """
    A backing service.

    Its outputs are used as `${needs.<name>.url}`, also inside a text. Every type has `url`, `host`, `port`, `username`
    and `password`; most have `database`; rabbitmq has `vhost`, kafka `brokers`, s3 `endpoint`, `bucket` and `region`.
    """

    type: NeedType
    """What it is."""

    version: Annotated[VersionText | None, BASE_ONLY] = None
    """Version of the container in compose.yaml, and of the server if the platform runs one."""

    need_class: Name | None = Field(default=None, alias="class")
    """How the platform meets it: a class that kgen.yaml has for the type; `default` by default."""

    database: Annotated[Name | None, BASE_ONLY] = None
    """Name of the database (s3: bucket, rabbitmq: virtual host) where kgen makes one; the app's by default."""

    backup: Backup | None = None
    """Dumps of a postgres or mysql database: a schedule, or `{schedule, keep}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What all services of a type have in common, whoever runs them."""

    version: str
    """Of the container, if the app does not say."""

    port: int
    outputs: Mapping[str, str]
    """
    Output → how it is written where kgen knows the server, in terms of `{host}`, `{port}`, `{username}`, `{password}`
    and `{database}`.
    """

    local: Mapping[str, str] = field(default_factory=dict)
    """The same where the container in compose.yaml differs."""

    exact: bool = False
    """Whether its images have versions of three numbers only."""

    has_database: bool = False
    """Whether the app can choose the name of a part of the service that is its own."""


def _outputs(url: str, **more: str) -> Mapping[str, str]:
    same = {name: f"{{{name}}}" for name in ("host", "port", "username", "password")}
    return {"url": url} | same | more


_OPEN = {"username": "", "password": ""}
_SQL = "{username}:{password}@{host}:{port}/{database}"
_CACHE: Final = Kind(
    version="8",
    port=6379,
    # a user's name in the URL is not understood by clients from before the access lists of Redis 6
    outputs=_outputs("redis://:{password}@{host}:{port}/0", username="default", database="0"),
    # as many a managed one, and nobody but the developer reaches it
    local=_OPEN | {"url": "redis://{host}:{port}/0"},
)

KINDS: Final[Mapping[NeedType, Kind]] = {
    "postgres": Kind(
        version="17",
        port=5432,
        outputs=_outputs(f"postgresql://{_SQL}", database="{database}"),
        has_database=True,
    ),
    "mysql": Kind(
        version="8.4", port=3306, outputs=_outputs(f"mysql://{_SQL}", database="{database}"), has_database=True
    ),
    "mongodb": Kind(
        version="8.0",
        port=27017,
        outputs=_outputs(f"mongodb://{_SQL}?authSource=admin", database="{database}"),
        has_database=True,
    ),
    "redis": _CACHE,
    "valkey": _CACHE,
    "rabbitmq": Kind(
        version="4",
        port=5672,
        outputs=_outputs(f"amqp://{_SQL}", database="{database}", vhost="{database}"),
        has_database=True,
    ),
    # what clients of Kafka call bootstrap servers has no scheme
    "kafka": Kind(
        version="4.1.1", exact=True, port=9092, outputs=_outputs("{host}:{port}", brokers="{host}:{port}", **_OPEN)
    ),
    "s3": Kind(
        version="1.8.0",
        exact=True,
        port=7070,
        outputs=_outputs(
            "http://{host}:{port}",
            database="{database}",
            endpoint="http://{host}:{port}",
            bucket="{database}",
            region="us-east-1",
        ),
        has_database=True,
    ),
    "opensearch": Kind(version="3", port=9200, outputs=_outputs("http://{host}:{port}", **_OPEN)),
    "smtp": Kind(version="1.27", port=1025, outputs=_outputs("smtp://{host}:{port}", **_OPEN)),
}
