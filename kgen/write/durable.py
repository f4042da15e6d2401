"""Putting what was written on the disk, where the system can."""

import contextlib
import os
from pathlib import Path


def sync_names(folder: Path | str) -> None:
    """Put the names in ``folder`` on the disk: the content of a file is of no use without its name."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
