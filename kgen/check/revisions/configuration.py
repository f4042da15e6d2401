"""
ConfigMaps and Secrets that were made immutable.

Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error

from kgen.check.cross.resources import Finding
from kgen.check.reading import part
from kgen.check.revisions.changes import change
from kgen.check.server.errors import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from kgen.check.resource import Resource
    from kgen.diag import Path

_HELP = "give the new one another name, and name that where it is used: its pods are replaced then, too"


def changed_data(before: Resource, after: Resource) -> Iterator[Finding]:
    """Yield changes of data that was declared never to change."""
    if before.value.get("immutable") is not True:
        return
    if after.value.get("immutable") is not True:
        yield change("XREV009", before, after, ("immutable",), _HELP)
    old, new = _data(before), _data(after)
    for (field, key), value in new.items():
        given = field if key in part(after.value, field) else "stringData"
        if (field, key) not in old:
            yield _finding(before, after, (given, key), "is new")
        elif value is not None and None is not old[field, key] != value:
            yield _finding(before, after, (given, key), "has another value")
    for field, key in old:
        if (field, key) not in new:
            yield _finding(before, after, (field,), f"has lost `{key}`")


def _finding(before: Resource, after: Resource, path: Path, what: str) -> Finding:
    fault = forbidden("XREV009", path, f"{what}, but the {before.kind} was made immutable")
    fault.help = _HELP
    return Finding(after, fault, [(before, ("immutable",), "immutable since here")])


def _data(resource: Resource) -> Mapping[tuple[str, str], Any]:
    """Return field and key → value, a Secret's as bytes; ``None`` where it is not known."""
    found: dict[tuple[str, str], Any] = {}
    is_secret = resource.kind == "Secret"
    for field in ("data", "binaryData"):
        for key, value in part(resource.value, field).items():
            found[field, key] = _decoded(value) if is_secret or field == "binaryData" else value
    if is_secret:
        for key, value in part(resource.value, "stringData").items():
            found["data", key] = value.encode() if isinstance(value, str) else None
    return found


def _decoded(value: Any) -> bytes | None:
    try:
        return b64decode(value) if isinstance(value, str) else None
    except (Error, ValueError):
        return None


RULES = {("", "ConfigMap"): (changed_data,), ("", "Secret"): (changed_data,)}
