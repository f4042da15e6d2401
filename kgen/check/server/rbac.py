"""Rules of the API server about roles and their bindings."""

from __future__ import annotations

from kgen.check.server.errors import forbidden, invalid, required, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.selectors import label_selector
from kgen.check.server.texts import dns_subdomain, path_segment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

GROUP = "rbac.authorization.k8s.io"
ROLES: Mapping[str, tuple[str, ...]] = {
    "RoleBinding": ("ClusterRole", "Role"),
    "ClusterRoleBinding": ("ClusterRole",),
}
"""Kind of binding → kinds that it can bind."""

SUBJECTS = ("Group", "ServiceAccount", "User")


def role(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a Role or ClusterRole."""
    for index, entry in enumerate(entries(value, "rules")):
        yield from _rule(entry or {}, ("rules", index), context)


def cluster_role(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a ClusterRole."""
    yield from role(value, context)
    aggregation = value.get("aggregationRule")
    if aggregation is None:
        return
    at = ("aggregationRule", "clusterRoleSelectors")
    selectors = entries(aggregation, "clusterRoleSelectors")
    if not selectors:
        yield required("RBAC006", at, "at least one, with `aggregationRule`")
    for index, selector in enumerate(selectors):
        yield from label_selector(selector or {}, (*at, index), context)


def _rule(rule: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if not rule.get("verbs"):
        yield required("RBAC001", (*at, "verbs"))
    if rule.get("nonResourceURLs"):
        if context.kind == "Role":
            message = "may only be set in a ClusterRole: a Role is about what is in its namespace"
            yield invalid("RBAC004", (*at, "nonResourceURLs"), message)
        if rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
            message = "may not be set beside `apiGroups`, `resources` or `resourceNames`"
            yield invalid("RBAC005", (*at, "nonResourceURLs"), message)
        return
    if not rule.get("apiGroups"):
        yield required("RBAC002", (*at, "apiGroups"), 'with `""` for the core group')
    if not rule.get("resources"):
        yield required("RBAC003", (*at, "resources"))


def binding(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a RoleBinding or ClusterRoleBinding."""
    bound = part(value, "roleRef")
    if (group := bound.get("apiGroup") or GROUP) != GROUP:
        yield unsupported("RBAC007", ("roleRef", "apiGroup"), group, (GROUP,))
    if (kind := bound.get("kind") or "") not in ROLES[context.kind]:
        yield unsupported("RBAC008", ("roleRef", "kind"), kind, ROLES[context.kind])
    if not (name := bound.get("name")):
        yield required("RBAC009", ("roleRef", "name"))
    elif wrong := path_segment(name):
        yield invalid("RBAC009", ("roleRef", "name"), wrong)
    for index, entry in enumerate(entries(value, "subjects")):
        yield from _subject(entry or {}, ("subjects", index), context)


def _subject(subject: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    kind, name, group = subject.get("kind") or "", subject.get("name"), subject.get("apiGroup") or ""
    if not name:
        yield required("RBAC011", (*at, "name"))
    if kind == "ServiceAccount":
        if name and (wrong := dns_subdomain(name)):
            yield invalid("RBAC011", (*at, "name"), wrong)
        if group:
            yield forbidden("RBAC012", (*at, "apiGroup"), f"may not be set for a ServiceAccount, but is `{group}`")
        if context.kind == "ClusterRoleBinding" and not subject.get("namespace"):
            yield required("RBAC013", (*at, "namespace"), "for a ServiceAccount")
    elif kind not in SUBJECTS:
        yield unsupported("RBAC010", (*at, "kind"), kind, SUBJECTS)
    elif group and group != GROUP:
        yield unsupported("RBAC012", (*at, "apiGroup"), group, (GROUP,))
