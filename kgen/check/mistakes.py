"""
Mistakes that many people make with fields, as data: the type, the field it does not have, and what was meant.

Names come from other types, from older versions of the API, from Docker and Compose. Nothing here is imported before
there is a finding.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

Way: TypeAlias = tuple[str, str]
"""Where the field belongs, as seen from the mapping that it stands in (empty if somewhere else), and the sentence."""

ANY = "*"
"""Every field that is near none of its type, and right nowhere else."""


def _moved(to: str, names: Iterable[str], sentence: str) -> dict[str, Way]:
    return {name: (f"{to}.{name}" if to else "", sentence) for name in names}


_AMOUNTS = ("cpu", "memory", "ephemeral-storage")
_SIZES = dict.fromkeys(("storage", "size"), "")
_IN_CONTAINER = "it belongs in the `securityContext` of a container"
_IN_POD = "it belongs in the `securityContext` of the pod, beside `containers`"
_NO_SPEC = {"spec": ("", "this kind has no `spec`: its fields stand beside `metadata`")}
_ONLY_STATEFUL = {
    name: ("", f"only a StatefulSet has `{name}`") for name in ("volumeClaimTemplates", "podManagementPolicy")
}
_NO_LABELS: Mapping[str, Way] = dict.fromkeys(
    ("annotations", "label", "labels"), ("", "it belongs in `metadata`, or in `template.metadata` for the pods")
)
_ONE_KEY: Way = ("", "it takes all keys: for one, write `env` with `valueFrom`")
_ONE_OF_TWO: Way = ("", "it belongs in `podSelector` or `namespaceSelector`")
_NEW_BACKEND: Mapping[str, Way] = {
    "serviceName": ("backend.service.name", "it belongs in `backend`, as `service.name`"),
    "servicePort": ("backend.service.port", "it belongs in `backend`, as `service.port.number` or `service.port.name`"),
}

FIELDS: Mapping[str, Mapping[str, Way]] = {
    # another version of the API
    "IngressBackend": {
        "serviceName": ("service.name", "since `networking.k8s.io/v1` it is `service.name`"),
        "servicePort": (
            "service.port",
            "since `networking.k8s.io/v1` it is `service.port.number` or `service.port.name`",
        ),
    },
    "IngressSpec": {"backend": ("defaultBackend", "since `networking.k8s.io/v1` it is `defaultBackend`")},
    "ResourceMetricSource": {
        "targetAverageUtilization": (
            "target.averageUtilization",
            "since `autoscaling/v2` it is `target.averageUtilization`",
        ),
        "targetAverageValue": ("target.averageValue", "since `autoscaling/v2` it is `target.averageValue`"),
    },
    "MetricTarget": {
        "operator": ("", "there is no operator: a target is an average (`averageUtilization`, `averageValue`)")
    },
    # the two security contexts, and amounts
    "PodSpec": {"securityContexts": ("securityContext", "it is `securityContext`")},
    "PodSecurityContext": _moved(
        "",
        ("allowPrivilegeEscalation", "capabilities", "privileged", "procMount", "readOnlyRootFilesystem"),
        _IN_CONTAINER,
    ),
    "SecurityContext": _moved(
        "",
        (
            *("fsGroup", "fsGroupChangePolicy", "seLinuxChangePolicy", "supplementalGroups"),
            *("supplementalGroupsPolicy", "sysctls"),
        ),
        _IN_POD,
    ),
    "ResourceRequirements": _moved("requests", (*_AMOUNTS, "storage"), "amounts stand below `requests` and `limits`"),
    "VolumeResourceRequirements": dict.fromkeys(_SIZES, ("requests.storage", "it is `requests.storage`")),
    "PersistentVolumeClaimSpec": dict.fromkeys(
        (*_SIZES, "capacity"), ("resources.requests.storage", "the size of a claim is `resources.requests.storage`")
    ),
    "PersistentVolumeSpec": dict.fromkeys(
        (*_SIZES, "resources"), ("capacity.storage", "the size of a volume is `capacity.storage`")
    ),
    # references
    "SecretVolumeSource": {"name": ("secretName", "here it is `secretName`")},
    "ConfigMapVolumeSource": dict.fromkeys(
        ("configMapName", "configName", "secretName"), ("name", "here it is `name`")
    ),
    "PersistentVolumeClaimVolumeSource": dict.fromkeys(
        ("name", "persistentVolumeClaimName"), ("claimName", "here it is `claimName`")
    ),
    "ConfigMapEnvSource": {"key": _ONE_KEY},
    "SecretEnvSource": {"key": _ONE_KEY, "secretName": ("name", "here it is `name`")},
    "SecretKeySelector": dict.fromkeys(("secret", "secretName"), ("name", "here it is `name`")),
    "ConfigMapKeySelector": dict.fromkeys(("configMap", "configMapName"), ("name", "here it is `name`")),
    "EnvFromSource": {
        "configMapKeyRef": ("", "`configMapRef` takes all keys; for one, write `env` with `valueFrom`"),
        "secretKeyRef": ("", "`secretRef` takes all keys; for one, write `env` with `valueFrom`"),
        "name": ("", "it belongs in `configMapRef` or `secretRef`"),
        "valueFrom": ("", "`valueFrom` belongs in `env`; `envFrom` has `configMapRef` and `secretRef`"),
    },
    "EnvVar": {
        "configMapRef": ("", "for one key it is `valueFrom.configMapKeyRef`; for all, write `envFrom`"),
        "secretRef": ("", "for one key it is `valueFrom.secretKeyRef`; for all, write `envFrom`"),
        "key": ("name", "here it is `name`"),
        ANY: ("name", "a variable has `name`, and `value` or `valueFrom`"),
    },
    "RoleRef": {"namespace": ("", "a Role is always in the namespace of its binding")},
    # containers, as Docker and Compose call things
    "Container": {
        "cmd": ("args", "what an image calls `CMD` is `args` here; its `ENTRYPOINT` is `command`"),
        "entrypoint": ("command", "what an image calls `ENTRYPOINT` is `command` here; its `CMD` is `args`"),
        "environment": ("env", "here it is `env`, a list of `name` and `value`"),
        "healthcheck": ("", "here it is `livenessProbe` or `readinessProbe`"),
        "mounts": ("volumeMounts", "here it is `volumeMounts`"),
        "restart": ("", "here it is `restartPolicy` of the pod, beside `containers`"),
        "user": ("securityContext.runAsUser", "here it is `securityContext.runAsUser`"),
        **_moved("", _AMOUNTS, "it belongs in `resources`, below `requests` and `limits`"),
    },
    "ContainerPort": {
        **dict.fromkeys(("port", "targetPort"), ("containerPort", "here it is `containerPort`")),
        "nodePort": ("", "only a Service has `nodePort`"),
    },
    "ServicePort": {
        "containerPort": ("targetPort", "here it is `targetPort`"),
        "hostPort": ("", "only a container has `hostPort`"),
    },
    "ServiceSpec": dict.fromkeys(("matchLabels", "podSelector"), ("selector", "here it is `selector`"))
    | {"replicas": ("", "a Service starts no pods: `replicas` belongs to the workload")},
    "VolumeMount": {
        "path": ("mountPath", "here it is `mountPath`"),
        **dict.fromkeys(("volume", "volumeName"), ("name", "here it is `name`")),
    },
    "Volume": {
        "mountPath": ("", "it belongs in `volumeMounts` of a container"),
        "pvc": ("persistentVolumeClaim", "it is `persistentVolumeClaim`"),
        "secretName": ("secret.secretName", "it belongs in `secret`"),
    },
    "Probe": {"port": ("", "it belongs in `httpGet`, `tcpSocket` or `grpc`"), "http": ("httpGet", "it is `httpGet`")},
    "HTTPGetAction": dict.fromkeys(("url", "uri"), ("path", "here it is `path`")),
    # selectors
    "LabelSelector": {ANY: (f"matchLabels.{ANY}", "labels stand below `matchLabels`")},
    "NetworkPolicyPeer": {
        "matchLabels": _ONE_OF_TWO,
        ANY: ("", "labels stand below `matchLabels` of `podSelector` or `namespaceSelector`"),
    },
    "NetworkPolicyIngressRule": {
        **_moved("from", ("podSelector", "namespaceSelector", "ipBlock"), "it belongs in `from`, a list"),
        "to": ("from", "traffic that comes in has `from`"),
    },
    "NetworkPolicyEgressRule": {
        **_moved("to", ("podSelector", "namespaceSelector", "ipBlock"), "it belongs in `to`, a list"),
        "from": ("to", "traffic that goes out has `to`"),
    },
    # what one kind has and another one has not
    "DeploymentSpec": {
        "updateStrategy": ("strategy", "in a Deployment it is `strategy`"),
        "serviceName": ("", "only a StatefulSet has `serviceName`"),
        **_NO_LABELS,
        **_ONLY_STATEFUL,
    },
    "StatefulSetSpec": {"strategy": ("updateStrategy", "in a StatefulSet it is `updateStrategy`"), **_NO_LABELS},
    "DaemonSetSpec": {
        "strategy": ("updateStrategy", "in a DaemonSet it is `updateStrategy`"),
        "replicas": ("", "a DaemonSet runs one pod on each node: it has no `replicas`"),
        **_NO_LABELS,
        **_ONLY_STATEFUL,
    },
    "JobSpec": {
        "schedule": ("", "only a CronJob has a `schedule`"),
        "replicas": ("", "a Job counts by `parallelism` and `completions`"),
    },
    "HTTPIngressPath": _NEW_BACKEND,
    "ConfigMap": {"stringData": ("data", "only a Secret has `stringData`: here it is `data`"), **_NO_SPEC},
    "Secret": {"binaryData": ("data", "only a ConfigMap has `binaryData`: here it is `data`, in base64"), **_NO_SPEC},
    **dict.fromkeys(
        ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "ServiceAccount", "StorageClass"), _NO_SPEC
    ),
    "ObjectMeta": dict.fromkeys(("app", "tier", "version", "env"), ("", "labels of your own stand below `labels`")),
}
"""By the name of the type."""
