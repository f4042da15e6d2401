"""Read files of encrypted Secrets: what they are called, which keys they have, and whether all values are encrypted."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kgen.load.parse import parse
from kgen.load.text import text_of
from kgen.model.facts import SecretFile
from kgen.source import plain

_OF_SOPS = re.compile(r"ENC\[AES256_GCM,data:[A-Za-z0-9+/=]*,iv:[A-Za-z0-9+/=]+,tag:[A-Za-z0-9+/=]+,type:\w+\]")
_OF_KUBESEAL = re.compile(r"[A-Za-z0-9+/]{300,}={0,2}")
"""The sealed key of a session alone, which is as long as the controller's RSA key, has that many digits of base64."""

_GAP = re.compile(r"\{\w+\}")


def secret_files(folder: Path, patterns: Iterable[str]) -> Mapping[str, SecretFile]:
    """
    Return the files below ``folder``, by path, that may hold Secrets.

    Args:
        folder: Folder of the app file.
        patterns: Paths with gaps, as ``secrets/{env}/{secret}.yaml``.
    """
    names = {name for pattern in patterns for name in _names(folder, pattern)}
    texts = {name: text_of(folder / name, folder) for name in sorted(names)}
    return {name: _secret_file(text, (folder / name).as_posix()) for name, text in texts.items() if text is not None}


def _names(folder: Path, pattern: str) -> Iterator[str]:
    if not _GAP.search(pattern):
        yield pattern
        return
    for path in folder.glob(_GAP.sub("*", pattern)):
        yield path.relative_to(folder).as_posix()


def _secret_file(text: str, shown: str) -> SecretFile:
    source = parse(text, shown)
    value = plain(source.root) if source.root else None
    if not isinstance(value, dict):
        # what is wrong is said without the line, which may hold a value
        line = next((span.line for each in source.found if (span := source.span(each.at))), 0)
        where = f", from line {line} on" if line else ""
        return SecretFile(
            shown=shown, text=text, problem=f"this file is not one YAML mapping that kgen can read{where}"
        )
    encrypted, open_ = _keys(value)
    return SecretFile(shown=shown, text=text, document=_without_nulls(value), encrypted=encrypted, plain=open_)


def _keys(value: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys whose values are encrypted, and those whose values are not."""
    if value.get("kind") == "SealedSecret":
        spec = _mapping(value.get("spec"))
        pattern, fields = _OF_KUBESEAL, (_mapping(spec.get("encryptedData")), _values_in(spec.get("template")))
    else:
        pattern, fields = _OF_SOPS, (_mapping(value.get("data")), _mapping(value.get("stringData")))
    values = {key: item for field in fields for key, item in field.items()}
    is_sealed = pattern is _OF_KUBESEAL or "mac" in _mapping(value.get("sops"))
    good = {key for key, item in values.items() if is_sealed and isinstance(item, str) and pattern.fullmatch(item)}
    return tuple(sorted(good)), tuple(sorted(values.keys() - good))


def _values_in(template: Any) -> Mapping[str, Any]:
    """Return values that somebody put into the template of a SealedSecret, past the encryption."""
    return {**_mapping(_mapping(template).get("data")), **_mapping(_mapping(template).get("stringData"))}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _without_nulls(value: Any) -> Any:
    """Return ``value`` without what `kubeseal` leaves empty, as `creationTimestamp`."""
    match value:
        case dict():
            return {key: _without_nulls(item) for key, item in value.items() if item is not None}
        case tuple():
            return [_without_nulls(item) for item in value]
        case _:
            return value
