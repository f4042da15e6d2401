"""What one run of a command takes, and the median of several."""

import compileall
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import kgen

RUN_ONCE = Path(__file__).with_name("run_once.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Seconds and bytes of one run."""

    wall: float
    cpu: float
    """User and system time, of child processes too."""

    peak: float
    """Memory of the largest process."""


def environment() -> dict[str, str]:
    """Return the children's environment: they may keep what they compile, and hash alike."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTHONHASHSEED": "0"
    }


def compile_kgen() -> None:
    """Compile kgen, as installing it does."""
    compileall.compile_dir(str(Path(kgen.__file__).parent), quiet=1)


def run(command: Sequence[str], *, folder: Path) -> Figures:
    """
    Run ``command`` in ``folder``.

    Raises:
        RuntimeError: It did not succeed.
    """
    helper = [sys.executable, "-I", "-S", str(RUN_ONCE), *command]
    done = subprocess.run(helper, cwd=folder, env=environment(), capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    if found.pop("code"):
        raise RuntimeError(f"{' '.join(command)[:200]} failed in {folder}:\n{done.stderr[-2000:]}")
    return Figures(**found)


def typical(found: Sequence[Figures]) -> Figures:
    """Return the median of each figure."""
    return Figures(
        wall=median(each.wall for each in found),
        cpu=median(each.cpu for each in found),
        peak=median(each.peak for each in found),
    )
