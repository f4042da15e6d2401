"""
Which functions check the objects of a kind. Their modules are imported when an object of the kind comes.

A function takes the object, whose form is right by its schema, and the ``Context``, and yields faults. Where the form
is right there may still be null, and anything may be missing: read with ``part`` and ``entries``.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, TypeAlias

    from kgen.check.fault import Fault

    Check: TypeAlias = Callable[[Mapping[str, Any], "Context"], Iterable[Fault]]


class Context:
    """What a rule may have to know beside the object."""

    __slots__ = ("group", "is_namespaced", "kind", "version")

    def __init__(self, version: tuple[int, int], group: str, kind: str, *, is_namespaced: bool | None) -> None:
        self.version = version
        """Of Kubernetes: ``(1, 36)``."""

        self.group = group
        self.kind = kind
        self.is_namespaced = is_namespaced
        """``None`` if that is not known."""


EVERY: Sequence[str] = ("metadata.faults",)
"""What every kind is asked."""

KINDS: Mapping[tuple[str, str], Sequence[str]] = {
    ("", "Pod"): ("pod.pod", "mirror.mirror_pod", "address_warnings.faults"),
    ("", "PodTemplate"): ("pod.pod_template", "address_warnings.faults"),
    ("", "ReplicationController"): ("workloads.replication_controller", "address_warnings.faults"),
    ("apps", "Deployment"): ("workloads.deployment", "address_warnings.faults"),
    ("apps", "ReplicaSet"): ("workloads.replica_set", "address_warnings.faults"),
    ("apps", "StatefulSet"): ("workloads.stateful_set", "address_warnings.faults"),
    ("apps", "DaemonSet"): ("workloads.daemon_set", "address_warnings.faults"),
    ("batch", "Job"): ("jobs.job", "address_warnings.faults"),
    ("batch", "CronJob"): ("jobs.cron_job", "address_warnings.faults"),
    ("", "Node"): ("nodes.node", "address_warnings.faults"),
    ("", "Event"): ("decoding.micro_times",),
    ("events.k8s.io", "Event"): ("decoding.micro_times",),
    ("coordination.k8s.io", "Lease"): ("decoding.micro_times",),
    ("coordination.k8s.io", "LeaseCandidate"): ("decoding.micro_times",),
    ("", "Service"): ("service.service", "address_warnings.faults"),
    ("", "Endpoints"): ("endpoints.endpoints", "address_warnings.faults"),
    ("discovery.k8s.io", "EndpointSlice"): ("endpoints.endpoint_slice", "address_warnings.faults"),
    ("networking.k8s.io", "Ingress"): ("ingress.ingress",),
    ("networking.k8s.io", "IngressClass"): ("ingress.ingress_class",),
    ("networking.k8s.io", "NetworkPolicy"): ("network_policy.network_policy", "address_warnings.faults"),
    ("autoscaling", "HorizontalPodAutoscaler"): ("autoscaler.autoscaler",),
    ("policy", "PodDisruptionBudget"): ("disruption.disruption_budget",),
    ("", "ConfigMap"): ("configuration.config_map",),
    ("", "Secret"): ("configuration.secret",),
    ("", "PersistentVolumeClaim"): ("storage.claim",),
    ("", "PersistentVolume"): ("storage.volume",),
    ("storage.k8s.io", "StorageClass"): ("classes.storage_class", "scheduling.storage_class"),
    ("storage.k8s.io", "VolumeAttributesClass"): ("classes.volume_attributes_class",),
    ("storage.k8s.io", "CSIDriver"): ("classes.csi_driver",),
    ("scheduling.k8s.io", "PriorityClass"): ("classes.priority_class",),
    ("node.k8s.io", "RuntimeClass"): ("classes.runtime_class", "scheduling.runtime_class"),
    ("rbac.authorization.k8s.io", "Role"): ("rbac.role",),
    ("rbac.authorization.k8s.io", "ClusterRole"): ("rbac.cluster_role",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("rbac.binding",),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("rbac.binding",),
    ("", "ResourceQuota"): ("quota.resource_quota",),
    ("", "LimitRange"): ("quota.limit_range",),
    ("", "Namespace"): ("quota.namespace",),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): ("admission.policy",),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"): ("admission.policy",),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): ("admission.binding",),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"): ("admission.binding",),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): ("admission.webhooks",),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): ("admission.webhooks",),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): ("definition.definition",),
}
"""API group and kind → functions, as ``module.function``."""


@lru_cache(maxsize=1000)
def checks(group: str, kind: str) -> tuple[Check, ...]:
    """Return the functions that check objects of a kind."""
    return tuple(_function(name) for name in (*EVERY, *KINDS.get((group, kind), ())))


def _function(name: str) -> Check:
    module, _, function = name.partition(".")
    made: Check = getattr(import_module(f"kgen.check.server.{module}"), function)
    return made


def part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the mapping at ``key``; an empty one where there is none."""
    return value.get(key) or {}


def entries(value: Mapping[str, Any], key: str) -> Sequence[Any]:
    """Return the list at ``key``; an empty one where there is none."""
    return value.get(key) or ()
