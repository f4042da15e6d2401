"""
Roles, who they are bound to, and the accounts that run pods.

Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from __future__ import annotations

from kgen.check.cross.near import dangling
from kgen.check.cross.providers import exists
from kgen.check.cross.resources import Finding
from kgen.check.cross.role_rules import GROUP
from kgen.check.labels import selects, shown
from kgen.check.reading import entries, mappings, part, text, texts
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

BOOTSTRAP = frozenset({"admin", "cluster-admin", "edit", "view"})
"""ClusterRoles that every cluster has, beside those of the system."""

_BOOTSTRAP_ROLES = frozenset({("kube-system", "extension-apiserver-authentication-reader")})
_SYSTEM = ("system:", "kubeadm:")
_SYSTEM_NAMESPACE = "kube-system"
"""Every controller of the control plane has an account there, which is in nobody's documents."""

_AGGREGATE = f"{GROUP}/aggregate-to-"
_DEEPEST = 6
"""How far down custom resources are searched for accounts."""


def bindings(resources: Resources) -> Iterator[Resource]:
    """Yield the bindings of both kinds."""
    yield from resources.of(GROUP, "RoleBinding")
    yield from resources.of(GROUP, "ClusterRoleBinding")


def _bound(binding: Resource) -> tuple[str, str, str, str]:
    """Return group, kind, namespace and name of the role that a binding is about."""
    role = part(binding.value, "roleRef")
    kind = text(role, "kind")
    return GROUP, kind, binding.namespace if kind == "Role" else "", text(role, "name")


def _is_built_in(kind: str, namespace: str, name: str) -> bool:
    return name.startswith(_SYSTEM) or (
        name in BOOTSTRAP if kind == "ClusterRole" else (namespace, name) in _BOOTSTRAP_ROLES
    )


