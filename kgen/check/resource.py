"""One object of a run, as rules of practice and rules over several objects look at it."""

from __future__ import annotations

from functools import lru_cache

from kgen.check.server.names import CLUSTER_SCOPED
from kgen.check.templates import TEMPLATES, template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from kgen.check.templates import Template

DEFAULT_NAMESPACE = "default"

_CLUSTER_WIDE = frozenset({"GatewayClass", "CustomResourceDefinition", "APIService", "VolumeSnapshotClass"})
"""Custom kinds outside of namespaces, beside those whose name starts with `Cluster`."""


class Resource:
    """One object. Its form may be wrong where no schema has been asked: read it with ``kgen.check.reading``."""

    __slots__ = ("group", "has_owner", "key", "kind", "name", "namespace", "place", "template", "value", "version")

    def __init__(self, value: dict[str, Any], place: Any = None) -> None:
        self.value = value
        self.place = place
        """Where it stands, for whoever reports; nothing here looks at it."""

        api_version, kind, found = value.get("apiVersion"), value.get("kind"), value.get("metadata")
        is_told = type(api_version) is str and type(kind) is str
        self.key, self.version, is_wide, makes_pods = _sort(api_version, kind) if is_told else _sort("", "")
        self.group, self.kind = self.key
        metadata: Mapping[str, Any] = found if type(found) is dict else {}
        name, namespace = metadata.get("name"), metadata.get("namespace")
        self.name = name if type(name) is str else ""
        self.namespace = "" if is_wide else namespace if type(namespace) is str and namespace else DEFAULT_NAMESPACE
        """Normalised: ``default`` if the object names none, "" if its kind has none."""

        self.has_owner = bool(metadata.get("ownerReferences"))
        """Whether some controller made it: looked at here, where the metadata are at hand."""

        self.template: Template | None = template(self.group, self.kind, value) if makes_pods else None
        """Of the pods that it makes, if it makes any."""

    def __repr__(self) -> str:
        return f"Resource({self})"

    def __str__(self) -> str:
        return f"{self.kind} `{self.name}`"

    @property
    def spec(self) -> Mapping[str, Any]:
        found = self.value.get("spec")
        return found if isinstance(found, dict) else {}


@lru_cache(maxsize=1000)
def _sort(api_version: str, kind: str) -> tuple[tuple[str, str], str, bool, bool]:
    """Return what all objects of a kind share: key, version, whether they are cluster-wide, and make pods."""
    group, _, version = api_version.rpartition("/")
    return (group, kind), version, is_cluster_wide(group, kind), (group, kind) in TEMPLATES


def is_cluster_wide(group: str, kind: str) -> bool:
    """Tell whether objects of a kind live outside of namespaces."""
    if (group, kind) in CLUSTER_SCOPED:
        return True
    is_custom = "." in group and not group.endswith(".k8s.io")
    return kind in _CLUSTER_WIDE or (is_custom and kind.startswith("Cluster"))
