"""Rules of the API server about when a Job has failed, and when it has succeeded."""

from __future__ import annotations

from kgen.check.server.errors import duplicate, invalid, required, too_long, too_many, unsupported
from kgen.check.server.kinds import entries, part
from kgen.check.server.texts import qualified_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.diag import Path

_ACTIONS = frozenset({"Count", "FailIndex", "FailJob", "Ignore"})
_OPERATORS = frozenset({"In", "NotIn"})
_STATUSES = frozenset({"False", "True", "Unknown"})
_MOST_RULES = 20
_MOST_CODES = 255
_LONGEST_INDEXES = 65536
_BOTH_ENDS = 2
_MOST_DIGITS = 20


def failure_policy(spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the ``podFailurePolicy`` of the Job at ``at``."""
    rules = entries(part(spec, "podFailurePolicy"), "rules")
    here = (*at, "podFailurePolicy", "rules")
    if len(rules) > _MOST_RULES:
        yield too_many("JOB014", here, _MOST_RULES, len(rules))
    for index, rule in enumerate(rules):
        yield from _failure_rule(rule or {}, spec, (*here, index))
    policy = part(part(spec, "template"), "spec").get("restartPolicy")
    if policy == "OnFailure":
        message = "must be `Never` with `podFailurePolicy`, but is `OnFailure`"
        yield invalid("JOB013", (*at, "template", "spec", "restartPolicy"), message)


def _failure_rule(rule: Mapping[str, Any], spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    action = rule.get("action") or ""
    if not action:
        yield required("JOB015", (*at, "action"))
    elif action not in _ACTIONS:
        yield unsupported("JOB015", (*at, "action"), action, _ACTIONS)
    elif action == "FailIndex" and spec.get("backoffLimitPerIndex") is None:
        yield invalid("JOB015", (*at, "action"), "may only be `FailIndex` with `backoffLimitPerIndex`")
    codes = rule.get("onExitCodes")
    conditions = entries(rule, "onPodConditions")
    if codes is not None:
        yield from _exit_codes(codes, spec, (*at, "onExitCodes"))
        if conditions:
            yield invalid("JOB016", at, "may not have both `onExitCodes` and `onPodConditions`")
    elif not conditions:
        yield invalid("JOB016", at, "must have one of `onExitCodes` and `onPodConditions`")
    else:
        yield from _conditions(conditions, (*at, "onPodConditions"))


def _exit_codes(codes: Mapping[str, Any], spec: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    operator = codes.get("operator") or ""
    if not operator:
        yield required("JOB017", (*at, "operator"))
    elif operator not in _OPERATORS:
        yield unsupported("JOB017", (*at, "operator"), operator, _OPERATORS)
    name = codes.get("containerName")
    if name is not None and name not in _containers(spec):
        yield invalid("JOB017", (*at, "containerName"), f"must name a container of the template, but is `{name}`")
    values = [value or 0 for value in entries(codes, "values")]
    if not values:
        yield invalid("JOB017", (*at, "values"), "must have at least one entry")
    elif len(values) > _MOST_CODES:
        yield too_many("JOB017", (*at, "values"), _MOST_CODES, len(values))
    seen = set()
    for index, value in enumerate(values):
        if operator == "In" and value == 0:
            yield invalid("JOB017", (*at, "values", index), "must not be 0 with operator `In`, since 0 is no failure")
        if value in seen:
            yield duplicate("JOB017", (*at, "values", index), value)
        seen.add(value)
    if values != sorted(values):
        yield invalid("JOB017", (*at, "values"), "must be sorted, smallest first, but are not")


def _containers(spec: Mapping[str, Any]) -> set[str]:
    pod = part(part(spec, "template"), "spec")
    return {
        (container or {}).get("name") or ""
        for key in ("containers", "initContainers")
        for container in entries(pod, key)
    }


def _conditions(conditions: Any, at: Path) -> Iterator[Fault]:
    if len(conditions) > _MOST_RULES:
        yield too_many("JOB018", at, _MOST_RULES, len(conditions))
    for index, condition in enumerate(conditions):
        pattern = condition or {}
        if wrong := qualified_name(pattern.get("type") or ""):
            yield invalid("JOB018", (*at, index, "type"), wrong)
        status = pattern.get("status") or "True"
        if status not in _STATUSES:
            yield unsupported("JOB018", (*at, index, "status"), status, _STATUSES)


def success_policy(policy: Mapping[str, Any], completions: int, at: Path) -> Iterator[Fault]:
    """Yield what is wrong with the ``successPolicy`` at ``at`` of a Job with so many completions."""
    rules = entries(policy, "rules")
    if not rules:
        yield required("JOB021", (*at, "rules"))
    elif len(rules) > _MOST_RULES:
        yield too_many("JOB021", (*at, "rules"), _MOST_RULES, len(rules))
    for index, rule in enumerate(rules):
        yield from _success_rule(rule or {}, completions, (*at, "rules", index))


def _success_rule(rule: Mapping[str, Any], completions: int, at: Path) -> Iterator[Fault]:
    indexes = rule.get("succeededIndexes")
    count = rule.get("succeededCount")
    if indexes is None and count is None:
        yield required("JOB021", at, "with `succeededCount` or `succeededIndexes`")
    most = completions
    if indexes is not None:
        here = (*at, "succeededIndexes")
        if len(indexes) > _LONGEST_INDEXES:
            yield too_long("JOB021", here, _LONGEST_INDEXES, len(indexes), "bytes")
        total, wrong = index_ranges(indexes, completions)
        if wrong:
            yield invalid("JOB021", here, wrong)
        else:
            most = min(most, total)
    if count is not None and not 0 <= count <= most:
        yield invalid("JOB021", (*at, "succeededCount"), f"must be between 0 and {most}, but is {count}")


def index_ranges(text: str, completions: int) -> tuple[int, str]:
    """
    Return how many indexes ``text`` names, and what is wrong with it.

    >>> index_ranges("0,2-4", 5), index_ranges("2,1", 5)
    ((4, ''), (0, 'must rise from index to index, but `1` does not'))
    """
    total = 0
    last = -1
    for item in text.split(",") if text else ():
        ends = item.split("-")
        if len(ends) > _BOTH_ENDS or not all(_is_number(end) for end in ends):
            return 0, f"must be indexes and ranges as `0,2-4`, but has `{item}`"
        for end in map(_number, ends):
            if end >= completions:
                return 0, f"must name indexes below `completions`, which is {completions}, but has `{item}`"
            if end <= last:
                return 0, f"must rise from index to index, but `{item}` does not"
            total += end - last if end > _number(ends[0]) else 1
            last = end
    return total, ""


def _number(text: str) -> int:
    """Return the number; one that is far beyond every limit is cut off."""
    return int(text.lstrip("+0")[:_MOST_DIGITS] or "0")


def _is_number(text: str) -> bool:
    digits = text.removeprefix("+")
    return digits.isascii() and digits.isdecimal()
