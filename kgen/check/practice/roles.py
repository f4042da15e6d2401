"""
Rules of practice on roles: permissions that amount to more than they say.

A wildcard is said once, as a wildcard: what it stands for is not listed again.

Source: https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kgen.check.fault import short
from kgen.check.practice.advice import advice
from kgen.check.reading import entries, mappings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Version = tuple[int, int]

_WRITE = ("create", "update", "patch", "delete", "deletecollection")
_READ = ("get", "list", "watch")
_WORKLOADS: Mapping[str, str] = {
    **dict.fromkeys(("pods", "replicationcontrollers"), ""),
    **dict.fromkeys(("deployments", "statefulsets", "daemonsets", "replicasets"), "apps"),
    **dict.fromkeys(("jobs", "cronjobs"), "batch"),
}
_GRANTING = {
    "bind": "give itself any role",
    "escalate": "give itself any permission",
    "impersonate": "act as somebody else",
}


def _rules(resource: Resource) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for index, rule in mappings(resource.value, "rules"):
        yield ("rules", index), rule


def _grants(
    resource: Resource, groups: Mapping[str, str], verbs: Iterable[str], *, named: bool = True
) -> Iterator[tuple[Path, str, list[str]]]:
    """
    Yield the place of each resource in the rules that may be used in a certain way, its name, and the verbs.

    Args:
        groups: Resource → API group.
        verbs: Those that matter; ``*`` counts as all of them.
        named: Whether rules for objects of certain names count.
    """
    for at, rule in _rules(resource):
        if not named and entries(rule, "resourceNames"):
            continue
        given = entries(rule, "verbs")
        found = [verb for verb in verbs if verb in given or "*" in given]
        of_groups = entries(rule, "apiGroups")
        for index, name in enumerate(entries(rule, "resources") if found else ()):
            if isinstance(name, str) and name in groups and (groups[name] in of_groups or "*" in of_groups):
                yield (*at, "resources", index), name, found


def wildcards(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, rule in _rules(resource):
        for key in ("apiGroups", "resources", "verbs"):
            given = entries(rule, key)
            if "*" in given:
                message = "must not be `*`, which also allows what does not exist yet"
                yield advice("RBP01", (*at, key, list(given).index("*")), message, f"list the `{key}` that are needed")


def secret_readers(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, _name, verbs in _grants(resource, {"secrets": ""}, _READ, named=False):
        message = f"must not be `secrets` with `{verbs[0]}` and no `resourceNames`: it opens every Secret"
        yield advice("RBP03", path, message, "name the Secrets in `resourceNames`, and allow `get` only")


def pod_creators(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, name, _verbs in _grants(resource, _WORKLOADS, ("create",)):
        message = f"is `{name}` with `create`: pods can use every Secret and ServiceAccount of their namespace"
        yield advice("RBP04", path, message, "be sure that whoever has this role may do all of that")


def pod_entrances(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, name, _verbs in _grants(resource, {"pods/exec": "", "pods/attach": ""}, ("create", "get")):
        message = f"must not be `{name}`: it lets run any command in the pods"
        yield advice("RBP05", path, message, "remove it, or grant it for the moment when it is needed")


def granting_verbs(resource: Resource, _version: Version) -> Iterator[Fault]:
    for at, rule in _rules(resource):
        for index, verb in enumerate(entries(rule, "verbs")):
            if isinstance(verb, str) and verb in _GRANTING:
                message = f"must not be `{verb}`: whoever has this role can {_GRANTING[verb]}"
                out = (
                    "remove it" if not entries(rule, "resourceNames") else "be sure that the named objects are harmless"
                )
                yield advice("RBP06", (*at, "verbs", index), message, out)


def node_proxies(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, name, _verbs in _grants(resource, {"nodes/proxy": ""}, (*_READ, *_WRITE)):
        message = f"must not be `{name}`: it reaches the kubelets past all rules, and runs commands in any pod"
        yield advice("RBP07", path, message, "use `nodes/metrics`, `nodes/stats` or `nodes/log`")


def webhook_writers(resource: Resource, _version: Version) -> Iterator[Fault]:
    group = "admissionregistration.k8s.io"
    kinds = dict.fromkeys(("validatingwebhookconfigurations", "mutatingwebhookconfigurations"), group)
    for path, name, verbs in _grants(resource, kinds, _WRITE, named=False):
        message = f"must not be `{name}` with `{verbs[0]}`: a webhook reads, and may change, whatever is created"
        yield advice("RBP08", path, message, "name the one that is needed in `resourceNames`")


def certificate_approvers(resource: Resource, _version: Version) -> Iterator[Fault]:
    group = "certificates.k8s.io"
    requests, signers = {"certificatesigningrequests/approval": group}, {"signers": group}
    for path, name, _verbs in (
        *_grants(resource, requests, ("update", "patch")),
        *_grants(resource, signers, ("approve",), named=False),
    ):
        message = f"must not be `{name}`: a certificate can be issued for any user"
        yield advice("RBP09", path, message, "leave approval to the controllers of the cluster")


def token_makers(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, name, _verbs in _grants(resource, {"serviceaccounts/token": ""}, ("create",), named=False):
        message = f"must not be `{name}`: it gives a token of every ServiceAccount, and so its permissions"
        yield advice("RBP10", path, message, "name the ServiceAccount in `resourceNames`")


def volume_creators(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, name, _verbs in _grants(resource, {"persistentvolumes": ""}, ("create",)):
        message = f"must not be `{short(name)}` with `create`: a volume can be any folder of a node"
        yield advice("RBP11", path, message, "leave it to a provisioner: claims are enough for apps")


def cluster_wide_grants(resource: Resource, version: Version) -> Iterator[Fault]:
    """Yield what only a role for the whole cluster can allow."""
    if resource.kind == "ClusterRole":
        for rule in (node_proxies, webhook_writers, certificate_approvers, volume_creators):
            yield from rule(resource, version)


DEFAULT = ()
STRICT = (
    wildcards,
    secret_readers,
    pod_creators,
    pod_entrances,
    granting_verbs,
    token_makers,
    cluster_wide_grants,
)
OFF = ()
