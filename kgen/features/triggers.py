"""
Triggers: let events decide how many pods run, down to none.

Emits one ScaledObject of KEDA, and TriggerAuthentications that say in which Secrets credentials are. KEDA makes the
HorizontalPodAutoscaler itself, and starts the first pod where there is none; `cpu` and `memory` beside `triggers`
become triggers as well. The cluster must have KEDA: `crds: [keda.sh/v1alpha1]` in kgen.yaml says so.

Source: https://keda.sh/docs/latest/reference/scaledobject-spec/
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator

from kgen.diag import Rule, Severity
from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass
from kgen.scalars import (
    INVALID_HOST,
    INVALID_NAME,
    INVALID_QUANTITY,
    INVALID_SCHEDULE,
    Count,
    Name,
    PositiveCount,
    Reference,
    Schedule,
    TimeZone,
    matching,
)
from kgen.spec import AS_WRITTEN, Spec, fault

API_VERSION: Final = "keda.sh/v1alpha1"

NO_VARIABLE = Rule(
    code="KG3143",
    name="trigger-without-variable",
    explain="KEDA reads some addresses from the variables of the component's container only, so one has to hold it.",
)
NO_SERVER = Rule(
    code="KG3144", name="trigger-without-server", explain="KEDA has to know where the Prometheus is that it asks."
)
OUT_OF_BOUNDS = Rule(
    code="KG3145",
    name="cron-trigger-out-of-bounds",
    explain="KEDA never leaves the bounds: more pods than `max` do not come, and `min` of them are there anyway.",
)
NO_TIME = Rule(
    code="KG3146", name="cron-trigger-without-duration", explain="KEDA refuses a trigger that ends when it starts."
)
NO_POD = Rule(
    code="KG3147",
    name="requests-to-no-pod",
    severity=Severity.WARNING,
    explain="A request does not start a pod: while none runs, it fails. Queues and the clock do start one.",
)
WRONG_NEED = Rule(
    code="KG3148",
    name="trigger-for-other-service",
    explain="Each trigger asks one kind of service, by its own protocol.",
)
NOT_REACHED = Rule(
    code="KG3149",
    name="trigger-for-service-in-cluster",
    explain="KEDA asks from a namespace of its own, where the short name of a server means nothing, and the server's "
    "NetworkPolicy lets in nobody but the app.",
)
RULES = (NOT_REACHED, NO_VARIABLE, NO_SERVER, OUT_OF_BOUNDS, NO_TIME, NO_POD, WRONG_NEED)


def _plain_schedule(text: str) -> str:
    if text.startswith("@"):
        raise fault(
            INVALID_SCHEDULE, f"`{text}` is a time that KEDA does not know", "write five fields, as `0 8 * * mon-fri`"
        )
    return text


Text: TypeAlias = Annotated[
    str, AS_WRITTEN, AfterValidator(matching(INVALID_NAME, r"\S(.*\S)?", "a name", "write the name", 253))
]
"""Name of something in a server, as that server writes it."""

Query: TypeAlias = Annotated[
    str, AfterValidator(matching(INVALID_NAME, r"(?s)\S(.*\S)?\s*", "a query", "write it in PromQL", 10_000))
]
Threshold: TypeAlias = Annotated[
    str,
    AS_WRITTEN,
    AfterValidator(
        matching(INVALID_QUANTITY, r"(?!0+(\.0+)?$)\d+(\.\d+)?", "a number above 0", "write it as `100` or `0.5`", 20)
    ),
]
Address: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_HOST, r"https?://[^\s/@]+(/\S*)?", "the URL of a server", "write it as `http://prometheus:9090`"
        )
    ),
]
Servers: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(
            INVALID_HOST,
            r"[^\s,:/@]+:\d+(,[^\s,:/@]+:\d+)*",
            "a list of servers",
            "write `host:port`, with commas between several",
            2000,
        )
    ),
]
Times: TypeAlias = Annotated[Schedule, AfterValidator(_plain_schedule)]


class RabbitMq(Spec):
    """Messages in a queue of RabbitMQ."""

    need: Name | None = None
    """The backing service that it is in."""

    secret: Reference | None = None
    """Key of a Secret that holds the server's URL, `amqp://…`; instead of `need`."""

    queue: Text
    """Name of the queue."""

    length: PositiveCount = 20
    """Messages that one pod is to have waiting."""


