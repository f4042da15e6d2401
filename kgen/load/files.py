"""Files on disk to a ``Source``."""

import stat
from pathlib import Path

from kgen.load.parse import MAX_SIZE, parse, refused, too_large
from kgen.source import Source
from kgen.syntax import rules as syntax

UNREADABLE = syntax.UNREADABLE
"""The rule that the command line answers with exit code 2."""


def read(path: Path, name: str) -> Source:
    """Read the file ``path``, which the user calls ``name``. Whatever is wrong with it is a finding."""
    try:
        return _read(path, name)
    except FileNotFoundError:
        return refused(name, "there is no such file", "check the path")
    except PermissionError:
        return refused(name, "the file may not be read", "check its permissions")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else None
        return refused(name, f"the file cannot be read: {(reason or 'its path is not valid').lower()}")


def _read(path: Path, name: str) -> Source:
    about = path.stat()
    if stat.S_ISDIR(about.st_mode):
        return refused(name, "this is a folder, not a file", "name a file in it")
    if not stat.S_ISREG(about.st_mode):  # reading a pipe or a device may never end
        return refused(name, "this is not a regular file")
    if about.st_size > MAX_SIZE:
        return too_large(name)
    with path.open("rb") as file:
        return parse(file.read(MAX_SIZE + 1), name)
