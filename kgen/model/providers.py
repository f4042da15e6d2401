"""How the platform meets what apps need: the part of kgen.yaml on backing services."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field

from kgen.diag import Rule
from kgen.model.container import Image, Resources
from kgen.model.needs import NeedType
from kgen.scalars import Memory, Name, ObjectName, PositiveCount
from kgen.source import Node
from kgen.spec import Expand, NotYet, Spec, fault
from kgen.words import listed

DEFAULT: Final = "default"
"""Class of a need that names none."""

CANNOT_PROVIDE: Final = Rule(
    code="KG3240",
    name="provider-cannot-meet-need",
    explain="Not every type of backing service can be run in every way.",
)
NOT_FOR_PROVIDER: Final = Rule(
    code="KG3241",
    name="field-not-for-provider",
    explain="What is said of a service that somebody else runs changes nothing.",
)
RULES = (CANNOT_PROVIDE, NOT_FOR_PROVIDER)

Provider: TypeAlias = Literal[
    "external",
    "in-cluster",
    "mailpit",
    "cloudnative-pg",
    "rabbitmq-cluster-operator",
    "strimzi",
    "mysql-operator",
    "mongodb-operator",
    "opensearch-operator",
]
_LATER = ("mysql-operator", "mongodb-operator", "opensearch-operator")

PROVIDERS: Final[Mapping[NeedType, tuple[Provider, ...]]] = {
    "postgres": ("external", "in-cluster", "cloudnative-pg"),
    "redis": ("external", "in-cluster"),
    "mysql": ("external", "in-cluster"),
    "valkey": ("external", "in-cluster"),
    "rabbitmq": ("external", "in-cluster", "rabbitmq-cluster-operator"),
    "kafka": ("external", "in-cluster", "strimzi"),
    "s3": ("external", "in-cluster"),
    "mongodb": ("external", "in-cluster"),
    "opensearch": ("external", "in-cluster"),
    "smtp": ("external", "mailpit"),
}
OPERATORS: Final[Mapping[Provider, str]] = {
    "cloudnative-pg": "postgresql.cnpg.io/v1",
    "rabbitmq-cluster-operator": "rabbitmq.com/v1beta1",
    "strimzi": "kafka.strimzi.io/v1beta2",
}
"""Operator → its custom resources. That kgen.yaml chooses it says that they are installed."""


class NeedClass(Spec):
    """One way to meet a type of backing service. A provider's name alone is short for `{provider: …}`."""

    provider: Annotated[Provider, NotYet(_LATER)]
    """
    `external`: somebody else runs it and puts its outputs into a Secret. `in-cluster`: a StatefulSet of one pod.
    `mailpit` (smtp): a mailbox that delivers nothing. Others: that operator, which has to be installed.
    """

    size: Memory | None = None
    """Size of each volume, as `20Gi`."""

    storage_class: ObjectName | None = Field(default=None, alias="class")
    """Storage class of the volumes; the platform's by default, then the cluster's."""

    resources: Resources = Resources()
    """CPU and memory of each pod."""

    image: Image = Image()
    """Another image, as a mirror's; without a tag or digest, the version is that of the need."""

    instances: PositiveCount | None = None
    """Pods, where an operator runs them; 3 by default."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return node if node.is_mapping else cls.only(node, provider=node)


def _meets(kind: NeedType, given: NeedClass) -> NeedClass:
    """Refuse what cannot be: a provider that does not run this type, and fields that it does not look at."""
    possible = PROVIDERS[kind]
    if given.provider in _LATER:
        return given  # refused as such
    if given.provider not in possible:
        reason = "kgen runs no mail server, since nobody would take mail from it; " if kind == "smtp" else ""
        raise fault(
            CANNOT_PROVIDE, f"`{given.provider}` cannot meet `{kind}`", f"{reason}possible: {listed(sorted(possible))}"
        )
    unread = {"external": {"size", "class", "resources", "image", "instances"}, "in-cluster": {"instances"}}
    unread["mailpit"] = {"size", "class", "instances"}
    said = {type(given).model_fields[name].alias or name for name in given.model_fields_set}
    if without := sorted(said & unread.get(given.provider, set())):
        raise fault(
            NOT_FOR_PROVIDER,
            f"`{without[0]}` means nothing for `provider: {given.provider}`",
            "take it out, or choose another provider",
        )
    named = given.image.repository, given.image.tag or given.image.digest
    if given.provider == "strimzi" and any(named) and not all(named):
        raise fault(
            NOT_FOR_PROVIDER,
            "an image for Strimzi needs a repository, and a tag or digest",
            "write it whole, or take it out: the operator knows the image of each version",
        )
    return given


def _single(node: Node) -> Node:
    """Return the classes of a type; a provider, or one with its fields, is short for the default class alone."""
    if isinstance(node.value, dict) and "provider" not in node.value:
        return node
    return Node({DEFAULT: node}, node.at, node.text, node.file)


_SINGLE = Expand(_single)


class Needs(Spec):
    """
    How each type of backing service is met: class → provider, as `{default: in-cluster, managed: external}`.

    An app says `class: managed`; the class of one that says nothing is `default`. A provider alone is short for
    `{default: …}`. What is not mentioned is external.
    """

    postgres: Annotated[dict[Name, Annotated[NeedClass, AfterValidator(partial(_meets, "postgres"))]], _SINGLE] = {}
    """PostgreSQL."""

    mysql: Annotated[dict[Name, Annotated[NeedClass, AfterValidator(partial(_meets, "mysql"))]], _SINGLE] = {}
    """MySQL."""

    redis: Annotated[dict[Name, Annotated[NeedClass, AfterValidator(partial(_meets, "redis"))]], _SINGLE] = {}
    """Redis."""

    valkey: Annotated[dict[Name, Annotated[NeedClass, AfterValidator(partial(_meets, "valkey"))]], _SINGLE] = {}
    """Valkey."""

    rabbitmq: Annotated[dict[Name, Annotated[NeedClass, AfterValidator(partial(_meets, "rabbitmq"))]], _SINGLE] = {}
    """RabbitMQ."""

    kafka: Annotated[dict[Name, Annotated[NeedClass, AfterValidator(partial(_meets, "kafka"))]], _SINGLE] = {}
    """Apache Kafka."""

    s3: Annotated[dict[Name, Annotated[NeedClass, AfterValidator(partial(_meets, "s3"))]], _SINGLE] = {}
    """Object storage with the interface of Amazon S3."""

    mongodb: Annotated[dict[Name, Annotated[NeedClass, AfterValidator(partial(_meets, "mongodb"))]], _SINGLE] = {}
    """MongoDB."""

    opensearch: Annotated[dict[Name, Annotated[NeedClass, AfterValidator(partial(_meets, "opensearch"))]], _SINGLE] = {}
    """OpenSearch."""

    smtp: Annotated[dict[Name, Annotated[NeedClass, AfterValidator(partial(_meets, "smtp"))]], _SINGLE] = {}
    """A mail server that sends."""
