"""
Which modules look at a set of objects. A module is imported when an object of one of its kinds is there.

Each module has ``DEFAULT``, ``STRICT`` and ``OFF``: tuples of functions that take the ``Resources`` and yield
``Finding``s, by the first profile in which they are asked.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgen.check.cross.resources import Finding, Resources

ANY = ("*", "*")
"""Stands for objects of every kind."""

WORKLOAD = ("*", "workload")
"""Stands for every kind with a pod template."""

MODULES: Mapping[str, tuple[tuple[str, str], ...]] = {}
"""Module → kinds that it cares for."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "default": ("DEFAULT",),
    "strict": ("DEFAULT", "STRICT"),
    "off": ("DEFAULT", "STRICT", "OFF"),
}
"""Profile → which functions are asked; ``off`` is all of them, for those who select rules by name."""


def findings(resources: Resources, profile: str) -> Iterator[Finding]:
    """Yield what is wrong with ``resources``."""
    kinds = {*resources.kinds, ANY}
    if next(resources.all_workloads(), None):
        kinds.add(WORKLOAD)
    for name, wanted in MODULES.items():
        if kinds.isdisjoint(wanted):
            continue
        module = import_module(f"kgen.check.cross.{name}")
        for part in PARTS[profile]:
            for rule in getattr(module, part, ()):
                yield from rule(resources)