def _missing_roles(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    for binding in bindings(resources):
        target = _, kind, namespace, name = _bound(binding)
        if kind not in ("Role", "ClusterRole") or _is_built_in(kind, namespace, name):
            continue
        path: Path = ("roleRef", "name")
        wide = resources.get(GROUP, "ClusterRole", "", name) if kind == "Role" else None
        if wide is None or resources.has(*target):
            yield from dangling("XRBAC001", resources, binding, path, target, evident=evident)
        elif evident:
            message = f"names the Role `{name}`, but it is a ClusterRole that is called so"
            fault = invalid("XRBAC001", path, message, "set `kind: ClusterRole` in `roleRef`")
            yield Finding(binding, fault, [(wide, ("metadata", "name"), "this one is there")])


def missing_roles(resources: Resources) -> Iterator[Finding]:
    """Yield the roles that are bound and not there."""
    yield from _missing_roles(resources, evident=True)


def possibly_missing_roles(resources: Resources) -> Iterator[Finding]:
    """Yield the roles that are not there, if nothing tells that they should be."""
    yield from _missing_roles(resources, evident=False)


def _accounts(binding: Resource) -> Iterator[tuple[Path, str, str]]:
    """Yield the ServiceAccounts that a binding is for: place, namespace and name."""
    for index, subject in mappings(binding.value, "subjects"):
        namespace = text(subject, "namespace") or binding.namespace
        if text(subject, "kind") == "ServiceAccount" and namespace:
            yield ("subjects", index), namespace, text(subject, "name")


def _missing_accounts(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    for binding in bindings(resources):
        for at, namespace, name in _accounts(binding):
            target = ("", "ServiceAccount", namespace, name)
            if exists(resources, *target) or _is_unplaced(resources, name) or namespace == _SYSTEM_NAMESPACE:
                continue
            user = _user_elsewhere(resources, namespace, name)
            if user is None:
                yield from dangling("XRBAC002", resources, binding, (*at, "name"), target, evident=evident)
            elif evident and user.template is not None:
                message = f"is `{namespace}`, but the account `{name}` runs {user} in `{user.namespace}`"
                fault = invalid("XRBAC003", (*at, "namespace"), message, f"set `namespace: {user.namespace}`")
                yield Finding(binding, fault, [(user, (*user.template.at_spec, "serviceAccountName"), "used here")])


def _is_unplaced(resources: Resources, name: str) -> bool:
    """Tell whether there is an account of this name that names no namespace: it gets one later."""
    memo: set[str] | None = resources.memo.get("accounts without namespace")
    if memo is None:
        memo = resources.memo["accounts without namespace"] = {
            each.name for each in resources.of("", "ServiceAccount") if not text(each.value, "metadata", "namespace")
        }
    return name in memo


def _user_elsewhere(resources: Resources, namespace: str, name: str) -> Resource | None:
    """Return a workload of another namespace that runs as an account of this name, which is there."""
    users: dict[str, dict[str, Resource]] | None = resources.memo.get("workloads by account")
    if users is None:
        users = resources.memo["workloads by account"] = {}
        for each in resources.all_workloads():
            if each.template is not None and (account := text(each.template.spec, "serviceAccountName")):
                users.setdefault(account, {}).setdefault(each.namespace, each)
    found = users.get(name, {})
    if namespace in found:
        return None  # the account is made elsewhere
    has_account = (each for where, each in found.items() if resources.has("", "ServiceAccount", where, name))
    return next(has_account, None)


def missing_accounts(resources: Resources) -> Iterator[Finding]:
    """Yield the accounts that roles are bound to and that are not there."""
    yield from _missing_accounts(resources, evident=True)


def possibly_missing_accounts(resources: Resources) -> Iterator[Finding]:
    """Yield the accounts that are not there, if nothing tells that they should be."""
    yield from _missing_accounts(resources, evident=False)


def unused_roles(resources: Resources) -> Iterator[Finding]:
    """Yield the roles that are bound to nobody."""
    used = {_bound(binding)[1:] for binding in bindings(resources)}
    selectors = _all_selectors(resources)
    for kind in ("Role", "ClusterRole"):
        for role in resources.of(GROUP, kind):
            labels = texts(part(role.value, "metadata", "labels"))
            if (kind, role.namespace, role.name) in used or _is_built_in(kind, role.namespace, role.name):
                continue
            if any(key.startswith(_AGGREGATE) for key in labels) or any(selects(each, labels) for each in selectors):
                continue
            message = f"is `{role.name}`, which no binding of the documents names"
            out = "bind it, or remove it if nobody does so elsewhere"
            yield Finding(role, invalid("XRBAC008", ("metadata", "name"), message, out))


def unused_accounts(resources: Resources) -> Iterator[Finding]:
    """Yield the accounts that neither run pods nor have rights."""
    accounts = resources.of("", "ServiceAccount")
    if not accounts:
        return
    used = {(namespace, name) for binding in bindings(resources) for _, namespace, name in _accounts(binding)}
    for each in resources.all_workloads():
        if each.template is not None:
            spec = each.template.spec
            used.add((each.namespace, text(spec, "serviceAccountName") or text(spec, "serviceAccount") or "default"))
    named = {name for each in resources.all if "." in each.group for name in _named_accounts(each.value, _DEEPEST)}
    for account in accounts:
        if account.name != "default" and (account.namespace, account.name) not in used and account.name not in named:
            message = f"is `{account.name}`, which neither a pod nor a binding of the documents names"
            out = "set it as `serviceAccountName`, or remove it if nobody does so elsewhere"
            yield Finding(account, invalid("XRBAC009", ("metadata", "name"), message, out))


def _named_accounts(value: Any, depth: int) -> Iterator[str]:
    """Yield the accounts that a custom resource names, wherever it does."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("serviceAccountName", "serviceAccount") and isinstance(each, str):
                yield each
            elif key in ("serviceAccountRef", "serviceAccount"):
                yield text(each, "name")
            elif depth:
                yield from _named_accounts(each, depth - 1)
    elif isinstance(value, list) and depth:
        for each in value:
            yield from _named_accounts(each, depth - 1)


def _all_selectors(resources: Resources) -> list[Mapping[str, Any]]:
    """Return by which labels roles are made of others; each of them once."""
    found = {shown(selector): selector for role in resources.of(GROUP, "ClusterRole") for selector in _selectors(role)}
    return list(found.values())


def _selectors(role: Resource) -> list[Mapping[str, Any]]:
    return [each for _, each in mappings(role.value, "aggregationRule", "clusterRoleSelectors")]


def overwritten_rules(resources: Resources) -> Iterator[Finding]:
    """Yield the rules that the controller replaces by those of other roles."""
    for role in resources.of(GROUP, "ClusterRole"):
        if entries(role.value, "rules") and _selectors(role):
            message = "are replaced by those of the roles that `aggregationRule` selects"
            out = "put them into a ClusterRole of their own with the labels that it selects"
            fault = invalid("XRBAC010", ("rules",), message, out)
            yield Finding(role, fault, [(role, ("aggregationRule",), "selects roles")])


def empty_aggregations(resources: Resources) -> Iterator[Finding]:
    """Yield the roles that are made of others of which the set has none."""
    roles = [texts(part(each.value, "metadata", "labels")) for each in resources.of(GROUP, "ClusterRole")]
    for role in resources.of(GROUP, "ClusterRole"):
        for index, selector in enumerate(_selectors(role)):
            if any(key.startswith(_AGGREGATE) for key in part(selector, "matchLabels")):
                continue
            if not any(selects(selector, labels) for labels in roles):
                message = "selects no ClusterRole of the documents: the role has no rules until there is one"
                out = "give these labels to the roles that it is made of"
                path = ("aggregationRule", "clusterRoleSelectors", index)
                yield Finding(role, invalid("XRBAC010", path, message, out))


DEFAULT = (missing_roles, missing_accounts, overwritten_rules)
STRICT = (possibly_missing_roles, possibly_missing_accounts, unused_roles, unused_accounts, empty_aggregations)
OFF = ()
