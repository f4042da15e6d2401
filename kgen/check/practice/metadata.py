"""Rules of practice on every object: where it lives, and what a file should not carry."""

from __future__ import annotations

from itertools import pairwise

from kgen.check.fault import short
from kgen.check.practice.advice import advice
from kgen.check.reading import part, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource
    from kgen.diag import Path

    Version = tuple[int, int]

_SYSTEM = frozenset({"kube-system", "kube-public", "kube-node-lease"})
_READER = "extension-apiserver-authentication-reader"
"""A Role of kube-system that every extension of the API server is bound to, there."""

_LABELS = ("name", "instance", "version", "component", "part-of", "managed-by")
_BY_THE_SERVER = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_DEEPEST = 40


def default_namespaces(resource: Resource, _version: Version) -> Iterator[Fault]:
    if text(resource.value, "metadata", "namespace") == "default" and resource.namespace:
        message = "must not be `default`: what belongs together has a namespace of its own, with its own rules"
        yield advice("SEC19", ("metadata", "namespace"), message, "make a namespace for it")


def system_namespaces(resource: Resource, _version: Version) -> Iterator[Fault]:
    given = text(resource.value, "metadata", "namespace")
    is_reader = text(resource.value, "roleRef", "name") == _READER
    if given in _SYSTEM and resource.namespace and not is_reader:
        message = f"must not be `{given}`, which is for the parts of the cluster itself"
        yield advice("SEC20", ("metadata", "namespace"), message, "make a namespace for it")


def missing_labels(resource: Resource, _version: Version) -> Iterator[Fault]:
    labels = texts(part(resource.value, "metadata", "labels"))
    missing = [f"app.kubernetes.io/{key}" for key in _LABELS if f"app.kubernetes.io/{key}" not in labels]
    if missing:
        message = f"must have `{missing[0]}`{f', and {len(missing) - 1} more' if len(missing) > 1 else ''}"
        out = "add the labels that tools look for: " + ", ".join(f"`{each}`" for each in missing)
        yield advice("MTP01", ("metadata", "labels"), message, out)


def statuses(resource: Resource, _version: Version) -> Iterator[Fault]:
    is_built_in = "." not in resource.group or resource.group.endswith(".k8s.io")
    if is_built_in and resource.name and _says_something(resource.value.get("status")):
        message = "must not be in a file: controllers write it, and a server ignores it here"
        yield advice("MTP03", ("status",), message, "remove it")


def _says_something(value: Any) -> bool:
    """Tell whether there is more than the empty parts that generators leave."""
    if isinstance(value, dict):
        return any(_says_something(each) for each in value.values())
    if isinstance(value, list):
        return any(_says_something(each) for each in value)
    return value is not None and value != ""


def fields_of_the_server(resource: Resource, _version: Version) -> Iterator[Fault]:
    metadata = part(resource.value, "metadata")
    for key in _BY_THE_SERVER:
        if metadata.get(key):
            message = "must not be in a file: the server fills it in"
            if key in {"uid", "resourceVersion"}:
                message = (
                    "must not be in a file: it belongs to one object of one cluster, and creating another one fails"
                )
            yield advice("MTP04", ("metadata", key), message, "remove it")
    if _LAST_APPLIED in part(metadata, "annotations"):
        message = "must not be in a file: `kubectl apply` writes it"
        yield advice("MTP04", ("metadata", "annotations", _LAST_APPLIED), message, "remove it")


def nulls(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path in _nulls(resource.value, ()) if resource.name and _has_null(resource.value) else ():
        if path[-1] != "creationTimestamp" and path[0] != "status":
            message = "must not be null: an apply takes it for an order to delete the field"
            yield advice("MTP05", path, message, "remove it, or give it a value")


def _has_null(value: Any, depth: int = 0) -> bool:
    """Tell whether there is a null in a mapping or list: nearly all objects have none, and need no paths."""
    for each in value.values() if isinstance(value, dict) else value:
        if each is None:
            return True
        if isinstance(each, dict | list) and depth < _DEEPEST and _has_null(each, depth + 1):
            return True
    return False


def _nulls(value: Any, at: Path) -> Iterator[Path]:
    if value is None:
        yield at
    elif len(at) < _DEEPEST and isinstance(value, dict):
        for key, each in value.items():
            yield from _nulls(each, (*at, str(key)))
    elif len(at) < _DEEPEST and isinstance(value, list):
        for index, each in enumerate(value):
            yield from _nulls(each, (*at, index))


def unsorted_keys(resource: Resource, _version: Version) -> Iterator[Fault]:
    for path, key, before in _unsorted(resource.value, ()):
        message = f"must stand before `{short(before)}`"
        yield advice("MTP06", (*path, key), message, "sort the keys")


def _unsorted(value: Any, at: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield the first key of each mapping that is out of order, and the one before it."""
    if len(at) >= _DEEPEST:
        return
    if isinstance(value, dict):
        keys = [str(key) for key in value]
        out = next(((key, before) for before, key in pairwise(keys) if key < before), None)
        if out:
            yield at, *out
        for key, each in value.items():
            yield from _unsorted(each, (*at, str(key)))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _unsorted(each, (*at, index))


def lists_of_objects(resource: Resource, _version: Version) -> Iterator[Fault]:
    if resource.key == ("", "List"):
        message = "must not be `List`: reviews and tools look at one object at a time"
        yield advice("MTP08", ("kind",), message, "write the objects one after the other, with `---` between them")


DEFAULT = ()
STRICT = (default_namespaces, system_namespaces, statuses, fields_of_the_server, nulls, lists_of_objects)
OFF = (missing_labels, unsorted_keys)
