"""What ``kgen validate`` is meant to be, as figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import tools
from measure import Figures

KUBECONFORM = 1.09
"""What kubeconform takes for 5,000 documents where CSafeLoader takes 1: measured by somebody who had both."""

Table = Mapping[str, Figures]
"""Figures by the name of the tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All tables of one sort of documents."""

    sort: str
    one: Table
    files: Table
    one_file: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A figure and its bound."""

    text: str
    figure: float
    bound: float
    is_least: bool = False
    unit: str = "x"

    def __str__(self) -> str:
        """Return a line for people."""
        is_met = self.figure >= self.bound if self.is_least else self.figure <= self.bound
        sign = "≥" if self.is_least else "≤"
        figures = f"{self.figure:.2f} {self.unit}".rjust(12) + f"   {sign} {self.bound:g} {self.unit}".ljust(14)
        return f"  {'met' if is_met else 'NOT MET':<8}{figures}{self.text}"


def goals(plain: Results, every: Results) -> Iterator[Goal]:
    """Yield all goals that can be judged."""
    one = _wall(plain.one, tools.KGEN, tools.EMPTY)
    yield Goal(text=f"one {plain.sort} document / {tools.EMPTY}", figure=one, bound=4)
    for name, table in (("files", plain.files), ("documents in one file", plain.one_file)):
        figure = _wall(table, tools.SCHEMAS, tools.READ)
        yield Goal(text=f"many plain {name}: {tools.SCHEMAS} / reading them with CSafeLoader", figure=figure, bound=1)
        figure = _wall(table, tools.ALONE, tools.READ)
        text = f"many plain {name}, one process / reading them with CSafeLoader (kubeconform: {KUBECONFORM})"
        yield Goal(text=text, figure=figure, bound=KUBECONFORM)
    figure = _wall(every.files, tools.SCHEMAS, tools.READ)
    yield Goal(text=f"many {every.sort} files: {tools.SCHEMAS} / {tools.READ}", figure=figure, bound=1)
    figure = _wall(plain.files, tools.ALONE, tools.SCHEMAS)
    yield Goal(text=f"many {plain.sort} files: {tools.ALONE} / {tools.SCHEMAS}", figure=figure, bound=1.5)
    for cold, warm, how in (
        (tools.COLD_ALONE, tools.WARM_ALONE, "-j 1"),
        (tools.COLD, tools.WARM, "-j by load"),
    ):
        figure = _wall(plain.files, cold, warm)
        yield Goal(text=f"many {plain.sort} files, {how}: cold / warm", figure=figure, bound=4, is_least=True)
    figure = _wall(plain.files, tools.UPSTREAM, tools.SCHEMAS)
    text = f"many {plain.sort} files: {tools.UPSTREAM} / {tools.SCHEMAS}"
    yield Goal(text=text, figure=figure, bound=100, is_least=True)
    for each, name in ((plain, tools.ALONE), (every, tools.SCHEMAS)):
        if tools.KUBECONFORM in each.files:
            figure = _wall(each.files, name, tools.KUBECONFORM)
            yield Goal(text=f"many {each.sort} files: {name} / {tools.KUBECONFORM}", figure=figure, bound=0.6)
    tables = [table for each in (plain, every) for table in (each.one, each.files, each.one_file)]
    peak = max(found.peak for table in tables for name, found in table.items() if name.startswith(tools.KGEN))
    yield Goal(text="most memory of a kgen process in this run", figure=peak / 1e6, bound=100, unit="MB")


def _wall(table: Table, name: str, other: str) -> float:
    return table[name].wall / table[other].wall
