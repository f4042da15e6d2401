"""
Lists whose entries must differ: ``x-kubernetes-list-type`` ``set`` and ``map``.

Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
"""

from __future__ import annotations

import json

from kgen.check.fault import Fault, Keyword, short, type_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    Identity: TypeAlias = tuple[tuple[str, Any], ...]
    """Values that make an entry what it is, each with its JSON type: ``1`` and ``true`` are equal in Python."""

SCALAR = frozenset({"string", "integer", "number", "boolean"})


def distinct(schema: Mapping[str, Any], item: Mapping[str, Any]) -> Callable[[Sequence[Any]], list[Fault]] | None:
    """
    Return a check for the entries of a list, or ``None`` if they may repeat.

    Args:
        schema: Of the list.
        item: Of an entry; the defaults of its fields count as written.
    """
    match schema.get("x-kubernetes-list-type"):
        case "set":
            return lambda entries: list(_repeated(entries, _self, _describe_self))
        case "map":
            keys = tuple(schema.get("x-kubernetes-list-map-keys", ()))
            properties = item.get("properties", {})
            defaults = {key: properties.get(key, {}).get("default") for key in keys}
            return lambda entries: list(
                _repeated(entries, lambda entry: _by_keys(entry, defaults), lambda made: _describe_keys(keys, made))
            )
        case _:
            return None


def distinct_as_created(schema: Mapping[str, Any]) -> Callable[[Sequence[Any]], list[Fault]] | None:
    """
    Return a check for the entries of a list in a custom resource, or ``None`` if they may repeat.

    The API server compares them when an object is created, whatever they are: mappings too, and entries of a map
    without any key. Defaults are in place by then.

    Source: https://github.com/kubernetes/apiextensions-apiserver/blob/master/pkg/apiserver/schema/listtype/validation.go
    """
    match schema.get("x-kubernetes-list-type"):
        case "set":
            return lambda entries: list(_repeated(entries, _content, _describe_self, Keyword.REPEATED))
        case "map":
            keys = tuple(schema.get("x-kubernetes-list-map-keys", ()))
            return lambda entries: list(
                _repeated(entries, lambda entry: _own_keys(entry, keys), _describe_pairs, Keyword.REPEATED)
            )
        case _:
            return None


def _repeated(
    entries: Sequence[Any],
    identity: Callable[[Any], Identity | None],
    describe: Callable[[Identity], str],
    keyword: Keyword = Keyword.DUPLICATE,
) -> Iterator[Fault]:
    first: dict[Identity, int] = {}
    for index, entry in enumerate(entries):
        made = identity(entry)
        if made is None:
            continue
        if made in first:
            message = f"has the same {describe(made)} as entry {first[made]}"
            yield Fault(path=(index,), keyword=keyword, message=message)
        else:
            first[made] = index


def _self(entry: Any) -> Identity | None:
    kind = type_of(entry)
    return ((kind, entry),) if kind in SCALAR else None


def _by_keys(entry: Any, defaults: Mapping[str, Any]) -> Identity | None:
    """Return the values of the key fields; ``None`` if one is missing, which is another fault or no fault at all."""
    if not isinstance(entry, dict):
        return None
    values = [default if entry.get(key) is None else entry[key] for key, default in defaults.items()]
    made = tuple((type_of(value), value) for value in values)
    return made if all(kind in SCALAR for kind, _ in made) else None


def _content(entry: Any) -> Identity:
    kind = type_of(entry)
    return ((kind, entry if kind in SCALAR else json.dumps(entry, sort_keys=True, default=str)),)


def _own_keys(entry: Any, keys: Sequence[str]) -> Identity | None:
    """Return the key fields that ``entry`` has; ``None`` if it is no mapping, which is another fault."""
    if not isinstance(entry, dict):
        return None
    return tuple((key, _content(entry[key])) for key in keys if key in entry)


def _describe_pairs(made: Identity) -> str:
    pairs = " and ".join(f"`{key}` `{short(content[0][1])}`" for key, content in made)
    return pairs or "lack of keys"


def _describe_self(made: Identity) -> str:
    return f"value `{short(made[0][1])}`"


def _describe_keys(keys: Sequence[str], made: Identity) -> str:
    return " and ".join(f"`{key}` `{short(value)}`" for key, (_, value) in zip(keys, made, strict=True))
