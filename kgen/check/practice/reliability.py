"""Rules of practice on workloads: what happens when a pod, a node or a run fails."""

from __future__ import annotations

from kgen.check.practice.advice import advice
from kgen.check.reading import entries, mappings, number, part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource

    Version = tuple[int, int]

_LONGEST_GRACE = 600
"""Most tools that empty a node do not wait longer."""

_LONG_HISTORY = 10
_CLEANED_UP_BY = ("argocd.argoproj.io/hook", "argocd.argoproj.io/hook-delete-policy", "helm.sh/hook-delete-policy")
"""Annotations with which another tool removes a Job."""


def replicas_on_one_node(resource: Resource, _version: Version) -> Iterator[Fault]:
    template = resource.template
    if resource.kind not in {"Deployment", "StatefulSet"} or template is None:
        return
    replicas = number(resource.spec, "replicas")
    is_spread = part(template.spec, "affinity", "podAntiAffinity") or entries(
        template.spec, "topologySpreadConstraints"
    )
    if replicas is not None and replicas > 1 and not is_spread:
        message = f"must be set: all {replicas} replicas may be on one node, and go with it"
        yield advice(
            "REL02", (*template.at_spec, "topologySpreadConstraints"), message, "spread them over hosts or zones"
        )


def pods_for_any_node(resource: Resource, _version: Version) -> Iterator[Fault]:
    template = resource.template
    if template is not None and not part(template.spec, "affinity", "nodeAffinity"):
        message = "must be set: the pod may come to any node"
        yield advice(
            "REL03", (*template.at_spec, "affinity", "nodeAffinity"), message, "say which nodes are meant for it"
        )


def pods_without_priority(resource: Resource, _version: Version) -> Iterator[Fault]:
    template = resource.template
    if template is not None and not text(template.spec, "priorityClassName"):
        message = "must be set: when nodes are full, nobody knows which pods matter more"
        yield advice("REL04", (*template.at_spec, "priorityClassName"), message, "name a PriorityClass")


def unusual_grace_periods(resource: Resource, _version: Version) -> Iterator[Fault]:
    template = resource.template
    given = number(template.spec, "terminationGracePeriodSeconds") if template is not None else None
    if template is None or given is None:
        return
    path = (*template.at_spec, "terminationGracePeriodSeconds")
    if given == 0:
        yield advice(
            "REL06", path, "must be above 0: the pod is killed in the middle of its work", "raise it, as to 30"
        )
    elif given > _LONGEST_GRACE:
        message = f"must be at most {_LONGEST_GRACE}, but is {given}: whoever empties a node does not wait so long"
        yield advice("REL06", path, message, "lower it, and let long work go on elsewhere")


def updates_with_a_gap(resource: Resource, _version: Version) -> Iterator[Fault]:
    if text(resource.spec, "strategy", "type") == "Recreate" and resource.kind == "Deployment":
        message = "must be `RollingUpdate`, but is `Recreate`: nothing runs during an update"
        yield advice(
            "REL07", ("spec", "strategy", "type"), message, "use `RollingUpdate` if two versions can run at once"
        )


def schedules_without_deadline(resource: Resource, _version: Version) -> Iterator[Fault]:
    if resource.kind == "CronJob" and resource.spec.get("startingDeadlineSeconds") is None:
        message = "must be set: a run that was missed starts however late it is"
        yield advice(
            "REL09", ("spec", "startingDeadlineSeconds"), message, "set it to how late a run may start, as 300"
        )


def overlapping_schedules(resource: Resource, _version: Version) -> Iterator[Fault]:
    if resource.kind == "CronJob" and not text(resource.spec, "concurrencyPolicy"):
        message = "must be set: by default, a run starts though the one before is still going on"
        yield advice(
            "REL10", ("spec", "concurrencyPolicy"), message, "use `Forbid`, `Replace`, or `Allow` if that is meant"
        )


