"""
Rules of roles that grant less than they say, or nothing.

The server checks neither names of resources nor verbs: both may belong to what is added later.

Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
"""

from __future__ import annotations

from kgen.check.cross.api_resources import CLUSTER_WIDE, GROUPS, NAMESPACED, of, plural, subresources
from kgen.check.cross.near import is_typo
from kgen.check.cross.resources import Finding
from kgen.check.reading import entries, mappings, text
from kgen.check.server.errors import invalid
from kgen.words import listed, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

GROUP = "rbac.authorization.k8s.io"
VERBS = frozenset(
    {
        *("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "*"),
        *("use", "bind", "escalate", "impersonate", "approve", "sign", "attest"),
        "request-serviceaccounts-token-audience",
    }
)
METHODS = frozenset({"get", "head", "post", "put", "patch", "delete", "options", "*"})
"""Verbs for URLs."""

_OWN_NAMESPACE = frozenset({"get", "update", "patch", "delete", "*"})
"""A request about one namespace counts as a request in it."""


_NAMELESS = frozenset({"create", "deletecollection"})
"""Verbs whose requests name no object."""


class Rule:
    """One rule of a role."""

    __slots__ = ("at", "groups", "names", "resources", "role", "urls", "verbs")

    def __init__(self, role: Resource, index: int, value: Mapping[str, Any]) -> None:
        self.role = role
        self.at: Path = ("rules", index)
        self.groups = _texts(value, "apiGroups")
        self.resources = _texts(value, "resources")
        self.verbs = _texts(value, "verbs")
        self.names = _texts(value, "resourceNames")
        self.urls = _texts(value, "nonResourceURLs")

    @property
    def is_built_in(self) -> bool:
        """All its groups are those that every cluster has: others may have any resources."""
        return bool(self.groups) and GROUPS.issuperset(self.groups)

    def fault(self, row: str, key: str, index: int, message: str, out: str) -> Finding:
        """Return the finding about an entry of one of its lists."""
        return Finding(self.role, invalid(row, (*self.at, key, index), message, out))


def _texts(value: Mapping[str, Any], key: str) -> Sequence[str]:
    return [each for each in entries(value, key) if isinstance(each, str)] if key in value else ()


def _rules(resources: Resources) -> Sequence[Rule]:
    found: list[Rule] | None = resources.memo.get("rules of roles")
    if found is None:
        found = resources.memo["rules of roles"] = [
            Rule(role, index, value)
            for kind in ("Role", "ClusterRole")
            for role in resources.of(GROUP, kind)
            for index, value in mappings(role.value, "rules")
        ]
    return found


def unknown_resources(resources: Resources) -> Iterator[Finding]:
    """Yield the resources that none of the groups of their rule has."""
    custom = _custom(resources)
    for rule in _rules(resources):
        if not rule.is_built_in:
            yield from _unknown_custom(rule, custom)
            continue
        known = of(rule.groups[0]).union(*map(of, rule.groups[1:]))
        for index, name in enumerate(rule.resources):
            base, slash, rest = name.partition("/")
            if base == "*":
                continue
            if base not in known:
                message = f"is `{name}`, which {_groups(rule.groups)} not have: it grants nothing"
                yield rule.fault("XRBAC004", "resources", index, message, _resource_meant(name, rule.groups))
            elif slash and rest.partition("/")[0] not in subresources(base) and base != "userextras":
                message = f"is `{name}`, but `{base}` have no `{rest}`: it grants nothing"
                near = nearest(rest, subresources(base))
                out = f"did you mean `{base}/{near}`?" if near else ""
                yield rule.fault("XRBAC004", "resources", index, message, out)


def groups_that_are_none(resources: Resources) -> Iterator[Finding]:
    """Yield API groups with a version, or by the name of the core group in docs: no request has such a one."""
    for rule in _rules(resources):
        if rule.is_built_in:
            continue
        for index, group in enumerate(rule.groups):
            meant, slash, _ = group.partition("/")
            if not slash and group != "core" and not _is_version(group):
                continue
            meant = meant if slash and meant != "core" else _group_of(rule)
            if meant not in rule.groups and "*" not in rule.groups:  # else it does no harm
                message = f"is `{group}`, which is no API group: they have no version here, so the rule grants nothing"
                out = f"write `{meant}`"
                if not meant:
                    message = f"is `{group}`, which is no API group, so the rule grants nothing"
                    out = 'write `""`, which stands for the core group'
                yield rule.fault("XRBAC011", "apiGroups", index, message, out)


def _group_of(rule: Rule) -> str:
    """Return the group that has all resources of a rule; the core group, if there is none."""
    bases = {name.partition("/")[0] for name in rule.resources}
    return next((group for group in sorted(GROUPS) if bases <= of(group)), "")


def _is_version(group: str) -> bool:
    """Tell whether an API group is rather a version, as ``v1`` and ``v1beta1``."""
    return group[:1] == "v" and group[1:2].isdecimal() and "." not in group


class _Custom:
    """The resources of a group that the set has definitions of; there may be more of them elsewhere."""

    __slots__ = ("cluster_wide", "plurals")

    def __init__(self) -> None:
        self.plurals: dict[str, str] = {}
        """By kind and singular, in lower case, and by themselves."""

        self.cluster_wide: set[str] = set()


def _custom(resources: Resources) -> Mapping[str, _Custom]:
    found: dict[str, _Custom] | None = resources.memo.get("custom resources")
    if found is None:
        found = resources.memo["custom resources"] = {}
        for each in resources.of("apiextensions.k8s.io", "CustomResourceDefinition"):
            spec = each.spec
            group = found.setdefault(text(spec, "group"), _Custom())
            plural_name = text(spec, "names", "plural")
            for name in (text(spec, "names", "kind").lower(), text(spec, "names", "singular"), plural_name):
                group.plurals.setdefault(name, plural_name)
            if text(spec, "scope") == "Cluster":
                group.cluster_wide.add(plural_name)
    return found


def _unknown_custom(rule: Rule, custom: Mapping[str, _Custom]) -> Iterator[Finding]:
    group = custom.get(rule.groups[0]) if len(rule.groups) == 1 else None
    if group is None:
        return
    plurals = set(group.plurals.values())
    for index, name in enumerate(rule.resources):
        base, slash, rest = name.partition("/")
        if base in plurals or base == "*":
            continue
        right = group.plurals.get(base.lower()) or next((each for each in plurals if is_typo(base, each)), "")
        if right:
            message = f"is `{name}`, which {_groups(rule.groups)} not have: it grants nothing"
            yield rule.fault("XRBAC004", "resources", index, message, f"did you mean `{right}{slash}{rest}`?")


def _groups(groups: Sequence[str]) -> str:
    names = ["the core group" if not group else f"`{group}`" for group in groups]
    return f"{', '.join(names[:-1])} and {names[-1]} do" if len(names) > 1 else f"{names[0]} does"


def _resource_meant(name: str, groups: Sequence[str]) -> str:
    base, slash, rest = name.partition("/")
    here = {each for group in groups for each in of(group)}
    if (right := plural(base)) in here or (right := base.lower()) in here:
        return f"did you mean `{right}{slash}{rest}`? Roles name resources by their plural, in lower case"
    base, dot, group = base.partition(".")
    for other in sorted(GROUPS):
        if base in of(other) and (not dot or group == other):
            return f"it is in the group `{other}`" if other else 'it is in the core group: add `""` to `apiGroups`'
    near = nearest(base, here)
    return f"did you mean `{near}{slash}{rest}`?" if near else ""


def unknown_verbs(resources: Resources) -> Iterator[Finding]:
    """Yield the verbs that no request has."""
    for rule in _rules(resources):
        known = METHODS if rule.urls and not rule.resources else VERBS
        for index, verb in enumerate(() if known.issuperset(rule.verbs) else rule.verbs):
            # a verb with a colon belongs to a group of permissions that new versions add to
            if verb in known or ":" in verb or (rule.urls and verb in METHODS):
                continue
            if rule.urls or rule.is_built_in or verb.lower() in known:
                message = f"is `{verb}`, which no request asks for: it grants nothing"
                near = nearest(verb.strip(), known - {"*"})
                out = f"did you mean `{near}`?" if near else f"verbs are {listed(sorted(known - {'*'}), 'and')}"
                yield rule.fault("XRBAC005", "verbs", index, message, out)


def resources_of_the_cluster(resources: Resources) -> Iterator[Finding]:
    """Yield the resources in Roles that are in no namespace."""
    custom = _custom(resources)
    for rule in _rules(resources):
        if rule.role.kind != "Role" or "*" in rule.groups:
            continue
        wide = [
            custom[group].cluster_wide if group in custom else CLUSTER_WIDE[group]
            for group in rule.groups
            if group in custom or group in CLUSTER_WIDE
        ]
        for index, name in enumerate(rule.resources if wide else ()):
            base = name.partition("/")[0]
            if not any(base in there for there in wide) or any(
                base in NAMESPACED.get(group, ()) for group in rule.groups
            ):
                continue
            if base == "namespaces" and not _OWN_NAMESPACE.isdisjoint(rule.verbs):
                continue
            message = f"is `{name}`, which is in no namespace: a Role grants nothing about it"
            out = "put it into a ClusterRole, bound by a ClusterRoleBinding"
            yield rule.fault("XRBAC006", "resources", index, message, out)


def named_requests_without_name(resources: Resources) -> Iterator[Finding]:
    """Yield the verbs whose requests have no name, in rules for certain names only."""
    free: Mapping[tuple[int, str], set[str]] | None = None
    for rule in _rules(resources):
        if not rule.names or _NAMELESS.isdisjoint(rule.verbs):
            continue
        free = _granted_for_all_names(resources) if free is None else free
        # what is created below an object is asked for with the object's name
        own = [name for name in rule.resources if "/" not in name]
        for index, verb in enumerate(rule.verbs):
            if not own or verb not in _NAMELESS:
                continue
            granted = free.get((id(rule.role), verb), ())
            if not all(name in granted or "*" in granted for name in own):
                message = f"is `{verb}`, which is asked for without a name: `resourceNames` makes it grant nothing"
                out = f"move it to a rule of its own, without `resourceNames`: {listed(own, 'and')}"
                yield rule.fault("XRBAC007", "verbs", index, message, out)


def _granted_for_all_names(resources: Resources) -> Mapping[tuple[int, str], set[str]]:
    found: dict[tuple[int, str], set[str]] = {}
    for rule in _rules(resources):
        for verb in rule.verbs if not rule.names else ():
            for name in ("create", "deletecollection") if verb == "*" else (verb,):
                found.setdefault((id(rule.role), name), set()).update(rule.resources)
    return found


def listed_names(resources: Resources) -> Iterator[Finding]:
    """Yield the verbs that work for certain names only if the client asks for the one name."""
    for rule in _rules(resources):
        if rule.names and not {"list", "watch"}.isdisjoint(rule.verbs):
            index = next(place for place, verb in enumerate(rule.verbs) if verb in ("list", "watch"))
            message = (
                f"is `{rule.verbs[index]}`, which `resourceNames` allows only with `metadata.name` as field selector"
            )
            out = "ask for it that way, or move it to a rule without `resourceNames`"
            yield rule.fault("XRBAC007", "verbs", index, message, out)


DEFAULT = (
    groups_that_are_none,
    unknown_resources,
    unknown_verbs,
    resources_of_the_cluster,
    named_requests_without_name,
)
STRICT = (listed_names,)
OFF = ()
