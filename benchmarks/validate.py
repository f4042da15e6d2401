"""
``kgen validate`` beside other tools, on the same made-up manifests, in one run: ``make bench``.

Each table has the median of several rounds, in which the tools take turns. How to read it: ``docs/benchmarks.md``.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import every_field
import measure
import plain
import verdicts
from goals import Results, Table, goals
from measure import Figures
from tools import EMPTY, EVERY, PLAIN, READ, UPSTREAM, Input, kubeconform_options, tools, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured, and how often."""

    few: int
    many: int
    distinct: int
    """Documents with every field set that differ in more than their name."""

    rounds_one: int
    rounds_few: int
    rounds_many: dict[str, int]
    rounds_one_file: dict[str, int]


FULL = Plan(
    few=100,
    many=5000,
    distinct=430,
    rounds_one=11,
    rounds_few=3,
    rounds_many={PLAIN: 5, EVERY: 3},
    rounds_one_file={PLAIN: 5, EVERY: 1},
)
QUICK = Plan(
    few=9,
    many=12,
    distinct=12,
    rounds_one=1,
    rounds_few=1,
    rounds_many={PLAIN: 1, EVERY: 1},
    rounds_one_file={PLAIN: 1, EVERY: 1},
)


class Bench:
    """Measures and prints."""

    def __init__(self, work: Path, plan: Plan) -> None:
        self._work = work
        self._plan = plan
        self._kubeconform = kubeconform_options(work / "schemas")

    def results(self, sort: str, texts: Sequence[str]) -> Results:
        """Measure all inputs of one sort."""
        plan = self._plan
        one = self._table(self._input(sort, [_typical(texts)]), plan.rounds_one)
        few = self._table(self._input(sort, texts[: plan.few]), plan.rounds_few)
        guess = _extrapolated(one[UPSTREAM], few[UPSTREAM], documents=plan.few, to=plan.many)
        files = self._table(self._input(sort, texts), plan.rounds_many[sort], {UPSTREAM: guess})
        one_file = self._table(self._input(sort, texts, one_file=True), plan.rounds_one_file[sort])
        return Results(sort=sort, one=one, files=files, one_file=one_file)

    def _input(self, sort: str, texts: Sequence[str], *, one_file: bool = False) -> Input:
        folder = self._work / f"{sort}-{len(texts)}{'-one-file' * one_file}"
        return written(folder, sort, texts, one_file=one_file)

    def _table(self, given: Input, rounds: int, guessed: Table | None = None) -> Table:
        made = tools(given, most_upstream=self._plan.few, kubeconform=self._kubeconform)
        found: dict[str, list[Figures]] = {tool.name: [] for tool in made}
        for _ in range(rounds):
            for tool in made:
                tool.prepare()
                found[tool.name].append(measure.run(tool.command, folder=given.folder))
        table: Table = {**{name: measure.typical(figures) for name, figures in found.items()}, **(guessed or {})}
        size = sum((given.folder / name).stat().st_size for name in given.files())
        form = "in one file" if given.is_one_file else "in a file of its own" if given.count == 1 else "in files"
        documents = f"{given.count:,} {given.sort} document{'s' * (given.count > 1)} {form}"
        print(f"\n{documents}, {_size(size)}; {f'median of {rounds} rounds' if rounds > 1 else '1 round'}")
        _print(table, self._plan.few if guessed else 0)
        return table


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"  # noqa: PLR2004


def _extrapolated(one: Figures, few: Figures, *, documents: int, to: int) -> Figures:
    """Return what kubernetes-validate would take, if each further document takes as long as those before."""
    steps = (to - 1) / (documents - 1)
    return Figures(
        wall=one.wall + (few.wall - one.wall) * steps, cpu=one.cpu + (few.cpu - one.cpu) * steps, peak=few.peak
    )


def _print(table: Table, guessed_from: int) -> None:
    units = [READ, *([EMPTY] if EMPTY in table else [])]
    ratios = "".join(f"{'x read' if name == READ else 'x pass':>8}" for name in units)
    print(f"{'':<40}" + "".join(f"{name:>10}{ratios}" for name in ("wall ms", "CPU ms", "peak MB")))
    columns: tuple[tuple[Callable[[Figures], float], float, int], ...] = (
        (lambda found: found.wall, 1e3, 0),
        (lambda found: found.cpu, 1e3, 0),
        (lambda found: found.peak, 1e-6, 1),
    )
    for name, found in table.items():
        is_guess = guessed_from and name == UPSTREAM
        row = f"{f'{name}, from {guessed_from} documents' if is_guess else name:<40}"
        for value, scale, digits in columns:
            figure = f"{'~' * bool(is_guess)}{value(found) * scale:,.{digits}f}"
            row += f"{figure:>10}" + "".join(f"{value(found) / value(table[unit]):>8.2f}" for unit in units)
        print(row)


def _typical(texts: Sequence[str]) -> str:
    """Return a Deployment: a document that people often check alone."""
    return next(text for text in texts if "kind: Deployment" in text)


def main() -> None:
    """Print the tables, the verdicts, and the goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a handful of documents, once: does it work at all?")
    plan = QUICK if parser.parse_args().quick else FULL
    measure.compile_kgen()
    print(f"kgen validate, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start")
    sorts = {
        PLAIN: plain.documents(plan.many),
        EVERY: every_field.documents(plan.many, distinct=plan.distinct),
    }
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), plan)
        results = {sort: bench.results(sort, texts) for sort, texts in sorts.items()}
        agreement = verdicts.compare(Path(folder, "verdicts"), sorts[PLAIN], sorts[EVERY][: plan.distinct])
    print(f"\n{agreement}\n\ngoals{' (so few documents say nothing)' if plan is QUICK else ''}")
    for goal in goals(results[PLAIN], results[EVERY]):
        print(goal)


if __name__ == "__main__":
    main()
