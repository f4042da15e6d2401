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
    """Return the patterns of a file; those that take something back start with ``!``."""
    lines = [line.strip() for line in text.removeprefix("\ufeff").splitlines() if not line.startswith("#")]
    return tuple(_pattern(line) for line in lines if line.strip("!"))


def _pattern(line: str) -> str:
    sign = "!" if line.startswith("!") else ""
    return sign + posixpath.normpath(line[len(sign) :].strip()).lstrip("/")


def excludes(found: Sequence[str], path: str) -> bool:
    """
    Tell whether ``found`` leave out ``path``, or a folder that it is in, and take back nothing of it.

    >>> excludes(["*.md", "**/tmp"], "README.md"), excludes(["*.md", "**/tmp"], "a/tmp/b"), excludes(["*.md"], "a/b.md")
    (True, True, False)
    >>> excludes(["*", "!src/web"], "src"), excludes(["*", "!src/web"], "src/jobs")
    (False, True)
    """
    path = posixpath.normpath(path).lstrip("/")
    takes_back = any(pattern.startswith("!") for pattern in found)
    if path in {".", ""}:
        return not takes_back and any(pattern in _EVERYTHING for pattern in found)
    if path.startswith("..") or (takes_back and set("*?[") & set(path)):  # only the files tell what is left
        return False
    parts = path.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    is_out = False
    for pattern in found:
        wanted = pattern.removeprefix("!")
        is_meant = any(_expression(wanted).fullmatch(each) for each in above)
        if wanted == pattern:
            is_out |= is_meant
        elif is_out and (is_meant or _may_be_below(wanted.split("/"), parts)):
            is_out = False
    return is_out


def _may_be_below(pattern: Sequence[str], folder: Sequence[str]) -> bool:
    """Tell whether a pattern may be about something within a folder."""
    for wanted, part in zip(pattern, folder, strict=False):
        if "**" in wanted:
            return True
        if not _expression(wanted).fullmatch(part):
            return False
    return len(pattern) > len(folder)


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
