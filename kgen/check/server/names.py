"""What names the kinds ask for, and which kinds live outside of namespaces."""

from __future__ import annotations

from kgen.check.server.texts import dns_1035_label, dns_label, dns_subdomain, path_segment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from kgen.check.server.kinds import Context

    Form: TypeAlias = Callable[[str], str]

_RELAXED = (1, 36)
_LONGEST_PREFIX = 58
"""Of a generated name; the server adds five characters."""


def canonical_ip(text: str) -> str:
    """Say what is wrong with the name of an IPAddress."""
    from kgen.check.server import addresses  # noqa: PLC0415  # few objects are called by an address

    return addresses.canonical_ip(text)


def trust_bundle_name(text: str) -> str:
    """Say what is wrong with the name of a ClusterTrustBundle: that of its signer, `:`, and a name."""
    return dns_subdomain(text.rpartition(":")[2])


_RBAC = "rbac.authorization.k8s.io"

FORMS: Mapping[tuple[str, str], tuple[str, Form]] = {
    ("", "Namespace"): ("META003", dns_label),
    ("apps", "StatefulSet"): ("META003", dns_label),
    ("", "Service"): ("META005", dns_label),
    (_RBAC, "Role"): ("META006", path_segment),
    (_RBAC, "ClusterRole"): ("META006", path_segment),
    (_RBAC, "RoleBinding"): ("META006", path_segment),
    (_RBAC, "ClusterRoleBinding"): ("META006", path_segment),
    ("policy", "PodDisruptionBudget"): ("META006", path_segment),
    ("policy", "Eviction"): ("META006", path_segment),
    ("", "Event"): ("META006", path_segment),
    ("events.k8s.io", "Event"): ("META006", path_segment),
    ("certificates.k8s.io", "CertificateSigningRequest"): ("META006", path_segment),
    ("certificates.k8s.io", "ClusterTrustBundle"): ("META002", trust_bundle_name),
    ("", "Binding"): ("META006", path_segment),
    ("apiregistration.k8s.io", "APIService"): ("META006", path_segment),
    ("networking.k8s.io", "IPAddress"): ("META009", canonical_ip),
}
"""API group and kind → row and form; all others want a subdomain."""

_SUBDOMAIN = ("META002", dns_subdomain)
_OLD_SERVICE = ("META004", dns_1035_label)


def form(context: Context) -> tuple[str, Form]:
    """Return the row of the rule for names, and the function that says what is wrong with one."""
    found = FORMS.get((context.group, context.kind), _SUBDOMAIN)
    return _OLD_SERVICE if found[0] == "META005" and context.version < _RELAXED else found


def masked(prefix: str) -> str:
    """
    Return a ``generateName`` as the server looks at it: it hides one more sign than the dash at the end.

    >>> masked("foo-"), masked("foo."), masked("-")
    ('foa', 'foo.', '-')
    """
    return f"{prefix[:-2]}a" if len(prefix) > 1 and prefix.endswith("-") else prefix


def generated(prefix: str) -> str:
    """Return a name that the server could make from a ``generateName``."""
    return f"{prefix[:_LONGEST_PREFIX]}xxxxx"


CLUSTER_SCOPED = frozenset(
    {
        *(("", kind) for kind in ("Namespace", "Node", "PersistentVolume", "ComponentStatus")),
        *(
            ("admissionregistration.k8s.io", kind)
            for kind in (
                *("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration"),
                *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration"),
            )
        ),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("authentication.k8s.io", "SelfSubjectReview"),
        ("authentication.k8s.io", "TokenReview"),
        ("authorization.k8s.io", "SelfSubjectAccessReview"),
        ("authorization.k8s.io", "SelfSubjectRulesReview"),
        ("authorization.k8s.io", "SubjectAccessReview"),
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("certificates.k8s.io", "ClusterTrustBundle"),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ("internal.apiserver.k8s.io", "StorageVersion"),
        ("networking.k8s.io", "IngressClass"),
        ("networking.k8s.io", "IPAddress"),
        ("networking.k8s.io", "ServiceCIDR"),
        ("node.k8s.io", "RuntimeClass"),
        ("policy", "PodSecurityPolicy"),
        (_RBAC, "ClusterRole"),
        (_RBAC, "ClusterRoleBinding"),
        ("resource.k8s.io", "DeviceClass"),
        ("resource.k8s.io", "DeviceTaintRule"),
        ("resource.k8s.io", "ResourceClass"),
        ("resource.k8s.io", "ResourcePoolStatusRequest"),
        ("resource.k8s.io", "ResourceSlice"),
        ("scheduling.k8s.io", "PriorityClass"),
        *(
            ("storage.k8s.io", kind)
            for kind in ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass")
        ),
        ("storagemigration.k8s.io", "StorageVersionMigration"),
    }
)
"""API group and kind of what is built in and has no namespace."""
