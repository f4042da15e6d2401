"""Deployments, StatefulSets, DaemonSets, CronJobs and Jobs: what runs a pod template, and when."""

from typing import Any

from kgen.emit.pod import template
from kgen.features import volumes
from kgen.features.stateful import Governing
from kgen.k8s import Manifest, manifest
from kgen.model.plan import Workload
from kgen.model.pod_plan import Replacement, Run
from kgen.model.runs import FailureRule


def workload(plan: Workload, account: str) -> Manifest:
    """Build the object that runs ``plan``'s pods."""
    if plan.run:
        return cron_job(plan, plan.run, account) if plan.kind == "CronJob" else job(plan, plan.run, account)
    if plan.governing:
        return stateful_set(plan, plan.governing, account)
    return daemon_set(plan, account) if plan.kind == "DaemonSet" else deployment(plan, account)


def deployment(plan: Workload, account: str) -> Manifest:
    """
    Build a Deployment.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
    """
    spec: dict[str, Any] = {} if plan.replicas is None else {"replicas": plan.replicas}
    spec["revisionHistoryLimit"] = 3  # the history is in Git
    spec["selector"] = {"matchLabels": plan.target.selector}
    spec["strategy"] = _strategy(plan.replacement)
    spec["template"] = template(plan, account)
    return manifest("apps/v1", "Deployment", plan.target, spec=spec)


def stateful_set(plan: Workload, governing: Governing, account: str) -> Manifest:
    """
    Build a StatefulSet.

    Its template of a claim says what it is: the API server writes that in, and Argo CD with server-side apply would
    show the difference for ever (https://github.com/argoproj/argo-cd/issues/11143).

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
    """
    spec: dict[str, Any] = {} if plan.replicas is None else {"replicas": plan.replicas}
    spec["revisionHistoryLimit"] = 3  # the history is in Git
    spec["serviceName"] = governing.service
    if governing.parallel:
        spec["podManagementPolicy"] = "Parallel"
    kept = {"whenDeleted": governing.when_deleted, "whenScaled": governing.when_scaled}
    if kept != {"whenDeleted": "Retain", "whenScaled": "Retain"}:
        spec["persistentVolumeClaimRetentionPolicy"] = kept
    spec["selector"] = {"matchLabels": plan.target.selector}
    if strategy := _strategy(plan.replacement):
        spec["updateStrategy"] = strategy
    spec["template"] = template(plan, account)
    if plan.claim_templates:
        spec["volumeClaimTemplates"] = [
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": claim.name},
                "spec": volumes.spec(claim),
            }
            for claim in plan.claim_templates
        ]
    return manifest("apps/v1", "StatefulSet", plan.target, spec=spec)


def daemon_set(plan: Workload, account: str) -> Manifest:
    """
    Build a DaemonSet.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
    """
    spec: dict[str, Any] = {"revisionHistoryLimit": 3, "selector": {"matchLabels": plan.target.selector}}
    if strategy := _strategy(plan.replacement):
        spec["updateStrategy"] = strategy
    spec["template"] = template(plan, account)
    return manifest("apps/v1", "DaemonSet", plan.target, spec=spec)


def _strategy(replacement: Replacement) -> dict[str, Any]:
    """Return how pods are replaced; nothing where that is Kubernetes' own default."""
    if replacement.strategy != "RollingUpdate":
        return {"type": replacement.strategy}
    given = {"maxUnavailable": replacement.max_unavailable, "maxSurge": replacement.max_surge}
    rolling = {key: amount for key, amount in given.items() if amount is not None}
    if replacement.partition:
        rolling["partition"] = replacement.partition
    return {"type": "RollingUpdate", "rollingUpdate": rolling} if rolling else {}


def cron_job(plan: Workload, run: Run, account: str) -> Manifest:
    """
    Build a CronJob.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
    """
    spec: dict[str, Any] = {"schedule": run.schedule}
    if run.timezone:
        spec["timeZone"] = run.timezone
    spec["concurrencyPolicy"] = run.concurrency
    # a controller that was away starts a missed run only if it is not older than this; without the field,
    # 100 missed runs stop the schedule for ever
    spec["startingDeadlineSeconds"] = run.starting_deadline
    if run.suspend:
        spec["suspend"] = True
    if run.history:
        kept = (
            ("successfulJobsHistoryLimit", run.history.successes, 3),
            ("failedJobsHistoryLimit", run.history.failures, 1),
        )
        spec |= {key: number for key, number, default in kept if number != default}
    spec["jobTemplate"] = {"metadata": {"labels": plan.target.labels}, "spec": _job_spec(plan, run, account)}
    return manifest("batch/v1", "CronJob", plan.target, spec=spec)


def job(plan: Workload, run: Run, account: str) -> Manifest:
    """
    Build a Job that Argo CD makes anew on every sync: a Job's pod template cannot be changed.

    Source: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
    """
    return manifest("batch/v1", "Job", plan.target, spec=_job_spec(plan, run, account))


def _job_spec(plan: Workload, run: Run, account: str) -> dict[str, Any]:
    numbers = {
        "parallelism": run.parallelism,
        "completions": run.completions,
        "completionMode": "Indexed" if run.is_indexed else None,
        "backoffLimit": run.retries,
        "backoffLimitPerIndex": run.retries_per_index,
        "maxFailedIndexes": run.max_failed_indexes,
    }
    spec: dict[str, Any] = {key: value for key, value in numbers.items() if value is not None}
    if run.on_failure:
        spec["podFailurePolicy"] = {"rules": [_failure_rule(plan, rule) for rule in run.on_failure]}
    if run.ttl:
        spec["ttlSecondsAfterFinished"] = run.ttl
    if run.timeout:
        spec["activeDeadlineSeconds"] = run.timeout
    spec["template"] = template(plan, account, restart="Never")
    return spec


def _failure_rule(plan: Workload, rule: FailureRule) -> dict[str, Any]:
    """
    Return what the failure of a pod means.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
    """
    action = {"fail-job": "FailJob", "fail-index": "FailIndex", "ignore": "Ignore", "count": "Count"}
    if rule.exit_codes is None:
        conditions = [{"type": "DisruptionTarget", "status": "True"}]
        return {"action": action[rule.action or "ignore"], "onPodConditions": conditions}
    codes = {"containerName": plan.container.name, "operator": "In", "values": sorted(set(rule.exit_codes))}
    return {"action": action[rule.action or "count"], "onExitCodes": codes}
