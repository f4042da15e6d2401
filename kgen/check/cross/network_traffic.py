"""
Connections that an app needs and that its NetworkPolicies do not let through.

Probes are no such connections: the node of a pod may always reach it.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies
"""

from __future__ import annotations

from kgen.check.cross import ingress, monitors, route_backends
from kgen.check.cross.pod_ports import find, selector, target
from kgen.check.cross.policies import (
    NAMESPACE_NAME,
    POD_SELECTOR,
    about_all,
    all_policies,
    applying,
    covers_port,
    is_about_all,
    peers,
    pods,
    restricts,
    rules,
)
from kgen.check.cross.resources import Finding
from kgen.check.labels import selects
from kgen.check.reading import mappings, number, part, text, texts
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path

_DNS = 53
_DNS_OF_OPENSHIFT = 5353
"""Policies see the ports of pods, and its DNS pods have no right to a low one."""

_DNS_NAMES = ("dns", "dns-udp", "domain")
_MOST = 20
"""Services of one monitor, and pods of one Service: more are one in several variants."""

_MOST_POLICIES = 100
"""About one pod: in sets with more of them something else is wrong."""

_SYSTEM = {NAMESPACE_NAME: "kube-system"}


def pods_without_dns(resources: Resources) -> Iterator[Finding]:
    """Yield the policies that let pods out to somewhere, but not to where names are looked up."""
    policies = [policy for policy in all_policies(resources) if restricts(policy, "egress")]
    letting = {policy for policy in policies if _lets_ask_dns(policy)}
    if len(letting) == len(policies):
        return
    answered = {policy.namespace for policy in letting if is_about_all(policy)}
    asking: set[int] = set()
    for policy in letting:
        if policy.namespace not in answered and not is_about_all(policy):
            asking.update(map(id, pods(resources, policy)))
    for policy in policies:
        if policy.namespace in answered or policy in letting or not _lets_out_by_name(policy):
            continue
        pod = next(
            (each for each in pods(resources, policy) if id(each) not in asking and _has_own_network(each)), None
        )
        if pod is not None:
            message = f"lets the pods of {pod} out, but not to port {_DNS}/UDP: they cannot look up names"
            out = f"add a rule with `ports: [{{port: {_DNS}, protocol: UDP}}, {{port: {_DNS}, protocol: TCP}}]`"
            yield Finding(policy, invalid("XNET007", ("spec", "egress"), message, out), _about(pod))


def _has_own_network(pod: Resource) -> bool:
    return pod.template is not None and pod.template.spec.get("hostNetwork") is not True


def _about(pod: Resource) -> Sequence[tuple[Resource, Path, str]]:
    return [(pod, (*pod.template.at, "metadata", "labels"), "these pods")] if pod.template else ()


def _lets_ask_dns(policy: Resource) -> bool:
    for _, rule in rules(policy, "egress"):
        if not any(covers_port(rule, port, "UDP", _DNS_NAMES) for port in (_DNS, _DNS_OF_OPENSHIFT)):
            continue
        to = peers(rule, "egress")
        if rule.get("ports") or not to or any(_may_be_dns(peer) for _, peer in to):
            return True
    return False


def _may_be_dns(peer: Mapping[str, Any]) -> bool:
    """Tell whether a peer may be where names are looked up, if its ports do not tell."""
    if peer.get("ipBlock") is not None:
        return True
    wanted = peer.get("namespaceSelector")
    if wanted is None:
        return False
    keys = {*part(wanted, "matchLabels"), *(text(each, "key") for _, each in mappings(wanted, "matchExpressions"))}
    return selects(wanted, _SYSTEM) if keys <= {NAMESPACE_NAME} else "system" in str(wanted)


def _lets_out_by_name(policy: Resource) -> bool:
    """Tell whether a policy opens a way to what is called by name, not only to addresses."""
    for _, rule in rules(policy, "egress"):
        to = peers(rule, "egress")
        if not to or any(peer.get("ipBlock") is None for _, peer in to):
            return True
    return False


def blocked_controllers(resources: Resources) -> Iterator[Finding]:
    """Yield the policies that keep the Ingress controller from the pods that it sends requests to."""
    if not all_policies(resources):
        return
    seen = set()
    for user, at, service in _published(resources):
        pod, policy = _isolated(resources, service, 0, ())
        if pod is None or policy is None or policy in seen:
            continue
        seen.add(policy)
        message = f"lets nobody from outside of `{policy.namespace}` in, but {user} sends requests to the pods of {pod}"
        out = "add a rule with `from: [{namespaceSelector: …}]` for the namespace of the controller"
        yield Finding(policy, invalid("XNET009", _where(policy), message, out), [(user, at, "sends requests there")])


