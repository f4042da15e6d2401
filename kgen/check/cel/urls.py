"""
URLs, taken apart as Go's ``net/url`` does.

Source: https://pkg.go.dev/net/url#ParseRequestURI
"""

from __future__ import annotations

import re

from kgen.check.cel.values import CelError, Opaque, Overloads

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_ESCAPED = re.compile(r"%([0-9a-fA-F]{2})")
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~")
_HOST = frozenset("".join(map(chr, _PLAIN)) + "!$&'()*+,;=:[]<>\"%")
_USER = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*")
_PATH_PLAIN = _PLAIN | frozenset(b"$&+,/:;=@")
_PATH_VALID = re.compile(r"[A-Za-z0-9\-_.~!$&'()*+,;=:@\[\]/%]*")
_PORT = re.compile(r"(:[0-9]*)?")


class URL(Opaque):
    """The parts of a URL, as they were written."""

    __slots__ = ("host", "path", "query", "scheme", "text")
    cel_type = "kubernetes.URL"

    def __init__(self, text: str) -> None:
        """
        Raises:
            CelError: ``text`` is neither an absolute URL nor an absolute path.
        """
        self.text = text
        if not text or any(char < " " or char == "\x7f" for char in text):
            raise _refused(text)
        scheme = _SCHEME.match(text)
        self.scheme = scheme.group()[:-1].lower() if scheme else ""
        if not scheme and text.startswith(":"):
            raise _refused(text)
        rest, _, self.query = text[scheme.end() if scheme else 0 :].partition("?")
        if "#" in rest:  # the check knows no fragments, the parts do
            self.query = ""
        self.host = ""
        if rest.startswith("//") and scheme:
            authority, slash, rest = rest[2:].partition("/")
            rest = slash + rest
            self.host = _host(text, authority.partition("#")[0])
        elif not rest.startswith("/") and not scheme and text != "*":
            raise _refused(text)
        self.path = "" if scheme and not rest.startswith("/") else rest.partition("#")[0]
        self.query = self.query.partition("#")[0]
        if _BAD_ESCAPE.search(self.path):
            raise _refused(text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, URL) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def hostname(self) -> str:
        """Return the host without its port, and without brackets."""
        if self.host.startswith("["):
            return self.host[1:].partition("]")[0]
        return self.host.partition(":")[0]

    def port(self) -> str:
        """Return what stands after the colon."""
        return self.host.rpartition("]")[2].partition(":")[2]

    def escaped_path(self) -> str:
        """Return the path with escapes for what may not stand in one."""
        if _PATH_VALID.fullmatch(self.path):
            return self.path
        decoded = _decoded(self.path)
        return "".join(chr(byte) if byte in _PATH_PLAIN else f"%{byte:02X}" for byte in decoded)

    def values(self) -> dict[str, list[str]]:
        """Return the values of each key of the query."""
        made: dict[str, list[str]] = {}
        for pair in self.query.split("&"):
            if not pair or ";" in pair or _BAD_ESCAPE.search(pair):
                continue
            key, _, value = (_decoded(part.replace("+", " ")).decode(errors="replace") for part in pair.partition("="))
            made.setdefault(key, []).append(value)
        return made


def _refused(text: str) -> CelError:
    return CelError(f"`{text}` is no URL")


def _decoded(text: str) -> bytes:
    parts = _ESCAPED.split(text)  # text and escapes take turns
    return b"".join(bytes.fromhex(part) if place % 2 else part.encode() for place, part in enumerate(parts))


def _host(text: str, authority: str) -> str:
    user, _, host = authority.rpartition("@")
    end = host.rfind("]") + 1
    is_closed = host.startswith("[") == bool(end)
    if not is_closed or not _PORT.fullmatch(host[end:] if end else host[host.find(":") :] if ":" in host else ""):
        raise _refused(text)
    is_host = all(char in _HOST or not char.isascii() for char in host)
    if not _USER.fullmatch(user) or not is_host or _BAD_ESCAPE.search(user):
        raise _refused(text)
    return host


def is_url(text: str) -> bool:
    """Tell whether ``text`` is an absolute URL or an absolute path."""
    try:
        URL(text)
    except CelError:
        return False
    return True


FUNCTIONS: Overloads = {"url": (((str,), URL),), "isURL": (((str,), is_url),)}
METHODS: Overloads = {
    "getScheme": (((URL,), lambda url: url.scheme),),
    "getHost": (((URL,), lambda url: url.host),),
    "getHostname": (((URL,), URL.hostname),),
    "getPort": (((URL,), URL.port),),
    "getEscapedPath": (((URL,), URL.escaped_path),),
    "getQuery": (((URL,), URL.values),),
}
