"""The number of replicas: what a workload says, what its autoscaler says, and what its namespace has room for."""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.cross.scaling import AUTOSCALER, autoscalers, bounds, scaled
from kgen.check.reading import number
from kgen.check.server.errors import invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from kgen.check.cross.requests import Defaults
    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource

_AT = ("spec", "replicas")


def fixed_replicas(resources: Resources) -> Iterator[Finding]:
    """Yield workloads that set a number of replicas though an autoscaler is there to do it."""
    seen: set[Resource] = set()
    for autoscaler, workload in scaled(resources):
        given = number(workload.spec, "replicas")
        if given is None or workload in seen:
            continue
        seen.add(workload)
        least, most = bounds(autoscaler)
        related = [(autoscaler, ("spec", "scaleTargetRef"), "scaled here")]
        if given == 0:
            message = f"is 0, and that switches {autoscaler} off"
            helped = "leave it out, so that the autoscaler decides; or delete the autoscaler while the workload is off"
            yield Finding(workload, invalid("XHPA010", _AT, message, helped), related)
        elif given < least or (most is not None and given > most):
            message = f"is {given}, which is not between the {least} and {most} replicas of {autoscaler}"
            helped = "leave it out: each apply would start or stop pods until the autoscaler steps in"
            yield Finding(workload, invalid("XHPA009", _AT, message, helped), related)
        else:
            message = f"is {given}, and each apply resets what {autoscaler} has made of it"
            yield Finding(workload, invalid("XHPA008", _AT, message, "leave it out"), related)


def one_replica(resources: Resources) -> Iterator[Finding]:
    """Yield autoscalers that go down to a single pod."""
    for each in resources.of(*AUTOSCALER):
        least, most = bounds(each)
        if least == 1 and most is not None and most > 1:
            given = "is 1" if number(each.spec, "minReplicas") is not None else "is 1 by default"
            message = f"{given}: at low load nothing is left if one pod or node fails"
            yield Finding(each, invalid("XHPA013", ("spec", "minReplicas"), message, "set it to 2 or more"))


def nothing_to_scale(resources: Resources) -> Iterator[Finding]:
    """Yield autoscalers whose bounds are equal."""
    for each in autoscalers(resources):
        least, most = bounds(each)
        if least == most:
            upper, lower = ("maxReplicas", "minReplicas")
            if each.key != AUTOSCALER:
                upper, lower = ("maxReplicaCount", "minReplicaCount")
            message = f"is {most}, which is also `{lower}`, so nothing is ever scaled"
            helped = f"raise it, or set `replicas: {most}` in the workload and drop this object"
            yield Finding(each, invalid("XHPA014", ("spec", upper), message, helped))


def beyond_quota(resources: Resources) -> Iterator[Finding]:
    """Yield autoscalers that may scale further than a quota of their namespace lets them."""
    quotas = [each for each in resources.of("", "ResourceQuota") if _counts_all(each)]
    if not quotas:
        return
    from kgen.check.cross.quotas import hard_limits  # noqa: PLC0415  # most runs have no quota
    from kgen.check.cross.requests import defaults, exact  # noqa: PLC0415  # likewise

    filled = defaults(resources)
    for autoscaler, workload in scaled(resources):
        _, most = bounds(autoscaler)
        for quota in quotas if most else ():
            if quota.namespace != workload.namespace:
                continue
            for name, value in hard_limits(quota).items():
                hard, needed = exact(value), _per_pod(workload, name, filled.get(workload.namespace))
                if hard is not None and needed and needed * (most or 0) > hard:
                    yield _above(autoscaler, workload, quota, name, (hard, needed))
                    break


def _counts_all(quota: Resource) -> bool:
    return not quota.spec.get("scopes") and not quota.spec.get("scopeSelector")


def _per_pod(workload: Resource, name: str, filled: Defaults | None) -> Fraction | None:
    """Return how much of what a quota counts one pod of ``workload`` takes, if it is known."""
    from kgen.check.cross.quotas import compute  # noqa: PLC0415  # most runs have no quota
    from kgen.check.cross.requests import total  # noqa: PLC0415  # likewise
    from kgen.check.server.amounts import amount  # noqa: PLC0415  # likewise

    if workload.template is None:
        return None
    if name in ("pods", "count/pods"):
        return amount(1)
    kind = compute(name)
    return total(workload.template, *kind, filled) if kind else None


def _above(
    autoscaler: Resource, workload: Resource, quota: Resource, name: str, amounts: tuple[Fraction, Fraction]
) -> Finding:
    from kgen.check.cross.requests import shown  # noqa: PLC0415  # only after a fault

    hard, needed = amounts
    _, most = bounds(autoscaler)
    field = "maxReplicas" if autoscaler.key == AUTOSCALER else "maxReplicaCount"
    message = (
        f"is {most}, but {quota} has room for {hard // needed} pods of {workload} at most: each takes "
        f"`{shown(needed, name)}` of the `{shown(hard, name)}` of `{name}`"
    )
    helped = f"lower it to {hard // needed}, or raise the quota"
    related = [(quota, ("spec", "hard", name), "this quota")]
    return Finding(autoscaler, invalid("XHPA012", ("spec", field), message, helped), related)


DEFAULT = (fixed_replicas, beyond_quota)
STRICT = (one_replica, nothing_to_scale)
OFF = ()
