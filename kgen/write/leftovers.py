"""Output of environments that an app no longer has."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path

from kgen.write.lock import NAME
from kgen.write.tree import Tree


def leftovers(out: Path, app: str, app_file: str, kept: Collection[str]) -> Iterator[Tree]:
    """
    Yield an empty tree for every environment below ``out`` that kgen once wrote for this app file.

    Args:
        out: Folder of all environments.
        app: Name of the app.
        app_file: The app file as lock files name it: another app of the same name keeps its output.
        kept: Environments that the app has.
    """
    for lock in sorted(out.glob(f"*/{app}/{NAME}")):
        if lock.parent.parent.name not in kept and app_file in _inputs(lock):
            yield Tree(root=lock.parent, files={}, inputs={}, out=out)


def _inputs(lock: Path) -> Collection[str]:
    try:
        values = json.loads(lock.read_bytes())
    except (OSError, ValueError, RecursionError):
        return ()
    inputs = values.get("inputs") if isinstance(values, dict) else None
    return inputs if isinstance(inputs, dict) else ()
