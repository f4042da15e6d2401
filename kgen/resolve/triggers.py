"""Triggers of KEDA: where it finds the numbers, and with whose credentials."""

from collections.abc import Iterator, Mapping

from kgen.diag import Diagnostic, Label, Path
from kgen.features import autoscaling, triggers
from kgen.features.triggers import Asked, Authentication, CronTimes, Kafka, RabbitMq, RedisList, Scaler, Trigger
from kgen.model.app import App
from kgen.model.plan import Address, Part, SecretKey, Variable
from kgen.model.platform import Platform
from kgen.model.replicas import Autoscaling
from kgen.record import dataclass, field
from kgen.resolve import installed, needs, references
from kgen.resolve.fields import exactly_one, unread
from kgen.resolve.names import object_name
from kgen.resolve.rules import UNKNOWN_REFERENCE
from kgen.spec import CHOOSE_ONE
from kgen.units import seconds
from kgen.words import listed, suggestion

_KINDS = ("rabbitmq", "kafka", "redis", "prometheus", "cron")
_TYPES: Mapping[str, tuple[str, ...]] = {"rabbitmq": ("rabbitmq",), "kafka": ("kafka",), "redis": ("redis", "valkey")}
"""Trigger → types of backing services that it can ask."""

_OUTPUTS: Mapping[str, Mapping[str, str]] = {
    "rabbitmq": {"host": "url"},
    "kafka": {"bootstrapServers": "brokers"},
    "redis": {"host": "host", "port": "port", "username": "username", "password": "password"},
}
"""Trigger → parameter → output of the backing service."""

_ONLY_VARIABLES = {"bootstrapServers"}
"""Parameters that KEDA does not take from a TriggerAuthentication."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What a trigger may refer to."""

    app: App
    platform: Platform
    variables: tuple[Variable, ...]
    """Of the component."""


@dataclass(slots=True)
class _Where:
    """Where KEDA finds the parameters of one trigger."""

    metadata: dict[str, str] = field(default_factory=dict)
    secrets: list[tuple[str, str, str]] = field(default_factory=list)
    by_operator: bool = False
    """Whether the Secret comes with the service."""

    missing: list[str] = field(default_factory=list)
    """Outputs that no variable holds, though one would have to."""


def scaler(app: App, name: str, platform: Platform, variables: tuple[Variable, ...], kind: str) -> Scaler | None:
    """Return the ScaledObject of component ``name``, whose workload is a ``kind``, if it has one."""
    spec = app.components[name].replicas
    if not isinstance(spec, Autoscaling) or not spec.triggers:
        return None
    around = _Around(app, platform, variables)
    asked: list[Asked] = []
    found: dict[str, Authentication] = {}
    for trigger in spec.triggers:
        where = _where(around, trigger)
        authentication = ""
        if where.secrets:
            authentication = f"{object_name(app.name, name)}-{_source(trigger)}"
            found[authentication] = Authentication(
                name=authentication, parameters=tuple(where.secrets), by_operator=where.by_operator
            )
        type_, metadata = _asked(trigger, platform)
        asked.append(Asked(type=type_, metadata={**where.metadata, **metadata}, authentication=authentication))
    goals = (("cpu", spec.cpu), ("memory", spec.memory))
    asked += [
        Asked(type=what, metric_type="Utilization", metadata={"value": str(goal)}) for what, goal in goals if goal
    ]
    return Scaler(
        kind=kind,
        least=spec.min,
        most=spec.max,
        interval=seconds(spec.polling_interval or ""),
        cooldown=seconds(spec.cooldown_period or ""),
        behavior=autoscaling.behavior(spec.behavior) if spec.behavior else {},
        triggers=tuple(asked),
        authentications=tuple(found.values()),
    )


def _asked(trigger: Trigger, platform: Platform) -> tuple[str, dict[str, str]]:
    """Return KEDA's name of a trigger, and what it asks for."""
    if trigger.rabbitmq:
        asked = {"queueName": trigger.rabbitmq.queue, "mode": "QueueLength"}
        return "rabbitmq", asked | {"value": str(trigger.rabbitmq.length)}
    if kafka := trigger.kafka:
        servers = {"bootstrapServers": kafka.servers} if kafka.servers else {}
        return "kafka", servers | {"consumerGroup": kafka.group, "topic": kafka.topic, "lagThreshold": str(kafka.lag)}
    if redis := trigger.redis:
        asked = {"listName": redis.list, "listLength": str(redis.length)}
        return "redis", asked | ({"enableTLS": "true"} if redis.tls else {})
    if query := trigger.prometheus:
        server = query.server or platform.scaling.prometheus or ""
        return "prometheus", {"serverAddress": server, "query": query.query.strip(), "threshold": query.threshold}
    if times := trigger.cron:
        asked = {"timezone": times.timezone, "start": times.start, "end": times.end}
        return "cron", asked | {"desiredReplicas": str(times.replicas)}
    raise TypeError(trigger)


