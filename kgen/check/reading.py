"""
Reading objects whose form nobody has checked: parts of the wrong type are as good as missing.

The schema has said already what is wrong with them; kinds without a schema are taken as they are. The first key is an
argument of its own: nearly always it is the only one, and these functions are called for every field.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from kgen.diag import Path

_NOTHING: Mapping[str, Any] = {}


def part(value: Any, key: str, *more: str) -> Mapping[str, Any]:
    """
    Return the mapping below the keys; an empty one where there is none.

    >>> part({"spec": {"selector": {"app": "web"}}}, "spec", "selector"), part({"spec": None}, "spec", "selector")
    ({'app': 'web'}, {})
    """
    value = value.get(key) if isinstance(value, dict) else None
    for inner in more:
        value = value.get(inner) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else _NOTHING


def entries(value: Any, key: str, *more: str) -> Sequence[Any]:
    """Return the list below the keys; an empty one where there is none."""
    value = value.get(key) if isinstance(value, dict) else None
    for inner in more:
        value = value.get(inner) if isinstance(value, dict) else None
    return value if isinstance(value, list) else ()


def mappings(value: Any, key: str, *more: str) -> list[tuple[int, Mapping[str, Any]]]:
    """
    Return the mappings in the list below the keys, each with its index.

    >>> mappings({"ports": [{"port": 80}, None]}, "ports")
    [(0, {'port': 80})]
    """
    value = value.get(key) if isinstance(value, dict) else None
    for inner in more:
        value = value.get(inner) if isinstance(value, dict) else None
    if not isinstance(value, list):
        return []
    return [(index, entry) for index, entry in enumerate(value) if isinstance(entry, dict)]


def text(value: Any, key: str, *more: str) -> str:
    """
    Return the text below the keys; an empty one where there is none.

    >>> text({"metadata": {"name": "web"}}, "metadata", "name"), text({"metadata": {}}, "metadata", "name")
    ('web', '')
    """
    value = value.get(key) if isinstance(value, dict) else None
    for inner in more:
        value = value.get(inner) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def number(value: Any, *keys: str) -> int | None:
    """Return the whole number below ``keys``, or ``None``."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def texts(value: Mapping[str, Any]) -> dict[str, str]:
    """Return the pairs of ``value`` that are text on both sides, as labels are."""
    return {key: item for key, item in value.items() if isinstance(key, str) and isinstance(item, str)}


def at(value: Any, path: Path) -> Any:
    """Return what stands at ``path``, or ``None``."""
    for key in path:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value
