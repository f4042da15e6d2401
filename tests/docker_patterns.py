"""
What a .dockerignore leaves out, by Docker's own rules: a second opinion on the patterns that kgen writes.

Not those of Git: a pattern without a slash is about the top alone, ``!`` lets in what is below a folder that is left
out, and a name is left out with all that is below it.

Source: https://docs.docker.com/build/concepts/context/#syntax, https://github.com/moby/patternmatcher
"""

import posixpath
import re
from collections.abc import Iterable


def ignored(name: str, lines: Iterable[str]) -> bool:
    """Tell whether Docker leaves ``name`` out: the last pattern that matches it, or a folder above it, decides."""
    verdict = False
    for line in lines:
        text = line.strip()
        if not text or line.startswith("#"):
            continue
        is_exception = text.startswith("!")
        pattern = posixpath.normpath(text[1:].strip() if is_exception else text).lstrip("/")
        if any(re.fullmatch(_regex(pattern), each) for each in (name, *_above(name))):
            verdict = not is_exception
    return verdict


def _above(name: str) -> Iterable[str]:
    while name := posixpath.dirname(name):
        yield name


def _regex(pattern: str) -> str:
    made, at = "", 0
    while at < len(pattern):
        char, rest = pattern[at], pattern[at:]
        if rest.startswith("**"):
            step = 3 if rest.startswith("**/") else 2
            made += "(.*/)?" if step == 3 else ".*"
        elif char == "[" and "]" in rest[2:]:
            step = rest.index("]", 2) + 1
            made += rest[:step]
        elif char == "\\" and len(rest) > 1:
            step = 2
            made += re.escape(rest[1])
        else:
            step = 1
            made += {"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char))
        at += step
    return made