def _where(policy: Resource) -> Path:
    return ("spec", "ingress") if "ingress" in policy.spec else POD_SELECTOR


def _published(resources: Resources) -> Iterator[tuple[Resource, Path, Resource]]:
    """Yield the Services that get requests from outside, by whom and where that is said."""
    for each, found in ingress.all_backends(resources):
        for at, backend in found:
            service = resources.get("", "Service", each.namespace, text(backend, "name"))
            if service is not None:
                yield each, (*at, "name"), service
    for reference in route_backends.backends(resources):
        service = resources.get("", "Service", reference.namespace, reference.name)
        parents = [text(each, "namespace") for _, each in mappings(reference.owner.value, "spec", "parentRefs")]
        # the proxy of a Gateway may run beside it
        if service is not None and parents and all(each not in ("", service.namespace) for each in parents):
            yield reference.owner, (*reference.at, "name"), service


def _isolated(
    resources: Resources, service: Resource, wanted: int, names: Sequence[str], protocol: str = "TCP"
) -> tuple[Resource | None, Resource | None]:
    """Return a pod of a Service that nobody outside of its namespace can reach, and a policy that keeps them out."""
    labels = selector(service)
    if not labels:
        return None, None
    of_all = about_all(resources, service.namespace, "ingress")
    of_some = applying(resources, "ingress")
    for pod in resources.selected(service.namespace, labels)[:_MOST]:
        own = of_some.get(id(pod), ())
        if _has_own_network(pod) and 0 < len(own) + len(of_all) <= _MOST_POLICIES:
            found = (*own, *of_all)
            for policy in found:
                if _lets_outsiders_in(policy, wanted, names, protocol):
                    return None, None
            return pod, found[0]
    return None, None


def _lets_outsiders_in(policy: Resource, wanted: int, names: Sequence[str], protocol: str) -> bool:
    for _, rule in rules(policy, "ingress"):
        if wanted and not covers_port(rule, wanted, protocol, names):
            continue
        sources = peers(rule, "ingress")
        if not sources:
            return True
        for _, peer in sources:
            if peer.get("namespaceSelector") is not None or peer.get("ipBlock") is not None or _is_monitoring(peer):
                return True
    return False


def _is_monitoring(peer: Mapping[str, Any]) -> bool:
    """Tell whether a peer in the own namespace is what collects metrics: it may run there."""
    return any("prometheus" in value for value in texts(part(peer, "podSelector", "matchLabels")).values())


def blocked_scrapes(resources: Resources) -> Iterator[Finding]:
    """Yield the monitors whose port no policy opens to whoever collects metrics."""
    if not all_policies(resources):
        return
    for monitor in resources.of(monitors.GROUP, "ServiceMonitor"):
        blocked: dict[Path, Finding] = {}
        for service in monitors.services(resources, monitor)[:_MOST]:
            for finding in _blocked(resources, monitor, service):
                blocked.setdefault(finding.fault.path, finding)
        yield from blocked.values()


def _blocked(resources: Resources, monitor: Resource, service: Resource) -> Iterator[Finding]:
    for index, endpoint in mappings(monitor.value, "spec", "endpoints"):
        port = find(service, text(endpoint, "port"))
        led = target(port) if port is not None else None
        if port is None or led is None:
            continue
        listed, names = _port_of_pods(resources, service, led)
        pod, policy = _isolated(resources, service, listed, names, text(port, "protocol") or "TCP")
        if pod is not None and policy is not None:
            at = ("spec", "endpoints", index, "port")
            message = (
                f"is `{text(endpoint, 'port')}`, but nobody from another namespace may reach the pods of {pod} there"
            )
            out = "add a rule with `from: [{namespaceSelector: …}]` for the namespace of Prometheus"
            fault = invalid("XNET011", at, message, out)
            yield Finding(monitor, fault, [(policy, _where(policy), "this policy keeps them out")])


def _port_of_pods(resources: Resources, service: Resource, led: int | str) -> tuple[int, Sequence[str]]:
    """Return number and name of the port of the pods that a Service leads to; 0 for a number that is not known."""
    for pod in resources.selected(service.namespace, selector(service)):
        for _, container in pod.template.serving() if pod.template else ():
            for _, port in mappings(container, "ports"):
                found = number(port, "containerPort"), text(port, "name")
                if led in found:
                    return found[0] or 0, (found[1],)
    return (0, (led,)) if isinstance(led, str) else (led, ())


DEFAULT = (pods_without_dns, blocked_controllers)
STRICT = (blocked_scrapes,)
OFF = ()
