"""
What the name of an image may look like: ``registry/repository:tag@digest``.

An API server only asks that there is one; a node that cannot read it never starts the container.

Source: https://github.com/distribution/reference/blob/main/regexp.go
"""

from __future__ import annotations

from functools import lru_cache

from kgen.check.fault import short

_DIGITS = frozenset("0123456789")
_HEX = _DIGITS | frozenset("abcdef")
_LOWER = _DIGITS | frozenset("abcdefghijklmnopqrstuvwxyz")
_LETTERS = _LOWER | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_OF_REPOSITORY = _LOWER | frozenset("._-")
_OF_HOST = _LETTERS | {"-"}
_OF_TAG = _LETTERS | frozenset("_.-")
_OF_ADDRESS = _HEX | frozenset("ABCDEF:")
_NO_SEPARATORS = ("..", "._", "_.", ".-", "-.", "_-", "-_", "___")
"""Between letters stands one dot, one or two underscores, or any number of dashes."""

_DIGESTS = {"sha256": 64, "sha384": 96, "sha512": 128}
_LONGEST = 255
_LONGEST_TAG = 128
_ID_LENGTH = 64


@lru_cache(maxsize=2000)
def fault_of(reference: str) -> str:
    """
    Return what is wrong with an image, or "".

    >>> fault_of("ghcr.io/acme/shop:1.7.3"), fault_of("Shop")
    ('', 'must have its repository in lower case, but `Shop` has capitals')
    """
    name, at, digest = reference.partition("@")
    registry, repository, tag = _parts(name)
    if wrong := _of_name(registry, repository):
        return wrong
    if tag is not None and not _is_tag(tag):
        return _of_tag(tag)
    return _of_digest(digest) if at else ""


def _of_name(registry: str, repository: str) -> str:
    if not repository:
        return "must have a repository, but has none"
    # a registry that could be the first part of a path passes as that
    if registry and not _is_registry(registry) and not _is_repository(registry):
        return f"must start with the address of a registry, but `{short(registry)}` is none"
    if not _is_repository(repository):
        return _of_repository(repository)
    if not registry and len(repository) == _ID_LENGTH and _HEX.issuperset(repository):
        return "must have a name, but has what looks like the id of an image"
    length = len(registry) + len(repository)
    return f"must have a name of at most {_LONGEST} characters, but it has {length}" if length > _LONGEST else ""


def _parts(name: str) -> tuple[str, str, str | None]:
    """Return registry, repository and tag; ``None`` if there is no colon for a tag."""
    path, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        path, tag_or_none = name, None
    else:
        tag_or_none = tag
    first, slash, rest = path.partition("/")
    is_registry = bool(slash) and (
        any(each in first for each in ".:") or first == "localhost" or first != first.lower()
    )
    return (first, rest, tag_or_none) if is_registry else ("", path, tag_or_none)


def _is_repository(path: str) -> bool:
    return all(map(_is_component, path.split("/")))


def _is_component(text: str) -> bool:
    is_framed = bool(text) and text[0] in _LOWER and text[-1] in _LOWER
    return is_framed and _OF_REPOSITORY.issuperset(text) and not any(each in text for each in _NO_SEPARATORS)


def _is_registry(text: str) -> bool:
    if text.startswith("["):
        host, end, port = text[1:].partition("]")
        is_address = bool(host and end) and _OF_ADDRESS.issuperset(host)
        return is_address and (not port or (port[0] == ":" and _is_port(port[1:])))
    host, colon, port = text.partition(":")
    return all(map(_is_label, host.split("."))) and (not colon or _is_port(port))


def _is_label(text: str) -> bool:
    return bool(text) and text[0] != "-" != text[-1] and _OF_HOST.issuperset(text)


def _is_port(text: str) -> bool:
    return bool(text) and _DIGITS.issuperset(text)


def _is_tag(text: str) -> bool:
    return bool(text) and len(text) <= _LONGEST_TAG and text[0] not in ".-" and _OF_TAG.issuperset(text)


def _of_repository(repository: str) -> str:
    if _is_repository(repository.lower()):
        return f"must have its repository in lower case, but `{short(repository)}` has capitals"
    if repository.strip() != repository or " " in repository:
        return f"must have no spaces, but is `{short(repository)}`"
    if ":" in repository:
        return f"must have one tag only, but has `{short(repository)}` before it"
    what = "must have a repository of letters, digits and single `.`, `_` or `-` between them, but it is"
    return f"{what} `{short(repository)}`"


def _of_tag(tag: str) -> str:
    if not tag:
        return "must have a tag after the `:`, but has none"
    if len(tag) > _LONGEST_TAG:
        return f"must have a tag of at most {_LONGEST_TAG} characters, but it has {len(tag)}"
    return f"must have a tag of letters, digits, `_`, `.` and `-`, but it is `{short(tag)}`"


def _of_digest(digest: str) -> str:
    algorithm, _, value = digest.partition(":")
    length = _DIGESTS.get(algorithm)
    if length is None:
        return f"must have a digest that starts with `sha256:`, but it is `{short(digest)}`"
    if len(value) != length:
        return f"must have a digest of {length} hexadecimal digits, but it has {len(value)}"
    if not _HEX.issuperset(value):
        return "must have a digest of hexadecimal digits in lower case, but it has other characters"
    return ""


def tag_of(reference: str) -> str:
    """
    Return the tag of an image: ``latest`` if it names none, "" if a digest says which it is.

    >>> tag_of("nginx"), tag_of("localhost:5000/nginx:1.29"), tag_of(f"nginx@sha256:{'0' * 64}")
    ('latest', '1.29', '')
    """
    name, at, _ = reference.partition("@")
    return "" if at else _parts(name)[2] or "latest"
