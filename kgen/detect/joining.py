"""Pieces of an app file put together, in the order in which people read it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kgen.detect.found import Doubt, Part
from kgen.diag import Path

ORDER = (
    *("apiVersion", "name", "image", "build", "compose", "env", "needs", "secrets", "network", "release"),
    "components",
)
"""Fields of an app file as people read them."""


def joined(parts: Iterable[Part]) -> Part:
    """Return all ``parts`` in one; where two name a value, the first wins."""
    data: dict[str, Any] = {}
    comments: dict[Path, str] = {}
    doubts: list[Doubt] = []
    for part in parts:
        data = merged(data, part.data)
        comments = {**part.comments, **comments}
        doubts += part.doubts
    return Part(data={key: data[key] for key in ORDER if key in data}, comments=comments, doubts=tuple(_once(doubts)))


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of both; mappings are merged, and keys of secrets; of other values the old one stays."""
    made = dict(old)
    for key, value in new.items():
        known = made.get(key)
        if key == "keys" and isinstance(known, list):
            made[key] = list(dict.fromkeys((*known, *value)))
            continue
        made[key] = (
            merged(known, value) if isinstance(known, Mapping) and isinstance(value, Mapping) else made.get(key, value)
        )
    return made


def _once(doubts: Iterable[Doubt]) -> Iterator[Doubt]:
    seen: set[tuple[Path, str]] = set()
    for each in doubts:
        if (each.path, each.question) not in seen:
            seen.add((each.path, each.question))
            yield each
