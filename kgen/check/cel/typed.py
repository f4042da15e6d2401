"""
Make CEL values of a custom resource: its schema tells which text is a time, and which list is a set.

Source: https://kubernetes.io/docs/reference/using-api/cel/#type-system-integration
"""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from kgen.check.cel import times
from kgen.check.cel.syntax import RESERVED
from kgen.check.cel.values import CelError, MapList, SetList, parsed
from kgen.check.structural import EMBEDDED, OWN

Schema: TypeAlias = Mapping[str, Any]

_KEYWORDS = RESERVED | {"true", "false", "null", "in"}
_SPECIAL = re.compile(r"__|[-./]")
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_VISIBLE_METADATA = ("name", "generateName")
_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "micro": 10**3, "ms": 10**6, "milli": 10**6, "nano": 1}
_UNITS |= {"s": times.SECOND, "sec": times.SECOND, "m": times.MINUTE, "min": times.MINUTE, "h": times.HOUR}
_UNITS |= {"hr": times.HOUR, "hour": times.HOUR, "d": times.DAY, "day": times.DAY}
_UNITS |= {"w": 7 * times.DAY, "wk": 7 * times.DAY, "week": 7 * times.DAY}
_PREFIXES = ("nano", "micro", "milli", "sec", "min", "hour", "day", "week")
_LOOSE = re.compile(r"(?<![0-9])([0-9]+)\s*([A-Za-zµ]+)")


@lru_cache(maxsize=4096)
def escaped(name: str) -> str:
    """
    Return how expressions write the name of a field.

    >>> escaped("namespace"), escaped("app.kubernetes.io/name"), escaped("plain")
    ('__namespace__', 'app__dot__kubernetes__dot__io__slash__name', 'plain')
    """
    if name in _KEYWORDS:
        return f"__{name}__"
    return _SPECIAL.sub(lambda found: _ESCAPES[found.group()], name)


class Typed:
    """Converts the values of one object, each mapping and list once."""

    def __init__(self) -> None:
        self._made: dict[int, Any] = {}

    def value(self, value: Any, schema: Schema) -> Any:
        """Return what ``self`` is where ``value`` stands. The object must live as long as this does."""
        if isinstance(value, dict | list):
            if id(value) not in self._made:
                self._made[id(value)] = (
                    self._mapping(value, schema) if isinstance(value, dict) else self._list(value, schema)
                )
            return self._made[id(value)]
        return scalar(value, schema)

    def _mapping(self, value: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
        properties = schema.get("properties") or {}
        others = schema.get("additionalProperties")
        is_map = isinstance(others, dict) and not properties
        made: dict[str, Any] = {}
        for key, item in value.items():
            if schema.get(EMBEDDED) and key in OWN:
                made[key] = _metadata(item) if key == "metadata" else item
            else:
                inner = properties.get(key, others if isinstance(others, dict) else {})
                made[key if is_map else escaped(str(key))] = self.value(item, inner)
        return made

    def _list(self, value: list[Any], schema: Schema) -> list[Any]:
        made = [self.value(item, schema.get("items") or {}) for item in value]
        match schema.get("x-kubernetes-list-type"):
            case "set":
                return SetList(made)
            case "map":
                return MapList(made, tuple(escaped(key) for key in schema.get("x-kubernetes-list-map-keys", ())))
        return made


def _metadata(item: Any) -> Any:
    """Return what rules see of the metadata. The server has made a name by the time they are evaluated."""
    if not isinstance(item, dict):
        return {}
    made = {key: item[key] for key in _VISIBLE_METADATA if key in item}
    if not made.get("name") and made.get("generateName"):
        made["name"] = f"{made['generateName']}xxxxx"
    return made


def scalar(value: Any, schema: Schema) -> Any:
    """Return the value of a text, number or boolean. A text without the form of its format stays one."""
    if schema.get("x-kubernetes-int-or-string"):
        return value
    kind = schema.get("type")
    if kind == "number" and type(value) is int:
        return float(value)
    if kind == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    if kind != "string" or not isinstance(value, str) or "format" not in schema:
        return value
    try:
        return _formatted(value, schema["format"])
    except (CelError, Base64Error):
        return value


def _formatted(value: str, name: str) -> Any:
    match name:
        case "date-time":
            return times.timestamp(value)
        case "date":
            return times.timestamp(f"{value}T00:00:00Z")
        case "byte":
            return a2b_base64(value.encode(), strict_mode=True)
        case "duration":
            return _duration(value)
    return value


def _duration(text: str) -> times.Duration:
    try:
        return times.duration(text)
    except CelError:
        parts = [(parsed(found[1]), found[2].lower()) for found in _LOOSE.finditer(text)]
        known = [(count, _unit(unit)) for count, unit in parts if _unit(unit)]
        if not known:
            raise
        return times.Duration(sum(count * unit for count, unit in known))


def _unit(name: str) -> int:
    prefix = next((each for each in _PREFIXES if name.startswith(each)), name)
    return _UNITS.get(prefix, 0)