class Kafka(Spec):
    """Messages of a topic of Kafka that a group of consumers has still to read."""

    need: Name | None = None
    """The backing service that it is in."""

    servers: Servers | None = None
    """Servers without a password, as `kafka:9092`; instead of `need`."""

    topic: Text
    """Name of the topic."""

    group: Text
    """Name of the group of consumers."""

    lag: PositiveCount = 10
    """Unread messages per pod. There are never more pods than the topic has partitions."""


class RedisList(Spec):
    """Items of a list in Redis or Valkey."""

    need: Name
    """The backing service that it is in."""

    list: Text
    """Name of the list."""

    length: PositiveCount = 5
    """Items that one pod is to have waiting."""

    tls: bool = False
    """Whether the server is asked over TLS."""


class PrometheusQuery(Spec):
    """The result of a query to Prometheus."""

    server: Address | None = None
    """URL of the Prometheus; by default what kgen.yaml says (`scaling: {prometheus: …}`)."""

    query: Query
    """A query in PromQL with one number as its result."""

    threshold: Threshold
    """What one pod is to have of it."""


class CronTimes(Spec):
    """A number of pods between two times."""

    start: Times
    """When they come: five fields, as `0 8 * * mon-fri`."""

    end: Times
    """When they go."""

    timezone: TimeZone = "Etc/UTC"
    """Time zone of both."""

    replicas: Count
    """How many."""


class Trigger(Spec):
    """What tells how many pods are needed."""

    rabbitmq: RabbitMq | None = None
    """Messages in a queue of RabbitMQ."""

    kafka: Kafka | None = None
    """Unread messages of a topic of Kafka."""

    redis: RedisList | None = None
    """Items of a list in Redis or Valkey."""

    prometheus: PrometheusQuery | None = None
    """The result of a query to Prometheus."""

    cron: CronTimes | None = None
    """The clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A trigger with every question answered."""

    type: str
    metadata: Mapping[str, str]
    metric_type: str = ""
    authentication: str = ""
    """Name of the TriggerAuthentication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """In which Secrets KEDA finds what a server has to be told."""

    name: str
    parameters: tuple[tuple[str, str, str], ...]
    """Parameter of the trigger, Secret, key."""

    by_operator: bool = False
    """Whether the Secret comes with the service: nobody has to put it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaler:
    """The ScaledObject with every question answered."""

    kind: str
    """Kind of the workload."""

    least: int
    most: int
    interval: int | None
    cooldown: int | None
    behavior: Mapping[str, Any]
    triggers: tuple[Asked, ...]
    authentications: tuple[Authentication, ...]


def emit(spec: Scaler, target: Target) -> Iterator[Manifest]:
    """Build the ScaledObject of ``target``'s workload, and what it refers to."""
    for each in spec.authentications:
        references = [{"parameter": name, "name": secret, "key": key} for name, secret, key in each.parameters]
        yield manifest(
            API_VERSION, "TriggerAuthentication", target, name=each.name, spec={"secretTargetRef": references}
        )
    kind = {} if spec.kind == "Deployment" else {"apiVersion": "apps/v1", "kind": spec.kind}
    body: dict[str, Any] = {"scaleTargetRef": {**kind, "name": target.name}}
    if spec.interval is not None:
        body["pollingInterval"] = spec.interval
    if spec.cooldown is not None:
        body["cooldownPeriod"] = spec.cooldown
    body["minReplicaCount"] = spec.least
    body["maxReplicaCount"] = spec.most
    if spec.behavior:
        body["advanced"] = {"horizontalPodAutoscalerConfig": {"behavior": dict(spec.behavior)}}
    body["triggers"] = [_trigger(each) for each in spec.triggers]
    yield manifest(API_VERSION, "ScaledObject", target, spec=body)


def _trigger(asked: Asked) -> dict[str, Any]:
    made: dict[str, Any] = {"type": asked.type}
    if asked.metric_type:
        made["metricType"] = asked.metric_type
    made["metadata"] = dict(asked.metadata)
    if asked.authentication:
        made["authenticationRef"] = {"name": asked.authentication}
    return made
