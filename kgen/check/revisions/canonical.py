"""
Objects as the API server sees them: without what is empty, or has the value that the server fills in.

Two revisions that differ in such things only are the same.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/v1/defaults.go
"""

from __future__ import annotations

from kgen.check.server.amounts import amount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.diag import Path

_POD = {
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": 30,
    "enableServiceLinks": True,
    "serviceAccountName": "default",
    "serviceAccount": "default",
    "preemptionPolicy": "PreemptLowerPriority",
    "priority": 0,
}
_PROBE = {
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
    "initialDelaySeconds": 0,
}
_CONTAINER = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
_MODE = {"defaultMode": 0o644}

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "spec": {**_POD, "volumeMode": "Filesystem"},
    "containers": _CONTAINER,
    "initContainers": _CONTAINER,
    "ports": {"protocol": "TCP", "hostPort": 0},
    "livenessProbe": _PROBE,
    "readinessProbe": _PROBE,
    "startupProbe": _PROBE,
    "httpGet": {"scheme": "HTTP", "path": "/"},
    "fieldRef": {"apiVersion": "v1"},
    "resourceFieldRef": {"divisor": "0"},
    "configMap": _MODE,
    "secret": _MODE,
    "downwardAPI": _MODE,
    "projected": _MODE,
    "serviceAccountToken": {"expirationSeconds": 3600},
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "azureDisk": {"cachingMode": "ReadWrite", "kind": "Shared", "fsType": "ext4"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io"},
    "podFailurePolicy": {},
}
"""Name of the field that a mapping stands in → what the server fills into it."""

_QUANTITIES = frozenset({"requests", "limits", "capacity"})
_EMPTY: tuple[object, ...] = (None, "", {}, [], False)


def canonical(value: Any, key: str = "") -> Any:
    """
    Return ``value``, which stands in the field ``key``, in the form in which equal things are equal.

    >>> canonical({"name": "a", "terminationMessagePolicy": "File", "args": None}, "containers")
    {'name': 'a'}
    >>> canonical({"cpu": "1000m"}, "requests") == canonical({"cpu": 1}, "requests")
    True
    """
    if isinstance(value, list):
        return [canonical(each, key) for each in value]
    if not isinstance(value, dict):
        return value
    if key in _QUANTITIES:
        return {name: _quantity(each) for name, each in value.items()}
    defaults = _DEFAULTS.get(key, {})
    made = {}
    for name, each in value.items():
        kept = canonical(each, name)
        if not any(kept is empty or (type(kept) is type(empty) and kept == empty) for empty in _EMPTY) and not (
            name in defaults and defaults[name] == kept
        ):
            made[name] = kept
    if key in ("containers", "initContainers"):
        _fill_in(made)
    return made


def _fill_in(container: dict[str, Any]) -> None:
    """Remove from a ``container`` what follows from the rest of it."""
    image = container.get("image")
    if isinstance(image, str) and "imagePullPolicy" in container:
        tag = image.rpartition("/")[2].partition("@")
        is_latest = not tag[1] and (":" not in tag[0] or tag[0].endswith(":latest"))
        if container["imagePullPolicy"] == ("Always" if is_latest else "IfNotPresent"):
            del container["imagePullPolicy"]
    resources = container.get("resources")
    if isinstance(resources, dict) and isinstance(resources.get("limits"), dict):
        requests = resources.get("requests")
        resources["requests"] = resources["limits"] | (requests if isinstance(requests, dict) else {})


def _quantity(value: Any) -> Any:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        try:
            return amount(value)
        except ValueError:
            return value
    return value


def differences(old: Any, new: Any) -> Iterator[Path]:
    """
    Yield the ways down to what is different.

    >>> list(differences({"a": [{"b": 1}, {"c": 2}]}, {"a": [{"b": 1}, {"c": 3}], "d": 4}))
    [('a', 1, 'c'), ('d',)]
    """
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        keys: list[Any] = [key for key in dict.fromkeys((*new, *old)) if old.get(key) != new.get(key)]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        keys = [index for index, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    else:
        keys = []
    if not keys:
        yield ()
    for key in keys:
        is_here = not isinstance(old, dict) or (key in old and key in new)
        below = differences(old[key], new[key]) if is_here else [()]
        for path in below:
            yield (key, *path)
