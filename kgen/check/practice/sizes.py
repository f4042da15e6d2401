"""
Objects that are too large to be stored, or to be applied as most people do.

Sources: https://kubernetes.io/docs/reference/using-api/server-side-apply/, https://etcd.io/docs/v3.5/dev-guide/limit/,
apimachinery/pkg/api/validation/objectmeta.go (TotalAnnotationSizeLimitB)
"""

from __future__ import annotations

import json

from kgen.check.practice.advice import advice
from kgen.check.reading import part
from kgen.check.slim import CONTENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource

    Version = tuple[int, int]

LARGEST_ANNOTATION = 256 * 1024
LARGEST_REQUEST = 1536 * 1024
_KIB = 1024
_LONGEST_ESCAPE = 6


def definitions_too_large_to_store(resource: Resource, _version: Version) -> Iterator[Fault]:
    """Yield the fault of a definition that etcd does not take; other kinds have limits of their own."""
    if resource.kind != "CustomResourceDefinition":
        return
    size = _size(resource)
    if size > LARGEST_REQUEST:
        yield _too_large(resource, size)


def objects_too_large_to_apply(resource: Resource, _version: Version) -> Iterator[Fault]:
    """Yield the fault of an object that does not fit into an annotation of itself."""
    if resource.kind != "CustomResourceDefinition" and not _may_be_large(resource):
        return
    size = _size(resource)
    if LARGEST_ANNOTATION < size <= LARGEST_REQUEST:
        what = f"is that of an object of {size // _KIB} KiB"
        message = f"{what}: `kubectl apply` keeps a copy of it in an annotation, which has room for 256"
        out = "apply it with `--server-side`, or split it"
        yield advice("XDUP012", ("metadata", "name"), message, out)


def _too_large(resource: Resource, size: int) -> Fault:
    message = f"is that of a {resource.kind} of {size // _KIB} KiB, and etcd takes requests of up to 1536"
    return advice("XDUP013", ("metadata", "name"), message, "split it, or leave out descriptions")


def _may_be_large(resource: Resource) -> bool:
    total = 0
    for key in CONTENTS:
        for value in part(resource.value, key).values():
            total += len(value) if isinstance(value, str) else 0
    return total * _LONGEST_ESCAPE > LARGEST_ANNOTATION // 2  # the rest is for everything else


def _size(resource: Resource) -> int:
    """Return how many bytes the object has as Go writes it in JSON: three signs of HTML are escaped."""
    text = json.dumps(resource.value, ensure_ascii=False, separators=(",", ":"), default=str)
    escaped = sum(map(text.count, "<>&")) * (_LONGEST_ESCAPE - 1)
    return len(text.encode("utf-8", "surrogatepass")) + escaped


DEFAULT = (definitions_too_large_to_store,)
STRICT = (objects_too_large_to_apply,)
OFF = ()
