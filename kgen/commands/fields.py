"""Fields of a kind: the one that a path means, told in words, and as a JSON Schema that stands alone."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from kgen.commands.kinds import Kind
from kgen.diag import Diagnostic, Label, Rule
from kgen.record import dataclass
from kgen.words import listed, suggestion

FIELD_NOT_STORED = Rule(
    code="KG1108",
    name="field-not-stored",
    explain="The path names a field that the kind does not have in that version of Kubernetes.",
)
RULES = (FIELD_NOT_STORED,)

Schema: TypeAlias = Mapping[str, Any]
Lookup: TypeAlias = Callable[[str], Schema]
"""From the name in a ``$ref`` to the schema."""

_WORDS = {"object": "mapping", "array": "list"}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ONE = ("items", "additionalProperties", "not")
_SEVERAL = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field, or a whole kind if ``path`` is empty."""

    kind: Kind
    path: tuple[str, ...]
    schema: Schema
    is_required: bool = False

    @property
    def heading(self) -> str:
        part = ", in part" if self.kind.is_partial else ""
        return f"{self.kind.name} in {self.kind.api_version}, {self.kind.release}{part}"


def find(kind: Kind, path: Sequence[str], lookup: Lookup) -> Field | Diagnostic:
    """Return the field of ``kind`` at ``path``, through lists and maps, or why there is none."""
    here = Field(kind=kind, path=(), schema=lookup(kind.definition))
    for written in path:
        name = re.sub(r"\[[^\[\]]*\]$", "", written)  # containers[0], containers[*]
        parent = _with_fields(here.schema, lookup)
        if name not in parent.get("properties", {}):
            return _no_field(here, name, parent)
        here = Field(
            kind=kind,
            path=(*here.path, name),
            schema=_followed(parent["properties"][name], lookup),
            is_required=name in parent.get("required", ()),
        )
    return here


def text(field: Field, lookup: Lookup) -> str:
    """Return what is known of ``field``, and of each field in it, one line each."""
    schema = field.schema
    facts = {
        "also in": ", ".join(field.kind.others),
        "type": type_words(schema, lookup),
        "required": ("yes" if field.is_required else "no") if field.path else "",
        "list type": _list_type(schema),
        "value": _constant(schema),
        "default": str(schema.get("default", "")),
    }
    width = max(map(len, facts)) + 2
    lines = [field.heading, *([".".join(field.path)] if field.path else []), ""]
    lines += [f"{name + ':':{width}}{value}" for name, value in facts.items() if value]
    if rows := list(_rows(_with_fields(schema, lookup), lookup)):
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        lines += ["", "fields:"]
        lines += [f"  {name:{widths[0]}}  {kind:{widths[1]}}  {notes}".rstrip() for name, kind, notes in rows]
    return "\n".join(lines) + "\n"


def type_words(schema: Schema, lookup: Lookup) -> str:
    """Return "list of string". That null is allowed too is no news to anybody."""
    schema = _followed(schema, lookup)
    stated = schema.get("type", ())
    types = [stated] if isinstance(stated, str) else [name for name in stated if name != "null"]
    if schema.get("x-kubernetes-int-or-string"):
        types = ["integer", "string"]
    names = " or ".join(_WORDS.get(name, name) for name in types) or "anything"
    inner, form = schema.get("additionalProperties"), schema.get("format")
    if "items" in schema:
        return f"list of {type_words(schema['items'], lookup)}"
    if isinstance(inner, dict):
        return f"map of {type_words(inner, lookup)}"
    return names if form in {None, "int-or-string"} else f"{names} ({form})"


