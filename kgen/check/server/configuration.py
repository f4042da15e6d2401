"""Rules of the API server about ConfigMaps and Secrets."""

from __future__ import annotations

from kgen.check.server.errors import invalid, required, too_long
from kgen.check.server.kinds import part
from kgen.check.server.texts import config_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, TypeAlias

    from kgen.check.fault import Fault
    from kgen.check.server.kinds import Context

    Data: TypeAlias = Mapping[str, bytes]
    OfType: TypeAlias = Callable[[Mapping[str, Any], Data], Iterator[Fault]]

_MOST_BYTES = 1024 * 1024
_ACCOUNT = "kubernetes.io/service-account.name"


def config_map(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a ConfigMap."""
    del context
    data, binary = part(value, "data"), part(value, "binaryData")
    for key in data:
        if wrong := config_key(key):
            yield invalid("CFG001", ("data", key), f"has a key that {wrong}")
        if key in binary:
            yield invalid("CFG002", ("data", key), "is in `binaryData`, too")
    for key in binary:
        if wrong := config_key(key):
            yield invalid("CFG001", ("binaryData", key), f"has a key that {wrong}")
    if sum(map(_length, data.values())) + sum(map(_length, binary.values())) <= _MOST_BYTES:
        return
    length = sum(len(_bytes(text)) for text in data.values()) + sum(len(_decoded(text)) for text in binary.values())
    if length > _MOST_BYTES:
        yield too_long("CFG003", ("data" if data else "binaryData",), _MOST_BYTES, length, "bytes").named("[]")


def secret(value: Mapping[str, Any], context: Context) -> Iterator[Fault]:
    """Yield what the server refuses about a Secret; it writes ``stringData`` into ``data`` before it looks."""
    del context
    encoded, plain = part(value, "data"), part(value, "stringData")
    for key in {**encoded, **plain}:
        if wrong := config_key(key):
            at = ("stringData" if key in plain else "data", key)
            yield invalid("CFG004", at, f"has a key that {wrong}").named(f"data[{key}]")
    of_type = _TYPES.get(value.get("type") or "")
    if of_type is None and sum(map(_length, encoded.values())) + sum(map(_length, plain.values())) <= _MOST_BYTES:
        return
    data = {key: _decoded(text) for key, text in encoded.items()} | {key: _bytes(text) for key, text in plain.items()}
    length = sum(map(len, data.values()))
    if length > _MOST_BYTES:
        yield too_long("CFG005", ("data",), _MOST_BYTES, length, "bytes")
    if of_type:
        yield from of_type(value, data)


def _account_token(value: Mapping[str, Any], data: Data) -> Iterator[Fault]:
    del data
    if not part(part(value, "metadata"), "annotations").get(_ACCOUNT):
        why = "with type `kubernetes.io/service-account-token`"
        yield required("CFG006", ("metadata", "annotations", _ACCOUNT), why)


def _docker_config(row: str, key: str, name: str) -> OfType:
    def faults(value: Mapping[str, Any], data: Data) -> Iterator[Fault]:
        del value
        if key not in data:
            yield required(row, ("data", key), f"with type `{name}`")
        elif not _is_json_object(data[key]):
            yield invalid(row, ("data", key), f"must hold a JSON object with type `{name}`")

    return faults


def _basic_auth(value: Mapping[str, Any], data: Data) -> Iterator[Fault]:
    del value
    if "username" not in data and "password" not in data:
        for key in ("username", "password"):
            yield required("CFG009", ("data", key), "or the other one of `username` and `password`")


def _ssh_auth(value: Mapping[str, Any], data: Data) -> Iterator[Fault]:
    del value
    if not data.get("ssh-privatekey"):
        yield required("CFG010", ("data", "ssh-privatekey"), "with type `kubernetes.io/ssh-auth`")


def _tls(value: Mapping[str, Any], data: Data) -> Iterator[Fault]:
    del value
    missing = [key for key in ("tls.crt", "tls.key") if key not in data]
    for key in missing:
        yield required("CFG011", ("data", key), "with type `kubernetes.io/tls`")
    if missing:
        return
    for key, block in (("tls.crt", b"CERTIFICATE-----"), ("tls.key", b"PRIVATE KEY-----")):
        if b"-----BEGIN " not in data[key] or block not in data[key]:
            yield invalid("CFG012", ("data", key), "has nothing in PEM that could be used")


_TYPES: Mapping[str, OfType] = {
    "kubernetes.io/service-account-token": _account_token,
    "kubernetes.io/dockercfg": _docker_config("CFG007", ".dockercfg", "kubernetes.io/dockercfg"),
    "kubernetes.io/dockerconfigjson": _docker_config("CFG008", ".dockerconfigjson", "kubernetes.io/dockerconfigjson"),
    "kubernetes.io/basic-auth": _basic_auth,
    "kubernetes.io/ssh-auth": _ssh_auth,
    "kubernetes.io/tls": _tls,
}


def _length(text: str | None) -> int:
    """Return at least as many bytes as ``text`` has."""
    return 4 * len(text or "")


def _bytes(text: str | None) -> bytes:
    return (text or "").encode(errors="surrogatepass")


def _decoded(text: str | None) -> bytes:
    from base64 import b64decode  # noqa: PLC0415  # few objects have data to decode

    try:
        return b64decode(text or "")
    except ValueError:  # a fault of its own
        return b""


def _is_json_object(data: bytes) -> bool:
    import json  # noqa: PLC0415  # few objects hold JSON

    try:
        made = json.loads(data.decode(errors="replace"), parse_constant=_no_constant)
    except RecursionError:
        return True  # the server allows more depth
    except ValueError:
        return False
    return made is None or isinstance(made, dict)


def _no_constant(name: str) -> None:
    raise ValueError(name)
