"""Pods, wherever they are described: in a Pod, or in the template of what makes pods."""

from __future__ import annotations

from kgen.check.reading import mappings, part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
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
        self._containers: dict[tuple[str, ...], list[tuple[Path, Mapping[str, Any]]]] = {}

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
            found = self._containers[lists] = [
                ((*self.at, "spec", key, index), each)
                for key in lists or CONTAINERS
                if key in self.spec
                for index, each in mappings(self.spec, key)
            ]
        return found

    def serving(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """Yield the containers that run as long as the pod: main ones, and init containers that restart."""
        yield from self.containers("containers")
        for at, each in self.containers("initContainers"):
            if text(each, "restartPolicy") == "Always":
                yield at, each


def template(group: str, kind: str, value: Mapping[str, Any]) -> Template | None:
    """Return the template in an object of a kind, if the kind makes pods and has one."""
    path = TEMPLATES.get((group, kind))
    if path is None:
        return None
    found: Any = value
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return Template(found, path) if isinstance(found, dict) else None
