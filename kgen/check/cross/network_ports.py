"""
The ports in NetworkPolicies: those of pods, not of Services.

Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource
"""

from __future__ import annotations

from kgen.check.cross.pod_ports import Exposed, exposed_by_one, selector, service_ports, target
from kgen.check.cross.policies import all_policies, is_about_all, peer_pods, peers, pods, rules
from kgen.check.cross.resources import Finding
from kgen.check.labels import has_all, shown
from kgen.check.reading import mappings, number, part, text
from kgen.check.server.errors import invalid
from kgen.check.server.texts import port_name
from kgen.words import suggestion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource
    from kgen.diag import Path


def ports_that_no_pod_has(resources: Resources) -> Iterator[Finding]:
    """Yield the ports of rules that the pods do not have: names, and numbers that are those of a Service."""
    known: dict[str, Exposed] = {}
    for policy in all_policies(resources):
        for direction in ("ingress", "egress"):
            for at, rule in rules(policy, direction):
                if not rule.get("ports"):
                    continue
                exposed = _exposed(resources, policy, direction, rule, known)
                if exposed is None:
                    continue
                for index, port in mappings(rule, "ports"):
                    yield from _port(resources, policy, exposed, (*at, "ports", index, "port"), port)


def _exposed(
    resources: Resources, policy: Resource, direction: str, rule: Mapping[str, Any], known: dict[str, Exposed]
) -> Exposed | None:
    """Return the ports of the pods whose ports a rule is about; nothing if others may be meant, too."""
    if direction == "ingress":
        if is_about_all(policy):
            return None
        found: Sequence[Resource] = pods(resources, policy)
        if len(found) == 1:  # as for nearly all policies
            return exposed_by_one(resources, found[0])
        key = f"{policy.namespace} {shown(part(policy.spec, 'podSelector'))}"
    else:
        key, found = f"{policy.namespace} to ", ()
        for _, peer in peers(rule, direction):
            others = peer_pods(resources, policy, peer)
            if not others:
                return None
            found = (*found, *others)
            key += f"{shown(part(peer, 'podSelector'))} {shown(part(peer, 'namespaceSelector'))};"
    if key not in known:
        known[key] = Exposed(found)
    return known[key] if known[key].pods else None


def _port(
    resources: Resources, policy: Resource, exposed: Exposed, path: Path, port: Mapping[str, Any]
) -> Iterator[Finding]:
    wanted, protocol = port.get("port"), text(port, "protocol") or "TCP"
    if exposed.has(wanted, protocol):
        return
    if isinstance(wanted, str):
        if port_name(wanted):
            return  # what is no name at all the server refuses itself
        names = [name for name, protocols in exposed.names.items() if protocol in protocols]
        message = f"is `{wanted}`, but no pod that the rule is about has a {protocol} port of this name"
        out = suggestion(wanted, names, "their ports are") or "give the container port this name, or set its number"
        fault = invalid("XNET006", path, message, out)
        pod = exposed.pods[0]
        place = (*pod.template.at_spec, "containers") if pod.template else ()
        yield Finding(policy, fault, [(pod, place, "one of the pods")])
    elif isinstance(wanted, int) and port.get("endPort") is None and exposed.complete:
        for service, at, other in _services(resources, exposed, wanted):
            message = (
                f"is {wanted}, the port of {service}, which leads to {other} of the pods: rules are about that one"
            )
            out = f"set `port: {other}`" if isinstance(other, int) else f"set `port: {other}`, the name"
            yield Finding(policy, invalid("XNET005", path, message, out), [(service, at, "leads elsewhere")])
            break


def _services(resources: Resources, exposed: Exposed, wanted: int) -> Iterator[tuple[Resource, Path, int | str]]:
    """Yield the Services of some pods that have a port of this number and lead to another one."""
    index: dict[tuple[str, int], list[tuple[Resource, Path, int | str]]] | None
    index = resources.memo.get("Services by port")
    if index is None:
        index = resources.memo["Services by port"] = {}
        for service in resources.of("", "Service"):
            for at, port in service_ports(service):
                own, led = number(port, "port"), target(port)
                if own is not None and led is not None and led != own:
                    index.setdefault((service.namespace, own), []).append((service, at, led))
    pod = exposed.pods[0]
    for service, at, led in index.get((pod.namespace, wanted), ()):
        labels = selector(service)
        if labels and pod.template is not None and has_all(labels, pod.template.labels):
            yield service, at, led


DEFAULT = (ports_that_no_pod_has,)
STRICT = ()
OFF = ()