def long_histories(resource: Resource, _version: Version) -> Iterator[Fault]:
    for key in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        given = number(resource.spec, key) or 0
        if resource.kind == "CronJob" and given > _LONG_HISTORY:
            message = f"must be at most {_LONG_HISTORY}, but is {given}: old Jobs and their pods stay in the cluster"
            yield advice("REL11", ("spec", key), message, "lower it, and keep logs elsewhere")


def jobs_that_stay(resource: Resource, _version: Version) -> Iterator[Fault]:
    if resource.kind == "CronJob":
        if part(resource.spec, "jobTemplate", "spec").get("ttlSecondsAfterFinished") is not None:
            message = "must not be set here: the history limits of the CronJob say already what stays"
            path = ("spec", "jobTemplate", "spec", "ttlSecondsAfterFinished")
            yield advice("REL12", path, message, "remove it, and set the history limits of the CronJob")
    elif resource.kind == "Job" and resource.spec.get("ttlSecondsAfterFinished") is None:
        annotations = texts(part(resource.value, "metadata", "annotations"))
        if not any(each in annotations for each in _CLEANED_UP_BY):
            message = "must be set: the Job and its pods stay in the cluster for ever"
            out = "set it to how long the logs are needed, as 86400 for a day"
            yield advice("REL12", ("spec", "ttlSecondsAfterFinished"), message, out)


def retries_that_lose_logs(resource: Resource, _version: Version) -> Iterator[Fault]:
    template = resource.template
    if resource.kind not in {"Job", "CronJob"} or template is None:
        return
    at = template.at[:-1]
    spec = part(resource.value, *(key for key in at if isinstance(key, str)))
    if spec.get("backoffLimit") is None and text(template.spec, "restartPolicy") == "OnFailure":
        message = "must be set: after 6 failures the pod is deleted, and its logs with it"
        yield advice(
            "REL13", (*at, "backoffLimit"), message, "set it, or use `restartPolicy: Never` to keep failed pods"
        )


def no_way_back(resource: Resource, _version: Version) -> Iterator[Fault]:
    if resource.kind == "Deployment" and number(resource.spec, "revisionHistoryLimit") == 0:
        message = "must be above 0: there is nothing to roll back to"
        yield advice("REL14", ("spec", "revisionHistoryLimit"), message, "keep a few revisions, as 3")


def many_lookups(resource: Resource, _version: Version) -> Iterator[Fault]:
    template = resource.template
    if template is None:
        return
    options = mappings(template.spec, "dnsConfig", "options")
    if not any(text(option, "name") == "ndots" for _, option in options):
        message = "must have `ndots`: names outside of the cluster are looked up several times by default"
        yield advice("REL15", (*template.at_spec, "dnsConfig", "options"), message, 'add `{name: ndots, value: "2"}`')


def bare_pods(resource: Resource, _version: Version) -> Iterator[Fault]:
    if resource.key == ("", "Pod"):
        message = "must not be `Pod`: nobody starts it again when its node goes"
        yield advice("REL18", ("kind",), message, "use a Deployment, or a Job if it ends by itself")


def scaled_to_nothing(resource: Resource, _version: Version) -> Iterator[Fault]:
    if resource.kind in {"Deployment", "StatefulSet"} and number(resource.spec, "replicas") == 0:
        message = "must be above 0: nothing runs"
        yield advice("REL19", ("spec", "replicas"), message, "raise it, or remove the workload if nobody needs it")


DEFAULT = ()
STRICT = (
    unusual_grace_periods,
    schedules_without_deadline,
    overlapping_schedules,
    jobs_that_stay,
    retries_that_lose_logs,
    bare_pods,
    scaled_to_nothing,
)
OFF = (
    replicas_on_one_node,
    pods_for_any_node,
    pods_without_priority,
    updates_with_a_gap,
    long_histories,
    no_way_back,
    many_lookups,
)
