"""
CPU time of whole processes, as ratios to ``python -c pass`` in the same run: ``make bench``.

Goals: ``kgen --help`` within 12 times, ``kgen compile examples/hello`` within 30 times. The commands take turns, and
the smallest of several runs counts, so that other work on the machine falls on all of them alike.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import measure

EXAMPLES = Path(__file__).parent.parent / "examples"
FILES = 50_000


@dataclass(frozen=True, slots=True)
class Case:
    """One command, what to do before each run, and how many times the empty program it may take."""

    name: str
    command: tuple[str, ...]
    prepare: Callable[[], None]
    goal: float | None = None


def cases(work: Path) -> tuple[Case, ...]:
    """Return the commands; the empty program is the first."""
    kgen = (str(Path(sys.executable).with_name("kgen")),)

    def nothing() -> None:
        pass

    def fresh(name: str) -> Callable[[], None]:
        def copy() -> None:
            shutil.rmtree(work / name, ignore_errors=True)
            shutil.copytree(EXAMPLES / name, work / name)

        return copy

    def without_app_file() -> None:
        fresh("shop")()
        (work / "shop/app.yaml").unlink()

    def large() -> None:
        if not (work / "large").exists():
            grow(work / "large")

    init = (*kgen, "init", "--yes", "--force")
    return (
        Case("python -c pass", (sys.executable, "-c", "pass"), nothing),
        Case("kgen --help", (*kgen, "--help"), nothing, 12),
        Case("kgen compile examples/hello", (*kgen, "compile", str(work / "hello")), fresh("hello"), 30),
        Case("… again, nothing to write", (*kgen, "compile", str(work / "hello")), nothing),
        Case("kgen compile examples/shop", (*kgen, "compile", str(work / "shop")), fresh("shop")),
        Case("… with --check", (*kgen, "compile", "--check", str(work / "shop")), nothing),
        Case("kgen init examples/shop", (*init, str(work / "shop")), without_app_file, 16),
        Case("kgen init, 50,000 files", (*init, str(work / "large")), large),
    )


def grow(folder: Path) -> None:
    """Make a project of ``FILES`` files, half of them Python."""
    for number in range(FILES):
        path = folder / f"part{number % 50}/sub{number // 100}/file{number}.{'py' if number % 2 else 'txt'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("import os\nVALUE = 1\n" * 20, "ascii")
    (folder / "requirements.txt").write_text("flask\ngunicorn\n", "ascii")
    (folder / "app.py").write_text("from flask import Flask\n\napp = Flask(__name__)\n", "ascii")


def cpu_seconds(command: tuple[str, ...]) -> float:
    """Return user and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=measure.environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="runs of each command (default: 15)")
    runs = parser.parse_args().runs
    measure.compile_kgen()
    with tempfile.TemporaryDirectory() as folder:
        made = cases(Path(folder))
        best = dict.fromkeys((case.name for case in made), float("inf"))
        for _ in range(runs):
            for case in made:
                case.prepare()
                best[case.name] = min(best[case.name], cpu_seconds(case.command))
    unit = best[made[0].name]
    print(f"{'command':<32}{'CPU ms':>8}{'ratio':>8}{'goal':>8}")
    for case in made:
        goal = f"{case.goal:.0f}" if case.goal else ""
        print(f"{case.name:<32}{best[case.name] * 1000:>8.0f}{best[case.name] / unit:>8.1f}{goal:>8}")


if __name__ == "__main__":
    main()
