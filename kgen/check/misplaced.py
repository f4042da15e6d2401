"""
Fields in the wrong place: where a field that a kind does not have there would be right.

People paste a field one level too high, indent it too far, or take it from another version of the API. The schemas
know where it belongs. Nothing here is imported before there is a finding.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kgen.check.fault import field
from kgen.check.mistakes import ANY, FIELDS
from kgen.check.reading import at
from kgen.check.store import Store
from kgen.check.whereabouts import group
from kgen.diag import Path
from kgen.words import nearest

_DEEPEST = 4
"""Levels below which a field is looked for."""

_COMMON = frozenset({"apiVersion", "kind", "name", "namespace", "type", "key", "value", "spec", "status", "items"})
"""Names that so many things have that one of them is no hint, unless the object has that thing."""


class Way:
    """Where a field belongs: the ``help`` for people, and the path, if that can be told."""

    __slots__ = ("help", "place")

    def __init__(self, help: str, place: str = "") -> None:  # noqa: A002  # the field that it fills
        self.help = help
        self.place = place
        """As in ``spec.containers[0].image``; of a list whose entry is not known, ``spec.containers[].image``."""


NOWHERE = Way("")


def way_out(value: Any, path: Path, store: Store, version: str) -> Way:
    """
    Return where the unknown field at ``path`` of the object ``value`` belongs; empty if that cannot be told.

    >>> from kgen.check.store import default_directory
    >>> pod = {"apiVersion": "v1", "kind": "Pod", "spec": {"image": "nginx", "containers": [{}]}}
    >>> way_out(pod, ("spec", "image"), Store(default_directory()), "1.34").help
    'it belongs in `spec.containers[]`'
    """
    api_version, kind, name = value.get("apiVersion"), value.get("kind"), path[-1]
    definition = store.schema(version, api_version, kind)
    if definition is None or not isinstance(name, str):
        return NOWHERE
    schemas = list(along(store, definition, path[:-1]))
    if len(schemas) < len(path):
        return NOWHERE
    return (
        _known(name, path, schemas[-1])
        or _elsewhere(api_version, kind, path, store, version)
        or _outside(name, path, schemas)
        or _inside(name, path, at(value, path[:-1]), schemas[-1][1], store)
        or _of_anything(name, path, schemas[-1])
        or NOWHERE
    )


def _known(mistake: str, path: Path, here: "Named") -> Way | None:
    """Return the way out of a mistake that many make."""
    place, sentence = FIELDS.get(type_name(here), {}).get(mistake, ("", ""))
    whole = _below(field(path[:-1]), place.replace(ANY, str(path[-1]))) if place else ""
    return Way(sentence, whole) if sentence else None


def _of_anything(name: str, path: Path, here: "Named") -> Way | None:
    """Return the way out of a field that is not just misspelt."""
    return None if nearest(name, here[1].get("properties", ())) else _known(ANY, path, here)


def type_name(here: "Named") -> str:
    """
    Return the type of a schema as its upstream calls it: without what tells its revisions apart.

    >>> type_name(("PodSpec-c4e3054d", {}))
    'PodSpec'
    """
    return here[0].partition("-")[0]


def _below(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


Named = tuple[str, Mapping[str, Any]]
"""A schema, with the name of its definition if it has one."""


def _resolved(store: Store, schema: Mapping[str, Any]) -> Named:
    """Return what ``schema`` stands for: that of the entries, if it is one of a list."""
    name = ""
    for _ in range(_DEEPEST):
        if "$ref" in schema:
            name = str(schema["$ref"])
            schema = store.definition(name)
        elif isinstance(schema.get("items"), dict):
            schema = schema["items"]
        elif len(schema.get("allOf", ())) == 1:
            schema = schema["allOf"][0]
        else:
            break
    return name, schema


def along(store: Store, definition: str, path: Path) -> Iterator[Named]:
    """Yield the schemas on the way from the whole object to what is at ``path``, one for each step and the start."""
    here: Named = (definition, store.definition(definition))
    yield here
    for step in path:
        if isinstance(step, int):
            yield here  # the entry of the list that the schema was resolved to already
            continue
        inner = here[1].get("properties", {}).get(step)
        if not isinstance(inner, dict):
            return
        here = _resolved(store, inner)
        yield here


def _elsewhere(api_version: str, kind: str, path: Path, store: Store, version: str) -> Way | None:
    """Say which other version of the API has the field at the same place."""
    for other, name in sorted(store.kinds(version), reverse=True):
        if name != kind or other == api_version or group(other) != group(api_version):
            continue
        definition = store.schema(version, other, kind)
        if definition and len(list(along(store, definition, path))) == len(path) + 1:
            return Way(f"this field exists in `{other}`")
    return None


def _outside(name: str, path: Path, schemas: Sequence[Named]) -> Way | None:
    """Say that the field belongs further out, where a schema on the way has it."""
    for length in range(len(path) - 2, -1, -1):
        if isinstance(path[length], int) or name not in schemas[length][1].get("properties", {}):
            continue
        if name in _COMMON and name != "spec":
            continue
        if path[length] == name:
            continue  # it stands in that very field: rather a slip of the pen
        where = field((*path[:length], name))
        return Way(f"indented too far: did you mean `{where}`?", where)
    return None


def _inside(name: str, path: Path, value: Any, schema: Mapping[str, Any], store: Store) -> Way | None:
    """Say that the field belongs into something at the same level, or deeper."""
    level: list[tuple[str, Any, Mapping[str, Any]]] = [(field(path[:-1]), value, schema)]
    for _ in range(_DEEPEST):
        level = [inner for each in level for inner in _inner(*each, store)]
        found = [(where, there) for where, there, schema in level if name in schema.get("properties", {})]
        if not found:
            continue
        present = [where for where, there in found if there is not None]
        if len(present) != 1 and (len(found) != 1 or name in _COMMON):
            return None
        where = present[0] if len(present) == 1 else found[0][0]
        return Way(f"it belongs in `{where}`", _below(where, name))
    return None


def _inner(
    where: str, value: Any, schema: Mapping[str, Any], store: Store
) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Yield the mappings in one, and the entries of lists: how they are called, what the object has there, schema."""
    for key, part in schema.get("properties", {}).items():
        if key == "status":
            continue
        there = value.get(key) if isinstance(value, dict) else None
        is_list = "items" in part
        if is_list and isinstance(there, list):
            there = next((each for each in there if isinstance(each, dict)), {})
        name = _below(where, key)
        yield f"{name}[]" if is_list else name, there, _resolved(store, part)[1]
