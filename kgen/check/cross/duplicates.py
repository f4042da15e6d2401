"""
Objects that are there twice: the API server keeps one, the last one that is applied.

Sources: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/,
https://kubernetes.io/docs/reference/using-api/deprecation-guide/
"""

from __future__ import annotations

from collections import Counter

from kgen.check.cross.resources import Finding
from kgen.check.fault import Fault, Keyword
from kgen.check.reading import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgen.check.cross.resources import Resources
    from kgen.check.resource import Resource

_MOVED: Mapping[tuple[str, str], str] = {
    ("extensions", "Ingress"): "networking.k8s.io",
    ("extensions", "NetworkPolicy"): "networking.k8s.io",
    ("extensions", "Deployment"): "apps",
    ("extensions", "DaemonSet"): "apps",
    ("extensions", "ReplicaSet"): "apps",
    ("extensions", "PodSecurityPolicy"): "policy",
    ("events.k8s.io", "Event"): "",
}
"""API group and kind → the group that stores the same objects today."""

_NAME = ("metadata", "name")
_UNREADABLE = frozenset({("", "ConfigMap"), ("", "Secret"), ("apiextensions.k8s.io", "CustomResourceDefinition")})
"""Kinds that are not here as a whole, so nobody can tell whether two of them are the same."""


_OLD_GROUPS = frozenset(group for group, _ in _MOVED)


def objects_defined_twice(resources: Resources) -> Iterator[Finding]:
    """Yield objects whose place a later one of the same file, or folder, takes."""
    found = [
        (each, first)
        for each, first in _twice(resources)
        if folder_of(each) == folder_of(first) and not _is_copy(each, first)
    ]
    shared = Counter((file_of(each), file_of(first)) for each, first in found if _are_variants(each, first))
    for each, first in found:
        # two files with the same fifty objects are one choice that somebody has, not fifty
        count = shared.pop((file_of(each), file_of(first)), 0) if _are_variants(each, first) else 1
        if count:
            yield _replaced(each, first, count - 1)


def objects_defined_in_two_folders(resources: Resources) -> Iterator[Finding]:
    """Yield objects that are in another folder too, which may be one that nobody applies together with this one."""
    for each, first in _twice(resources):
        if folder_of(each) != folder_of(first) and not _is_copy(each, first):
            yield _replaced(each, first)


def objects_copied(resources: Resources) -> Iterator[Finding]:
    """Yield objects that are there twice, word for word."""
    for each, first in _twice(resources):
        if _is_copy(each, first):
            message = f"is there twice as {each.kind}{_where(each)}, with the same content"
            yield _finding(each, first, message, "remove one of the two", "XDUP003")


def _twice(resources: Resources) -> Iterator[tuple[Resource, Resource]]:
    seen: dict[tuple[str, str, str, str], Resource] = {}
    for each in resources.all:
        if not each.name[:1].isalnum():
            continue  # no name yet: `_` stands for one that Kustomize puts in
        group, kind = each.key
        key = (_MOVED.get(each.key, group) if group in _OLD_GROUPS else group, kind, each.namespace, each.name)
        first = seen.setdefault(key, each)
        if first is not each:
            yield each, first


def _are_variants(each: Resource, first: Resource) -> bool:
    """Tell whether two objects may be meant for different clusters: they are in two files, and of one version."""
    return file_of(each) != file_of(first) and each.value.get("apiVersion") == first.value.get("apiVersion")


def _is_copy(each: Resource, first: Resource) -> bool:
    return each.key not in _UNREADABLE and each.value == first.value


def _replaced(each: Resource, first: Resource, others: int = 0) -> Finding:
    """
    Return the finding.

    Args:
        others: How many more objects the two files share.
    """
    versions = text(first.value, "apiVersion"), text(each.value, "apiVersion")
    what = f"is there twice as {each.kind}{_where(each)}"
    is_one_file = file_of(each) == file_of(first)
    if versions[0] != versions[1]:
        message = f"{what}, in `{versions[0]}` and in `{versions[1]}`"
        out = f"keep the one of `{_newest(*versions)}`: the API server stores them as one object"
        return _finding(each, first, message, out, "XDUP002" if is_one_file else "XDUP015")
    more = f", as {others} more of this file" if others > 1 else ", as one more of this file" if others else ""
    message = f"{what}{more}: the one applied last wins"
    out = "give one of them another name or namespace, or make them one object"
    return _finding(each, first, message, out, "XDUP001" if is_one_file else "XDUP015")


def file_of(resource: Resource) -> str:
    """Return the file that an object stands in; "" if nobody knows."""
    return getattr(resource.place, "path", "")


def folder_of(resource: Resource) -> str:
    """Return the folder of that file."""
    return file_of(resource).rpartition("/")[0]


def _newest(one: str, other: str) -> str:
    """
    Return the version to keep: a newer group, and in the group a stable version.

    >>> _newest("extensions/v1beta1", "networking.k8s.io/v1"), _newest("policy/v1", "policy/v1beta1")
    ('networking.k8s.io/v1', 'policy/v1')
    """
    return min(
        one, other, key=lambda version: (version.startswith("extensions/"), "beta" in version or "alpha" in version)
    )


def _where(each: Resource) -> str:
    return f" in namespace `{each.namespace}`" if each.namespace else ""


def _finding(each: Resource, first: Resource, message: str, out: str, row: str) -> Finding:
    fault = Fault(keyword=Keyword.REPEATED_VALUE, path=_NAME, message=message, help=out, row=row)
    return Finding(each, fault, [(first, _NAME, "the other one")])


DEFAULT = (objects_defined_twice,)
STRICT = (objects_defined_in_two_folders, objects_copied)
OFF = ()
