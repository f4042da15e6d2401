"""Single files: a definition of a custom kind, an app file. The old one or the new one is there, never a part."""

import os
from pathlib import Path

ADDED, CHANGED, UNCHANGED = "added", "changed", "unchanged"


def save(path: Path, content: bytes) -> str:
    """
    Write ``content`` to ``path`` and return what that was: ``added``, ``changed`` or ``unchanged``.

    Raises:
        OSError: The folder cannot be written.
    """
    try:
        before = path.read_bytes()
    except FileNotFoundError:
        before = None
    if before == content:
        return UNCHANGED
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    return ADDED if before is None else CHANGED
