"""Quantities of objects that nobody has checked: those that are none are neither more nor less than others."""

from __future__ import annotations

from kgen.check.cross.requests import exact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_more(one: Any, other: Any) -> bool:
    """
    Tell whether a quantity is larger than another.

    >>> is_more("2Gi", "1Gi"), is_more("1Gi", None), is_more("lots", "1Gi")
    (True, False, False)
    """
    first, second = exact(one), exact(other)
    return first is not None and second is not None and first > second
