"""Rules of the API server about pods: when a container starts again."""

from __future__ import annotations

from kgen.check.server.errors import duplicate, forbidden, invalid, required, too_many, unsupported
from kgen.check.server.kinds import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

POLICIES = frozenset({"Always", "Never", "OnFailure"})
OPERATORS = frozenset({"In", "NotIn"})
RESIZED = frozenset({"cpu", "memory"})
RESIZE_POLICIES = frozenset({"NotRequired", "RestartContainer"})
MOST_RULES = 20
MOST_EXIT_CODES = 255

# https://github.com/kubernetes/kubernetes/blob/master/pkg/features/kube_features.go
_DROPPED = (1, 34)
"""ContainerRestartRules is there, but off: what it would allow is dropped, not refused."""

_SIDECARS = (1, 29)
"""Before, a container has no `restartPolicy`: what is set is dropped."""

_RULES = (1, 35)
_RULES_OF_SIDECARS = (1, 36)
_RESIZING = (1, 33)


def faults(ctr: Mapping[str, Any], at: Path, context: Context, pod_policy: str) -> Iterator[Fault]:
    """Yield what the server refuses about restarts of the container at ``at``, which is no ephemeral one."""
    is_init = at[-2] == "initContainers"
    policy = ctr.get("restartPolicy")
    if context.version >= _RULES:
        yield from _policy_faults(ctr, at)
        if entries(ctr, "restartPolicyRules"):
            yield from _rules_faults(ctr, at, context)
    elif policy is not None and _SIDECARS <= context.version < _DROPPED:
        if not is_init:
            yield forbidden("CTR053", (*at, "restartPolicy"), "may be set for init containers only")
        elif policy != "Always":
            yield unsupported("CTR052", (*at, "restartPolicy"), policy, ("Always",))
    if entries(ctr, "resizePolicy") and context.version >= _RESIZING:
        yield from _resize_faults(ctr, at, pod_policy)
        if is_init and policy != "Always":
            yield from _init_resize_faults(ctr, at)


def _policy_faults(ctr: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    policy = ctr.get("restartPolicy")
    if policy is None:
        if entries(ctr, "restartPolicyRules"):
            yield required("CTR055", (*at, "restartPolicy"), "since there are `restartPolicyRules`")
    elif policy not in POLICIES:
        yield unsupported("CTR054", (*at, "restartPolicy"), policy, POLICIES)


def _rules_faults(ctr: Mapping[str, Any], at: Path, context: Context) -> Iterator[Fault]:
    rules = entries(ctr, "restartPolicyRules")
    if ctr.get("restartPolicy") is None:
        return
    is_sidecar = at[-2] == "initContainers" and ctr.get("restartPolicy") == "Always"
    if is_sidecar and context.version < _RULES_OF_SIDECARS:
        yield forbidden("CTR057", (*at, "restartPolicyRules"), "may not be set for sidecars")
    if len(rules) > MOST_RULES:
        yield too_many("CTR056", (*at, "restartPolicyRules"), MOST_RULES, len(rules))
    actions = {"Restart"} if context.version < _RULES_OF_SIDECARS else {"Restart", "RestartAllContainers"}
    for index, rule in enumerate(rules):
        yield from _rule_faults(rule or {}, (*at, "restartPolicyRules", index), actions)


def _rule_faults(rule: Mapping[str, Any], at: Path, actions: set[str]) -> Iterator[Fault]:
    action = rule.get("action") or ""
    if action not in actions:
        yield unsupported("CTR056", (*at, "action"), action, actions)
    codes = rule.get("exitCodes")
    if codes is None:
        yield required("CTR056", (*at, "exitCodes"))
        return
    operator, values = codes.get("operator") or "", entries(codes, "values")
    if operator not in OPERATORS:
        yield unsupported("CTR056", (*at, "exitCodes", "operator"), operator, OPERATORS)
    if len(values) > MOST_EXIT_CODES:
        yield too_many("CTR056", (*at, "exitCodes", "values"), MOST_EXIT_CODES, len(values))


def _resize_faults(ctr: Mapping[str, Any], at: Path, pod_policy: str) -> Iterator[Fault]:
    """Yield the faults of resize policies; the server names most of them without their index."""
    seen = set()
    place = (*at, "resizePolicy")
    for index, entry in enumerate(entries(ctr, "resizePolicy")):
        name, policy = ((entry or {}).get(key) or "" for key in ("resourceName", "restartPolicy"))
        if name in seen:
            yield duplicate("CTR050", (*place, index), name)
        seen.add(name)
        for value, allowed, field in (
            (name, RESIZED, "resourceName"),
            (policy, RESIZE_POLICIES, "restartPolicy"),
        ):
            if not value:
                yield required("CTR050", place, f"with a `{field}` in entry {index}")
            elif value not in allowed:
                yield unsupported("CTR050", place, value, allowed)
        if pod_policy == "Never" and policy != "NotRequired":
            message = f"must have restartPolicy `NotRequired` in a pod that never restarts, but has `{policy}`"
            yield invalid("CTR050", place, message)


def _init_resize_faults(ctr: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    for index, entry in enumerate(entries(ctr, "resizePolicy")):
        if entry and entry.get("restartPolicy") == "RestartContainer":
            message = "may be `RestartContainer` only for init containers with restartPolicy `Always`"
            yield invalid("CTR058", (*at, "resizePolicy", index, "restartPolicy"), message)
