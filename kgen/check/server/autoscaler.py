"""Rules of the API server about HorizontalPodAutoscalers; ``metrics`` has those about what they measure."""

from __future__ import annotations

from kgen.check.server import metrics
from kgen.check.server.amounts import quantity
from kgen.check.server.errors import invalid, required, unsupported
from kgen.check.server.kinds import part
from kgen.check.server.metrics import reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_SELECTIONS = ("Disabled", "Max", "Min")
_POLICIES = ("Percent", "Pods")
_LONGEST_WINDOW = 3600
_LONGEST_PERIOD = 1800
_SINCE_NONE = (1, 37)
"""The version that scales down to no pods at all, by a metric that can be without them."""

_SINCE_TOLERANCE = (1, 35)
"""The version that has it on; an older one drops it."""


def autoscaler(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a HorizontalPodAutoscaler."""
    spec = part(value, "spec")
    least = spec.get("minReplicas")
    least = 1 if least is None else least
    fewest = 0 if context.version >= _SINCE_NONE else 1
    if least < fewest:
        yield invalid("HPA002", ("spec", "minReplicas"), f"must be at least {fewest}, but is {least}")
    yield from _most(spec.get("maxReplicas") or 0, least)
    target = part(spec, "scaleTargetRef")
    may_have_no_group = target.get("kind") == "ReplicationController"
    yield from reference(target, ("spec", "scaleTargetRef"), context, may_have_no_group=may_have_no_group)
    yield from metrics.faults(spec, least, context)
    behavior = part(spec, "behavior")
    for direction in ("scaleUp", "scaleDown"):
        if rules := behavior.get(direction):
            yield from _scaling(rules, ("spec", "behavior", direction), context)


def _most(most: int, least: int) -> Iterator[Fault]:
    at = ("spec", "maxReplicas")
    if most == 0:
        yield required("HPA001", at, "and must be at least 1")
    elif most < 0:
        yield invalid("HPA001", at, f"must be at least 1, but is {most}")
    elif most < least:
        yield invalid("HPA003", at, f"must be at least `minReplicas`, {least}, but is {most}")


def _scaling(rules: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    window = rules.get("stabilizationWindowSeconds")
    if window is not None and not 0 <= window <= _LONGEST_WINDOW:
        message = f"must be between 0 and {_LONGEST_WINDOW}, but is {window}"
        yield invalid("HPA016", (*at, "stabilizationWindowSeconds"), message)
    selection = rules.get("selectPolicy")
    if selection is not None and selection not in _SELECTIONS:
        yield unsupported("HPA017", (*at, "selectPolicy"), selection, _SELECTIONS)
    policies = rules.get("policies")
    if policies is not None and not policies:
        yield required("HPA018", (*at, "policies"), "or has to be left out")
    for index, policy in enumerate(policies or ()):
        yield from _policy(policy or {}, (*at, "policies", index))
    tolerance = rules.get("tolerance")
    if tolerance is not None and context.version >= _SINCE_TOLERANCE and quantity(tolerance) < 0:
        yield invalid("HPA020", (*at, "tolerance"), f"must be at least 0, but is `{tolerance}`")


def _policy(policy: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if (of_type := policy.get("type") or "") not in _POLICIES:
        yield unsupported("HPA019", (*at, "type"), of_type, _POLICIES)
    if (value := policy.get("value") or 0) < 1:
        yield invalid("HPA019", (*at, "value"), f"must be at least 1, but is {value}")
    if not 1 <= (seconds := policy.get("periodSeconds") or 0) <= _LONGEST_PERIOD:
        message = f"must be between 1 and {_LONGEST_PERIOD}, but is {seconds}"
        yield invalid("HPA019", (*at, "periodSeconds"), message)
