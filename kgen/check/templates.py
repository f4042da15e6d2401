"""Pods, wherever they are described: in a Pod, or in the template of what makes pods."""

from __future__ import annotations

from kgen.check.reading import mappings, part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from kgen.diag import Path

_TEMPLATE = ("spec", "template")
TEMPLATES: Mapping[tuple[str, str], Path] = {
    ("", "Pod"): (),
    ("", "PodTemplate"): ("template",),
    ("", "ReplicationController"): _TEMPLATE,
    ("apps", "Deployment"): _TEMPLATE,
    ("apps", "ReplicaSet"): _TEMPLATE,
    ("apps", "StatefulSet"): _TEMPLATE,
    ("apps", "DaemonSet"): _TEMPLATE,
    ("batch", "Job"): _TEMPLATE,
    ("batch", "CronJob"): ("spec", "jobTemplate", *_TEMPLATE),
    ("argoproj.io", "Rollout"): _TEMPLATE,
}
"""API group and kind → where the template stands. A Pod is its own."""

CONTAINERS = ("containers", "initContainers", "ephemeralContainers")


class Template:
    """The description of pods: ``metadata`` and ``spec``."""

    __slots__ = ("_containers", "at", "labels", "spec", "value")

    def __init__(self, value: Mapping[str, Any], at: Path) -> None:
        self.value = value
        self.at = at
        """Where it stands in its object."""

        self.spec = part(value, "spec")
        self.labels: Mapping[str, str] = texts(part(value, "metadata", "labels"))
        self._containers: dict[tuple[str, ...], Sequence[tuple[Path, Mapping[str, Any]]]] = {}

    @property
    def at_spec(self) -> Path:
        return (*self.at, "spec")

    def containers(self, *lists: str) -> Sequence[tuple[Path, Mapping[str, Any]]]:
        """
        Return the containers, each with its place in the object.

        Args:
            lists: Some of ``CONTAINERS``; all if none is named.
        """
        found = self._containers.get(lists)
        if found is None:  # many rules ask for the same
            spec = self.spec
            there = tuple(key for key in lists or CONTAINERS if key in spec)
            if len(there) == 1 != len(lists):  # most pods have one of the lists: it is all that there is
                found = self.containers(*there)
            else:
                at = self.at_spec
                found = [((*at, key, index), each) for key in there for index, each in mappings(spec, key)]
            self._containers[lists] = found
        return found

    def serving(self) -> Sequence[tuple[Path, Mapping[str, Any]]]:
        """Return the containers that run as long as the pod: main ones, and init containers that restart."""
        main = self.containers("containers")
        if "initContainers" not in self.spec:
            return main
        restarting = self.containers("initContainers")
        return [*main, *((at, each) for at, each in restarting if text(each, "restartPolicy") == "Always")]


def template(group: str, kind: str, value: Mapping[str, Any]) -> Template | None:
    """Return the template in an object of a kind, if the kind makes pods and has one."""
    path = TEMPLATES.get((group, kind))
    if path is None:
        return None
    found: Any = value
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return Template(found, path) if isinstance(found, dict) else None
