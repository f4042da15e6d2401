"""All functions that an expression can call, and what those cost that take more than one step per entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kgen.check.cel import named_formats, network, quantities, sequences, standard, texts, urls
from kgen.check.cel.values import Overloads

_PARTS = (standard, texts, sequences, quantities, network, urls, named_formats)


def _merged(tables: list[Overloads]) -> Overloads:
    made: dict[str, tuple[Any, ...]] = {}
    for table in tables:
        for name, overloads in table.items():
            made[name] = (*made.get(name, ()), *overloads)
    return made


FUNCTIONS: Overloads = _merged([part.FUNCTIONS for part in _PARTS])
METHODS: Overloads = _merged([part.METHODS for part in _PARTS])

COSTS: Mapping[str, Callable[[list[Any]], int]] = {
    "distinct": lambda values: len(values[0]) ** 2,
    "sort": lambda values: len(values[0]) * len(values[0]).bit_length(),
    "sets.contains": lambda values: len(values[0]) * len(values[1]),
    "sets.intersects": lambda values: len(values[0]) * len(values[1]),
    "sets.equivalent": lambda values: 2 * len(values[0]) * len(values[1]),
    "findAll": lambda values: len(values[0]) ** 2 // 10,
}
"""Steps by the name of a function, for its arguments."""
