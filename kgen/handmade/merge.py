"""
JSON merge patch.

Source: https://www.rfc-editor.org/rfc/rfc7386
"""

from collections.abc import Mapping
from typing import Any

_FIRST = ("apiVersion", "kind", "metadata", "name", "namespace")


def merged(value: Any, patch: Any) -> Any:
    """
    Return ``patch`` laid over ``value``: mappings are merged, all else is replaced, null removes.

    The keys that are there keep their order; new ones come behind, in an order that is that of no file.

    >>> merged({"b": 1, "a": {"x": 1, "y": 2}}, {"z": 1, "a": {"x": None}, "c": [1]})
    {'b': 1, 'a': {'y': 2}, 'c': [1], 'z': 1}
    """
    if not isinstance(patch, Mapping):
        return plain(patch)
    made = dict(value) if isinstance(value, dict) else {}
    for key in ordered(patch):
        if patch[key] is None:
            made.pop(key, None)
        else:
            made[key] = merged(made.get(key), patch[key])
    return made


def plain(value: Any) -> Any:
    """Return ``value`` as JSON has it, mappings in an order of kgen's own."""
    if isinstance(value, Mapping):
        return {key: plain(value[key]) for key in ordered(value)}
    return [plain(item) for item in value] if isinstance(value, tuple | list) else value


def ordered(keys: Mapping[str, Any]) -> list[str]:
    """
    Return the keys of a new mapping as people write them: what names the object first.

    >>> ordered({"image": 1, "name": 2, "args": 3})
    ['name', 'args', 'image']
    """
    return [*(key for key in _FIRST if key in keys), *sorted(key for key in keys if key not in _FIRST)]
