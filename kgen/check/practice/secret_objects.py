"""Rules of practice on Secrets. No message shows a value."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64

from kgen.check.practice.advice import advice
from kgen.check.reading import part, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgen.check.fault import Fault
    from kgen.check.resource import Resource

    Version = tuple[int, int]

_SHORTEST_BASE64 = 12
"""Shorter words may be base64 of something by chance."""


def committed_secrets(resource: Resource, _version: Version) -> Iterator[Fault]:
    if "sops" in resource.value:
        return
    for field in ("data", "stringData"):
        values = texts(part(resource.value, field))
        if any(value and not value.startswith(("ENC[", "$", "<", "{{")) for value in values.values()):
            message = "must not hold values in a file: base64 is no encryption, and history keeps what it has seen"
            out = "encrypt it with SOPS, or make it with a SealedSecret or an ExternalSecret"
            yield advice("SEC26", (field,), message, out)


def secrets_encoded_twice(resource: Resource, _version: Version) -> Iterator[Fault]:
    for key, value in texts(part(resource.value, "data")).items():
        inner = _decoded(value)
        if inner is None:
            continue
        if inner.count(b"\n") == 1 and inner.endswith(b"\n") and "." not in key and len(inner) > 1:
            message = "must not end in a line break, which becomes a part of the secret"
            yield advice("SEC27", ("data", key), message, "encode it with `printf %s … | base64`, or use `stringData`")
        elif len(inner) >= _SHORTEST_BASE64 and _is_printable(_decoded(inner)):
            message = "must be encoded once, but what comes out is base64 again"
            yield advice(
                "SEC27", ("data", key), message, "encode the value itself, or use `stringData` for base64 as is"
            )


def _decoded(value: str | bytes) -> bytes | None:
    try:
        return b64decode(value, validate=True)
    except (NotBase64, ValueError):
        return None


def _is_printable(value: bytes | None) -> bool:
    return bool(value) and value is not None and value.isascii() and value.decode("ascii").isprintable()


DEFAULT = ()
STRICT = (committed_secrets, secrets_encoded_twice)
OFF = ()
