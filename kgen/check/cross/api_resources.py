"""
Names of the built-in resources, as roles name them: the plural in lower case, by API group.

All of the versions that kgen has schemas of, and what old roles still name for the sake of older clusters. A test
compares them with the kinds in ``schemas/``.

Source: https://kubernetes.io/docs/reference/kubernetes-api/
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_RBAC = "rbac.authorization.k8s.io"


def _names(table: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    return {group: frozenset(names.split()) for group, names in table.items()}


NAMESPACED = _names(
    {
        "": "bindings configmaps endpoints events limitranges persistentvolumeclaims pods podtemplates"
        " replicationcontrollers resourcequotas secrets serviceaccounts services",
        "apps": "controllerrevisions daemonsets deployments replicasets statefulsets",
        "authorization.k8s.io": "localsubjectaccessreviews",
        "autoscaling": "horizontalpodautoscalers",
        "batch": "cronjobs jobs",
        "certificates.k8s.io": "podcertificaterequests",
        "coordination.k8s.io": "leasecandidates leases",
        "discovery.k8s.io": "endpointslices",
        "events.k8s.io": "events",
        "lifecycle.k8s.io": "evictionrequests",
        "networking.k8s.io": "ingresses networkpolicies",
        "policy": "poddisruptionbudgets",
        _RBAC: "rolebindings roles",
        "resource.k8s.io": "podschedulingcontexts podschedulings resourceclaimparameters resourceclaims"
        " resourceclaimtemplates resourceclassparameters",
        "scheduling.k8s.io": "compositepodgroups podgroups workloads",
        "storage.k8s.io": "csistoragecapacities",
    }
)

CLUSTER_WIDE = _names(
    {
        "": "componentstatuses namespaces nodes persistentvolumes",
        "admissionregistration.k8s.io": "mutatingadmissionpolicies mutatingadmissionpolicybindings"
        " mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings"
        " validatingwebhookconfigurations",
        "apiextensions.k8s.io": "customresourcedefinitions",
        "apiregistration.k8s.io": "apiservices",
        "authentication.k8s.io": "selfsubjectreviews tokenreviews",
        "authorization.k8s.io": "selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews",
        "certificates.k8s.io": "certificatesigningrequests clustertrustbundles",
        "flowcontrol.apiserver.k8s.io": "flowschemas prioritylevelconfigurations",
        "internal.apiserver.k8s.io": "storageversions",
        "networking.k8s.io": "clustercidrs ingressclasses ipaddresses servicecidrs",
        "node.k8s.io": "runtimeclasses",
        _RBAC: "clusterrolebindings clusterroles",
        "resource.k8s.io": "deviceclasses devicetaintrules resourceclasses resourcepoolstatusrequests resourceslices",
        "scheduling.k8s.io": "priorityclasses",
        "storage.k8s.io": "csidrivers csinodes storageclasses volumeattachments volumeattributesclasses",
        "storagemigration.k8s.io": "storageversionmigrations",
    }
)

OTHERS = _names(
    {
        "": "groups users",
        "authentication.k8s.io": "uids userextras",
        "certificates.k8s.io": "signers",
        "extensions": "daemonsets deployments ingresses networkpolicies podsecuritypolicies replicasets"
        " replicationcontrollers",
        "policy": "podsecuritypolicies",
    }
)
"""What is no object but has verbs of its own, and what newer versions no longer have."""

GROUPS = NAMESPACED.keys() | CLUSTER_WIDE.keys() | OTHERS.keys()

_EVERYWHERE = frozenset({"*", "finalizers", "scale", "status"})
_SUBRESOURCES = _names(
    {
        "certificatesigningrequests": "approval",
        "deployments": "rollback",
        "endpoints": "restricted",  # whoever may set addresses of pods, in OpenShift; here and in the next one
        "endpointslices": "restricted",
        "namespaces": "finalize",
        "nodes": "checkpoint configz healthz log metrics pods proxy spec stats",
        "pods": "attach binding ephemeralcontainers eviction exec log portforward proxy resize",
        "resourceclaims": "binding driver",
        "serviceaccounts": "token",
        "services": "proxy",
    }
)


_ALL = {
    group: frozenset[str]().union(*(table.get(group, ()) for table in (NAMESPACED, CLUSTER_WIDE, OTHERS)))
    for group in GROUPS
}


def of(group: str) -> frozenset[str]:
    """
    Return the resources of a built-in group.

    >>> sorted(of("batch"))
    ['cronjobs', 'jobs']
    """
    return _ALL.get(group, frozenset())


def subresources(resource: str) -> frozenset[str]:
    """
    Return what may stand after the slash behind a resource.

    >>> "exec" in subresources("pods"), "exec" in subresources("services")
    (True, False)
    """
    return _SUBRESOURCES.get(resource, frozenset()) | _EVERYWHERE


def plural(kind: str) -> str:
    """
    Return the resource of a kind, by the rules of English.

    >>> plural("Pod"), plural("NetworkPolicy"), plural("Ingress"), plural("Endpoints"), plural("Gateway")
    ('pods', 'networkpolicies', 'ingresses', 'endpoints', 'gateways')
    """
    name = kind.lower()
    if name.endswith(("endpoints", "parameters")):
        return name
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"
