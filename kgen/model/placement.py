"""Where pods run, which names they know, what happens around their life."""

import ipaddress
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from kgen.labels import LabelKey, LabelValue
from kgen.scalars import INVALID_HOST, Command, Duration, Name, OneHost, PortName, PositiveCount, UrlPath
from kgen.source import Node
from kgen.spec import Spec, fault


def _address(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        way_out = "write it as `10.0.0.7` or `2001:db8::1`"
        raise fault(INVALID_HOST, f"`{text}` is not an IP address", way_out) from None
    return text


IpAddress: TypeAlias = Annotated[str, AfterValidator(_address)]


class Toleration(Spec):
    """A taint of nodes that the pods accept."""

    key: LabelKey | None = None
    """Key of the taint; every taint if left out."""

    operator: Literal["Exists", "Equal"] | None = None
    """`Equal` by default where a value is given, otherwise `Exists`."""

    value: LabelValue | None = None
    """Value of the taint."""

    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint; all of them if left out."""

    seconds: Duration | None = None
    """How long a pod may stay when a node gets the taint (`tolerationSeconds`), for `NoExecute`."""


class NodeRule(Spec):
    """What the labels of a node must be like."""

    key: LabelKey
    """Key of the label."""

    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"] | None = None
    """`In` by default where values are given, otherwise `Exists`."""

    values: tuple[LabelValue, ...] = ()
    """Values of the label."""


class Affinity(Spec):
    """Which components the pods should share a node with, and which nodes are fit for them."""

    beside: tuple[Name, ...] = Field(default=(), alias="with")
    """Components of the app whose nodes are the best (`podAffinity`)."""

    apart_from: tuple[Name, ...] = ()
    """Components of the app whose nodes are the worst (`podAntiAffinity`)."""

    when: Literal["preferred", "required"] = "preferred"
    """Whether the pods rather wait than run on other nodes than these two say."""

    nodes: tuple[NodeRule, ...] = ()
    """What nodes must be like, all of it (`nodeAffinity`); for a label with one value `nodeSelector` is enough."""


class DnsOptions(Spec):
    """How the pods resolve names."""

    policy: Literal["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"] | None = None
    """Where the settings come from: the cluster, the node (`Default`), or only from here (`None`)."""

    nameservers: tuple[IpAddress, ...] = ()
    """Addresses of name servers."""

    searches: tuple[OneHost, ...] = ()
    """Domains that short names are looked up in."""

    options: dict[Name, LabelValue | None] = {}
    """Options of the resolver, as `ndots: 2`; one without a value is written with `null`."""


class Handler(Spec):
    """What happens at a moment of a container's life. Exactly one of `exec`, `http`, `sleep` is given."""

    exec: Command | None = None
    """Command that runs in the container."""

    http: UrlPath | None = None
    """Path of an HTTP GET."""

    port: PortName | None = None
    """Name of the port for `http`; the component's first one by default."""

    sleep: Duration | None = None
    """Time to wait; Kubernetes 1.30 and later."""


class Lifecycle(Spec):
    """Hooks of the component's container."""

    post_start: Handler | None = None
    """Right after the container starts, beside its program."""

    pre_stop: Handler | None = None
    """Before SIGTERM, within `stopGracePeriod`; instead of the five seconds that kgen has a served pod wait."""


class Spread(Spec):
    """How pods are spread over nodes and zones. `preferred`, `required` and `none` are short for `{when: …}`."""

    when: Literal["preferred", "required", "none"] = "preferred"
    """`required`: a pod rather waits than makes it uneven; `none`: the scheduler does as it likes."""

    topologies: tuple[LabelKey, ...] = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    """Labels of nodes: pods are spread over their values."""

    max_skew: PositiveCount = 1
    """By how many pods two of them may differ (`maxSkew`)."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, when=node) if isinstance(node.value, str) else node
