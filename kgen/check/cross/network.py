"""
Which pods and namespaces NetworkPolicies are about.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
"""

from __future__ import annotations

from itertools import pairwise

from kgen.check.cross.near import is_typo
from kgen.check.cross.policies import (
    KIND,
    NAMESPACE_NAME,
    PEERS,
    POD_SELECTOR,
    all_policies,
    known_namespaces,
    label_meant,
    may_be_others,
    namespaces,
    peer_pods,
    peers,
    pods,
    rules,
    selector,
)
from kgen.check.cross.providers import are_given_by_program
from kgen.check.cross.resources import Finding
from kgen.check.labels import is_empty, shown
from kgen.check.reading import mappings, part, text, texts
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

    PeersOfRule: TypeAlias = tuple[Resource, str, Path, Sequence[tuple[int, Mapping[str, Any]]]]
    """A policy, the direction and the place of the peers of one of its rules, and these."""


def _policies_without_pods(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    for policy in all_policies(resources):
        wanted = selector(policy)
        if is_empty(wanted) or pods(resources, policy):
            continue
        if _is_evident(resources, policy.namespace, wanted) is evident and not may_be_others(
            resources, policy.namespace, wanted
        ):
            message = f"is `{shown(wanted)}`, which no pod in namespace `{policy.namespace}` has: it protects nothing"
            out = label_meant(resources, policy.namespace, wanted) or "set the labels of the pods that it is about"
            yield Finding(policy, invalid("XNET001", POD_SELECTOR, message, out))


def _is_evident(resources: Resources, namespace: str, wanted: Mapping[str, Any]) -> bool:
    """Tell whether the set should have the pods: it has some of the namespace, and these are not made by a program."""
    if not resources.workloads(namespace):
        return False
    keys = [*part(wanted, "matchLabels"), *(text(each, "key") for _, each in mappings(wanted, "matchExpressions"))]
    return not are_given_by_program(resources, namespace, keys) or bool(label_meant(resources, namespace, wanted))


def policies_without_pods(resources: Resources) -> Iterator[Finding]:
    """Yield the policies that select no pod, though the set has some of their namespace."""
    yield from _policies_without_pods(resources, evident=True)


def policies_possibly_without_pods(resources: Resources) -> Iterator[Finding]:
    """Yield the policies that select no pod of the set, which may well be elsewhere."""
    yield from _policies_without_pods(resources, evident=False)


def _all_peers(resources: Resources) -> Iterator[tuple[Resource, str, Path, Mapping[str, Any]]]:
    for policy, direction, at, found in _lists_of_peers(resources):
        for index, peer in found:
            yield policy, direction, (*at, index), peer


def _lists_of_peers(resources: Resources) -> Sequence[PeersOfRule]:
    """Return the peers of all rules of all policies: several rules look at them."""
    found: list[PeersOfRule] | None = resources.memo.get("lists of peers")
    if found is None:
        found = resources.memo["lists of peers"] = [
            (policy, direction, (*at, key), listed)
            for policy in all_policies(resources)
            for direction, key in PEERS.items()
            for at, rule in rules(policy, direction)
            if (listed := peers(rule, direction))
        ]
    return found


def _peers_without_pods(resources: Resources, *, is_own: bool) -> Iterator[Finding]:
    alternatives = {(id(each.policy), each.at_pods) for each in _alternatives(resources, evident=True)}
    for policy, direction, at, peer in _all_peers(resources):
        wanted = peer.get("podSelector")
        if not isinstance(wanted, dict) or is_empty(wanted) or (peer.get("namespaceSelector") is None) is not is_own:
            continue
        found = peer_pods(resources, policy, peer)
        if (
            found is None
            or found
            or (id(policy), at) in alternatives
            or may_be_others(resources, policy.namespace, wanted)
            or (is_own and not _is_evident(resources, policy.namespace, wanted))
        ):
            continue
        where = f"in namespace `{policy.namespace}`" if is_own else "in the namespaces that are meant"
        what = "come from there" if direction == "ingress" else "go there"
        message = f"is `{shown(wanted)}`, which no pod {where} has: no connection can {what}"
        out = label_meant(resources, policy.namespace, wanted) if is_own else ""
        if is_own and not out:
            out = "set the labels of its pods, or add `namespaceSelector` if they are in another namespace"
        fault = invalid("XNET002", (*at, "podSelector"), message, out or "set the labels of the pods there")
        yield Finding(policy, fault)


def peers_without_pods(resources: Resources) -> Iterator[Finding]:
    """Yield the peers that are no pod of the policy's own namespace, of which the set has some."""
    yield from _peers_without_pods(resources, is_own=True)


def peers_without_pods_elsewhere(resources: Resources) -> Iterator[Finding]:
    """Yield the peers that are no pod of other namespaces, of which the set has some."""
    yield from _peers_without_pods(resources, is_own=False)


def _peers_without_namespace(resources: Resources, *, evident: bool) -> Iterator[Finding]:
    if not resources.of("", "Namespace"):
        return
    known = known_namespaces(resources)
    used = {key for each in known.values() for key in each} - {NAMESPACE_NAME}
    meant: dict[str, str] = {}
    for policy, _, at, peer in _all_peers(resources):
        wanted = peer.get("namespaceSelector")
        labels = texts(part(wanted, "matchLabels"))
        if not labels or namespaces(resources, wanted):
            continue
        words = shown(wanted or {})
        helped = meant.get(words)
        if helped is None:
            helped = meant[words] = _namespace_meant(labels, known)
        if helped if evident else not helped and not used.isdisjoint(labels):
            message = f"is `{words}`, which no Namespace of the documents has"
            out = helped or "set labels that a Namespace has"
            yield Finding(policy, invalid("XNET003", (*at, "namespaceSelector"), message, out))


def _namespace_meant(labels: Mapping[str, str], known: Mapping[str, Mapping[str, str]]) -> str:
    for key, value in labels.items():
        if value in known and known[value].get(key) != value:
            return f"there is a Namespace `{value}`, but without this label: use `{NAMESPACE_NAME}: {value}`"
        for each in known.values():
            if key in each and is_typo(value, each[key]):
                return f"did you mean `{key}={each[key]}`?"
    return ""


def peers_without_namespace(resources: Resources) -> Iterator[Finding]:
    """Yield the peers in namespaces that were probably meant otherwise."""
    yield from _peers_without_namespace(resources, evident=True)


def peers_possibly_without_namespace(resources: Resources) -> Iterator[Finding]:
    """Yield the peers in namespaces that are not in the set."""
    yield from _peers_without_namespace(resources, evident=False)


class _Alternatives:
    """A peer of pods alone beside one of namespaces alone."""

    __slots__ = ("at_pods", "first", "namespaces", "pods", "policy", "second")

    def __init__(self, policy: Resource, at: Path, one: tuple[int, Any], other: tuple[int, Any]) -> None:
        self.policy = policy
        self.first: Path = (*at, one[0])
        self.second: Path = (*at, other[0])
        self.pods, self.namespaces = (one, other) if "podSelector" in one[1] else (other, one)
        self.at_pods: Path = (*at, self.pods[0])

    def meant_as_one(self, resources: Resources, *, evident: bool) -> bool:
        """Tell whether both were probably meant together: its own namespace has no such pods, and no near ones."""
        if set(self.pods[1]) != {"podSelector"} or set(self.namespaces[1]) != {"namespaceSelector"}:
            return False
        wanted, namespace = self.pods[1]["podSelector"], self.policy.namespace
        if is_empty(wanted) or is_empty(self.namespaces[1]["namespaceSelector"]):
            return False
        if resources.matching(namespace, wanted) or bool(resources.workloads(namespace)) is not evident:
            return False
        return not label_meant(resources, namespace, wanted)


def _alternatives(resources: Resources, *, evident: bool) -> Iterator[_Alternatives]:
    for policy, _, at, listed in _lists_of_peers(resources):
        for one, other in pairwise(listed):
            found = _Alternatives(policy, at, one, other)
            if found.meant_as_one(resources, evident=evident):
                yield found


def alternatives_meant_as_one(resources: Resources, *, evident: bool = True) -> Iterator[Finding]:
    """Yield the peers of pods alone beside one of namespaces alone: each is enough, though both were meant together."""
    for each in _alternatives(resources, evident=evident):
        own, there = shown(each.pods[1]["podSelector"]), shown(each.namespaces[1]["namespaceSelector"])
        message = f"is an alternative: pods `{own}` of this namespace, or all pods of `{there}`"
        out = "if both must hold, write them as one entry, without the second `-`"
        fault = invalid("XNET004", each.second, message, out)
        yield Finding(each.policy, fault, [(each.policy, each.first, "the one before")])


def alternatives_possibly_meant_as_one(resources: Resources) -> Iterator[Finding]:
    """Yield such peers in policies of namespaces of which the set has no pods."""
    yield from alternatives_meant_as_one(resources, evident=False)


def pods_without_policy(resources: Resources) -> Iterator[Finding]:
    """Yield the workloads that no policy is about, though their namespace has policies."""
    covered: dict[str, set[int] | None] = {}
    first: dict[str, Resource] = {}
    for policy in all_policies(resources):
        first.setdefault(policy.namespace, policy)
        if is_empty(selector(policy)):
            covered[policy.namespace] = None
            continue
        ids = covered.setdefault(policy.namespace, set())
        if ids is not None:
            ids.update(map(id, pods(resources, policy)))
    for namespace, ids in covered.items():
        for each in resources.workloads(namespace) if ids is not None else ():
            template = each.template
            if template is None or id(each) in (ids or ()) or template.spec.get("hostNetwork") is True:
                continue
            message = f"match no {KIND}, though namespace `{namespace}` has some: anybody can reach these pods"
            out = f"add a {KIND} for them, or one with `podSelector: {{}}` that denies what others do not allow"
            path = (*template.at, "metadata", "labels")
            related = [(first[namespace], POD_SELECTOR, "one of its policies")]
            yield Finding(each, invalid("XNET008", path, message, out), related)


def policies_for_host_network(resources: Resources) -> Iterator[Finding]:
    """Yield the policies about pods on the network of their node."""
    for policy in all_policies(resources):
        if is_empty(selector(policy)):
            continue
        for each in pods(resources, policy):
            if each.template is not None and each.template.spec.get("hostNetwork") is True:
                message = (
                    f"selects the pods of {each}, which use the network of their node: most plugins pass over them"
                )
                out = "protect them by a firewall, or take them off `hostNetwork`"
                related = [(each, (*each.template.at_spec, "hostNetwork"), "set here")]
                yield Finding(policy, invalid("XNET012", POD_SELECTOR, message, out), related)
                break


DEFAULT = (policies_without_pods, peers_without_pods, peers_without_namespace, alternatives_meant_as_one)
STRICT = (
    policies_possibly_without_pods,
    peers_without_pods_elsewhere,
    peers_possibly_without_namespace,
    alternatives_possibly_meant_as_one,
    pods_without_policy,
    policies_for_host_network,
)
OFF = ()
