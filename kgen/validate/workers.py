"""Many files on idle cores: each process judges its share, and the verdicts come in the order of the files."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from kgen.validate.run import Share

    Judging: TypeAlias = Callable[[Sequence[str]], Share]

FEWEST = 64
"""Files for which another process is not worth its start."""


def idle_cores() -> int:
    """Return how many processes, this one among them, would find a core without work."""
    if not hasattr(os, "fork"):
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        with open("/proc/loadavg", "rb") as file:
            running = int(file.read().split()[3].partition(b"/")[0]) - 1
    except (OSError, ValueError, IndexError):  # not Linux: only the average of the last minute is known
        running = int(os.getloadavg()[0]) if hasattr(os, "getloadavg") else cores
    return max(1, cores - running)


def shared(files: Sequence[str], count: int, share: Judging) -> Share:
    """Judge ``files`` in ``count`` processes."""
    size = -(-len(files) // count)
    parts = [files[start : start + size] for start in range(0, len(files), size)]
    children = [(_child(part, share), part) for part in parts[1:]]
    answers, lines = share(parts[0])
    for child, part in children:
        more, added = (_answer(*child) if child else None) or share(part)
        answers += more
        lines += added
    return answers, lines


def _child(files: Sequence[str], share: Judging) -> tuple[int, int] | None:
    """Start a process, and return it and where its answer will come from; ``None`` if the system has no room for it."""
    source, sink = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(source)
        os.close(sink)
        return None
    if child:
        os.close(sink)
        return child, source
    try:
        os.close(source)
        import pickle  # noqa: PLC0415  # between two processes of this program

        answer = pickle.dumps(share(files), protocol=5)
        with os.fdopen(sink, "wb") as pipe:
            pipe.write(answer)
        os._exit(0)
    except BaseException:  # noqa: BLE001  # it must not go on as a second parent, who will do this share himself
        os._exit(1)


def _answer(child: int, source: int) -> Share | None:
    with os.fdopen(source, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    if status or not data:
        return None
    import pickle  # noqa: PLC0415  # between two processes of this program

    made: Share = pickle.loads(data)  # noqa: S301
    return made
