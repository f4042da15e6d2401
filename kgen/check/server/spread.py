"""Rules of the API server about topology spread constraints of pods."""

from __future__ import annotations

from kgen.check.fault import Fault, field
from kgen.check.server import selectors
from kgen.check.server.affinity import DEPRECATED, deprecated
from kgen.check.server.errors import duplicate, invalid, required, unsupported
from kgen.check.server.label_keys import label_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_ACTIONS = frozenset({"DoNotSchedule", "ScheduleAnyway"})
_POLICIES = frozenset({"Honor", "Ignore"})
_SINCE_POLICIES = (1, 26)
_SINCE_DOMAINS = (1, 27)


def constraints(values: Sequence[Any], at: Path, context: Context, labels: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the ``topologySpreadConstraints`` at ``at`` of a pod with ``labels``."""
    pairs = [((value or {}).get("topologyKey") or "", (value or {}).get("whenUnsatisfiable") or "") for value in values]
    for index, constraint in enumerate(values):
        yield from _constraint(constraint or {}, (*at, index), context, labels)
        if pairs[index] in pairs[index + 1 :]:
            named = f"{field((*at, index))}.{{topologyKey, whenUnsatisfiable}}"
            yield duplicate("SCH022", (*at, index), "{{{}, {}}}".format(*pairs[index])).named(named)


def _constraint(
    constraint: Mapping[str, Any], at: Path, context: Context, labels: Mapping[str, Any]
) -> Iterator[Fault]:
    skew = constraint.get("maxSkew") or 0
    if skew <= 0:
        yield invalid("SCH019", (*at, "maxSkew"), f"must be at least 1, but is {skew}")
    topology = constraint.get("topologyKey")
    if not topology:
        yield required("SCH020", (*at, "topologyKey"))
    elif topology in DEPRECATED:
        yield from deprecated(topology, (*at, "topologyKey"))
    action = constraint.get("whenUnsatisfiable") or ""
    if action not in _ACTIONS:
        yield unsupported("SCH021", (*at, "whenUnsatisfiable"), action, _ACTIONS)
    yield from _optional(constraint, action, at, context)
    selector = constraint.get("labelSelector")
    if selector is None:
        yield invalid("SCH027", (*at, "labelSelector"), "is missing, so the constraint counts no pod")
    elif selector:
        for fault in selectors.label_selector(selector, (*at, "labelSelector"), context):
            yield Fault(keyword=fault.keyword, path=fault.path, message=fault.message, help=fault.help, row="SCH026")
    if constraint.get("matchLabelKeys"):
        yield from label_keys("SCH025", constraint, at, context, labels)


def _optional(constraint: Mapping[str, Any], action: str, at: Path, context: Context) -> Iterator[Fault]:
    if (domains := constraint.get("minDomains")) is not None and context.version >= _SINCE_DOMAINS:
        yield from _min_domains(domains, action, (*at, "minDomains"))
    for key in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        policy = constraint.get(key)
        if policy is not None and policy not in _POLICIES and context.version >= _SINCE_POLICIES:
            yield unsupported("SCH024", (*at, key), policy, _POLICIES)


def _min_domains(domains: int, action: str, at: Path) -> Iterator[Fault]:
    if domains <= 0:
        yield invalid("SCH023", at, f"must be at least 1, but is {domains}")
    if action != "DoNotSchedule":
        yield invalid("SCH023", at, f"is {domains}, but may only be set with `whenUnsatisfiable: DoNotSchedule`")
