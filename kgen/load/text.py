"""Reading files of the repository, which may be anything."""

import stat
from pathlib import Path

_MAX_SIZE = 64 * 1024 * 1024
"""Bytes of a file that is read; lock files of large projects have some."""


def text_of(path: Path, folder: Path | None = None) -> str | None:
    """
    Return the text of ``path``, or ``None`` if it is not there, no regular file, not text, or too large.

    Args:
        path: The file.
        folder: The file must not be outside of it, not even through a symbolic link: what is read may be committed.
    """
    try:
        real = path.resolve()
        if folder and not real.is_relative_to(folder.resolve()):
            return None
        about = real.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > _MAX_SIZE:
            return None
        return real.read_bytes().decode()
    except (OSError, ValueError):  # ValueError: not UTF-8
        return None
