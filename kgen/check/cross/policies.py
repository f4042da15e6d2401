"""
NetworkPolicies: which pods they are about, and whom they let in and out.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from kgen.check.cross.providers import MAKES_NOTHING, is_called_after_custom
from kgen.check.labels import is_empty, selects, shown
from kgen.check.reading import entries, mappings, part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

GROUP = "networking.k8s.io"
KIND = "NetworkPolicy"
NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""Label that every namespace has, with its own name."""

PEERS = {"ingress": "from", "egress": "to"}
_TYPES = {"ingress": "Ingress", "egress": "Egress"}
POD_SELECTOR: Path = ("spec", "podSelector")
_SOME = 200
"""As many pods are enough to find out what somebody meant."""


def all_policies(resources: Resources) -> Sequence[Resource]:
    """Return the NetworkPolicies of the set."""
    return resources.of(GROUP, KIND)


def selector(policy: Resource) -> Mapping[str, Any]:
    """Return which pods of its namespace a policy is about. None means all of them."""
    return part(policy.value, "spec", "podSelector")


def is_about_all(policy: Resource) -> bool:
    """Tell whether a policy is about all pods of its namespace."""
    return is_empty(selector(policy))


def restricts(policy: Resource, direction: str) -> bool:
    """Tell whether a policy is about connections in a direction, `ingress` or `egress`."""
    spec = policy.spec
    types = entries(spec, "policyTypes")
    if not types:
        return direction == "ingress" or bool(entries(spec, "egress"))
    return _TYPES[direction] in types


def rules(policy: Resource, direction: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield what a policy allows in a direction, each rule with its place."""
    if direction in policy.spec and restricts(policy, direction):
        for index, rule in enumerate(entries(policy.spec, direction)):
            yield ("spec", direction, index), rule if isinstance(rule, dict) else {}


def peers(rule: Mapping[str, Any], direction: str) -> Sequence[tuple[int, Mapping[str, Any]]]:
    """Return the other sides that a rule is about. None means all of them."""
    return mappings(rule, PEERS[direction])


def pods(resources: Resources, policy: Resource) -> Sequence[Resource]:
    """Return the workloads that a policy is about."""
    return resources.matching(policy.namespace, selector(policy))


def known_namespaces(resources: Resources) -> Mapping[str, Mapping[str, str]]:
    """Return the labels of the namespaces that the set has, or that it puts pods into."""
    found: dict[str, dict[str, str]] | None = resources.memo.get("namespace labels")
    if found is None:
        found = resources.memo["namespace labels"] = {}
        for each in resources.of("", "Namespace"):
            found[each.name] = texts(part(each.value, "metadata", "labels")) | {NAMESPACE_NAME: each.name}
        for each in resources.all_workloads():
            if each.namespace not in found:
                found[each.namespace] = {NAMESPACE_NAME: each.namespace}
    return found


def namespaces(resources: Resources, wanted: Any) -> Sequence[str]:
    """Return the known namespaces that a selector matches."""
    memo = f"namespaces {shown(wanted) if isinstance(wanted, dict) else wanted}"
    found: list[str] | None = resources.memo.get(memo)
    if found is None:
        known = known_namespaces(resources)
        name = text(wanted, "matchLabels", NAMESPACE_NAME)
        candidates = {name: known[name]} if name in known else {} if name else known
        found = resources.memo[memo] = [each for each, labels in candidates.items() if selects(wanted, labels)]
    return found


def peer_pods(resources: Resources, policy: Resource, peer: Mapping[str, Any]) -> Sequence[Resource] | None:
    """Return the workloads that a peer stands for; ``None`` if the set has not all the namespaces that it is about."""
    if "podSelector" not in peer or peer.get("ipBlock") is not None:
        return None
    if peer.get("namespaceSelector") is None:
        return (
            resources.matching(policy.namespace, peer["podSelector"]) if resources.workloads(policy.namespace) else None
        )
    names = namespaces(resources, peer["namespaceSelector"])
    if not any(resources.workloads(name) for name in names):
        return None
    return [each for name in names for each in resources.matching(name, peer["podSelector"])]


def may_be_others(resources: Resources, namespace: str, wanted: Any) -> bool:
    """
    Tell whether objects that are not in the set may be meant: those of the control plane, or those that an operator
    makes of a custom resource, which has the labels itself, or whose name or kind is among their values.
    """
    if namespace.startswith("kube-"):
        return True
    labels = texts(part(wanted, "matchLabels"))
    names: set[str] | None = resources.memo.get("names of custom objects")
    if names is None:
        names = resources.memo["names of custom objects"] = set()
        for group, kind in resources.kinds:
            if "." in group and not group.endswith(".k8s.io") and kind not in MAKES_NOTHING:
                names.add(kind.lower())
                for each in resources.of(group, kind):
                    names.update((each.name, *map("=".join, texts(part(each.value, "metadata", "labels")).items())))
    return any(
        value in names or f"{key}={value}" in names or is_called_after_custom(resources, namespace, value)
        for key, value in labels.items()
    )


def label_meant(resources: Resources, namespace: str, wanted: Any) -> str:
    """Return the label that was probably meant in a selector that matches no pod of a namespace."""
    from kgen.words import nearest  # noqa: PLC0415  # only after a fault

    for key, value in texts(part(wanted, "matchLabels")).items():
        there = [each.template.labels for each in resources.workloads(namespace)[:_SOME] if each.template is not None]
        values = {labels[key] for labels in there if key in labels}
        if value in values:
            continue
        if not values and (keys := {each for labels in there for each in labels if labels[each] == value}):
            return f"did you mean `{min(keys)}={value}`?"
        if near := nearest(value, values):
            return f"did you mean `{key}={near}`?"
    return ""


def covers_port(rule: Mapping[str, Any], number: int, protocol: str, names: Sequence[str] = ()) -> bool:
    """Tell whether a rule is about a port, which may have names."""
    listed = mappings(rule, "ports")
    if not listed:
        return True
    for _, each in listed:
        if (text(each, "protocol") or "TCP") != protocol:
            continue
        first, last = each.get("port"), each.get("endPort")
        if first is None or first == number or (isinstance(first, str) and first in names):
            return True
        if isinstance(first, int) and isinstance(last, int) and first <= number <= last:
            return True
    return False


def applying(resources: Resources, direction: str) -> Mapping[int, Sequence[Resource]]:
    """Return the policies about each workload in a direction, by its ``id``; those about all pods are left out."""
    memo = f"policies {direction}"
    found: dict[int, list[Resource]] | None = resources.memo.get(memo)
    if found is None:
        found = resources.memo[memo] = {}
        for policy in all_policies(resources):
            if restricts(policy, direction) and not is_about_all(policy):
                for each in pods(resources, policy):
                    found.setdefault(id(each), []).append(policy)
    return found


def about_all(resources: Resources, namespace: str, direction: str) -> Sequence[Resource]:
    """Return the policies about all pods of a namespace in a direction."""
    memo = f"policies for all {direction}"
    found: dict[str, list[Resource]] | None = resources.memo.get(memo)
    if found is None:
        found = resources.memo[memo] = {}
        for policy in all_policies(resources):
            if restricts(policy, direction) and is_about_all(policy):
                found.setdefault(policy.namespace, []).append(policy)
    return found.get(namespace, ())
