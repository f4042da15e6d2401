"""
kgen's own alerts: what goes wrong with pods, runs and volumes, as queries.

Every query names the namespace and the object, so that an alert of one app never speaks of another one. Binary
operators match on named labels only, whatever other labels a scrape adds.

Source: https://github.com/kubernetes-monitoring/kubernetes-mixin/tree/master/alerts
"""

from collections.abc import Iterator

from kgen.features.alerts import AlertRule
from kgen.model.plan import Kind
from kgen.record import dataclass

CONTROLLERS = {
    # kind → metrics of kube-state-metrics: pods that answer, pods wanted
    "Deployment": ("deployment", "kube_deployment_status_replicas_available", "kube_deployment_spec_replicas"),
    "StatefulSet": ("statefulset", "kube_statefulset_status_replicas_ready", "kube_statefulset_replicas"),
    "DaemonSet": (
        "daemonset",
        "kube_daemonset_status_number_available",
        "kube_daemonset_status_desired_number_scheduled",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What alerts are about."""

    kind: Kind
    namespace: str
    name: str
    container: str
    pods: str
    """Regular expression of the names of its pods."""

    has_cpu_limit: bool
    autoscaler: str
    """Name of the HorizontalPodAutoscaler; empty if there is none, or if it cannot change anything."""

    claims: str
    """Regular expression of the names of its volumes' claims; empty if there are none."""

    scrape_job: str
    """Value of the label `job` of its own metrics; empty if it publishes none."""

    always_runs: bool
    """Whether at least one pod always runs."""

    suspended: bool = False
    """Whether its schedule is off."""


def rules(about: Subject) -> Iterator[AlertRule]:
    """Yield kgen's alerts for a component, the most urgent of each sort first."""
    if about.kind == "CronJob":
        yield from _runs(about)
    elif about.kind == "Job":
        yield _job(about)
    else:
        yield from _controller(about)
        yield from _pods(about)
        yield from _limits(about)
    if about.claims:
        yield from _volumes(about)
    if about.scrape_job:
        yield _metrics(about)


def _controller(about: Subject) -> Iterator[AlertRule]:
    label, available, wanted = CONTROLLERS[about.kind]
    which = f'{{namespace="{about.namespace}", {label}="{about.name}"}}'
    both = f"(namespace, {label})"
    yield AlertRule(
        name="NotAvailable",
        expr=f"{available}{which} == 0\nand on {both}\n{wanted}{which} > 0",
        hold="5m",
        severity="critical",
        summary=f"No pod of {about.name} is available",
        description="Nobody answers requests or does the work. Look at the events and logs of its pods.",
    )
    yield AlertRule(
        name="ReplicasMissing",
        expr=f"{available}{which}\n< on {both}\n{wanted}{which}",
        hold="15m",
        severity="warning",
        summary=f"{about.name} has fewer pods than it should",
        description="{{ $value }} are available. The others do not start, are not ready, or find no node.",
    )
    if about.kind == "Deployment":
        yield AlertRule(
            name="RolloutStuck",
            expr=f'kube_deployment_status_condition{which[:-1]}, condition="Progressing", status="false"}} == 1',
            hold="1m",
            severity="warning",
            summary=f"The rollout of {about.name} does not come to its end",
            description="New pods do not become ready, while those of the revision before go on.",
        )


def _pods(about: Subject) -> Iterator[AlertRule]:
    which = containers(about)
    same = "(namespace, pod, container)"
    yield AlertRule(
        name="CrashLooping",
        expr=f'max_over_time(kube_pod_container_status_waiting_reason{{{which}, reason="CrashLoopBackOff"}}[5m]) >= 1',
        hold="10m",
        severity="warning",
        summary="Pod {{ $labels.pod }} crashes again and again",
        description="It ends soon after each start, and the pauses between get longer. Look at its last log.",
    )
    yield AlertRule(
        name="Restarting",
        expr=f"increase(kube_pod_container_status_restarts_total{{{which}}}[1h]) > 3",
        hold="5m",
        severity="warning",
        summary="Pod {{ $labels.pod }} was restarted several times within an hour",
        description="Too slow for a crash loop: it may leak memory, or fail its liveness probe under load.",
    )
    yield AlertRule(
        name="OutOfMemory",
        expr=f"increase(kube_pod_container_status_restarts_total{{{which}}}[10m]) > 0\n"
        f"and on {same}\n"
        f'kube_pod_container_status_last_terminated_reason{{{which}, reason="OOMKilled"}} == 1',
        hold="1m",
        severity="warning",
        summary="Pod {{ $labels.pod }} was killed, since it used more memory than its limit",
        description="Raise `resources.memory`, or find out what holds the memory.",
    )


def _limits(about: Subject) -> Iterator[AlertRule]:
    which = containers(about)
    if about.has_cpu_limit:
        yield AlertRule(
            name="CpuThrottled",
            expr=f"sum by (namespace, pod) (increase(container_cpu_cfs_throttled_periods_total{{{which}}}[5m]))\n"
            f"/\nsum by (namespace, pod) (increase(container_cpu_cfs_periods_total{{{which}}}[5m]))\n> 0.25",
            hold="15m",
            severity="info",
            summary="Pod {{ $labels.pod }} waits for CPU in {{ $value | humanizePercentage }} of the time",
            description="Its CPU limit is too low for its load; raise the limit or remove it.",
        )
    yield AlertRule(
        name="MemoryNearLimit",
        expr=f"max by (namespace, pod) (container_memory_working_set_bytes{{{which}}})\n/\n"
        f'max by (namespace, pod) (kube_pod_container_resource_limits{{{which}, resource="memory"}})\n> 0.9',
        hold="15m",
        severity="warning",
        summary="Pod {{ $labels.pod }} uses {{ $value | humanizePercentage }} of the memory that it may use",
        description="At 100 % it is killed. Raise `resources.memory`, or find out what holds the memory.",
    )
    if about.autoscaler:
        scaler = f'{{namespace="{about.namespace}", horizontalpodautoscaler="{about.autoscaler}"}}'
        yield AlertRule(
            name="AutoscalerAtMaximum",
            expr=f"kube_horizontalpodautoscaler_status_desired_replicas{scaler}\n"
            ">= on (namespace, horizontalpodautoscaler)\n"
            f"kube_horizontalpodautoscaler_spec_max_replicas{scaler}",
            hold="30m",
            severity="warning",
            summary=f"{about.name} runs as many pods as it may",
            description="More load finds no more pods. Raise `replicas.max`, or find out where the load comes from.",
        )


def _volumes(about: Subject) -> Iterator[AlertRule]:
    which = f'{{namespace="{about.namespace}", persistentvolumeclaim=~"{about.claims}"}}'
    share = f"kubelet_volume_stats_available_bytes{which}\n/\nkubelet_volume_stats_capacity_bytes{which}"
    yield AlertRule(
        name="VolumeNearlyFull",
        expr=f"{share}\n< 0.05",
        hold="5m",
        severity="critical",
        summary="Only {{ $value | humanizePercentage }} of volume {{ $labels.persistentvolumeclaim }} is free",
        description="Writing will fail. Raise its `size`, if its storage class can, or remove data.",
    )
    yield AlertRule(
        name="VolumeFillingUp",
        expr=f"{share}\n< 0.15\nand\n"
        f"predict_linear(kubelet_volume_stats_available_bytes{which}[6h], 4 * 24 * 3600) < 0",
        hold="1h",
        severity="warning",
        summary="Volume {{ $labels.persistentvolumeclaim }} will be full within four days",
        description="{{ $value | humanizePercentage }} is free, and it gets less. Raise its `size`, or remove data.",
    )


def _metrics(about: Subject) -> AlertRule:
    which = f'up{{namespace="{about.namespace}", job="{about.scrape_job}"}}'
    return AlertRule(
        name="MetricsMissing",
        expr=f"{which} == 0\nor\nabsent({which})" if about.always_runs else f"{which} == 0",
        hold="15m",
        severity="warning",
        summary=f"Prometheus gets no metrics of {about.name}",
        description="Whatever else is wrong with it may stay unseen.",
    )


def _runs(about: Subject) -> Iterator[AlertRule]:
    which = f'{{namespace="{about.namespace}", cronjob="{about.name}"}}'
    started = f"kube_cronjob_status_last_schedule_time{which}"
    succeeded = f"kube_cronjob_status_last_successful_time{which}"
    same = "on (namespace, cronjob)"
    yield AlertRule(
        name="RunFailed",
        # the last start is after the last success, or there was none, and nothing runs now
        expr=f"(\n  {started} > {same} {succeeded}\n  or\n  {started} unless {same} {succeeded}\n)\n"
        f"and {same}\nkube_cronjob_status_active{which} == 0",
        hold="1m",
        severity="warning",
        summary=f"The last run of {about.name} failed",
        description="All its tries failed, or it took too long. Look at the log of its pods.",
    )
    if not about.suspended:
        yield AlertRule(
            name="RunMissed",
            expr=f"time() - kube_cronjob_next_schedule_time{which} > 600",
            hold="5m",
            severity="warning",
            summary=f"{about.name} was not started when it should have been",
            description="The run before may still go on, or the namespace's quota leaves no room for another pod.",
        )


def _job(about: Subject) -> AlertRule:
    which = f'{{namespace="{about.namespace}", job_name="{about.name}", condition="true"}}'
    return AlertRule(
        name="JobFailed",
        expr=f"kube_job_failed{which} == 1",
        hold="1m",
        severity="warning",
        summary=f"The job {about.name} failed",
        description="All its tries failed, or it took too long; the deployment that it belongs to is not complete.",
    )


def containers(about: Subject) -> str:
    """Return the labels that find the containers of a component."""
    return f'namespace="{about.namespace}", pod=~"{about.pods}", container="{about.container}"'