def _service(trigger: Trigger) -> tuple[str, RabbitMq | Kafka | RedisList] | None:
    """Return the trigger that asks a backing service, with its name."""
    for kind in _TYPES:
        if given := getattr(trigger, kind):
            return kind, given
    return None


def _source(trigger: Trigger) -> str:
    """Return what the TriggerAuthentication is called after: the need, or the Secret with its key."""
    service = _service(trigger)
    given = service[1] if service else None
    if given and given.need:
        return given.need
    secret = given.secret if isinstance(given, RabbitMq) and given.secret else ""
    return "".join(letter if letter.isalnum() else "-" for letter in secret.lower()).strip("-")


def _where(around: _Around, trigger: Trigger) -> _Where:
    """Return where KEDA finds the server that a trigger asks."""
    where = _Where()
    kind, given = _service(trigger) or ("", None)
    if isinstance(given, RabbitMq) and given.secret:
        secret, key = given.secret.split("/")
        where.secrets.append(("host", secret, key))
    elif given and given.need in around.app.needs:
        outputs = needs.outputs(around.app, around.platform, given.need)
        for parameter, output in _OUTPUTS[kind].items():
            _find(where, parameter, output, outputs.get(output, ()), around.variables)
    return where


def _find(where: _Where, parameter: str, output: str, parts: tuple[Part, ...], variables: tuple[Variable, ...]) -> None:
    """Put down where ``parameter`` is found: plain, in a Secret, or in a variable of the container."""
    if not parts:
        return
    if all(isinstance(part, str | Address) for part in parts):
        texts = [part.in_cluster if isinstance(part, Address) else str(part) for part in parts]
        where.metadata[parameter] = "".join(texts)
    elif len(parts) == 1 and isinstance(parts[0], SecretKey) and parameter not in _ONLY_VARIABLES:
        where.secrets.append((parameter, parts[0].secret, parts[0].key))
        where.by_operator = parts[0].by_operator
    elif holder := next((each.name for each in variables if each.parts == parts), ""):
        where.metadata[f"{parameter}FromEnv"] = holder
    else:
        where.missing.append(output)


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield triggers that cannot be asked, that say nothing, or that contradict the rest."""
    for name, component in app.components.items():
        spec, at = component.replicas, ("components", name, "replicas")
        if not isinstance(spec, Autoscaling):
            continue
        if not spec.triggers:
            yield from unread(spec, {"polling_interval", "cooldown_period"}, at, "an autoscaler without `triggers`")
            continue
        yield from installed.faults(platform, triggers.API_VERSION, "ScaledObject", (*at, "triggers"))
        yield from _whole(spec, at)
        around = _Around(app, platform, references.variables(app, references.sound(app, component.env), platform))
        for index, trigger in enumerate(spec.triggers):
            where = (*at, "triggers", index)
            wrong = tuple(exactly_one(trigger, _KINDS, where))
            yield from wrong or _trigger_faults(around, spec, trigger, where)
        if spec.min == 0 and component.routes:
            yield Diagnostic(
                rule=triggers.NO_POD,
                message=f"`{name}` may run no pod, and a request from outside does not start one",
                at=Label((*at, "min")),
                related=(Label((*at[:2], "routes"), "requests come from here", on="key"),),
                help="write `min: 1`",
            )


def _whole(spec: Autoscaling, at: Path) -> Iterator[Diagnostic]:
    if spec.metrics:
        yield Diagnostic(
            rule=CHOOSE_ONE,
            message="`metrics` and `triggers` are both given",
            at=Label((*at, "metrics"), on="key"),
            related=(Label((*at, "triggers"), "the other one", on="key"),),
            help="keep `triggers`: KEDA makes the autoscaler, and asks the metrics of its own triggers only",
        )
    if spec.min > 0:
        yield from unread(spec, {"cooldown_period"}, at, "a component that never goes down to 0 pods")


def _trigger_faults(around: _Around, spec: Autoscaling, trigger: Trigger, at: Path) -> Iterator[Diagnostic]:
    if trigger.cron:
        yield from _cron_faults(spec, trigger.cron, at)
    if trigger.prometheus and not (trigger.prometheus.server or around.platform.scaling.prometheus):
        yield Diagnostic(
            rule=triggers.NO_SERVER,
            message="it is not said which Prometheus to ask",
            at=Label((*at, "prometheus"), on="key"),
            help="add `scaling: {prometheus: http://prometheus.monitoring:9090}` to kgen.yaml, or `server` here",
        )
    if isinstance(trigger.rabbitmq, RabbitMq):
        yield from exactly_one(trigger.rabbitmq, ("need", "secret"), (*at, "rabbitmq"))
        if trigger.rabbitmq.secret:
            yield from references.secret_faults(around.app, trigger.rabbitmq.secret, (*at, "rabbitmq", "secret"))
    if trigger.kafka:
        yield from exactly_one(trigger.kafka, ("need", "servers"), (*at, "kafka"))
    yield from _need_faults(around, trigger, at)


def _need_faults(around: _Around, trigger: Trigger, at: Path) -> Iterator[Diagnostic]:
    kind, given = _service(trigger) or ("", None)
    if given is None or not given.need:
        return
    where = (*at, kind, "need")
    need = around.app.needs.get(given.need)
    if need is None:
        yield Diagnostic(
            rule=UNKNOWN_REFERENCE,
            message=f"there is no backing service `{given.need}`",
            at=Label(where),
            help=suggestion(given.need, list(around.app.needs), "there are")
            or f"declare it: `needs: {{{given.need}: {{type: {kind}}}}}`",
        )
    elif need.type not in _TYPES[kind]:
        yield Diagnostic(
            rule=triggers.WRONG_NEED,
            message=f"a `{kind}` trigger cannot ask `{given.need}`, which is of type `{need.type}`",
            at=Label(where),
            related=(Label(("needs", given.need, "type"), "type set here"),),
            help=f"name a backing service of type {listed(_TYPES[kind], 'or')}",
        )
    elif (provider := needs.met_by(around.app, around.platform, given.need).provider) != "external":
        yield Diagnostic(
            rule=triggers.NOT_REACHED,
            message=f"`{given.need}` is met in the namespace of the app (`{provider}`), where KEDA does not reach it",
            at=Label(where),
            related=(Label(("needs", given.need), "the backing service", on="key"),),
            help="let the platform meet it outside (`class`), or ask Prometheus: `prometheus: {query: …}`",
        )
    else:
        for output in _where(around, trigger).missing:
            wanted = f"${{needs.{given.need}.{output}}}"
            yield Diagnostic(
                rule=triggers.NO_VARIABLE,
                message=f"no variable of this component holds `{wanted}`, where KEDA looks for it",
                at=Label(where),
                help=f"add one to `env`, as `{given.need.upper().replace('-', '_')}: {wanted}`",
            )


def _cron_faults(spec: Autoscaling, times: CronTimes, at: Path) -> Iterator[Diagnostic]:
    where = (*at, "cron")
    bounds = at[:-2]
    if times.start == times.end:
        yield Diagnostic(
            rule=triggers.NO_TIME,
            message="the trigger starts and ends at the same time",
            at=Label((*where, "end")),
            related=(Label((*where, "start"), "start"),),
            help="let it end later",
        )
    if times.replicas > spec.max:
        yield _out_of_bounds(
            times, where, f"but there are never more than {spec.max}", Label((*bounds, "max"), "`max`")
        )
    elif times.replicas <= spec.min:
        label = Label((*bounds, "min"), "`min`") if "min" in spec.model_fields_set else Label(bounds, "`min` is 2")
        yield _out_of_bounds(times, where, f"but {spec.min} run always", label)


def _out_of_bounds(times: CronTimes, where: Path, why: str, other: Label) -> Diagnostic:
    return Diagnostic(
        rule=triggers.OUT_OF_BOUNDS,
        message=f"{times.replicas} pods are wanted at this time, {why}",
        at=Label((*where, "replicas")),
        related=(other,),
        help=f"name a number above `min` and up to `max`, or change `{'max' if 'max' in other.path else 'min'}`",
    )
