"""The words for what has changed though it cannot be."""

from __future__ import annotations

from kgen.check.cross.resources import Finding
from kgen.check.fault import field, short
from kgen.check.reading import at
from kgen.check.revisions.canonical import canonical, differences
from kgen.check.server.errors import forbidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from kgen.check.resource import Resource
    from kgen.diag import Path

_UNSET: tuple[object, ...] = (None, "", {}, [])
_MOST_SHOWN = 3
REPLACE = "keep it, or delete the object and create it again"


def said(value: Any) -> str:
    """Return ``value`` for the end of "is": ``"web"`` becomes ```web```, nothing becomes ``not set``."""
    return "not set" if value is None else f"`{short(value)}`"


def change(row: str, before: Resource, after: Resource, path: Path, helped: str = REPLACE) -> Finding:
    """Return the finding for a value at ``path`` that cannot be changed; it points at what is different inside."""
    key = str(path[-1])
    old, new = (canonical(at(each.value, path), key) for each in (before, after))
    inside = [(*path, *each) for each in differences(old, new)] if isinstance(old, dict | list) and new else [path]
    where = inside[0] if len(inside) == 1 else path
    shown = [_words(before, after, each, each[len(where) :]) for each in inside[:_MOST_SHOWN]]
    more = f", and {len(inside) - _MOST_SHOWN} more" if len(inside) > _MOST_SHOWN else ""
    fault = forbidden(row, where, f"cannot be changed, but {', '.join(shown)}{more}")
    fault.help = helped
    return Finding(after, fault, [(before, where, "as it was")])


def _words(before: Resource, after: Resource, path: Path, below: Path) -> str:
    """Return how the value at ``path`` has changed, which is ``below`` what the message is about."""
    old, new = (said(at(each.value, path)) for each in (before, after))
    return f"`{field(below)}` was {old} and is {new}" if below else f"was {old} and is {new}"


def fixed(
    row: str, before: Resource, after: Resource, path: Path, *, default: Any = None, helped: str = REPLACE
) -> Iterator[Finding]:
    """
    Yield the change of a value at ``path``, if it was changed.

    Args:
        default: What the server fills in.
    """
    key = str(path[-1])
    old, new = (canonical(at(each.value, path), key) for each in (before, after))
    if (default if old in _UNSET else old) != (default if new in _UNSET else new):
        yield change(row, before, after, path, helped)
