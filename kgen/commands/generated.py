"""Which files kgen made itself: those are not changed by hand, nor by a command that changes what people wrote."""

from functools import lru_cache
from pathlib import Path

from kgen.write.lock import NAME, Lock, parse


def is_generated(path: str) -> bool:
    """Tell whether a lock file, in the folder of ``path`` or above, lists it."""
    file = Path(path).absolute()
    for folder in file.parents:
        lock = _lock(folder)
        if lock and file.relative_to(folder).as_posix() in lock.owned:
            return True
    return False


@lru_cache(maxsize=10_000)
def _lock(folder: Path) -> Lock | None:
    try:
        return parse((folder / NAME).read_bytes(), folder / NAME)
    except OSError:
        return None
