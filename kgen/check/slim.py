"""Objects without what no rule over several objects looks at, so that all those of a run fit into memory."""

from __future__ import annotations

from kgen.check.reading import mappings, part, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CONTENTS = ("data", "binaryData", "stringData")
"""Fields that hold what is in a ConfigMap or Secret."""

_VERSION = ("name", "served", "storage", "subresources")


def slim(value: dict[str, Any]) -> dict[str, Any]:
    """
    Return ``value``, changed in place where that is possible, without its status, and with only the keys of its data.

    >>> slim({"kind": "ConfigMap", "data": {"a": "1"}, "status": {}})
    {'kind': 'ConfigMap', 'data': {'a': None}}
    """
    kind = value.get("kind")
    if kind in ("ConfigMap", "Secret"):
        for key in CONTENTS:
            if isinstance(value.get(key), dict):
                value[key] = dict.fromkeys(value[key])
    elif kind == "CustomResourceDefinition":
        return _definition(value)
    value.pop("status", None)
    return value


def _definition(value: dict[str, Any]) -> dict[str, Any]:
    """Return what a CustomResourceDefinition says of its kind, without the schemas; the definition itself lives on."""
    spec = part(value, "spec")
    versions = [{key: each[key] for key in _VERSION if key in each} for _, each in mappings(spec, "versions")]
    kept = {key: spec[key] for key in ("group", "scope", "names", "conversion") if key in spec}
    return {
        "apiVersion": text(value, "apiVersion"),
        "kind": "CustomResourceDefinition",
        "metadata": part(value, "metadata"),
        "spec": {**kept, "versions": versions},
    }
