"""
Verdicts of earlier runs on files without findings, by content.

A file of lines, each with the digest of a file's content and its documents; runs only ever append, in one write, so
that any number of them may run at once: the worst that can happen is a line that nobody can read, or a line twice.

This module makes and reads the lines; ``kgen.write.cache`` writes them.
"""

from __future__ import annotations

import os
from binascii import crc32
from hashlib import blake2b

from kgen.validate.document import Verdict, remembered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGEST = 16
_HEX = 2 * _DIGEST
_PLAIN = b" +"
"""What stands for nothing but that a line is there."""


class Cache:
    """What earlier runs said."""

    def __init__(self, path: str) -> None:
        """
        Args:
            path: Of the file; there may be none yet.
        """
        self.path = path
        self._known: dict[bytes, bytes] = {}
        self.added: list[bytes] = []
        try:
            with open(path, "rb") as file:
                lines = file.read().split(b"\n")
        except OSError:
            return
        self._known = {line[:_HEX]: line[_HEX:] for line in lines}

    def digest(self, data: bytes, path: str) -> bytes:
        """Return the name of what is to be said about ``data``; where the file is matters for templates only."""
        person = b"templates" if "templates" in path else b""
        return blake2b(data, digest_size=_DIGEST, person=person).hexdigest().encode()

    def get(self, digest: bytes, path: str) -> Verdict | None:
        """Return what was said before, if anything was."""
        line = self._known.get(digest)
        if line is None:
            return None
        checksum, _, line = line.partition(b" ")
        # a line that was cut off, by a full disk or a kill, is none
        return Verdict(path, None, line=line) if checksum == _checksum(line) else None

    def has(self, digest: bytes) -> bool:
        """Tell whether something without a verdict of its own is known: that objects go well together."""
        return self._known.get(digest) == _PLAIN

    def note(self, digest: bytes) -> None:
        """Remember something without a verdict."""
        self.added.append(digest + _PLAIN)

    def add(self, digest: bytes, verdict: Verdict) -> None:
        """Remember ``verdict``, if that is possible."""
        line = remembered(verdict)
        if line is not None:
            verdict.line = line
            self.added.append(b"%s%s %s" % (digest, _checksum(line), line))


def _checksum(line: bytes) -> bytes:
    return b"%08x" % crc32(line)


def whole(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the digest of files together, each given with its path and its own digest."""
    made = blake2b(digest_size=_DIGEST, person=b"together")
    for path, digest in parts:
        made.update(path.encode(errors="surrogateescape") + b"\0" + digest + b"\0")
    return made.hexdigest().encode()


def fingerprint(parts: Iterable[str], files: Iterable[str], definitions: Iterable[str]) -> str:
    """
    Return a name for everything but content that a verdict depends on.

    Args:
        parts: The options.
        files: kgen's own files and its schemas: they count by name, size, number and time of change.
        definitions: Files of custom kinds: they count by content.
    """
    made = blake2b(digest_size=_DIGEST)
    for part in parts:
        made.update(part.encode(errors="surrogateescape") + b"\0")
    for path in files:
        about = os.stat(path)
        made.update(f"{path}\0{about.st_size}\0{about.st_ino}\0{about.st_mtime_ns}\0".encode(errors="surrogateescape"))
    for path in definitions:
        try:
            with open(path, "rb") as file:
                made.update(blake2b(file.read()).digest())
        except OSError:
            made.update(path.encode(errors="surrogateescape"))
    return made.hexdigest()
