"""What is left of an object without the values that a schema refuses: other rules may look at it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from kgen.diag import Path


def sound(value: Mapping[str, Any], paths: Iterable[Path]) -> dict[str, Any]:
    """
    Return ``value`` without what stands at ``paths``; it is copied where that makes a difference.

    An entry of a list becomes an empty mapping, so that the others keep their numbers.

    >>> sound({"a": 1, "b": [{"c": 2}, 3]}, [("b", 0, "c"), ("x",)])
    {'a': 1, 'b': [{}, 3]}
    """
    made: Any = dict(value)
    for path in paths:
        _without(made, path)
    return made  # type: ignore[no-any-return]


def _without(value: Any, path: Path) -> None:
    above: Any
    last: Any
    *above, last = path or ("",)
    for step in above:
        if not _has(value, step):
            return
        inner = value[step]
        value[step] = inner = (
            list(inner) if isinstance(inner, list) else dict(inner) if isinstance(inner, dict) else inner
        )
        value = inner
    if not _has(value, last):
        return
    if isinstance(value, list):
        value[last] = {}
    else:
        del value[last]


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, dict) and step in value
