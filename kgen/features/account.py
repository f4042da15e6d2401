"""
Account: the identity that pods run under, and what it may do with the Kubernetes API.

Emits one ServiceAccount per app. Its token is not mounted: an app that does not call the Kubernetes API has no use for
a credential of it. A component that says what it does there (`rbac`), or that needs annotations for a cloud's identity
(`serviceAccount`), gets an account of its own, and a Role and a RoleBinding with those rights and no other.

Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field

from kgen.k8s import Manifest, Target, manifest
from kgen.labels import AnnotationKey
from kgen.record import dataclass, field
from kgen.scalars import INVALID_NAME, SUBDOMAIN, ObjectName, matching
from kgen.source import Node
from kgen.spec import AS_WRITTEN, Spec

ApiGroup: TypeAlias = Annotated[
    str,
    AfterValidator(matching(INVALID_NAME, f"({SUBDOMAIN})?", "an API group", "write it as `apps`, without a version")),
]
ApiResource: TypeAlias = Annotated[
    str,
    AfterValidator(
        matching(INVALID_NAME, r"[a-z][a-z0-9-]*(/[a-z]+)?", "a kind of objects", "write its plural, as `configmaps`")
    ),
]
Verb: TypeAlias = Literal["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]


class ApiRule(Spec):
    """Something that a component does with objects of the Kubernetes API."""

    group: ApiGroup | None = None
    """API group, as `apps`; the core group (Pods, ConfigMaps, Secrets, Services) if left out."""

    resources: tuple[ApiResource, ...]
    """Kinds as the API names them, in the plural: `configmaps`, `pods/log`."""

    verbs: tuple[Verb, ...]
    """What it does with them."""

    names: tuple[ObjectName, ...] = ()
    """Only these objects, by name; all if left out."""


class Rbac(Spec):
    """Rights on the Kubernetes API. A list is short for `{namespace: …}`."""

    namespace: tuple[ApiRule, ...] = ()
    """In the app's own namespace: a Role."""

    cluster: tuple[ApiRule, ...] = ()
    """In all namespaces, and on what is in none: a ClusterRole."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, namespace=node) if isinstance(node.value, tuple) else node


class ServiceAccount(Spec):
    """The account of a component. A text is short for `{name: …}`."""

    name: ObjectName | None = None
    """An account that somebody else makes; by default kgen makes one."""

    annotations: dict[AnnotationKey, Annotated[str, AS_WRITTEN]] = Field(default_factory=dict)
    """Annotations of the account that kgen makes, as `eks.amazonaws.com/role-arn`, for the identity of a cloud."""

    token: bool = False
    """Whether the token is mounted though the component has no rights of its own."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        return cls.only(node, name=node) if isinstance(node.value, str) else node


RULES = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account of a component with every question answered."""

    name: str
    is_made: bool
    """Whether kgen makes it."""

    annotations: Mapping[str, str] = field(default_factory=dict)
    has_token: bool = False
    """Whether pods get its token."""

    namespace_rules: tuple[ApiRule, ...] = ()
    cluster_rules: tuple[ApiRule, ...] = ()


def emit(account: Account, target: Target) -> Iterator[Manifest]:
    """Build the ServiceAccount and its rights."""
    if account.is_made:
        # pods that use the token ask for it themselves
        notes = dict(account.annotations)
        yield manifest(
            "v1", "ServiceAccount", target, name=account.name, annotations=notes, automountServiceAccountToken=False
        )
    if account.namespace_rules:
        yield from _rights("", target.name, account, account.namespace_rules, target)
    if account.cluster_rules:
        # a name in the whole cluster: another environment of the app may be in it
        yield from _rights("Cluster", f"{target.namespace}-{target.component}", account, account.cluster_rules, target)


def _rights(scope: str, name: str, account: Account, rules: tuple[ApiRule, ...], target: Target) -> Iterator[Manifest]:
    api = "rbac.authorization.k8s.io/v1"
    subject = {"kind": "ServiceAccount", "name": account.name, "namespace": target.namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": f"{scope}Role", "name": name}
    yield manifest(api, f"{scope}Role", target, name=name, rules=[_rule(rule) for rule in rules])
    yield manifest(api, f"{scope}RoleBinding", target, name=name, roleRef=role, subjects=[subject])


def _rule(rule: ApiRule) -> dict[str, Any]:
    made: dict[str, Any] = {"apiGroups": [rule.group or ""], "resources": list(rule.resources)}
    if rule.names:
        made["resourceNames"] = list(rule.names)
    return made | {"verbs": list(rule.verbs)}
