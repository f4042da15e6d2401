"""Backing services: who runs them, and what an app learns of them."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from kgen.diag import Diagnostic, Label, Rule
from kgen.model.app import App
from kgen.model.backing import Backing
from kgen.model.needs import KINDS, Need
from kgen.model.plan import Address, Part, SecretKey
from kgen.model.platform import Platform
from kgen.model.providers import DEFAULT, NeedClass, Provider
from kgen.record import replace
from kgen.resolve.names import object_name
from kgen.resolve.rules import NAME_TOO_LONG, WITHOUT_EFFECT
from kgen.resolve.servers import SERVERS, SIZES
from kgen.resolve.servers.server import Ask
from kgen.words import listed

UNKNOWN_CLASS = Rule(
    code="KG3242",
    name="unknown-class",
    explain="Classes are the platform's: kgen.yaml says which there are for a type, and how each is met.",
)
NO_SUCH_IMAGE = Rule(
    code="KG3243",
    name="version-without-image",
    explain="Some services are published under full version numbers only, so nothing could be pulled.",
)
RULES = (UNKNOWN_CLASS, NO_SUCH_IMAGE)

LOCAL = "local"
"""User, password and whatever else a container on a developer's machine asks for; no secret."""

HERE: Final = ("in-cluster", "mailpit")
"""Providers that are pods of kgen's own."""

_EXACT_DOTS = 2
_LONGEST: Final = 52
"""Of a StatefulSet: its pods carry the name with the hash of a revision in a label."""

_OF_OPERATORS: Final[Mapping[Provider, int]] = {
    "cloudnative-pg": 50,  # what its webhook lets through
    "rabbitmq-cluster-operator": 45,  # of `<name>-server`, a StatefulSet
    "strimzi": 30,  # pods are called after the cluster and the node pool: `<name>-<name>-10`
}

_HOLE = re.compile(r"\{(\w+)\}")


def secret(app: App, need: str) -> str:
    """Return the name of the Secret that somebody puts there for a need."""
    return f"{app.name}-{need}"


def met_by(app: App, platform: Platform, name: str) -> NeedClass:
    """Return how the platform meets need ``name``: external, where it says nothing."""
    need = app.needs[name]
    classes: Mapping[str, NeedClass] = getattr(platform.needs, need.type)
    return classes.get(need.need_class or DEFAULT, NeedClass(provider="external"))


def outputs(app: App, platform: Platform, name: str) -> Mapping[str, tuple[Part, ...]]:
    """Return the outputs of need ``name``, each as what a variable is put together from."""
    kind = KINDS[app.needs[name].type]
    provider = met_by(app, platform, name).provider
    if provider == "external":
        return {output: (_key(app, name, output),) for output in kind.outputs}
    values = {**_values(app, name), **_of_operator(app, name, provider)}
    made = {output: _filled(template, values) for output, template in kind.outputs.items()}
    if provider == "strimzi":
        made |= {"username": (values["username"],), "password": (values["password"],)}
    if provider == "cloudnative-pg":
        made["url"] = (_made_key(app, name, "url", f"{object_name(app.name, name)}-app", "uri"),)
    return made


def pods(app: App, platform: Platform, name: str) -> Mapping[str, str]:
    """Return the labels of the pods that meet need ``name``; none if they are not known to be in the namespace."""
    provider = met_by(app, platform, name).provider
    made = object_name(app.name, name)
    match provider:
        case "in-cluster" | "mailpit":
            return {"app.kubernetes.io/component": name, "app.kubernetes.io/name": app.name}
        case "cloudnative-pg":
            return {"cnpg.io/cluster": made}
        case "rabbitmq-cluster-operator":
            return {"app.kubernetes.io/name": made}
        case "strimzi":
            return {"strimzi.io/cluster": made, "strimzi.io/kind": "Kafka"}
        case _:
            return {}


def faults(app: App, platform: Platform) -> Iterator[Diagnostic]:
    """Yield needs that the platform cannot meet, and fields of needs that mean nothing."""
    for name, need in app.needs.items():
        yield from _form_faults(name, need)
        provider = met_by(app, platform, name).provider
        longest = _OF_OPERATORS.get(provider, _LONGEST)
        if provider != "external" and len(made := object_name(app.name, name)) > longest:
            yield Diagnostic(
                rule=NAME_TOO_LONG,
                message=f"objects of `{name}` would be called `{made}`: {len(made)} characters, {longest} are allowed",
                at=Label(("needs", name), on="key"),
                help="choose a shorter name for the app or the need",
            )
        classes: Mapping[str, NeedClass] = getattr(platform.needs, need.type)
        if need.need_class and need.need_class not in {*classes, DEFAULT}:
            there = f"classes of it: {listed(sorted(classes))}" if classes else "it names none"
            yield Diagnostic(
                rule=UNKNOWN_CLASS,
                message=f"kgen.yaml has no class `{need.need_class}` for `{need.type}`",
                at=Label(("needs", name, "class")),
                help=f"{there}; add `needs: {{{need.type}: {{{need.need_class}: external}}}}`, or take `class` out",
            )


