"""The lock file: which files of a folder are kgen's, what they looked like, and what went in."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from typing import Any, TypeGuard

from kgen.diag import Diagnostic
from kgen.record import dataclass
from kgen.write import rules

NAME = ".kgen.lock"
STAGE = ".kgen-new-"
"""How the names of folders begin in which a save prepares its work. What goes by such a name is kgen's to delete."""

_VERSION = 1
_NO_NAME = re.compile("[\\\\\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Lock:
    """What a lock file lists. One that cannot be trusted lists nothing."""

    owned: Mapping[str, frozenset[str]]
    """Relative path → what the file's hash may be. Two, if a save was killed half-way: before it, and after it."""

    found: tuple[Diagnostic, ...] = ()
    inputs: frozenset[str] = frozenset()
    """Names of what went in."""


def digest(content: bytes) -> str:
    """Return the SHA-256 of ``content``; Git may have checked it out with the line ends of Windows."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def dump(files: Mapping[str, str], inputs: Mapping[str, str], pending: Mapping[str, str] | None = None) -> str:
    """
    Return the text of a lock file.

    Args:
        files: Relative path → hash.
        inputs: Name of an input → hash.
        pending: While files are replaced one by one: the hashes that they get.
    """
    content = {"version": _VERSION, "inputs": inputs, "files": files} | ({"pending": pending} if pending else {})
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def parse(content: bytes, path: Path) -> Lock:
    """Read the lock file that was found at ``path``."""
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        return _damaged(path, "is no JSON")
    version = values.get("version") if isinstance(values, dict) else None
    if type(version) is not int or version < _VERSION:
        return _damaged(path, "is no lock file of kgen")
    if version > _VERSION:
        return Lock({}, (rules.newer_lock(path, version),))
    listings = (values.get("files"), values.get("pending", {}))
    owned: dict[str, frozenset[str]] = {}
    for listing in listings:
        if not _is_listing(listing):
            return _damaged(path, "does not map paths to hashes")
        for name, hashed in listing.items():
            owned[name] = owned.get(name, frozenset()) | {hashed}
    if strays := sorted(name for name in owned if not is_inside(name)):
        return _damaged(path, f"lists `{strays[0]}`, which is no path inside its folder")
    inputs = values.get("inputs")
    return Lock(owned, inputs=frozenset(inputs) if isinstance(inputs, dict) else frozenset())


def is_inside(path: str) -> bool:
    """
    Tell whether ``path`` is a plain relative path, on every system, that cannot lead out of its folder.

    >>> [is_inside(path) for path in ("gateway/Dockerfile", "../x", "/x", "a/./b", "C:x", "")]
    [True, False, False, False, False, False]
    """
    parts = path.split("/")
    return (
        all(part not in {"", ".", ".."} and not part.startswith(STAGE) for part in parts)
        and not PureWindowsPath(path).drive
        and not _NO_NAME.search(path)
    )


def _damaged(path: Path, why: str) -> Lock:
    return Lock({}, (rules.damaged_lock(path, why),))


def _is_listing(value: Any) -> TypeGuard[dict[str, str]]:
    return isinstance(value, dict) and all(isinstance(hashed, str) for hashed in value.values())
