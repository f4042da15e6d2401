"""
Which functions of a module of rules a profile asks: modules have ``DEFAULT``, ``STRICT`` and ``OFF``, by the first one
that asks them. And what stands for kinds in the tables of modules.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

ANY = ("*", "*")
"""Stands for objects of every kind."""

WORKLOAD = ("*", "workload")
"""Stands for every kind with a pod template."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "default": ("DEFAULT",),
    "strict": ("DEFAULT", "STRICT"),
    "off": ("DEFAULT", "STRICT", "OFF"),
}
"""Profile → which functions are asked; ``off`` is all of them, for those who select rules by name."""
