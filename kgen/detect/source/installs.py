"""What the commands of a Dockerfile install by name: packages of Debian, and of Alpine."""

import re
from collections.abc import Iterable, Iterator

from kgen.dockerfile import Instruction

_ASIDE = re.compile(r"`#[^`]*`")
"""A comment in the middle of a command."""

_APK = re.compile(r"\bapk\s+(?:-\S+\s+)*add\s+([^;&|]*)")
_VIRTUAL = re.compile(r"(?:^|\s)(?:--virtual|-t)\b")
_OF_ALPINE = frozenset(
    {
        *("build-base", "rust", "cargo", "pkgconfig", "pkgconf", "linux-headers", "cmake", "npm", "nodejs", "bash"),
        *("tini", "tzdata", "libgcc", "libstdc++", "libffi", "openssl", "libssl3", "libpq", "postgresql-libs"),
        *("su-exec", "shadow", "coreutils", "python3", "py3-pip", "libcap", "icu-libs", "zlib"),
    }
)
"""What Alpine lacks and Debian's image of Python has, or what only builds there."""

_APT = re.compile(r"\bapt(?:-get)?\s+(?:-\S+\s+)*install\s+([^;&|]*)")
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+")


def packages(instructions: Iterable[Instruction]) -> Iterator[str]:
    """Yield the packages that are installed by name: Debian's, and Alpine's but for those that are removed again."""
    for text in (_ASIDE.sub(" ", each.text) for each in instructions if each.name == "RUN"):
        kept = (listed for listed in _APK.findall(text) if not _VIRTUAL.search(listed))
        yield from (name for listed in _APT.findall(text) for name in _packages(listed))
        yield from (name for listed in kept for name in _packages(listed) if name not in _OF_ALPINE)


def _packages(listed: str) -> Iterator[str]:
    for word in listed.split():
        name = re.split(r"[<>=~]", word.strip("'\""))[0]
        if _PACKAGE.fullmatch(name) and not word.startswith("-"):
            yield name
