"""
Rules of practice that need a look at other objects: who selects a pod, scales it, or gives rights to it.

Source: https://kubernetes.io/docs/concepts/configuration/overview/
"""

from __future__ import annotations

from kgen.check.cross.pod_ports import HEADLESS, selector, service_ports, target
from kgen.check.cross.requests import asked, defaults, of_pod
from kgen.check.cross.resources import Finding
from kgen.check.cross.scaling import owners, replicas
from kgen.check.practice.advice import advice
from kgen.check.reading import mappings, number, part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_BINDINGS = (("rbac.authorization.k8s.io", "RoleBinding"), ("rbac.authorization.k8s.io", "ClusterRoleBinding"))
_POLICIES = frozenset({"NetworkPolicy", "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy"})
_MANY_SERVICES = 50
"""So many Services mean several hundred variables in each container."""

_AMOUNTS = (
    ("RSC01", "requests", "memory", "the scheduler may put the pod on a node without room for it"),
    ("RSC02", "limits", "memory", "a leak takes the memory of the whole node"),
    ("RSC03", "requests", "cpu", "the pod gets what others leave when the node is busy"),
)


def unneeded_tokens(resources: Resources) -> Iterator[Finding]:
    """Yield pods with a token of an account that, as far as can be seen, may do nothing with it."""
    bound = _bound(resources)
    for workload in resources.all_workloads():
        template = workload.template
        if template is None or template.spec.get("automountServiceAccountToken") is False:
            continue
        name = text(template.spec, "serviceAccountName") or text(template.spec, "serviceAccount") or "default"
        account = resources.get("", "ServiceAccount", workload.namespace, name)
        if account is None and name != "default":
            continue  # nobody knows what it may do
        is_off = account is not None and account.value.get("automountServiceAccountToken") is False
        is_asked = template.spec.get("automountServiceAccountToken") is True
        if (is_off and not is_asked) or (workload.namespace, name) in bound or (workload.namespace, "*") in bound:
            continue
        message = f"must be `false`: the pod gets a token of the ServiceAccount `{name}`, which no role is bound to"
        out = "set it to `false`, or bind the role that the pod needs"
        fault = advice("SEC02", (*template.at_spec, "automountServiceAccountToken"), message, out)
        related = [(account, ("metadata", "name"), "this ServiceAccount")] if account is not None else []
        yield Finding(workload, fault, related)


def _bound(resources: Resources) -> set[tuple[str, str]]:
    """Return namespace and name of the ServiceAccounts with a role; ``*`` for all of a namespace."""
    found = set()
    for key in _BINDINGS:
        for binding in resources.of(*key):
            for _, subject in mappings(binding.value, "subjects"):
                name = text(subject, "name")
                if text(subject, "kind") == "ServiceAccount":
                    found.add((text(subject, "namespace") or binding.namespace, name))
                elif name.startswith("system:serviceaccounts:"):
                    found.add((name.rpartition(":")[2], "*"))
    return found


class _Exposed:
    """A container that a Service sends requests to."""

    __slots__ = ("at", "container", "service", "workload")

    def __init__(self, workload: Resource, at: Path, container: Mapping[str, Any], service: Resource) -> None:
        self.workload = workload
        self.at = at
        self.container = container
        self.service = service


def _exposed(resources: Resources) -> Iterator[_Exposed]:
    """
    Yield each main container that lists a port to which a Service leads, with the first such Service.

    UDP does not count: no probe can ask it, and nobody waits for an answer.
    """
    seen: set[tuple[int, Path]] = set()
    for service in resources.of("", "Service"):
        labels = selector(service)
        ports = (port for _, port in service_ports(service) if text(port, "protocol") != "UDP")
        targets = {target(port) for port in ports} - {None}
        for workload in resources.selected(service.namespace, labels) if labels else ():
            for at, container in workload.template.containers("containers") if workload.template is not None else ():
                listed = {each for _, port in mappings(container, "ports") for each in _called(port)}
                if not targets.isdisjoint(listed) and (id(workload), at) not in seen:
                    seen.add((id(workload), at))
                    yield _Exposed(workload, at, container, service)


def _called(port: Mapping[str, Any]) -> tuple[int | str | None, ...]:
    return number(port, "containerPort"), text(port, "name") or None


def requests_before_readiness(resources: Resources) -> Iterator[Finding]:
    """Yield containers that get requests from the moment in which they start."""
    for each in _exposed(resources):
        if each.workload.kind in {"Deployment", "StatefulSet", "DaemonSet"} and not part(
            each.container, "readinessProbe"
        ):
            message = f"must be set: {each.service} sends requests to the container before it can answer them"
            fault = advice("PRO01", (*each.at, "readinessProbe"), message, "add one that asks whether it can answer")
            yield Finding(each.workload, fault, [(each.service, ("metadata", "name"), "this Service")])


