"""
Configuration: plain environment variables and files, as ConfigMaps.

Emits ``<name>-env`` and ``<name>-files``. A change of configuration replaces the pods, and a change of anything else
does not; kgen.yaml says how (``configuration: {rollOut: …}``):

- ``annotation``: the ConfigMaps keep their names, and the pod template carries a checksum of their content;
- ``name``: the ConfigMaps are immutable and called by a hash of their content, ``<name>-env-<hash>``. An old pod that
  restarts during the roll-out gets what it had, and so does one that the roll-out falls back to.

With ``name``, Argo CD deletes the ConfigMaps that Git no longer has. It would do so while old pods still restart with
them, so they are marked ``PruneLast``: they go when everything else of the sync is healthy. A pod of an old revision
that comes after that (a retry of a long run of a CronJob, ``kubectl rollout undo``) cannot start: go back in Git.

Source: https://kubernetes.io/docs/concepts/configuration/configmap/,
https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#prune-last
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Literal

from kgen.k8s import Manifest, Target, manifest
from kgen.record import dataclass, field
from kgen.scalars import Reference, RelativePath
from kgen.spec import Spec


class RollOut(Spec):
    """How a change of configuration reaches the pods."""

    roll_out: Literal["annotation", "name"] = "annotation"
    """`annotation`: a checksum in the pod template; `name`: immutable ConfigMaps with a hash in their names."""


class FileSpec(Spec):
    """A file in the container; its key is the path there. Exactly one of the three is given."""

    source: RelativePath | None = None
    """Path of the file, relative to the app file."""

    content: str | None = None
    """The text itself."""

    secret: Reference | None = None
    """`name/key` of a Secret that is declared under `secrets`."""


RULES = ()

CHECKSUM = "checksum/config"
"""Annotation of the pod template; the name that Helm made common."""

_PRUNE_LAST = {"argocd.argoproj.io/sync-options": "PruneLast=true"}
_HASH_DIGITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the ConfigMaps of a component hold."""

    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    """Key in the ConfigMap → text."""

    is_immutable: bool = False
    """Whether the ConfigMaps are called by their content, instead of the pod template having its checksum."""

    @property
    def annotations(self) -> dict[str, str]:
        """Annotations of the pod template: with a checksum, another content makes other pods."""
        content = {"env": dict(self.env), "files": dict(self.files)}
        return {} if self.is_immutable or not self else {CHECKSUM: _digest(content)}

    def env_name(self, target: Target) -> str:
        """Return the name of the ConfigMap for env."""
        return self._name(f"{target.name}-env", self.env)

    def files_name(self, target: Target) -> str:
        """Return the name of the ConfigMap for files."""
        return self._name(f"{target.name}-files", self.files)

    def _name(self, name: str, content: Mapping[str, str]) -> str:
        return f"{name}-{_digest(dict(content))[:_HASH_DIGITS]}" if self.is_immutable else name

    def __bool__(self) -> bool:
        return bool(self.env or self.files)


def _digest(content: object) -> str:
    """Return the SHA-256 of content alone: no labels, no names, no order."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def emit(configuration: Configuration, target: Target) -> Iterator[Manifest]:
    """Build the ConfigMaps that are not empty, keys sorted."""
    frozen = True if configuration.is_immutable else None
    notes = _PRUNE_LAST if configuration.is_immutable else None
    named = (
        (configuration.env_name(target), configuration.env),
        (configuration.files_name(target), configuration.files),
    )
    for name, content in named:
        if content:
            data = dict(sorted(content.items()))
            yield manifest("v1", "ConfigMap", target, name=name, annotations=notes, immutable=frozen, data=data)