def json_schema(field: Field, lookup: Lookup) -> dict[str, Any]:
    """
    Return a JSON Schema that accepts what kgen accepts as far as JSON Schema can say it.

    References are replaced by what they name; those to a definition that contains itself lead into ``$defs``.
    Fields that are not named are refused, as the API server and kgen refuse them.
    """
    recurring = set(_recurring(field.schema, lookup, ()))
    seen: dict[str, Schema] = {}

    def inlined(schema: Schema) -> dict[str, Any]:
        name = schema.get("$ref")
        made = {key: value for key, value in schema.items() if key != "$ref"}
        if name in recurring:
            return {"$ref": f"#/$defs/{name}", **made}
        if name is not None:
            if name not in seen:
                seen[name] = inlined(lookup(name))
            return {**seen[name], **made}
        return _over_parts(made if field.kind.is_partial else _closed(made), inlined)

    comment = f"also in {listed(field.kind.others, 'and')}".replace("`", "") if field.kind.others else ""
    head = {
        "$schema": _DIALECT,
        "$comment": "; ".join(filter(None, [field.heading, comment])),
        "title": ".".join([field.kind.name, *field.path]),
    }
    definitions = {name: inlined(lookup(name)) for name in sorted(recurring)}
    return {**head, **inlined(field.schema), **({"$defs": definitions} if definitions else {})}


def _closed(schema: Schema) -> Schema:
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    return schema if is_open or "properties" not in schema else {**schema, "additionalProperties": False}


def _over_parts(schema: Schema, change: Callable[[Schema], Any]) -> dict[str, Any]:
    """Return ``schema`` with each schema directly in it replaced by what ``change`` makes of it."""
    made = dict(schema)
    if "properties" in schema:
        made["properties"] = {name: change(part) for name, part in schema["properties"].items()}
    made |= {key: change(schema[key]) for key in _ONE if isinstance(schema.get(key), dict)}
    return made | {key: [change(part) for part in schema[key]] for key in _SEVERAL if key in schema}


def _recurring(schema: Schema, lookup: Lookup, above: tuple[str, ...]) -> Iterator[str]:
    """Yield the definitions below ``schema`` that contain themselves; ``above`` are those around it."""
    parts: list[Schema] = []
    _over_parts(schema, parts.append)
    for part in parts:
        yield from _recurring(part, lookup, above)
    name = schema.get("$ref")
    if name in above:
        yield name
    elif name is not None:
        yield from _recurring(lookup(name), lookup, (*above, name))


def _followed(schema: Schema, lookup: Lookup) -> Schema:
    """Return what ``schema`` refers to, if it does, with what stands beside the reference."""
    while "$ref" in schema:
        schema = {**lookup(schema["$ref"]), **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def _with_fields(schema: Schema, lookup: Lookup) -> Schema:
    """Return the mapping that ``schema`` is, or is a list or a map of."""
    schema = _followed(schema, lookup)
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if "properties" not in schema and isinstance(inner, dict):
            return _with_fields(inner, lookup)
    return schema


def _rows(schema: Schema, lookup: Lookup) -> Iterator[tuple[str, str, str]]:
    """Yield name, type, and what else there is to say of each field."""
    for name, reference in sorted(schema.get("properties", {}).items()):
        field = _followed(reference, lookup)
        kept = _list_type(field)
        default = field.get("default")
        notes = (
            "required" if name in schema.get("required", ()) else "",
            _constant(field),
            f"list type {kept}" if kept else "",
            f"default {default}" if default is not None else "",
        )
        yield name, type_words(field, lookup), ", ".join(filter(None, notes))


def _list_type(schema: Schema) -> str:
    keys: Iterable[str] = schema.get("x-kubernetes-list-map-keys", ())
    kind: str = schema.get("x-kubernetes-list-type", "")
    return f"{kind} by {' and '.join(keys)}" if keys else kind


def _constant(schema: Schema) -> str:
    values = [str(value) for value in schema.get("enum", ())]
    return f"{'always' if len(values) == 1 else 'one of'} {', '.join(values)}" if values else ""


def _no_field(parent: Field, name: str, schema: Schema) -> Diagnostic:
    where = ".".join([parent.kind.name, *parent.path])
    known = schema.get("properties", {})
    if not known:
        message, way_out = f"`{where}` has no fields, so no `{name}`", f"`kgen schema show {where}` tells what it takes"
    else:
        message = f"`{where}` has no field `{name}` in {parent.kind.api_version} of {parent.kind.release}"
        way_out = suggestion(name, known, "fields") or f"`kgen schema show {where}` lists its {len(known)} fields"
    return Diagnostic(rule=FIELD_NOT_STORED, message=message, at=Label(), help=way_out)
