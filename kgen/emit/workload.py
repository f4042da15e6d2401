"""Deployments, CronJobs and Jobs: what runs a pod template, and when."""

from typing import Any

from kgen.emit.pod import template
from kgen.k8s import Manifest, manifest
from kgen.model.plan import Run, Workload


def workload(plan: Workload, account: str) -> Manifest:
    """Build the object that runs ``plan``'s pods."""
    if plan.run is None:
        return deployment(plan, account)
    return cron_job(plan, plan.run, account) if plan.type == "cron" else job(plan, plan.run, account)


def deployment(plan: Workload, account: str) -> Manifest:
    """
    Build a Deployment.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
    """
    spec: dict[str, Any] = {} if plan.replicas is None else {"replicas": plan.replicas}
    spec["revisionHistoryLimit"] = 3  # the history is in Git
    spec["selector"] = {"matchLabels": plan.target.selector}
    # never below the number of pods: a new one must be ready before an old one goes
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"}}
    spec["strategy"] = {"type": "Recreate"} if plan.recreate else rolling
    spec["template"] = template(plan, account)
    return manifest("apps/v1", "Deployment", plan.target, spec=spec)


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
    spec["startingDeadlineSeconds"] = 300
    if run.suspend:
        spec["suspend"] = True
    spec["jobTemplate"] = {"metadata": {"labels": plan.target.labels}, "spec": _job_spec(plan, run, account)}
    return manifest("batch/v1", "CronJob", plan.target, spec=spec)


def job(plan: Workload, run: Run, account: str) -> Manifest:
    """
    Build a Job that Argo CD makes anew on every sync: a Job's pod template cannot be changed.

    Source: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
    """
    return manifest("batch/v1", "Job", plan.target, spec=_job_spec(plan, run, account))


def _job_spec(plan: Workload, run: Run, account: str) -> dict[str, Any]:
    spec: dict[str, Any] = {"backoffLimit": run.retries}
    if run.timeout:
        spec["activeDeadlineSeconds"] = run.timeout
    spec["template"] = template(plan, account, restart="Never")
    return spec
