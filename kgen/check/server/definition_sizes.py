"""
How large and how small values of custom kinds can be, as the API server estimates it.

Source: https://github.com/kubernetes/apiserver/blob/master/pkg/cel/common/schemas.go
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

LARGEST_REQUEST = 3 * 1024 * 1024
_LONGEST = {"duration": 32, "date": 12, "date-time": 32}
_SHORTEST = {"duration": 3, "date": 12, "date-time": 21}
_LEAST = {"boolean": 4, "integer": 1, "number": 1}
_BYTES = 4
"""What a character may take."""

_OF_OBJECTS = 64
"""Room for the fields of an object inside an object; more than they need."""


def most(schema: Mapping[str, Any]) -> int:
    """
    Return how many characters or entries a value has at most; 0 where that means nothing.

    >>> most({"type": "string", "maxLength": 5}), most({"type": "array", "items": {"type": "boolean"}})
    (20, 629145)
    """
    kind = schema.get("type")
    if schema.get("x-kubernetes-int-or-string") or kind == "string":
        return _longest(schema)
    inner = schema.get("items" if kind == "array" else "additionalProperties")
    if kind not in ("array", "object") or not isinstance(inner, dict):
        return 0
    bound = schema.get("maxItems" if kind == "array" else "maxProperties")
    if isinstance(bound, int):
        return max(bound, 0)
    return (LARGEST_REQUEST - 2) // (least(inner) + (1 if kind == "array" else 6))


def _longest(schema: Mapping[str, Any]) -> int:
    form = schema.get("format")
    bound = schema.get("maxLength")
    if form in _LONGEST:
        return _LONGEST[form]
    if isinstance(bound, int):
        return max(bound, 0) * (1 if form == "byte" else _BYTES)
    values = schema.get("enum")
    if isinstance(values, list) and values and form != "byte":
        return max(_bytes(value) if isinstance(value, str) else 0 for value in values)
    return LARGEST_REQUEST - 2


def least(schema: Mapping[str, Any]) -> int:
    """
    Return how many characters a value has in JSON at least.

    >>> least({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}})
    8
    """
    if schema.get("x-kubernetes-int-or-string"):
        return 1
    kind = schema.get("type")
    if kind == "string":
        return _SHORTEST.get(str(schema.get("format")), 2)
    size = _LEAST.get(str(kind), 2)
    if schema.get("x-kubernetes-embedded-resource"):
        size += _OF_OBJECTS
    properties = schema.get("properties")
    required = schema.get("required")
    for name in required if isinstance(required, list) else ():
        inner = properties.get(name) if isinstance(properties, dict) and isinstance(name, str) else None
        if isinstance(inner, dict) and inner.get("default") is None:
            size += _bytes(name) + 4 + least(inner)
    return size


def _bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))
