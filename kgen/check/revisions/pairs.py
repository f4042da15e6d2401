"""Which object is a new revision of which: the same group, kind, namespace and name."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeAlias

    from kgen.check.resource import Resource

    Identity: TypeAlias = tuple[str, str, str, str]
    Folder: TypeAlias = tuple[str, ...]

_REPLACED: Mapping[str, str] = {
    "helm.sh/hook": "",
    "argocd.argoproj.io/hook": "",
    "argocd.argoproj.io/sync-options": "force=true",
    "kustomize.toolkit.fluxcd.io/force": "enabled",
}
"""Annotations of objects that are deleted and made again, and what they contain then, in lower case."""


def pairs(
    before: Iterable[Resource], after: Iterable[Resource], path: Callable[[Resource], str] | None = None
) -> Mapping[Resource, Resource]:
    """
    Return new object → its earlier revision, for those that have one.

    Args:
        path: Returns the file that an object stands in, with `/`. Where a name stands several times, as in folders of
            environments, objects are of one environment if the folder of one ends with that of the other.
    """
    old, new = _by_identity(before), _by_identity(after)
    made: dict[Resource, Resource] = {}
    for identity, objects in new.items():
        earlier = old.get(identity, ())
        if len(objects) == len(earlier) == 1:
            made[objects[0]] = earlier[0]
        elif earlier and path is not None:
            made |= _nearest(objects, earlier, path)
    return made


def _by_identity(objects: Iterable[Resource]) -> Mapping[Identity, list[Resource]]:
    found: dict[Identity, list[Resource]] = {}
    for each in objects:
        if each.name:
            found.setdefault((each.group, each.kind, each.namespace, each.name), []).append(each)
    return found


def _nearest(
    objects: Sequence[Resource], earlier: Sequence[Resource], path: Callable[[Resource], str]
) -> Mapping[Resource, Resource]:
    """Return the pairs that stand in the same folder, those with the most of their folders in common first."""
    found = []
    for index, each in enumerate(objects):
        for other, old in enumerate(earlier):
            length = _common(path(each).split("/"), path(old).split("/"))
            if length is not None:
                found.append((-length, index, other))
    made: dict[Resource, Resource] = {}
    taken: set[int] = set()
    for _, index, other in sorted(found):
        if objects[index] not in made and other not in taken:
            taken.add(other)
            made[objects[index]] = earlier[other]
    return made


def _common(one: Sequence[str], other: Sequence[str]) -> int | None:
    """
    Return how much two paths have in common, or ``None`` if the folder of neither ends with that of the other.

    >>> _common(["deploy", "prod", "a.yaml"], ["prod", "a.yaml"]), _common(["prod", "a.yaml"], ["dev", "a.yaml"])
    (3, None)
    """
    folder, second = one[-2::-1], other[-2::-1]
    length = min(len(folder), len(second))
    if folder[:length] != second[:length]:
        return None
    return 2 * length + (one[-1] == other[-1])


def is_replaced(resource: Resource) -> bool:
    """Tell whether a tool deletes the object and makes it again: then nothing about it is immutable."""
    metadata = resource.value.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if not isinstance(annotations, dict):
        return False
    return any(key in annotations and part in str(annotations[key]).lower() for key, part in _REPLACED.items())
