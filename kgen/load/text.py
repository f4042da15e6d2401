"""Reading files of the repository, which may be anything."""

import stat
from pathlib import Path

_MAX_SIZE = 64 * 1024 * 1024
"""Bytes of a file that is read; lock files of large projects have some."""


_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""First bytes of files that say how they are encoded."""


def text_of(path: Path, folder: Path | None = None, *, any_encoding: bool = False) -> str | None:
    """
    Return the text of ``path``, or ``None`` if it is not there, no regular file, not text, or too large.

    Args:
        path: The file.
        folder: The file must not be outside of it, not even through a symbolic link: what is read may be committed.
        any_encoding: Whether the file may be in another encoding than UTF-8, if it says in which.
    """
    try:
        real = path.resolve()
        if folder and not real.is_relative_to(folder.resolve()):
            return None
        about = real.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > _MAX_SIZE:
            return None
        data = real.read_bytes()
        marked = (encoding for mark, encoding in _MARKS if any_encoding and data.startswith(mark))
        return data.decode(next(marked, "utf-8"))
    except (OSError, ValueError):  # ValueError: not UTF-8
        return None
