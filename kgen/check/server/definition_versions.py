"""
Rules of the API server about a custom kind's columns, scale, and fields to select by.

Source: https://github.com/kubernetes/apiextensions-apiserver/blob/master/pkg/apis/apiextensions/validation/validation.go
"""

from __future__ import annotations

from kgen.check.crd_rules import rule_path
from kgen.check.server.errors import duplicate, invalid, required, too_many, unsupported
from kgen.check.server.kinds import entries, part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context
    from kgen.diag import Path

_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_SELECTABLE = frozenset({"boolean", "integer", "string"})
_MOST_SELECTABLE = 8
_SELECTABLE_SINCE = (1, 31)
"""The version that has fields to select by on; an older one drops them."""

_SCALE = (("specReplicasPath", (".spec.",)), ("statusReplicasPath", (".status.",)))


def version_faults(spec: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what is wrong beside the schemas of the versions."""
    versions = [version or {} for version in entries(spec, "versions")]
    for index, version in enumerate(versions):
        at = ("spec", "versions", index)
        for column, entry in enumerate(entries(version, "additionalPrinterColumns")):
            yield from _column(entry or {}, (*at, "additionalPrinterColumns", column))
        scale = part(version, "subresources").get("scale")
        if scale is not None:
            yield from _scale(scale, (*at, "subresources", "scale"))
        if context.version >= _SELECTABLE_SINCE and (fields := entries(version, "selectableFields")):
            yield from _selectable(fields, _schema(version), (*at, "selectableFields"))
    if context.version >= _SELECTABLE_SINCE:
        yield from _uneven(versions)


def _schema(version: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = part(version, "schema").get("openAPIV3Schema")
    return schema if isinstance(schema, dict) else {}


def _column(column: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if not column.get("name"):
        yield required("CRD024", (*at, "name"))
    kind, form, path = column.get("type"), column.get("format"), column.get("jsonPath")
    if not kind:
        yield required("CRD024", (*at, "type"))
    elif kind not in _COLUMN_TYPES:
        yield unsupported("CRD024", (*at, "type"), kind, _COLUMN_TYPES)
    if form and form not in _COLUMN_FORMATS:
        yield unsupported("CRD024", (*at, "format"), form, _COLUMN_FORMATS)
    if not path:
        yield required("CRD024", (*at, "jsonPath"))
    elif not path.startswith("."):
        yield invalid("CRD024", (*at, "jsonPath"), f"must start with `.`, but is `{path}`")


def _scale(scale: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    for key, above in _SCALE:
        path = scale.get(key)
        if not path:
            yield required("CRD025", (*at, key))
        elif not path.startswith(above):
            yield invalid("CRD025", (*at, key), f"must start with `{above[0]}`, but is `{path}`")
    path = scale.get("labelSelectorPath")
    if path and not path.startswith((".spec.", ".status.")):
        yield invalid("CRD025", (*at, "labelSelectorPath"), f"must start with `.spec.` or `.status.`, but is `{path}`")


def _selectable(fields: Sequence[Any], schema: Mapping[str, Any], at: Path) -> Iterator[Fault]:
    if len(fields) > _MOST_SELECTABLE:
        yield too_many("CRD026", at, _MOST_SELECTABLE, len(fields))
    seen: set[str] = set()
    for index, entry in enumerate(fields):
        path = (entry or {}).get("jsonPath")
        here = (*at, index, "jsonPath")
        if not path:
            yield required("CRD026", here)
        elif path in seen:
            yield duplicate("CRD026", here, path)
        elif not _is_selectable(path, schema):
            message = f"must name a field of type `boolean`, `integer` or `string`, but is `{path}`"
            yield invalid("CRD026", here, message)
        seen.add(path or "")


def _is_selectable(path: str, schema: Any) -> bool:
    steps = rule_path(path)
    if not steps or steps[0] == "metadata":
        return False
    for step in steps:
        properties = schema.get("properties")
        schema = properties.get(str(step)) if isinstance(properties, dict) else None
        if not isinstance(schema, dict):
            return False
    return schema.get("type") in _SELECTABLE


def _uneven(versions: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Yield fields to select by that are equal where schemas differ, or the other way round."""
    if len(versions) < 2 or not any(entries(version, "selectableFields") for version in versions):  # noqa: PLR2004  # one
        return
    same_schema = all(_schema(version) == _schema(versions[0]) for version in versions)
    fields = [list(entries(version, "selectableFields")) for version in versions]
    same_fields = all(each == fields[0] for each in fields)
    if same_fields and not same_schema:
        yield invalid("CRD026", ("spec", "selectableFields"), "must not be equal in all versions where schemas differ")
    if same_schema and not same_fields:
        for index, each in enumerate(fields):
            if each:
                path = ("spec", "versions", index, "selectableFields")
                yield invalid("CRD026", path, "must not differ between versions where schemas are equal")
