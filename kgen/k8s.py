"""The words of Kubernetes: manifests as plain dicts in written order, names, labels."""

from collections.abc import Mapping
from typing import Any, Final, NewType

from kgen.diag import Label, Path
from kgen.record import dataclass, field

Manifest = NewType("Manifest", dict[str, Any])
"""A Kubernetes object, keys in the order in which they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emitted:
    """An object, and the place in the app file that asked for it."""

    manifest: Manifest
    origin: Path = ()
    patches: tuple[int, ...] = ()
    """Numbers of the patches that changed it."""

    source: Label | None = None
    """Where a user wrote it, if kgen did not make it."""

    @property
    def is_by_hand(self) -> bool:
        """Tell whether a user wrote or changed it."""
        return bool(self.patches) or self.source is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom an object is made for: the names and labels that all objects of a component share."""

    app: str
    component: str
    """Empty for objects of the whole app (Namespace, ServiceAccount)."""

    name: str
    """``metadata.name`` of the component's workload and of what goes by the same name."""

    namespace: str
    origin: Path = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    """For Argo CD: waves and hooks, the same on every object of a wave."""

    @property
    def selector(self) -> dict[str, str]:
        """
        Labels that find this component's pods.

        They must never change (a Deployment's selector is immutable), so no version is among them.
        """
        component = {"app.kubernetes.io/component": self.component} if self.component else {}
        return component | {"app.kubernetes.io/name": self.app}

    @property
    def labels(self) -> dict[str, str]:
        """Labels of every object, sorted by key."""
        return dict(sorted((self.selector | {"app.kubernetes.io/managed-by": "kgen"}).items()))


CLUSTER_WIDE: Final = frozenset(
    {"Namespace", "ClusterRole", "ClusterRoleBinding", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}
)
"""Kinds of objects without a namespace, among those that kgen makes."""


def manifest(
    api_version: str,
    kind: str,
    target: Target,
    *,
    name: str = "",
    annotations: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    **body: Any,
) -> Manifest:
    """
    Build an object of ``target``: ``apiVersion``, ``kind``, ``metadata``, then ``body`` in the order given.

    Args:
        api_version: Group and version, as ``apps/v1``.
        kind: Kind in CamelCase.
        target: Gives namespace, labels, and Argo CD's annotations.
        name: ``metadata.name``; the target's name if empty.
        annotations: More annotations; the target's own win.
        labels: More labels; the target's own win.
        body: ``spec``, ``data`` and so on. A value of ``None`` is left out.
    """
    notes = dict(sorted({**(annotations or {}), **target.annotations}.items()))
    metadata: dict[str, Any] = {"name": name or target.name}
    if kind not in CLUSTER_WIDE:
        metadata["namespace"] = target.namespace
    metadata["labels"] = dict(sorted({**(labels or {}), **target.labels}.items()))
    if notes:
        metadata["annotations"] = notes
    made = {"apiVersion": api_version, "kind": kind, "metadata": metadata}
    return Manifest(made | {key: value for key, value in body.items() if value is not None})


def pod_spec(made: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the pod that an object runs, or ``None`` if it runs none."""
    spec: Any = made.get("spec", {})
    found: Mapping[str, Any] | None
    match made["kind"]:
        case "Pod":
            found = spec
        case "CronJob":
            found = spec["jobTemplate"]["spec"]["template"]["spec"]
        case "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job":
            found = spec["template"]["spec"]
        case _:
            found = None
    return found