def _form_faults(name: str, need: Need) -> Iterator[Diagnostic]:
    kind = KINDS[need.type]
    if need.database and not kind.has_database:
        yield Diagnostic(
            rule=WITHOUT_EFFECT,
            message=f"`database` means nothing for `{need.type}`",
            at=Label(("needs", name, "database"), on="key"),
            help="take it out",
        )
    if need.version and kind.exact and need.version.count(".") != _EXACT_DOTS:
        yield Diagnostic(
            rule=NO_SUCH_IMAGE,
            message=f"there is no image of `{need.type}` for version `{need.version}`",
            at=Label(("needs", name, "version")),
            help=f"write all three numbers, as `{kind.version}`",
        )


def backing(app: App, name: str) -> Backing:
    """Return the container of compose.yaml that stands in for need ``name``."""
    need = app.needs[name]
    kind = KINDS[need.type]
    server = SERVERS[need.type](ask(app, name, SIZES[need.type].memory))
    given = {
        "host": name,
        "port": str(kind.port),
        "username": LOCAL,
        "password": LOCAL,
        "database": database(app, name),
    }
    return Backing(
        name=name,
        image=server.image,
        command=server.command,
        args=server.args,
        variables={key: "".join(map(_locally, parts)) for key, parts in server.variables.items()},
        check=server.check,
        data=server.data,
        keeps_hostname=server.hostname,
        published=server.published,
        outputs={output: template.format(**given) for output, template in {**kind.outputs, **kind.local}.items()},
    )


def ask(app: App, name: str, memory: str) -> Ask:
    """Return what the server of need ``name`` is made for, with an amount of memory."""
    need, values = app.needs[name], _values(app, name)
    return Ask(
        host=values["host"],
        version=need.version or KINDS[need.type].version,
        database=database(app, name),
        username=values["username"],
        password=values["password"],
        memory=memory,
    )


def database(app: App, name: str) -> str:
    """Return the name of the app's own part of the service, where kgen chooses it."""
    return app.needs[name].database or app.name


def _values(app: App, name: str) -> dict[str, Part]:
    """Return what outputs are written with where kgen knows the server; user and password are in a Secret."""
    return {
        "host": _address(app, name, "host"),
        "port": _address(app, name, "port"),
        "username": _key(app, name, "username"),
        "password": _key(app, name, "password"),
        "database": database(app, name),
    }


def _of_operator(app: App, name: str, provider: Provider) -> Mapping[str, Part]:
    """Return what differs where an operator runs the service: Services of other names, Secrets of its own."""
    made = object_name(app.name, name)
    services = {"cloudnative-pg": f"{made}-rw", "rabbitmq-cluster-operator": made, "strimzi": f"{made}-kafka-bootstrap"}
    secrets = {"cloudnative-pg": f"{made}-app", "rabbitmq-cluster-operator": f"{made}-default-user", "strimzi": made}
    if provider not in services:
        return {}
    host = replace(_address(app, name, "host"), host=services[provider])
    username: Part = _made_key(app, name, "username", secrets[provider], "username")
    if provider == "strimzi":
        username = made  # the KafkaUser
    return {
        "host": host,
        "username": username,
        "password": _made_key(app, name, "password", secrets[provider], "password"),
    }


def _made_key(app: App, name: str, output: str, holder: str, key: str) -> SecretKey:
    """Return a key of a Secret that an operator makes."""
    return replace(_key(app, name, output), secret=holder, key=key, by_operator=True)


def _address(app: App, name: str, output: str) -> Address:
    port = KINDS[app.needs[name].type].port
    return Address(
        component=name,
        host=object_name(app.name, name),
        port=port,
        container_port=port,
        output="host" if output == "host" else "port",
    )


def _key(app: App, name: str, output: str) -> SecretKey:
    return SecretKey(secret=secret(app, name), key=output, need=name, output=output)


def _filled(template: str, values: Mapping[str, Part]) -> tuple[Part, ...]:
    """
    Return the parts of ``template``.

    >>> _filled("a/{b}", {"b": "c"}), _filled("", {})
    (('a/', 'c'), ())
    """
    pieces = [values[piece] if index % 2 else piece for index, piece in enumerate(_HOLE.split(template))]
    return tuple(piece for piece in pieces if piece)


def _locally(part: Part) -> str:
    match part:
        case str():
            return part
        case Address():
            return part.in_compose
        case _:
            return LOCAL