def requests_after_stop(resources: Resources) -> Iterator[Finding]:
    """Yield containers that may stop while others still send them requests."""
    for each in _exposed(resources):
        is_served = each.workload.kind in {"Deployment", "StatefulSet"}
        if is_served and not part(each.container, "lifecycle", "preStop"):
            message = f"must be set: {each.service} sends requests for a moment after the container was told to stop"
            out = "wait a few seconds, as `sleep: {seconds: 5}`"
            fault = advice("REL05", (*each.at, "lifecycle", "preStop"), message, out)
            yield Finding(each.workload, fault, [(each.service, ("metadata", "name"), "this Service")])


def namespaces_without_policies(resources: Resources) -> Iterator[Finding]:
    guarded = {each.namespace for kind in resources.kinds if kind[1] in _POLICIES for each in resources.of(*kind)}
    first: dict[str, Resource] = {}
    for workload in resources.all_workloads():
        if workload.namespace not in guarded and "" not in guarded:
            first.setdefault(workload.namespace, workload)
    for name, workload in first.items():
        namespace = resources.get("", "Namespace", "", name)
        message = f"is that of namespace `{name}`, which has pods and no NetworkPolicy: anything may connect to them"
        if namespace is None:
            message = f"is in namespace `{name}`, which has no NetworkPolicy: anything may connect to its pods"
        out = "add a NetworkPolicy with `podSelector: {}` and `policyTypes: [Ingress]`, and one for what may connect"
        where = namespace or workload
        related = [(workload, ("metadata", "name"), "pods are made here")] if namespace is not None else []
        yield Finding(where, advice("NWK06", ("metadata", "name"), message, out), related)


def single_replicas(resources: Resources) -> Iterator[Finding]:
    """Yield what answers requests with one pod; what may only run once, and says so by `Recreate`, is left alone."""
    autoscalers = owners(resources)
    for workload, service in {each.workload: each.service for each in _exposed(resources)}.items():
        is_fixed = workload.kind == "Deployment" and workload not in autoscalers
        if not is_fixed or text(workload.spec, "strategy", "type") == "Recreate":
            continue
        if replicas(workload, autoscalers) == 1:
            is_ = "is 1" if workload.spec.get("replicas") is not None else "is not set, which means 1"
            message = f"must be 2 or more, but {is_}: nobody answers {service} while the node of the only pod is away"
            fault = advice("REL01", ("spec", "replicas"), message, "raise it, or add an autoscaler")
            yield Finding(workload, fault, [(service, ("metadata", "name"), "this Service")])


def crowded_environments(resources: Resources) -> Iterator[Finding]:
    """Yield pods that get variables for so many Services that it slows their start, or stops it."""
    counts: dict[str, int] = {}
    for service in resources.of("", "Service"):
        if service.spec.get("clusterIP") != HEADLESS and service.spec.get("type") != "ExternalName":
            counts[service.namespace] = counts.get(service.namespace, 0) + 1
    for namespace, count in counts.items():
        for workload in resources.workloads(namespace) if count > _MANY_SERVICES else ():
            template = workload.template
            if template is not None and template.spec.get("enableServiceLinks") is not False:
                message = f"must be `false`: each container gets variables for all {count} Services of `{namespace}`"
                fault = advice("REL20", (*template.at_spec, "enableServiceLinks"), message, "set it to `false`")
                yield Finding(workload, fault)


def missing_amounts(resources: Resources) -> Iterator[Finding]:
    """Yield what a container does not ask for, nor its pod, nor a LimitRange for it."""
    filled = defaults(resources)
    for workload in resources.all_workloads():
        template = workload.template
        if template is None:
            continue
        for at, container in template.containers("containers", "initContainers"):
            for row, key, name, why in _AMOUNTS:
                request, limit = asked(container, name, filled.get(workload.namespace))
                given = request if key == "requests" else limit
                if given is None and of_pod(template, key, name) is None:
                    fault = advice(row, (*at, "resources", key, name), f"must be set: {why}", "set it to what it needs")
                    yield Finding(workload, fault)


DEFAULT = ()
STRICT = (
    unneeded_tokens,
    requests_before_readiness,
    requests_after_stop,
    namespaces_without_policies,
    single_replicas,
    crowded_environments,
    missing_amounts,
)
OFF = ()
