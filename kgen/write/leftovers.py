"""Output of environments that an app no longer has, and of names that it no longer has."""

import json
from collections.abc import Collection, Iterable, Iterator
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
        kept: Lock files of what is still made.
    """
    for lock in sorted((*out.glob(f"*/*/{NAME}"), *out.glob("*/*/.kgen.*.lock"))):
        if lock not in kept and app_file in _inputs(lock):
            yield Tree(root=lock.parent, files={}, inputs={}, out=out, lock=lock.name)


def shared_leftovers(out: Path, gone: Iterable[Tree], kept: Collection[Path]) -> Iterator[Tree]:
    """
    Yield an empty tree for every folder that no app has a part in any more, once those of ``gone`` are removed.

    Args:
        out: Folder of all environments.
        gone: What is removed.
        kept: Lock files of what is still made.
    """
    going = {tree.root / tree.lock for tree in gone}
    for root in sorted({tree.root for tree in gone}):
        lock = root / NAME
        others = set(root.glob(".kgen.*.lock")) - going
        if lock.is_file() and lock not in kept and lock not in going and not others:
            yield Tree(root=root, files={}, inputs={}, out=out)


def _inputs(lock: Path) -> Collection[str]:
    try:
        values = json.loads(lock.read_bytes())
    except (OSError, ValueError, RecursionError):
        return ()
    inputs = values.get("inputs") if isinstance(values, dict) else None
    return inputs if isinstance(inputs, dict) else ()
