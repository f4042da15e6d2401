"""How requests from outside arrive: the choice of the platform."""

from typing import Any, Literal

from pydantic import Field, model_validator

from kgen.diag import Rule
from kgen.labels import LabelKey
from kgen.scalars import Name, ObjectName
from kgen.spec import Spec, fault

INCOMPLETE = Rule(
    code="KG3124",
    name="gateway-incomplete",
    explain="A route of the Gateway API names the Gateway that it belongs to; nothing is the default.",
)
RULES = (INCOMPLETE,)


class Parent(Spec):
    """The Gateway that routes belong to. Its listeners have to let in routes of the apps' namespaces."""

    name: ObjectName
    """Name of the Gateway."""

    namespace: Name | None = None
    """Namespace of the Gateway; that of the app if left out."""

    section: Name | None = None
    """Listener for requests, as `https` (`sectionName`); all of them if left out."""

    http_section: Name | None = None
    """Listener for plain HTTP: from it, requests are redirected to HTTPS, and routes with `tls: false` are served."""


class Routing(Spec):
    """How requests from outside arrive."""

    kind: Literal["ingress", "gateway", "node-port"] = "ingress"
    """What routes become: an Ingress, routes of the Gateway API, or only a port on every node (for a local cluster)."""

    ingress_class: ObjectName | None = Field(default=None, alias="class")
    """IngressClass; the cluster's default one if left out."""

    parent: Parent | None = None
    """The Gateway that routes belong to; needed for `kind: gateway`."""

    issuer: ObjectName | None = None
    """
    ClusterIssuer of cert-manager; with one, routes are encrypted by default. With a Gateway, kgen makes the certificate
    beside the app, and the Gateway's listener names its Secret.
    """

    annotations: dict[LabelKey, str] = Field(default_factory=dict)
    """Annotations of every Ingress, HTTPRoute and GRPCRoute, for what only one controller knows."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: Any) -> Any:
        if not isinstance(value, dict) or value.get("kind") != "gateway":
            return value
        parent = value.get("parent")
        if not parent:
            way_out = "add `parent: {name: …, namespace: …}`"
            raise fault(INCOMPLETE, "`kind: gateway` needs the Gateway that routes belong to", way_out)
        if isinstance(parent, dict) and parent.get("httpSection") and not parent.get("section"):
            way_out = "add `section`, as `https`"
            raise fault(INCOMPLETE, "`httpSection` needs the other listener, where requests are redirected to", way_out)
        return value
