"""
Which modules look at a set of objects. A module is imported when an object of one of its kinds is there.

Each module has ``DEFAULT``, ``STRICT`` and ``OFF``: tuples of functions that take the ``Resources`` and yield
``Finding``s, by the first profile in which they are asked.
"""

from __future__ import annotations

from importlib import import_module

from kgen.check.profiles import ANY, PARTS, WORKLOAD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgen.check.cross.resources import Finding, Resources

_ROUTES = tuple(
    ("gateway.networking.k8s.io", kind) for kind in ("GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute")
)
_ROLES = tuple(
    ("rbac.authorization.k8s.io", kind) for kind in ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
)

MODULES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "duplicates": (ANY,),
    "namespaces": (ANY,),
    "leftovers": (ANY,),
    "references": (WORKLOAD, ("", "ServiceAccount")),
    "keys": (("", "Secret"),),
    "selectors": (("", "Service"), ("policy", "PodDisruptionBudget"), ("networking.k8s.io", "NetworkPolicy")),
    "overlaps": (WORKLOAD,),
    "spreading": (WORKLOAD,),
    "placement": (WORKLOAD,),
    "classes": (WORKLOAD, ("", "PersistentVolumeClaim"), ("networking.k8s.io", "Ingress")),
    "callbacks": (
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
    ),
    "naming": (("apps", "StatefulSet"), ("", "Service")),
    "claims": (("", "PersistentVolumeClaim"), ("apps", "StatefulSet")),
    "volumes": (WORKLOAD,),
    "persistent": (("", "PersistentVolume"), ("apps", "StatefulSet")),
    "stateful": (("apps", "StatefulSet"),),
    "rollouts": (WORKLOAD, ("", "ConfigMap"), ("", "Secret")),
    "jobs": (("batch", "Job"), ("batch", "CronJob")),
    "practices": (WORKLOAD,),
    "autoscaling": (("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject")),
    "autoscaling_bounds": (("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject")),
    "autoscaling_metrics": (("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject")),
    "default_classes": (
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "StorageClass"),
        ("networking.k8s.io", "IngressClass"),
    ),
    "disruption": (("policy", "PodDisruptionBudget"),),
    "limit_ranges": (("", "LimitRange"),),
    "missing_budgets": (("apps", "Deployment"), ("apps", "StatefulSet")),
    "namespace_security": (("", "Namespace"),),
    "quotas": (("", "ResourceQuota"),),
    "node_ports": (("", "Service"), WORKLOAD),
    "ports": (("", "Service"),),
    "probe_ports": (WORKLOAD,),
    "service_links": (("", "Service"),),
    "certificates": (
        ("cert-manager.io", "Certificate"),
        ("networking.k8s.io", "Ingress"),
        ("gateway.networking.k8s.io", "Gateway"),
    ),
    "ingress": (("networking.k8s.io", "Ingress"),),
    "ingress_rules": (("networking.k8s.io", "Ingress"),),
    "gateway": (("gateway.networking.k8s.io", "Gateway"), *_ROUTES),
    "route_backends": (("gateway.networking.k8s.io", "Gateway"), *_ROUTES),
    "network": (("networking.k8s.io", "NetworkPolicy"),),
    "network_ports": (("networking.k8s.io", "NetworkPolicy"),),
    "network_traffic": (("networking.k8s.io", "NetworkPolicy"),),
    "rbac": (("", "ServiceAccount"), *_ROLES),
    "role_rules": _ROLES,
    "alerting": (("monitoring.coreos.com", "PrometheusRule"),),
    "keda": (("keda.sh", "ScaledJob"), ("keda.sh", "ScaledObject")),
    "images": (WORKLOAD,),
    "monitoring": (("monitoring.coreos.com", "PodMonitor"), ("monitoring.coreos.com", "ServiceMonitor"), WORKLOAD),
}
"""Module → kinds that it cares for."""

STRICT_ONLY = frozenset({"images", "missing_budgets", "practices"})
"""Modules with nothing for the profile ``default``: they are not even imported for it."""


def findings(resources: Resources, profile: str) -> Iterator[Finding]:
    """Yield what is wrong with ``resources``."""
    kinds = {*resources.kinds, ANY}
    if next(resources.all_workloads(), None):
        kinds.add(WORKLOAD)
    for name, wanted in MODULES.items():
        if kinds.isdisjoint(wanted) or (profile == "default" and name in STRICT_ONLY):
            continue
        module = import_module(f"kgen.check.cross.{name}")
        for part in PARTS[profile]:
            for rule in getattr(module, part, ()):
                yield from rule(resources)
