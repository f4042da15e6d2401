"""Rules of practice on NetworkPolicies: those that keep nobody out, and parts of them that say nothing."""

from __future__ import annotations

from kgen.check.labels import is_empty
from kgen.check.practice.advice import advice
from kgen.check.reading import entries, mappings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource

    Version = tuple[int, int]


def rules_without_effect(resource: Resource, _version: Version) -> Iterator[Fault]:
    """Yield the rules for a direction that `policyTypes` leaves out; without the field, it follows from the rules."""
    spec = resource.spec
    types = entries(spec, "policyTypes")
    for direction, name in (("ingress", "Ingress"), ("egress", "Egress")) if types else ():
        if direction in spec and name not in types and entries(spec, direction):
            message = f"has no effect: `policyTypes` has no `{name}`, so the policy is not about this direction"
            out = f"add `{name}` to `policyTypes`, or remove these rules"
            yield advice("NWK09", ("spec", direction), message, out)


def policies_for_everybody(resource: Resource, _version: Version) -> Iterator[Fault]:
    for direction, key in (("ingress", "from"), ("egress", "to")):
        for index, rule in mappings(resource.spec, direction):
            peers = entries(rule, key)
            if not peers and not entries(rule, "ports"):
                message = "must name peers or ports: an empty rule allows everything, as without a policy"
                yield advice(
                    "NWK05", ("spec", direction, index), message, f"add `{key}` or `ports`, or remove the policy"
                )
            for place, peer in mappings(rule, key):
                if is_empty(peer.get("namespaceSelector")) and _is_any_pod(peer.get("podSelector")):
                    message = "must not be empty: it stands for all pods of all namespaces"
                    path = ("spec", direction, index, key, place, "namespaceSelector")
                    yield advice(
                        "NWK05", path, message, "select namespaces, as by the label `kubernetes.io/metadata.name`"
                    )


def _is_any_pod(selector: object) -> bool:
    return selector is None or is_empty(selector)


DEFAULT = (rules_without_effect,)
STRICT = (policies_for_everybody,)
OFF = ()
