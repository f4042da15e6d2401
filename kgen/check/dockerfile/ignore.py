"""
.dockerignore: what of the context Docker leaves out.

Source: https://github.com/moby/patternmatcher
"""

from __future__ import annotations

import posixpath
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_EVERYTHING = frozenset({"*", "**", "**/*"})


def patterns(text: str) -> tuple[str, ...]:
    """Return the patterns of a file; none if it takes something back, since only the files tell then what is left."""
    lines = [line.strip() for line in text.removeprefix("\ufeff").splitlines() if not line.startswith("#")]
    if any(line.startswith("!") for line in lines):
        return ()
    return tuple(posixpath.normpath(line).lstrip("/") for line in lines if line)


def excludes(found: Sequence[str], path: str) -> bool:
    """
    Tell whether ``found`` leave out ``path``, or a folder that it is in.

    >>> excludes(["*.md", "**/tmp"], "README.md"), excludes(["*.md", "**/tmp"], "a/tmp/b"), excludes(["*.md"], "a/b.md")
    (True, True, False)
    """
    path = posixpath.normpath(path).lstrip("/")
    if path in {".", ""}:
        return any(pattern in _EVERYTHING for pattern in found)
    if path.startswith(".."):
        return False
    parts = path.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(_expression(pattern).fullmatch(each) for pattern in found for each in above)


def _expression(pattern: str) -> re.Pattern[str]:
    made, at = "", 0
    while at < len(pattern):
        if pattern.startswith("**", at):
            at += 2
            if pattern.startswith("/", at):
                at += 1
            made += ".*" if at >= len(pattern) else "(?:.*/)?"
        elif pattern[at] == "*":
            made += "[^/]*"
            at += 1
        elif pattern[at] == "?":
            made += "[^/]"
            at += 1
        elif pattern[at] == "[" and (end := pattern.find("]", at + 2)) > 0:
            inner = pattern[at + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            made += f"[{inner}]"
            at = end + 1
        else:
            at += pattern[at] == "\\" and at + 1 < len(pattern)
            made += re.escape(pattern[at])
            at += 1
    try:
        return re.compile(made, re.DOTALL)
    except re.error:  # a range that runs backwards: Docker refuses the file
        return re.compile(r"(?!)")
