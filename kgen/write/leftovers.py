"""Output of environments that an app no longer has, and of names that it no longer has."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path

from kgen.write.lock import NAME
from kgen.write.tree import Tree


def leftovers(out: Path, app_file: str, kept: Collection[Path]) -> Iterator[Tree]:
    """
    Yield an empty tree for every folder below ``out`` that kgen once wrote for this app file, and would no more.

    So goes the output of an environment that is gone, and of an app that has another name now.

    Args:
        out: Folder of all environments.
        app_file: The app file as lock files name it: another app keeps its output.
        kept: Roots that are still made.
    """
    for lock in sorted(out.glob(f"*/*/{NAME}")):
        if lock.parent not in kept and app_file in _inputs(lock):
            yield Tree(root=lock.parent, files={}, inputs={}, out=out)


def _inputs(lock: Path) -> Collection[str]:
    try:
        values = json.loads(lock.read_bytes())
    except (OSError, ValueError, RecursionError):
        return ()
    inputs = values.get("inputs") if isinstance(values, dict) else None
    return inputs if isinstance(inputs, dict) else ()
