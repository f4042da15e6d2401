"""
What kustomizations say about other files: which are patches, parts of objects that only ``kustomize build`` completes;
and which ConfigMaps and Secrets it makes.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from kgen.check.resource import Resource

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")

_LEVELS = 3
"""A patch lies in the folder of the kustomization, or in one or two folders below."""

_KIND = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
"""What a kustomization is, if it does not say."""


class Patches:
    """Knows which files are patches; looks at each folder once."""

    def __init__(self) -> None:
        self._below: dict[str, frozenset[str]] = {}
        self._of_folder: dict[str, frozenset[str]] = {}

    def has(self, path: str) -> bool:
        """Tell whether a kustomization near the file ``path`` names it as a patch."""
        folder = path[: max(path.rfind("/"), path.rfind(os.sep)) + 1]
        named = self._below.get(folder)
        if named is None:
            named = self._below[folder] = self._near(folder)
        return bool(named) and os.path.normpath(path) in named

    def _near(self, folder: str) -> frozenset[str]:
        """Return the patches that kustomizations in ``folder``, or above it, name."""
        found: set[str] = set()
        above = folder or "."
        for _ in range(_LEVELS):
            if above not in self._of_folder:
                self._of_folder[above] = frozenset(
                    os.path.normpath(os.path.join(above, each)) for each in _named(_kustomization(above))
                )
            found |= self._of_folder[above]
            above = os.path.join(above, os.pardir)
        return frozenset(found)


def generators(path: str) -> Resource | None:
    """Return the kustomization in the file ``path`` as one of the objects: it makes ConfigMaps and Secrets."""
    from kgen.check.resource import Resource  # noqa: PLC0415  # few repositories have kustomizations

    value = _read(path)
    return Resource({**_KIND, **value}) if isinstance(value, dict) else None


def _kustomization(folder: str) -> Any:
    for name in KUSTOMIZATIONS:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return _read(path)
    return None


def _read(path: str) -> Any:
    from kgen.read import careful  # noqa: PLC0415  # few repositories have kustomizations

    try:
        with open(path, "rb") as file:
            return careful.read(file.read())[0]
    except OSError:
        return None


def _named(value: Any) -> Iterator[str]:
    """Yield the files that a kustomization names as patches."""
    if not isinstance(value, dict):
        return
    from kgen.check.reading import entries, mappings, text  # noqa: PLC0415  # few repositories have kustomizations

    for key in ("patches", "patchesJson6902"):
        yield from (named for _, each in mappings(value, key) if (named := text(each, "path")))
    yield from (each for each in entries(value, "patchesStrategicMerge") if isinstance(each, str) and "\n" not in each)
