"""The one file that ``kgen validate`` writes: verdicts on files, in a folder that Git leaves alone."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGEST = 32 * 1024 * 1024
"""Bytes above which the file starts anew: most of it is about contents that are gone."""

_MOST_FILES = 16
"""Files in the folder: one for each set of options, schemas and versions of kgen."""


def append(path: str, lines: Sequence[bytes]) -> None:
    """
    Add ``lines`` to the cache ``path``, in one write. A cache that cannot be written is none: nothing is said.

    Source: https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html (``O_APPEND``)
    """
    folder = os.path.dirname(path)
    if any(os.path.islink(each) for each in (path, folder, os.path.dirname(folder))):
        return  # a checkout of somebody else's may want us to write elsewhere
    try:
        if not os.path.isdir(folder):
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, ".gitignore"), "w", encoding="utf-8") as file:
                file.write("*\n")
        _make_room(path, folder)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
        try:
            # a line break first: the run before may have been cut off
            os.write(handle, b"\n" + b"\n".join(lines) + b"\n")
        finally:
            os.close(handle)
    except OSError:
        pass


def _make_room(path: str, folder: str) -> None:
    if os.path.exists(path):
        if os.path.getsize(path) > _LARGEST:
            os.unlink(path)
        return
    others = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".lines")]
    for old in sorted(others, key=os.path.getmtime)[: max(0, len(others) - _MOST_FILES + 1)]:
        os.unlink(old)
