"""Rules of the API server about where pods go: labels of nodes, and affinity to nodes and to other pods."""

from __future__ import annotations

from kgen.check.fault import field
from kgen.check.server import selectors
from kgen.check.server.errors import forbidden, invalid, required
from kgen.check.server.kinds import entries, part
from kgen.check.server.label_keys import label_keys
from kgen.check.server.texts import dns_label, dns_subdomain, label_value, qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
DEPRECATED = {
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
}
"""Labels of nodes that have a newer name."""

_WITH_VALUES = frozenset({"In", "NotIn"})
_WITHOUT_VALUES = frozenset({"Exists", "DoesNotExist"})
_WITH_ONE = frozenset({"Gt", "Lt"})
_HIGHEST_WEIGHT = 100
_SINCE_VALUES = (1, 32)
"""Since then the values that node affinity requires have to be ones that a label can have."""


def node_labels(labels: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the ``nodeSelector`` at ``at``."""
    for key, value in labels.items():
        if wrong := qualified_name(key):
            yield invalid("POD018", at, f"has a key that {wrong}")
        if value and (wrong := label_value(value)):
            yield invalid("POD018", at, f"has a value at `{key}` that {wrong}")
        if key in DEPRECATED:
            yield from deprecated(key, (*at, key))


def deprecated(key: str, at: Path) -> Iterator[Fault]:
    """Yield that the label of a node has a newer name, if so."""
    if newer := DEPRECATED.get(key):
        yield invalid("SCH028", at, f"names the label `{key}`, which is deprecated", f"write `{newer}`")


def affinity(value: Mapping[str, Any], at: Path, context: Context, labels: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the ``affinity`` at ``at`` of a pod with ``labels``; of a template none count."""
    if nodes := part(value, "nodeAffinity"):
        yield from _node_affinity(nodes, (*at, "nodeAffinity"), context)
    for key in ("podAffinity", "podAntiAffinity"):
        if pods := part(value, key):
            yield from _pod_affinity(pods, (*at, key), context, labels)


def _node_affinity(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    if (needed := value.get(REQUIRED)) is not None:
        yield from node_selector(needed, (*at, REQUIRED), context)
    for index, preference in enumerate(entries(value, PREFERRED)):
        here = (*at, PREFERRED, index)
        yield from _weight(preference or {}, here)
        yield from _term(part(preference or {}, "preference"), (*here, "preference"), "SCH030")


def _weight(preference: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    weight = preference.get("weight") or 0
    if not 1 <= weight <= _HIGHEST_WEIGHT:
        yield invalid("SCH014", (*at, "weight"), f"must be between 1 and {_HIGHEST_WEIGHT}, but is {weight}")


def node_selector(value: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    """Yield what is wrong with the ``NodeSelector`` at ``at``: of a pod, or of a PersistentVolume."""
    terms = entries(value, "nodeSelectorTerms")
    if not terms:
        yield required("SCH008", (*at, "nodeSelectorTerms"))
    for index, term in enumerate(terms):
        row = "SCH012" if context.version >= _SINCE_VALUES else ""
        yield from _term(term or {}, (*at, "nodeSelectorTerms", index), row)


def _term(term: Mapping[str, Any], at: Path, row: str) -> Iterator[Fault]:
    """Yield what is wrong with a term; ``row`` is that of a value which is no label's, if that matters."""
    for index, expression in enumerate(entries(term, "matchExpressions")):
        yield from _expression(expression or {}, (*at, "matchExpressions", index), row)
    for index, expression in enumerate(entries(term, "matchFields")):
        yield from _field(expression or {}, (*at, "matchFields", index))


def _expression(expression: Mapping[str, Any], at: Path, row: str) -> Iterator[Fault]:
    values = entries(expression, "values")
    yield from _operator(expression.get("operator") or "", len(values), at)
    key = expression.get("key") or ""
    if wrong := qualified_name(key):
        yield invalid("SCH011", (*at, "key"), wrong)
    if key in DEPRECATED:
        yield from deprecated(key, (*at, "key"))
    for index, value in enumerate(values if row else ()):
        if value and (wrong := label_value(value)):
            yield invalid(row, (*at, "values", index), wrong)


def _operator(operator: str, count: int, at: Path) -> Iterator[Fault]:
    if operator in _WITH_VALUES:
        if not count:
            yield required("SCH010", (*at, "values"), f"with operator `{operator}`")
    elif operator in _WITHOUT_VALUES:
        if count:
            yield forbidden("SCH010", (*at, "values"), f"may not be set with operator `{operator}`")
    elif operator in _WITH_ONE:
        if count != 1:
            yield required("SCH010", (*at, "values"), f"with one entry for operator `{operator}`, but has {count}")
    else:
        message = f"must be one of `DoesNotExist`, `Exists`, `Gt`, `In`, `Lt` or `NotIn`, but is `{operator}`"
        yield invalid("SCH009", (*at, "operator"), message)


def _field(expression: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    operator = expression.get("operator") or ""
    values = entries(expression, "values")
    if operator not in _WITH_VALUES:
        yield invalid("SCH013", (*at, "operator"), f"must be `In` or `NotIn`, but is `{operator}`")
    elif len(values) != 1:
        yield required("SCH013", (*at, "values"), f"with one entry, but has {len(values)}")
    key = expression.get("key") or ""
    if key != "metadata.name":
        yield invalid("SCH013", (*at, "key"), f"must be `metadata.name`, but is `{key}`")
        return
    for index, value in enumerate(values):
        if wrong := dns_subdomain(value or ""):
            yield invalid("SCH013", (*at, "values", index), wrong)


def _pod_affinity(value: Mapping[str, Any], at: Path, context: Context, labels: Mapping[str, Any]) -> Iterator[Fault]:
    for index, term in enumerate(entries(value, REQUIRED)):
        yield from _pod_term(term or {}, (*at, REQUIRED, index), context, labels)
    for index, preference in enumerate(entries(value, PREFERRED)):
        here = (*at, PREFERRED, index)
        yield from _weight(preference or {}, here)
        yield from _pod_term(part(preference or {}, "podAffinityTerm"), (*here, "podAffinityTerm"), context, labels)


def _pod_term(term: Mapping[str, Any], at: Path, context: Context, labels: Mapping[str, Any]) -> Iterator[Fault]:
    if term.get("labelSelector") is None:
        yield invalid("SCH018", (*at, "labelSelector"), "is missing, so the term matches no pod")
    for key in ("labelSelector", "namespaceSelector"):
        if selector := term.get(key):
            yield from selectors.label_selector(selector, (*at, key), context)
    for index, name in enumerate(entries(term, "namespaces")):
        if wrong := dns_label(name or ""):
            yield invalid("SCH016", (*at, "namespaces", index), wrong).named(field((*at, "namespace")))
    if term.get("matchLabelKeys") or term.get("mismatchLabelKeys"):
        yield from label_keys("SCH017", term, at, context, labels)
    topology = term.get("topologyKey") or ""
    if not topology:
        yield required("SCH015", (*at, "topologyKey"))
    elif wrong := qualified_name(topology):
        yield invalid("SCH015", (*at, "topologyKey"), wrong)
