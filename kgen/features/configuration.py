"""
Configuration: plain environment variables and files, as ConfigMaps.

Emits ``<name>-env`` and ``<name>-files``. The pod template carries a checksum of their content, so that a
change of configuration restarts the pods and a change of anything else does not.

Source: https://kubernetes.io/docs/concepts/configuration/configmap/
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kgen.k8s import Manifest, Target, manifest
from kgen.scalars import RelativePath
from kgen.spec import Spec


class FileSpec(Spec):
    """A file in the container; its key is the path there. Exactly one of the two is given."""

    source: RelativePath | None = None
    """Path of the file, relative to the app file."""

    content: str | None = None
    """The text itself."""


RULES = ()

CHECKSUM = "checksum/config"
"""Annotation of the pod template; the name that Helm made common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the ConfigMaps of a component hold."""

    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    """Key in the ConfigMap → text."""

    @property
    def checksum(self) -> str:
        """SHA-256 of the content alone: no labels, no names, no order."""
        content = {"env": dict(self.env), "files": dict(self.files)}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def __bool__(self) -> bool:
        return bool(self.env or self.files)


def names(target: Target) -> tuple[str, str]:
    """Return the names of the ConfigMaps for env and for files."""
    return f"{target.name}-env", f"{target.name}-files"


def emit(configuration: Configuration, target: Target) -> Iterator[Manifest]:
    """Build the ConfigMaps that are not empty, keys sorted."""
    for name, data in zip(names(target), (configuration.env, configuration.files), strict=True):
        if data:
            yield manifest("v1", "ConfigMap", target, name=name, data=dict(sorted(data.items())))
